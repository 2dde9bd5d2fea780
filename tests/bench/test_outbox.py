"""How much durable work the outbox gets done."""

import asyncio
import time
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import Connection

from hub.core.clock import FakeClock, SystemClock
from hub.core.jobs import Done, Job, JobKind, Lease, NewJob, Next
from tests.bench.rig.figures import Figures
from tests.support.core_fixtures import Core, open_core

pytestmark = pytest.mark.bench

_RUNS = 5
_JOBS = 2000
_KIND = "bench.nothing"


async def test_jobs_that_do_nothing_are_claimed_and_ended_durably(tmp_path: Path, figures: Figures) -> None:
    clock = cast("FakeClock", SystemClock())  # the fixture's clock is set by hand; this one runs
    async with open_core(tmp_path, clock=clock) as core:
        counted = _Counted()
        core.outbox.register(JobKind(name=_KIND, handler=counted.run, lease=timedelta(seconds=60), concurrency=64))
        await core.outbox.start()
        runs = [await _jobs_per_second(core, counted) for _ in range(_RUNS)]
        await core.outbox.stop(grace_seconds=5)

    figures.add("outbox_jobs_per_s", runs, baseline=f"{_JOBS} jobs that do nothing, 64 at a time")


class _Counted:
    """A handler that counts, and says when it has been called so often."""

    def __init__(self) -> None:
        self._left = 0
        self._done = asyncio.Event()

    async def run(self, job: Job, lease: Lease) -> Next:
        self._left -= 1
        if self._left == 0:
            self._done.set()
        return Done()

    def expect(self, count: int) -> asyncio.Event:
        self._left, self._done = count, asyncio.Event()
        return self._done


async def _jobs_per_second(core: Core, counted: _Counted) -> float:
    done = counted.expect(_JOBS)

    def enqueue(conn: Connection) -> None:
        for _ in range(_JOBS):
            core.outbox.enqueue(conn, NewJob(kind=_KIND))

    await core.database.write(enqueue, label="bench")
    began = time.perf_counter()
    await asyncio.wait_for(done.wait(), timeout=60)
    return _JOBS / (time.perf_counter() - began)
