"""What goes on by itself after a request: submit and add documents until the outcome is known, then follow the state.

Each handler may run again after a crash at any point; it asks before it sends whatever may have been sent.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from hub.core.clock import Clock
from hub.core.database import Database
from hub.core.errors import ExhaustedError, HubError, OutcomeUnknownError, PreconditionError, UnavailableError
from hub.core.events import Event, Events
from hub.core.jobs import Again, Dead, Done, Job, JobKind, Lease, NewJob, Next
from hub.core.outbox import Outbox
from hub.modules.rosreestr.codec import decode_documents, decode_transfer
from hub.modules.rosreestr.port import (
    ReferenceTakenError,
    RefusedByProviderError,
    RegistrationState,
    RegistrationStatus,
    RosreestrPort,
)
from hub.modules.rosreestr.settings import RosreestrSettings
from hub.modules.rosreestr.store import AdditionRow, RegistrationRow, RosreestrStore, StaleVersionError

SUBMIT = "rosreestr.submit"
FOLLOW = "rosreestr.follow"
ADD_DOCUMENTS = "rosreestr.add_documents"

REGISTRATION = "rosreestr.Registration"
ADDITION = "rosreestr.DocumentAddition"

PENDING = "PENDING"
ADDED = "ADDED"
REFUSED = "REFUSED"
REFERENCE_TAKEN = "REFERENCE_TAKEN"
OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN"

_STATE_CHANGED = "rosreestr.registration.state_changed"
_DOCUMENTS_ADDED = "rosreestr.registration.documents_added"
_DOCUMENTS_CHANGED = "rosreestr.registration.documents_changed"

_LEASE = timedelta(seconds=90)  # longer than any one attempt at the gateway (Policy.attempt_timeout)
_ASK_AGAIN = timedelta(seconds=5)  # a lost answer is looked up soon, then by the visibility window
_NEVER_GIVE_UP = 1_000_000  # failures: a registration is not dropped because the register was away for long


class RegistrationWork:
    """The handlers of the module's jobs."""

    def __init__(
        self,
        *,
        port: RosreestrPort,
        store: RosreestrStore,
        database: Database,
        outbox: Outbox,
        events: Events,
        clock: Clock,
        settings: RosreestrSettings,
    ) -> None:
        self._port = port
        self._store = store
        self._database = database
        self._outbox = outbox
        self._events = events
        self._clock = clock
        self._settings = settings

    def kinds(self) -> tuple[JobKind, ...]:
        """Return the kinds of jobs to register."""
        return (
            JobKind(name=SUBMIT, handler=self.submit, lease=_LEASE, max_failures=_NEVER_GIVE_UP),
            JobKind(name=ADD_DOCUMENTS, handler=self.add_documents, lease=_LEASE, max_failures=_NEVER_GIVE_UP),
            JobKind(name=FOLLOW, handler=self.follow, lease=_LEASE, max_failures=_NEVER_GIVE_UP),
        )

    async def submit(self, job: Job, lease: Lease) -> Next:
        """Bring a registration to the register, once."""
        row = await self._registration(job.resource_id)
        if row is None or row.state not in {PENDING, OUTCOME_UNKNOWN}:
            return Done()
        if row.refusal_code == REFERENCE_TAKEN:
            return Dead(REFERENCE_TAKEN)  # retried by hand: what stands there under our reference is never adopted
        try:
            if lease.may_have_been_sent:
                asked = await self._ask(row, lease)
                if asked is not None:
                    return asked
                row = await self._registration(job.resource_id)
                if row is None or row.state not in {PENDING, OUTCOME_UNKNOWN}:
                    return Done()  # while this worker slept, another one settled it and blanked what is to be sent
            return await self._submit(row, lease)
        except UnavailableError as error:
            return Again(reason=error.reason, nothing_sent=nothing_sent(error, lease), error=error)
        except ExhaustedError as error:
            return Again(
                delay=error.retry_after, reason=error.reason, nothing_sent=nothing_sent(error, lease), error=error
            )

    async def _ask(self, row: RegistrationRow, lease: Lease) -> Next | None:
        """Look for what may have been sent; None if it is safe to send it (again, under the same reference)."""
        if not self._port.can_find:
            return await self._settle_unknown(row, lease, then=Dead("LOOKUP_NOT_SUPPORTED"))
        ask_time = self._clock.now()  # an answer is as old as its question, however late it is read
        found = await self._port.find(row.vendor_reference)
        if found is not None:
            return await self._settle_found(row, lease, found)
        sent_at = lease.sent_at or row.create_time
        visible_at = sent_at + self._port.visibility_window
        if ask_time < visible_at:
            wait = min(visible_at - ask_time, max(_ASK_AGAIN, ask_time - sent_at))
            return await self._settle_unknown(row, lease, then=Again(delay=wait, reason="NOT_VISIBLE_YET"))
        return None

    async def _submit(self, row: RegistrationRow, lease: Lease) -> Next:
        documents = decode_documents(await self._database.read(lambda c: self._store.get_documents(c, row.id)))
        transfer = decode_transfer(row.transfer or b"", documents)
        try:
            submission = await self._port.submit(row.vendor_reference, transfer, guard=lease.check)
        except ReferenceTakenError:
            taken = replace(row, refusal_code=REFERENCE_TAKEN)
            return await self._settle_unknown(taken, lease, then=Dead(REFERENCE_TAKEN))
        except OutcomeUnknownError:
            then = (
                Again(delay=_ASK_AGAIN, reason="ANSWER_LOST") if self._port.can_find else Dead("LOOKUP_NOT_SUPPORTED")
            )
            return await self._settle_unknown(row, lease, then=then)
        except RefusedByProviderError as error:
            refused = replace(
                row,
                state=RegistrationState.REFUSED,
                refusal_code=error.metadata["vendor_code"],
                status_reason=error.vendor_message,
            )
            return await self._settle(row, refused, lease, code="FAILED_PRECONDITION", reason=error.reason)
        except PreconditionError as error:
            # Our credentials, or our settings: nothing was sent, a person has to mend it, and the work then goes on.
            return Again(reason=error.reason, nothing_sent=True, error=error)
        submitted = replace(
            row,
            state=RegistrationState.SUBMITTED,
            vendor_id=submission.vendor_id,
            document_count=submission.document_count,
            status_time=self._clock.now(),
        )
        return await self._settle(row, submitted, lease, follow=True)

    async def _settle_found(self, row: RegistrationRow, lease: Lease, found: RegistrationStatus) -> Next:
        documents = await self._database.read(lambda c: self._store.get_documents(c, row.id))
        count = len(documents) if self._port.carries_documents else 0
        adopted = with_status(replace(row, vendor_id=found.vendor_id, document_count=count), found)
        return await self._settle(row, adopted, lease, follow=True, reason="FOUND_BY_REFERENCE")

    async def _settle_unknown(self, row: RegistrationRow, lease: Lease, *, then: Next) -> Next:
        unknown = replace(row, state=RegistrationState.OUTCOME_UNKNOWN)
        return await self._settle(row, unknown, lease, then=then, code="UNKNOWN", reason=_reason(then))

    def _after_lost_answer(self) -> Next:
        return Again(delay=_ASK_AGAIN, reason="ANSWER_LOST") if self._port.can_find else Dead("LOOKUP_NOT_SUPPORTED")

    async def follow(self, job: Job, lease: Lease) -> Next:
        """Ask how a registration stands, and tell what changed, until it is final."""
        row = await self._registration(job.resource_id)
        if row is None or RegistrationState(row.state).is_final:
            return Done()
        try:
            status = await self._port.get_status(row.vendor_id)
        except HubError as error:
            return Again(delay=error.retry_after or self._poll_delay(row), reason=error.reason)
        changed = with_status(row, status)
        if changed == row:
            return Again(delay=self._poll_delay(row), reason=f"STILL_{row.state}")
        if RegistrationState(changed.state).is_final:
            return await self._settle(row, changed, lease)
        first = timedelta(seconds=self._settings.status_poll_initial)
        return await self._settle(row, changed, lease, then=Again(delay=first, reason=f"NOW_{changed.state}"))

    async def add_documents(self, job: Job, lease: Lease) -> Next:
        """Bring more documents to a registration, once."""
        addition = await self._database.read(lambda c: self._store.get_addition(c, job.resource_id))
        if addition is None or addition.state not in {PENDING, OUTCOME_UNKNOWN}:
            return Done()
        row = await self._registration(addition.registration_id)
        if row is None:
            return Dead("REGISTRATION_MISSING")
        if lease.may_have_been_sent and not self._port.can_find:
            return await self._settle_addition(
                addition, row, lease, state=OUTCOME_UNKNOWN, then=Dead("LOOKUP_NOT_SUPPORTED")
            )
        try:
            return await self._add_documents(addition, row, lease)
        except UnavailableError as error:
            return Again(reason=error.reason, nothing_sent=nothing_sent(error, lease), error=error)
        except ExhaustedError as error:
            return Again(
                delay=error.retry_after, reason=error.reason, nothing_sent=nothing_sent(error, lease), error=error
            )

    async def _add_documents(self, addition: AdditionRow, row: RegistrationRow, lease: Lease) -> Next:
        documents = decode_documents(await self._database.read(lambda c: self._store.get_documents(c, addition.id)))
        try:
            await self._port.add_documents(addition.vendor_reference, row.vendor_id, documents, guard=lease.check)
        except OutcomeUnknownError:
            # The same reference again adds nothing twice, so sending it again is how to ask.
            then = self._after_lost_answer()
            return await self._settle_addition(addition, row, lease, state=OUTCOME_UNKNOWN, then=then)
        except PreconditionError as error:
            if error.reason == "UPSTREAM_CREDENTIALS_REFUSED":
                # As of a submission: nothing was sent, a person has to mend it, and the work then goes on.
                return Again(reason=error.reason, nothing_sent=not lease.may_have_been_sent, error=error)
            code = error.metadata.get("vendor_code", error.reason)
            return await self._settle_addition(addition, row, lease, state=REFUSED, refusal_code=code)
        return await self._settle_addition(addition, row, lease, state=ADDED, count=len(documents))

    async def _settle_addition(
        self,
        addition: AdditionRow,
        row: RegistrationRow,
        lease: Lease,
        *,
        state: str,
        count: int = 0,
        refusal_code: str = "",
        then: Next | None = None,
    ) -> Next:
        def change(conn: Connection) -> None:
            now = self._database.now(conn)
            self._store.settle_addition(conn, addition.id, state=state, now=now, refusal_code=refusal_code)
            if state in {ADDED, REFUSED}:
                self._store.forget_documents(conn, addition.id)
            fresh = self._store.get_registration(conn, row.id)
            if state == ADDED and fresh is not None:
                more = replace(fresh, document_count=fresh.document_count + count, update_time=now)
                self._store.update_registration(conn, more)
            data = {"documents_state": state, "addition_id": addition.id}
            self._tell(conn, row, _DOCUMENTS_ADDED if state == ADDED else _DOCUMENTS_CHANGED, data)

        return await lease.settle(change, then=then, code="OK" if state == ADDED else "UNKNOWN", reason=state)

    async def _settle(
        self,
        before: RegistrationRow,
        after: RegistrationRow,
        lease: Lease,
        *,
        then: Next | None = None,
        follow: bool = False,
        code: str = "OK",
        reason: str = "",
    ) -> Next:
        def change(conn: Connection) -> None:
            self.write(conn, before, after, follow=follow)

        try:
            return await lease.settle(change, then=then, code=code, reason=reason or after.state)
        except StaleVersionError:
            return Again(delay=timedelta(), reason="CHANGED_MEANWHILE")

    def write(self, conn: Connection, before: RegistrationRow, after: RegistrationRow, *, follow: bool = False) -> None:
        """Move a registration to its next state: row, event, the job that follows it, what may be forgotten."""
        now = self._database.now(conn)
        final = RegistrationState(after.state).is_final
        kept = after.transfer if after.state in {PENDING, OUTCOME_UNKNOWN} else None
        self._store.update_registration(conn, replace(after, update_time=now, transfer=kept))
        if kept is None:
            self._store.forget_documents(conn, after.id)
        if follow and not final:
            self._outbox.enqueue(conn, _follow_job(after, self._first_poll(now)))
        # The provider's first word for a state that is already known is no news.
        if before.state != after.state or (before.vendor_status and before.vendor_status != after.vendor_status):
            data = {"state": after.state, "previous_state": before.state, "provider": after.provider}
            self._tell(conn, after, _STATE_CHANGED, data)

    def _tell(self, conn: Connection, row: RegistrationRow, kind: str, data: dict[str, str]) -> None:
        event = Event(
            type=kind,
            subject=row.id,
            owner=row.owner,
            business_reference=row.business_reference,
            data={"registration_id": row.id} | data,
            traceparent=row.traceparent,
        )
        self._events.append(conn, event)

    async def _registration(self, registration_id: str) -> RegistrationRow | None:
        return await self._database.read(lambda c: self._store.get_registration(c, registration_id))

    def _first_poll(self, now: datetime) -> datetime:
        return now + timedelta(seconds=self._settings.status_poll_initial)

    def _poll_delay(self, row: RegistrationRow) -> timedelta:
        """Ask less and less often: each pause in proportion to how long nothing has changed."""
        unchanged = (self._clock.now() - row.update_time).total_seconds()
        grown = unchanged * (self._settings.status_poll_base - 1)
        return timedelta(seconds=min(max(grown, self._settings.status_poll_initial), self._settings.status_poll_max))


def nothing_sent(error: HubError, lease: Lease) -> bool:
    """Whether an error proves that nothing was ever sent: it must be the upstream's, and the first.

    The database's refusal to take an outcome is an UnavailableError too, and comes after the bytes have left.
    """
    return "upstream" in error.metadata and not lease.may_have_been_sent


def _reason(then: Next) -> str:
    return getattr(then, "reason", "")


def with_status(row: RegistrationRow, status: RegistrationStatus) -> RegistrationRow:
    """Return the registration as the provider's last word says."""
    return replace(
        row,
        state=status.state.value,
        vendor_status=status.vendor_status,
        status_reason=status.reason,
        status_time=status.status_time,
        suspended_until=status.until,
        duty_uin=status.uin,
        duty_minor_units=status.amount.minor_units if status.amount else 0,
        registration_number=status.registration_number,
    )


def _follow_job(row: RegistrationRow, run_at: datetime) -> NewJob:
    return NewJob(
        kind=FOLLOW,
        resource=REGISTRATION,
        resource_id=row.id,
        owner=row.owner,
        business_reference=row.business_reference,
        traceparent=row.traceparent,
        unique_key=f"{FOLLOW}:{row.id}",
        run_at=run_at,
    )
