"""Reads kept for a while: one call for all who ask at once, and every answer says when it was observed."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from cachetools import LRUCache

from hub.core.clock import Clock

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Observed(Generic[V]):
    """A value and when its source told it (before the call for it left, so that it is never older than said)."""

    value: V
    observe_time: datetime
    is_cached: bool = False


class Cache(Generic[K, V]):
    """At most `max_entries` answers, the least recently used dropped first. Failures are not kept."""

    def __init__(self, *, clock: Clock, max_entries: int) -> None:
        self._clock = clock
        self._entries: LRUCache[K, tuple[float, Observed[V]]] = LRUCache(max_entries)
        self._flights: dict[K, asyncio.Task[Observed[V]]] = {}

    async def get(self, key: K, fetch: Callable[[], Awaitable[V]], *, max_age_seconds: float) -> Observed[V]:
        """Return an answer not older than that; 0 asks now and joins nobody's earlier question.

        A caller that gives up doesn't take the answer from the others.
        """
        if max_age_seconds <= 0:
            return await self._fetch(key, fetch)
        kept = self._entries.get(key)
        if kept and self._clock.monotonic() - kept[0] <= max_age_seconds:
            return Observed(kept[1].value, kept[1].observe_time, is_cached=True)
        flight = self._flights.get(key)
        if flight is None:
            flight = asyncio.create_task(self._fetch(key, fetch))
            self._flights[key] = flight
            flight.add_done_callback(lambda done: self._landed(key, done))
        return await asyncio.shield(flight)

    async def _fetch(self, key: K, fetch: Callable[[], Awaitable[V]]) -> Observed[V]:
        asked_at, observe_time = self._clock.monotonic(), self._clock.now()
        observed = Observed(await fetch(), observe_time)
        self._entries[key] = (asked_at, observed)
        return observed

    def _landed(self, key: K, flight: asyncio.Task[Observed[V]]) -> None:
        del self._flights[key]
        if not flight.cancelled():
            flight.exception()  # all who asked may have given up: then nobody else looks at it
