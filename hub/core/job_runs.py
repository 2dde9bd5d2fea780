"""The jobs that run in this process right now: their tasks, leases, renewals, endings and those who wait for them."""

import asyncio
from collections import Counter, OrderedDict
from datetime import timedelta

import structlog
from opentelemetry.trace import SpanKind
from sqlalchemy import Connection

from hub.core.audit import Audit
from hub.core.clock import Clock
from hub.core.database import Database
from hub.core.errors import HubError, LeaseLostError
from hub.core.ids import Ids
from hub.core.jobs import Again, Dead, Job, JobKind, Next
from hub.core.lease import HeldLease
from hub.core.metrics import CoreMetrics
from hub.core.outbox_store import OutboxStore
from hub.core.telemetry import AttributeValue, Telemetry
from hub.core.waiting import wait_until_done

log = structlog.get_logger(__name__)

SHORTEST_LEASE = timedelta(seconds=30)
RENEW_SECONDS = SHORTEST_LEASE.total_seconds() / 3
RENEWALS_IN_A_LEASE = 3  # two may fail before it is lost
MAX_REMEMBERED_ENDINGS = 4096  # for callers that begin to wait after their job's run ended


class JobRuns:
    """Runs leased jobs in tasks of the hub's own.

    Args:
        holder: The name on their leases.
        longest_lease: What leases are cut to; None leaves each kind its own.
    """

    def __init__(
        self,
        *,
        database: Database,
        store: OutboxStore,
        audit: Audit,
        clock: Clock,
        ids: Ids,
        telemetry: Telemetry,
        metrics: CoreMetrics,
        holder: str,
        longest_lease: timedelta | None = None,
    ) -> None:
        self._database = database
        self._store = store
        self._audit = audit
        self._clock = clock
        self._ids = ids
        self._telemetry = telemetry
        self._metrics = metrics
        self._holder = holder
        self.longest_lease = longest_lease
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._leases: dict[str, HeldLease] = {}
        self._overdue: set[str] = set()
        self._busy: Counter[str] = Counter()
        self._endings: OrderedDict[str, Next] = OrderedDict()

    def __len__(self) -> int:
        return len(self._tasks)

    def __contains__(self, job_id: str) -> bool:
        return job_id in self._tasks

    def busy(self, kind: str) -> int:
        """Return how many jobs of a kind run."""
        return self._busy[kind]

    def ending(self, job_id: str) -> Next | None:
        """Return how the job's last run in this process ended, if that was not long ago."""
        return self._endings.get(job_id)

    def spawn(self, job: Job, kind: JobKind) -> asyncio.Task[None]:
        """Run a leased job; the task never raises."""
        lease = HeldLease(
            job=job,
            kind=kind,
            holder=self._holder,
            database=self._database,
            store=self._store,
            audit=self._audit,
            clock=self._clock,
            jitter=self._ids.fraction,
        )
        self._busy[kind.name] += 1
        self._leases[job.id] = lease
        self._endings.pop(job.id, None)
        task = asyncio.create_task(self._run(lease), name=f"job {kind.name}")
        self._tasks[job.id] = task
        task.add_done_callback(lambda _: self._forget(lease))
        return task

    async def wait(self, job_id: str | None, *, seconds: float) -> bool:
        """Wait for one run, or for all of them, at most that long; True if they ended."""
        tasks = list(self._tasks.values()) if job_id is None else [self._tasks[job_id]] if job_id in self._tasks else []
        return await wait_until_done(tasks, clock=self._clock, seconds=seconds)

    async def cancel(self) -> None:
        """Cut short what still runs."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def renew_forever(self) -> None:
        """Keep the leases of what runs alive, and cancel what runs too long."""
        while True:
            await self._clock.sleep(self._renew_seconds())
            self._cancel_overdue()
            leases = list(self._leases.values())
            if leases:
                await self._renew(leases)

    def _renew_seconds(self) -> float:
        if self.longest_lease is None:
            return RENEW_SECONDS
        return min(RENEW_SECONDS, self.longest_lease.total_seconds() / RENEWALS_IN_A_LEASE)

    async def _renew(self, leases: list[HeldLease]) -> None:
        asked = self._clock.monotonic()

        def renew(conn: Connection) -> list[bool]:
            return [lease.renew(conn) for lease in leases]

        try:
            held = await self._database.write(renew, label="outbox.renew")
        except HubError as error:
            log.warning("outbox.renewal_failed", reason=error.reason)
            return
        except Exception:
            # The edge of durable work: were the loop to end here, every long job would lose its lease.
            log.exception("outbox.renewal_failed")
            return
        for lease, still_held in zip(leases, held, strict=True):
            lease.expires = asked + lease.kind.lease.total_seconds() if still_held else asked

    def _cancel_overdue(self) -> None:
        now = self._clock.monotonic()
        for job_id, lease in self._leases.items():
            if now - lease.started > lease.kind.max_run.total_seconds():
                self._overdue.add(job_id)
                self._tasks[job_id].cancel()

    async def _run(self, lease: HeldLease) -> None:
        """Run the handler, write its ending; whatever goes wrong, the job stays in the table and is found again."""
        job = lease.job
        attributes: dict[str, AttributeValue] = {
            "landhub.job.id": job.id,
            "landhub.job.kind": job.kind,
            "landhub.job.fence": job.fence,
            "landhub.attempt": job.attempt,
            "landhub.business_reference": job.new.business_reference,
        }
        span = self._telemetry.span(
            f"job {job.kind}", kind=SpanKind.CONSUMER, attributes=attributes, parent=job.new.traceparent
        )
        try:
            with span:
                end, failure = await self._handled(lease)
                if lease.settled is None:
                    await lease.finish(end, failure=failure)
            self._endings[job.id] = lease.settled or end
        except LeaseLostError:
            log.warning("job.lease_lost", job=job.id, kind=job.kind, attempt=job.attempt)
        except HubError as error:
            log.warning("job.ending_not_written", job=job.id, kind=job.kind, reason=error.reason)

    async def _handled(self, lease: HeldLease) -> tuple[Next, bool]:
        """Return how the handler ended, and whether that is a failure towards the dead letter."""
        job, kind = lease.job, lease.kind
        if job.failures >= kind.max_failures:
            return Dead(reason="TOO_MANY_FAILURES"), False
        try:
            return await kind.handler(job, lease), False
        except LeaseLostError:
            raise
        except HubError as error:
            return Again(delay=error.retry_after, reason=error.reason, error=error), False
        except asyncio.CancelledError:
            if job.id not in self._overdue:
                raise
            log.warning("job.ran_too_long", job=job.id, kind=job.kind)
            return Again(reason="RAN_TOO_LONG"), True
        except Exception:
            # The edge of durable work, as rpc/errors.py is the edge of calls: nothing above can do anything about it.
            log.exception("job.failed", job=job.id, kind=job.kind, attempt=job.attempt)
            return Again(reason="INTERNAL"), True

    def _forget(self, lease: HeldLease) -> None:
        job_id = lease.job.id
        ending = type(lease.settled).__name__.lower() if lease.settled is not None else "lost"
        self._metrics.job_ran(lease.kind.name, ending, self._clock.monotonic() - lease.started)
        self._busy[lease.kind.name] -= 1
        self._tasks.pop(job_id, None)
        self._leases.pop(job_id, None)
        self._overdue.discard(job_id)
        while len(self._endings) > MAX_REMEMBERED_ENDINGS:
            self._endings.popitem(last=False)
