"""Several look-ups at once within the caller's time, where each fails by itself."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from hub.core.clock import Clock
from hub.core.errors import DeadlineExceededError, HubError
from hub.core.waiting import wait_until_done

T = TypeVar("T")

_AT_ONCE = 16  # of one batch, so that a batch leaves room for other callers


async def look_up_all(
    keys: Sequence[str], look_up: Callable[[str], Awaitable[T]], *, clock: Clock, seconds: float
) -> list[T | HubError]:
    """Return what came of each key, in their order; what is not there in time is a DeadlineExceededError."""
    room = asyncio.Semaphore(_AT_ONCE)

    async def one(key: str) -> T | HubError:
        async with room:
            try:
                return await look_up(key)
            except HubError as error:
                return error

    tasks = [asyncio.create_task(one(key)) for key in keys]
    whole = asyncio.gather(*tasks, return_exceptions=True)
    try:
        await wait_until_done([whole], clock=clock, seconds=seconds)
    finally:
        for task in tasks:
            task.cancel()
    return [task.result() if task.done() and not task.cancelled() else _late() for task in tasks]


def _late() -> HubError:
    return DeadlineExceededError("out of time while waiting for this one: allow more time, or ask for fewer at once")
