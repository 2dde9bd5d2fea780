"""What every Database does, whichever server or file is behind it."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Integer, MetaData, Table, bindparam, select, text
from sqlalchemy.exc import IntegrityError

from hub.core.database import Database, defer, touch
from hub.core.errors import ExhaustedError, UnavailableError
from hub.storage import group_writer
from hub.storage.prepared import inserting, inserting_new, prepared

_numbers = Table("numbers", MetaData(), Column("value", Integer, primary_key=True))
_ADD, _ADD_NEW = inserting(_numbers), inserting_new(_numbers)
_ABOVE = prepared(select(_numbers).where(_numbers.c.value >= bindparam("least")).order_by(_numbers.c.value))


def run(statement: str) -> Callable[[Connection], None]:
    """A transaction of one statement."""

    def fn(conn: Connection) -> None:
        conn.execute(text(statement))

    return fn


def insert(value: int) -> Callable[[Connection], None]:
    """A transaction that adds a number."""
    return run(f"insert into numbers values ({value})")


def add_all(conn: Connection, numbers: list[int]) -> None:
    """Adds numbers; to be deferred."""
    _ADD.run_each(conn, [{"value": number} for number in numbers])


async def values(database: Database) -> list[int]:
    """The numbers that are committed."""
    return await database.read(lambda conn: list(conn.scalars(text("select value from numbers order by value"))))


class Blocker:
    """Holds the writer thread inside a transaction until released, so that what comes meanwhile is one group."""

    def __init__(self) -> None:
        self.go_on = threading.Event()
        self.reached = threading.Event()

    def __call__(self, conn: Connection) -> None:
        self.reached.set()
        assert self.go_on.wait(timeout=30)

    async def block(self, database: Database) -> asyncio.Task[None]:
        task = asyncio.create_task(database.write(self, label="test"))
        assert await asyncio.to_thread(self.reached.wait, 30)
        return task


class DatabaseContract:
    """Subclass it with a fixture `database` that holds a table `numbers`, and `reopened`, which opens it once more."""

    async def test_one_failing_function_of_a_group_fails_alone(self, database: Database) -> None:
        blocker = Blocker()
        first = await blocker.block(database)

        def fail(conn: Connection) -> None:
            conn.execute(text("insert into numbers values (99)"))
            raise LookupError("mine alone")

        group = [insert(1), insert(2), fail, insert(3)]
        writes = [asyncio.create_task(database.write(fn, label="test")) for fn in group]
        await asyncio.sleep(0)
        blocker.go_on.set()
        await first
        results = await asyncio.gather(*writes, return_exceptions=True)
        assert [type(result) for result in results] == [type(None), type(None), LookupError, type(None)]
        assert await values(database) == [1, 2, 3]

    async def test_a_group_is_one_transaction(self, database: Database) -> None:
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
        assert await values(database) == list(range(1, 51))

    async def test_a_cancelled_writer_s_transaction_is_committed_all_the_same(self, database: Database) -> None:
        blocker = Blocker()
        first = await blocker.block(database)
        write = asyncio.create_task(database.write(insert(7), label="test"))
        await asyncio.sleep(0)
        write.cancel()
        blocker.go_on.set()
        await first
        await asyncio.gather(write, return_exceptions=True)
        await database.write(lambda _: None, label="test")
        assert await values(database) == [7]

    async def test_a_reader_can_t_write(self, database: Database) -> None:
        with pytest.raises(Exception, match=r"database can't be used|read-only"):
            await database.read(insert(1))
        assert await values(database) == []

    async def test_a_reader_does_not_see_what_is_not_committed(self, database: Database) -> None:
        blocker = Blocker()

        def insert_and_wait(conn: Connection) -> None:
            insert(1)(conn)
            blocker(conn)

        write = asyncio.create_task(database.write(insert_and_wait, label="test"))
        assert await asyncio.to_thread(blocker.reached.wait, 30)
        assert await values(database) == []
        blocker.go_on.set()
        await write
        assert await values(database) == [1]

    async def test_a_reader_sees_one_moment_throughout(self, database: Database) -> None:
        looked, go_on = threading.Event(), threading.Event()

        def count_twice(conn: Connection) -> list[Any]:
            first = conn.scalar(text("select count(*) from numbers"))
            looked.set()
            assert go_on.wait(timeout=30)
            return [first, conn.scalar(text("select count(*) from numbers"))]

        reading = asyncio.create_task(database.read(count_twice))
        assert await asyncio.to_thread(looked.wait, 30)
        await database.write(insert(1), label="test")
        go_on.set()
        assert await reading == [0, 0]

    async def test_listeners_hear_of_commits_that_touched_their_topic_and_of_no_failure(
        self, database: Database
    ) -> None:
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

    async def test_listeners_hear_of_every_topic_of_a_group_but_not_of_what_failed_in_it(
        self, database: Database
    ) -> None:
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
        self, database: Database, reopened: Callable[[], Database], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(group_writer, "MAX_QUEUED_WRITES", 2)
        small = reopened()
        blocker = Blocker()
        first = await blocker.block(small)
        waiting = [asyncio.create_task(small.write(insert(value), label="test")) for value in (1, 2)]
        await asyncio.sleep(0)
        with pytest.raises(ExhaustedError) as refused:
            await small.write(insert(3), label="test")
        assert refused.value.reason == "OVERLOADED"
        assert refused.value.retry_after is not None
        blocker.go_on.set()
        await asyncio.gather(first, *waiting)
        await small.close()

    async def test_closing_commits_what_is_queued_and_refuses_what_comes_later(
        self, database: Database, reopened: Callable[[], Database]
    ) -> None:
        other = reopened()
        writes = [asyncio.create_task(other.write(insert(value), label="test")) for value in range(20)]
        await asyncio.sleep(0)
        await other.close()
        await asyncio.gather(*writes)
        with pytest.raises(UnavailableError) as refused:
            await other.write(insert(100), label="test")
        assert refused.value.reason == "SHUTTING_DOWN"
        await other.close()
        assert await values(database) == list(range(20))

    async def test_what_a_group_defers_is_written_once_for_all_of_it(self, database: Database) -> None:
        held: list[list[int]] = []
        await self._deferring(database, held, range(3))
        assert held == [[0, 1, 2]]
        assert await values(database) == [0, 1, 2]

    async def test_what_a_failed_function_deferred_is_not_written_and_the_others_is(self, database: Database) -> None:
        blocker = Blocker()
        first = await blocker.block(database)

        def fail(conn: Connection) -> None:
            defer(conn, [99], add_all)
            raise LookupError

        failing = asyncio.create_task(database.write(fail, label="test"))
        good = asyncio.create_task(database.write(lambda conn: defer(conn, [1], add_all), label="test"))
        await asyncio.sleep(0)
        blocker.go_on.set()
        await asyncio.gather(first, good)
        with pytest.raises(LookupError):
            await failing
        assert await values(database) == [1]

    async def test_a_transaction_whose_deferred_rows_can_t_be_written_fails(self, database: Database) -> None:
        await database.write(insert(1), label="test")
        with pytest.raises(IntegrityError):
            await database.write(lambda conn: defer(conn, [2, 1], add_all), label="test")
        assert await values(database) == [1]

    async def test_a_prepared_statement_finds_what_it_wrote(self, database: Database) -> None:
        def fn(conn: Connection) -> tuple[int, int, list[tuple[int]]]:
            _ADD.run_each(conn, [{"value": number} for number in range(3)])
            return _ADD_NEW.run(conn, {"value": 2}), _ADD_NEW.run(conn, {"value": 7}), _ABOVE.all(conn, {"least": 1})

        assert await database.write(fn, label="test") == (0, 1, [(1,), (2,), (7,)])
        found = await database.read(lambda conn: [_ABOVE.first(conn, {"least": least}) for least in (5, 8)])
        assert found == [(7,), None]

    async def _deferring(self, database: Database, held: list[list[int]], numbers: range) -> None:
        def write(conn: Connection, items: list[int]) -> None:
            held.append(items)
            add_all(conn, items)

        blocker = Blocker()
        first = await blocker.block(database)

        def deferring(number: int) -> Callable[[Connection], None]:
            return lambda conn: defer(conn, [number], write)

        writes = [asyncio.create_task(database.write(deferring(number), label="test")) for number in numbers]
        await asyncio.sleep(0)
        blocker.go_on.set()
        await asyncio.gather(first, *writes)
