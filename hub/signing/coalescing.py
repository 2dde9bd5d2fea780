"""Makes batches of what waits: whatever comes while others are on their way goes together, and no timer adds to it."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(slots=True)
class _Waiting(Generic[Item, Result]):
    item: Item
    answer: "asyncio.Future[Result]"
    taken: bool = field(default=False)
    """Whether it is in a batch: then it may have been sent."""


class Coalescer(Generic[Item, Result]):
    """At most `batches_at_once` batches of at most `largest_batch` items, in the order they came. One event loop.

    Each item is answered for itself. One whose caller is gone leaves the queue if it is still in it; from a batch that
    is on its way it can't be taken, and the others in it don't notice.

    Args:
        send: Sends one batch and answers each of its items; what it raises is raised to each of its callers.
        late: Makes the answer of an item whose time is up, from whether it may have been sent.
        full: Makes the answer of an item for which there is no place.
    """

    def __init__(
        self,
        *,
        send: Callable[[Sequence[Item]], Awaitable[Sequence[Result]]],
        late: Callable[[bool], Result],
        full: Callable[[], Result],
        largest_batch: int,
        batches_at_once: int,
        most_waiting: int,
    ) -> None:
        self._send = send
        self._late = late
        self._full = full
        self._largest_batch = largest_batch
        self._batches_at_once = batches_at_once
        self._most_waiting = most_waiting
        self._queue: deque[_Waiting[Item, Result]] = deque()
        self._batches: set[asyncio.Task[None]] = set()
        self._is_waking = False
        self._closed = False

    @property
    def load(self) -> int:
        """How much waits or is on its way; for choosing where to send the next."""
        return len(self._queue) + len(self._batches) * self._largest_batch

    async def submit(self, items: Sequence[Item], *, timeout_seconds: float) -> list[Result]:
        """Have items answered, each for itself, in their order."""
        loop = asyncio.get_running_loop()
        room = max(0, self._most_waiting - len(self._queue))
        waiting = [_Waiting[Item, Result](item, loop.create_future()) for item in items]
        for entry in waiting[room:]:
            entry.answer.set_result(self._full())
        self._queue.extend(waiting[:room])
        self._wake()
        timer = loop.call_later(timeout_seconds, self._expire, waiting)
        try:
            return [await entry.answer for entry in waiting]
        finally:
            timer.cancel()
            for entry in waiting:
                if not entry.answer.done():
                    entry.answer.cancel()
                elif not entry.answer.cancelled():
                    entry.answer.exception()  # seen, although another item's was raised first

    async def close(self) -> None:
        """Stop; what waits is answered as late."""
        self._closed = True
        for task in self._batches:
            task.cancel()
        await asyncio.gather(*self._batches, return_exceptions=True)
        self._expire(list(self._queue))
        self._queue.clear()

    def _expire(self, waiting: Sequence[_Waiting[Item, Result]]) -> None:
        for entry in waiting:
            if not entry.answer.done():
                entry.answer.set_result(self._late(entry.taken))

    def _wake(self) -> None:
        if not self._is_waking and self._queue and not self._closed:
            self._is_waking = True  # at the end of this turn of the loop: who comes in the same turn goes together
            asyncio.get_running_loop().call_soon(self._start)

    def _start(self) -> None:
        self._is_waking = False
        while self._queue and len(self._batches) < self._batches_at_once:
            batch = self._next_batch()
            if batch:
                task = asyncio.create_task(self._carry(batch), name="batch of signatures")
                self._batches.add(task)
                task.add_done_callback(self._ended)

    def _next_batch(self) -> list[_Waiting[Item, Result]]:
        batch: list[_Waiting[Item, Result]] = []
        while self._queue and len(batch) < self._largest_batch:
            entry = self._queue.popleft()
            if not entry.answer.done():
                entry.taken = True
                batch.append(entry)
        return batch

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._batches.discard(task)
        self._wake()

    async def _carry(self, batch: Sequence[_Waiting[Item, Result]]) -> None:
        try:
            results = list(zip(batch, await self._send([entry.item for entry in batch]), strict=True))
        except asyncio.CancelledError:
            self._expire(batch)
            raise
        except Exception as error:  # noqa: BLE001 - it is raised to those who wait, and none of them may wait for ever
            for entry in batch:
                if not entry.answer.done():
                    entry.answer.set_exception(error)
            return
        for entry, result in results:
            if not entry.answer.done():
                entry.answer.set_result(result)
