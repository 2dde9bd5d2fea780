"""Asks how payments stand: those that are open ever less often, those that ended or were paid for a day or so.

Callbacks are hints only: they have a payment looked at sooner, by jobs of a kind of their own, so that
however many come keep nothing else waiting.
"""

from datetime import datetime, timedelta

from hub.core.clock import Clock
from hub.core.errors import HubError
from hub.core.jobs import Again, Done, Job, JobKind, Lease, Next
from hub.modules.payments.accounts import Accounts
from hub.modules.payments.creation import ACCOUNT_MISSING, ASK_AGAIN, LEASE, NEVER_GIVE_UP
from hub.modules.payments.ledger import CALLBACK, FOLLOW, LOOK, Ledger, known_of, observed
from hub.modules.payments.observation import Observation
from hub.modules.payments.port import PaymentsPort
from hub.modules.payments.settings import PaymentsSettings
from hub.modules.payments.states import PaymentState, lags
from hub.modules.payments.store import PaymentRow, StaleVersionError
from hub.modules.payments.taken_back import confirms

MOST_CALLBACKS_AT_ONCE = 4
LONGEST_PARKED = timedelta(hours=1)  # then the order is asked for in time, as it is without callbacks
_OUTCOME_AWAITED = frozenset({PaymentState.PENDING, PaymentState.OUTCOME_UNKNOWN})


class Following:
    """The handlers of questions."""

    def __init__(self, *, accounts: Accounts, ledger: Ledger, clock: Clock, settings: PaymentsSettings) -> None:
        self._accounts = accounts
        self._ledger = ledger
        self._clock = clock
        self._settings = settings

    def kinds(self) -> tuple[JobKind, ...]:
        """Return the kinds of jobs to register."""
        return (
            JobKind(name=FOLLOW, handler=self.follow, lease=LEASE, max_failures=NEVER_GIVE_UP),
            JobKind(name=LOOK, handler=self.look, lease=LEASE, max_failures=NEVER_GIVE_UP),
            JobKind(
                name=CALLBACK,
                handler=self.heed,
                lease=LEASE,
                max_failures=NEVER_GIVE_UP,
                concurrency=MOST_CALLBACKS_AT_ONCE,
            ),
        )

    async def follow(self, job: Job, lease: Lease) -> Next:
        """Ask how a payment stands, as long as something is expected of it."""
        row = await self._ledger.payment(job.resource_id)
        if row is None or self._is_over(row):
            return Done()
        return await self._ask(row, lease, then=Again(delay=self._delay(row), reason=f"STILL_{row.state}"))

    async def look(self, job: Job, lease: Lease) -> Next:
        """Ask once."""
        row = await self._ledger.payment(job.resource_id)
        return Done() if row is None or not row.vendor_id else await self._ask(row, lease, then=Done())

    async def heed(self, job: Job, lease: Lease) -> Next:
        """Ask once, after a callback; one that overtook the commit of what it tells of waits for it here."""
        row = await self._ledger.payment(job.resource_id)
        if row is None:
            return Done()
        if row.vendor_id:
            return await self._ask(row, lease, then=Done())
        is_awaited = row.state in _OUTCOME_AWAITED and self._clock.now() - job.created_at < LONGEST_PARKED
        return Again(delay=ASK_AGAIN, reason="NOT_COMMITTED_YET") if is_awaited else Done()

    async def _ask(self, row: PaymentRow, lease: Lease, *, then: Next) -> Next:
        port = self._accounts.port(row.account)
        if port is None:
            return Again(reason=ACCOUNT_MISSING)
        ask_time = self._clock.now()
        try:
            seen = await port.get(row.vendor_id)
        except HubError as error:
            return Again(delay=error.retry_after or self._delay(row), reason=error.reason)
        hold_lasts = port.capabilities.hold_lasts
        after = observed(row, seen, ask_time=ask_time, hold_lasts=hold_lasts)
        if after == row:
            if await self._is_taken_back(port, row, seen, ask_time=ask_time):
                return await self._release(row, lease, then=then)
            return then
        if isinstance(then, Again):
            then = Again(delay=timedelta(seconds=self._settings.poll_initial), reason=f"NOW_{after.state}")
        try:
            return await lease.settle(
                lambda conn: self._ledger.take(conn, row.id, seen, ask_time=ask_time, hold_lasts=hold_lasts),
                then=then,
                reason=after.state,
            )
        except StaleVersionError:
            return Again(delay=timedelta(), reason="CHANGED_MEANWHILE")

    async def _is_taken_back(
        self, port: PaymentsPort, row: PaymentRow, seen: Observation, *, ask_time: datetime
    ) -> bool:
        """Note that nothing is new; return whether a refund that the bank took back has stood so for its time.

        An answer may lag behind: what an older one tells goes by itself within the visibility window.
        """
        seen = seen.completed(captured=row.captured or row.minor_units)
        if lags(known_of(row), seen):
            return False
        await self._ledger.note_unchanged(row, ask_time=ask_time)
        since = ask_time - port.capabilities.visibility_window
        return confirms(row, seen) and await self._ledger.has_been_quiet(row, since=since)

    async def _release(self, row: PaymentRow, lease: Lease, *, then: Next) -> Next:
        try:
            return await lease.settle(
                lambda conn: self._ledger.release(conn, row), then=then, reason="REFUND_TAKEN_BACK"
            )
        except StaleVersionError:
            return Again(delay=timedelta(), reason="CHANGED_MEANWHILE")

    def is_followed(self, row: PaymentRow) -> bool:
        """Whether a payment is asked for from time to time."""
        return not self._is_over(row)

    def _is_over(self, row: PaymentRow) -> bool:
        state = PaymentState(row.state)
        if state is PaymentState.REFUSED or not row.vendor_id:
            return True
        watched = timedelta(hours=self._settings.watch_ended_hours)
        return not state.is_open and self._clock.now() - row.update_time > watched

    def _delay(self, row: PaymentRow) -> timedelta:
        """Each pause in proportion to how long nothing has changed."""
        if not PaymentState(row.state).is_open:
            return timedelta(seconds=self._settings.poll_max)
        unchanged = (self._clock.now() - row.update_time).total_seconds()
        grown = unchanged * (self._settings.poll_base - 1)
        return timedelta(seconds=min(max(grown, self._settings.poll_initial), self._settings.poll_max))
