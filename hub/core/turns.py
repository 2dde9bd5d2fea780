"""Calls with the same request_id take turns in this process, so that the checks before an effect are made once."""

import asyncio
from weakref import WeakValueDictionary

from hub.core.call import Call


class Turns:
    """A lock for each request that is under way; the last one who holds it takes it along."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[tuple[str, str, str], asyncio.Lock] = WeakValueDictionary()

    def of(self, call: Call) -> asyncio.Lock:
        """Return the lock of the call's request: `async with turns.of(call)`."""
        key = (call.caller, call.method, call.request_id)
        lock = self._locks.get(key)
        if lock is None:
            lock = asyncio.Lock()
            self._locks[key] = lock
        return lock
