"""SQLite behind the Database port: one writer thread that commits in groups, a few readers that can't write."""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool

from hub.core.clock import Clock
from hub.core.database import Database, take_topics
from hub.core.errors import ExhaustedError, UnavailableError
from hub.core.metrics import CoreMetrics
from hub.storage.files import InstallationLock, make_private_file

T = TypeVar("T")

MAX_GROUP = 256  # transactions committed together: bounds how long one failing function delays the others
MAX_QUEUED_WRITES = 10_000  # about two seconds of work at the measured commit rate
BUSY_TIMEOUT_SECONDS = 5.0  # the local command line may write too
RETRY_AFTER = timedelta(seconds=1)


@dataclass(slots=True)
class _Write:
    """One queued transaction and what came of it."""

    fn: Callable[[Connection], Any]
    label: str
    done: asyncio.Future[Any]
    result: Any = None
    error: BaseException | None = None
    topics: frozenset[str] = frozenset()


class SqliteDatabase(Database):
    """WAL with full synchronisation: what `write` returned survives a power cut. Make it inside the running event loop.

    Args:
        path: The database file; it and its companions are readable by their owner only.
        clock: The database's time: one machine, one clock.
        readers: How many reads run at once.
        metrics: Counts commits.
        exclusive: True for `serve`: no other server may use the file, so leases of a dead process can be taken at once.

    Raises:
        InstallationLockedError: exclusive, and another server runs on this file.
    """

    def __init__(
        self, *, path: Path, clock: Clock, metrics: CoreMetrics, readers: int = 2, exclusive: bool = False
    ) -> None:
        self._lock = InstallationLock(path.with_suffix(".lock")) if exclusive else None
        self.exclusive = exclusive
        make_private_file(path)
        self._clock = clock
        self._metrics = metrics
        self._loop = asyncio.get_running_loop()
        self._listeners: dict[str, list[Callable[[], None]]] = {}
        self._engine = sqlite_engine(path, pool_size=1, read_only=False)
        self._read_engine = sqlite_engine(path, pool_size=readers, read_only=True)
        self._readers = ThreadPoolExecutor(max_workers=readers, thread_name_prefix="hub-db-read")
        self._queue: queue.Queue[_Write | None] = queue.Queue(maxsize=MAX_QUEUED_WRITES)
        self._closing = False
        self._writer = threading.Thread(target=self._write_forever, name="hub-db-write", daemon=True)
        self._writer.start()

    async def write(self, fn: Callable[[Connection], T], *, label: str) -> T:
        """Queue fn for the writer thread; see Database.write."""
        if self._closing:
            raise UnavailableError("the hub is stopping; ask again in a moment", reason="SHUTTING_DOWN")
        done: asyncio.Future[T] = self._loop.create_future()
        try:
            self._queue.put_nowait(_Write(fn=fn, label=label, done=done))
        except queue.Full as error:
            raise ExhaustedError(
                "too many changes are waiting; ask again after the delay", retry_after=RETRY_AFTER
            ) from error
        return await done

    async def read(self, fn: Callable[[Connection], T]) -> T:
        """Run fn on a reader; see Database.read."""
        if self._closing:
            raise UnavailableError("the hub is stopping; ask again in a moment", reason="SHUTTING_DOWN")
        return await self._loop.run_in_executor(self._readers, self._read, fn)

    def now(self, conn: Connection) -> datetime:  # noqa: ARG002 - another database asks its server
        """Return the injected clock's time."""
        return self._clock.now()

    def listen(self, topic: str, callback: Callable[[], None]) -> Callable[[], None]:
        """See Database.listen."""
        callbacks = self._listeners.setdefault(topic, [])
        callbacks.append(callback)
        return lambda: callbacks.remove(callback) if callback in callbacks else None

    async def close(self) -> None:
        """Commit what is queued, checkpoint the log, close the files."""
        if self._closing:
            return
        self._closing = True
        await self._loop.run_in_executor(None, self._close)

    def _close(self) -> None:
        self._queue.put(None)
        self._writer.join()
        self._readers.shutdown()
        self._read_engine.dispose()
        self._engine.dispose()
        if self._lock is not None:
            self._lock.release()

    def _read(self, fn: Callable[[Connection], T]) -> T:
        with self._read_engine.connect() as conn:
            try:
                return fn(conn)
            except OperationalError as error:
                raise _unavailable() from error

    def _write_forever(self) -> None:
        """Take what is queued, commit it together, tell the loop once; until the end mark."""
        while (first := self._queue.get()) is not None:
            group, ended = self._drain(first)
            began = self._clock.monotonic()
            if not _commit_together(self._engine, group):
                for write in group:
                    _commit_alone(self._engine, write)
            self._metrics.committed(len(group), self._clock.monotonic() - began)
            if not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._deliver, group)
            if ended:
                return

    def _drain(self, first: _Write) -> tuple[list[_Write], bool]:
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

    def _deliver(self, group: Sequence[_Write]) -> None:
        """Answer the callers that still wait, and the listeners of what was touched."""
        topics: set[str] = set()
        for write in group:
            topics |= write.topics
            if write.done.cancelled():
                continue
            if write.error is None:
                write.done.set_result(write.result)
            else:
                write.done.set_exception(write.error)
        for topic in sorted(topics):
            for callback in tuple(self._listeners.get(topic, ())):
                callback()


def sqlite_engine(path: Path, *, pool_size: int, read_only: bool) -> Engine:
    """Return an engine whose connections are set up for the hub; for tools that work without a Database, too."""
    engine = create_engine(
        f"sqlite+pysqlite:///{path}",
        poolclass=QueuePool,
        pool_size=pool_size,
        max_overflow=0,
        hide_parameters=True,  # parameters may be personal, and errors are logged
        connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_SECONDS, "isolation_level": None},
    )

    def set_up(connection: sqlite3.Connection, _record: object) -> None:
        pragmas = ["journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON", "temp_store=MEMORY"]
        for pragma in [*pragmas, *(["query_only=ON"] if read_only else [])]:
            connection.execute(f"PRAGMA {pragma}")

    def begin(conn: Connection) -> None:
        # The driver begins nothing by itself (isolation_level None), so a transaction is exactly what is written here.
        conn.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    event.listen(engine, "connect", set_up)
    event.listen(engine, "begin", begin)
    return engine


def _commit_together(engine: Engine, group: Sequence[_Write]) -> bool:
    """Run a group in one transaction; False if one function raised and nothing is written."""
    if len(group) == 1:
        return False
    try:
        with engine.begin() as conn:
            for write in group:
                take_topics(conn)
                write.result = write.fn(conn)
                write.topics = frozenset(take_topics(conn))
    except Exception:  # noqa: BLE001 - whichever function raised, each is run alone next and raises to its own caller
        return False
    return True


def _commit_alone(engine: Engine, write: _Write) -> None:
    """Run one function in a transaction of its own and keep its result or its error."""
    write.result, write.topics = None, frozenset()
    try:
        with engine.begin() as conn:
            take_topics(conn)
            write.result = write.fn(conn)
            topics = frozenset(take_topics(conn))
        write.topics = topics
    except OperationalError as error:
        write.error = _unavailable()
        write.error.__cause__ = error
    except BaseException as error:  # noqa: BLE001 - it belongs to the caller that waits in the event loop
        write.error = error


def _unavailable() -> UnavailableError:
    return UnavailableError(
        "the hub's database can't be used now, so nothing is changed; ask again after the delay",
        reason="AUDIT_UNAVAILABLE",
        retry_after=RETRY_AFTER,
    )
