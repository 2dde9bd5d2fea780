"""What administrators see of the outbox's jobs and do to them, whether the hub is running or stopped."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection

from hub.app.administration import DOMAIN, admin_record
from hub.core.audit import Audit
from hub.core.call import Call
from hub.core.database import Database
from hub.core.effects import Claim, Effects
from hub.core.errors import NotFoundError, PreconditionError
from hub.core.jobs import JobState
from hub.core.outbox_store import JobView, OutboxStore

JOB = "outbox.Job"
NOT_DONE = frozenset(JobState) - {JobState.DONE}


class OutboxAdministration:
    """Lists jobs, and has them run now or never."""

    def __init__(self, *, database: Database, store: OutboxStore, effects: Effects, audit: Audit) -> None:
        self._database = database
        self._store = store
        self._effects = effects
        self._audit = audit

    async def jobs(
        self, *, states: Collection[JobState], kind: str, business_reference: str, before: str, limit: int
    ) -> Sequence[JobView]:
        """Return jobs, newest first; see OutboxPort."""
        return await self._database.read(
            lambda conn: self._store.list(
                conn,
                states=states or NOT_DONE,
                kind=kind,
                business_reference=business_reference,
                before=before,
                limit=limit,
            )
        )

    async def retry(self, call: Call, job_id: str, *, reason: str) -> JobView:
        """Have a job run now; see OutboxPort. It asks the vendor before it sends again, as after any crash."""

        def change(conn: Connection, claim: Claim) -> None:
            view = self._get(conn, job_id)
            changed = (
                self._store.revive(conn, job_id, now=claim.now)
                if view.state is JobState.DEAD
                else self._store.hasten(conn, job_id, now=claim.now)
            )
            _require_idle(view, idle=changed)
            self._audit.append(conn, admin_record(call, f"{JOB}/{job_id}", reason))

        await self._effects.record(call, resource=JOB, resource_id=job_id, change=change)
        return await self._database.read(lambda conn: self._get(conn, job_id))

    async def discard(self, call: Call, job_id: str, *, reason: str, even_if_sent: bool) -> JobView:
        """Have a job never run; see OutboxPort."""

        def change(conn: Connection, claim: Claim) -> None:
            view = self._get(conn, job_id)
            if view.state is JobState.READY and view.job.sent_at is not None and not even_if_sent:
                raise _may_have_sent(view)
            _require_idle(view, idle=self._store.discard(conn, job_id, now=claim.now, reason="DISCARDED"))
            self._audit.append(conn, admin_record(call, f"{JOB}/{job_id}", reason))

        await self._effects.record(call, resource=JOB, resource_id=job_id, change=change)
        return await self._database.read(lambda conn: self._get(conn, job_id))

    def _get(self, conn: Connection, job_id: str) -> JobView:
        view = self._store.get(conn, job_id)
        if view is None:
            raise NotFoundError("no such job; ListOutboxJobs names them", metadata={"resource": JOB})
        return view


def resource_of(view: JobView) -> str:
    """Return what the job works on, or the job itself."""
    new = view.job.new
    return f"{new.resource}/{new.resource_id}" if new.resource else f"{JOB}/{view.job.id}"


def _require_idle(view: JobView, *, idle: bool) -> None:
    if not idle:
        state = view.state.value.upper()
        raise PreconditionError(
            f"the job is {state}; only one that was given up or waits for its time can be retried or discarded",
            reason="JOB_NOT_IDLE",
            domain=DOMAIN,
            metadata={"state": state},
        )


def _may_have_sent(view: JobView) -> PreconditionError:
    return PreconditionError(
        "something was sent, and the job finds out what came of it; let it, or discard it even if sent",
        reason="JOB_MAY_HAVE_SENT",
        domain=DOMAIN,
        metadata={"resource": resource_of(view)},
    )
