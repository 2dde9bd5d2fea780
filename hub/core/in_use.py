"""Something in use that may be exchanged while it is used: whoever began with the old one ends with it."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(slots=True)
class _Holder(Generic[T]):
    """One of them, how often it is used now, and whether it was replaced."""

    thing: T
    users: int = 0
    is_replaced: bool = False


class InUse(Generic[T]):
    """Hands out the present one, and closes a replaced one when its last use ends.

    Args:
        thing: The first one.
        close: Closes one.
    """

    def __init__(self, thing: T, *, close: Callable[[T], Awaitable[None]]) -> None:
        self._present = _Holder(thing)
        self._close = close
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def present(self) -> T:
        """The one that new uses get; for what asks it nothing that takes time."""
        return self._present.thing

    def use(self) -> AbstractAsyncContextManager[T]:
        """Use the present one."""
        return _Use(self._present, self._close_if_idle)

    def exchange(self, successor: T) -> None:
        """Let new uses get the successor."""
        replaced, self._present = self._present, _Holder(successor)
        replaced.is_replaced = True
        self._close_if_idle(replaced)

    async def close(self) -> None:
        """Close the present one, and wait for those that are being closed."""
        await self._close(self._present.thing)
        await asyncio.gather(*self._closing, return_exceptions=True)

    def _close_if_idle(self, holder: _Holder[T]) -> None:
        if holder.is_replaced and holder.users == 0:
            task = asyncio.ensure_future(self._close(holder.thing))
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)


class _Use(AbstractAsyncContextManager[T]):
    """One use. A class, since every call passes here and a generator costs several times as much."""

    __slots__ = ("_ended", "_holder")

    def __init__(self, holder: _Holder[T], ended: Callable[[_Holder[T]], None]) -> None:
        self._holder = holder
        self._ended = ended

    async def __aenter__(self) -> T:
        self._holder.users += 1
        return self._holder.thing

    async def __aexit__(self, *_error: object) -> None:
        self._holder.users -= 1
        self._ended(self._holder)
