"""The claim of due jobs: its order, and that a backlog or a far future isn't read for it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine

from hub.core.jobs import Job, NewJob
from hub.storage.outbox_store import SqlOutboxStore
from hub.storage.tables import metadata
from tests.support.core_fixtures import Core, open_core

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LEASE = timedelta(seconds=60)
STORE = SqlOutboxStore()


@pytest.fixture
async def core(tmp_path: Path) -> AsyncIterator[Core]:
    async with open_core(tmp_path) as opened:
        yield opened


async def test_lapsed_leases_and_ready_jobs_are_claimed_in_one_order(core: Core) -> None:
    def claim(conn: Connection) -> list[str]:
        _add(conn, "lapsed-1", priority=100, late=3)
        _add(conn, "lapsed-2", priority=100, late=1)
        _claim(conn, limit=2, now=NOW, kinds=("send",))
        _add(conn, "urgent", priority=0, late=0)
        _add(conn, "between", priority=100, late=2)
        _add(conn, "slow", priority=200, late=9)
        return [job.id for job in _claim(conn, limit=9, now=NOW + LEASE, kinds=("send",))]

    assert await core.database.write(claim, label="test") == ["urgent", "lapsed-1", "between", "lapsed-2", "slow"]


async def test_a_lapsed_lease_counts_as_a_failure_and_a_ready_job_has_none(core: Core) -> None:
    def claim(conn: Connection) -> list[tuple[str, int, int, int]]:
        _add(conn, "lapsed")
        _claim(conn, limit=1, now=NOW, kinds=("send",))
        _add(conn, "ready")
        again = _claim(conn, limit=9, now=NOW + LEASE, kinds=("send",))
        return [(job.id, job.attempt, job.failures, job.fence) for job in again]

    assert await core.database.write(claim, label="test") == [("lapsed", 2, 1, 2), ("ready", 1, 0, 1)]


async def test_a_claim_takes_the_first_up_to_its_limit_and_what_there_is_room_for(core: Core) -> None:
    def claim(conn: Connection) -> tuple[list[str], list[str]]:
        for number in range(4):
            _add(conn, f"send-{number}", late=9 - number)
            _add(conn, f"ask-{number}", late=5 - number, kind="ask", priority=50)
        roomy = _claim(conn, limit=6, now=NOW, kinds=("send", "ask"), rooms={"send": 1, "ask": 2})
        rest = _claim(conn, limit=3, now=NOW, kinds=("send",))
        return [job.id for job in roomy], [job.id for job in rest]

    roomy, rest = await core.database.write(claim, label="test")
    assert roomy == ["ask-0", "ask-1", "send-0"]
    assert rest == ["send-1", "send-2", "send-3"]


async def test_the_next_due_time_is_that_of_the_earliest_of_the_kinds_whatever_their_priorities(core: Core) -> None:
    def look(conn: Connection) -> list[datetime | None]:
        _add(conn, "far", priority=0, late=-500)
        _add(conn, "near", priority=200, late=-20)
        _add(conn, "other", late=0, kind="ask")
        times = [STORE.next_due(conn, ["send"]), STORE.next_due(conn, ["send", "ask"]), STORE.next_due(conn, ["none"])]
        _claim(conn, limit=1, now=NOW, kinds=("ask",))
        return [*times, STORE.next_due(conn, ["ask"])]

    expected = [NOW + timedelta(seconds=20), NOW, None, NOW + LEASE]
    assert await core.database.write(look, label="test") == expected


def test_how_much_a_claim_reads_does_not_grow_with_what_is_due_or_far_ahead() -> None:
    """SQLite counts its steps: a thousand jobs that are due and a thousand that aren't yet are not looked through."""
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    steps: list[None] = []
    with engine.begin() as conn:
        for number in range(1000):
            _add(conn, f"due-{number:04}", late=number)
            _add(conn, f"ahead-{number:04}", late=-1000 - number)
        driver = conn.connection.driver_connection
        assert driver is not None
        driver.set_progress_handler(lambda: steps.append(None), 100)
        assert STORE.next_due(conn, ["send"]) == NOW - timedelta(seconds=999)
        assert len(_claim(conn, limit=8, now=NOW, kinds=("send",))) == 8
        driver.set_progress_handler(None, 0)
    assert len(steps) < 30, "hundreds of instructions; sorting what is due takes 400"


def _add(conn: Connection, job_id: str, *, priority: int = 100, late: float = 0, kind: str = "send") -> None:
    job = NewJob(kind=kind, payload={}, priority=priority, run_at=NOW - timedelta(seconds=late))
    assert STORE.add(conn, job_id, job, now=NOW - timedelta(hours=1))


def _claim(
    conn: Connection, *, limit: int, now: datetime, kinds: tuple[str, ...], rooms: dict[str, int] | None = None
) -> list[Job]:
    leases = dict.fromkeys(kinds, LEASE)
    return list(STORE.claim(conn, leases=leases, limit=limit, holder="worker", now=now, rooms=rooms))
