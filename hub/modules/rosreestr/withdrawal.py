"""Brings a withdrawal to the register until it is taken or refused; an answer that was lost is found out by asking how
the registration stands.
"""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Connection

from hub.core.clock import Clock
from hub.core.database import Database
from hub.core.errors import HubError, OutcomeUnknownError, PreconditionError
from hub.core.events import Event, Events
from hub.core.jobs import Again, Dead, Done, Job, JobKind, Lease, Next
from hub.modules.rosreestr.port import RefusedByProviderError, RegistrationState, RosreestrPort
from hub.modules.rosreestr.store import RegistrationRow, RosreestrStore, WithdrawalRow
from hub.modules.rosreestr.work import OUTCOME_UNKNOWN, PENDING, REFUSED, RegistrationWork, nothing_sent, with_status

WITHDRAW = "rosreestr.withdraw"
WITHDRAWAL = "rosreestr.Withdrawal"
ACCEPTED = "ACCEPTED"

_CHANGED = "rosreestr.registration.withdrawal_changed"
_LEASE = timedelta(seconds=90)  # longer than any one attempt at the gateway (Policy.attempt_timeout)
_ASK_AGAIN = timedelta(seconds=5)
_NEVER_GIVE_UP = 1_000_000


class WithdrawalWork:
    """The handler of withdrawals. It may run again after a crash at any point; it asks before it sends again."""

    def __init__(
        self,
        *,
        port: RosreestrPort,
        store: RosreestrStore,
        database: Database,
        events: Events,
        clock: Clock,
        registrations: RegistrationWork,
    ) -> None:
        self._port = port
        self._store = store
        self._database = database
        self._events = events
        self._clock = clock
        self._registrations = registrations

    def kinds(self) -> tuple[JobKind, ...]:
        """Return the kinds of jobs to register."""
        return (JobKind(name=WITHDRAW, handler=self.withdraw, lease=_LEASE, max_failures=_NEVER_GIVE_UP),)

    async def withdraw(self, job: Job, lease: Lease) -> Next:
        """Bring a withdrawal to the register, once."""
        withdrawal = await self._database.read(lambda c: self._store.get_withdrawal(c, job.resource_id))
        if withdrawal is None or withdrawal.state not in {PENDING, OUTCOME_UNKNOWN}:
            return Done()
        row = await self._database.read(lambda c: self._store.get_registration(c, withdrawal.registration_id))
        if row is None:
            return Dead("REGISTRATION_MISSING")
        try:
            if lease.may_have_been_sent:
                asked = await self._ask(withdrawal, row, lease)
                if asked is not None:
                    return asked
            return await self._send(withdrawal, row, lease)
        except HubError as error:
            # Down, out of quota, or it refuses our credentials, which a person has to mend: the work goes on later.
            unsent = nothing_sent(error, lease)
            return Again(delay=error.retry_after, reason=error.reason, nothing_sent=unsent, error=error)

    async def _ask(self, withdrawal: WithdrawalRow, row: RegistrationRow, lease: Lease) -> Next | None:
        """See from the registration whether a withdrawal that may have been sent was taken; None to send it again."""
        ask_time = self._clock.now()  # an answer is as old as its question, however late it is read
        status = await self._port.get_status(row.vendor_id)
        if status.state is RegistrationState.WITHDRAWN:
            return await self._settle(withdrawal, with_status(row, status), lease, state=ACCEPTED)
        if status.state.is_final:
            final = with_status(row, status)
            return await self._settle(withdrawal, final, lease, state=REFUSED, refusal_code="REGISTRATION_FINAL")
        sent_at = lease.sent_at or withdrawal.create_time
        shown_at = sent_at + self._port.visibility_window
        if ask_time >= shown_at:
            return None  # it never arrived; and were it slower than the window, the second one would end the same thing
        wait = min(shown_at - ask_time, max(_ASK_AGAIN, ask_time - sent_at))
        then = Again(delay=wait, reason="NOT_VISIBLE_YET")
        return await self._settle(withdrawal, with_status(row, status), lease, state=OUTCOME_UNKNOWN, then=then)

    async def _send(self, withdrawal: WithdrawalRow, row: RegistrationRow, lease: Lease) -> Next:
        try:
            taken = await self._port.withdraw(row.vendor_id, withdrawal.reason, guard=lease.check)
        except OutcomeUnknownError:
            then = Again(delay=_ASK_AGAIN, reason="ANSWER_LOST")
            return await self._settle(withdrawal, None, lease, state=OUTCOME_UNKNOWN, then=then)
        except RefusedByProviderError as error:
            code = error.metadata["vendor_code"]
            return await self._settle(withdrawal, None, lease, state=REFUSED, refusal_code=code)
        except PreconditionError as error:
            if error.reason == "UPSTREAM_CREDENTIALS_REFUSED":
                raise
            return await self._settle(withdrawal, None, lease, state=REFUSED, refusal_code=error.reason)
        after = replace(row, state=taken.state.value, vendor_status=taken.vendor_status, status_time=taken.status_time)
        return await self._settle(withdrawal, after, lease, state=ACCEPTED)

    async def _settle(
        self,
        withdrawal: WithdrawalRow,
        after: RegistrationRow | None,
        lease: Lease,
        *,
        state: str,
        refusal_code: str = "",
        then: Next | None = None,
    ) -> Next:
        """Settle the withdrawal, and with it the registration as far as the provider told how that stands."""

        def change(conn: Connection) -> None:
            now = self._database.now(conn)
            self._store.settle_withdrawal(conn, withdrawal.id, state=state, now=now, refusal_code=refusal_code)
            fresh = self._store.get_registration(conn, withdrawal.registration_id)
            # Who follows the registration may have written since: his word, if it is final, stays the last one.
            if after is not None and fresh is not None and not RegistrationState(fresh.state).is_final:
                self._registrations.write(conn, fresh, replace(after, version=fresh.version))
            if withdrawal.state != state:
                self._events.append(conn, _event(withdrawal, state))

        code = {ACCEPTED: "OK", REFUSED: "FAILED_PRECONDITION"}.get(state, "UNKNOWN")
        return await lease.settle(change, then=then, code=code, reason=refusal_code or state)


def _event(withdrawal: WithdrawalRow, state: str) -> Event:
    return Event(
        type=_CHANGED,
        subject=withdrawal.registration_id,
        owner=withdrawal.owner,
        business_reference=withdrawal.business_reference,
        data={
            "registration_id": withdrawal.registration_id,
            "withdrawal_id": withdrawal.id,
            "withdrawal_state": state,
        },
        traceparent=withdrawal.traceparent,
    )
