"""The SQLite database: what every database does, and what is SQLite's own: files, locks, synchronisation."""

import stat
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import Connection

from hub.core.clock import FakeClock
from hub.core.errors import UnavailableError
from hub.core.metrics import CoreMetrics
from hub.storage.engine import SqliteDatabase
from hub.storage.files import InstallationLockedError
from tests.unit.storage.database_contract import DatabaseContract, insert, run, values


def _metrics() -> CoreMetrics:
    return CoreMetrics(registry=CollectorRegistry())


@pytest.fixture
def reopened(tmp_path: Path) -> Callable[[], SqliteDatabase]:
    return lambda: SqliteDatabase(path=tmp_path / "state" / "hub.db", clock=FakeClock(), metrics=_metrics())


@pytest.fixture
async def database(reopened: Callable[[], SqliteDatabase]) -> AsyncIterator[SqliteDatabase]:
    opened = reopened()
    await opened.write(run("create table numbers (value integer primary key)"), label="test")
    yield opened
    await opened.close()


class TestSqlite(DatabaseContract):
    """All of it."""


def database_path(database: SqliteDatabase) -> Path:
    return Path(str(database._engine.url.database))


async def test_a_database_that_can_t_be_written_is_unavailable_and_changes_nothing(database: SqliteDatabase) -> None:
    await database.write(run("pragma max_page_count = 5"), label="test")
    with pytest.raises(UnavailableError) as refused:
        await database.write(run("create table big as select zeroblob(1000000) as bytes"), label="test")
    assert refused.value.reason == "AUDIT_UNAVAILABLE"
    assert await values(database) == []


async def test_the_files_are_open_to_their_owner_alone(database: SqliteDatabase) -> None:
    await database.write(insert(1), label="test")
    path = database_path(database)
    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


async def test_an_exclusive_database_has_one_server_and_is_free_again_when_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "hub.db"
    server = SqliteDatabase(path=path, clock=FakeClock(), metrics=_metrics(), exclusive=True)
    with pytest.raises(InstallationLockedError):
        SqliteDatabase(path=path, clock=FakeClock(), metrics=_metrics(), exclusive=True)
    await server.close()
    await SqliteDatabase(path=path, clock=FakeClock(), metrics=_metrics(), exclusive=True).close()


async def test_what_is_written_is_synchronised_in_full(database: SqliteDatabase) -> None:
    def pragmas(conn: Connection) -> tuple[object, ...]:
        names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        return tuple(conn.exec_driver_sql(f"pragma {name}").scalar() for name in names)

    assert await database.write(pragmas, label="test") == ("wal", 2, 1, 1)
