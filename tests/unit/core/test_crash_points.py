"""A crash at any step of an effect leaves one effect, a final resource and a whole audit."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy import Connection, text

from hub.core.audit_verify import verify
from hub.core.checkpoint_file import CheckpointFile
from hub.core.clock import FakeClock
from hub.core.database import Database
from hub.core.effects import Claim, Progress
from hub.core.jobs import Job, JobKind, Lease, Next
from tests.support.core_fixtures import Core, open_core, public_key, settled

T = TypeVar("T")


class CrashError(Exception):
    """The process is gone: nothing it does from here on has any effect."""


class CrashingDatabase(Database):
    """Lets a process live until its n-th transaction, which is lost or committed with nobody left to hear of it."""

    def __init__(self, inner: Database, *, crash_at: int, committed: bool) -> None:
        self._inner = inner
        self._left = crash_at
        self._committed = committed
        self.crashed = False

    async def write(self, fn: Callable[[Connection], T], *, label: str) -> T:
        self._left -= 1
        if self._left == 0 and self._committed:
            await self._inner.write(fn, label=label)
        self.crashed = self.crashed or self._left <= 0
        if self.crashed:
            raise CrashError
        return await self._inner.write(fn, label=label)

    async def read(self, fn: Callable[[Connection], T]) -> T:
        if self.crashed:
            raise CrashError
        return await self._inner.read(fn)

    def now(self, conn: Connection) -> datetime:
        return self._inner.now(conn)

    def listen(self, topic: str, callback: Callable[[], None]) -> Callable[[], None]:
        return self._inner.listen(topic, callback)

    async def close(self) -> None:
        await self._inner.close()


class Vendor:
    """An order once received can be found; nothing is received twice unless we send it twice."""

    def __init__(self) -> None:
        self.received: list[str] = []

    def handler(self, alive: Callable[[], bool]) -> Callable[[Job, Lease], object]:
        async def handle(job: Job, lease: Lease) -> Next:
            if not (lease.may_have_been_sent and job.resource_id in self.received):
                await lease.check()
                if alive():
                    self.received.append(job.resource_id)
            return await lease.settle(_final)

        return handle


def _final(conn: Connection) -> None:
    conn.execute(text("update things set state = 'final'"))


async def _prepare(core: Core, vendor: Vendor, alive: Callable[[], bool]) -> None:
    def create(conn: Connection) -> None:
        conn.execute(text("create table if not exists things (id text primary key, state text)"))

    if alive():
        await core.database.write(create, label="test")
    core.outbox.register(JobKind(name="test.send", handler=vendor.handler(alive)))  # type: ignore[arg-type]


async def _create(core: Core) -> Progress:
    def begin(conn: Connection, claim: Claim) -> None:
        conn.execute(text("insert into things values (:id, 'pending')"), {"id": claim.resource_id})

    call = core.call()
    started = await core.effects.start(
        call, kind="test.send", resource="test.Thing", resource_id=core.ids.resource_id(), begin=begin
    )
    return (await core.effects.await_outcome(call, started)).progress


STEPS = {1: "claim", 2: "check", 3: "settle"}


@pytest.mark.parametrize("committed", [False, True], ids=["lost", "committed"])
@pytest.mark.parametrize("step", STEPS, ids=STEPS.values())
async def test_a_crash_at_any_transaction_leaves_one_effect(tmp_path: Path, step: int, committed: bool) -> None:
    vendor, clock, crashing = Vendor(), FakeClock(), list[CrashingDatabase]()

    def wrap(inner: Database) -> Database:
        # Before the effect come the audit's begin and checkpoint and the table of the test.
        crashing.append(CrashingDatabase(inner, crash_at=3 + step, committed=committed))
        return crashing[0]

    async def live() -> None:
        async with open_core(tmp_path, clock=clock, wrap=wrap) as first:
            await _prepare(first, vendor, lambda: not crashing[0].crashed)
            await _create(first)

    with pytest.raises(CrashError):
        await live()
    assert crashing[0].crashed
    await crashing[0].close()
    clock.jump(61)
    async with open_core(tmp_path, clock=clock, seed=2) as second:
        await _prepare(second, vendor, lambda: True)
        await second.outbox.run_due()
        await _create(second)  # the caller asks again
        await settled(second)
        await _assert_one_final_effect(second, vendor)


async def _assert_one_final_effect(core: Core, vendor: Vendor) -> None:
    await core.audit.close()

    def look(conn: Connection) -> tuple[list[str], list[str], object]:
        states = list(conn.scalars(text("select state from things")))
        phases = list(
            conn.scalars(text("select phase from audit_records where business_reference <> '' order by time"))
        )
        file = CheckpointFile(core.folder / "audit" / "checkpoints.jsonl")
        report = verify(conn, store=core.stores.audit, file=file, public_keys=[public_key()])
        return states, phases, report.findings

    states, phases, findings = await core.database.read(look)
    assert len(vendor.received) == 1
    assert states == ["final"]
    assert phases.count("intent") == 1
    assert phases.count("outcome") == 1
    assert findings == ()


async def test_two_processes_that_are_asked_at_once_make_one_effect(tmp_path: Path) -> None:
    vendor, clock = Vendor(), FakeClock()
    async with open_core(tmp_path, clock=clock) as first, open_core(tmp_path, clock=clock, seed=2) as second:
        for core in (first, second):
            await _prepare(core, vendor, lambda: True)
        await asyncio.gather(*(_create(core) for core in (first, second) * 20), return_exceptions=True)
        assert await _create(second) is Progress.SETTLED
    assert len(vendor.received) == 1
