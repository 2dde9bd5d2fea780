"""Settles many held notifications alike, for whoever administers the hub: after a restore there may be thousands."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from hub.core.audit import Audit, AuditRecord, Phase
from hub.core.database import Database
from hub.core.jobs import Done, Job, JobKind, Lease, NewJob, Next
from hub.modules.notifications.ledger import NOTIFICATION, Ledger
from hub.modules.notifications.settlement import Finding, settled
from hub.modules.notifications.states import NotificationState
from hub.modules.notifications.store import Held, NotificationRow, NotificationsStore
from hub.modules.notifications.tables import notifications

RESOLVE = "notifications.resolve_held"
RESOLVE_METHOD = "hub.notifications.resolve"
FINDINGS = {
    "sent": Finding(was_sent=True),
    "not_sent": Finding(was_sent=False),
    "send_again": Finding(was_sent=False, send_again=True),
}
BATCH = 200  # in one transaction: some ten milliseconds, so that others get their turn


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCount:
    """How many notifications of an owner, an account and a campaign wait for a person, and why."""

    owner: str
    account: str
    campaign_id: str
    unknown_reason: str
    count: int


class BulkSettlement:
    """The handler of the command line's errand; each notification has a record of its own in the audit."""

    def __init__(self, *, store: NotificationsStore, ledger: Ledger, database: Database, audit: Audit) -> None:
        self._store = store
        self._ledger = ledger
        self._database = database
        self._audit = audit

    def kinds(self) -> tuple[JobKind, ...]:
        """Return the kinds of jobs to register."""
        return (JobKind(name=RESOLVE, handler=self.do_errand, concurrency=1),)

    async def do_errand(self, job: Job, lease: Lease) -> Next:
        """Settle all that was held when the errand was given and fits it, and say in the audit how many that were.

        One that is run again after a crash goes on with what is left, and counts only that.
        """
        count = 0
        while more := await self._database.write(lambda conn: self._settle_some(conn, job), label="notifications.bulk"):
            count += more
        record = _record(job, details={**job.payload, "settled": str(count)})
        return await lease.settle(lambda conn: self._audit.append(conn, record), then=Done())

    def _settle_some(self, conn: Connection, job: Job) -> int:
        wanted = job.payload
        held = Held(
            owner=wanted["owner"],
            account=wanted["account"],
            campaign_id=wanted["campaign_id"],
            unknown_reason=wanted["unknown_reason"],
            since=job.created_at,
        )
        rows = self._store.list_held(conn, limit=BATCH, held=held)
        for row in rows:
            self._settle(conn, row, job)
        return len(rows)

    def _settle(self, conn: Connection, row: NotificationRow, job: Job) -> None:
        finding = job.payload["finding"]
        written = self._ledger.write(conn, row, settled(row, FINDINGS[finding]))
        if written.state == NotificationState.QUEUED:
            cause = NewJob(
                kind="", caller=job.new.caller, method=RESOLVE_METHOD, request_id=job.new.request_id, owner=row.owner
            )
            self._ledger.send_later(conn, written, cause, run_at=None)
        details = {"finding": finding, "reason": job.payload["reason"]}
        self._audit.append(conn, _record(job, row=row, details=details))


def count_held(conn: Connection) -> Sequence[HeldCount]:
    """Return how many notifications wait for a person, the most first."""
    table = notifications.c
    by = (table.owner, table.account, table.campaign_id, table.unknown_reason)
    counted = func.count().label("count")
    query = (
        select(*by, counted)
        .where(table.state == NotificationState.OUTCOME_UNKNOWN, table.needs_person.is_(True))
        .group_by(*by)
        .order_by(counted.desc(), *by)
    )
    return [HeldCount(**found) for found in conn.execute(query).mappings()]


def _record(job: Job, *, row: NotificationRow | None = None, details: dict[str, str]) -> AuditRecord:
    return AuditRecord(
        phase=Phase.ADMIN if row is None else Phase.OUTCOME,
        method=RESOLVE_METHOD,
        caller=job.new.caller,
        request_id=job.new.request_id,
        business_reference="" if row is None else row.business_reference,
        resource="" if row is None else f"{NOTIFICATION}/{row.id}",
        code="OK",
        details=details,
    )
