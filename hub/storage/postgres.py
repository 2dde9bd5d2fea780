"""PostgreSQL behind the Database port: many processes, each with one writer that commits in groups."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from hub.core.clock import Clock
from hub.core.database import Database
from hub.core.ids import Ids
from hub.core.metrics import CoreMetrics
from hub.core.secrets import Secret
from hub.storage.group_writer import GroupWriter, Listeners, stopping, unavailable
from hub.storage.postgres_commit import NOW, PostgresCommitter, server_time
from hub.storage.postgres_engine import Trouble, Use, connect_arguments, postgres_engine, trouble
from hub.storage.postgres_listener import PostgresListener

T = TypeVar("T")

CHANNEL = "landhub"
_TOKEN_BYTES = 9


class PostgresDatabase(Database):
    """One process's way to a database that others use, too. Make it inside the running event loop.

    A process's transactions are committed in groups by one thread, as with SQLite: they all extend the chain of its
    audit, so they could only queue for its end, each with a commit of its own.

    Args:
        url: Which database; without a password.
        password: Of the database's user, if the server asks for one.
        clock: Measures commits and waits.
        ids: Names this process in announcements, and spreads attempts.
        metrics: Counts commits.
        readers: How many reads run at once.
        time: The database's time on a connection; the server's own unless a test drives it.
    """

    def __init__(
        self,
        *,
        url: URL,
        password: Secret | None,
        clock: Clock,
        ids: Ids,
        metrics: CoreMetrics,
        readers: int = 4,
        time: Callable[[Connection], datetime] = server_time,
    ) -> None:
        self.exclusive = False
        self._time = time
        self._loop = asyncio.get_running_loop()
        self._listeners = Listeners()
        self._token = ids.token(_TOKEN_BYTES)
        self._engine = postgres_engine(url, password=password, use=Use.WRITE)
        self._read_engine = postgres_engine(url, password=password, use=Use.READ, pool_size=readers)
        self._readers = ThreadPoolExecutor(max_workers=readers, thread_name_prefix="hub-db-read")
        self._closing = False
        self._committer = PostgresCommitter(
            engine=self._engine, channel=CHANNEL, announce=lambda topic: f"{self._token} {topic}", jitter=ids.fraction
        )
        self._writer = GroupWriter(commit=self._committer, clock=clock, metrics=metrics, listeners=self._listeners)
        self._listener = PostgresListener(
            arguments=connect_arguments(url, password=password, use=Use.READ),
            channel=CHANNEL,
            heard=self._heard,
            missed=self._listeners.tell_all,
            clock=clock,
        )

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

    def now(self, conn: Connection) -> datetime:
        """Return the server's time."""
        return self._time(conn)

    def listen(self, topic: str, callback: Callable[[], None]) -> Callable[[], None]:
        """See Database.listen; commits of other processes on this database are told, too."""
        return self._listeners.add(topic, callback)

    async def hears_others(self) -> None:
        """Return once other processes' commits are told."""
        await self._listener.listening.wait()

    async def close(self) -> None:
        """Commit what is queued and disconnect."""
        if self._closing:
            return
        self._closing = True
        await self._listener.close()
        self._committer.stop_waiting()
        await self._loop.run_in_executor(None, self._close)

    def _close(self) -> None:
        self._writer.finish()
        self._readers.shutdown()
        self._read_engine.dispose()
        self._engine.dispose()

    def _read(self, fn: Callable[[Connection], T]) -> T:
        try:
            return self._read_once(fn)
        except DBAPIError as error:
            if trouble(error) is Trouble.OWN:
                raise
            if trouble(error) is not Trouble.DISCONNECTED:
                raise unavailable() from error
        # The server was restarted since this connection was last used; nothing is lost by reading once more.
        try:
            return self._read_once(fn)
        except DBAPIError as error:
            raise unavailable() from error

    def _read_once(self, fn: Callable[[Connection], T]) -> T:
        with self._read_engine.connect() as conn:
            conn.info.pop(NOW, None)
            return fn(conn)

    def _heard(self, payload: str) -> None:
        token, _, topic = payload.partition(" ")
        if token != self._token:  # our own commits were told when they were made
            self._listeners.tell([topic])
