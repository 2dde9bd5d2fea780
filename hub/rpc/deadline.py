"""Keeps to the caller's deadline, a little early, so that there is time to say what was late."""

import asyncio
import math
from collections.abc import Awaitable, Callable

from hub.core.clock import Clock
from hub.core.errors import DeadlineExceededError
from hub.rpc.options import Deadlines
from hub.rpc.passage import Passage


class Deadline:
    """Sets a call's deadline and ends it when that has passed.

    A handler works to the deadline less the margin and says itself what it waited for; one that doesn't is cut off half
    a margin later, with the method's name.
    """

    def __init__(self, *, deadlines: Deadlines, clock: Clock) -> None:
        self._deadlines = deadlines
        self._clock = clock

    def check(self, passage: Passage) -> None:
        """Set passage.deadline.

        Raises:
            DeadlineExceededError: there is no time left to begin.
        """
        remaining: float | None = passage.context.time_remaining()
        seconds = self._unbounded(passage) if remaining is None else remaining - self._deadlines.margin_seconds
        passage.deadline = self._clock.monotonic() + seconds
        if seconds <= 0:
            raise _late("the request to arrive")

    async def around(self, passage: Passage, inner: Callable[[Passage], Awaitable[bytes]]) -> bytes:
        """Run the rest of the chain until the deadline.

        Raises:
            DeadlineExceededError: it has passed. What was started with core/effects goes on.
        """
        if passage.deadline == math.inf:
            return await inner(passage)
        seconds = passage.deadline - self._clock.monotonic() + self._deadlines.margin_seconds / 2
        timer = asyncio.timeout(seconds)
        try:
            async with timer:
                return await inner(passage)
        except TimeoutError as error:
            if not timer.expired():
                raise
            raise _late(passage.method.function) from error

    def _unbounded(self, passage: Passage) -> float:
        """Return how long a call without a deadline may take."""
        if passage.method.streams_responses:
            return math.inf  # ends with its connection, whose age is bounded
        return self._deadlines.upload_seconds if passage.method.streams_requests else self._deadlines.default_seconds


def _late(waiting_for: str) -> DeadlineExceededError:
    return DeadlineExceededError(
        f"out of time while waiting for {waiting_for}: allow more time, or ask again with the same request_id",
        metadata={"waiting_for": waiting_for},
    )
