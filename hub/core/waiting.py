"""Bounded waiting on an injected clock."""

import asyncio
from collections.abc import Awaitable, Iterable
from typing import Any

from hub.core.clock import Clock


async def wait_until_done(waited: Iterable[asyncio.Future[Any]], *, clock: Clock, seconds: float) -> bool:
    """Wait for all of them, at most that long by the clock; they are not cancelled. True if all are done."""
    pending = {future for future in waited if not future.done()}
    if not pending or seconds <= 0:
        return not pending
    timer = asyncio.ensure_future(clock.sleep(seconds))
    try:
        while pending and not timer.done():
            done, _ = await asyncio.wait({*pending, timer}, return_when=asyncio.FIRST_COMPLETED)
            pending -= done
    finally:
        timer.cancel()
    return not pending


async def finish_despite_cancellation(work: Awaitable[Any]) -> Any:
    """Await work in a task of its own: cancelling the caller leaves it running to its end."""
    return await asyncio.shield(asyncio.ensure_future(work))
