"""Starts the modules that are not off, tries again those that can't start, and knows how far each is let."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog
from aiohttp import web
from pydantic import ValidationError

from hub.app.prepare import ConfiguredModule
from hub.app.read_only import gated
from hub.core.clock import Clock
from hub.core.erasure import PersonalData
from hub.core.errors import HubError
from hub.core.events import Events
from hub.core.health import HealthRegistry, ServiceState
from hub.core.mode import Mode
from hub.core.outbox import Outbox
from hub.core.secrets import SecretError
from hub.core.waiting import wait_until_done
from hub.module_api import ModuleContext, ReportReady, RunningModule
from hub.rpc.binding import BindingError, ServiceBinding
from hub.settings import SettingsError, problems_of

log = structlog.get_logger(__name__)

FIRST_ATTEMPTS_SECONDS = 5.0  # the hub begins to serve then, whichever module is still starting
ATTEMPT_SECONDS = 30.0
FIRST_DELAY_SECONDS = 1.0
LONGEST_DELAY_SECONDS = 60.0


@dataclass(slots=True, kw_only=True)
class HostedModule:
    """One module of the settings: how far it is let, and whether it works.

    Attributes:
        is_loaded: It was not off when the hub started, so it runs or is being started.
        is_ready, reason: What it says of itself; why it is not ready.
        not_ready_since: Since when it is on and not serving; None while it is serving, or off.
    """

    name: str
    configured: ConfiguredModule
    services: Sequence[str]
    mode: Mode
    running: RunningModule | None = None
    is_ready: bool = False
    reason: str = "starting"
    is_loaded: bool = False
    not_ready_since: datetime | None = None

    @property
    def may_send(self) -> bool:
        """Whether its jobs may write outside."""
        return self.mode is Mode.ON


class Modules:
    """The modules of this process.

    Args:
        configured: Those that the settings don't switch off.
        modes: How far each is let; a module without an entry as far as its settings say.
        services: Module to its services in the contract, by full name.
        context: Makes what a module is given.
        bind: Lets a service take calls.
    """

    def __init__(
        self,
        *,
        configured: Mapping[str, ConfiguredModule],
        modes: Mapping[str, Mode],
        services: Mapping[str, Sequence[str]],
        context: Callable[[str, ReportReady], ModuleContext],
        bind: Callable[[ServiceBinding], None],
        outbox: Outbox,
        events: Events,
        health: HealthRegistry,
        clock: Clock,
    ) -> None:
        self._context = context
        self._bind = bind
        self._outbox = outbox
        self._events = events
        self._health = health
        self._clock = clock
        self._tasks: list[asyncio.Task[None]] = []
        self._hosted = {
            name: HostedModule(
                name=name,
                configured=module,
                services=services.get(name, ()),
                mode=modes.get(name, module.mode),
            )
            for name, module in configured.items()
        }

    @property
    def hosted(self) -> Mapping[str, HostedModule]:
        """The modules by name."""
        return self._hosted

    def titles(self) -> Mapping[str, str]:
        """Return what modules call their events, RPCs and jobs, in words for a person."""
        return {name: title for running in self._running() for name, title in running.titles.items()}

    def personal(self) -> Sequence[PersonalData]:
        """Return what the modules that run hold about persons."""
        return [data for running in self._running() for data in running.personal]

    def webhooks(self) -> Sequence[web.RouteDef]:
        """Return the routes of the public listener of all modules that run and aren't switched off."""
        on = [hosted for hosted in self._hosted.values() if hosted.mode is not Mode.OFF]
        return [route for hosted in on if hosted.running is not None for route in hosted.running.webhooks]

    async def start(self) -> None:
        """Start all; returns when each was tried once, or after five seconds. What did not start is tried again.

        Raises:
            SettingsError: a module refuses its settings.
        """
        first_attempts = []
        for hosted in self._hosted.values():
            self._offer(hosted)
            if hosted.mode is not Mode.OFF:
                hosted.is_loaded = True
                first_attempts.append(first := asyncio.get_running_loop().create_future())
                self._tasks.append(asyncio.create_task(self._keep_starting(hosted, first), name=f"start {hosted.name}"))
        await wait_until_done(first_attempts, clock=self._clock, seconds=FIRST_ATTEMPTS_SECONDS)
        problems = [first.result() for first in first_attempts if first.done() and first.result()]
        if problems:
            raise SettingsError(*problems)

    async def close(self) -> None:
        """Close those that run."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for hosted in self._hosted.values():
            if hosted.running is not None:
                await hosted.running.close()

    def set_mode(self, name: str, mode: Mode) -> None:
        """Let a running module further or less far, from the next call and job on."""
        hosted = self._hosted[name]
        hosted.mode = mode
        self._tell_health(hosted)

    def _running(self) -> Sequence[RunningModule]:
        return [hosted.running for hosted in self._hosted.values() if hosted.running is not None]

    def _offer(self, hosted: HostedModule) -> None:
        """Have its calls answered by what is wrong with it, until it runs."""
        for service in hosted.services:
            self._bind(self._binding(hosted, service, servicer=None))
        self._tell_health(hosted)

    async def _keep_starting(self, hosted: HostedModule, first: "asyncio.Future[str]") -> None:
        """Try until it runs; after the first attempt `first` gets what is wrong with its settings, or an empty text."""
        delay = FIRST_DELAY_SECONDS
        while True:
            problem = ""
            try:
                async with asyncio.timeout(ATTEMPT_SECONDS):
                    running = await self._started(hosted)
                self._take(hosted, running)
                return
            except (SecretError, BindingError, ValueError) as error:
                problem = _problem(hosted.name, error)
                hosted.reason = "its settings can't be used; see the log"
                log.warning("module.settings_refused", module=hosted.name, problem=problem)
            except Exception as error:  # noqa: BLE001 - whatever a module breaks by, the others run and it is tried again
                hosted.reason = _told(error)
                log.warning("module.not_ready", module=hosted.name, reason=hosted.reason, retry_seconds=delay)
            finally:
                if not first.done():
                    first.set_result(problem)
            self._tell_health(hosted)
            await self._clock.sleep(delay)
            delay = min(delay * 2, LONGEST_DELAY_SECONDS)

    async def _started(self, hosted: HostedModule) -> RunningModule:
        configured = hosted.configured

        def report(*, ready: bool, reason: str = "") -> None:
            hosted.is_ready, hosted.reason = ready, reason
            self._tell_health(hosted)

        hosted.is_ready, hosted.reason = True, ""  # until the module says otherwise, which it may from here on
        running = await configured.spec.build(configured.settings, self._context(hosted.name, report))
        try:
            await running.start()
        except BaseException:
            await running.close()
            raise
        return running

    def _take(self, hosted: HostedModule, running: RunningModule) -> None:
        """Let a module that has started work: its jobs, its subscriptions, its calls."""
        for kind in running.jobs:
            self._outbox.register(gated(kind, may_send=lambda: hosted.may_send))
        for schedule in running.schedules:
            self._outbox.schedule(schedule)
        for subscription in running.subscriptions:
            self._events.subscribe(type=subscription.type, name=subscription.name, handler=subscription.handler)
        hosted.running = running
        for service, servicer in running.services.items():
            self._bind(self._binding(hosted, service, servicer=servicer))
        self._tell_health(hosted)
        log.info("module.started", module=hosted.name, mode=hosted.mode.value, ready=hosted.is_ready)

    def _binding(self, hosted: HostedModule, service: str, *, servicer: object | None) -> ServiceBinding:
        return ServiceBinding(
            service=service,
            servicer=servicer,
            module=hosted.name,
            mode=lambda: hosted.mode,
            ready=lambda: hosted.running is not None,
        )

    def _tell_health(self, hosted: HostedModule) -> None:
        state = ServiceState.NOT_SERVING
        if hosted.mode is Mode.OFF:
            state = ServiceState.UNKNOWN
        elif hosted.running is not None and hosted.is_ready:
            state = ServiceState.SERVING
        if state is not ServiceState.NOT_SERVING:
            hosted.not_ready_since = None
        elif hosted.not_ready_since is None:
            hosted.not_ready_since = self._clock.now()
        for service in hosted.services:
            self._health.set(service, state, reason=hosted.reason)


def _problem(name: str, error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "\n".join(problems_of(error, f"modules.{name}."))
    return f"modules.{name}: {error}"


def _told(error: Exception) -> str:
    """Say why a module can't start, without a word that may be somebody's data."""
    if isinstance(error, HubError):
        return f"{error.message} ({error.reason})"
    if isinstance(error, TimeoutError):
        return f"it did not start in {ATTEMPT_SECONDS:.0f} s"
    return f"it could not start: {type(error).__name__}"
