"""The event log: facts appended in the transaction of the state they tell of, read from a cursor."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from hub.core.clock import Clock
from hub.core.database import EVENTS_TOPIC, Database
from hub.core.errors import InvalidRequestError, NotFoundError, OutOfRangeError
from hub.core.event_store import HUBS_OWN, Event, EventFilter, EventRow, EventStore
from hub.core.ids import Ids
from hub.core.jobs import JobHandler, JobKind, NewJob
from hub.core.outbox import Outbox
from hub.core.waiting import wait_until_done

__all__ = ["HUBS_OWN", "Event", "Events", "StoredEvent"]

PAGE_SIZE = 256  # what a subscriber holds in memory at most
LOOK_AGAIN_SECONDS = 15.0  # other replicas' events are found at this rate; this process's own are announced
MAX_CURSOR_DIGITS = 18


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event with its place in the log: `cursor` resumes right after it; `source` is the CloudEvents source."""

    id: str
    cursor: str
    source: str
    time: datetime
    event: Event


class Events:
    """Appends events, streams them to subscribers, and hands them to modules as durable jobs.

    Args:
        source: The CloudEvents source of this hub: "/landhub".
    """

    def __init__(
        self, *, database: Database, store: EventStore, outbox: Outbox, clock: Clock, ids: Ids, source: str = "/landhub"
    ) -> None:
        self._database = database
        self._store = store
        self._outbox = outbox
        self._clock = clock
        self._ids = ids
        self._source = source
        self._subscriptions: dict[str, list[str]] = {}

    def append(self, conn: Connection, event: Event) -> str:
        """Write the event in the transaction of the state it tells of; returns its id."""
        event_id = self._ids.resource_id()
        self._store.add(conn, event_id, event, time=self._database.now(conn))
        for name in self._subscriptions.get(event.type, ()):
            self._outbox.enqueue(
                conn,
                NewJob(
                    kind=name,
                    payload={"event_id": event_id},
                    owner=event.owner,
                    business_reference=event.business_reference,
                    traceparent=event.traceparent,
                    unique_key=f"event:{event_id}:{name}",
                ),
            )
        return event_id

    def subscribe(self, *, type: str, name: str, handler: JobHandler) -> None:  # noqa: A002 - CloudEvents' own word
        """Have `handler` run as a job for each event of the type; `name` ("contributions.match") is its kind.

        The job's payload has the event's id as "event_id"; `get` reads it.
        """
        self._outbox.register(JobKind(name=name, handler=handler))
        self._subscriptions.setdefault(type, []).append(name)

    async def get(self, event_id: str) -> StoredEvent:
        """Return one event.

        Raises:
            NotFoundError: there is none with this id, or it is older than the retention time.
        """
        row = await self._database.read(lambda conn: self._store.get(conn, event_id))
        if row is None:
            raise NotFoundError(
                "there is no such event, or it is no longer kept", metadata={"resource": "events.Event"}
            )
        return self._stored(row)

    async def list(
        self,
        *,
        owner: str | None,
        after: str = "",
        types: Sequence[str] = (),
        business_reference: str = "",
        limit: int = 100,
    ) -> Sequence[StoredEvent]:
        """Return the next events after a cursor; an empty cursor is the oldest kept, owner None is every owner.

        Raises:
            OutOfRangeError: the cursor is not in the part of the log that is kept (CURSOR_EXPIRED).
            InvalidRequestError: the cursor is none of ours.
        """
        wanted = EventFilter(owner=owner, types=types, business_reference=business_reference)
        rows, _ = await self._page(wanted, after=_position(after), limit=min(limit, PAGE_SIZE))
        return rows

    async def stream(
        self,
        *,
        owner: str | None,
        after: str | None = None,
        types: Sequence[str] = (),
        business_reference: str = "",
    ) -> AsyncGenerator[StoredEvent, None]:
        """Yield events after a cursor, then each new one as it is committed, until closed; None starts at the present.

        Raises as `list` does.
        """
        wanted = EventFilter(owner=owner, types=types, business_reference=business_reference)
        changed = asyncio.Event()
        stop_listening = self._database.listen(EVENTS_TOPIC, changed.set)
        try:
            position = await self._newest() if after is None else _position(after)
            while True:
                changed.clear()
                page, position = await self._page(wanted, after=position, limit=PAGE_SIZE)
                for stored in page:
                    yield stored
                if len(page) < PAGE_SIZE:
                    await self._wait(changed)
        finally:
            stop_listening()

    async def newest(self) -> str:
        """Return the cursor of the newest event: what comes after it has not happened yet."""
        return str(await self._newest())

    async def _wait(self, changed: asyncio.Event) -> None:
        waiting = asyncio.ensure_future(changed.wait())
        try:
            await wait_until_done([waiting], clock=self._clock, seconds=LOOK_AGAIN_SECONDS)
        finally:
            waiting.cancel()

    async def _newest(self) -> int:
        return (await self._database.read(self._store.bounds))[1]

    async def _page(self, wanted: EventFilter, *, after: int, limit: int) -> tuple[Sequence[StoredEvent], int]:
        def read(conn: Connection) -> tuple[Sequence[StoredEvent], int]:
            oldest, newest = self._store.bounds(conn)
            if after and not oldest - 1 <= after <= newest:
                raise OutOfRangeError(
                    "the events after this cursor are no longer kept; begin anew with an empty cursor, and read the "
                    "resources themselves for what was missed",
                    metadata={"oldest_cursor": str(max(oldest - 1, 0))},
                )
            page = self._store.page(conn, wanted, after=after, limit=limit)
            return [self._stored(row) for row in page.rows], page.looked_to

        return await self._database.read(read)

    def _stored(self, row: EventRow) -> StoredEvent:
        return StoredEvent(id=row.id, cursor=str(row.sequence), source=self._source, time=row.time, event=row.event)


def _position(cursor: str) -> int:
    if not cursor:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= MAX_CURSOR_DIGITS):
        raise InvalidRequestError(
            "this cursor is none of ours; send one that an event came with, or an empty one",
            reason="CURSOR_INVALID",
            domain="landhub.events.v1",
        )
    return int(cursor)
