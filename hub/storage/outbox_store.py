"""The outbox's rows in SQL: leases, fences and due times."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, delete, func, or_, select, update

from hub.core.database import OUTBOX_TOPIC, touch
from hub.core.jobs import Job, JobState, NewJob
from hub.core.outbox_store import FAR_AHEAD, Ending, JobCount, JobView, OutboxStore
from hub.storage.inserts import insert_new
from hub.storage.outbox_due import DueJob, due_jobs, named, names, next_due
from hub.storage.prepared import Prepared, inserting, inserting_new, prepared
from hub.storage.tables import outbox_jobs as jobs
from hub.storage.tables import schedules

_OPEN = (JobState.READY, JobState.LEASED)
_READY = MappingProxyType({"state": "ready", "holder": None, "lease_until": None})

# Each job passes these once or more.
_INSERT = inserting(jobs)
_INSERT_NEW = inserting_new(jobs)
_ONE = prepared(select(jobs).where(jobs.c.id == bindparam("job")))
_HELD = update(jobs).where(
    jobs.c.id == bindparam("job"),
    jobs.c.state == JobState.LEASED,
    jobs.c.holder == bindparam("by"),
    jobs.c.fence == bindparam("at"),
)
_LONGER = _HELD.values(lease_until=bindparam("until"))
_EXTEND = prepared(_LONGER)
_MARK_SENT = prepared(_LONGER.values(sent_at=bindparam("sent")))
_ENDED = _HELD.values(
    state=bindparam("to"),
    run_at=bindparam("due"),
    reason=bindparam("why"),
    setbacks=jobs.c.setbacks * bindparam("keep_setbacks") + bindparam("add_setbacks"),
    failures=jobs.c.failures * bindparam("keep_failures") + bindparam("add_failures"),
    holder=None,
    lease_until=None,
    updated_at=bindparam("now"),
)
_FINISH = prepared(_ENDED)
_FINISH_UNSENT = prepared(_ENDED.values(sent_at=None))


_EXPIRED = case((jobs.c.state == JobState.LEASED, 1), else_=0)
_TAKE = Prepared(
    lambda dialect: (
        update(jobs)
        .where(jobs.c.id.in_(named("ids", dialect)))
        .values(
            state=JobState.LEASED,
            attempts=jobs.c.attempts + 1,
            setbacks=jobs.c.setbacks + _EXPIRED,
            failures=jobs.c.failures + _EXPIRED,
            fence=jobs.c.fence + 1,
            holder=bindparam("by"),
            lease_until=bindparam("until"),
            updated_at=bindparam("now"),
        )
        .returning(*jobs.c)
    )
)


class SqlOutboxStore(OutboxStore):
    """See OutboxStore."""

    def add(self, conn: Connection, job_id: str, job: NewJob, *, now: datetime) -> bool:
        """See OutboxStore.add."""
        _announce(conn, job.run_at, now)
        return _INSERT_NEW.run(conn, _row(job_id, job, now) | _READY) == 1

    def add_leased(
        self, conn: Connection, job_id: str, job: NewJob, *, now: datetime, holder: str, until: datetime
    ) -> Job:
        """See OutboxStore.add_leased."""
        lease = {"state": "leased", "attempts": 1, "fence": 1, "holder": holder, "lease_until": until}
        _INSERT.run(conn, _row(job_id, job, now) | lease)
        return Job(id=job_id, new=job, attempt=1, setbacks=0, failures=0, fence=1, created_at=now, sent_at=None)

    def claim(
        self,
        conn: Connection,
        *,
        leases: Mapping[str, timedelta],
        limit: int,
        holder: str,
        now: datetime,
        rooms: Mapping[str, int] | None = None,
    ) -> Sequence[Job]:
        """See OutboxStore.claim."""
        chosen = _fitting(due_jobs(conn, leases, now=now, limit=limit), rooms)
        rows: list[Any] = []
        for kind, ids in chosen.items():
            taken = {"ids": names(ids), "by": holder, "until": now + leases[kind], "now": now}
            rows += _TAKE.all(conn, taken)
        return [_job(row) for row in sorted(rows, key=lambda row: (row.priority, row.run_at, row.id))]

    def next_due(self, conn: Connection, kinds: Sequence[str]) -> datetime | None:
        """See OutboxStore.next_due."""
        return next_due(conn, kinds)

    def extend(
        self,
        conn: Connection,
        job_id: str,
        *,
        holder: str,
        fence: int,
        until: datetime,
        sent_at: datetime | None = None,
    ) -> bool:
        """See OutboxStore.extend."""
        values: dict[str, Any] = {"job": job_id, "by": holder, "at": fence, "until": until}
        if sent_at is None:
            return _EXTEND.run(conn, values) == 1
        return _MARK_SENT.run(conn, values | {"sent": sent_at}) == 1

    def finish(self, conn: Connection, job_id: str, *, holder: str, fence: int, ending: Ending, now: datetime) -> bool:
        """See OutboxStore.finish."""
        values: dict[str, Any] = {
            "job": job_id,
            "by": holder,
            "at": fence,
            "to": ending.state,
            "due": ending.run_at,
            "why": ending.reason[:100],
            "keep_setbacks": int(ending.setback),
            "add_setbacks": int(ending.setback),
            "keep_failures": int(ending.failure or ending.setback),
            "add_failures": int(ending.failure),
            "now": now,
        }
        if ending.state is JobState.READY:
            _announce(conn, ending.run_at, now)
        return (_FINISH_UNSENT if ending.clear_sent else _FINISH).run(conn, values) == 1

    def release(self, conn: Connection, *, now: datetime, holder: str | None = None, other_than: str = "") -> int:
        """See OutboxStore.release."""
        whose = jobs.c.holder == holder if holder is not None else jobs.c.holder != other_than
        values = {"lease_until": now, "updated_at": now} if holder is None else _given_back(now)
        touch(conn, OUTBOX_TOPIC)
        return conn.execute(update(jobs).where(jobs.c.state == JobState.LEASED, whose).values(values)).rowcount

    def get(self, conn: Connection, job_id: str) -> JobView | None:
        """See OutboxStore.get."""
        row = _ONE.first(conn, {"job": job_id})
        return None if row is None else _view(row)

    def stuck(
        self, conn: Connection, *, limit: int, least_setbacks: int = 1, reasons: Collection[str] = ()
    ) -> Sequence[JobView]:
        """See OutboxStore.stuck."""
        hindered = or_(jobs.c.setbacks >= least_setbacks, jobs.c.reason.in_(reasons))
        waiting = and_(jobs.c.state.in_(_OPEN), hindered)
        wanted = select(jobs).where(or_(jobs.c.state == JobState.DEAD, waiting))
        return [_view(row) for row in conn.execute(wanted.order_by(jobs.c.id).limit(limit))]

    def list(
        self,
        conn: Connection,
        *,
        states: Collection[JobState],
        kind: str = "",
        business_reference: str = "",
        before: str = "",
        limit: int,
    ) -> Sequence[JobView]:
        """See OutboxStore.list."""
        wanted = select(jobs).where(jobs.c.state.in_(states))
        if kind:
            wanted = wanted.where(jobs.c.kind == kind)
        if business_reference:
            wanted = wanted.where(jobs.c.business_reference == business_reference)
        if before:
            wanted = wanted.where(jobs.c.id < before)
        return [_view(row) for row in conn.execute(wanted.order_by(jobs.c.id.desc()).limit(limit))]

    def counts(self, conn: Connection, *, now: datetime) -> Sequence[JobCount]:
        """See OutboxStore.counts."""
        # A lease that has run out makes a job due just as its time does.
        due = func.min(func.coalesce(jobs.c.lease_until, jobs.c.run_at)).label("due")
        wanted = (
            select(
                jobs.c.kind, jobs.c.state, func.count().label("jobs"), func.min(jobs.c.created_at).label("oldest"), due
            )
            .where(jobs.c.state.in_([*_OPEN, JobState.DEAD]))
            .group_by(jobs.c.kind, jobs.c.state)
        )
        return [
            JobCount(
                kind=row.kind,
                state=JobState(row.state),
                jobs=row.jobs,
                oldest=row.oldest,
                overdue=row.due if row.due <= now and row.state != JobState.DEAD else None,
            )
            for row in conn.execute(wanted)
        ]

    def of_resources(self, conn: Connection, resource_ids: Collection[str]) -> Sequence[JobView]:
        """See OutboxStore.of_resources."""
        wanted = select(jobs).where(jobs.c.state.in_([*_OPEN, JobState.DEAD]), jobs.c.resource_id.in_(resource_ids))
        return [_view(row) for row in conn.execute(wanted.order_by(jobs.c.id))]

    def hasten(self, conn: Connection, job_id: str, *, now: datetime) -> bool:
        """See OutboxStore.hasten."""
        touch(conn, OUTBOX_TOPIC)
        ready = and_(jobs.c.id == job_id, jobs.c.state == JobState.READY)
        return conn.execute(update(jobs).where(ready).values(run_at=now, updated_at=now)).rowcount == 1

    def by_business_reference(self, conn: Connection, reference: str, *, limit: int) -> Sequence[JobView]:
        """See OutboxStore.by_business_reference."""
        wanted = select(jobs).where(jobs.c.business_reference == reference)
        return [_view(row) for row in conn.execute(wanted.order_by(jobs.c.created_at, jobs.c.id).limit(limit))]

    def revive(self, conn: Connection, job_id: str, *, now: datetime) -> bool:
        """See OutboxStore.revive."""
        touch(conn, OUTBOX_TOPIC)
        anew = {"state": JobState.READY, "run_at": now, "setbacks": 0, "failures": 0, "updated_at": now}
        dead = and_(jobs.c.id == job_id, jobs.c.state == JobState.DEAD)
        return conn.execute(update(jobs).where(dead).values(anew)).rowcount == 1

    def discard(self, conn: Connection, job_id: str, *, now: datetime, reason: str) -> bool:
        """See OutboxStore.discard."""
        idle = and_(jobs.c.id == job_id, jobs.c.state.in_([JobState.READY, JobState.DEAD]))
        values = {"state": JobState.DONE, "reason": reason[:100], "updated_at": now}
        return conn.execute(update(jobs).where(idle).values(values)).rowcount == 1

    def prune(self, conn: Connection, *, before: datetime, limit: int) -> int:
        """See OutboxStore.prune."""
        old = select(jobs.c.id).where(jobs.c.state == JobState.DONE, jobs.c.updated_at < before).limit(limit)
        return conn.execute(delete(jobs).where(jobs.c.id.in_(old))).rowcount

    def take_slot(self, conn: Connection, name: str, slot: datetime) -> datetime | None:
        """See OutboxStore.take_slot."""
        if insert_new(conn, schedules, {"name": name, "last_slot": slot}):
            return None
        last: datetime | None = conn.scalar(
            select(schedules.c.last_slot).where(schedules.c.name == name).with_for_update()
        )
        if last is None or last >= slot:
            return None
        conn.execute(update(schedules).where(schedules.c.name == name).values(last_slot=slot))
        return last


def _announce(conn: Connection, run_at: datetime | None, now: datetime) -> None:
    """Wake the workers for a job, unless they look for more by themselves well before it is due."""
    if run_at is None or run_at - now < FAR_AHEAD:
        touch(conn, OUTBOX_TOPIC)


def _row(job_id: str, job: NewJob, now: datetime) -> dict[str, Any]:
    counters = {"attempts": 0, "setbacks": 0, "failures": 0, "fence": 0, "reason": "", "sent_at": None}
    own = {
        "id": job_id,
        "kind": job.kind,
        "priority": job.priority,
        "run_at": job.run_at or now,
        "unique_key": job.unique_key,
        "payload": dict(job.payload),
        "resource": job.resource,
        "resource_id": job.resource_id,
        "created_at": now,
        "updated_at": now,
    }
    cause = {
        "owner": job.owner,
        "caller": job.caller,
        "method": job.method,
        "request_id": job.request_id,
        "business_reference": job.business_reference,
        "traceparent": job.traceparent,
    }
    return counters | own | cause


def _fitting(due: Sequence[DueJob], rooms: Mapping[str, int] | None) -> Mapping[str, Sequence[str]]:
    """Return the ids of those that there is room for, by kind."""
    fitting: dict[str, list[str]] = {}
    for job in due:
        ids = fitting.setdefault(job.kind, [])
        if rooms is None or len(ids) < rooms[job.kind]:
            ids.append(job.id)
    return fitting


def _given_back(now: datetime) -> dict[str, Any]:
    return {"state": JobState.READY, "run_at": now, "holder": None, "lease_until": None, "updated_at": now}


def _job(row: Any) -> Job:
    new = NewJob(
        kind=row.kind,
        payload=row.payload,
        resource=row.resource,
        resource_id=row.resource_id,
        owner=row.owner,
        caller=row.caller,
        method=row.method,
        request_id=row.request_id,
        business_reference=row.business_reference,
        traceparent=row.traceparent,
        unique_key=row.unique_key,
        run_at=row.run_at,
        priority=row.priority,
    )
    return Job(
        id=row.id,
        new=new,
        attempt=row.attempts,
        setbacks=row.setbacks,
        failures=row.failures,
        fence=row.fence,
        created_at=row.created_at,
        sent_at=row.sent_at,
    )


def _view(row: Any) -> JobView:
    return JobView(
        job=_job(row),
        state=JobState(row.state),
        run_at=row.run_at,
        holder=row.holder,
        lease_until=row.lease_until,
        reason=row.reason,
        updated_at=row.updated_at,
    )
