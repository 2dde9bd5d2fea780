"""What administrators change is durable, audited with its reason, and done once a request_id."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from prometheus_client import CollectorRegistry

from hub.app.administration import ModulesAdministration, StuckWork, UpstreamsAdministration, stored_modes
from hub.app.modules import Modules
from hub.core.audit import Phase
from hub.core.call import Call
from hub.core.errors import AlreadyExistsError, NotFoundError, PreconditionError
from hub.core.jobs import Dead, Job, JobKind, Lease, NewJob, Next
from hub.core.mode import Mode
from hub.module_api import Resolution, StuckResource
from hub.resilience.failures import NotSentError
from hub.resilience.gate import BreakerState
from hub.resilience.policy import Policy, Safety
from hub.resilience.upstream import Attempt, Upstreams
from tests.support.core_fixtures import Core, core

__all__ = ["core"]


class Hosted:
    """Stands for Modules: one module that runs."""

    def __init__(self, **running: Any) -> None:
        fields: dict[str, Any] = {"providers": ("p",), "resolvers": {}, "stuck": None, **running}
        self.module = SimpleNamespace(
            mode=Mode.ON, is_loaded=True, is_ready=True, reason="", running=SimpleNamespace(**fields)
        )

    @property
    def hosted(self) -> dict[str, Any]:
        return {"things": self.module}

    def set_mode(self, name: str, mode: Mode) -> None:
        self.module.mode = mode


def modules(core: Core, hosted: Hosted) -> ModulesAdministration:
    return ModulesAdministration(
        modules=cast("Modules", hosted),
        shipped=["others", "things"],
        database=core.database,
        effects=core.effects,
        audit=core.audit,
    )


async def admin_records(core: Core) -> list[Any]:
    records = await core.database.read(core.stores.audit.list)
    return [stored.record for stored in records if stored.record.phase is Phase.ADMIN]


async def test_a_mode_is_set_durably_and_audited_with_its_reason(core: Core) -> None:
    hosted = Hosted()
    status = await modules(core, hosted).set_mode(core.call(1), "things", Mode.READ_ONLY, reason="rollout")
    assert (status.mode, hosted.module.mode) == (Mode.READ_ONLY, Mode.READ_ONLY)
    assert await stored_modes(core.database) == {"things": Mode.READ_ONLY}
    (record,) = await admin_records(core)
    assert record.details == {"reason": "rollout", "mode": "read_only"}
    await modules(core, hosted).set_mode(core.call(2), "things", Mode.ON, reason="done")
    assert await stored_modes(core.database) == {"things": Mode.ON}


async def test_a_replay_sets_nothing_anew(core: Core) -> None:
    hosted = Hosted()
    await modules(core, hosted).set_mode(core.call(1), "things", Mode.READ_ONLY, reason="r")
    await modules(core, hosted).set_mode(core.call(2), "things", Mode.ON, reason="r")
    status = await modules(core, hosted).set_mode(core.call(1), "things", Mode.READ_ONLY, reason="r")
    assert status.mode is Mode.ON
    call = core.call(1, fingerprint=b"other")
    with pytest.raises(AlreadyExistsError):
        await modules(core, hosted).set_mode(call, "things", Mode.OFF, reason="r")


async def test_unknown_and_unloaded_modules_are_told_apart(core: Core) -> None:
    with pytest.raises(NotFoundError) as unknown:
        await modules(core, Hosted()).set_mode(core.call(), "ghosts", Mode.ON, reason="r")
    assert unknown.value.reason == "MODULE_NOT_FOUND"
    with pytest.raises(PreconditionError) as unloaded:
        await modules(core, Hosted()).set_mode(core.call(), "others", Mode.ON, reason="r")
    assert unloaded.value.reason == "RESTART_REQUIRED"
    assert [status.name for status in await modules(core, Hosted()).statuses()] == ["others", "things"]


async def test_a_breaker_is_closed_by_hand_once(core: Core) -> None:
    upstreams = Upstreams(clock=core.clock, ids=core.ids, registry=CollectorRegistry())
    upstream = upstreams.open("things.vendor", Policy(failure_threshold=1, max_attempts=1))

    async def fail(attempt: Attempt) -> None:
        raise NotSentError("refused")

    async def break_it() -> None:
        with pytest.raises(Exception, match=r"things\.vendor"):
            await upstream.call("get", fail, safety=Safety.READ)

    await break_it()
    administration = UpstreamsAdministration(upstreams=upstreams, effects=core.effects, audit=core.audit)
    assert (await administration.statuses())[0].breaker is BreakerState.OPEN
    status = await administration.reset_breaker(core.call(1), "things.vendor", reason="it is back")
    assert status.breaker is BreakerState.CLOSED
    await break_it()
    replayed = await administration.reset_breaker(core.call(1), "things.vendor", reason="it is back")
    assert replayed.breaker is BreakerState.OPEN
    with pytest.raises(NotFoundError) as unknown:
        await administration.reset_breaker(core.call(2), "ghost", reason="r")
    assert unknown.value.reason == "UPSTREAM_NOT_FOUND"


def stuck_work(core: Core, hosted: Hosted) -> StuckWork:
    return StuckWork(hosted=hosted.hosted.values, database=core.database, outbox=core.stores.outbox, audit=core.audit)


async def test_unknown_outcomes_and_dead_letters_wait_in_one_list_by_age(core: Core) -> None:
    async def give_up(job: Job, lease: Lease) -> Next:
        return Dead("NO_SUCH_THING")

    core.outbox.register(JobKind(name="things.send", handler=give_up))
    job = NewJob(kind="things.send", resource="things.Thing", resource_id="7", business_reference="ДКП-1")
    await core.database.write(lambda conn: core.outbox.enqueue(conn, job), label="test")
    await core.outbox.run_due()
    old = core.clock.now() - timedelta(days=1)

    async def stuck(limit: int) -> list[StuckResource]:
        return [StuckResource(resource="things.Thing/6", kind="things.send", since=old)]

    waiting = await stuck_work(core, Hosted(stuck=stuck)).waiting(after="", limit=10)
    assert [(line.resource, line.cause, line.last_error) for line in waiting] == [
        ("things.Thing/6", "OUTCOME_UNKNOWN", ""),
        ("things.Thing/7", "DEAD_LETTER", "NO_SUCH_THING"),
    ]
    rest = await stuck_work(core, Hosted(stuck=stuck)).waiting(after=waiting[0].place, limit=10)
    assert [line.resource for line in rest] == ["things.Thing/7"]


async def test_an_outcome_is_settled_by_its_own_module_and_audited_first(core: Core) -> None:
    async def resolve(call: Call, resolution: Resolution) -> str:
        assert len(await admin_records(core)) == 1
        return f"{resolution.resource_id} {resolution.vendor_id}"

    work = stuck_work(core, Hosted(resolvers={"things.Thing": resolve}))
    assert await work.resolve(core.call(), "things.Thing/7", vendor_id="V1", reason="asked") == "7 V1"
    with pytest.raises(NotFoundError):
        await work.resolve(core.call(), "ghosts.Ghost/1", vendor_id=None, reason="asked")
