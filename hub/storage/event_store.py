"""The event log's rows in SQL."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, or_, select

from hub.core.database import EVENTS_TOPIC, defer, touch
from hub.core.event_store import Event, EventFilter, EventPage, EventRow, EventStore
from hub.storage.postgres_engine import EVENTS_LOCK
from hub.storage.prepared import inserting
from hub.storage.tables import events

_Row = dict[str, Any]

_INSERT = inserting(events, but=["sequence"])
_NUMBERING_LOCK = select(func.pg_advisory_xact_lock(*EVENTS_LOCK))


class SqlEventStore(EventStore):
    """See EventStore."""

    def add(self, conn: Connection, event_id: str, event: Event, *, time: datetime) -> None:
        """See EventStore.add."""
        touch(conn, EVENTS_TOPIC)
        row: _Row = {
            "id": event_id,
            "type": event.type,
            "subject": event.subject,
            "owner": event.owner,
            "business_reference": event.business_reference,
            "time": time,
            "data": dict(event.data),
            "traceparent": event.traceparent,
        }
        defer(conn, [row], _insert, last=True)

    def get(self, conn: Connection, event_id: str) -> EventRow | None:
        """See EventStore.get."""
        row = conn.execute(select(events).where(events.c.id == event_id)).first()
        return None if row is None else _event_row(row)

    def page(self, conn: Connection, wanted: EventFilter, *, after: int, limit: int) -> EventPage:
        """See EventStore.page."""
        query = select(events).where(events.c.sequence > after).order_by(events.c.sequence).limit(limit)
        if wanted.owner is not None:
            query = query.where(events.c.owner == wanted.owner)
        if wanted.types:
            query = query.where(or_(*map(_is_type, wanted.types)))
        if wanted.business_reference:
            query = query.where(events.c.business_reference == wanted.business_reference)
        rows = [_event_row(row) for row in conn.execute(query)]
        looked_to = rows[-1].sequence if len(rows) == limit else max(after, self.bounds(conn)[1])
        return EventPage(rows=rows, looked_to=looked_to)

    def bounds(self, conn: Connection) -> tuple[int, int]:
        """See EventStore.bounds."""
        # Two queries: SQLite answers each from an end of the primary key, but scans for both at once.
        oldest = conn.scalar(select(func.min(events.c.sequence)))
        newest = conn.scalar(select(func.max(events.c.sequence)))
        return oldest or 0, newest or 0

    def prune(self, conn: Connection, *, before: datetime, limit: int) -> int:
        """See EventStore.prune."""
        sequence, newest = events.c.sequence, self.bounds(conn)[1]
        old = select(sequence).where(events.c.time < before, sequence < newest).order_by(sequence).limit(limit)
        return conn.execute(delete(events).where(sequence.in_(old))).rowcount


def _insert(conn: Connection, rows: list[_Row]) -> None:
    """Number and append the events of a group, last of all it writes.

    On PostgreSQL a reader must never see a number while a lower one is still to be committed, so from numbering to
    commit one transaction goes after the other, over all replicas. Numbering last keeps that time short, and has every
    transaction take this lock after all its others, so that it closes no circle of waiting.
    """
    if conn.dialect.name == "postgresql":
        conn.execute(_NUMBERING_LOCK)
    _INSERT.run_each(conn, rows)


def _is_type(wanted: str) -> ColumnElement[bool]:
    """Match a type, or with a trailing "*" every type that begins so."""
    if wanted.endswith("*"):
        return events.c.type.startswith(wanted[:-1], autoescape=True)
    return events.c.type == wanted


def _event_row(row: Row[Any]) -> EventRow:
    event = Event(
        type=row.type,
        subject=row.subject,
        owner=row.owner,
        business_reference=row.business_reference,
        data=row.data,
        traceparent=row.traceparent,
    )
    return EventRow(sequence=row.sequence, id=row.id, time=row.time, event=event)
