"""Has each day compared once it is over, and tells of each difference once: the day's job, what begins it, its end.

What is told and what is taken over from the acquirer is one transaction, so that no difference is mended untold.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import Connection

from hub.core.clock import Clock
from hub.core.database import Database
from hub.core.errors import HubError
from hub.core.jobs import Again, Done, Job, JobKind, Lease, NewJob, Next
from hub.core.outbox import Outbox
from hub.core.schedules import Schedule
from hub.modules.payments.accounts import Account, Accounts
from hub.modules.payments.creation import ACCOUNT_MISSING
from hub.modules.payments.day import MOSCOW, Day
from hub.modules.payments.day_comparison import Comparison, DayComparer, ListTooLongError
from hub.modules.payments.findings import Findings
from hub.modules.payments.reconciliations_store import ReconciliationRow, ReconciliationsStore
from hub.modules.payments.settings import PaymentsSettings

RECONCILIATION = "payments.Reconciliation"
RECONCILE = "payments.reconcile"
RECONCILE_DUE = "payments.reconcile_due"

MOST_DAYS_CAUGHT_UP = 7
"""How many missed days are made up for, after the hub or the module was off."""
_LOOK_EVERY = timedelta(hours=1)
_LONGEST_RUN = timedelta(hours=3)  # a day of orders asked for one by one, at an acquirer's pace
_FAILURES = 20


class ReconciliationState(StrEnum):
    """Where a reconciliation stands; the words are the contract's."""

    PENDING = "PENDING"
    DONE = "DONE"
    FAILED = "FAILED"


class Reconciliations:
    """Begins reconciliations and does them."""

    def __init__(
        self,
        *,
        accounts: Accounts,
        store: ReconciliationsStore,
        comparer: DayComparer,
        findings: Findings,
        database: Database,
        outbox: Outbox,
        clock: Clock,
        settings: PaymentsSettings,
    ) -> None:
        self._accounts = accounts
        self._store = store
        self._comparer = comparer
        self._findings = findings
        self._database = database
        self._outbox = outbox
        self._clock = clock
        self._settings = settings

    def kinds(self) -> tuple[JobKind, ...]:
        """Return the kinds of jobs to register."""
        return (
            JobKind(name=RECONCILE_DUE, handler=self.begin_due, concurrency=1),
            JobKind(
                name=RECONCILE,
                handler=self.reconcile,
                concurrency=2,
                max_run=_LONGEST_RUN,
                max_failures=_FAILURES,
                on_dead=self._give_up,
            ),
        )

    def schedules(self) -> tuple[Schedule, ...]:
        """Return what recurs: a look at the calendar, often enough to be on time in Moscow."""
        return (
            (Schedule(name=RECONCILE_DUE, every=_LOOK_EVERY, kind=RECONCILE_DUE),) if self._settings.reconcile else ()
        )

    def begin(self, conn: Connection, account: Account, day: Day) -> str:
        """Have a day compared, again if it was before; returns the reconciliation's id. One under way goes on."""
        now = self._database.now(conn)
        row = ReconciliationRow(
            id=reconciliation_id(account.name, day),
            account=account.name,
            day=str(day),
            provider=account.port.name,
            state=ReconciliationState.PENDING,
            start_time=now,
            create_time=now,
        )
        if not self._store.add(conn, row):
            known = self._store.lock(conn, row.id)
            assert known is not None, "it was there a moment ago, and none is ever deleted"
            if known.state == ReconciliationState.PENDING:
                return known.id
            row = replace(
                known, state=ReconciliationState.PENDING, run=known.run + 1, failure_reason="", start_time=now
            )
            self._store.update(conn, row)
        self._outbox.enqueue(conn, _job(row))
        return row.id

    async def begin_due(self, job: Job, lease: Lease) -> Next:  # noqa: ARG002 - what is due now, the calendar tells
        """Begin what is due: yesterday, days that were missed, and days that are to be compared again."""
        now = self._clock.now()
        if now.astimezone(MOSCOW).hour < self._settings.reconcile_hour:
            return Done()

        def begin(conn: Connection) -> None:
            for account in self._accounts.all():
                for day in self._due(conn, account, Day.of(now)):
                    self.begin(conn, account, day)

        return await lease.settle(begin)

    def _due(self, conn: Connection, account: Account, today: Day) -> Iterator[Day]:
        first = self._store.first_payment_time(conn, account.name)
        for days in range(1, MOST_DAYS_CAUGHT_UP + 1):
            day = today.before(days)
            is_ours = days == 1 or (first is not None and day.ends > first)
            if is_ours and self._store.get(conn, reconciliation_id(account.name, day)) is None:
                yield day
        for days in self._settings.reconcile_again_days:
            known = self._store.get(conn, reconciliation_id(account.name, today.before(days + 1)))
            if known is not None and Day.of(known.start_time).date < today.date:
                yield Day.parse(known.day)

    async def reconcile(self, job: Job, lease: Lease) -> Next:
        """Compare a day, and tell what differs."""
        row = await self._database.read(lambda conn: self._store.get(conn, job.resource_id))
        if row is None or row.state != ReconciliationState.PENDING or str(row.run) != job.payload["run"]:
            return Done()
        account = self._accounts.find(row.account)
        if account is None:
            return Again(reason=ACCOUNT_MISSING)
        try:
            comparison = await self._comparer.compare(account, Day.parse(row.day))
        except ListTooLongError:
            failed = replace(row, state=ReconciliationState.FAILED, failure_reason="LIST_TOO_LONG")
            return await lease.settle(lambda conn: self._store.update(conn, failed), reason="LIST_TOO_LONG")
        except HubError as error:
            waiting = replace(row, failure_reason=error.reason[:64])
            await self._database.write(lambda conn: self._store.update(conn, waiting), label="payments.reconcile")
            return Again(delay=error.retry_after, reason=error.reason)
        return await lease.settle(lambda conn: self._finish(conn, account, row, comparison))

    def _finish(self, conn: Connection, account: Account, row: ReconciliationRow, comparison: Comparison) -> None:
        is_whole = self._findings.take(conn, account, row, comparison)
        done = replace(
            row,
            state=ReconciliationState.DONE if is_whole else ReconciliationState.FAILED,
            failure_reason="" if is_whole else "TOO_MANY_MISMATCHES",
            method=comparison.method,
            compared=comparison.compared,
            unsettled=comparison.unsettled,
            unreadable=comparison.unreadable,
            complete_time=self._database.now(conn),
        )
        self._store.update(conn, done)

    def _give_up(self, conn: Connection, job: Job, reason: str) -> None:
        row = self._store.get(conn, job.resource_id)
        if row is not None and row.state == ReconciliationState.PENDING:
            failed = replace(row, state=ReconciliationState.FAILED, failure_reason=reason[:64])
            self._store.update(conn, failed)


def reconciliation_id(account: str, day: Day) -> str:
    """Return the id of a day's reconciliation, which is one for ever."""
    return f"{account}-{day}"


def _job(row: ReconciliationRow) -> NewJob:
    return NewJob(
        kind=RECONCILE,
        payload={"run": str(row.run)},
        resource=RECONCILIATION,
        resource_id=row.id,
        unique_key=f"{RECONCILE}:{row.id}:{row.run}",
    )
