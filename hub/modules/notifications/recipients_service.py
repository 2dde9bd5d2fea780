"""What callers do with contacts and opt-outs. Addresses come in and are never shown again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from hub.core.call import Call
from hub.core.database import Database
from hub.core.effects import Claim, Effects
from hub.core.errors import FieldViolation, InvalidRequestError, NotFoundError
from hub.core.ids import Ids
from hub.core.persons import Persons
from hub.modules.notifications.addresses import Recipient, addresses_of, known_by, pseudonym_of
from hub.modules.notifications.message import Channel
from hub.modules.notifications.port import DOMAIN
from hub.modules.notifications.recipient_store import Contact, OptOut, RecipientStore
from hub.modules.notifications.template_words import is_time_zone

CONTACT = "notifications.Contact"
OPT_OUT = "notifications.OptOut"
MOST_CONTACTS = 50
"""Of one business reference: what one rule tells in one go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewContact:
    """Somebody to be told of a business reference. `values`: more that templates may say to him."""

    role: str
    recipient: Recipient = field(repr=False)
    name: str = field(default="", repr=False)
    values: Mapping[str, str] = field(repr=False)


class RecipientsService:
    """The rules of contacts and opt-outs."""

    def __init__(
        self,
        *,
        store: RecipientStore,
        database: Database,
        effects: Effects,
        persons: Persons,
        ids: Ids,
        region: str,
    ) -> None:
        self._store = store
        self._database = database
        self._effects = effects
        self._persons = persons
        self._ids = ids
        self._region = region

    async def create_contact(self, call: Call, new: NewContact) -> Contact:
        """Keep a contact of the call's business reference.

        Raises:
            InvalidRequestError: an address can't exist, there is none, no such time zone, or enough contacts.
        """
        addresses = addresses_of(new.recipient, region=self._region, field_path="recipient")
        _require(bool(addresses), "recipient", "must have an address")
        zone = new.recipient.time_zone
        _require(not zone or is_time_zone(zone), "recipient.time_zone", "must be of the IANA database")
        card = {
            "addresses": {channel.value: address for channel, address in addresses.items()},
            "name": new.name,
            "values": dict(new.values),
        }

        def change(conn: Connection, claim: Claim) -> None:
            present = self._store.list_contacts(
                conn, owner=call.group, business_reference=call.business_reference, limit=MOST_CONTACTS
            )
            _require(len(present) < MOST_CONTACTS, "business_reference", f"has {MOST_CONTACTS} contacts already")
            self._store.add_contact(conn, self._contact(claim, new, addresses, card))
            self._persons.link(conn, resource=CONTACT, resource_id=claim.resource_id, known_by=known_by(addresses))

        recorded = await self._effects.record(
            call, resource=CONTACT, resource_id=self._ids.resource_id(), change=change
        )
        contact = await self._database.read(lambda conn: self._store.get_contact(conn, recorded.resource_id))
        if contact is None:
            raise _not_found(CONTACT)  # it was removed again since
        return contact

    async def list_contacts(
        self, call: Call, *, business_reference: str, before: tuple[datetime, str] | None, limit: int
    ) -> Sequence[Contact]:
        """Return the caller's contacts, newest first."""
        return await self._database.read(
            lambda conn: self._store.list_contacts(
                conn, owner=call.group, business_reference=business_reference, before=before, limit=limit
            )
        )

    async def delete_contact(self, call: Call, contact_id: str) -> None:
        """Remove a contact of the caller's; raises NotFoundError."""

        def change(conn: Connection, _claim: Claim) -> None:
            contact = self._store.get_contact(conn, contact_id)
            if contact is None or contact.owner != call.group:
                raise _not_found(CONTACT)
            self._store.remove_contact(conn, contact_id)

        await self._effects.record(call, resource=CONTACT, resource_id=contact_id, change=change)

    async def create_opt_out(self, call: Call, recipient: Recipient, scope: str) -> OptOut:
        """Note that nothing (more) is to go to an address; raises InvalidRequestError unless it is exactly one."""
        channel, pseudonym = self._one_address(recipient)

        def change(conn: Connection, claim: Claim) -> OptOut:
            opt_out = OptOut(
                id=claim.resource_id,
                owner=call.group,
                channel=channel.value,
                pseudonym=pseudonym,
                scope=scope,
                create_time=claim.now,
            )
            return self._store.put_opt_out(conn, opt_out)

        await self._effects.record(call, resource=OPT_OUT, resource_id=self._ids.resource_id(), change=change)
        found = await self._find_opt_out(call, channel, pseudonym)
        if found is None:
            raise _not_found(OPT_OUT)  # it was removed again since
        return found

    async def list_opt_outs(
        self, call: Call, *, recipient: Recipient | None, before: tuple[datetime, str] | None, limit: int
    ) -> Sequence[OptOut]:
        """Return the caller's opt-outs, newest first, or that of one address."""
        if recipient is not None:
            found = await self._find_opt_out(call, *self._one_address(recipient))
            return [] if found is None else [found]
        return await self._database.read(
            lambda conn: self._store.list_opt_outs(conn, owner=call.group, before=before, limit=limit)
        )

    async def delete_opt_out(self, call: Call, opt_out_id: str) -> None:
        """Note that an address may be written to again; raises NotFoundError."""

        def change(conn: Connection, _claim: Claim) -> None:
            opt_out = self._store.get_opt_out(conn, opt_out_id)
            if opt_out is None or opt_out.owner != call.group:
                raise _not_found(OPT_OUT)
            self._store.remove_opt_out(conn, opt_out_id)

        await self._effects.record(call, resource=OPT_OUT, resource_id=opt_out_id, change=change)

    async def _find_opt_out(self, call: Call, channel: Channel, pseudonym: str) -> OptOut | None:
        return await self._database.read(
            lambda conn: self._store.find_opt_out(conn, call.group, channel.value, pseudonym)
        )

    def _one_address(self, recipient: Recipient) -> tuple[Channel, str]:
        addresses = addresses_of(recipient, region=self._region, field_path="recipient")
        _require(len(addresses) == 1, "recipient", "must have exactly one address")
        ((channel, address),) = addresses.items()
        return channel, pseudonym_of(self._persons, channel, address)

    def _contact(
        self, claim: Claim, new: NewContact, addresses: Mapping[Channel, str], card: dict[str, Any]
    ) -> Contact:
        return Contact(
            id=claim.resource_id,
            owner=claim.call.group,
            business_reference=claim.call.business_reference,
            role=new.role,
            channels=" ".join(channel.value for channel in addresses),
            time_zone=new.recipient.time_zone,
            create_time=claim.now,
            card=card,
        )


def _require(condition: bool, path: str, description: str) -> None:  # noqa: FBT001 - it is what is required
    if not condition:
        raise InvalidRequestError(
            f"{path} {description}.",
            reason="RECIPIENT_REFUSED",
            domain=DOMAIN,
            violations=(FieldViolation(path, description, "recipient"),),
        )


def _not_found(resource: str) -> NotFoundError:
    return NotFoundError("There is no such thing here; check its id.", metadata={"resource": resource})
