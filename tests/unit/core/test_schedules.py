"""Schedules: a slot fires once, over replicas and after a long sleep."""

from datetime import timedelta
from pathlib import Path

import pytest

from hub.core.jobs import Done, Job, JobKind, Lease, Next
from hub.core.outbox import Schedule
from tests.support.core_fixtures import Core, open_core


def _daily(*, catch_up: bool = False) -> Schedule:
    return Schedule(name="test.daily", every=timedelta(days=1), kind="test.do", catch_up=catch_up)


@pytest.mark.parametrize(("catch_up", "runs"), [(False, 1), (True, 7)])
async def test_after_a_week_asleep_a_schedule_fires_once_unless_it_catches_up(
    core: Core, catch_up: bool, runs: int
) -> None:
    slots: list[str] = []

    async def handle(job: Job, lease: Lease) -> Next:
        slots.append(job.payload["slot"])
        return Done()

    core.outbox.register(JobKind(name="test.do", handler=handle))
    core.outbox.schedule(_daily(catch_up=catch_up))
    assert await core.outbox.run_due() == 0  # a new schedule waits for its first slot
    core.clock.jump(7 * 86400)
    assert await core.outbox.run_due() == runs
    assert slots == sorted(set(slots))
    assert slots[-1] == "2026-01-08T00:00:00+00:00"


async def test_two_replicas_fire_a_slot_once(tmp_path: Path) -> None:
    fired: list[str] = []

    async def handle(job: Job, lease: Lease) -> Next:
        fired.append(job.payload["slot"])
        return Done()

    async with open_core(tmp_path) as first, open_core(tmp_path, clock=first.clock, seed=2) as second:
        for core in (first, second):
            core.outbox.register(JobKind(name="test.do", handler=handle))
            core.outbox.schedule(_daily())
            await core.outbox.run_due()
        first.clock.jump(86400)
        for core in (first, second):
            await core.outbox.run_due()
    assert fired == ["2026-01-02T00:00:00+00:00"]
