"""landhub.events.v1.EventsService: somebody's own events, as a stream one can resume and as pages."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from hub.core.call import Call
from hub.core.clock import Clock
from hub.core.events import Events, StoredEvent
from hub.core.waiting import wait_until_done
from hub.rpc.metrics import EventsMetrics
from hub.rpc.pages import PageTokens, page_size
from landhub.events.v1 import events_pb2, events_service_pb2

HEARTBEAT_SECONDS = 15.0  # as the contract says; shorter than what proxies take for a dead connection


def callers_own(call: Call) -> str:
    """Return the owner of what is the caller's."""
    return call.group


class EventsServicer:
    """Tells callers what happens to what is theirs, or administrators what happens to the hub itself.

    Args:
        owner_of: Whose events a call gets.
    """

    def __init__(
        self,
        *,
        events: Events,
        owner_of: Callable[[Call], str],
        pages: PageTokens,
        metrics: EventsMetrics,
        clock: Clock,
    ) -> None:
        self._events = events
        self._owner_of = owner_of
        self._pages = pages
        self._metrics = metrics
        self._clock = clock

    async def subscribe(
        self, request: events_service_pb2.SubscribeRequest, call: Call
    ) -> AsyncIterator[events_service_pb2.SubscribeResponse]:
        """Yield a sign of life at once, which tells where the stream begins, then events, and signs of life in silence.

        Raises:
            OutOfRangeError: the cursor is older than what is kept.
            InvalidRequestError: the cursor is none of ours.
        """
        cursor = request.after_cursor or await self._events.newest()
        stream = self._events.stream(
            owner=self._owner_of(call), after=cursor, types=request.types, business_reference=request.business_reference
        )
        coming = asyncio.ensure_future(anext(stream))
        self._metrics.subscribed(call.caller, 1)
        try:
            yield events_service_pb2.SubscribeResponse(cursor=cursor)
            while True:
                while not await wait_until_done([coming], clock=self._clock, seconds=HEARTBEAT_SECONDS):
                    yield events_service_pb2.SubscribeResponse(cursor=cursor)
                stored = coming.result()
                cursor = stored.cursor
                coming = asyncio.ensure_future(anext(stream))
                self._metrics.delivered(call.caller, (self._clock.now() - stored.time).total_seconds())
                yield events_service_pb2.SubscribeResponse(event=_event(stored), cursor=cursor)
        finally:
            self._metrics.subscribed(call.caller, -1)
            coming.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await coming
            await stream.aclose()

    async def list_events(
        self, request: events_service_pb2.ListEventsRequest, call: Call
    ) -> events_service_pb2.ListEventsResponse:
        """Return a page of events, oldest first."""
        limit = page_size(request)
        found = await self._events.list(
            owner=self._owner_of(call),
            after=self._pages.position(call, request),
            types=request.types,
            business_reference=request.business_reference,
            limit=limit,
        )
        more = self._pages.make(call, request, found[-1].cursor) if len(found) == limit else ""
        return events_service_pb2.ListEventsResponse(events=map(_event, found), next_page_token=more)


def _event(stored: StoredEvent) -> events_pb2.Event:
    message = events_pb2.Event(
        id=stored.id,
        source=stored.source,
        type=stored.event.type,
        subject=stored.event.subject,
        business_reference=stored.event.business_reference,
        data=dict(stored.event.data),
        traceparent=stored.event.traceparent,
        cursor=stored.cursor,
    )
    message.event_time.FromDatetime(stored.time)
    return message
