"""The one place where a campaign opens its database: SQLite, in a step of the loop instead of a thread.

The transactions, their grouping and their failures are the hub's own (hub.storage.engine); what is replaced is the
thread. Whatever is committed outlives the process, so `synchronous` may be off in effect (the files lie in memory):
only a power cut could tell the difference, and a killed process is none. The kills run on real disks.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from hub.core.clock import Clock
from hub.core.database import Database
from hub.core.metrics import CoreMetrics
from hub.storage.engine import _commit_alone, _commit_together, sqlite_engine
from hub.storage.group_writer import MAX_GROUP, Listeners, Write, stopping, unavailable
from tests.campaign.simulation.loop import SimulatedLoop
from tests.campaign.simulation.process import PointKind, current_process

T = TypeVar("T")

FILE_NAME = "landhub.db"
COMPANIONS = ("", "-wal", "-shm")
LONGEST_COMMIT_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class Engines:
    """A writer's and a reader's engine on one file, kept over all seeds: what SQLAlchemy compiled is theirs."""

    writer: Engine
    reader: Engine

    @classmethod
    def on(cls, path: Path) -> "Engines":
        """Make the engines of one replica."""
        return cls(
            writer=sqlite_engine(path, pool_size=1, read_only=False),
            reader=sqlite_engine(path, pool_size=1, read_only=True),
        )

    def release(self) -> None:
        """Close the connections, as the end of a process does."""
        self.writer.dispose()
        self.reader.dispose()


class SimulatedDatabase(Database):
    """See Database. Every transaction boundary is a point where the process may die."""

    def __init__(self, *, engines: Engines, loop: SimulatedLoop, clock: Clock, metrics: CoreMetrics) -> None:
        self._engines = engines
        self._loop = loop
        self._clock = clock
        self._metrics = metrics
        self._process = current_process()
        self._queue: list[Write] = []
        self._committing = False
        self._closing = False
        self._listeners = Listeners()
        self.busy = 0
        """How many groups are refused from now on, as a full or locked disk refuses them."""

    async def write(self, fn: Callable[[Connection], T], *, label: str) -> T:
        """See Database.write."""
        self._refuse_if_closing()
        done: asyncio.Future[T] = self._loop.create_future()
        self._queue.append(Write(fn=fn, label=label, done=done))
        if not self._committing:
            self._committing = True
            self._loop.call_later(self._pause(), self._commit)
        return await done

    async def read(self, fn: Callable[[Connection], T]) -> T:
        """See Database.read."""
        self._refuse_if_closing()
        await asyncio.sleep(self._pause())
        try:
            with self._engines.reader.connect() as conn:
                return fn(conn)
        except OperationalError as error:
            raise unavailable() from error

    def now(self, conn: Connection) -> datetime:
        """See Database.now."""
        del conn
        return self._clock.now()

    def listen(self, topic: str, callback: Callable[[], None]) -> Callable[[], None]:
        """See Database.listen."""
        return self._listeners.add(topic, callback)

    async def close(self) -> None:
        """See Database.close."""
        self._closing = True
        while self._committing:  # noqa: ASYNC110 - in virtual time a look costs nothing
            await asyncio.sleep(LONGEST_COMMIT_SECONDS)

    def _commit(self) -> None:
        waiting = "+".join(write.label for write in self._queue[:MAX_GROUP])
        if self._process.stops_before(PointKind.BEFORE_COMMIT, waiting):
            self._loop.call_soon(self._commit)  # when it goes on
            return
        group, self._queue = self._queue[:MAX_GROUP], self._queue[MAX_GROUP:]
        labels = "+".join(sorted({write.label for write in group}))
        if not self._process.pass_point(PointKind.BEFORE_COMMIT, labels):
            return
        self._run(group)
        self._loop.note("commit", labels, *(type(write.error).__name__ for write in group))
        if not self._process.pass_point(PointKind.AFTER_COMMIT, labels):
            return
        self._metrics.committed(len(group), 0.0)
        self._loop.call_soon(self._deliver, group)
        self._committing = bool(self._queue)
        if self._committing:
            self._loop.call_later(self._pause(), self._commit)

    def _run(self, group: list[Write]) -> None:
        if self.busy:
            self.busy -= 1
            for write in group:
                write.fail(unavailable())
        elif not _commit_together(self._engines.writer, group):
            for write in group:
                _commit_alone(self._engines.writer, write)

    def _deliver(self, group: list[Write]) -> None:
        for write in group:
            if write.done.cancelled():
                continue
            if write.error is None:
                write.done.set_result(write.result)
            else:
                write.done.set_exception(write.error)
        self._listeners.tell(frozenset().union(*(write.topics for write in group)))

    def _pause(self) -> float:
        return self._loop.random.random() * LONGEST_COMMIT_SECONDS

    def _refuse_if_closing(self) -> None:
        if self._closing:
            raise stopping()
