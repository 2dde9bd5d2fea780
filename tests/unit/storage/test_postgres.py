"""PostgreSQL: what every database does, conflicts, a server that goes away, commits that nobody answered."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from prometheus_client import CollectorRegistry
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import IntegrityError

from hub.core.clock import SystemClock
from hub.core.database import touch
from hub.core.errors import UnavailableError
from hub.core.ids import Ids
from hub.core.metrics import CoreMetrics
from hub.storage import postgres_commit
from hub.storage.postgres import PostgresDatabase
from tests.support.databases import place_of
from tests.support.postgres import PostgresServer, running_server
from tests.support.postgres_fixtures import on_postgres_server
from tests.unit.storage.database_contract import DatabaseContract, insert, run, values

__all__ = ["on_postgres_server"]

Open = Callable[[], PostgresDatabase]


@pytest.fixture
def url(on_postgres_server: PostgresServer, tmp_path: Path) -> str:
    return place_of(tmp_path).url.render_as_string(hide_password=False)


@pytest.fixture
def reopened(url: str) -> Open:
    return lambda: _open(url)


@pytest.fixture
async def database(reopened: Open) -> AsyncIterator[PostgresDatabase]:
    opened = reopened()
    await opened.write(run("create table numbers (value integer primary key)"), label="test")
    yield opened
    await opened.close()


def _open(url: str) -> PostgresDatabase:
    clock = SystemClock()
    metrics = CoreMetrics(registry=CollectorRegistry())
    return PostgresDatabase(url=make_url(url), password=None, clock=clock, ids=Ids(clock=clock), metrics=metrics)


class TestPostgres(DatabaseContract):
    """All of it."""


@contextmanager
def _somebody(url: str) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    """Another client of the server, in a transaction."""
    with psycopg.connect(url) as connection:
        yield connection


async def test_another_process_s_commits_are_heard_of_and_one_s_own_once(
    database: PostgresDatabase, reopened: Open
) -> None:
    other, heard, own = reopened(), asyncio.Event(), []
    await asyncio.gather(database.hears_others(), other.hears_others())
    other.listen("a", heard.set)
    database.listen("a", lambda: own.append("a"))
    await database.write(lambda conn: touch(conn, "a"), label="test")
    await asyncio.wait_for(heard.wait(), 30)
    answered = asyncio.Event()
    database.listen("b", answered.set)
    await other.write(lambda conn: touch(conn, "b"), label="test")
    await asyncio.wait_for(answered.wait(), 30)
    assert own == ["a"]
    await other.close()


async def test_the_time_is_the_server_s_own_and_the_same_throughout_a_transaction(database: PostgresDatabase) -> None:
    def look(conn: Connection) -> tuple[datetime, datetime, datetime]:
        server = conn.scalar(text("select transaction_timestamp()"))
        assert isinstance(server, datetime)
        conn.execute(text("select pg_sleep(0.01)"))
        return server.astimezone(UTC), database.now(conn), database.now(conn)

    for moment in (await database.write(look, label="test"), await database.read(look)):
        assert timedelta() <= moment[1] - moment[0] < timedelta(seconds=1)
        assert moment[1] == moment[2]


async def test_a_transaction_that_another_one_is_in_the_way_of_is_run_again(
    database: PostgresDatabase, url: str
) -> None:
    await database.write(insert(1), label="test")
    with _somebody(url) as somebody:
        somebody.execute("update numbers set value = 2 where value = 1")
        waiting = asyncio.create_task(database.write(run("update numbers set value = value + 10"), label="test"))
        done, _ = await asyncio.wait([waiting], timeout=0.7)  # longer than one attempt waits for a lock
        assert not done
        somebody.commit()
    await waiting
    assert await values(database) == [12]


async def test_two_groups_that_wait_for_each_other_both_end(database: PostgresDatabase, reopened: Open) -> None:
    other = reopened()

    def both(first: int, second: int) -> list[Callable[[Connection], None]]:
        return [run(f"insert into numbers values ({value}) on conflict do nothing") for value in (first, second)]

    for _ in range(10):
        groups = [(database, fn) for fn in both(1, 2)] + [(other, fn) for fn in both(2, 1)]
        await asyncio.gather(*(opened.write(fn, label="test") for opened, fn in groups))
        assert await values(other) == [1, 2]
        await database.write(run("delete from numbers"), label="test")
    await other.close()


async def test_what_breaks_a_rule_of_the_tables_is_the_caller_s_own_error(database: PostgresDatabase) -> None:
    await database.write(insert(1), label="test")
    with pytest.raises(IntegrityError):
        await database.write(insert(1), label="test")


async def test_a_commit_whose_answer_was_lost_is_found_committed_and_not_run_again(
    database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    await database.write(lambda _: None, label="test")
    commit = psycopg.Connection.commit
    runs: list[int] = []

    def lose(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
        commit(connection)
        if len(runs) == 1:
            monkeypatch.setattr(psycopg.Connection, "commit", commit)
            connection.close()
            raise psycopg.OperationalError("server closed the connection unexpectedly")

    def count(conn: Connection) -> str:
        runs.append(1)
        conn.execute(text("insert into numbers values (5)"))
        return "answer"

    monkeypatch.setattr(psycopg.Connection, "commit", lose)
    assert await database.write(count, label="test") == "answer"
    assert runs == [1]
    assert await values(database) == [5]


async def test_a_commit_that_never_arrived_is_found_so_and_run_again(
    database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    await database.write(lambda _: None, label="test")
    commit = psycopg.Connection.commit

    def lose(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
        monkeypatch.setattr(psycopg.Connection, "commit", commit)
        connection.close()
        raise psycopg.OperationalError("could not send data to server")

    monkeypatch.setattr(psycopg.Connection, "commit", lose)
    await database.write(insert(5), label="test")
    assert await values(database) == [5]


async def test_a_commit_that_nobody_can_tell_of_is_said_to_be_unavailable(
    database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    await database.write(lambda _: None, label="test")
    monkeypatch.setattr(postgres_commit, "_STATUS", text("SELECT CAST(NULL AS text) WHERE CAST(:xid AS text) <> ''"))
    commit = psycopg.Connection.commit

    def lose(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
        monkeypatch.setattr(psycopg.Connection, "commit", commit)
        connection.close()
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(psycopg.Connection, "commit", lose)
    with pytest.raises(UnavailableError) as told:
        await database.write(insert(5), label="test")
    assert told.value.retry_after is not None


async def test_while_the_server_is_away_everything_is_unavailable_and_then_works_again_by_itself() -> None:
    with running_server() as server:
        opened = _open(server.make_database().render_as_string())
        await opened.write(run("create table numbers (value integer primary key)"), label="test")
        await opened.hears_others()
        server.stop()
        writes = await asyncio.gather(
            *(opened.write(insert(value), label="test") for value in range(5)), return_exceptions=True
        )
        for error in writes:
            assert isinstance(error, UnavailableError)
            assert (error.reason, error.retry_after) == ("AUDIT_UNAVAILABLE", timedelta(seconds=1))
        with pytest.raises(UnavailableError):
            await values(opened)
        missed = asyncio.Event()
        opened.listen("a", missed.set)
        server.start()
        assert await values(opened) == []
        await opened.write(insert(7), label="test")
        assert await values(opened) == [7]
        await asyncio.wait_for(missed.wait(), 30)  # whoever listens looks for itself once it hears again
        await opened.close()


async def test_a_session_that_a_restart_cut_off_costs_no_call(database: PostgresDatabase, url: str) -> None:
    await database.write(insert(1), label="test")
    await values(database)
    with psycopg.connect(url, autocommit=True) as somebody:
        somebody.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid()"
        )
    assert await values(database) == [1]
    await database.write(insert(2), label="test")
    assert await values(database) == [1, 2]


async def test_commits_are_durable_even_where_the_server_s_default_says_otherwise(
    database: PostgresDatabase, url: str, reopened: Open
) -> None:
    with psycopg.connect(url, autocommit=True) as somebody:
        somebody.execute(f"alter database {make_url(url).database} set synchronous_commit = off")
    other = reopened()
    shown = await other.write(lambda conn: conn.scalar(text("show synchronous_commit")), label="test")
    assert shown == "on"
    await other.close()
