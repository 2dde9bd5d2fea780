"""Forgets what has been kept long enough: done jobs, delivered events, idempotency keys that are not for ever."""

from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import Connection

from hub.core.database import Database
from hub.core.event_store import EventStore
from hub.core.idempotency import IdempotencyStore
from hub.core.jobs import Again, Done, Job, JobKind, Lease, Next
from hub.core.outbox import Outbox
from hub.core.outbox_store import OutboxStore
from hub.core.schedules import Schedule

log = structlog.get_logger(__name__)

KIND = "core.forget"
BATCH_ROWS = 1000
"""Of each kind in one transaction: some ten milliseconds, so that nobody waits for a day's worth to go."""
MOST_BATCHES_A_RUN = 500  # then the job makes room for others, and goes on


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long things are kept. A done job guards its unique_key, an event its cursor, for so long."""

    done_jobs: timedelta = timedelta(days=30)
    events: timedelta = timedelta(days=90)


class Forgetting:
    """A daily job. Audit records, dead letters and keys of money and registrations are never forgotten by it."""

    def __init__(
        self,
        *,
        database: Database,
        outbox: Outbox,
        jobs: OutboxStore,
        events: EventStore,
        keys: IdempotencyStore,
        retention: Retention,
    ) -> None:
        self._database = database
        self._jobs = jobs
        self._events = events
        self._keys = keys
        self._retention = retention
        outbox.register(JobKind(name=KIND, handler=self._handle, concurrency=1))
        outbox.schedule(Schedule(name=KIND, every=timedelta(days=1), kind=KIND))

    async def _handle(self, job: Job, lease: Lease) -> Next:  # noqa: ARG002 - the slot is all there is, and any will do
        for number in range(MOST_BATCHES_A_RUN):
            jobs, events, keys = await self._database.write(self._forget, label="retention.forget")
            log.info("retention.forgotten", batch=number + 1, jobs=jobs, events=events, keys=keys)
            if max(jobs, events, keys) < BATCH_ROWS:
                return Done()
        return Again(delay=timedelta(seconds=1), reason="MORE_TO_FORGET")

    def _forget(self, conn: Connection) -> tuple[int, int, int]:
        now = self._database.now(conn)
        jobs = self._jobs.prune(conn, before=now - self._retention.done_jobs, limit=BATCH_ROWS)
        events = self._events.prune(conn, before=now - self._retention.events, limit=BATCH_ROWS)
        return jobs, events, self._keys.prune(conn, now=now, limit=BATCH_ROWS)
