"""One seed: draw, run until all is quiet, judge."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import structlog
from aiohttp import web_app
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import generate_latest

import signer_agent.app
from hub.app.prepare import ConfiguredModule
from hub.core.mode import Mode
from hub.module_api import load_module
from hub.rpc.contract import Contract
from hub.rpc.validating import Rules
from hub.settings import Settings, SigningSettings
from signer_agent.keys.choice import make_backend
from signer_agent.rpc.validating import Validating as AgentValidating
from signer_agent.settings import load_settings as load_agent_settings
from tests.campaign.caller import Backend
from tests.campaign.canaries import CANARIES
from tests.campaign.database import Engines
from tests.campaign.evidence import Evidence
from tests.campaign.hub_process import Shared
from tests.campaign.machine import Files, Machine
from tests.campaign.operations.port import Operation, Scene
from tests.campaign.peers import SharedBackend, make_vendor
from tests.campaign.plan import Plan, draw_plan
from tests.campaign.simulation.clock import VirtualClock
from tests.campaign.simulation.network import Network
from tests.campaign.simulation.process import Process
from tests.campaign.simulation.rpc import RpcFaults, RpcWorld, install
from tests.campaign.template import Template
from tests.campaign.themes import THEMES, Theme
from tests.campaign.verdict import violations

QUIET_SECONDS = 5400.0
LOOK_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of a seed."""

    seed: int
    theme: str
    digest: str
    violations: tuple[str, ...]
    crashes: tuple[str, ...]
    kills: int
    restored: bool
    operations: int
    answers: int
    faults: dict[str, int]
    steps: int
    virtual_seconds: float


class Course:
    """Runs seeds one after the other in this process. Make one only: it replaces grpc.aio and structlog's output."""

    def __init__(self, *, template: Template, root: Path) -> None:
        self.template = template
        self.logs: list[str] = []
        self._world: RpcWorld | None = None
        install(self._current_world, hub_certificate=(self.template.agent / "pki/hub.crt").read_bytes())
        structlog.configure(
            processors=[structlog.processors.format_exc_info, structlog.processors.KeyValueRenderer()],
            logger_factory=lambda *_: _Kept(self.logs),
            cache_logger_on_first_use=False,
        )
        self.files = Files(root=root)
        self.files.database.parent.mkdir(parents=True, exist_ok=True)
        self.engines = tuple(Engines.on(self.files.database) for _ in range(2))
        self.spans = InMemorySpanExporter()
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(self.spans))
        contract = Contract.committed()
        self.shared = Shared(
            contract=contract,
            rules=Rules(
                pool=contract.pool,
                methods=[method for service in contract.services.values() for method in service.methods.values()],
            ),
            modules={},
            settings=Settings(),
            template=self.template.folder,
            tracer=provider.get_tracer("campaign"),
        )
        self._modules = {name: _configured(theme) for name, theme in THEMES.items()}
        self.agent_settings = load_agent_settings(self.template.agent)
        validating = AgentValidating()  # compiling the rules takes longer than most runs
        signer_agent.app.Validating = lambda: validating  # type: ignore[assignment,attr-defined]
        self.backend = SharedBackend(make_backend(self.agent_settings, self.template.agent))
        self.fernet_key = (self.template.folder / "gateway/fernet.key").read_bytes()
        self.start = self.template.start
        self.thumbprint = self.template.thumbprint
        self.foreign = self.template.foreign()

    def run(self, seed: int, theme: Theme, *, zombies: bool = False) -> Result:
        """Run one seed of a theme and judge it; `zombies` makes it one about zombies."""
        for engines in self.engines:
            engines.release()
        self.files.prepare(self.template)
        self.logs.clear()
        self.spans.clear()
        random = Random(f"campaign {seed}")
        plan = draw_plan(random, theme, zombies=zombies)
        loop = Network(random=Random(random.getrandbits(64)))
        self._world = RpcWorld(loop=loop, faults=RpcFaults(random=random, waiting=list(plan.rpc_faults)))
        driver = loop.add(Process(name="driver"))
        scenario = _Scenario(course=self, world=self._world, theme=theme, plan=plan, random=random, seed=seed)
        try:
            loop.run(scenario.play(), process=driver)
            found = tuple(violations(scenario.evidence(), theme.modules, scenario.operations, self.template))
        finally:
            loop.close()
            # aiohttp remembers the last 1,024 of these by their application, and so each run with all that was in it.
            web_app._cached_build_middleware.cache_clear()
        return scenario.result(found)

    def shared_by(self, theme: Theme) -> Shared:
        """What is the same in all runs of a theme."""
        modules = self._modules[theme.name]
        return replace(self.shared, modules=modules, settings=_SIGNING if theme.signs else self.shared.settings)

    def _current_world(self) -> RpcWorld:
        assert self._world is not None
        return self._world


class _Scenario:
    """One run from its beginning to its evidence."""

    def __init__(self, *, course: Course, world: RpcWorld, theme: Theme, plan: Plan, random: Random, seed: int) -> None:
        self._course = course
        self._theme = theme
        self._world = world
        self._plan = plan
        self._seed = seed
        self._clock = VirtualClock(loop=world.loop, start=course.start)
        self._random = random
        self.operations: list[Operation] = []
        vendor_process = world.loop.add(Process(name="vendor"))
        self._vendor_process = vendor_process
        self._vendor = vendor_process.context().run(
            lambda: make_vendor(
                course.files.vendor,
                clock=self._clock,
                fernet_key=course.fernet_key,
                acquirer=theme.acquirer,
                seed=seed,
            )
        )
        self._vendor.registry.put(CANARIES.plot())
        self._vendor.faults.add(*plan.vendor_faults)
        self._machine = Machine(
            world=world,
            clock=self._clock,
            random=Random(random.getrandbits(64)),
            shared=course.shared_by(theme),
            files=course.files,
            engines=course.engines,
            vendor=self._vendor,
            agent_settings=course.agent_settings,
            agent_installation=course.template.agent,
            backend=course.backend,
            has_agent=theme.signs,
            plan=plan,
        )
        self._backend = Backend(
            world=world,
            contract=course.shared.contract,
            random=Random(random.getrandbits(64)),
            addresses=[self._machine.address(slot) for slot in range(plan.replicas)],
        )
        self._quiet = False

    async def play(self) -> None:
        """Let the backends work while misfortunes come; then heal, replay, and wait until all is quiet."""
        await self._world.loop.spawn(self._vendor_process, self._vendor.start())
        self._machine.start()
        scene = Scene(
            backend=self._backend,
            book=self._vendor.book,
            acquirer=self._vendor.acquirer,
            thumbprint=self._course.thumbprint,
            foreign=self._course.foreign,
            restores=self._plan.restore is not None,
        )
        flows = [
            module.draw(self._random, scene, number)
            for number in range(self._plan.flows)
            for module in self._theme.draw_modules(self._random)
        ]
        self.operations = [operation for flow in flows for operation in flow]
        await asyncio.gather(*(_in_turn(flow, scene) for flow in flows))
        await self._machine.heal()
        if self._plan.replays:
            await asyncio.gather(*(_again(flow, scene) for flow in flows))
        for module in self._theme.modules:
            await module.close(scene, self.operations)
        await self._until_quiet(scene)
        await self._machine.end(in_order=self._seed % 2 == 0)
        # What falls due once the books are read, with no loop running, calls nobody back.
        await self._world.loop.spawn(self._vendor_process, self._vendor.stop())

    def evidence(self) -> Evidence:
        """What is left; the files are closed, so that all of the database is in its file."""
        for engines in self._course.engines:
            engines.release()
        # Writing metrics out takes as long as a run; every eighth seed has all of them looked through.
        looked = self._machine.started if self._seed % 8 == 0 else ()
        metrics = b"".join(generate_latest(hub.registry) for hub in looked)
        errors = "\n".join(answer.reason for answer in self._backend.answers).encode()
        finished = self._course.spans.get_finished_spans()
        spans = "\n".join(f"{span.name} {span.attributes} {span.events}" for span in finished)
        logs = "\n".join(self._course.logs)
        broken = [line for line in self._course.logs if any(word in line for word in _BROKEN)]
        if not self._quiet:
            broken.append(f"not quiet {QUIET_SECONDS:.0f} s after all was well again")
        return Evidence(
            database=self._course.files.database,
            journal=self._course.files.journal,
            has_agent=self._theme.signs,
            checkpoints=self._course.files.checkpoints,
            answers=self._backend.answers,
            registrations=self._vendor.book.registrations(),
            gateway_calls=list(self._vendor.gateway.calls),
            acquirer=self._vendor.acquirer,
            restored=self._machine.restored,
            told=[("a log", logs.encode()), ("a span", spans.encode()), ("a metric", metrics), ("an error", errors)],
            errors=[*self._world.loop.errors, *broken],
        )

    def result(self, found: Sequence[str]) -> Result:
        """Sum it up."""
        faults = Counter(self._vendor.faults.struck) + Counter(self._world.faults.struck)
        return Result(
            seed=self._seed,
            theme=self._theme.name,
            digest=self._world.loop.digest,
            violations=tuple(found),
            crashes=tuple(self._machine.crashes),
            kills=self._machine.kills,
            restored=self._machine.restored,
            operations=len(self.operations),
            answers=len(self._backend.answers),
            faults={str(kind): count for kind, count in faults.items()},
            steps=self._world.loop.steps,
            virtual_seconds=round(self._world.loop.time(), 1),
        )

    async def _until_quiet(self, scene: Scene) -> None:
        """Wait until no job is open but those that follow what waits for somebody else."""
        end = self._world.loop.time() + QUIET_SECONDS
        while self._world.loop.time() < end:
            await asyncio.sleep(LOOK_SECONDS)
            if not self._open_jobs(scene):
                self._quiet = True
                return

    def _open_jobs(self, scene: Scene) -> bool:
        with self._course.engines[0].reader.connect() as conn:
            found = conn.exec_driver_sql(_OPEN_JOBS).all()
            if not found:
                return False
            waiting = {known for module in self._theme.modules for known in module.waits_for_others(conn, scene)}
        return any(state == "leased" or resource_id not in waiting for state, resource_id in found)


class _Kept:
    """A logger that keeps its lines."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines

    def msg(self, message: str) -> None:
        """Keep a line."""
        self._lines.append(message)

    log = debug = info = warning = warn = error = critical = exception = fatal = msg


async def _in_turn(flow: Sequence[Operation], scene: Scene) -> None:
    for operation in flow:
        await operation.run(scene)


async def _again(flow: Sequence[Operation], scene: Scene) -> None:
    for operation in flow:
        await operation.replay(scene)


def _configured(theme: Theme) -> dict[str, ConfiguredModule]:
    configured = {}
    for name, table in theme.tables.items():
        spec = load_module(name)
        configured[name] = ConfiguredModule(spec=spec, settings=spec.settings.model_validate(table), mode=Mode.ON)
    return configured


_AGENT = {
    "address": "127.0.0.1:7444",
    "ca": "agent/pki/ca.crt",
    "certificate": "agent/pki/hub.crt",
    "key": "agent/pki/hub.key",
}
_SIGNING = Settings(signing=SigningSettings.model_validate({"agents": {"main": _AGENT}}))
# What warns of a hold days ahead stays until then, whatever became of the hold.
_OPEN_JOBS = "select state, resource_id from outbox_jobs where state in ('ready', 'leased') and kind <> 'payments.warn'"
_BROKEN = ("job.failed", "rpc_failed", "webhook_failed", "claiming_failed", "background_failed", "Traceback")
