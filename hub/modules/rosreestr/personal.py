"""What the module holds about persons: whose it is, and how it is forgotten."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, or_, select, update

from hub.core.erasure import PersonalData
from hub.core.persons import Identifier
from hub.modules.rosreestr.parties import Organization, Party, SoleTrader
from hub.modules.rosreestr.port import RegistrationState, Transfer
from hub.modules.rosreestr.store import additions, documents, registrations, withdrawals

_FINAL = [state.value for state in RegistrationState if state.is_final]


def personal_data(*, resource: str, keep: timedelta) -> PersonalData:
    """Return how registrations are forgotten, with all that belongs to them."""
    return PersonalData(resource=resource, keep=keep, due=_due, blank=_blank)


def known_by(transfer: Transfer) -> Iterator[tuple[Identifier, str]]:
    """Yield what the persons in a deal are known by: parties and representatives, not organisations."""
    for item in (*transfer.transferors, *transfer.transferees):
        yield from _of(item.party)
        if item.representative is not None:
            yield from _of(item.representative.person)


def _of(party: Party) -> Iterator[tuple[Identifier, str]]:
    if isinstance(party, Organization):
        return
    if isinstance(party, SoleTrader):
        yield Identifier.OGRNIP, party.ogrnip
        yield from _of(party.person)
        return
    yield Identifier.INN, party.inn
    yield Identifier.SNILS, party.snils


def _due(conn: Connection, before: datetime, limit: int) -> Sequence[str]:
    said_why = select(withdrawals.c.id).where(
        withdrawals.c.registration_id == registrations.c.id, withdrawals.c.reason.is_not(None)
    )
    holds = or_(registrations.c.transfer.is_not(None), registrations.c.status_reason.is_not(None), said_why.exists())
    query = (
        select(registrations.c.id)
        .where(registrations.c.state.in_(_FINAL), registrations.c.update_time < before, holds)
        .order_by(registrations.c.update_time)
        .limit(limit)
    )
    return conn.scalars(query).all()


def _blank(conn: Connection, registration_id: str) -> bool:
    state = conn.scalar(select(registrations.c.state).where(registrations.c.id == registration_id))
    if state is not None and state not in _FINAL:
        return False
    its_additions = select(additions.c.id).where(additions.c.registration_id == registration_id)
    its_documents = or_(documents.c.holder_id == registration_id, documents.c.holder_id.in_(its_additions))
    conn.execute(delete(documents).where(its_documents))
    nothing = {"transfer": None, "status_reason": None}
    conn.execute(update(registrations).where(registrations.c.id == registration_id).values(nothing))
    its_withdrawals = withdrawals.c.registration_id == registration_id
    conn.execute(update(withdrawals).where(its_withdrawals).values(reason=None))
    return True
