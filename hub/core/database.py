"""The port to the database: plain functions in a transaction that is durable when `write` returns."""

import abc
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

T = TypeVar("T")

OUTBOX_TOPIC = "outbox"
EVENTS_TOPIC = "events"
MODES_TOPIC = "modes"

_TOPICS = "landhub.topics"


class Database(abc.ABC):
    """Runs transactions. A function given to it is run off the event loop, must not block on anything else, and may be
    run twice (only the last run counts), so it changes nothing but the database.
    """

    @abc.abstractmethod
    async def write(self, fn: Callable[[Connection], T], *, label: str) -> T:
        """Run fn in a transaction and return its result once it is durable; what fn raises rolls it back.

        The caller's cancellation does not undo it: once queued it is run. `label` names it in metrics and logs.

        Raises:
            ExhaustedError: too many writes are waiting (OVERLOADED).
            UnavailableError: nothing can be made durable (AUDIT_UNAVAILABLE), or the hub is stopping.
        """

    @abc.abstractmethod
    async def read(self, fn: Callable[[Connection], T]) -> T:
        """Run fn on a connection that can't write and sees what is committed.

        Raises:
            UnavailableError: the database can't be read, or the hub is stopping.
        """

    @abc.abstractmethod
    def now(self, conn: Connection) -> datetime:
        """Return the database's time, by which leases are judged on every replica alike."""

    @abc.abstractmethod
    def listen(self, topic: str, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back in the event loop after each commit that touched the topic; the result stops it."""

    async def scrub(self) -> None:  # noqa: B027 - an implementation may have nothing to do
        """Overwrite what deleted and changed values left behind in the database's own files, where it can be done.

        PostgreSQL keeps old rows until its VACUUM, and its write-ahead log as long as its archive does: that is its
        operator's to arrange, so there it does nothing.
        """

    @abc.abstractmethod
    async def close(self) -> None:
        """Finish what is queued and release the files. Safe to call twice."""


def touch(conn: Connection, topic: str) -> None:
    """Tell listeners of the topic, once this transaction is committed."""
    conn.info.setdefault(_TOPICS, set()).add(topic)


def take_topics(conn: Connection) -> set[str]:
    """Return and forget the topics touched on the connection; for implementations of Database."""
    topics: set[str] = conn.info.pop(_TOPICS, set())
    return topics
