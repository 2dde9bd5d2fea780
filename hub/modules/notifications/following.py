"""Finds out what became of messages that providers took: asks them in batches, and takes their callbacks in.

One job for each account asks for ever, of those that are due; each pause of a message grows with its age. Where
something is told that moves a notification, that is written by compare-and-set.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from hub.core.clock import Clock
from hub.core.database import Database
from hub.core.errors import HubError
from hub.core.jobs import Again, Done, Job, JobKind, Lease, NewJob, Next
from hub.core.outbox import Outbox
from hub.core.persons import Persons
from hub.modules.notifications.accounts import Account, Accounts
from hub.modules.notifications.answers import Report, Sought
from hub.modules.notifications.ledger import NOTIFICATION, Ledger, with_report
from hub.modules.notifications.letter import decode_letter
from hub.modules.notifications.moving import following_step, moved
from hub.modules.notifications.sending import LEASE, NEVER_GIVE_UP
from hub.modules.notifications.states import NotificationState
from hub.modules.notifications.store import NotificationRow, NotificationsStore, StaleVersionError

REPORTS = "notifications.reports"
TOLD = "notifications.told"
"""One question about a message that a provider called us about, without proof."""
_IDLE = timedelta(seconds=30)  # between looks whether there is anything to ask of
_SLOWEST = timedelta(hours=1)
_ASKED_IN_A_RUN = 64  # messages, however many questions that is: what is told is written in one transaction
_QUESTIONS_AT_ONCE = 2  # of one account: what is to be sent needs its connections, too
_UNREADABLE = "UPSTREAM_ANSWER_INVALID"
_OPEN = frozenset({NotificationState.SENT, NotificationState.OUTCOME_UNKNOWN, NotificationState.SENDING})


class Following:
    """The handlers of questions, one kind for each account that can be asked."""

    def __init__(
        self,
        *,
        accounts: Accounts,
        store: NotificationsStore,
        ledger: Ledger,
        database: Database,
        outbox: Outbox,
        persons: Persons,
        clock: Clock,
    ) -> None:
        self._accounts = accounts
        self._store = store
        self._ledger = ledger
        self._database = database
        self._outbox = outbox
        self._persons = persons
        self._clock = clock

    def kinds(self) -> tuple[JobKind, ...]:
        """Return the kinds of jobs to register."""
        asked = [account for account in self._accounts if account.port.capabilities.reports]
        regular = [
            JobKind(
                name=_kind(account),
                handler=partial(self._ask, account),
                concurrency=1,
                lease=LEASE,
                max_failures=NEVER_GIVE_UP,
                max_delay=timedelta(minutes=5),
            )
            for account in asked
        ]
        told = [
            JobKind(name=_told(account), handler=partial(self._ask_one, account), concurrency=2, lease=LEASE)
            for account in asked
            if account.port.capabilities.callbacks
        ]
        return (*regular, *told)

    def begin(self, conn: Connection) -> None:
        """Write the job of each account, once for ever."""
        for account in self._accounts:
            if account.port.capabilities.reports:
                self._outbox.enqueue(conn, NewJob(kind=_kind(account), unique_key=_kind(account)))

    def take(self, conn: Connection, account: Account, reports: Sequence[Report]) -> int:
        """Take in what a provider told by itself; returns how many of its messages are none of ours (yet)."""
        strangers = 0
        for report in reports:
            row = self._told_of(conn, account, report)
            if row is None:
                strangers += 1
            elif row.state in _OPEN:
                self._apply(conn, account, row, report, now=self._database.now(conn))
        return strangers

    def ask_soon(self, conn: Connection, account: Account, reports: Sequence[Report]) -> int:
        """Have messages asked for that somebody says have moved, once a `report_pace`; returns how many aren't ours."""
        strangers = 0
        now = self._database.now(conn)
        pace = account.port.capabilities.report_pace.total_seconds()
        for report in reports:
            row = self._told_of(conn, account, report)
            if row is None:
                strangers += 1
            elif row.state == NotificationState.SENT and account.port.capabilities.reports:
                window = int(now.timestamp() // pace)
                if self._outbox.enqueue(conn, _question(account, row, window)) is None:
                    # That question may have been over before this was told: another one follows when it may.
                    later = datetime.fromtimestamp((window + 1) * pace, UTC)
                    self._outbox.enqueue(conn, _question(account, row, window + 1, run_at=later))
        return strangers

    def _told_of(self, conn: Connection, account: Account, report: Report) -> NotificationRow | None:
        """Find a message by the provider's id, or by ours while the provider's isn't written yet."""
        ids = [(report.vendor_id, ""), ("", report.reference)]
        for vendor_id, reference in ids:
            if not (vendor_id or reference):
                continue
            row = self._store.find_at_vendor(conn, account=account.name, vendor_id=vendor_id, reference=reference)
            if row is not None:
                return row
        return None

    async def _ask_one(self, account: Account, job: Job, lease: Lease) -> Next:  # noqa: ARG002 - same
        row = await self._database.read(lambda conn: self._store.get(conn, job.resource_id))
        if row is None or row.state != NotificationState.SENT:
            return Done()
        try:
            told = await account.port.reports([_sought(row)])
        except HubError:
            return Done()  # it is asked for regularly, too
        found = row
        await self._database.write(
            lambda conn: self._take_all(conn, account, [found], told), label="notifications.reports"
        )
        return Done()

    async def _ask(self, account: Account, job: Job, lease: Lease) -> Next:  # noqa: ARG002 - its writes are by compare-and-set
        if self._accounts.get(account.name) is None:
            return Done()
        most = max(account.port.capabilities.reports_at_once, _ASKED_IN_A_RUN)
        now = self._clock.now()
        due = await self._database.read(
            lambda conn: self._store.due_for_report(conn, account=account.name, now=now, limit=most)
        )
        await self._ask_all(account, due)
        if len(due) == most:
            return Again(delay=timedelta(), reason="MORE_TO_ASK")
        following = await self._database.read(lambda conn: self._store.next_report(conn, account=account.name))
        pause = _IDLE if following is None else min(max(following - self._clock.now(), timedelta(seconds=1)), _IDLE)
        return Again(delay=pause, reason="ASKING")

    async def _ask_all(self, account: Account, due: Sequence[NotificationRow]) -> None:
        """Ask about all of these, a few questions at a time, and note what is told.

        Raises:
            HubError: why the rest couldn't be asked; what was told before is noted.
        """
        at_once = account.port.capabilities.reports_at_once
        questions = iter([due[start : start + at_once] for start in range(0, len(due), at_once)])
        answers: list[tuple[Sequence[NotificationRow], Sequence[Report]]] = []
        failures: list[HubError] = []

        async def ask_in_turn() -> None:
            for rows in questions:
                try:
                    answers.append((rows, await account.port.reports([_sought(row) for row in rows])))
                except HubError as error:
                    if error.reason != _UNREADABLE:
                        failures.append(error)
                        return
                    answers.append((rows, ()))  # of these alone: they are asked for later, and don't hold up the others
                if failures:
                    return

        async with asyncio.TaskGroup() as tasks:
            for _ in range(_QUESTIONS_AT_ONCE):
                tasks.create_task(ask_in_turn())

        def note(conn: Connection) -> None:
            for rows, told in answers:
                self._take_all(conn, account, rows, told)

        if answers:
            await self._database.write(note, label="notifications.reports")
        if failures:
            raise failures[0]

    def _take_all(
        self, conn: Connection, account: Account, asked: Sequence[NotificationRow], told: Sequence[Report]
    ) -> None:
        now = self._database.now(conn)
        by_id = {report.vendor_id or report.reference: report for report in told}
        for row in asked:
            report = by_id.get(row.vendor_id) or by_id.get(row.vendor_reference)
            fresh = self._store.get(conn, row.id)
            if fresh is None or fresh.version != row.version:
                continue
            if report is None or not report.is_found:
                self._store.update(conn, fresh, _asked_later(account, fresh, now), update_time=fresh.update_time)
            else:
                self._apply(conn, account, fresh, report, now=now)

    def _apply(
        self, conn: Connection, account: Account, row: NotificationRow, report: Report, *, now: datetime
    ) -> None:
        if not report.is_found:
            return
        after = with_report(row, report)
        if after.state == NotificationState.SENT:
            after = _asked_later(account, after, now)
        else:
            after = replace(after, report_time=None)
        if after.state == NotificationState.FAILED and self._moved(conn, row, after, now):
            return
        try:
            self._ledger.write(conn, row, after)
        except StaleVersionError:
            return  # it moved in this very moment; what was told will be told again, or asked for

    def _moved(self, conn: Connection, before: NotificationRow, failed: NotificationRow, now: datetime) -> bool:
        """Go on with the next step of what wasn't delivered, while there is time; False if there is none."""
        if before.letter is None or now >= before.expire_time:
            return False
        letter = decode_letter(before.letter)
        number = following_step(before, letter, failed.failure_reason)
        if number is None:
            return False
        after = moved(failed, number, letter, accounts=self._accounts, persons=self._persons, now=now)
        written = self._ledger.write(conn, before, after)
        self._ledger.send_later(conn, written, NewJob(kind=""), run_at=None)
        return True


def _kind(account: Account) -> str:
    return f"{REPORTS}.{account.name}"


def _told(account: Account) -> str:
    return f"{TOLD}.{account.name}"


def _question(account: Account, row: NotificationRow, window: int, *, run_at: datetime | None = None) -> NewJob:
    return NewJob(
        kind=_told(account),
        resource=NOTIFICATION,
        resource_id=row.id,
        owner=row.owner,
        business_reference=row.business_reference,
        unique_key=f"{_told(account)}:{row.id}:{window}",
        run_at=run_at,
    )


def _sought(row: NotificationRow) -> Sought:
    letter = None if row.letter is None else decode_letter(row.letter)
    address = "" if letter is None else {str(c): a for c, a in letter.addresses.items()}.get(row.channel, "")
    return Sought(reference=row.vendor_reference, vendor_id=row.vendor_id, address=address)


def _asked_later(account: Account, row: NotificationRow, now: datetime) -> NotificationRow:
    """Each pause in proportion to how long ago it was sent; None once the provider tells no more."""
    capabilities = account.port.capabilities
    age = now - (row.send_time or row.create_time)
    if not capabilities.reports or age > capabilities.reports_for:
        return replace(row, report_time=None)
    pause = min(max(capabilities.report_pace, age / 2), max(_SLOWEST, capabilities.report_pace))
    return replace(row, report_time=now + pause)
