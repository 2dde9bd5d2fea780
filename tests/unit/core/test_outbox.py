"""The outbox: leases, retries, dead letters, schedules, drain."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from hub.core.database import OUTBOX_TOPIC
from hub.core.errors import LeaseLostError, UnavailableError
from hub.core.jobs import Again, Dead, Done, Job, JobKind, JobState, Lease, NewJob, Next
from hub.core.outbox_store import FAR_AHEAD, JobView
from tests.support.core_fixtures import Core, open_core, settled


async def _enqueue(core: Core, job: NewJob) -> str | None:
    return await core.database.write(lambda conn: core.outbox.enqueue(conn, job), label="test")


async def _view(core: Core, job_id: str | None) -> JobView:
    view = await core.database.read(lambda conn: core.outbox.view(conn, job_id or ""))
    assert view is not None
    return view


async def test_a_job_runs_once_and_is_done(core: Core) -> None:
    ran: list[str] = []

    async def handle(job: Job, lease: Lease) -> Next:
        ran.append(job.payload["thing"])
        return Done()

    core.outbox.register(JobKind(name="test.do", handler=handle))
    job_id = await _enqueue(core, NewJob(kind="test.do", payload={"thing": "a"}))
    assert await core.outbox.run_due() == 1
    assert await core.outbox.run_due() == 0
    assert ran == ["a"]
    assert (await _view(core, job_id)).state is JobState.DONE


async def test_operators_see_how_runs_end(core: Core) -> None:
    ends: list[Next] = [Again(delay=timedelta(0)), Dead(reason="NO"), Done()]

    async def handle(job: Job, lease: Lease) -> Next:
        return ends.pop(0)

    core.outbox.register(JobKind(name="test.do", handler=handle))
    for _ in range(2):
        await _enqueue(core, NewJob(kind="test.do"))
    await core.outbox.run_due()
    for ending in ("again", "dead", "done"):
        assert core.registry.get_sample_value("landhub_job_runs_total", {"kind": "test.do", "ending": ending}) == 1
    assert (core.registry.get_sample_value("landhub_commit_transactions_count") or 0) > 5


async def test_jobs_run_by_priority_then_by_time(core: Core) -> None:
    ran: list[str] = []

    async def handle(job: Job, lease: Lease) -> Next:
        ran.append(job.payload["thing"])
        return Done()

    core.outbox.register(JobKind(name="test.do", handler=handle))
    for thing, priority in (("late", 200), ("first", 1), ("usual", 100)):
        await _enqueue(core, NewJob(kind="test.do", payload={"thing": thing}, priority=priority))
    await core.outbox.run_due()
    assert ran == ["first", "usual", "late"]


async def test_a_second_job_with_the_same_unique_key_is_not_written_even_after_the_first_is_done(core: Core) -> None:
    async def handle(job: Job, lease: Lease) -> Next:
        return Done()

    core.outbox.register(JobKind(name="test.do", handler=handle))
    assert await _enqueue(core, NewJob(kind="test.do", unique_key="k")) is not None
    await core.outbox.run_due()
    assert await _enqueue(core, NewJob(kind="test.do", unique_key="k")) is None


async def test_a_failing_job_backs_off_and_ends_as_a_dead_letter_that_its_kind_is_told_of(core: Core) -> None:
    told: list[str] = []

    async def handle(job: Job, lease: Lease) -> Next:
        raise RuntimeError("bug")

    kind = JobKind(
        name="test.do", handler=handle, max_failures=3, on_dead=lambda conn, job, reason: told.append(reason)
    )
    core.outbox.register(kind)
    job_id = await _enqueue(core, NewJob(kind="test.do"))
    assert await core.outbox.run_due() == 1
    assert await core.outbox.run_due() == 0  # it backs off
    for _ in range(2):
        core.clock.jump(3600)
        await core.outbox.run_due()
    view = await _view(core, job_id)
    assert (view.state, view.job.attempt, view.reason) == (JobState.DEAD, 3, "INTERNAL")
    assert told == ["INTERNAL"]


async def test_a_vendor_that_is_down_for_days_never_makes_a_dead_letter(core: Core) -> None:
    async def handle(job: Job, lease: Lease) -> Next:
        raise UnavailableError("down; ask again")

    core.outbox.register(JobKind(name="test.do", handler=handle, max_failures=3))
    job_id = await _enqueue(core, NewJob(kind="test.do"))
    for _ in range(50):
        core.clock.jump(3600)
        assert await core.outbox.run_due() == 1
    assert (await _view(core, job_id)).state is JobState.READY


async def test_polling_is_no_setback(core: Core) -> None:
    async def handle(job: Job, lease: Lease) -> Next:
        return Again(delay=timedelta(minutes=5), reason="STILL_IN_REVIEW")

    core.outbox.register(JobKind(name="test.poll", handler=handle))
    job_id = await _enqueue(core, NewJob(kind="test.poll"))
    await core.outbox.run_due()
    view = await _view(core, job_id)
    assert view.job.setbacks == 0
    assert view.run_at == core.clock.now() + timedelta(minutes=5)


async def test_a_job_that_kills_its_process_again_and_again_becomes_a_dead_letter(tmp_path: Path) -> None:
    never = asyncio.Event()

    async def hang(job: Job, lease: Lease) -> Next:
        await never.wait()
        return Done()

    async with open_core(tmp_path) as core:
        core.outbox.register(JobKind(name="test.do", handler=hang, max_failures=2))
        job_id = await _enqueue(core, NewJob(kind="test.do"))
        for seed in (2, 3, 4):
            async with open_core(tmp_path, clock=core.clock, seed=seed, audited=False) as victim:
                victim.outbox.register(JobKind(name="test.do", handler=hang, max_failures=2))
                running = asyncio.create_task(victim.outbox.run_due())
                await settled(victim)
                running.cancel()
                core.clock.jump(61)
        assert (await _view(core, job_id)).state is JobState.DEAD


async def test_a_handler_that_gives_up_makes_a_dead_letter_which_an_operator_can_revive(core: Core) -> None:
    answers: list[Next] = [Dead(reason="NO_SUCH_ACCOUNT"), Done()]

    async def handle(job: Job, lease: Lease) -> Next:
        return answers.pop(0)

    core.outbox.register(JobKind(name="test.do", handler=handle))
    job_id = await _enqueue(core, NewJob(kind="test.do")) or ""
    await core.outbox.run_due()
    stuck = await core.database.read(lambda conn: core.stores.outbox.stuck(conn, limit=10))
    assert [(view.job.id, view.reason) for view in stuck] == [(job_id, "NO_SUCH_ACCOUNT")]
    now = core.clock.now()
    assert await core.database.write(lambda conn: core.stores.outbox.revive(conn, job_id, now=now), label="test")
    assert await core.outbox.run_due() == 1
    assert (await _view(core, job_id)).state is JobState.DONE


async def test_the_mark_of_an_earlier_send_is_not_taken_back_by_an_attempt_that_sent_nothing(core: Core) -> None:
    async def handle(job: Job, lease: Lease) -> Next:
        if job.attempt == 1:
            await lease.check()
            raise UnavailableError("the answer was lost")
        assert lease.may_have_been_sent
        return Again(delay=timedelta(0), nothing_sent=True) if job.attempt == 2 else Done()

    core.outbox.register(JobKind(name="test.do", handler=handle))
    job_id = await _enqueue(core, NewJob(kind="test.do"))
    await core.outbox.run_due()
    core.clock.jump(60)
    assert await core.outbox.run_due() == 2
    assert (await _view(core, job_id)).job.sent_at is not None


async def test_the_started_worker_takes_a_new_job_at_once_and_a_later_one_at_its_time(core: Core) -> None:
    ran: list[str] = []

    async def handle(job: Job, lease: Lease) -> Next:
        ran.append(job.payload["thing"])
        return Done()

    core.outbox.register(JobKind(name="test.do", handler=handle))
    await core.outbox.start()
    later = core.clock.now() + timedelta(minutes=3)
    await _enqueue(core, NewJob(kind="test.do", payload={"thing": "later"}, run_at=later))
    await _enqueue(core, NewJob(kind="test.do", payload={"thing": "now"}))
    await settled(core)
    assert ran == ["now"]
    for _ in range(20):
        await core.clock.advance(10)
        await settled(core)
    assert ran == ["now", "later"]
    await core.outbox.stop(grace_seconds=1)


async def test_a_job_that_is_due_much_later_wakes_nobody_and_runs_at_its_time(core: Core) -> None:
    woken: list[datetime] = []
    has_run = asyncio.Event()

    async def handle(job: Job, lease: Lease) -> Next:
        has_run.set()
        return Done()

    core.outbox.register(JobKind(name="test.do", handler=handle))
    await core.outbox.start()
    await settled(core)
    core.database.listen(OUTBOX_TOPIC, lambda: woken.append(core.clock.now()))
    await _enqueue(core, NewJob(kind="test.do", run_at=core.clock.now() + FAR_AHEAD))
    await settled(core)
    assert not woken
    for _ in range(int(FAR_AHEAD.total_seconds())):
        assert not has_run.is_set()
        await core.clock.advance(1)
        await settled(core)
    async with asyncio.timeout(30):  # a database server answers when it likes
        await has_run.wait()
    await core.outbox.stop(grace_seconds=1)


async def test_the_started_worker_runs_no_more_of_a_kind_than_its_concurrency(core: Core) -> None:
    running, most, go_on = 0, 0, asyncio.Event()

    async def handle(job: Job, lease: Lease) -> Next:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await go_on.wait()
        running -= 1
        return Done()

    core.outbox.register(JobKind(name="test.do", handler=handle, concurrency=3))
    for _ in range(10):
        await _enqueue(core, NewJob(kind="test.do"))
    await core.outbox.start()
    await settled(core)
    assert running == 3
    go_on.set()
    await settled(core)
    assert most == 3
    counts = await core.database.read(lambda conn: core.stores.outbox.next_due(conn, ["test.do"]))
    assert counts is None
    await core.outbox.stop(grace_seconds=1)


async def test_a_long_handler_keeps_its_lease_while_it_runs(tmp_path: Path) -> None:
    go_on, ran = asyncio.Event(), 0

    async def handle(job: Job, lease: Lease) -> Next:
        nonlocal ran
        ran += 1
        await go_on.wait()
        return Done()

    async with open_core(tmp_path) as first, open_core(tmp_path, clock=first.clock, seed=2) as second:
        for core in (first, second):
            core.outbox.register(JobKind(name="test.do", handler=handle))
        await _enqueue(first, NewJob(kind="test.do"))
        await first.outbox.start()
        await settled(first)
        for _ in range(12):
            await first.clock.advance(10)
            await settled(first)
        assert await second.outbox.run_due() == 0
        go_on.set()
        await first.outbox.stop(grace_seconds=5)
    assert ran == 1


async def test_a_handler_that_hangs_is_cancelled_after_its_longest_run(core: Core) -> None:
    async def hang(job: Job, lease: Lease) -> Next:
        await asyncio.Event().wait()
        return Done()

    core.outbox.register(JobKind(name="test.do", handler=hang, max_run=timedelta(seconds=25), max_failures=1))
    job_id = await _enqueue(core, NewJob(kind="test.do"))
    await core.outbox.start()
    await settled(core)
    for _ in range(4):
        await core.clock.advance(10)
        await settled(core)
    view = await _view(core, job_id)
    assert (view.state, view.reason) == (JobState.DEAD, "RAN_TOO_LONG")
    await core.outbox.stop(grace_seconds=1)


async def test_stopping_waits_for_what_runs_and_gives_back_what_it_has_to_cut_short(tmp_path: Path) -> None:
    go_on = asyncio.Event()

    async def handle(job: Job, lease: Lease) -> Next:
        if job.payload["thing"] == "slow":
            await asyncio.Event().wait()
        await go_on.wait()
        return Done()

    async with open_core(tmp_path) as core:
        core.outbox.register(JobKind(name="test.do", handler=handle))
        ids = [await _enqueue(core, NewJob(kind="test.do", payload={"thing": thing})) for thing in ("quick", "slow")]
        await core.outbox.start()
        await settled(core)
        stopping = asyncio.create_task(core.outbox.stop(grace_seconds=5))
        await settled(core)
        go_on.set()
        await settled(core)
        await core.clock.advance(6)
        await stopping
        states = [(await _view(core, job_id)).state for job_id in ids]
        assert states == [JobState.DONE, JobState.READY]


async def test_a_server_that_is_alone_takes_a_dead_process_s_leases_at_once(tmp_path: Path) -> None:
    ran: list[int] = []

    async def handle(job: Job, lease: Lease) -> Next:
        ran.append(lease.fence)
        return Done()

    async with open_core(tmp_path) as dead, open_core(tmp_path, clock=dead.clock, seed=2) as alive:
        for core in (dead, alive):
            core.outbox.register(JobKind(name="test.do", handler=handle))
        job = NewJob(kind="test.do")
        await dead.database.write(lambda conn: dead.outbox.enqueue_leased(conn, "a-job", job), label="test")
        assert await alive.outbox.run_due() == 0
        await alive.outbox.start(alone=True)
        await settled(alive)
        assert ran == [2]
        await alive.outbox.stop(grace_seconds=1)


async def test_a_kind_is_registered_once_and_not_with_a_lease_too_short_to_renew(core: Core) -> None:
    async def handle(job: Job, lease: Lease) -> Next:
        return Done()

    core.outbox.register(JobKind(name="test.do", handler=handle))
    with pytest.raises(ValueError, match="twice"):
        core.outbox.register(JobKind(name="test.do", handler=handle))
    with pytest.raises(ValueError, match="renewed"):
        core.outbox.register(JobKind(name="test.other", handler=handle, lease=timedelta(seconds=5)))


@pytest.mark.parametrize("same_process", [True, False])
async def test_a_worker_whose_job_another_one_is_working_on_sends_and_settles_nothing(
    tmp_path: Path, same_process: bool
) -> None:
    wake, never, lost, changed = asyncio.Event(), asyncio.Event(), [], []

    async def handle(job: Job, lease: Lease) -> Next:
        if lease.fence > 1:
            await never.wait()
        await wake.wait()
        for step in (lease.check, lambda: lease.settle(lambda _: changed.append("zombie"))):
            try:
                await step()
            except LeaseLostError:
                lost.append(lease.fence)
        raise LeaseLostError("as noticed above")

    async with open_core(tmp_path) as first, open_core(tmp_path, clock=first.clock, seed=2) as second:
        for core in (first, second):
            core.outbox.register(JobKind(name="test.do", handler=handle))
        await _enqueue(first, NewJob(kind="test.do"))
        zombie = asyncio.create_task(first.outbox.run_due())
        await settled(first)
        first.clock.jump(61)
        # The same process can be its own rival: it claims what its sleeping worker lost.
        rival = first if same_process else second
        claimed = await rival.database.write(
            lambda conn: rival.stores.outbox.claim(
                conn,
                leases={"test.do": timedelta(seconds=60)},
                limit=1,
                holder=rival.outbox.holder,
                now=rival.clock.now(),
            ),
            label="test",
        )
        assert [job.fence for job in claimed] == [2]
        wake.set()
        await zombie
    assert lost == [1, 1]
    assert changed == []


async def test_a_worker_that_slept_past_its_lease_sends_nothing_even_if_nobody_took_the_job(core: Core) -> None:
    sent: list[str] = []

    async def handle(job: Job, lease: Lease) -> Next:
        core.clock.jump(61 if job.attempt == 1 else 0)
        await lease.check()
        sent.append(job.id)
        return Done()

    core.outbox.register(JobKind(name="test.do", handler=handle))
    job_id = await _enqueue(core, NewJob(kind="test.do"))
    assert await core.outbox.run_due() == 2
    assert sent == [job_id]
    assert (await _view(core, job_id)).job.attempt == 2
