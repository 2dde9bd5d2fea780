"""The SQLite database: group commit, readers that can't write, cancellation, files."""

import asyncio
import stat
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import Connection, text

from hub.core.clock import FakeClock
from hub.core.database import touch
from hub.core.errors import ExhaustedError, UnavailableError
from hub.core.metrics import CoreMetrics
from hub.storage import engine
from hub.storage.engine import SqliteDatabase
from hub.storage.files import InstallationLockedError


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    opened = SqliteDatabase(path=tmp_path / "state" / "hub.db", clock=FakeClock(), metrics=_metrics())
    await opened.write(_run("create table numbers (value integer primary key)"), label="test")
    yield opened
    await opened.close()


def _metrics() -> CoreMetrics:
    return CoreMetrics(registry=CollectorRegistry())


def _run(statement: str) -> Callable[[Connection], None]:
    def fn(conn: Connection) -> None:
        conn.execute(text(statement))

    return fn


def _insert(value: int) -> Callable[[Connection], None]:
    return _run(f"insert into numbers values ({value})")


async def _values(database: SqliteDatabase) -> list[int]:
    return await database.read(lambda conn: list(conn.scalars(text("select value from numbers order by value"))))


class Blocker:
    """Holds the writer thread inside a transaction until released, so that what comes meanwhile is one group."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.reached = threading.Event()

    def __call__(self, conn: Connection) -> None:
        self.reached.set()
        assert self.go_on.wait(timeout=30)

    async def block(self, database: SqliteDatabase) -> asyncio.Task[None]:
        task = asyncio.create_task(database.write(self, label="test"))
        assert await asyncio.to_thread(self.reached.wait, 30)
        return task


async def test_one_failing_function_of_a_group_fails_alone(database: SqliteDatabase) -> None:
    blocker = Blocker()
    first = await blocker.block(database)

    def fail(conn: Connection) -> None:
        conn.execute(text("insert into numbers values (99)"))
        raise LookupError("mine alone")

    group = [_insert(1), _insert(2), fail, _insert(3)]
    writes = [asyncio.create_task(database.write(fn, label="test")) for fn in group]
    await asyncio.sleep(0)
    blocker.go_on.set()
    await first
    results = await asyncio.gather(*writes, return_exceptions=True)
    assert [type(result) for result in results] == [type(None), type(None), LookupError, type(None)]
    assert await _values(database) == [1, 2, 3]


async def test_a_group_is_one_transaction(database: SqliteDatabase) -> None:
    blocker = Blocker()
    first = await blocker.block(database)
    seen: list[int] = []

    def count(conn: Connection) -> None:
        conn.execute(text("insert into numbers select coalesce(max(value), 0) + 1 from numbers"))
        seen.append(id(conn))

    writes = [asyncio.create_task(database.write(count, label="test")) for _ in range(50)]
    await asyncio.sleep(0)
    blocker.go_on.set()
    await asyncio.gather(first, *writes)
    assert len(seen) == 50
    assert len(set(seen)) == 1
    assert await _values(database) == list(range(1, 51))


async def test_a_cancelled_writer_s_transaction_is_committed_all_the_same(database: SqliteDatabase) -> None:
    blocker = Blocker()
    first = await blocker.block(database)
    write = asyncio.create_task(database.write(_insert(7), label="test"))
    await asyncio.sleep(0)
    write.cancel()
    blocker.go_on.set()
    await first
    await asyncio.gather(write, return_exceptions=True)
    await database.write(lambda _: None, label="test")
    assert await _values(database) == [7]


async def test_a_reader_can_t_write(database: SqliteDatabase) -> None:
    with pytest.raises(UnavailableError):
        await database.read(_insert(1))
    assert await _values(database) == []


async def test_a_reader_does_not_see_what_is_not_committed(database: SqliteDatabase) -> None:
    blocker = Blocker()

    def insert_and_wait(conn: Connection) -> None:
        _insert(1)(conn)
        blocker(conn)

    write = asyncio.create_task(database.write(insert_and_wait, label="test"))
    assert await asyncio.to_thread(blocker.reached.wait, 30)
    assert await _values(database) == []
    blocker.go_on.set()
    await write
    assert await _values(database) == [1]


async def test_listeners_hear_of_commits_that_touched_their_topic_and_of_no_failure(database: SqliteDatabase) -> None:
    heard: list[str] = []
    stop = database.listen("a", lambda: heard.append("a"))
    database.listen("b", lambda: heard.append("b"))

    def fail(conn: Connection) -> None:
        touch(conn, "b")
        raise LookupError

    await database.write(lambda conn: touch(conn, "a"), label="test")
    with pytest.raises(LookupError):
        await database.write(fail, label="test")
    await database.write(lambda _: None, label="test")
    assert heard == ["a"]
    stop()
    await database.write(lambda conn: touch(conn, "a"), label="test")
    assert heard == ["a"]


async def test_listeners_hear_of_every_topic_of_a_group_but_not_of_what_failed_in_it(database: SqliteDatabase) -> None:
    heard: list[str] = []
    for topic in ("a", "b", "c"):
        database.listen(topic, lambda topic=topic: heard.append(topic))  # type: ignore[misc]

    def fail(conn: Connection) -> None:
        touch(conn, "c")
        raise LookupError

    for failing in (False, True):
        heard.clear()
        blocker = Blocker()
        first = await blocker.block(database)
        fns = [lambda conn: touch(conn, "a"), lambda conn: touch(conn, "b"), *([fail] if failing else [])]
        writes = [asyncio.create_task(database.write(fn, label="test")) for fn in fns]
        await asyncio.sleep(0)
        blocker.go_on.set()
        await asyncio.gather(first, *writes, return_exceptions=True)
        assert heard == ["a", "b"]


async def test_a_full_queue_refuses_and_names_a_delay(
    database: SqliteDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "MAX_QUEUED_WRITES", 2)
    small = SqliteDatabase(path=database_path(database), clock=FakeClock(), metrics=_metrics())
    blocker = Blocker()
    first = await blocker.block(small)
    waiting = [asyncio.create_task(small.write(_insert(value), label="test")) for value in (1, 2)]
    await asyncio.sleep(0)
    with pytest.raises(ExhaustedError) as refused:
        await small.write(_insert(3), label="test")
    assert refused.value.reason == "OVERLOADED"
    assert refused.value.retry_after is not None
    blocker.go_on.set()
    await asyncio.gather(first, *waiting)
    await small.close()


def database_path(database: SqliteDatabase) -> Path:
    return Path(str(database._engine.url.database))


async def test_a_database_that_can_t_be_written_is_unavailable_and_changes_nothing(database: SqliteDatabase) -> None:
    await database.write(_run("pragma max_page_count = 5"), label="test")
    with pytest.raises(UnavailableError) as refused:
        await database.write(_run("create table big as select zeroblob(1000000) as bytes"), label="test")
    assert refused.value.reason == "AUDIT_UNAVAILABLE"
    assert await _values(database) == []


async def test_closing_commits_what_is_queued_and_refuses_what_comes_later(tmp_path: Path) -> None:
    database = SqliteDatabase(path=tmp_path / "hub.db", clock=FakeClock(), metrics=_metrics())
    await database.write(_run("create table numbers (value integer primary key)"), label="test")
    writes = [asyncio.create_task(database.write(_insert(value), label="test")) for value in range(20)]
    await asyncio.sleep(0)
    await database.close()
    await asyncio.gather(*writes)
    with pytest.raises(UnavailableError) as refused:
        await database.write(_insert(100), label="test")
    assert refused.value.reason == "SHUTTING_DOWN"
    await database.close()


async def test_the_files_are_open_to_their_owner_alone(database: SqliteDatabase) -> None:
    await database.write(_insert(1), label="test")
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
