"""Which jobs of the outbox are due: read in the order of their index, so that a backlog or a far future costs nothing.

Ready jobs are found priority by priority (there are a handful), each from its earliest one on. Sorting whatever is due
would take ten milliseconds of the only writer for each look at a backlog of 15,000.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Executable, Integer, Text, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import JSON as POSTGRESQL_JSON
from sqlalchemy.sql.selectable import CTE, Select

from hub.core.jobs import JobState
from hub.storage.prepared import Prepared, prepared
from hub.storage.tables import outbox_jobs as jobs


class DueJob(NamedTuple):
    """A job that can be claimed; sorts as jobs are claimed."""

    priority: int
    run_at: datetime
    id: str
    kind: str


def due_jobs(conn: Connection, kinds: Iterable[str], *, now: datetime, limit: int) -> Sequence[DueJob]:
    """Lock and return the first due jobs of the kinds by priority, run_at, id, passing over what others hold."""
    values = {"kinds": names(kinds), "now": now, "most": limit}
    lapsed = [DueJob(*row) for row in _LAPSED.all(conn, values)]
    ready: list[DueJob] = []
    for level in _PRIORITIES.all(conn, {}):
        if len(ready) >= limit:
            break
        found = _READY.all(conn, values | {"level": level.priority, "most": limit - len(ready)})
        ready += [DueJob(*row) for row in found]
    return sorted(lapsed + ready)[:limit]


def next_due(conn: Connection, kinds: Iterable[str]) -> datetime | None:
    """Return when the next job of the kinds can be claimed."""
    values = {"kinds": names(kinds)}
    times = [row.time for statement in (_NEXT_READY, _NEXT_LAPSE) for row in statement.all(conn, values)]
    return min((time for time in times if time is not None), default=None)


def names(values: Iterable[str]) -> str:
    """Return what `named` takes for a list."""
    return json.dumps(list(values))


def named(parameter: str, dialect: str) -> Select[Any]:
    """Return a query of the strings in a bound list: SQL that stays the same however many there are."""
    given = bindparam(parameter, type_=Text)
    if dialect == "postgresql":
        return select(func.json_array_elements_text(cast(given, POSTGRESQL_JSON)))
    return select(func.json_each(given).table_valued("value").c.value)


def _priorities() -> CTE:
    """Return the distinct priorities of ready jobs, each found by a jump in the index, and a NULL behind the last."""
    first = select(func.min(jobs.c.priority).label("priority")).where(jobs.c.state == JobState.READY)
    found = first.cte("priorities", recursive=True)
    following = (
        select(func.min(jobs.c.priority, type_=Integer))
        .where(jobs.c.state == JobState.READY, jobs.c.priority > found.c.priority)
        .scalar_subquery()
    )
    return found.union_all(select(following).where(found.c.priority.is_not(None)))


def _ready(dialect: str) -> Executable:
    mine = jobs.c.kind.in_(named("kinds", dialect))
    return (
        select(jobs.c.priority, jobs.c.run_at, jobs.c.id, jobs.c.kind)
        .where(jobs.c.state == JobState.READY, jobs.c.priority == bindparam("level"))
        .where(jobs.c.run_at <= bindparam("now"), mine)
        .order_by(jobs.c.run_at, jobs.c.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
    )


def _lapsed(dialect: str) -> Executable:
    """Leases that ran out: no more than run at once, so they are sorted."""
    mine = jobs.c.kind.in_(named("kinds", dialect))
    return (
        select(jobs.c.priority, jobs.c.run_at, jobs.c.id, jobs.c.kind)
        .where(jobs.c.state == JobState.LEASED, jobs.c.lease_until <= bindparam("now"), mine)
        .order_by(jobs.c.priority, jobs.c.run_at, jobs.c.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
    )


def _next_ready(dialect: str) -> Executable:
    levels = _priorities()
    earliest = (
        select(jobs.c.run_at)
        .where(jobs.c.state == JobState.READY, jobs.c.priority == levels.c.priority)
        .where(jobs.c.kind.in_(named("kinds", dialect)))
        .order_by(jobs.c.run_at)
        .limit(1)
        .correlate(levels)
        .scalar_subquery()
    )
    return select(earliest.label("time")).where(levels.c.priority.is_not(None))


def _next_lapse(dialect: str) -> Executable:
    mine = jobs.c.kind.in_(named("kinds", dialect))
    return select(func.min(jobs.c.lease_until).label("time")).where(jobs.c.state == JobState.LEASED, mine)


_LEVELS = _priorities()
_PRIORITIES = prepared(select(_LEVELS.c.priority).where(_LEVELS.c.priority.is_not(None)).order_by(_LEVELS.c.priority))
_READY = Prepared(_ready)
_LAPSED = Prepared(_lapsed)
_NEXT_READY = Prepared(_next_ready)
_NEXT_LAPSE = Prepared(_next_lapse)
