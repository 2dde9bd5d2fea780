"""Keep to an upstream's published rate: wait for one's turn, or be told how long it would take."""

from collections import deque

from hub.core.clock import Clock
from hub.resilience.policy import Rate


class PaceExceededError(Exception):
    """No turn in time: nothing was sent. `wait_seconds` is when there would be one."""

    def __init__(self, wait_seconds: float) -> None:
        super().__init__(f"the next turn comes in {wait_seconds:.1f} s")
        self.wait_seconds = wait_seconds


class Pacer:
    """Hands out turns, first come first served, so that no period anywhere holds more than the rate allows."""

    def __init__(self, *, rate: Rate, clock: Clock) -> None:
        self._clock = clock
        self._per_seconds = rate.per_seconds
        self._turns: deque[float] = deque(maxlen=rate.calls)

    def expected_wait_seconds(self) -> float:
        """Return how long a caller that came now would wait."""
        if len(self._turns) < (self._turns.maxlen or 0):
            return 0.0
        return max(0.0, self._turns[0] + self._per_seconds - self._clock.monotonic())

    def left(self) -> int:
        """Return how many turns there are now without waiting."""
        since = self._clock.monotonic() - self._per_seconds
        return (self._turns.maxlen or 0) - sum(1 for turn in self._turns if turn > since)

    async def take_turn(self, *, at_most_seconds: float) -> None:
        """Wait for a turn. One that is cancelled while waiting is lost: the pace errs on the slow side.

        Raises:
            PaceExceededError: it wouldn't come in time; no turn was taken.
        """
        wait = self.expected_wait_seconds()
        if wait > at_most_seconds:
            raise PaceExceededError(wait)
        self._turns.append(self._clock.monotonic() + wait)
        if wait > 0:
            await self._clock.sleep(wait)
