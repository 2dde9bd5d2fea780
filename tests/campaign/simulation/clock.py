"""The clocks of simulated processes: all of them read the loop's virtual time."""

import asyncio
from datetime import datetime, timedelta

from sandbox.clock import SandboxClock
from tests.campaign.simulation.loop import SimulatedLoop


class VirtualClock:
    """A hub.core.clock.Clock, and the agent's: it moves when nothing else can happen.

    FakeClock waits to be advanced by somebody and so can't drive `asyncio.timeout`; here one time is all there is.
    """

    def __init__(self, *, loop: SimulatedLoop, start: datetime) -> None:
        self._loop = loop
        self._start = start

    def now(self) -> datetime:
        """The start plus what has passed."""
        return self._start + timedelta(seconds=self._loop.time())

    def monotonic(self) -> float:
        """Virtual seconds."""
        return self._loop.time()

    async def sleep(self, seconds: float) -> None:
        """Wait in virtual time."""
        await asyncio.sleep(max(seconds, 0))


class VirtualSandboxClock(SandboxClock):
    """The sandbox's time, the same as everybody's."""

    def __init__(self, *, clock: VirtualClock) -> None:
        super().__init__()
        self._clock = clock

    def now(self) -> datetime:
        """See SandboxClock."""
        return self._clock.now() + self._offset

    async def reached(self, moment: datetime) -> None:
        """See SandboxClock."""
        while (left := (moment - self.now()).total_seconds()) > 0:  # noqa: ASYNC110 - microseconds may be left
            await asyncio.sleep(left)
