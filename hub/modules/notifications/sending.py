"""Brings a notification to its provider, once; a step that is refused leads to the next one.

A sending job is of the account it sends by, so that each account has a concurrency of its own. It may run again after a
crash at any point: what may have been sent is looked for first (`doubt.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from hub.core.clock import Clock
from hub.core.database import Database
from hub.core.errors import HubError, OutcomeUnknownError
from hub.core.jobs import Again, Done, Job, JobKind, Lease, Next
from hub.core.persons import Persons
from hub.modules.notifications.accounts import Account, Accounts, job_kind
from hub.modules.notifications.answers import Accepted, Refusal
from hub.modules.notifications.health import Spared
from hub.modules.notifications.ledger import Ledger, doubts, reference_of, spent_before, steps_of, with_report
from hub.modules.notifications.letter import Letter
from hub.modules.notifications.message import Channel, Message
from hub.modules.notifications.moving import MOST_SENDINGS, following_step, moved
from hub.modules.notifications.port import Report, Sought, refusal_of
from hub.modules.notifications.sent_mark import SentMark
from hub.modules.notifications.states import (
    AT_WORK,
    FailureReason,
    NotificationState,
    Policy,
    Priority,
    UnknownReason,
)
from hub.modules.notifications.store import NotificationRow, NotificationsStore, StaleVersionError
from hub.modules.notifications.wording import Telling, Wording

LEASE = timedelta(seconds=90)  # longer than any one attempt at a provider (Policy.attempt_timeout)
ASK_AGAIN = timedelta(seconds=5)  # a lost answer is looked up soon, then by the visibility window
NEVER_GIVE_UP = 1_000_000  # failures: the notification's own time ends it, not a provider that was away for long

_REPEATED_FOR = timedelta(days=1)  # after a restore: as long as callers go on with what they were not answered
_MISSING_AT_ONCE = 4  # nothing is sent: each goes on to its next step, or ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a run works with."""

    accounts: Accounts
    store: NotificationsStore
    ledger: Ledger
    database: Database
    wording: Wording
    persons: Persons
    clock: Clock
    spared: Spared
    mark: SentMark
    missing: Sequence[str] = ()
    """Accounts that messages wait for and the settings no longer have."""


class Sending:
    """The handlers of sending jobs, one kind for each account."""

    def __init__(self, means: Means) -> None:
        self._means = means

    def kinds(self) -> tuple[JobKind, ...]:
        """Return the kinds of jobs to register."""
        known = [self._kind(account.job_kind, account.settings.concurrency) for account in self._means.accounts]
        return (*known, *(self._kind(job_kind(name), _MISSING_AT_ONCE) for name in self._means.missing))

    async def _forgotten(self, job: Job, lease: Lease) -> Next:
        """End what was to be sent again long after what it says was forgotten."""
        row = await self._means.ledger.notification(job.resource_id)
        if row is None or row.state != NotificationState.QUEUED or str(row.sendings) != job.payload["sending"]:
            return Done()
        forgotten = row

        def change(conn: Connection) -> None:
            failed = replace(forgotten, state=NotificationState.FAILED, failure_reason=FailureReason.NOT_SENT)
            self._means.ledger.write(conn, forgotten, failed)

        return await lease.settle(change, code="NOT_FOUND", reason="FORGOTTEN")

    def _kind(self, name: str, concurrency: int) -> JobKind:
        return JobKind(
            name=name,
            handler=self.send,
            concurrency=concurrency,
            lease=LEASE,
            max_failures=NEVER_GIVE_UP,
            max_delay=timedelta(minutes=5),
        )

    async def send(self, job: Job, lease: Lease) -> Next:
        """Bring a notification one step further."""
        found = await self._means.ledger.with_letter(job.resource_id)
        if found is None:
            return await self._forgotten(job, lease)
        row, letter = found
        if row.state not in AT_WORK or row.needs_person or str(row.sendings) != job.payload["sending"]:
            return Done()
        try:
            return await _Run(self._means, job, lease, row, letter).go()
        except StaleVersionError:
            return Again(delay=timedelta(), reason="CHANGED_MEANWHILE")


class _NotNowError(Exception):
    """The message must not leave: not at all, or not before a time. Nothing was written."""

    def __init__(self, *, refusal: Refusal | None = None, until: datetime | None = None) -> None:
        super().__init__("not now")
        self.refusal = refusal
        self.until = until


class _Run:
    """One run for one notification."""

    def __init__(self, means: Means, job: Job, lease: Lease, row: NotificationRow, letter: Letter) -> None:
        self._means = means
        self._job = job
        self._lease = lease
        self._row = row
        self._stored = row  # as it lies there: the row of this run may know more
        self._reference = reference_of(row)
        self._letter = letter
        self._account = means.accounts.get(row.account)
        self._is_doubtful = row.state != NotificationState.QUEUED  # an earlier sending may have been taken

    async def go(self) -> Next:
        """Do what the notification's state asks for."""
        row, now = self._row, self._now()
        account = self._account
        if self._is_doubtful:
            reason = UnknownReason(row.unknown_reason or UnknownReason.INTERRUPTED)
            return await self._doubt(reason) if account is None else await self._find_out(account, reason)
        if now >= row.expire_time:
            return await self._settle(replace(row, state=NotificationState.EXPIRED), code="DEADLINE_EXCEEDED")
        if now < row.schedule_time:
            return Again(delay=row.schedule_time - now, reason="SCHEDULED")
        if account is None:
            return await self._refused(FailureReason.ACCOUNT_MISSING)
        spared = self._means.spared.why(account.name)
        if spared is not None:
            return await self._refused(spared[0], retry_after=spared[1])
        return await self._sent_before_the_restore(account) or await self._send(account)

    async def _sent_before_the_restore(self, account: Account) -> Next | None:
        """Ask, after a restore, whether the request is one whose message went out before; None: it isn't, or who knows.

        Callers repeat requests that the restored database never saw. Our reference is the same one as then.
        """
        row, restored, capabilities = self._row, self._means.mark.restored_time, account.port.capabilities
        if restored is None or not restored < row.create_time < restored + _REPEATED_FOR:
            return None
        if row.sendings or row.unknown_policy == Policy.RATHER_TWICE or not capabilities.found_by_reference:
            return None
        reference = self._reference
        address = self._letter.addresses[Channel(row.channel)]
        report = await account.port.find(Sought(reference=reference, vendor_id="", address=address))
        if report is not None and report.is_found:
            self._row = replace(row, vendor_reference=reference)
            return await self._found(account, report)
        hidden = restored + capabilities.visibility_window - self._now()
        return Again(delay=hidden, reason=UnknownReason.RESTORED) if hidden > timedelta() else None

    async def _send(self, account: Account) -> Next:
        try:
            accepted = await account.port.send(self._message(), guard=self._guard)
        except _NotNowError as held:
            if held.until is not None:
                return Again(delay=max(held.until - self._now(), timedelta()), reason="NOT_NOW")
            return await self._refused(held.refusal or Refusal.OTHER)
        except OutcomeUnknownError:
            return await self._doubt(UnknownReason.ANSWER_LOST)
        except HubError as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            if refusal.is_of_account:
                self._means.spared.spare(account.name, refusal, seconds=account.settings.spare_seconds)
            if self._is_doubtful:  # this sending wasn't taken; the one before may have been
                return await self._doubt(UnknownReason(self._row.unknown_reason or UnknownReason.ANSWER_LOST))
            code = error.metadata.get("vendor_code", error.reason)
            return await self._refused(refusal, code=code, retry_after=error.retry_after)
        return await self._accepted(account, accepted)

    def _message(self) -> Message:
        row = self._row
        channel = Channel(row.channel)
        step = steps_of(row)[row.step]
        return Message(
            reference=self._reference,
            address=self._letter.addresses[channel],
            sender=step.sender,
            content=self._letter.contents[channel],
            expire_time=row.expire_time,
        )

    async def _guard(self) -> None:
        """Note durably, before it leaves, that it may have been sent; find out that it must not leave after all."""
        if self._row.state == NotificationState.SENDING:  # another attempt of the same call
            await self._lease.check()
            return
        written: list[NotificationRow] = []
        counts: list[int] = []

        def change(conn: Connection) -> None:
            now = self._means.database.now(conn)
            self._admit(conn, now)
            sending = self._row.changed(
                state=NotificationState.SENDING,
                send_time=(self._row.send_time if self._is_doubtful else None) or now,
                vendor_reference=self._reference,
            )
            written.append(self._means.ledger.write(conn, self._stored, sending))
            counts.append(self._means.mark.count(conn))

        await self._lease.check(change)
        self._row = self._stored = written[-1]
        self._means.mark.note(counts[-1])

    def _admit(self, conn: Connection, now: datetime) -> None:
        row = self._row
        if self._is_doubtful:
            return
        telling = Telling(
            owner=row.owner,
            channel=Channel(row.channel),
            address=self._letter.addresses[Channel(row.channel)],
            pseudonym=row.pseudonym,
            template=row.template,
            urgent=row.priority == Priority.HIGH,
            time_zone=row.time_zone,
        )
        admission = self._means.wording.admit(conn, telling, now=now)
        if admission.refusal is not None:
            raise _NotNowError(refusal=admission.refusal)
        until = self._recipients_turn(conn, now)
        if admission.wait_until is not None and admission.wait_until > now:
            until = max(until or now, admission.wait_until)
        if until is not None:
            raise _NotNowError(until=min(until, row.expire_time))

    def _recipients_turn(self, conn: Connection, now: datetime) -> datetime | None:
        """Return when the recipient may be sent to again; None: now."""
        if self._account is None:
            return None
        turn = None
        for rate in self._account.recipient_rates:
            period = timedelta(seconds=rate.per_seconds)
            count, first = self._means.store.sent_since(
                conn, pseudonym=self._row.pseudonym, account=self._row.account, since=now - period
            )
            if count >= rate.calls and first is not None:
                turn = max(turn or now, first + period)
        return turn

    async def _accepted(self, account: Account, accepted: Accepted) -> Next:
        capabilities = account.port.capabilities
        cost = accepted.cost
        sent = self._row.changed(
            state=NotificationState.SENT,
            failure_reason="",
            unknown_reason="",
            vendor_id=accepted.vendor_id[:128],
            vendor_code=accepted.vendor_code[:64],
            cost_minor_units=self._row.cost_minor_units if cost is None else spent_before(self._row) + cost.minor_units,
            cost_currency=self._row.cost_currency if cost is None else cost.currency,
            parts=accepted.parts,
            report_time=self._now() + capabilities.report_pace if capabilities.reports else None,
        )
        return await self._settle(sent)

    async def _refused(
        self, why: Refusal | FailureReason, *, code: str = "", retry_after: timedelta | None = None
    ) -> Next:
        """Nothing was sent: wait for the same step, go on to the next one, or give up."""
        row = self._row
        refused = replace(row, state=NotificationState.FAILED, failure_reason=why, vendor_code=code[:64])
        following = following_step(row, self._letter, why)
        if isinstance(why, Refusal) and why.may_pass and (following is None or self._patient_until() > self._now()):
            # While there is another step, this one is waited for no longer than patience says, whatever it asks for.
            left = (row.expire_time if following is None else self._patient_until()) - self._now()
            delay = None if retry_after is None else min(retry_after, left)
            then = Again(delay=delay, reason=why, nothing_sent=True)
            unsent = replace(refused, state=NotificationState.QUEUED, send_time=None)
            return await self._settle(unsent, then=then, code="UNAVAILABLE", reason=why)
        if following is None:
            return await self._settle(refused, code="FAILED_PRECONDITION", reason=why)
        return await self._move(refused, following, code="FAILED_PRECONDITION", reason=why)

    def _patient_until(self) -> datetime:
        """Until when the present step is waited for although there is another one."""
        if self._account is None or self._row.priority == Priority.HIGH:
            return self._row.step_time
        return self._row.step_time + timedelta(seconds=self._account.settings.patience_seconds)

    async def _find_out(self, account: Account, reason: UnknownReason) -> Next:
        """Ask what became of a sending whose answer was lost."""
        row = self._row
        capabilities = account.port.capabilities
        since = row.send_time or row.update_time
        if not capabilities.found_by_reference:
            if capabilities.dedupes_for is not None and self._now() < since + capabilities.dedupes_for:
                return await self._send(account)  # the provider takes it for the one before
            return await self._doubt(reason)
        address = self._letter.addresses[Channel(row.channel)]
        sought = Sought(reference=row.vendor_reference or self._reference, vendor_id=row.vendor_id, address=address)
        asked = self._now()
        report = await account.port.find(sought)
        if report is not None and report.is_found:
            return await self._found(account, report)
        if asked < since + capabilities.visibility_window:
            return await self._wait(reason, since + capabilities.visibility_window - asked)
        return await self._not_there(reason)

    async def _found(self, account: Account, report: Report) -> Next:
        capabilities = account.port.capabilities
        after = with_report(self._row, report)
        if after.state == NotificationState.FAILED:
            self._row = replace(self._row, vendor_id=after.vendor_id)
            return await self._refused(report.refusal, code=report.vendor_code)
        if after.state == NotificationState.SENT and capabilities.reports:
            after = replace(after, report_time=self._now() + capabilities.report_pace)
        return await self._settle(after, reason="FOUND_BY_REFERENCE")

    async def _doubt(self, reason: UnknownReason) -> Next:
        """Nobody can be asked, or not yet: say so, and do what the caller wants done then."""
        account = self._account
        if account is not None:
            capabilities = account.port.capabilities
            since = self._row.send_time or self._row.update_time
            again = capabilities.dedupes_for is not None and self._now() < since + capabilities.dedupes_for
            if capabilities.found_by_reference or again:
                return await self._wait(reason, ASK_AGAIN)
        if self._row.unknown_policy == Policy.RATHER_TWICE and self._may_be_twice():
            return await self._again(reason)
        unknown = replace(
            self._row,
            state=NotificationState.OUTCOME_UNKNOWN,
            unknown_reason=reason,
            needs_person=account is None,  # whom the settings no longer have, nobody can ask
        )
        return await self._settle(unknown, code="UNKNOWN", reason=reason)

    def _may_be_twice(self) -> bool:
        """Whether there is another step, or this one has been tried just once: twice is twice, not a dozen times."""
        row = self._row
        return following_step(row, self._letter, Refusal.OTHER) is not None or not doubts(row)

    async def _not_there(self, reason: UnknownReason) -> Next:
        """The provider doesn't have it and would by now: it was never taken."""
        if self._row.sendings + 1 < MOST_SENDINGS:
            return await self._again(reason)
        held = replace(self._row, state=NotificationState.OUTCOME_UNKNOWN, unknown_reason=reason, needs_person=True)
        return await self._settle(held, code="UNKNOWN", reason=reason)

    async def _again(self, reason: UnknownReason) -> Next:
        """Go on with the next step, or send anew by the same one, under another reference."""
        following = following_step(self._row, self._letter, Refusal.OTHER)
        unknown = replace(self._row, state=NotificationState.OUTCOME_UNKNOWN, unknown_reason=reason)
        return await self._move(unknown, self._row.step if following is None else following, reason=reason)

    async def _wait(self, reason: UnknownReason, until_visible: timedelta) -> Next:
        waited = self._now() - (self._row.send_time or self._row.update_time)
        delay = max(ASK_AGAIN, min(until_visible, waited, timedelta(minutes=1)))
        then = Again(delay=delay, reason=reason)
        if self._row.state == NotificationState.OUTCOME_UNKNOWN:
            return then
        unknown = replace(self._row, state=NotificationState.OUTCOME_UNKNOWN, unknown_reason=reason)
        return await self._settle(unknown, then=then, code="UNKNOWN", reason=reason)

    async def _move(self, ended: NotificationRow, number: int, *, code: str = "UNKNOWN", reason: str) -> Next:
        """End the present sending as it stands, and have another one begun, all in one transaction."""
        means = self._means
        after = moved(ended, number, self._letter, accounts=means.accounts, persons=means.persons, now=self._now())

        def change(conn: Connection) -> None:
            written = means.ledger.write(conn, self._stored, after)
            means.ledger.send_later(conn, written, self._job.new, run_at=None)

        return await self._lease.settle(change, code=code, reason=reason)

    async def _settle(
        self, after: NotificationRow, *, then: Next | None = None, code: str = "OK", reason: str = ""
    ) -> Next:
        def change(conn: Connection) -> None:
            self._means.ledger.write(conn, self._stored, after)

        return await self._lease.settle(change, then=then, code=code, reason=reason or after.state)

    def _now(self) -> datetime:
        return self._means.clock.now()
