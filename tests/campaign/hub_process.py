"""One hub process of a campaign: the real core, modules and inbound chain, on simulated time, disk and wires."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from opentelemetry.trace import Tracer
from prometheus_client import CollectorRegistry

from hub.app.agents import signing_agents
from hub.app.checkpoints import CheckpointExchange
from hub.app.modules import Modules
from hub.app.prepare import ConfiguredModule
from hub.core.audit import Audit, Checkpoint, CheckpointKey
from hub.core.checkpoint_file import CheckpointFile
from hub.core.crypto import KeyedHash, KeyRing
from hub.core.effects import Effects
from hub.core.events import Events
from hub.core.health import HealthRegistry
from hub.core.idempotency import Idempotency
from hub.core.ids import SeededIds
from hub.core.job_runs import JobRuns
from hub.core.metrics import CoreMetrics
from hub.core.outbox import Outbox
from hub.core.persons import Persons
from hub.core.refusals import RefusalCounts
from hub.core.retention import Forgetting, Retention
from hub.core.secrets import Secret, Secrets
from hub.core.telemetry import Telemetry
from hub.core.vendor_reference import VendorReferences
from hub.module_api import ModuleContext, ReportReady
from hub.resilience.addresses import LOOPBACK
from hub.resilience.upstream import Upstreams
from hub.rpc.access import Access
from hub.rpc.auditing import Auditing
from hub.rpc.authorize import Authorize
from hub.rpc.binding import BoundService
from hub.rpc.chain import Chain
from hub.rpc.contract import Contract
from hub.rpc.deadline import Deadline
from hub.rpc.errors import Errors
from hub.rpc.handling import Handling
from hub.rpc.limit import Limit
from hub.rpc.metrics import RpcMetrics
from hub.rpc.options import AccessRules, Caller, Deadlines, RateLimits
from hub.rpc.pages import PageTokens
from hub.rpc.passage import Identity, Passage
from hub.rpc.refusals import Refusals
from hub.rpc.server import _Dispatch
from hub.rpc.tracing import Tracing
from hub.rpc.validating import Rules, Validating
from hub.settings import Settings
from hub.storage.audit_store import SqlAuditStore
from hub.storage.event_store import SqlEventStore
from hub.storage.idempotency_store import SqlIdempotencyStore
from hub.storage.outbox_store import SqlOutboxStore
from hub.storage.person_store import SqlPersonStore
from hub.web.listener import Listener
from hub.web.public import PublicListening, WebhookMetrics
from tests.campaign.database import Engines, SimulatedDatabase
from tests.campaign.simulation.clock import VirtualClock
from tests.campaign.simulation.process import Process
from tests.campaign.simulation.rpc import RpcServer, RpcWorld
from tests.campaign.template import AUDIT_KEY

CHECKPOINT_SECONDS = 20.0
EXCHANGE_SECONDS = 60.0
PLENTY = 1 << 40
REFERENCE_KEY = b"reference key of the campaigns"
REFERENCES = VendorReferences(key=Secret(REFERENCE_KEY))
HASHES = KeyedHash(key=Secret(b"hash key"), key_id="h1")
ACCESS = AccessRules(
    callers={name: Caller(roles=frozenset({"deal"})) for name in ("crm", "office")},
    roles={"deal": ("landhub.rosreestr.v1.*", "landhub.signatures.v1.*", "landhub.payments.v1.*")},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What is the same in all processes of all runs: made once, since it is dear to make."""

    contract: Contract
    rules: Rules
    modules: Mapping[str, ConfiguredModule]
    settings: Settings
    """Those of the agents alone."""
    template: Path
    tracer: Tracer


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a process runs: its machine, the files it finds there, the address it serves at."""

    process: Process
    world: RpcWorld
    clock: VirtualClock
    random: Random
    engines: Engines
    checkpoints: Path
    address: str
    public_address: str
    alone: bool


class _Identify:
    """The simulated wire shows the caller's name where TLS would show a certificate."""

    def check(self, passage: Passage) -> None:
        name = passage.context.auth_context()["x509_pem_cert"][0].decode()  # type: ignore[index]
        passage.identity = Identity(caller=name, group=name, roles=ACCESS.callers[name].roles)


class HubProcess:
    """Made anew for every start, as memory is."""

    def __init__(self, *, shared: Shared, place: Place) -> None:
        self.process = place.process
        self.registry = CollectorRegistry()
        self.ready = asyncio.Event()
        self._shared = shared
        self._place = place
        self._exchanging: asyncio.Task[None] | None = None
        self._counting: asyncio.Task[None] | None = None
        self.ids = SeededIds(clock=place.clock, seed=place.random.getrandbits(60))
        self.instance = self.ids.resource_id()
        metrics = CoreMetrics(registry=self.registry)
        self.database = SimulatedDatabase(
            engines=place.engines, loop=place.world.loop, clock=place.clock, metrics=metrics
        )
        self.audit = self._make_audit(metrics)
        self.telemetry = Telemetry(tracer=shared.tracer)
        self.outbox = self._make_outbox(metrics)
        self.events = Events(
            database=self.database, store=SqlEventStore(), outbox=self.outbox, clock=place.clock, ids=self.ids
        )
        self.effects = Effects(
            database=self.database,
            outbox=self.outbox,
            idempotency=Idempotency(store=SqlIdempotencyStore(), fingerprints=HASHES),
            references=REFERENCES,
            audit=self.audit,
            clock=place.clock,
            ids=self.ids,
        )
        self.upstreams = Upstreams(clock=place.clock, ids=self.ids, registry=self.registry)
        self.columns = KeyRing(keys={"k1": Secret(bytes(32))}, active="k1", random_bytes=self.ids.random_bytes)

    async def run(self) -> None:
        """Start in the order of hub.app.hub.serve, and live until killed."""
        place = self._place
        await self.audit.start()
        signing = signing_agents(
            self._shared.settings,
            self._shared.template,
            passphrase=None,
            upstreams=self.upstreams,
            telemetry=self.telemetry,
            clock=place.clock,
        )
        if signing is not None:
            await signing.start()
            exchange = CheckpointExchange(
                audit=self.audit,
                newest=self._newest_checkpoint,
                signing=signing,
                clock=place.clock,
                interval_seconds=EXCHANGE_SECONDS,
            )
            self._exchanging = asyncio.create_task(exchange.run_forever())
        services = self._bound_services()
        modules = self._make_modules(services, signing)
        Forgetting(
            database=self.database,
            outbox=self.outbox,
            jobs=SqlOutboxStore(),
            events=SqlEventStore(),
            keys=SqlIdempotencyStore(),
            retention=Retention(),
        )
        await modules.start()
        await self.outbox.start(alone=place.alone)
        server = RpcServer(world=place.world)
        server.add_generic_rpc_handlers((_Dispatch(chain=self._chain(), services=services.values()),))
        server.add_secure_port(place.address, None)
        await server.start()
        await self._listen_in_public(modules)
        self.ready.set()
        await asyncio.Event().wait()

    async def shut_down(self) -> None:
        """Bring what waits in memory to the disk, for the verdict: the records of reads and the last checkpoint."""
        await self.outbox.stop(grace_seconds=30)
        await self.audit.close()

    async def _listen_in_public(self, modules: Modules) -> None:
        """Take callbacks, where a module has any, as hub.app.public_listener does."""
        if not modules.webhooks():
            return
        refusals = RefusalCounts(audit=self.audit, clock=self._place.clock)
        self._counting = asyncio.create_task(refusals.run())
        listening = PublicListening(
            routes=modules.webhooks,
            proxies=LOOPBACK,
            refusals=refusals,
            metrics=WebhookMetrics(registry=self.registry),
        )
        await Listener(application=listening.application(), address=self._place.public_address).start()

    async def _newest_checkpoint(self) -> Checkpoint | None:
        kept = await self.database.read(SqlAuditStore().newest_checkpoint)
        return kept if kept is not None and kept.instance == self.instance else None

    def _make_audit(self, metrics: CoreMetrics) -> Audit:
        return Audit(
            database=self.database,
            store=SqlAuditStore(),
            clock=self._place.clock,
            instance=self.instance,
            key=CheckpointKey(key=AUDIT_KEY),
            file=CheckpointFile(self._place.checkpoints),
            metrics=metrics,
            free_bytes=lambda: PLENTY,
            low_space_bytes=1,
            checkpoint_seconds=CHECKPOINT_SECONDS,
        )

    def _make_outbox(self, metrics: CoreMetrics) -> Outbox:
        store, clock = SqlOutboxStore(), self._place.clock
        runs = JobRuns(
            database=self.database,
            store=store,
            audit=self.audit,
            clock=clock,
            ids=self.ids,
            telemetry=self.telemetry,
            metrics=metrics,
            holder=self.instance,
        )
        return Outbox(database=self.database, store=store, runs=runs, clock=clock, ids=self.ids, holder=self.instance)

    def _bound_services(self) -> dict[str, BoundService]:
        known = self._shared.contract.services
        names = [service.full_name for service in known.values() if service.module in self._shared.modules]
        return {name: BoundService(known[name]) for name in names}

    def _make_modules(self, services: Mapping[str, BoundService], signing: Any) -> Modules:
        place = self._place
        pages = PageTokens(hashes=HASHES)

        def context(name: str, report_ready: ReportReady) -> ModuleContext:
            return ModuleContext(
                name=name,
                clock=place.clock,
                ids=self.ids,
                database=self.database,
                effects=self.effects,
                outbox=self.outbox,
                events=self.events,
                audit=self.audit,
                columns=self.columns,
                persons=Persons(store=SqlPersonStore(), hashes=HASHES),
                hashes=HASHES,
                secrets=Secrets(base=self._shared.template, environment={}),
                metrics=self.registry,
                telemetry=self.telemetry,
                upstreams=self.upstreams,
                signing=signing,
                development=True,
                path=lambda path: self._shared.template / path,
                pages=pages,
                report_ready=report_ready,
            )

        by_module: dict[str, list[str]] = {}
        for name, bound in services.items():
            by_module.setdefault(bound.service.module, []).append(name)
        return Modules(
            configured=self._shared.modules,
            modes={},
            services=by_module,
            context=context,
            bind=lambda binding: services[binding.service].bind(binding),
            outbox=self.outbox,
            events=self.events,
            health=HealthRegistry(),
            clock=place.clock,
        )

    def _chain(self) -> Chain:
        clock, metrics = self._place.clock, RpcMetrics(registry=self.registry)
        refusals = Refusals(audit=self.audit, metrics=metrics, clock=clock)
        return Chain(
            tracing=Tracing(tracer=self._shared.tracer, metrics=metrics, clock=clock),
            errors=Errors(),
            deadline=Deadline(deadlines=Deadlines(), clock=clock),
            identify=_Identify(),  # type: ignore[arg-type]
            limit=Limit(limits=RateLimits(), metrics=metrics, clock=clock),
            refusals=refusals,
            auditing=Auditing(audit=self.audit, refusals=refusals),
            authorize=Authorize(access=Access(rules=ACCESS)),
            validating=Validating(rules=self._shared.rules, largest_stream_bytes=1 << 20),
            handling=Handling(),
        )
