"""What holds whatever the provider: cached reads, the check before a submission, ownership, lists and watches."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from hub.core.call import Call
from hub.core.clock import Clock
from hub.core.database import Database
from hub.core.effects import Claim, Effects
from hub.core.errors import HubError, NotFoundError, PreconditionError
from hub.core.events import Event, Events
from hub.core.ids import Ids
from hub.core.persons import Persons
from hub.core.turns import Turns
from hub.core.vendor_reference import ReferenceShape
from hub.modules.rosreestr import withdrawal, work
from hub.modules.rosreestr.batch import look_up_all
from hub.modules.rosreestr.codec import encode_documents, encode_transfer
from hub.modules.rosreestr.owner_check import OwnerCheck, OwnerCheckResult, check_owner, check_owners_together
from hub.modules.rosreestr.personal import known_by
from hub.modules.rosreestr.port import (
    DOMAIN,
    Document,
    LandPlot,
    Party,
    RefusedByProviderError,
    RegistrationState,
    Right,
    RosreestrPort,
    Transfer,
    UnsupportedByProviderError,
)
from hub.modules.rosreestr.settings import RosreestrSettings
from hub.modules.rosreestr.store import AdditionRow, RegistrationRow, RosreestrStore, WithdrawalRow
from hub.modules.rosreestr.validation import check_documents, check_party, check_transfer
from hub.resilience.cache import Cache, Observed

_REFERENCE = ReferenceShape(length=32)


@dataclass(frozen=True, slots=True)
class DocumentsAdded:
    """A registration and where the addition of documents to it stands."""

    registration: RegistrationRow
    state: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A registration and where its withdrawal stands."""

    registration: RegistrationRow
    state: str


class RosreestrService:
    """The module's rules. Everything it returns belongs to the caller that asks, or is public."""

    def __init__(
        self,
        *,
        port: RosreestrPort,
        store: RosreestrStore,
        database: Database,
        effects: Effects,
        events: Events,
        clock: Clock,
        ids: Ids,
        persons: Persons,
        settings: RosreestrSettings,
    ) -> None:
        self._port = port
        self._store = store
        self._database = database
        self._effects = effects
        self._events = events
        self._clock = clock
        self._ids = ids
        self._persons = persons
        self._settings = settings
        self._turns = Turns()
        self._plots: Cache[str, LandPlot] = Cache(clock=clock, max_entries=settings.cache_entries)
        self._rights: Cache[str, tuple[Right, ...]] = Cache(clock=clock, max_entries=settings.cache_entries)

    async def get_land_plot(self, cadastral_number: str, max_age: timedelta | None) -> Observed[LandPlot]:
        """Return a plot; raises LandPlotNotFoundError."""
        return await self._plots.get(
            cadastral_number,
            lambda: self._port.get_land_plot(cadastral_number),
            max_age_seconds=self._max_age(max_age),
        )

    async def get_land_plots(
        self, call: Call, cadastral_numbers: Sequence[str], max_age: timedelta | None
    ) -> list[Observed[LandPlot] | HubError]:
        """Return plots in the order asked, each or why it can't be told within the call's time."""
        return await look_up_all(
            cadastral_numbers,
            lambda cadastral_number: self.get_land_plot(cadastral_number, max_age),
            clock=self._clock,
            seconds=call.remaining_seconds(self._clock),
        )

    async def list_rights(self, cadastral_number: str, max_age: timedelta | None) -> Observed[tuple[Right, ...]]:
        """Return the rights to a plot; raises LandPlotNotFoundError."""
        return await self._rights.get(
            cadastral_number,
            lambda: self._port.list_rights(cadastral_number),
            max_age_seconds=self._max_age(max_age),
        )

    async def check_owner(
        self, cadastral_number: str, party: Party, max_age: timedelta | None
    ) -> tuple[OwnerCheck, datetime]:
        """Say whether a party owns a plot, and when the register said so."""
        check_party(party, "owner")
        rights = await self.list_rights(cadastral_number, max_age)
        return check_owner(rights.value, party), rights.observe_time

    async def create_registration(self, call: Call, transfer: Transfer) -> RegistrationRow:
        """Submit a transfer once for the call's request_id, and return the registration as it then stands.

        Raises:
            InvalidRequestError: the deal contradicts itself.
            PreconditionError: the provider can't carry it, the transferors don't own what they sell, or it was refused.
        """
        check_transfer(transfer)
        self._port.check_transfer(transfer)
        async with self._turns.of(call):
            started = await self._effects.find(call)
            if started is None:
                await self._require_owners(transfer)
                started = await self._effects.start(
                    call,
                    kind=work.SUBMIT,
                    resource=work.REGISTRATION,
                    resource_id=self._ids.resource_id(),
                    begin=lambda conn, claim: self._begin_registration(conn, claim, transfer),
                    keep_forever=True,
                )
        await self._effects.await_outcome(call, started)
        row = await self.get_registration(call, started.resource_id)
        if row.state == RegistrationState.REFUSED and not row.vendor_id:
            raise RefusedByProviderError(vendor_code=row.refusal_code)
        return row

    async def add_documents(self, call: Call, registration_id: str, documents: tuple[Document, ...]) -> DocumentsAdded:
        """Add documents to a registration once for the call's request_id.

        Raises:
            NotFoundError: no such registration, or another caller's.
            PreconditionError: it is final, or the register doesn't have it yet.
        """
        check_documents(documents)
        started = await self._effects.find(call)
        if started is None:
            row = await self.get_registration(call, registration_id)
            _require_open(row)
            started = await self._effects.start(
                call,
                kind=work.ADD_DOCUMENTS,
                resource=work.ADDITION,
                resource_id=self._ids.resource_id(),
                begin=lambda conn, claim: self._begin_addition(conn, claim, row, documents),
                keep_forever=True,
            )
        await self._effects.await_outcome(call, started)
        addition = await self._database.read(lambda c: self._store.get_addition(c, started.resource_id))
        if addition is None:
            raise _not_found()
        if addition.state == work.REFUSED:
            raise RefusedByProviderError(vendor_code=addition.refusal_code)
        return DocumentsAdded(await self.get_registration(call, addition.registration_id), addition.state)

    async def withdraw_registration(self, call: Call, registration_id: str, reason: str) -> Withdrawn:
        """Withdraw a registration once for the call's request_id.

        Raises:
            NotFoundError: no such registration, or another caller's.
            PreconditionError: it is final, the register doesn't have it yet, or the provider can't or won't.
        """
        started = await self._effects.find(call)
        if started is None:
            row = await self.get_registration(call, registration_id)
            _require_open(row)
            if not self._port.can_withdraw:
                raise UnsupportedByProviderError(provider=self._port.name, limit="withdrawals", at_most="0")
            started = await self._effects.start(
                call,
                kind=withdrawal.WITHDRAW,
                resource=withdrawal.WITHDRAWAL,
                resource_id=self._ids.resource_id(),
                begin=lambda conn, claim: self._begin_withdrawal(conn, claim, row, reason),
                keep_forever=True,
            )
        await self._effects.await_outcome(call, started)
        found = await self._database.read(lambda c: self._store.get_withdrawal(c, started.resource_id))
        if found is None:
            raise _not_found()
        if found.state == work.REFUSED:
            raise RefusedByProviderError(vendor_code=found.refusal_code)
        return Withdrawn(await self.get_registration(call, found.registration_id), found.state)

    async def get_registration(self, call: Call, registration_id: str) -> RegistrationRow:
        """Return a registration of the caller's.

        Raises:
            NotFoundError: there is none, or it is another's.
        """
        row = await self._database.read(lambda c: self._store.get_registration(c, registration_id))
        if row is None or row.owner != call.group:
            raise _not_found()
        return row

    async def list_registrations(
        self,
        call: Call,
        *,
        business_reference: str,
        states: Sequence[str],
        before: tuple[datetime, str] | None,
        limit: int,
    ) -> list[RegistrationRow]:
        """Return the caller's registrations, newest first."""
        return await self._database.read(
            lambda c: self._store.list_registrations(
                c, owner=call.group, business_reference=business_reference, states=states, before=before, limit=limit
            )
        )

    async def watch_registration(self, call: Call, registration_id: str) -> AsyncIterator[RegistrationRow]:
        """Yield a registration now and after each change, until it is final."""
        cursor = await self._events.newest()  # taken before the state is read, so no change falls between the two
        row = await self.get_registration(call, registration_id)
        yield row
        if RegistrationState(row.state).is_final:
            return
        async for stored in self._events.stream(owner=call.group, after=cursor, types=["rosreestr.registration.*"]):
            if stored.event.subject != registration_id:
                continue
            fresh = await self.get_registration(call, registration_id)
            if fresh.version != row.version:
                row = fresh
                yield row
            if RegistrationState(row.state).is_final:
                return

    async def _require_owners(self, transfer: Transfer) -> None:
        """The check that guards a submission: asked afresh, of every plot."""
        parties = [item.party for item in transfer.transferors]
        for cadastral_number in transfer.cadastral_numbers:
            rights = await self._port.list_rights(cadastral_number)
            check = check_owners_together(rights, parties)
            if check.result is not OwnerCheckResult.MATCH:
                raise _not_owner(check, cadastral_number)

    def _begin_registration(self, conn: Connection, claim: Claim, transfer: Transfer) -> None:
        call = claim.call
        row = RegistrationRow(
            id=claim.resource_id,
            owner=call.group,
            business_reference=call.business_reference,
            state=RegistrationState.PENDING,
            provider=self._port.name,
            vendor_reference=self._effects.reference(call, shape=_REFERENCE),
            cadastral_numbers=" ".join(transfer.cadastral_numbers),
            contract_number=transfer.contract_number,
            create_time=claim.now,
            update_time=claim.now,
            transfer=encode_transfer(transfer),
            traceparent=call.traceparent,
        )
        self._store.add_registration(conn, row)
        self._store.add_documents(conn, row.id, encode_documents(transfer.documents, self._ids))
        self._persons.link(conn, resource=work.REGISTRATION, resource_id=row.id, known_by=known_by(transfer))
        self._tell_created(conn, row)

    def _begin_addition(
        self, conn: Connection, claim: Claim, registration: RegistrationRow, documents: tuple[Document, ...]
    ) -> None:
        call = claim.call
        row = AdditionRow(
            id=claim.resource_id,
            registration_id=registration.id,
            owner=call.group,
            business_reference=call.business_reference or registration.business_reference,
            state=work.PENDING,
            vendor_reference=self._effects.reference(call, shape=_REFERENCE),
            create_time=claim.now,
            update_time=claim.now,
            traceparent=call.traceparent,
        )
        self._store.add_addition(conn, row)
        self._store.add_documents(conn, row.id, encode_documents(documents, self._ids))

    def _begin_withdrawal(self, conn: Connection, claim: Claim, registration: RegistrationRow, reason: str) -> None:
        call = claim.call
        row = WithdrawalRow(
            id=claim.resource_id,
            registration_id=registration.id,
            owner=call.group,
            business_reference=call.business_reference or registration.business_reference,
            state=work.PENDING,
            reason=reason,
            create_time=claim.now,
            update_time=claim.now,
            traceparent=call.traceparent,
        )
        self._store.add_withdrawal(conn, row)

    def _tell_created(self, conn: Connection, row: RegistrationRow) -> None:
        event = Event(
            type="rosreestr.registration.created",
            subject=row.id,
            owner=row.owner,
            business_reference=row.business_reference,
            data={"registration_id": row.id, "state": row.state, "provider": row.provider},
            traceparent=row.traceparent,
        )
        self._events.append(conn, event)

    def _max_age(self, asked: timedelta | None) -> float:
        return self._settings.max_age if asked is None else asked.total_seconds()


def _not_found() -> NotFoundError:
    return NotFoundError(
        "There is no such registration; check registration_id.", metadata={"resource": "rosreestr.Registration"}
    )


def _require_open(row: RegistrationRow) -> None:
    if RegistrationState(row.state).is_final:
        raise PreconditionError(
            f"The registration is {row.state}, which is final; nothing can be added or withdrawn.",
            reason="REGISTRATION_FINAL",
            domain=DOMAIN,
            metadata={"state": row.state},
        )
    if not row.vendor_id:
        raise PreconditionError(
            "The register doesn't have the registration yet; wait until it is SUBMITTED.",
            reason="REGISTRATION_NOT_SUBMITTED",
            domain=DOMAIN,
            metadata={"state": row.state},
        )


_NOT_OWNER_REASONS = {
    OwnerCheckResult.NO_MATCH: "TRANSFEROR_NOT_OWNER",
    OwnerCheckResult.CO_OWNERS: "CO_OWNERS_MISSING",
    OwnerCheckResult.RESTRICTED: "RIGHT_RESTRICTED",
    OwnerCheckResult.UNKNOWN: "OWNER_UNKNOWN",
}


def _not_owner(check: OwnerCheck, cadastral_number: str) -> PreconditionError:
    metadata = {"cadastral_number": cadastral_number}
    if check.restrictions:
        metadata["restriction"] = check.restrictions[0].kind
    return PreconditionError(
        f"Nothing was submitted for {cadastral_number}. {check.explanation}",
        reason=_NOT_OWNER_REASONS[check.result],
        domain=DOMAIN,
        metadata=metadata,
    )
