"""The composition root: settings, shared services, enabled modules, servers. It decides nothing but the order."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass

import structlog
from prometheus_client import CollectorRegistry

from hub.app.administration import AuditReader, ModulesAdministration, UpstreamsAdministration, stored_modes
from hub.app.agents import signing_agents
from hub.app.checkpoints import CheckpointExchange
from hub.app.core import Core, open_core
from hub.app.mode_follower import ModeFollower
from hub.app.modules import Modules
from hub.app.outbox_administration import OutboxAdministration
from hub.app.prepare import Installation
from hub.app.probing import Probing
from hub.app.processes import private_address
from hub.app.public_listener import public_listener
from hub.app.reload import AccessReload
from hub.app.secret_rotation import secret_rotation
from hub.app.serving import (
    ADMINISTRATION_SERVICES,
    EVENTS_SERVICE,
    HUB_SERVICE,
    NOT_CALLERS_SERVICES,
    administration_options,
    server_options,
)
from hub.app.state_metrics import StateMetrics
from hub.app.story import StoryTeller
from hub.app.stuck_work import StuckWork
from hub.app.telemetry import Tracing
from hub.app.upkeep import expiry_watch, register_upkeep
from hub.app.upstream_trail import UpstreamTrail
from hub.core.clock import Clock
from hub.core.events import HUBS_OWN
from hub.core.health import ServiceState
from hub.core.ids import Ids
from hub.core.mode import Mode
from hub.core.persons import Persons
from hub.core.telemetry import Telemetry
from hub.module_api import ModuleContext, ReportReady, shipped_modules
from hub.rpc.binding import ServiceBinding
from hub.rpc.contract import Contract
from hub.rpc.metrics import EventsMetrics, RpcMetrics
from hub.rpc.options import AccessRules
from hub.rpc.pages import PageTokens
from hub.rpc.server import Server
from hub.rpc.services.administration import HubServicer
from hub.rpc.services.events import EventsServicer, callers_own
from hub.settings import Profile, Settings, SettingsError
from hub.signing.port import SigningPort
from hub.web.listener import Listener
from hub.web.private import private_application

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where the hub listens."""

    server: int
    administration: int
    public: int
    private: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """The two gRPC servers and what both of them need."""

    contract: Contract
    callers: Server
    administration: Server
    pages: PageTokens


@contextmanager
def _refusing_files() -> Iterator[None]:
    """Turn what a server says of its TLS files (ValueError) into a refusal of the settings."""
    try:
        yield
    except ValueError as error:
        raise SettingsError(f"server or administration: {error}") from error


async def serve(
    installation: Installation,
    *,
    clock: Clock,
    ids: Ids,
    stop: asyncio.Event,
    serving: Callable[[Ports, Mapping[str, str]], None],
    on_hangup: Callable[[Callable[[], None]], None] = lambda _: None,
    process: int | None = None,
) -> None:
    """Serve until `stop` is set, then drain; what was opened is closed in the opposite order, whatever happens.

    Args:
        installation: A checked installation.
        clock: The time of the whole process.
        ids: Ids and randomness of the whole process.
        stop: Set by SIGTERM or SIGINT.
        serving: Told once, when calls are taken: the ports, and why which modules aren't ready.
        process: Which of several on one port this is, from 0; None if it is alone.
        on_hangup: Given what SIGHUP is to do: read callers and roles again.

    Raises:
        SettingsError: a module or an agent refuses its settings.
        OSError, InstallationLockedError, SchemaTooNewError: an address can't be listened on; see open_core.
    """
    async with AsyncExitStack() as closing:
        instance = ids.resource_id()
        tracing = Tracing(settings=installation.settings.telemetry, instance=instance)
        closing.push_async_callback(asyncio.to_thread, tracing.close)
        core = await open_core(
            installation,
            instance=instance,
            clock=clock,
            ids=ids,
            telemetry=Telemetry(tracer=tracing.tracer),
            metrics=CollectorRegistry(),
        )
        closing.push_async_callback(core.database.close)
        await core.audit.start()
        closing.push_async_callback(core.audit.close)
        signing = await _connect_agents(installation, core, closing)
        servers = _make_servers(installation, core, tracing)
        modules = _make_modules(installation, core, signing, servers, await stored_modes(core.database))
        closing.push_async_callback(modules.close)
        _bind_own_services(installation, core, signing, servers=servers, modules=modules, tracing=tracing)
        _keep_up(installation, core, signing, modules, tracing=tracing, closing=closing)
        await modules.start()
        follower = ModeFollower(modules=modules, database=core.database, clock=core.clock)
        closing.push_async_callback(_cancel, asyncio.create_task(follower.run_forever(), name="follow modes"))
        closing.push_async_callback(_drain, servers, core, installation.settings.server.drain_seconds)
        await core.outbox.start(alone=core.database.exclusive)
        private = private_address(installation.settings, process)
        ports = await _listen(
            installation.settings, core, servers, private, modules=modules, tracing=tracing, closing=closing
        )
        core.health.set("", ServiceState.SERVING)
        on_hangup(_watch(installation, core, servers, modules, closing))
        log.info("hub.serving", instance=instance, process=process, profile=installation.settings.profile.value)
        serving(ports, {name: hosted.reason for name, hosted in modules.hosted.items() if hosted.reason})
        await stop.wait()


def _keep_up(
    installation: Installation,
    core: Core,
    signing: SigningPort | None,
    modules: Modules,
    *,
    tracing: Tracing,
    closing: AsyncExitStack,
) -> None:
    register_upkeep(installation, core, personal=modules.personal)
    expiries = expiry_watch(installation, core, signing)
    closing.push_async_callback(_cancel, asyncio.create_task(expiries.run_forever(), name="expiries"))
    rotation = secret_rotation(installation, core, modules)
    closing.push_async_callback(_cancel, asyncio.create_task(rotation.run_forever(), name="follow secrets"))
    trail = UpstreamTrail(spans=tracing.attempts, database=core.database, store=core.attempt_store, clock=core.clock)
    closing.push_async_callback(_cancel, asyncio.create_task(trail.run_forever(), name="upstream trail"))


async def _connect_agents(installation: Installation, core: Core, closing: AsyncExitStack) -> SigningPort | None:
    settings = installation.settings
    signing = signing_agents(
        settings,
        installation.folder,
        passphrase=core.keys.passphrase,
        upstreams=core.upstreams,
        telemetry=core.telemetry,
        clock=core.clock,
    )
    if signing is None:
        return None
    closing.push_async_callback(signing.close)
    await signing.start()
    exchange = CheckpointExchange(
        audit=core.audit,
        newest=core.newest_checkpoint,
        signing=signing,
        clock=core.clock,
        interval_seconds=settings.audit.countersign_seconds,
    )
    closing.push_async_callback(_cancel, asyncio.create_task(exchange.run_forever(), name="checkpoint exchange"))
    return signing


@_refusing_files()
def _make_servers(installation: Installation, core: Core, tracing: Tracing) -> Servers:
    settings, folder, passphrase = installation.settings, installation.folder, core.keys.passphrase
    contract = Contract.committed()
    metrics = RpcMetrics(registry=core.metrics)
    callers, administration = (
        Server(
            options=options,
            contract=contract,
            services=sorted(services),
            audit=core.audit,
            health=core.health,
            metrics=metrics,
            tracer=tracing.tracer,
            clock=core.clock,
        )
        for options, services in (
            (
                server_options(settings, folder, passphrase),
                set(contract.services) - NOT_CALLERS_SERVICES,
            ),
            (administration_options(settings, folder, passphrase), ADMINISTRATION_SERVICES),
        )
    )
    pages = PageTokens(hashes=core.keys.hashes)
    return Servers(contract=contract, callers=callers, administration=administration, pages=pages)


def _make_modules(
    installation: Installation,
    core: Core,
    signing: SigningPort | None,
    servers: Servers,
    modes: Mapping[str, Mode],
) -> Modules:
    services: dict[str, list[str]] = {}
    for service in servers.contract.services.values():
        services.setdefault(service.module, []).append(service.full_name)

    def context(name: str, report_ready: ReportReady) -> ModuleContext:
        return ModuleContext(
            name=name,
            clock=core.clock,
            ids=core.ids,
            database=core.database,
            effects=core.effects,
            outbox=core.outbox,
            events=core.events,
            audit=core.audit,
            columns=core.keys.columns,
            persons=Persons(store=core.person_store, hashes=core.keys.hashes),
            hashes=core.keys.hashes,
            secrets=installation.secrets,
            metrics=core.metrics,
            telemetry=core.telemetry,
            upstreams=core.upstreams,
            signing=signing,
            development=installation.settings.profile is Profile.DEVELOPMENT,
            path=lambda path: installation.folder / path,
            pages=servers.pages,
            report_ready=report_ready,
        )

    return Modules(
        configured=installation.modules,
        modes=modes,
        services=services,
        context=context,
        bind=servers.callers.bind,
        outbox=core.outbox,
        events=core.events,
        health=core.health,
        clock=core.clock,
    )


def _bind_own_services(
    installation: Installation,
    core: Core,
    signing: SigningPort | None,
    *,
    servers: Servers,
    modules: Modules,
    tracing: Tracing,
) -> None:
    database, effects, audit = core.database, core.effects, core.audit
    administration = HubServicer(
        modules=ModulesAdministration(
            modules=modules, shipped=shipped_modules(), database=database, effects=effects, audit=audit
        ),
        upstreams=UpstreamsAdministration(upstreams=core.upstreams, effects=effects, audit=audit),
        probes=Probing(
            hosted=modules.hosted.values,
            upstreams=core.upstreams,
            agents=installation.settings.signing.agents,
            folder=installation.folder,
            passphrase=core.keys.passphrase,
            clock=core.clock,
        ),
        audit=AuditReader(trail=core.trail),
        stories=StoryTeller(
            database=database,
            audit=core.trail,
            events=core.event_store,
            signing=signing,
            titles=modules.titles,
            attempts=core.attempt_store,
            spans=tracing.ring.spans,
        ),
        outbox=OutboxAdministration(database=database, store=core.outbox_store, effects=effects, audit=audit),
        stuck_work=StuckWork(hosted=modules.hosted.values, database=database, outbox=core.outbox_store, audit=audit),
        pages=servers.pages,
    )
    events_metrics = EventsMetrics(registry=core.metrics)
    servers.administration.bind(ServiceBinding(service=HUB_SERVICE, servicer=administration))
    for server, owner_of in ((servers.callers, callers_own), (servers.administration, lambda _: HUBS_OWN)):
        events = EventsServicer(
            events=core.events, owner_of=owner_of, pages=servers.pages, metrics=events_metrics, clock=core.clock
        )
        server.bind(ServiceBinding(service=EVENTS_SERVICE, servicer=events))
    for service in (HUB_SERVICE, EVENTS_SERVICE):
        core.health.set(service, ServiceState.SERVING)


async def _listen(
    settings: Settings,
    core: Core,
    servers: Servers,
    private_address: str,
    *,
    modules: Modules,
    tracing: Tracing,
    closing: AsyncExitStack,
) -> Ports:
    shared = settings.server.processes > 1
    private = Listener(
        application=private_application(registry=core.metrics, health=core.health, spans=tracing.ring.spans),
        address=private_address,
        shares_port=shared,  # with its own successor, during a restart
    )
    public = public_listener(settings.web, core, routes=modules.webhooks, shares_port=shared, closing=closing)
    closing.push_async_callback(private.close)
    with _refusing_files():
        return Ports(
            private=await private.start(),
            public=await public.start(),
            administration=await servers.administration.start(),
            server=await servers.callers.start(),
        )


def _watch(
    installation: Installation, core: Core, servers: Servers, modules: Modules, closing: AsyncExitStack
) -> Callable[[], None]:
    """Follow the settings' callers and roles, and the state that metrics tell; returns what follows the former now."""

    def let_in(rules: AccessRules) -> None:
        servers.callers.let_in(rules)
        servers.administration.let_in(rules)

    reload = AccessReload(
        folder=installation.folder,
        settings=installation.settings,
        let_in=let_in,
        clock=core.clock,
        registry=core.metrics,
    )
    hosted = modules.hosted.values
    stuck_work = StuckWork(hosted=hosted, database=core.database, outbox=core.outbox_store, audit=core.audit)
    metrics = StateMetrics(installation=installation, core=core, hosted=hosted, stuck_work=stuck_work)
    closing.push_async_callback(_cancel, asyncio.create_task(reload.run_forever(), name="watch settings"))
    closing.push_async_callback(_cancel, asyncio.create_task(metrics.run_forever(), name="state metrics"))
    return reload.ask


async def _drain(servers: Servers, core: Core, seconds: float) -> None:
    """Let calls and then the hub's own effects end, all of it within the seconds."""
    log.info("hub.draining")
    end = core.clock.monotonic() + seconds
    await asyncio.gather(servers.callers.drain(seconds), servers.administration.drain(seconds))
    await core.outbox.stop(grace_seconds=max(0.0, end - core.clock.monotonic()))


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
