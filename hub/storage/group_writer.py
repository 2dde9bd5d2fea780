"""One thread that runs queued transactions in groups, for both databases: one durable commit serves many callers."""

import asyncio
import queue
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection

from hub.core.clock import Clock
from hub.core.database import take_topics
from hub.core.errors import ExhaustedError, UnavailableError
from hub.core.metrics import CoreMetrics

T = TypeVar("T")

MAX_GROUP = 256  # transactions committed together: bounds how long one failing function delays the others
MAX_QUEUED_WRITES = 10_000  # about two seconds of work at the measured commit rate
RETRY_AFTER = timedelta(seconds=1)


@dataclass(slots=True)
class Write:
    """One queued transaction and what came of it."""

    fn: Callable[[Connection], Any]
    label: str
    done: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None
    topics: frozenset[str] = frozenset()

    def run(self, conn: Connection) -> None:
        """Run the function; its topics are told only if the transaction is committed."""
        take_topics(conn)
        self.result = self.fn(conn)
        self.topics = frozenset(take_topics(conn))
        self.error = None

    def fail(self, error: BaseException) -> None:
        """Forget what a run that was rolled back said."""
        self.result, self.topics, self.error = None, frozenset(), error


Commit = Callable[[Sequence[Write]], None]


class Listeners:
    """Who is to be called back in the event loop, by topic."""

    def __init__(self) -> None:
        self._callbacks: dict[str, list[Callable[[], None]]] = {}

    def add(self, topic: str, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back from now on, until the result is called."""
        callbacks = self._callbacks.setdefault(topic, [])
        callbacks.append(callback)
        return lambda: callbacks.remove(callback) if callback in callbacks else None

    def tell(self, topics: Iterable[str]) -> None:
        """Call those of the topics."""
        for topic in sorted(topics):
            for callback in tuple(self._callbacks.get(topic, ())):
                callback()

    def tell_all(self) -> None:
        """Call everybody: nobody knows what was missed."""
        self.tell(tuple(self._callbacks))


class GroupWriter:
    """Queues transactions and has them committed together. Make it inside the running event loop.

    Args:
        commit: Runs a group durably, in the writer's thread; leaves a result or an error with each.
        clock: Measures commits.
        metrics: Counts them.
        listeners: Told of the topics that committed transactions touched.
    """

    def __init__(self, *, commit: Commit, clock: Clock, metrics: CoreMetrics, listeners: Listeners) -> None:
        self._commit = commit
        self._clock = clock
        self._metrics = metrics
        self._listeners = listeners
        self._loop = asyncio.get_running_loop()
        self._queue: queue.SimpleQueue[Write | None] = queue.SimpleQueue()
        metrics.watch_queue(self._queue.qsize)
        self._thread = threading.Thread(target=self._write_forever, name="hub-db-write", daemon=True)
        self._thread.start()

    async def write(self, fn: Callable[[Connection], T], *, label: str) -> T:
        """Queue fn; see Database.write."""
        if self._queue.qsize() >= MAX_QUEUED_WRITES:  # exact: only the event loop puts
            raise ExhaustedError("too many changes are waiting; ask again after the delay", retry_after=RETRY_AFTER)
        done: asyncio.Future[T] = self._loop.create_future()
        self._queue.put(Write(fn=fn, label=label, done=done))
        return await done

    def finish(self) -> None:
        """Run what is queued, and return when the thread has ended; blocks."""
        self._queue.put(None)
        self._thread.join()

    def _write_forever(self) -> None:
        """Take what is queued, commit it together, tell the loop once; until the end mark."""
        while (first := self._queue.get()) is not None:
            group, ended = self._drain(first)
            began = self._clock.monotonic()
            self._commit(group)
            self._metrics.committed(len(group), self._clock.monotonic() - began)
            if not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._deliver, group)
            if ended:
                return

    def _drain(self, first: Write) -> tuple[list[Write], bool]:
        """Return what is queued now, at most MAX_GROUP, and whether the end mark was among it."""
        group = [first]
        while len(group) < MAX_GROUP:
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                break
            if item is None:
                return group, True
            group.append(item)
        return group, False

    def _deliver(self, group: Sequence[Write]) -> None:
        """Answer the callers that still wait, and the listeners of what was touched."""
        for write in group:
            if write.done.cancelled():
                continue
            if write.error is None:
                write.done.set_result(write.result)
            else:
                write.done.set_exception(write.error)
        self._listeners.tell(frozenset().union(*(write.topics for write in group)))


def unavailable() -> UnavailableError:
    """Return what callers are told while the database can't be used."""
    return UnavailableError(
        "the hub's database can't be used now, so nothing is changed; ask again after the delay",
        reason="AUDIT_UNAVAILABLE",
        retry_after=RETRY_AFTER,
    )


def stopping() -> UnavailableError:
    """Return what callers are told once the database is closing."""
    return UnavailableError("the hub is stopping; ask again in a moment", reason="SHUTTING_DOWN")
