"""Deletes what was kept long enough: done jobs, old events, request ids whose time is over."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from hub.core.database import Database
from hub.core.event_store import EventStore
from hub.core.idempotency import IdempotencyStore
from hub.core.jobs import Done, Job, JobKind, Lease, Next
from hub.core.outbox_store import OutboxStore
from hub.core.schedules import Schedule

KIND = "hub.housekeeping"
EVERY = timedelta(hours=1)
KEEP_JOBS = timedelta(days=30)  # as long as their unique keys must hold
KEEP_EVENTS = timedelta(days=90)  # how long a subscriber may be away and still resume


class Housekeeping:
    """One kind of job on one schedule."""

    def __init__(
        self, *, database: Database, outbox: OutboxStore, events: EventStore, idempotency: IdempotencyStore
    ) -> None:
        self._database = database
        self._outbox = outbox
        self._events = events
        self._idempotency = idempotency

    def kind(self) -> JobKind:
        """Return the kind of job."""
        return JobKind(name=KIND, handler=self._run, concurrency=1)

    def schedule(self) -> Schedule:
        """Return its schedule."""
        return Schedule(name=KIND, every=EVERY, kind=KIND)

    async def _run(self, _job: Job, _lease: Lease) -> Next:
        await self._database.write(self._prune, label="hub.housekeeping")
        return Done()

    def _prune(self, conn: Connection) -> None:
        now: datetime = self._database.now(conn)
        self._outbox.prune(conn, before=now - KEEP_JOBS)
        self._events.prune(conn, before=now - KEEP_EVENTS)
        self._idempotency.prune(conn, now=now)
