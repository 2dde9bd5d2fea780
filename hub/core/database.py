"""The port to the database: plain functions in a transaction that is durable when `write` returns."""

import abc
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection

T = TypeVar("T")

OUTBOX_TOPIC = "outbox"
EVENTS_TOPIC = "events"
MODES_TOPIC = "modes"

_TOPICS = "landhub.topics"
_DEFERRED = "landhub.deferred"
_DEFERRED_LAST = "landhub.deferred_last"

_Deferred = dict[Callable[[Connection, list[Any]], None], list[Any]]


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


def defer(
    conn: Connection, items: Iterable[T], write: Callable[[Connection, list[T]], None], *, last: bool = False
) -> None:
    """Have `write` take these, with all else that is deferred to it, once, just before the transaction is committed.

    What the transactions of a group all append to costs a few statements a group then, and not a few for each of them.
    Where nobody has begun to defer, it is written at once. `last` is after what was deferred without it.
    """
    deferred: _Deferred | None = conn.info.get(_DEFERRED_LAST if last else _DEFERRED)
    if deferred is None:
        write(conn, list(items))
    else:
        deferred.setdefault(write, []).extend(items)


def begin_deferring(conn: Connection) -> None:
    """Hold back what is deferred from now on, and drop what a transaction held that was rolled back."""
    conn.info[_DEFERRED], conn.info[_DEFERRED_LAST] = {}, {}


def write_deferred_to(conn: Connection, write: Callable[[Connection, list[Any]], None]) -> None:
    """Write now what is deferred to `write`, for who wants to read it in the same transaction."""
    for name in (_DEFERRED, _DEFERRED_LAST):
        items = conn.info.get(name, {}).pop(write, None)
        if items:
            write(conn, items)


def write_deferred(conn: Connection) -> None:
    """Write what is held back, and hold no more."""
    for name in (_DEFERRED, _DEFERRED_LAST):
        held: _Deferred = conn.info.pop(name, {})
        for write, items in held.items():
            write(conn, items)
