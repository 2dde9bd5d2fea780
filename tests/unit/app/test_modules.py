"""Modules start each on their own: one that can't is told and tried again, bad settings stop the hub."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pydantic import BaseModel

from hub.app.modules import LONGEST_DELAY_SECONDS, Modules
from hub.app.prepare import ConfiguredModule
from hub.core.errors import UnavailableError
from hub.core.health import HealthRegistry, ServiceState
from hub.core.mode import Mode
from hub.core.secrets import SecretError
from hub.module_api import ModuleContext, ModuleSpec, ReportReady, RunningModule
from hub.rpc.binding import ServiceBinding
from hub.settings import SettingsError
from tests.support.core_fixtures import Core, core

__all__ = ["core"]

SERVICE = "landhub.things.v1.ThingsService"
Build = Callable[[Any, ModuleContext], Awaitable[RunningModule]]


class ThingsSettings(BaseModel):
    pass


class Hub:
    """The modules under test, with what they bound and reported."""

    def __init__(self, core: Core, build: Build, *, mode: Mode = Mode.ON, stored: Mode | None = None) -> None:
        self.bindings: dict[str, ServiceBinding] = {}
        self.health = HealthRegistry()
        self.reports: list[ReportReady] = []
        spec = ModuleSpec(name="things", settings=ThingsSettings, build=build)
        self.modules = Modules(
            configured={"things": ConfiguredModule(spec=spec, settings=ThingsSettings(), mode=mode)},
            modes={"things": stored} if stored else {},
            services={"things": [SERVICE]},
            context=self.context,
            bind=lambda binding: self.bindings.update({binding.service: binding}),
            outbox=core.outbox,
            events=core.events,
            health=self.health,
            clock=core.clock,
        )

    def context(self, name: str, report: ReportReady) -> ModuleContext:
        self.reports.append(report)
        return cast("ModuleContext", SimpleNamespace(name=name, report_ready=report))

    def state(self) -> ServiceState:
        return self.health.get(SERVICE).state

    def mode(self) -> Mode:
        return self.bindings[SERVICE].mode()

    def may_send(self) -> bool:
        return self.modules.hosted["things"].may_send


async def build_well(settings: Any, ctx: ModuleContext) -> RunningModule:
    return RunningModule(services={SERVICE: object()}, titles={"GetThing": "Вещь"})


async def test_a_module_that_starts_serves(core: Core) -> None:
    hub = Hub(core, build_well)
    await hub.modules.start()
    assert hub.state() is ServiceState.SERVING
    assert hub.bindings[SERVICE].servicer is not None
    assert hub.bindings[SERVICE].ready()
    assert hub.modules.titles() == {"GetThing": "Вещь"}
    await hub.modules.close()


async def test_a_module_that_cannot_start_says_why_and_is_tried_again(core: Core) -> None:
    attempts = []

    async def build(settings: Any, ctx: ModuleContext) -> RunningModule:
        attempts.append(core.clock.monotonic())
        if len(attempts) < 4:
            raise UnavailableError("the gateway can't be reached; start it")
        return await build_well(settings, ctx)

    hub = Hub(core, build)
    await hub.modules.start()
    assert hub.state() is ServiceState.NOT_SERVING
    assert "the gateway can't be reached" in hub.health.get(SERVICE).reason
    assert hub.bindings[SERVICE].servicer is None
    assert not hub.bindings[SERVICE].ready()
    await core.clock.advance(7)
    assert attempts == [0, 1, 3, 7]
    assert hub.state() is ServiceState.SERVING
    await hub.modules.close()


async def test_whatever_a_module_breaks_by_is_told_by_its_class_alone(core: Core) -> None:
    async def build(settings: Any, ctx: ModuleContext) -> RunningModule:
        raise RuntimeError("Иванов Иван")

    hub = Hub(core, build)
    await hub.modules.start()
    assert hub.health.get(SERVICE).reason == "it could not start: RuntimeError"
    await hub.modules.close()


async def test_a_module_that_breaks_for_ever_is_tried_ever_more_slowly(core: Core) -> None:
    attempts = []

    async def build(settings: Any, ctx: ModuleContext) -> RunningModule:
        attempts.append(core.clock.monotonic())
        raise RuntimeError

    hub = Hub(core, build)
    await hub.modules.start()
    await core.clock.advance(1000)
    pauses = [after - before for before, after in itertools.pairwise(attempts)]
    assert pauses[:7] == [1, 2, 4, 8, 16, 32, LONGEST_DELAY_SECONDS]
    assert set(pauses[7:]) == {LONGEST_DELAY_SECONDS}
    await hub.modules.close()


@pytest.mark.parametrize("error", [SecretError("file:x is open to others"), ValueError("name an agent")])
async def test_bad_settings_stop_the_hub(core: Core, error: Exception) -> None:
    async def build(settings: Any, ctx: ModuleContext) -> RunningModule:
        raise error

    hub = Hub(core, build)
    with pytest.raises(SettingsError, match=f"modules.things: {error}"):
        await hub.modules.start()
    await hub.modules.close()


async def test_a_setting_that_a_provider_refuses_is_told_without_its_value(core: Core) -> None:
    class ProviderSettings(BaseModel):
        timeout: int

    async def build(settings: Any, ctx: ModuleContext) -> RunningModule:
        ProviderSettings.model_validate({"timeout": "hunter2"})
        raise AssertionError

    hub = Hub(core, build)
    with pytest.raises(SettingsError) as refused:
        await hub.modules.start()
    assert str(refused.value).startswith("modules.things.timeout: ")
    assert "hunter2" not in str(refused.value)
    await hub.modules.close()


async def test_a_module_whose_start_fails_is_closed_and_built_anew(core: Core) -> None:
    closed: list[str] = []

    async def build(settings: Any, ctx: ModuleContext) -> RunningModule:
        async def start() -> None:
            if not closed:
                raise UnavailableError("not yet")

        async def close() -> None:
            closed.append("closed")

        return RunningModule(services={SERVICE: object()}, start=start, close=close)

    hub = Hub(core, build)
    await hub.modules.start()
    assert closed == ["closed"]
    await core.clock.advance(1)
    assert hub.state() is ServiceState.SERVING
    await hub.modules.close()
    assert closed == ["closed", "closed"]


async def test_a_module_that_hangs_does_not_keep_the_hub_from_serving(core: Core) -> None:
    async def build(settings: Any, ctx: ModuleContext) -> RunningModule:
        await core.clock.sleep(3600)
        raise AssertionError

    hub = Hub(core, build)
    task = asyncio.ensure_future(hub.modules.start())
    await core.clock.advance(6)
    assert task.done()
    assert hub.state() is ServiceState.NOT_SERVING
    await hub.modules.close()


async def test_what_a_module_reports_is_its_health(core: Core) -> None:
    async def build(settings: Any, ctx: ModuleContext) -> RunningModule:
        ctx.report_ready(ready=False, reason="no agent yet")
        return await build_well(settings, ctx)

    hub = Hub(core, build)
    await hub.modules.start()
    assert hub.health.get(SERVICE).reason == "no agent yet"
    assert hub.state() is ServiceState.NOT_SERVING
    hub.reports[0](ready=True)
    assert hub.state() is ServiceState.SERVING
    await hub.modules.close()


async def test_a_module_that_an_administrator_switched_off_is_not_built(core: Core) -> None:
    async def build(settings: Any, ctx: ModuleContext) -> RunningModule:
        raise AssertionError

    hub = Hub(core, build, stored=Mode.OFF)
    await hub.modules.start()
    assert hub.state() is ServiceState.UNKNOWN
    assert hub.mode() is Mode.OFF
    await hub.modules.close()


async def test_a_mode_set_by_an_administrator_goes_before_the_settings(core: Core) -> None:
    hub = Hub(core, build_well, mode=Mode.ON, stored=Mode.READ_ONLY)
    await hub.modules.start()
    assert hub.mode() is Mode.READ_ONLY
    assert not hub.may_send()
    hub.modules.set_mode("things", Mode.ON)
    assert hub.mode() is Mode.ON
    assert hub.may_send()
    await hub.modules.close()
