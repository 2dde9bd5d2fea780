"""The lease in a handler's hands: every step outside or into the database is checked against the fence first."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Connection

from hub.core.audit import Audit, AuditRecord, Phase
from hub.core.call import trace_id_of
from hub.core.clock import Clock
from hub.core.database import Database
from hub.core.errors import LeaseLostError
from hub.core.jobs import Again, Dead, Done, Job, JobKind, JobState, Lease, Next
from hub.core.outbox_store import Ending, OutboxStore

MAX_BACKOFF_DOUBLINGS = 30  # keeps 2**n a small number; max_delay cuts far earlier

_Outcome = tuple[str, str, str | Callable[[Connection], str]]


class HeldLease(Lease):
    """A lease of this process on one job. `expires` is the local monotonic time after which nothing may be sent."""

    def __init__(
        self,
        *,
        job: Job,
        kind: JobKind,
        holder: str,
        database: Database,
        store: OutboxStore,
        audit: Audit,
        clock: Clock,
        jitter: Callable[[], float],
    ) -> None:
        self.job = job
        self.kind = kind
        self.started = clock.monotonic()
        self.expires = self.started + kind.lease.total_seconds()
        self.settled: Next | None = None
        self._holder = holder
        self._database = database
        self._store = store
        self._audit = audit
        self._clock = clock
        self._jitter = jitter
        self._sent_at = job.sent_at
        self._checked = False

    @property
    def attempt(self) -> int:
        """See Lease.attempt."""
        return self.job.attempt

    @property
    def fence(self) -> int:
        """See Lease.fence."""
        return self.job.fence

    @property
    def may_have_been_sent(self) -> bool:
        """See Lease.may_have_been_sent."""
        return self.job.sent_at is not None

    @property
    def sent_at(self) -> datetime | None:
        """See Lease.sent_at."""
        return self._sent_at

    async def check(self, change: Callable[[Connection], None] | None = None) -> None:
        """See Lease.check."""
        self._require_time()
        asked = self._clock.monotonic()
        sent_at = await self._database.write(lambda conn: self._mark_sent(conn, change), label="outbox.check")
        self._sent_at = sent_at
        self._checked = True
        self.expires = asked + self.kind.lease.total_seconds()
        self._require_time()

    async def settle(
        self,
        change: Callable[[Connection], None],
        *,
        then: Next | None = None,
        code: str = "OK",
        reason: str = "",
        payload_hash: str | Callable[[Connection], str] = "",
    ) -> Next:
        """See Lease.settle."""
        end = then or Done()
        outcome = (code, reason, payload_hash)
        await self._database.write(lambda conn: self._settle(conn, change, end, outcome), label="outbox.settle")
        self.settled = end
        return end

    async def finish(self, end: Next, *, failure: bool = False) -> None:
        """End the lease without a change of the resource.

        Raises:
            LeaseLostError: another worker has the job.
        """
        await self._database.write(lambda conn: self._end(conn, end, failure=failure), label="outbox.finish")
        self.settled = end

    def renew(self, conn: Connection) -> bool:
        """Prolong the lease while the handler runs; False if it was lost."""
        until = self._database.now(conn) + self.kind.lease
        return self._store.extend(conn, self.job.id, holder=self._holder, fence=self.fence, until=until)

    def _require_time(self) -> None:
        if self._clock.monotonic() >= self.expires:
            raise LeaseLostError(f"the lease on job {self.job.id} ran out while it was worked on")

    def _mark_sent(self, conn: Connection, change: Callable[[Connection], None] | None) -> datetime:
        now = self._database.now(conn)
        until = now + self.kind.lease
        held = self._store.extend(conn, self.job.id, holder=self._holder, fence=self.fence, until=until, sent_at=now)
        self._require_held(held=held)
        if change is not None:
            change(conn)
        return now

    def _settle(self, conn: Connection, change: Callable[[Connection], None], end: Next, outcome: _Outcome) -> None:
        code, reason, payload_hash = outcome
        self._end(conn, end, failure=False)
        change(conn)
        new = self.job.new
        self._audit.append(
            conn,
            AuditRecord(
                phase=Phase.OUTCOME,
                method=new.method or f"job/{new.kind}",
                caller=new.caller,
                request_id=new.request_id,
                business_reference=new.business_reference,
                resource=f"{new.resource}/{new.resource_id}" if new.resource_id else "",
                code=code,
                reason=reason,
                payload_hash=payload_hash(conn) if callable(payload_hash) else payload_hash,
                trace_id=trace_id_of(new.traceparent),
                details={"job": self.job.id, "attempt": str(self.attempt)},
            ),
        )

    def _end(self, conn: Connection, end: Next, *, failure: bool) -> None:
        now = self._database.now(conn)
        ending = self._ending(end, now, failure=failure)
        held = self._store.finish(conn, self.job.id, holder=self._holder, fence=self.fence, ending=ending, now=now)
        self._require_held(held=held)
        if ending.state is JobState.DEAD and self.kind.on_dead is not None:
            self.kind.on_dead(conn, self.job, ending.reason)

    def _ending(self, end: Next, now: datetime, *, failure: bool) -> Ending:
        """Say what becomes of the job; too many failures in a row make a dead letter of it."""
        if isinstance(end, Done):
            return Ending(state=JobState.DONE, run_at=now, reason="")
        if isinstance(end, Dead):
            return Ending(state=JobState.DEAD, run_at=now, reason=end.reason, setback=True)
        if failure and self.job.failures + 1 >= self.kind.max_failures:
            return Ending(state=JobState.DEAD, run_at=now, reason=end.reason, setback=True, failure=True)
        return self._again(end, now, failure=failure)

    def _again(self, end: Again, now: datetime, *, failure: bool) -> Ending:
        delay = end.delay if end.delay is not None else self._backoff()
        setback = end.delay is None or end.error is not None
        return Ending(
            state=JobState.READY,
            run_at=now + delay,
            reason=end.reason,
            setback=setback,
            failure=failure,
            clear_sent=end.nothing_sent and self._checked,  # an earlier attempt's mark is not this one's to take back
        )

    def _backoff(self) -> timedelta:
        doubled = self.kind.first_delay * (1 << min(self.job.setbacks, MAX_BACKOFF_DOUBLINGS))
        return min(doubled, self.kind.max_delay) * (0.5 + self._jitter() / 2)

    def _require_held(self, *, held: bool) -> None:
        if not held:
            raise LeaseLostError(f"another worker has job {self.job.id} now")
