"""Commits groups of transactions on PostgreSQL: runs them again after conflicts, and finds out what became of a commit
whose answer was lost.
"""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, OperationalError

from hub.core.database import begin_deferring, take_topics, write_deferred
from hub.storage.group_writer import Write, unavailable
from hub.storage.postgres_engine import Trouble, trouble

ATTEMPTS = 10  # of one transaction that others get in the way of; some seconds
FIRST_PAUSE_SECONDS = 0.01
LONGEST_PAUSE_SECONDS = 0.64
ASKED_AFTER_COMMIT = 20  # looks for what became of a commit: some seconds, for a server that restarts
ASK_PAUSE_SECONDS = 0.25

NOW = "landhub.now"

_BEGIN = text("SELECT clock_timestamp() AS now, pg_current_xact_id()::text AS xid")
_STATUS = text("SELECT pg_xact_status(CAST(:xid AS xid8))")
_NOTIFY = text("SELECT pg_notify(:channel, :payload)")

Announce = Callable[[str], str]


class UnreachableError(Exception):
    """No connection could be made; nothing was begun."""


class CommitUnknownError(Exception):
    """The connection broke while the server was committing, and the server can't be asked what became of it."""


class PostgresCommitter:
    """Runs groups in the writer's thread.

    Args:
        engine: One connection that writes.
        channel: Where listeners of other processes are told of topics.
        announce: Makes the payload that tells of a topic.
        jitter: Numbers in [0, 1), so that two replicas in each other's way don't meet again.
    """

    def __init__(self, *, engine: Engine, channel: str, announce: Announce, jitter: Callable[[], float]) -> None:
        self._engine = engine
        self._channel = channel
        self._announce = announce
        self._jitter = jitter
        self._pause = threading.Event()

    def stop_waiting(self) -> None:
        """Cut short the pauses between attempts: the hub is stopping."""
        self._pause.set()

    def __call__(self, group: Sequence[Write]) -> None:
        """Commit the group; each transaction of it gets its result or its own error."""
        rest = list(group)
        try:
            if len(rest) > 1 and self._together(rest):
                return
            while rest:
                self._alone(rest[0])
                rest.pop(0)
        except (UnreachableError, CommitUnknownError) as error:
            # The others of the group would only wait for the same server, each for as long.
            for write in rest:
                failure = unavailable()
                failure.__cause__ = error
                write.fail(failure)

    def _together(self, group: Sequence[Write]) -> bool:
        """Run a group in one transaction; False if it was rolled back, whoever was the reason."""
        try:
            self._commit(group)
        except (UnreachableError, CommitUnknownError):
            raise
        except Exception:  # noqa: BLE001 - whichever function raised, each is run alone next and raises to its own caller
            return False
        return True

    def _alone(self, write: Write) -> None:
        """Run one function in a transaction of its own, again after conflicts, and keep its result or its error."""
        for attempt in range(ATTEMPTS):
            try:
                self._commit([write])
            except (UnreachableError, CommitUnknownError):
                raise
            except DBAPIError as error:
                last = attempt == ATTEMPTS - 1
                match trouble(error):
                    case Trouble.OWN:
                        write.fail(error)
                        return
                    case Trouble.CONFLICT | Trouble.DISCONNECTED if not last:
                        self._wait(attempt)
                        continue
                    case _:
                        failure = unavailable()
                        failure.__cause__ = error
                        write.fail(failure)
            except BaseException as error:  # noqa: BLE001 - it belongs to the caller that waits in the event loop
                write.fail(error)
            return

    def _commit(self, writes: Sequence[Write]) -> None:
        """Run the functions in one transaction.

        Raises:
            UnreachableError, CommitUnknownError: as they say.
            DBAPIError: nothing of it is committed.
        """
        with self._connect() as conn:
            xid = self._run(conn, writes)
            try:
                conn.commit()
            except DBAPIError as error:
                if trouble(error) is not Trouble.DISCONNECTED:
                    raise
                conn.invalidate()
                if not self._was_committed(xid):
                    raise

    def _connect(self) -> Connection:
        try:
            return self._engine.connect()
        except OperationalError as error:
            raise UnreachableError from error

    def _run(self, conn: Connection, writes: Sequence[Write]) -> str:
        """Run the functions, then what belongs to the end of the transaction; returns the transaction's id."""
        began = conn.execute(_BEGIN).one()
        conn.info[NOW] = began.now.astimezone(UTC)
        begin_deferring(conn)
        for write in writes:
            write.run(conn)
        write_deferred(conn)
        take_topics(conn)
        topics = sorted(frozenset().union(*(write.topics for write in writes)))
        if topics:
            told = [{"channel": self._channel, "payload": self._announce(topic)} for topic in topics]
            conn.execute(_NOTIFY, told)
        return str(began.xid)

    def _was_committed(self, xid: str) -> bool:
        """Ask the server what became of a transaction whose commit it did not answer.

        Raises:
            CommitUnknownError: it doesn't answer, or knows no more.
        """
        for attempt in range(ASKED_AFTER_COMMIT):
            if attempt:
                self._pause.wait(ASK_PAUSE_SECONDS)
            try:
                with self._engine.connect() as conn:
                    status = conn.scalar(_STATUS, {"xid": xid})
            except DBAPIError:
                continue
            if status != "in progress":
                break
        else:
            raise CommitUnknownError("the server did not say what became of the transaction")
        if status is None:
            raise CommitUnknownError("the server no longer knows what became of the transaction")
        return bool(status == "committed")

    def _wait(self, attempt: int) -> None:
        pause = min(FIRST_PAUSE_SECONDS * (1 << attempt), LONGEST_PAUSE_SECONDS)
        self._pause.wait(pause * (0.5 + self._jitter() / 2))


def server_time(conn: Connection) -> datetime:
    """Return the server's time: of the transaction's begin when it writes, asked once when it only reads.

    The begin is the safe side for leases: one never looks over too early, and never ends before its holder thinks.
    """
    now: datetime | None = conn.info.get(NOW)
    if now is None:
        asked: datetime = conn.execute(text("SELECT clock_timestamp()")).scalar_one()
        now = conn.info[NOW] = asked.astimezone(UTC)
    return now
