"""Tells of certificates that run out: days left as a metric all the time, and an event 30, 7 and 1 day ahead."""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

import structlog
from prometheus_client import CollectorRegistry, Gauge
from sqlalchemy import Connection

from hub.app.expiries import Expiry
from hub.core.clock import Clock
from hub.core.database import Database
from hub.core.errors import HubError
from hub.core.events import HUBS_OWN, Event, Events
from hub.core.jobs import Done, Job, JobKind, Lease, NewJob, Next
from hub.core.outbox import Outbox

log = structlog.get_logger(__name__)

KIND = "core.certificate_expiring"
EVENT = "hub.certificate.expiring"
DAYS_AHEAD = (30, 7, 1)

_LOOK_SECONDS = 60.0  # a new certificate shows within that time; a look reads some ten files
_DAY = timedelta(days=1)


class ExpiryWatch:
    """Looks at all certificates again and again.

    Each event is a job of the outbox with the certificate's fingerprint and the days in its unique key: it waits there
    for its day, over restarts, and is written once over all replicas. One that was renewed meanwhile is not told of.
    """

    def __init__(
        self,
        *,
        read: Callable[[], Awaitable[Sequence[Expiry]]],
        database: Database,
        outbox: Outbox,
        events: Events,
        clock: Clock,
        metrics: CollectorRegistry,
    ) -> None:
        self._read = read
        self._database = database
        self._outbox = outbox
        self._events = events
        self._clock = clock
        self._days_left = days_left(registry=metrics)
        self._planned: frozenset[str] = frozenset()
        outbox.register(JobKind(name=KIND, handler=self._handle, concurrency=1))

    async def run_forever(self) -> None:
        """Look now and then at every interval."""
        while True:
            try:
                await self.look()
            except HubError as error:
                log.warning("expiry.not_planned", reason=error.reason)
            await self._clock.sleep(_LOOK_SECONDS)

    async def look(self) -> None:
        """Show the days left, and plan the events of certificates that are new here."""
        found = await self._read()
        now = self._clock.now()
        self._days_left.clear()
        for expiry in found:
            self._days_left.labels(expiry.what, expiry.name).set((expiry.expire_time - now) / _DAY)
        fresh = [expiry for expiry in found if expiry.fingerprint not in self._planned]
        if not fresh:
            return

        def plan(conn: Connection) -> None:
            for expiry in fresh:
                for days in _days_to_tell(expiry.expire_time, now):
                    self._outbox.enqueue(conn, _job(expiry, days))

        await self._database.write(plan, label="expiry.plan")
        self._planned = frozenset(expiry.fingerprint for expiry in found)

    async def _handle(self, job: Job, lease: Lease) -> Next:
        fingerprint = job.payload["fingerprint"]
        current = {expiry.fingerprint: expiry for expiry in await self._read()}
        expiry = current.get(fingerprint)
        if expiry is None:
            return Done()  # it was replaced
        data = {
            "certificate": expiry.what,
            "name": expiry.name,
            "fingerprint": expiry.fingerprint,
            "days": job.payload["days"],
            "expire_time": expiry.expire_time.isoformat(),
        }
        event = Event(type=EVENT, subject=fingerprint, owner=HUBS_OWN, data=MappingProxyType(data))
        log.warning("certificate.expiring", certificate=expiry.what, name=expiry.name, days=job.payload["days"])
        return await lease.settle(lambda conn: self._tell(conn, event), reason="TOLD")

    def _tell(self, conn: Connection, event: Event) -> None:
        self._events.append(conn, event)


def days_left(*, registry: CollectorRegistry) -> Gauge:
    """Make the metric."""
    return Gauge(
        "landhub_certificate_days_left",
        "Days until a certificate runs out; negative when it has.",
        ("certificate", "name"),
        registry=registry,
    )


def _days_to_tell(expire_time: datetime, now: datetime) -> Iterator[int]:
    """The days whose time is still to come, and the one it is time for: who comes late is not told three times."""
    if now >= expire_time:
        return
    passed = [days for days in DAYS_AHEAD if now >= expire_time - days * _DAY]
    yield from passed[-1:]
    yield from (days for days in DAYS_AHEAD if now < expire_time - days * _DAY)


def _job(expiry: Expiry, days: int) -> NewJob:
    return NewJob(
        kind=KIND,
        payload={"fingerprint": expiry.fingerprint, "days": str(days)},
        unique_key=f"expiry:{expiry.fingerprint}:{days}",
        run_at=expiry.expire_time - days * _DAY,
    )
