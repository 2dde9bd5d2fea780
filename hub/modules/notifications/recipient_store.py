"""Contacts and opt-outs as they are stored: addresses sealed, or as what stands for them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, delete, insert, select, update

from hub.core.crypto import KeyRing, SealedColumn
from hub.modules.notifications.wording_tables import contacts, opt_outs
from hub.storage.owned import newest_first
from hub.storage.prepared import Row, prepared


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Whom rules tell about a business reference.

    Attributes:
        role: What he is there, as rules name it: "buyer".
        channels: By which he has an address, joined by blanks.
        card: Addresses, name and the caller's own values as JSON; None once it was forgotten.
    """

    id: str
    owner: str
    business_reference: str
    role: str
    channels: str
    time_zone: str
    create_time: datetime
    card: dict[str, Any] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOut:
    """Somebody wants no messages at an address. `pseudonym` stands for it; `scope` is MARKETING or EVERYTHING."""

    id: str
    owner: str
    channel: str
    pseudonym: str
    scope: str
    create_time: datetime


_OPT_OUT_COLUMNS = tuple(item.name for item in fields(OptOut))
_OPT_OUT_OF = prepared(  # asked for before each message leaves
    select(*(opt_outs.c[name] for name in _OPT_OUT_COLUMNS)).where(
        opt_outs.c.owner == bindparam("whose"),
        opt_outs.c.channel == bindparam("by"),
        opt_outs.c.pseudonym == bindparam("whom"),
    )
)


class RecipientStore:
    """Reads and writes within a given transaction; personal data is sealed here."""

    def __init__(self, *, ring: KeyRing) -> None:
        self._card = SealedColumn(ring=ring, table="notifications_contacts", column="card")

    def add_contact(self, conn: Connection, contact: Contact) -> None:
        """Insert a contact."""
        values = {item.name: getattr(contact, item.name) for item in fields(Contact)}
        card = None if contact.card is None else self._card.seal_json(contact.id, contact.card)
        conn.execute(insert(contacts).values(values | {"card": card}))

    def get_contact(self, conn: Connection, contact_id: str) -> Contact | None:
        """Return a contact whoever owns it."""
        found = conn.execute(select(contacts).where(contacts.c.id == contact_id)).mappings().first()
        return None if found is None else self._contact(found)

    def list_contacts(
        self,
        conn: Connection,
        *,
        owner: str,
        business_reference: str = "",
        before: tuple[datetime, str] | None = None,
        limit: int,
    ) -> Sequence[Contact]:
        """Return an owner's contacts, newest first."""
        query = newest_first(contacts, owner=owner, business_reference=business_reference, before=before, limit=limit)
        return [self._contact(found) for found in conn.execute(query).mappings()]

    def remove_contact(self, conn: Connection, contact_id: str) -> None:
        """Remove a contact, addresses and all."""
        conn.execute(delete(contacts).where(contacts.c.id == contact_id))

    def contacts_due(self, conn: Connection, before: datetime, limit: int) -> Sequence[str]:
        """Return the ids of contacts older than a time that still hold addresses."""
        query = select(contacts.c.id).where(contacts.c.create_time < before, contacts.c.card.is_not(None))
        return conn.scalars(query.order_by(contacts.c.create_time).limit(limit)).all()

    def blank_contact(self, conn: Connection, contact_id: str) -> bool:
        """Forget whom a contact is; rules tell him no more."""
        conn.execute(update(contacts).where(contacts.c.id == contact_id).values(card=None))
        return True

    def put_opt_out(self, conn: Connection, opt_out: OptOut) -> OptOut:
        """Write an opt-out; one of the same address keeps its id and takes the new scope."""
        present = self.find_opt_out(conn, opt_out.owner, opt_out.channel, opt_out.pseudonym)
        if present is None:
            conn.execute(insert(opt_outs).values({name: getattr(opt_out, name) for name in _OPT_OUT_COLUMNS}))
            return opt_out
        conn.execute(update(opt_outs).where(opt_outs.c.id == present.id).values(scope=opt_out.scope))
        return OptOut(**{name: getattr(present, name) for name in _OPT_OUT_COLUMNS} | {"scope": opt_out.scope})

    def find_opt_out(self, conn: Connection, owner: str, channel: str, pseudonym: str) -> OptOut | None:
        """Return the opt-out of an address."""
        found: Row | None = _OPT_OUT_OF.first(conn, {"whose": owner, "by": channel, "whom": pseudonym})
        return None if found is None else OptOut(**found._asdict())

    def get_opt_out(self, conn: Connection, opt_out_id: str) -> OptOut | None:
        """Return an opt-out whoever owns it."""
        found = conn.execute(select(opt_outs).where(opt_outs.c.id == opt_out_id)).mappings().first()
        return None if found is None else _opt_out(found)

    def list_opt_outs(
        self, conn: Connection, *, owner: str, before: tuple[datetime, str] | None = None, limit: int
    ) -> Sequence[OptOut]:
        """Return an owner's opt-outs, newest first."""
        query = newest_first(opt_outs, owner=owner, before=before, limit=limit)
        return [_opt_out(found) for found in conn.execute(query).mappings()]

    def remove_opt_out(self, conn: Connection, opt_out_id: str) -> None:
        """Remove an opt-out."""
        conn.execute(delete(opt_outs).where(opt_outs.c.id == opt_out_id))

    def _contact(self, found: RowMapping) -> Contact:
        values: dict[str, Any] = {item.name: found[item.name] for item in fields(Contact)}
        card = values["card"]
        values["card"] = None if card is None else self._card.open_json(values["id"], card)
        return Contact(**values)


def _opt_out(found: RowMapping) -> OptOut:
    return OptOut(**{name: found[name] for name in _OPT_OUT_COLUMNS})
