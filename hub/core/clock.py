"""Time comes from here and from nowhere else, so that any failure can be replayed."""

import asyncio
import heapq
import itertools
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Wall time for what is stored and told, monotonic time for what is waited for."""

    def now(self) -> datetime:
        """Return the present, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds from an arbitrary start that never go back."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait that many seconds of this clock."""
        ...


class SystemClock:
    """The machine's clocks."""

    def now(self) -> datetime:
        """Return the machine's time in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return the machine's monotonic seconds."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait in the event loop."""
        await asyncio.sleep(max(seconds, 0))


class FakeClock:
    """A clock that moves only when told; tests and seeded campaigns drive timers with it.

    One event loop uses it. `advance` wakes sleepers in the order of their time and lets each run before the next.
    """

    def __init__(self, start: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self._start = start
        self._elapsed = 0.0
        self._order = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        """Return the start plus what was advanced."""
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        """Return the seconds advanced so far."""
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        """Wait until somebody advances this clock that far."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        wake = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._elapsed + seconds, next(self._order), wake))
        await wake

    async def leap(self, seconds: float) -> None:
        """Move on at once, as for a machine that slept: a sleeper whose time came meanwhile wakes once, and late."""
        self._elapsed += seconds
        await self.advance(0)

    async def advance(self, seconds: float) -> None:
        """Move on, waking every sleeper whose time comes on the way, and let what they start settle."""
        end = self._elapsed + seconds
        await _settle()
        while self._sleepers and self._sleepers[0][0] <= end:
            moment, _, wake = heapq.heappop(self._sleepers)
            self._elapsed = max(self._elapsed, moment)
            if not wake.done():
                wake.set_result(None)
                await _settle()
        self._elapsed = end
        await _settle()

    def jump(self, seconds: float) -> None:
        """Move on without waking anybody: what a process that was stopped sees when it wakes."""
        self._elapsed += seconds


async def _settle() -> None:
    """Give ready tasks enough turns of the loop to reach their next wait."""
    for _ in range(20):
        await asyncio.sleep(0)
