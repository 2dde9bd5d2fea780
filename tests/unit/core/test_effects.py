"""Effects: one request_id is one effect, whatever happens on the way."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from hub.core.call import Call
from hub.core.effects import Claim, Progress, Started
from hub.core.errors import AlreadyExistsError, ExhaustedError, InProgressError, LeaseLostError, UnavailableError
from hub.core.jobs import Again, Job, JobKind, Lease, Next
from hub.core.secrets import Secret
from hub.core.vendor_reference import DIGITS, ReferenceShape, VendorReferences
from tests.support.core_fixtures import Core, open_core, settled

KIND = "test.send"
RESOURCE = "test.Thing"


class Vendor:
    """The outside world: remembers what reached it."""

    def __init__(self) -> None:
        self.received: list[str] = []
        self.before_write: Callable[[], Awaitable[None]] | None = None
        self.after_write: Callable[[], Awaitable[None]] | None = None

    async def handle(self, job: Job, lease: Lease) -> Next:
        """Ask if it may have been sent, send otherwise, settle."""
        if lease.may_have_been_sent and job.resource_id in self.received:
            return await lease.settle(_set_state("found"))
        await lease.check()
        if self.before_write is not None:
            await self.before_write()
        self.received.append(job.resource_id)
        if self.after_write is not None:
            await self.after_write()
        return await lease.settle(_set_state("sent"))


def _set_state(state: str) -> Callable[[Connection], None]:
    def change(conn: Connection) -> None:
        conn.execute(text("update things set state = :state"), {"state": state})

    return change


def _insert(conn: Connection, claim: Claim) -> None:
    conn.execute(text("insert into things values (:id, 'pending')"), {"id": claim.resource_id})


async def _prepare(core: Core, vendor: Vendor) -> None:
    def create(conn: Connection) -> None:
        conn.execute(text("create table if not exists things (id text primary key, state text)"))

    await core.database.write(create, label="test")
    core.outbox.register(JobKind(name=KIND, handler=vendor.handle))


async def _start(core: Core, number: int = 1, **changes: object) -> Started:
    return await core.effects.start(
        core.call(number, **changes),
        kind=KIND,
        resource=RESOURCE,
        resource_id=core.ids.resource_id(),
        begin=_insert,
    )


async def _states(core: Core) -> list[str]:
    return await core.database.read(lambda conn: list(conn.scalars(text("select state from things"))))


async def _phases(core: Core) -> list[str]:
    records = await core.database.read(lambda conn: core.stores.audit.list(conn, business_reference="ДКП-1"))
    return [str(record.record.phase) for record in reversed(records)]


async def test_an_effect_writes_intent_then_calls_then_writes_the_outcome(core: Core) -> None:
    vendor = Vendor()
    await _prepare(core, vendor)
    started = await _start(core)
    awaited = await core.effects.await_outcome(core.call(), started)
    assert awaited.progress is Progress.SETTLED
    assert vendor.received == [started.resource_id]
    assert await _states(core) == ["sent"]
    assert await _phases(core) == ["intent", "outcome"]


async def test_a_thousand_concurrent_starts_with_one_request_id_are_one_effect(core: Core) -> None:
    vendor = Vendor()
    await _prepare(core, vendor)
    started = await asyncio.gather(*(_start(core) for _ in range(1000)))
    await core.effects.await_outcome(core.call(), started[0])
    assert len({one.resource_id for one in started}) == 1
    assert sum(not one.replayed for one in started) == 1
    assert vendor.received == [started[0].resource_id]


async def test_the_same_request_id_with_other_content_is_refused_and_changes_nothing(core: Core) -> None:
    vendor = Vendor()
    await _prepare(core, vendor)
    await core.effects.await_outcome(core.call(), await _start(core))
    with pytest.raises(AlreadyExistsError) as refused:
        await _start(core, fingerprint=b"other content")
    assert refused.value.reason == "REQUEST_ID_REUSED"
    assert len(vendor.received) == 1


async def test_only_the_run_at_birth_is_handed_what_was_just_written(core: Core) -> None:
    handed: list[object] = []

    async def handle(job: Job, lease: Lease) -> Next:
        handed.append(job.handed)
        return Again(delay=timedelta()) if len(handed) == 1 else await lease.settle(_set_state("sent"))

    await _prepare(core, Vendor())
    core.outbox.register(JobKind(name="test.twice", handler=handle))
    written = object()
    resource_id = core.ids.resource_id()
    await core.effects.start(
        core.call(), kind="test.twice", resource=RESOURCE, resource_id=resource_id, begin=_insert, handed=written
    )
    await core.outbox.run_due()
    assert handed == [written, None]


async def test_another_caller_may_use_the_same_request_id(core: Core) -> None:
    vendor = Vendor()
    await _prepare(core, vendor)
    mine, theirs = await _start(core), await _start(core, caller="shop", group="shop")
    assert mine.resource_id != theirs.resource_id
    assert not theirs.replayed


async def test_a_cancelled_caller_stops_neither_the_call_nor_the_outcome(core: Core) -> None:
    vendor, reached, go_on = Vendor(), asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        reached.set()
        await go_on.wait()

    vendor.before_write = hold
    await _prepare(core, vendor)
    call = core.call()

    async def rpc() -> None:
        await core.effects.await_outcome(call, await _start(core))

    caller = asyncio.create_task(rpc())
    await reached.wait()
    caller.cancel()
    await asyncio.gather(caller, return_exceptions=True)
    go_on.set()
    await core.outbox.run_due()
    assert await _states(core) == ["sent"]


async def test_a_caller_cancelled_while_the_intent_is_committed_still_has_the_job_run(core: Core) -> None:
    vendor = Vendor()
    await _prepare(core, vendor)
    caller = asyncio.create_task(_start(core))
    await asyncio.sleep(0)
    caller.cancel()
    await asyncio.gather(caller, return_exceptions=True)
    await core.database.write(lambda _: None, label="test")  # comes after the intent in the queue
    for _ in range(20):
        await asyncio.sleep(0)
    await core.outbox.run_due()
    assert await _states(core) == ["sent"]


async def test_waiting_ends_at_the_callers_deadline_and_the_work_goes_on(core: Core) -> None:
    vendor, go_on = Vendor(), asyncio.Event()
    vendor.before_write = lambda: _wait(go_on)
    await _prepare(core, vendor)
    started = await _start(core)
    waiting = asyncio.create_task(core.effects.await_outcome(core.call(), started))
    await asyncio.sleep(0)
    await core.clock.advance(11)
    assert (await waiting).progress is Progress.RUNNING
    go_on.set()
    await core.outbox.run_due()
    assert await _states(core) == ["sent"]


async def _wait(event: asyncio.Event) -> None:
    await event.wait()


async def test_work_that_could_not_be_sent_waits_and_tells_why(core: Core) -> None:
    closed = UnavailableError("the gateway is down; ask again", reason="UPSTREAM_UNAVAILABLE")

    async def handle(job: Job, lease: Lease) -> Next:
        await lease.check()
        return Again(reason="BREAKER_OPEN", nothing_sent=True, error=closed)

    vendor = Vendor()
    vendor.handle = handle  # type: ignore[method-assign]
    await _prepare(core, vendor)
    started = await _start(core)
    awaited = await core.effects.await_outcome(core.call(), started)
    assert awaited.progress is Progress.WAITING
    assert awaited.error is closed
    view = await core.database.read(lambda conn: core.outbox.view(conn, started.job_id))
    assert view is not None
    assert view.job.sent_at is None


async def test_a_replay_while_another_process_holds_the_job_is_told_to_come_back(tmp_path: Path) -> None:
    vendor, go_on = Vendor(), asyncio.Event()
    vendor.before_write = lambda: _wait(go_on)
    async with open_core(tmp_path) as first, open_core(tmp_path, clock=first.clock, seed=2) as second:
        await _prepare(first, vendor)
        await _prepare(second, vendor)
        await _start(first)
        with pytest.raises(InProgressError) as refused:
            await _start(second)
        assert refused.value.retry_after == timedelta(seconds=1)
        go_on.set()
        await first.outbox.run_due()
        assert (await _start(second)).replayed


@pytest.mark.parametrize("crash_before_write", [True, False])
async def test_a_crash_around_the_write_leaves_one_effect(tmp_path: Path, crash_before_write: bool) -> None:
    vendor, never = Vendor(), asyncio.Event()
    if crash_before_write:
        vendor.before_write = lambda: _wait(never)
    else:
        vendor.after_write = lambda: _wait(never)
    async with open_core(tmp_path) as first:
        await _prepare(first, vendor)
        started = await _start(first)
        async with open_core(tmp_path, clock=first.clock, seed=2) as second:
            await _reach(vendor, first, started, sent=not crash_before_write)
            vendor.before_write = vendor.after_write = None
            await _prepare(second, vendor)
            first.clock.jump(61)  # the first process hangs; its lease runs out
            assert await second.outbox.run_due() == 1
            assert await _states(second) == ["sent" if crash_before_write else "found"]
        await first.outbox.stop(grace_seconds=0)
    assert vendor.received == [started.resource_id]


async def _reach(vendor: Vendor, core: Core, started: Started, *, sent: bool) -> None:
    """Let the first process run until it hangs where the test wants it."""
    for _ in range(2000):
        view = await core.database.read(lambda conn: core.outbox.view(conn, started.job_id))
        if view is not None and view.job.sent_at is not None and bool(vendor.received) == sent:
            await settled(core)  # the row may be seen before the handler hears that it is written
            return
    raise AssertionError("the job did not get there")


async def test_a_zombie_that_wakes_after_its_lease_sends_and_settles_nothing(tmp_path: Path) -> None:
    lost: list[str] = []
    go_on = asyncio.Event()

    async def zombie(job: Job, lease: Lease) -> Next:
        await go_on.wait()
        for step in (lease.check(), lease.settle(_set_state("zombie"))):
            try:
                await step
            except LeaseLostError:
                lost.append(job.id)
        raise LeaseLostError("as noticed above")

    vendor = Vendor()
    async with open_core(tmp_path) as first, open_core(tmp_path, clock=first.clock, seed=2) as second:
        slow = Vendor()
        slow.handle = zombie  # type: ignore[method-assign]
        await _prepare(first, slow)
        await _prepare(second, vendor)
        started = await _start(first)
        first.clock.jump(61)
        assert await second.outbox.run_due() == 1
        go_on.set()
        await first.outbox.run_due()
        assert lost == [started.job_id] * 2
        assert await _states(second) == ["sent"]
    assert vendor.received == [started.resource_id]


async def test_a_begin_that_raises_undoes_the_claim_so_that_the_request_may_come_again(core: Core) -> None:
    vendor = Vendor()
    await _prepare(core, vendor)

    def refuse(conn: Connection, claim: Claim) -> None:
        raise AlreadyExistsError("no", reason="OTHER")

    with pytest.raises(AlreadyExistsError):
        await core.effects.start(core.call(), kind=KIND, resource=RESOURCE, resource_id="x", begin=refuse)
    assert not (await _start(core)).replayed


async def test_a_nearly_full_disk_refuses_new_work_and_lets_running_work_finish(core: Core) -> None:
    vendor, go_on = Vendor(), asyncio.Event()
    vendor.before_write = lambda: _wait(go_on)
    await _prepare(core, vendor)
    await _start(core, 1)
    core.disk.free_bytes = 1000
    core.clock.jump(1)
    with pytest.raises(ExhaustedError) as refused:
        await _start(core, 2)
    assert refused.value.reason == "DISK_SPACE_LOW"
    assert refused.value.retry_after is not None
    go_on.set()
    await core.outbox.run_due()
    assert await _states(core) == ["sent"]


async def test_a_nearly_full_disk_still_answers_what_was_asked_before_and_takes_new_work_when_there_is_room(
    core: Core,
) -> None:
    await _prepare(core, Vendor())
    await _start(core, 1)
    core.disk.free_bytes = 1000
    core.clock.jump(1)
    assert (await _start(core, 1)).replayed
    core.disk.free_bytes = 1 << 40
    core.clock.jump(1)
    assert not (await _start(core, 2)).replayed


async def test_a_recorded_change_is_made_once_and_audited(core: Core) -> None:
    await _prepare(core, Vendor())

    def change(conn: Connection, claim: Claim) -> str:
        _insert(conn, claim)
        return "made"

    first = await core.effects.record(core.call(), resource=RESOURCE, resource_id="a", change=change)
    again = await core.effects.record(core.call(), resource=RESOURCE, resource_id="b", change=change)
    assert (first.value, first.replayed) == ("made", False)
    assert (again.resource_id, again.replayed, again.value) == ("a", True, None)
    assert await _states(core) == ["pending"]
    assert await _phases(core) == ["outcome", "request"]


def test_references_of_releases_before_are_made_to_the_letter() -> None:
    references = VendorReferences(key=Secret(b"k" * 32))
    call = Call(caller="crm", group="crm", method="/pay", deadline=0, request_id="1")
    made = [references.make(call, shape=ReferenceShape(), attempt=attempt) for attempt in (1, 2)]
    made.append(references.make(call, shape=ReferenceShape(length=11, alphabet=DIGITS)))
    assert made == ["RDLBSF5IHMUWEJFUX4QXAEVHW5ULRZ73", "6BYE3ZDFNFGTJKXUH47WJCAMTWEAHUMF", "50175742908"]


async def test_a_reference_is_the_same_for_the_same_request_and_fits_the_vendor(core: Core) -> None:
    shape = ReferenceShape(length=12, alphabet=DIGITS)
    one = core.effects.reference(core.call(1), shape=shape)
    assert one == core.effects.reference(core.call(1), shape=shape)
    assert one.isdigit()
    assert len(one) == 12
    others = {
        core.effects.reference(core.call(2), shape=shape),
        core.effects.reference(core.call(1, caller="shop"), shape=shape),
        core.effects.reference(core.call(1), shape=shape, attempt=2),
    }
    assert one not in others
    assert len(others) == 3
