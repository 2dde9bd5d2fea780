"""Connections to PostgreSQL as the hub needs them, and what an error of theirs means."""

import enum
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from hub.core.secrets import Secret

CONNECT_TIMEOUT_SECONDS = 5
LOCK_TIMEOUT_SECONDS = 0.5  # another replica's commit takes milliseconds; beyond, it stands still, or waits for us
STATEMENT_TIMEOUT_SECONDS = 30
IDLE_TRANSACTION_SECONDS = 5  # a process that was stopped in a transaction holds the others' locks no longer
MIGRATION_LOCK_SECONDS = 60
LOST_PEER_MILLISECONDS = 10_000  # a server that vanished without a word is noticed then

EVENTS_LOCK = (0x4C48, 1)  # "LH": advisory locks are numbered per database, and others may use some
MIGRATION_LOCK = (0x4C48, 2)


class Use(enum.Enum):
    """What a connection is for."""

    WRITE = "write"
    READ = "read"
    INSPECT = "inspect"
    """Read for a tool, which may take its time."""
    MAINTAIN = "maintain"
    """Write for a tool."""


class Trouble(enum.Enum):
    """What became of a transaction that raised, and what helps."""

    CONFLICT = "conflict"
    """Rolled back because of another transaction: run it again."""
    DISCONNECTED = "disconnected"
    """The connection is gone, and with it all that was not committed."""
    UNAVAILABLE = "unavailable"
    """The server can't do it now: disk, memory, connections, time."""
    OWN = "own"
    """The statement is wrong, or a rule of the tables forbids it."""


_CONFLICTS = frozenset(
    {
        "40001",  # serialization_failure
        "40P01",  # deadlock_detected
        "55P03",  # lock_not_available: our lock_timeout
    }
)


def trouble(error: DBAPIError) -> Trouble:
    """Judge an error of the database."""
    if getattr(error.orig, "sqlstate", None) in _CONFLICTS:
        return Trouble.CONFLICT
    if error.connection_invalidated:
        return Trouble.DISCONNECTED
    return Trouble.UNAVAILABLE if isinstance(error, OperationalError) else Trouble.OWN


def postgres_url(url: URL) -> URL:
    """Return the URL with the driver that the hub uses."""
    return url.set(drivername="postgresql+psycopg")


def postgres_engine(url: URL, *, password: Secret | None, use: Use, pool_size: int = 1) -> Engine:
    """Return an engine; nothing is connected yet. The password shows in no error, repr or log.

    READ is for transactions that can't write and see one moment of the database throughout: a page of events and the
    place up to which it was looked through belong together. WRITE sees what others commit while it waits for a lock.
    """
    engine = create_engine(
        postgres_url(url),
        poolclass=QueuePool,
        pool_size=pool_size,
        max_overflow=0,
        hide_parameters=True,  # parameters may be personal, and errors are logged
        connect_args=_connect_args(password=password, use=use),
    )
    event.listen(engine, "connect", _set_up)
    return engine


def connect_arguments(url: URL, *, password: Secret | None, use: Use) -> Mapping[str, Any]:
    """Return what psycopg itself needs to connect, for what SQLAlchemy has no words."""
    dialect = postgres_url(url).get_dialect()()
    _, named = dialect.create_connect_args(postgres_url(url))
    return {**named, **_connect_args(password=password, use=use)}


def _connect_args(*, password: Secret | None, use: Use) -> dict[str, Any]:
    secret = {"password": password.text()} if password is not None else {}
    return {**_CONNECT, "options": _options(use), **secret}


_CONNECT = {
    "connect_timeout": CONNECT_TIMEOUT_SECONDS,
    "target_session_attrs": "primary",  # of several hosts in the URL, the one that takes writes
    "application_name": "landhub",
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": LOST_PEER_MILLISECONDS,
}


def _options(use: Use) -> str:
    """Return the session's settings, which the server takes with the connection."""
    serving = use in {Use.WRITE, Use.READ}
    seconds = {
        "lock_timeout": LOCK_TIMEOUT_SECONDS if serving else MIGRATION_LOCK_SECONDS,
        "statement_timeout": STATEMENT_TIMEOUT_SECONDS if serving else 0,
        "idle_in_transaction_session_timeout": IDLE_TRANSACTION_SECONDS if serving else 0,
    }
    settings = {name: f"{int(value * 1000)}ms" for name, value in seconds.items()} | {"timezone": "UTC"}
    if use in {Use.READ, Use.INSPECT}:
        settings |= {"default_transaction_isolation": r"repeatable\ read", "default_transaction_read_only": "on"}
    return " ".join(f"-c {name}={value}" for name, value in settings.items())


def _set_up(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    """Have commits be durable even where the server's default says otherwise; a stricter default stays."""
    cursor = connection.cursor()
    cursor.execute(
        "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
    )
    cursor.close()
    connection.commit()
