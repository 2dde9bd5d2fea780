"""Where an installation keeps its state, and how its database is opened: by `serve` and by tools alike."""

from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine, make_url
from sqlalchemy.engine import URL

from hub.core.clock import Clock
from hub.core.ids import Ids
from hub.core.metrics import CoreMetrics
from hub.core.secrets import Secret, SecretError, Secrets
from hub.settings import Settings, SettingsError
from hub.storage.engine import SqliteDatabase, sqlite_engine
from hub.storage.postgres import PostgresDatabase
from hub.storage.postgres_engine import Use, postgres_engine


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabasePlace:
    """A SQLite file, or a PostgreSQL database by URL."""

    url: URL
    file: Path | None = None
    password: Secret | None = field(default=None, repr=False)

    def __str__(self) -> str:
        return str(self.file or self.url)

    @property
    def is_postgres(self) -> bool:
        """Whether other processes may work on it at the same time."""
        return self.file is None


def database_place(settings: Settings, folder: Path, secrets: Secrets) -> DatabasePlace:
    """Return the database that the settings name.

    Raises:
        SettingsError: its password can't be read.
    """
    url = make_url(settings.storage.url)
    if url.drivername == "sqlite" and url.database:
        return DatabasePlace(url=url, file=folder / url.database)
    try:
        password = secrets.resolve(settings.storage.password) if settings.storage.password else None
    except SecretError as error:
        raise SettingsError(f"storage.password: {error}") from error
    return DatabasePlace(url=url, password=password)


def open_database(
    place: DatabasePlace, *, clock: Clock, ids: Ids, metrics: CoreMetrics
) -> SqliteDatabase | PostgresDatabase:
    """Open the database for a server.

    Raises:
        InstallationLockedError: another hub serves from this SQLite file.
    """
    if place.file is not None:
        return SqliteDatabase(path=place.file, clock=clock, metrics=metrics, exclusive=True)
    return PostgresDatabase(url=place.url, password=place.password, clock=clock, ids=ids, metrics=metrics)


def maintenance_engine(place: DatabasePlace, *, read_only: bool) -> Engine:
    """Return an engine for a tool that works without a server; PostgreSQL's waits longer for locks and statements."""
    if place.file is not None:
        return sqlite_engine(place.file, pool_size=1, read_only=read_only)
    return postgres_engine(place.url, password=place.password, use=Use.INSPECT if read_only else Use.MAINTAIN)
