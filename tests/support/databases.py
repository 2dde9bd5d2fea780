"""The database of a test's folder: a SQLite file there, or one of PostgreSQL's for `make test DB=postgresql`.

Everything that tests open goes through here, so that the same tests hold on both.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import Engine, make_url, text
from sqlalchemy.engine import URL

from hub.core.clock import Clock
from hub.core.database import Database
from hub.core.ids import Ids
from hub.core.metrics import CoreMetrics
from hub.installation.database import DatabasePlace, database_place, maintenance_engine
from hub.installation.sealed import secrets_of
from hub.settings import load_settings
from hub.storage.engine import SqliteDatabase
from hub.storage.migrate import upgrade
from hub.storage.postgres import PostgresDatabase
from tests.support.postgres import LASTING, PostgresServer

CHOSEN = "TEST_DATABASE"
"""The variable that `make test DB=...` sets: "sqlite" or "postgresql"."""
SERVER = "TEST_POSTGRES_FOLDER"
"""The variable that names the folder of the running server."""
FILE = "landhub.db"
_NOTE = "landhub.postgresql"


def on_postgres() -> bool:
    """Whether this run is against PostgreSQL."""
    return os.environ.get(CHOSEN, "sqlite") == "postgresql"


def place_of(folder: Path) -> DatabasePlace:
    """Return the folder's database, which is made when it is first asked for."""
    if not on_postgres():
        return DatabasePlace(url=make_url(f"sqlite:///{folder / FILE}"), file=folder / FILE)
    note = folder / _NOTE
    if not note.exists():
        note.write_text(_text(server().make_database()))
    return DatabasePlace(url=make_url(note.read_text()))


def database_settings() -> dict[str, object]:
    """Return the settings by which an installation uses a database of its own on what was chosen."""
    return postgres_settings(server()) if on_postgres() else {}


def postgres_settings(of: PostgresServer) -> dict[str, object]:
    """Return the settings by which an installation uses an empty database of that server."""
    url = _text(of.make_database(template="template0", prefix=LASTING))
    # What was under way goes on when a lease ends, as nobody else can tell that a process was killed.
    return {"storage.url": url, "storage.lease_seconds": 3}


def server() -> PostgresServer:
    """Return the server of this run."""
    return PostgresServer(Path(os.environ[SERVER]))


def open_database(folder: Path, *, clock: Clock, ids: Ids, metrics: CoreMetrics) -> Database:
    """Open the folder's database for one process, at this release's schema and on the test's time."""
    place = place_of(folder)
    if place.file is None:
        return PostgresDatabase(
            url=place.url, password=None, clock=clock, ids=ids, metrics=metrics, time=lambda _: clock.now()
        )
    engine = maintenance_engine(place, read_only=False)
    upgrade(engine)
    engine.dispose()
    return SqliteDatabase(path=place.file, clock=clock, metrics=metrics)


def tool_engine(folder: Path, *, read_only: bool = True) -> Engine:
    """Return an engine beside the hub's own."""
    return maintenance_engine(place_of(folder), read_only=read_only)


@contextmanager
def disposed(engine: Engine) -> Iterator[Engine]:
    """Close the engine's connections in the end, whatever happens."""
    try:
        yield engine
    finally:
        engine.dispose()


def execute(folder: Path, *statements: str) -> list[object]:
    """Run statements behind the hub's back; returns the first column of what the last one found."""
    engine = tool_engine(folder, read_only=False)
    found: list[object] = []
    with disposed(engine), engine.begin() as conn:
        for statement in statements:
            result = conn.execute(text(statement))
            found = list(result.scalars()) if result.returns_rows else []
    return found


def stored_bytes(folder: Path) -> bytes:
    """Return all bytes that the database keeps: its files, or every row of every table."""
    place = place_of(folder)
    if place.file is not None:
        return b"".join(path.read_bytes() for path in folder.glob(f"{FILE}*"))
    return _every_row(place.url)


def server_bytes(folder: Path) -> bytes:
    """Return every row of an installation's database that a server keeps; nothing if it is a file there."""
    settings = load_settings(folder)
    place = database_place(settings, folder, secrets_of(settings, folder, os.environ))
    return b"" if place.file is not None else _every_row(place.url)


def _every_row(url: URL) -> bytes:
    with psycopg.connect(_text(url)) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        stored = []
        for (table,) in tables:
            copy = sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(table))
            with connection.cursor().copy(copy) as rows:
                stored += [bytes(part) for part in rows]
    return b"".join(stored)


def keep_copy(folder: Path) -> Callable[[], None]:
    """Copy the database while nobody uses it; the result puts the copy in its place."""
    place = place_of(folder)
    if place.file is not None:
        content, file = place.file.read_bytes(), place.file
        return lambda: _put(file, content)
    assert place.url.database is not None
    copy = _text(server().make_database(template=place.url.database))
    return lambda: _put(folder / _NOTE, copy.encode())


def _put(file: Path, content: bytes) -> None:
    file.write_bytes(content)


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)
