"""The only way to change the outside world: intent, call, outcome, each durable before the next."""

import asyncio
import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Generic, TypeVar

from sqlalchemy import Connection

from hub.core.audit import Audit, AuditRecord, Phase
from hub.core.call import Call
from hub.core.clock import Clock
from hub.core.database import Database
from hub.core.errors import HubError, InProgressError
from hub.core.idempotency import Idempotency
from hub.core.ids import Ids
from hub.core.jobs import Again, Job, JobState, NewJob
from hub.core.outbox import Outbox
from hub.core.vendor_reference import ReferenceShape, VendorReference, VendorReferences

T = TypeVar("T")

RETRY_AFTER_HELD = timedelta(seconds=1)  # most runs of another replica end sooner than their lease


@dataclass(frozen=True, slots=True)
class Claim:
    """What `begin` is given: this request is new, and ours. `now` is the database's time."""

    call: Call
    resource_id: str
    job_id: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Started:
    """The effect that the request stands for; `replayed` if an earlier call with the same request_id began it."""

    resource_id: str
    job_id: str
    replayed: bool


class Progress(enum.Enum):
    """How far the work has come when the waiting ends."""

    SETTLED = "settled"
    WAITING = "waiting"
    RUNNING = "running"


@dataclass(frozen=True, slots=True)
class Awaited:
    """The end of waiting: SETTLED (done or given up), WAITING (goes on later; `error`: why), RUNNING (time is up)."""

    progress: Progress
    error: HubError | None = None


@dataclass(frozen=True, slots=True)
class Recorded(Generic[T]):
    """A change without an outward call. `value` is what `change` returned; None when replayed: read the resource."""

    resource_id: str
    replayed: bool
    value: T | None


class Effects:
    """Runs outward changes as jobs that are leased at birth, so that recovery after a crash runs the very same code."""

    def __init__(
        self,
        *,
        database: Database,
        outbox: Outbox,
        idempotency: Idempotency,
        references: VendorReferences,
        audit: Audit,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._database = database
        self._outbox = outbox
        self._idempotency = idempotency
        self._references = references
        self._audit = audit
        self._clock = clock
        self._ids = ids
        self._starting: set[asyncio.Task[Started]] = set()

    def reference(self, call: Call, *, shape: ReferenceShape, attempt: int = 1) -> VendorReference:
        """Return our reference for the call at a vendor; `begin` stores it with the resource."""
        return self._references.make(call, shape=shape, attempt=attempt)

    async def start(
        self,
        call: Call,
        *,
        kind: str,
        resource: str,
        resource_id: str,
        begin: Callable[[Connection, Claim], None],
        payload: Mapping[str, str] = MappingProxyType({}),
        keep_forever: bool = False,
        handed: object = None,
    ) -> Started:
        """Claim the request_id and, if it is new, write the intent; the job runs at once in a task of the hub's own.

        One transaction: idempotency key, `begin` (the PENDING resource with its vendor reference), audit intent, job.
        Cancelling the caller stops neither the transaction nor the job.

        Args:
            call: Who asks; its request_id must not be empty.
            kind: The JobKind that does the outward work.
            resource: The resource's type, "rosreestr.Registration".
            resource_id: A new id (Ids.resource_id), or that of the resource that is changed.
            begin: Writes the resource; not run on a replay. What it raises undoes all and is raised here.
            payload: More ids for the job's handler.
            keep_forever: Keep the idempotency key for ever (money, registrations) instead of 30 days.
            handed: What the job's run at birth finds in `Job.handed`: what `begin` wrote, so that it isn't read again.
                A run after a crash, or in another process, has none, and reads.

        Raises:
            AlreadyExistsError: the request_id was used for other content (REQUEST_ID_REUSED).
            InProgressError: another process holds its job; retry_after says when to ask again.
            ExhaustedError: the disk is nearly full (DISK_SPACE_LOW), or too many writes wait.
            UnavailableError: nothing can be made durable, or the hub is stopping.
        """
        replay = await self._replay_without_space(call)
        if replay is not None:
            return replay
        job_id = self._ids.resource_id()
        job = _new_job(call, kind=kind, resource=resource, resource_id=resource_id, payload=payload)

        def transaction(conn: Connection) -> tuple[Started, Job | None]:
            replay = self._replayed(conn, call)
            if replay is not None:
                return replay, None
            claim = self._claim(conn, call, job, job_id=job_id, keep_forever=keep_forever)
            begin(conn, claim)
            self._audit.append(conn, self._record(call, Phase.INTENT, resource, resource_id))
            leased = self._outbox.enqueue_leased(conn, job_id, job)
            run = leased if leased is None or handed is None else replace(leased, handed=handed)
            return Started(resource_id=resource_id, job_id=job_id, replayed=False), run

        return await self._in_a_task_of_its_own(transaction)

    async def begin_again(
        self,
        call: Call,
        started: Started,
        *,
        kind: str,
        resource: str,
        change: Callable[[Connection, str], str | None],
    ) -> Started:
        """Start the work of a replayed request anew, if the run before ended without anything having been sent.

        For work that must not go on by itself once its caller was told that nothing happened. One transaction:
        `change`, audit intent, a new job that is leased at birth.

        Args:
            call: Who asks.
            started: What `start` returned for the call.
            kind: As given to `start`.
            resource: As given to `start`.
            change: Is given the new job's id. It returns None after it noted that id with the resource, or the id of
                the job that is at work on it, or was last: then nothing begins.

        Returns:
            What to wait for.

        Raises:
            As `start` does, and what `change` raises.
        """
        job_id = self._ids.resource_id()
        job = _new_job(call, kind=kind, resource=resource, resource_id=started.resource_id, payload={})

        def transaction(conn: Connection) -> tuple[Started, Job | None]:
            present = change(conn, job_id)
            if present is not None:
                return Started(resource_id=started.resource_id, job_id=present, replayed=True), None
            self._audit.require_space()
            self._audit.append(conn, self._record(call, Phase.INTENT, resource, started.resource_id, reason="AGAIN"))
            leased = self._outbox.enqueue_leased(conn, job_id, job)
            return Started(resource_id=started.resource_id, job_id=job_id, replayed=True), leased

        return await self._in_a_task_of_its_own(transaction)

    async def find(self, call: Call) -> Started | None:
        """Return what an earlier call with this request_id began, or None if it is new; claims nothing.

        For checks that guard a new request and must not be asked again of a replay: what they look at changes.

        Raises:
            AlreadyExistsError, InProgressError: as `start` does.
        """
        if await self._database.read(lambda conn: self._idempotency.find(conn, call)) is None:
            return None
        return await self._database.write(lambda conn: self._replayed(conn, call), label="effects.find")

    async def await_outcome(self, call: Call, started: Started) -> Awaited:
        """Wait until the job's present run ends, or the call's deadline; then read the resource as it stands."""
        if not started.job_id:
            return Awaited(progress=Progress.SETTLED)
        ending, view = await self._outbox.wait_for_run(started.job_id, seconds=call.remaining_seconds(self._clock))
        if view is None or not view.state.is_open:
            return Awaited(progress=Progress.SETTLED)
        if view.state is JobState.LEASED:
            return Awaited(progress=Progress.RUNNING)
        return Awaited(progress=Progress.WAITING, error=ending.error if isinstance(ending, Again) else None)

    async def record(
        self,
        call: Call,
        *,
        resource: str,
        resource_id: str,
        change: Callable[[Connection, Claim], T],
        keep_forever: bool = False,
    ) -> Recorded[T]:
        """Make a change that needs no outward call: idempotency key, `change` and the audit record in one transaction.

        `change` appends its events and jobs itself. Raises as `start` does.
        """
        earlier = await self._replay_without_space(call)
        if earlier is not None:
            return Recorded(resource_id=earlier.resource_id, replayed=True, value=None)
        job = NewJob(kind="", resource=resource, resource_id=resource_id)

        def transaction(conn: Connection) -> Recorded[T]:
            replay = self._replayed(conn, call)
            if replay is not None:
                return Recorded(resource_id=replay.resource_id, replayed=True, value=None)
            claim = self._claim(conn, call, job, job_id="", keep_forever=keep_forever)
            value = change(conn, claim)
            self._audit.append(conn, self._record(call, Phase.OUTCOME, resource, resource_id, code="OK"))
            return Recorded(resource_id=resource_id, replayed=False, value=value)

        return await self._database.write(transaction, label="effects.record")

    async def _replay_without_space(self, call: Call) -> Started | None:
        """Let a new request pass only while the disk has room; without, one that came before is still answered.

        Raises:
            ExhaustedError: the request is new, and the disk is nearly full (DISK_SPACE_LOW).
        """
        if not self._audit.low_on_space:
            return None
        replay = await self.find(call)
        if replay is None:
            self._audit.require_space()
        return replay

    async def _in_a_task_of_its_own(self, transaction: Callable[[Connection], tuple[Started, Job | None]]) -> Started:
        """Were the caller cancelled between commit and spawn, the job would lie idle for a lease."""
        task = asyncio.create_task(self._commit_and_run(transaction))
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)
        return await asyncio.shield(task)

    async def _commit_and_run(self, transaction: Callable[[Connection], tuple[Started, Job | None]]) -> Started:
        started, job = await self._database.write(transaction, label="effects.start")
        if job is not None:
            self._outbox.adopt(job)
        return started

    def _replayed(self, conn: Connection, call: Call) -> Started | None:
        """Return what an earlier call with this request_id began, with a record of the replay; None if it is new."""
        key = self._idempotency.find(conn, call)
        if key is None:
            return None
        view = self._outbox.view(conn, key.job_id) if key.job_id else None
        now = self._database.now(conn)
        if view is not None and view.held_by_another(self._outbox.holder, now):
            raise InProgressError(
                "another replica is working on this request_id; send the same request again after the delay",
                retry_after=RETRY_AFTER_HELD,
            )
        record = self._record(call, Phase.REQUEST, key.resource, key.resource_id, code="OK", reason="REPLAYED")
        self._audit.append(conn, record)
        return Started(resource_id=key.resource_id, job_id=key.job_id, replayed=True)

    def _claim(self, conn: Connection, call: Call, job: NewJob, *, job_id: str, keep_forever: bool) -> Claim:
        now = self._database.now(conn)
        claimed = self._idempotency.claim(
            conn,
            call,
            resource=job.resource,
            resource_id=job.resource_id,
            job_id=job_id,
            now=now,
            keep_forever=keep_forever,
        )
        if not claimed:
            raise InProgressError(
                "the same request_id has just been sent to another replica; ask again after the delay",
                retry_after=RETRY_AFTER_HELD,
            )
        return Claim(call=call, resource_id=job.resource_id, job_id=job_id, now=now)

    def _record(
        self, call: Call, phase: Phase, resource: str, resource_id: str, *, code: str = "", reason: str = ""
    ) -> AuditRecord:
        return AuditRecord(
            phase=phase,
            method=call.method,
            caller=call.caller,
            request_id=call.request_id,
            business_reference=call.business_reference,
            resource=f"{resource}/{resource_id}",
            code=code,
            reason=reason,
            payload_hash=self._idempotency.fingerprint(call).hex(),
            trace_id=call.trace_id,
        )


def _new_job(call: Call, *, kind: str, resource: str, resource_id: str, payload: Mapping[str, str]) -> NewJob:
    return NewJob(
        kind=kind,
        payload=payload,
        resource=resource,
        resource_id=resource_id,
        owner=call.group,
        caller=call.caller,
        method=call.method,
        request_id=call.request_id,
        business_reference=call.business_reference,
        traceparent=call.traceparent,
    )
