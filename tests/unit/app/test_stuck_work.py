"""What does not go on is listed with its cause and remedy, and settled once a person has found out."""

from datetime import timedelta
from typing import Any

import pytest

from hub.app.outbox_administration import OutboxAdministration
from hub.app.stuck_work import StuckWork
from hub.core.call import Call
from hub.core.errors import NotFoundError, PreconditionError
from hub.core.jobs import Again, Dead, Job, JobKind, JobState, Lease, NewJob, Next
from hub.module_api import Resolution, StuckResource
from tests.support.administration import Hosted, admin_records
from tests.support.core_fixtures import Core, core

__all__ = ["core"]

JOB = NewJob(kind="things.send", resource="things.Thing", resource_id="7", business_reference="ДКП-1")


def stuck_work(core: Core, hosted: Hosted) -> StuckWork:
    return StuckWork(hosted=hosted.hosted.values, database=core.database, outbox=core.stores.outbox, audit=core.audit)


async def run(core: Core, end: Next, *, job: NewJob = JOB, times: int = 1) -> None:
    """Let a job end like this, several times."""

    async def handler(_job: Job, _lease: Lease) -> Next:
        return end

    core.outbox.register(JobKind(name=job.kind, handler=handler))
    await core.database.write(lambda conn: core.outbox.enqueue(conn, job), label="test")
    for _ in range(times):
        await core.outbox.run_due()
        await core.clock.advance(3600)


async def test_unknown_outcomes_and_dead_letters_wait_in_one_list_by_age(core: Core) -> None:
    await run(core, Dead("NO_SUCH_THING"))
    old = core.clock.now() - timedelta(days=1)

    async def stuck(limit: int) -> list[StuckResource]:
        return [StuckResource(resource="things.Thing/6", kind="things.send", since=old)]

    waiting = await stuck_work(core, Hosted(stuck=stuck)).waiting(after="", limit=10)
    assert [(line.resource, line.cause, line.last_error) for line in waiting] == [
        ("things.Thing/6", "OUTCOME_UNKNOWN", ""),
        ("things.Thing/7", "DEAD_LETTER", "NO_SUCH_THING"),
    ]
    assert "hub outbox retry" in waiting[1].remedy
    assert waiting[1].job_id
    rest = await stuck_work(core, Hosted(stuck=stuck)).waiting(after=waiting[0].place, limit=10)
    assert [line.resource for line in rest] == ["things.Thing/7"]


async def test_a_job_that_is_set_back_again_and_again_is_listed_with_what_to_do(core: Core) -> None:
    await run(core, Again(reason="UPSTREAM_CREDENTIALS_REFUSED"), times=2)
    work = stuck_work(core, Hosted())
    assert await work.waiting(after="", limit=10) == [], "twice is an ordinary day"
    await core.outbox.run_due()
    [line] = await work.waiting(after="", limit=10)
    assert (line.cause, line.last_error) == ("SETBACKS", "UPSTREAM_CREDENTIALS_REFUSED")
    assert "Renew" in line.remedy
    assert line.next_attempt


async def test_what_waits_for_something_a_person_does_is_listed_from_the_first_time_on(core: Core) -> None:
    await run(core, Again(delay=timedelta(hours=9), reason="PIN_REQUIRED"))
    [line] = await stuck_work(core, Hosted(remedies={"PIN_REQUIRED": "Unlock it."})).waiting(after="", limit=10)
    assert (line.cause, line.remedy) == ("WAITING", "Unlock it.")


async def test_an_outcome_the_hub_still_asks_for_is_told_apart_from_one_that_waits_for_a_person(core: Core) -> None:
    await run(core, Again(delay=timedelta(hours=9), reason="NOT_VISIBLE_YET"))
    await run(core, Dead("REFERENCE_TAKEN"), job=NewJob(kind="things.other", resource="things.Thing", resource_id="8"))

    async def stuck(limit: int) -> list[StuckResource]:
        since = core.clock.now()
        ids = ("7", "8")
        return [StuckResource(resource=f"things.Thing/{i}", kind="x", since=since, remedy="Ask them.") for i in ids]

    asked, left = await stuck_work(core, Hosted(stuck=stuck)).waiting(after="", limit=10)
    assert (asked.cause, asked.last_error) == ("OUTCOME_UNKNOWN", "NOT_VISIBLE_YET")
    assert asked.next_attempt
    assert "by itself" in asked.remedy
    assert (left.cause, left.last_error, left.remedy) == ("OUTCOME_UNKNOWN", "REFERENCE_TAKEN", "Ask them.")
    assert left.next_attempt is None


async def test_a_module_that_is_not_ready_is_listed_with_its_reason(core: Core) -> None:
    hosted = Hosted()
    hosted.module.not_ready_since = core.clock.now()
    hosted.module.reason = "no agent can be reached"
    [line] = await stuck_work(core, hosted).waiting(after="", limit=10)
    assert (line.resource, line.cause) == ("hub.Module/things", "MODULE_NOT_READY")
    assert line.last_error == "no agent can be reached"


async def test_an_outcome_is_settled_by_its_own_module_and_audited_first(core: Core) -> None:
    async def resolve(call: Call, resolution: Resolution) -> str:
        assert len(await admin_records(core)) == 1
        return f"{resolution.resource_id} {resolution.vendor_id}"

    work = stuck_work(core, Hosted(resolvers={"things.Thing": resolve}))
    assert await work.resolve(core.call(), "things.Thing/7", vendor_id="V1", reason="asked") == "7 V1"
    with pytest.raises(NotFoundError):
        await work.resolve(core.call(), "ghosts.Ghost/1", vendor_id=None, reason="asked")


async def test_a_settled_outcome_takes_its_dead_letter_along(core: Core) -> None:
    async def resolve(call: Call, resolution: Resolution) -> str:
        return "SUBMITTED"

    await run(core, Dead("REFERENCE_TAKEN"))
    work = stuck_work(core, Hosted(resolvers={"things.Thing": resolve}))
    await work.resolve(core.call(), "things.Thing/7", vendor_id="V1", reason="asked")
    assert await work.waiting(after="", limit=10) == []


def administration(core: Core) -> OutboxAdministration:
    return OutboxAdministration(
        database=core.database, store=core.stores.outbox, effects=core.effects, audit=core.audit
    )


async def listed(core: Core, *states: JobState) -> list[tuple[str, JobState]]:
    found = await administration(core).jobs(states=states, kind="", business_reference="", before="", limit=10)
    return [(view.job.resource_id, view.state) for view in found]


async def test_a_dead_job_runs_again_once_a_request_and_that_is_audited(core: Core) -> None:
    ends: list[Next] = [Dead("BROKEN"), Dead("BROKEN")]

    async def handler(_job: Job, _lease: Lease) -> Next:
        return ends.pop()

    core.outbox.register(JobKind(name=JOB.kind, handler=handler))
    job_id = await core.database.write(lambda conn: core.outbox.enqueue(conn, JOB), label="test")
    assert job_id
    await core.outbox.run_due()
    for _ in range(2):
        await administration(core).retry(core.call(), job_id, reason="mended")
        await core.outbox.run_due()
    assert ends == [], "it ran twice: once by itself, once for the request"
    [record] = await admin_records(core)
    assert (record.resource, record.details) == (f"outbox.Job/{job_id}", {"reason": "mended"})


async def test_a_job_that_waits_for_its_time_is_run_now(core: Core) -> None:
    await run(core, Again(delay=timedelta(days=9), reason="POLLING"))
    [view] = await administration(core).jobs(states=(), kind="", business_reference="", before="", limit=10)
    retried = await administration(core).retry(core.call(), view.job.id, reason="now")
    assert retried.run_at <= core.clock.now()


async def test_jobs_are_listed_newest_first_by_state_kind_and_reference_page_by_page(core: Core) -> None:
    await run(core, Dead("BROKEN"))
    other = NewJob(kind="things.other", resource="things.Thing", resource_id="8", business_reference="ДКП-2")
    await run(core, Again(delay=timedelta(days=9)), job=other)
    assert await listed(core) == [("8", JobState.READY), ("7", JobState.DEAD)]
    assert await listed(core, JobState.DEAD) == [("7", JobState.DEAD)]
    asked: dict[str, Any] = {"states": (), "kind": "", "business_reference": "", "before": "", "limit": 10}
    for filters in ({"kind": "things.other"}, {"business_reference": "ДКП-2"}):
        [view] = await administration(core).jobs(**{**asked, **filters})
        assert view.job.resource_id == "8"
    [newest, _] = await administration(core).jobs(**asked)
    older = await administration(core).jobs(**{**asked, "before": newest.job.id})
    assert [view.job.resource_id for view in older] == ["7"]


async def test_a_discarded_job_never_runs_and_what_is_running_or_done_is_refused(core: Core) -> None:
    await run(core, Dead("BROKEN"))
    [view] = await administration(core).jobs(states=(), kind="", business_reference="", before="", limit=10)
    discarded = await administration(core).discard(core.call(), view.job.id, reason="a test", even_if_sent=False)
    assert (discarded.state, discarded.reason) == (JobState.DONE, "DISCARDED")
    assert await listed(core) == []
    with pytest.raises(PreconditionError) as caught:
        await administration(core).retry(core.call(2), view.job.id, reason="r")
    assert (caught.value.reason, dict(caught.value.metadata)) == ("JOB_NOT_IDLE", {"state": "DONE"})
    with pytest.raises(PreconditionError):
        await administration(core).discard(core.call(3), view.job.id, reason="r", even_if_sent=False)
    with pytest.raises(NotFoundError):
        await administration(core).retry(core.call(4), "ghost", reason="r")


async def test_a_job_that_may_have_sent_something_is_only_discarded_knowingly(core: Core) -> None:
    async def handler(_job: Job, lease: Lease) -> Next:
        await lease.check()
        return Again(delay=timedelta(days=9), reason="ANSWER_LOST")

    core.outbox.register(JobKind(name=JOB.kind, handler=handler))
    job_id = await core.database.write(lambda conn: core.outbox.enqueue(conn, JOB), label="test")
    assert job_id
    await core.outbox.run_due()
    with pytest.raises(PreconditionError) as caught:
        await administration(core).discard(core.call(), job_id, reason="r", even_if_sent=False)
    assert caught.value.reason == "JOB_MAY_HAVE_SENT"
    await administration(core).discard(core.call(2), job_id, reason="r", even_if_sent=True)
