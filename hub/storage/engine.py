"""SQLite behind the Database port: one writer thread that commits in groups, a few readers that can't write."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool

from hub.core.clock import Clock
from hub.core.database import Database, begin_deferring, write_deferred
from hub.core.metrics import CoreMetrics
from hub.storage.files import InstallationLock, make_private_file
from hub.storage.group_writer import GroupWriter, Listeners, Write, stopping, unavailable

T = TypeVar("T")

SCRUB_ATTEMPTS = 5  # each waits for readers that still use the log
BUSY_TIMEOUT_SECONDS = 5.0  # the local command line may write too


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
        self._path = path
        make_private_file(path)
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._listeners = Listeners()
        self._engine = sqlite_engine(path, pool_size=1, read_only=False)
        self._read_engine = sqlite_engine(path, pool_size=readers, read_only=True)
        self._readers = ThreadPoolExecutor(max_workers=readers, thread_name_prefix="hub-db-read")
        self._closing = False
        self._writer = GroupWriter(commit=self._commit, clock=clock, metrics=metrics, listeners=self._listeners)

    async def write(self, fn: Callable[[Connection], T], *, label: str) -> T:
        """Queue fn for the writer thread; see Database.write."""
        if self._closing:
            raise stopping()
        return await self._writer.write(fn, label=label)

    async def read(self, fn: Callable[[Connection], T]) -> T:
        """Run fn on a reader; see Database.read."""
        if self._closing:
            raise stopping()
        return await self._loop.run_in_executor(self._readers, self._read, fn)

    def now(self, conn: Connection) -> datetime:  # noqa: ARG002 - another database asks its server
        """Return the injected clock's time."""
        return self._clock.now()

    def listen(self, topic: str, callback: Callable[[], None]) -> Callable[[], None]:
        """See Database.listen."""
        return self._listeners.add(topic, callback)

    async def scrub(self) -> None:
        """Empty the write-ahead log; what was deleted is overwritten in the database by secure_delete."""
        if self._closing:
            raise stopping()
        await self._loop.run_in_executor(None, self._scrub)

    async def close(self) -> None:
        """Commit what is queued, checkpoint the log, close the files."""
        if self._closing:
            return
        self._closing = True
        await self._loop.run_in_executor(None, self._close)

    def _scrub(self) -> None:
        # Its own connection, since the writer's may be inside a transaction; readers make it wait for the busy timeout.
        engine = sqlite_engine(self._path, pool_size=1, read_only=False)
        try:
            connection = engine.raw_connection()
            try:
                for _ in range(SCRUB_ATTEMPTS):
                    row = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                    if row is not None and row[0] == 0:
                        return
            finally:
                connection.close()
        finally:
            engine.dispose()

    def _close(self) -> None:
        self._writer.finish()
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
                raise unavailable() from error

    def _commit(self, group: Sequence[Write]) -> None:
        if not _commit_together(self._engine, group):
            for write in group:
                _commit_alone(self._engine, write)


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


def _commit_together(engine: Engine, group: Sequence[Write]) -> bool:
    """Run a group in one transaction; False if one function raised and nothing is written."""
    if len(group) == 1:
        return False
    try:
        with engine.begin() as conn:
            _run(conn, group)
    except Exception:  # noqa: BLE001 - whichever function raised, each is run alone next and raises to its own caller
        return False
    return True


def _commit_alone(engine: Engine, write: Write) -> None:
    """Run one function in a transaction of its own and keep its result or its error."""
    try:
        with engine.begin() as conn:
            _run(conn, [write])
    except OperationalError as error:
        failure = unavailable()
        failure.__cause__ = error
        write.fail(failure)
    except BaseException as error:  # noqa: BLE001 - it belongs to the caller that waits in the event loop
        write.fail(error)


def _run(conn: Connection, writes: Sequence[Write]) -> None:
    begin_deferring(conn)
    for write in writes:
        write.run(conn)
    write_deferred(conn)
