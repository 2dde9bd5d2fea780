"""What the module holds about persons: signatures with their certificates, whose it is, and how it is forgotten."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select, update

from gost.certificate import CertificateFacts, read_certificate
from hub.core.erasure import PersonalData
from hub.core.persons import Identifier
from hub.modules.signatures.port import SignatureState
from hub.modules.signatures.store import signatures

_FINAL = [state.value for state in (SignatureState.SIGNED, SignatureState.EXPIRED, SignatureState.FAILED)]
_COLUMNS = ("cms", "certificate", "attestation", "content", "existing_cms")
_HOLDS = or_(*(signatures.c[name].is_not(None) for name in _COLUMNS))
_NOTHING = dict.fromkeys(_COLUMNS)


def personal_data(*, resource: str, keep: timedelta) -> PersonalData:
    """Return how signatures are forgotten; that one was made, over which digest, stays known."""
    return PersonalData(resource=resource, keep=keep, due=_due, blank=_blank)


def known_by(certificate: bytes) -> Iterator[tuple[Identifier, str]]:
    """Yield what a certificate's owner is known by."""
    facts: CertificateFacts = read_certificate(certificate)
    yield Identifier.INN, facts.inn or ""
    yield Identifier.SNILS, facts.snils or ""


def _due(conn: Connection, before: datetime, limit: int) -> Sequence[str]:
    query = (
        select(signatures.c.id)
        .where(signatures.c.state.in_(_FINAL), signatures.c.create_time < before, _HOLDS)
        .order_by(signatures.c.create_time)
        .limit(limit)
    )
    return conn.scalars(query).all()


def _blank(conn: Connection, signature_id: str) -> bool:
    state = conn.scalar(select(signatures.c.state).where(signatures.c.id == signature_id))
    if state is not None and state not in _FINAL:
        return False
    conn.execute(update(signatures).where(signatures.c.id == signature_id).values(_NOTHING))
    return True
