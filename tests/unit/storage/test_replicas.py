"""Two replicas on one database: order of events, schedules, claims and request ids hold over both."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from hub.core.clock import FakeClock
from hub.core.errors import InProgressError
from hub.core.events import Event
from hub.core.jobs import Done, Job, JobKind, Lease, NewJob, Next
from hub.core.outbox import Schedule
from hub.storage.postgres_engine import EVENTS_LOCK
from tests.support.core_fixtures import Core, open_core
from tests.support.databases import execute, place_of
from tests.support.postgres import PostgresServer
from tests.support.postgres_fixtures import on_postgres_server

__all__ = ["on_postgres_server"]


@pytest.fixture
async def replicas(on_postgres_server: PostgresServer, tmp_path: Path) -> AsyncIterator[tuple[Core, Core]]:
    clock = FakeClock()
    async with open_core(tmp_path, clock=clock, seed=1) as one, open_core(tmp_path, clock=clock, seed=2) as other:
        yield one, other


def _event(subject: str) -> Event:
    return Event(type="test.made", subject=subject, owner="crm")


async def _append(core: Core, subject: str) -> None:
    await core.database.write(lambda conn: core.events.append(conn, _event(subject)), label="test")


async def test_no_reader_passes_an_event_that_is_committed_late(replicas: tuple[Core, Core], tmp_path: Path) -> None:
    one, _ = replicas
    url = place_of(tmp_path).url.render_as_string()
    columns = "(id, type, subject, owner, business_reference, time, data, traceparent)"
    with psycopg.connect(url) as slow:
        # A replica that has numbered its event and is not committed yet.
        slow.execute("SELECT pg_advisory_xact_lock(%s, %s)", EVENTS_LOCK)
        slow.execute(f"INSERT INTO events {columns} VALUES ('late', 'test.made', 'first', 'crm', '', 0, '{{}}', '')")
        later = asyncio.create_task(_append(one, "second"))
        await asyncio.wait([later], timeout=0.3)
        assert await one.events.list(owner="crm") == []
        slow.commit()
    await later
    assert [stored.event.subject for stored in await one.events.list(owner="crm")] == ["first", "second"]


async def test_a_subscriber_sees_every_event_of_both_replicas_once_in_the_order_of_their_numbers(
    replicas: tuple[Core, Core],
) -> None:
    one, other = replicas
    writes = [_append(core, f"{name}-{number}") for number in range(100) for name, core in (("a", one), ("b", other))]
    seen: list[int] = []
    async with contextlib.aclosing(one.events.stream(owner="crm", after="")) as stream:
        written = asyncio.gather(*writes)
        while len(seen) < len(writes):
            seen.append(int((await asyncio.wait_for(anext(stream), 60)).cursor))
        await written
    assert seen == sorted(set(seen))


async def test_a_replica_s_commit_wakes_the_other_s_subscriber(replicas: tuple[Core, Core]) -> None:
    one, other = replicas
    await one.database.hears_others()  # type: ignore[attr-defined]
    async with contextlib.aclosing(one.events.stream(owner="crm", after="")) as stream:
        coming = asyncio.ensure_future(anext(stream))
        await _append(one, "own")
        assert (await asyncio.wait_for(coming, 30)).event.subject == "own"
        coming = asyncio.ensure_future(anext(stream))
        await _append(other, "other")  # the clock stands still, so no poll finds it
        assert (await asyncio.wait_for(coming, 30)).event.subject == "other"


async def test_every_job_runs_once_whichever_replica_takes_it(replicas: tuple[Core, Core]) -> None:
    ran: list[str] = []

    async def handle(job: Job, lease: Lease) -> Next:
        ran.append(job.payload["number"])
        await asyncio.sleep(0)
        return Done()

    for core in replicas:
        core.outbox.register(JobKind(name="test.do", handler=handle))
    jobs = [NewJob(kind="test.do", payload={"number": str(number)}) for number in range(60)]
    one = replicas[0]
    await one.database.write(lambda conn: [one.outbox.enqueue(conn, job) for job in jobs], label="test")
    counts = await asyncio.gather(*(core.outbox.run_due() for core in replicas))
    assert sorted(ran, key=int) == [str(number) for number in range(60)]
    assert sum(counts) == 60


async def test_a_schedule_fires_once_over_both_replicas(replicas: tuple[Core, Core]) -> None:
    slots: list[str] = []

    async def handle(job: Job, lease: Lease) -> Next:
        slots.append(job.payload["slot"])
        return Done()

    for core in replicas:
        core.outbox.register(JobKind(name="test.daily", handler=handle))
        core.outbox.schedule(Schedule(name="test.daily", every=timedelta(days=1), kind="test.daily"))
    for _ in range(4):
        await asyncio.gather(*(core.outbox.run_due() for core in replicas))
        replicas[0].clock.jump(timedelta(days=1).total_seconds())
    assert len(slots) == len(set(slots)) == 3


async def test_a_request_id_that_both_replicas_get_at_once_has_one_effect(replicas: tuple[Core, Core]) -> None:
    done: list[str] = []

    async def handle(job: Job, lease: Lease) -> Next:
        await lease.check()
        done.append(job.resource_id)
        return await lease.settle(lambda _: None)

    for core in replicas:
        core.outbox.register(JobKind(name="test.create", handler=handle))

    async def start(core: Core) -> str | None:
        try:
            started = await core.effects.start(
                core.call(),
                kind="test.create",
                resource="test.Thing",
                resource_id=core.ids.resource_id(),
                begin=lambda _conn, _claim: None,
            )
        except InProgressError:
            return None
        await core.effects.await_outcome(core.call(), started)
        return started.resource_id

    told = await asyncio.gather(*(start(core) for _ in range(40) for core in replicas))
    again = await asyncio.gather(*(start(core) for core in replicas))
    assert {*told, *again} - {None} == {done[0]}
    assert len(done) == 1
    assert again == [done[0], done[0]]


async def test_each_replica_keeps_a_chain_of_its_own(replicas: tuple[Core, Core], tmp_path: Path) -> None:
    await asyncio.gather(*(_append(core, "thing") for core in replicas for _ in range(5)))
    found = execute(tmp_path, "SELECT count(DISTINCT instance) FROM audit_records")
    assert found == [2]
