"""What administrators change is durable, audited with its reason, and done once a request_id."""

from typing import cast

import pytest
from prometheus_client import CollectorRegistry

from hub.app.administration import ModulesAdministration, UpstreamsAdministration, stored_modes
from hub.app.modules import Modules
from hub.core.errors import AlreadyExistsError, NotFoundError, PreconditionError
from hub.core.mode import Mode
from hub.resilience.failures import NotSentError
from hub.resilience.gate import BreakerState
from hub.resilience.policy import Policy, Safety
from hub.resilience.upstream import Attempt, Upstreams
from tests.support.administration import Hosted, admin_records
from tests.support.core_fixtures import Core, core

__all__ = ["core"]


def modules(core: Core, hosted: Hosted) -> ModulesAdministration:
    return ModulesAdministration(
        modules=cast("Modules", hosted),
        shipped=["others", "things"],
        database=core.database,
        effects=core.effects,
        audit=core.audit,
    )


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
