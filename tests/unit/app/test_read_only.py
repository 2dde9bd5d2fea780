"""A module that is read-only sends nothing, and loses nothing."""

from sqlalchemy import Connection

from hub.app.read_only import ASK_AGAIN, gated
from hub.core.effects import Claim
from hub.core.jobs import Done, Job, JobKind, Lease, Next
from tests.support.core_fixtures import Core, core, settled

__all__ = ["core"]


class Vendor:
    def __init__(self) -> None:
        self.sent = 0

    async def handle(self, job: Job, lease: Lease) -> Next:
        await lease.check()
        self.sent += 1
        return await lease.settle(lambda _: None)


async def start(core: Core) -> str:
    def begin(conn: Connection, claim: Claim) -> None:
        del conn, claim

    started = await core.effects.start(core.call(), kind="test.send", resource="t.T", resource_id="1", begin=begin)
    return started.job_id


async def test_nothing_is_sent_until_the_mode_allows_it_and_then_once(core: Core) -> None:
    vendor, may_send = Vendor(), [False]
    core.outbox.register(gated(JobKind(name="test.send", handler=vendor.handle), may_send=lambda: may_send[0]))
    await start(core)
    await settled(core)
    assert vendor.sent == 0
    for _ in range(30):  # far more often than the kind's failures would allow
        await core.clock.advance(ASK_AGAIN.total_seconds())
        await core.outbox.run_due()
    assert vendor.sent == 0
    may_send[0] = True
    await core.clock.advance(ASK_AGAIN.total_seconds())
    await core.outbox.run_due()
    assert vendor.sent == 1


async def test_a_job_that_sends_nothing_runs_in_a_read_only_module(core: Core) -> None:
    ran: list[str] = []

    async def read(job: Job, lease: Lease) -> Next:
        ran.append(job.id)
        assert (lease.attempt, lease.may_have_been_sent, lease.sent_at) == (1, False, None)
        assert lease.fence == job.fence
        return Done()

    core.outbox.register(gated(JobKind(name="test.send", handler=read), may_send=lambda: False))
    job_id = await start(core)
    await settled(core)
    assert ran == [job_id]
