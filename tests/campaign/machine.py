"""One run's machine: its processes, their files, and what befalls them by the plan."""

import asyncio
import shutil
import sqlite3
from collections.abc import Coroutine
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from signer_agent.keys.port import KeyBackend
from signer_agent.settings import Settings as AgentSettings
from tests.campaign.acquirers.callbacks import PORT as CALLBACKS_PORT
from tests.campaign.database import COMPANIONS, FILE_NAME, Engines
from tests.campaign.hub_process import HubProcess, Place, Shared
from tests.campaign.peers import AgentProcess, Vendor
from tests.campaign.plan import Pause, Plan
from tests.campaign.simulation.clock import VirtualClock
from tests.campaign.simulation.process import CrashPoint, Process, current_process
from tests.campaign.simulation.rpc import RpcWorld
from tests.campaign.template import Template

HOST = "127.0.0.1"
LOOK_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Where a run writes. Emptied before each run; the database's path stays, and with it what was compiled for it."""

    root: Path

    @property
    def database(self) -> Path:
        """The hub's database."""
        return self.root / "hub" / FILE_NAME

    @property
    def checkpoints(self) -> Path:
        """The audit's second place."""
        return self.root / "audit/checkpoints.jsonl"

    @property
    def journal(self) -> Path:
        """The agent's journal."""
        return self.root / "agent"

    @property
    def vendor(self) -> Path:
        """The register's ledger."""
        return self.root / "vendor"

    def prepare(self, template: Template) -> None:
        """Begin anew."""
        shutil.rmtree(self.root, ignore_errors=True)
        for folder in (self.database.parent, self.checkpoints.parent, self.journal, self.vendor):
            folder.mkdir(parents=True)
        shutil.copy(template.database, self.database)


@dataclass(slots=True, kw_only=True)
class Machine:
    """Starts, kills, stops and restarts."""

    world: RpcWorld
    clock: VirtualClock
    random: Random
    shared: Shared
    files: Files
    engines: tuple[Engines, ...]
    vendor: Vendor
    agent_settings: AgentSettings
    agent_installation: Path
    backend: KeyBackend
    has_agent: bool
    plan: Plan
    hubs: dict[int, HubProcess] = field(default_factory=dict)
    started: list[HubProcess] = field(default_factory=list)
    agent: AgentProcess | None = None
    crashes: list[str] = field(default_factory=list)
    """Where processes died by a crash point."""
    kills: int = 0
    healing: bool = False
    restored: bool = False
    _frozen_slots: set[int] = field(default_factory=set)
    _driver: Process | None = None

    def address(self, slot: int) -> str:
        """Where a replica serves."""
        return f"{HOST}:{7443 + 100 * slot}"

    def start(self) -> None:
        """Bring everything up, and let the plan's misfortunes come."""
        self._driver = current_process()
        self.world.loop.balance(
            (HOST, CALLBACKS_PORT), [(HOST, _public_port(slot)) for slot in range(self.plan.replicas)]
        )
        if self.has_agent:
            self._spawn(self._keep_agent())
        for slot in range(self.plan.replicas):
            self._spawn(self._keep_hub(slot))
        for when, count in self.plan.busy_commits:
            self._spawn(self._make_busy(when, count))
        if self.plan.restore is not None:
            self._spawn(self._restore())

    async def heal(self) -> None:
        """No more misfortunes: everything runs, and goes on running."""
        self.healing = True
        self.vendor.faults.clear()
        self.world.faults.waiting.clear()
        for hub in self.started:
            hub.process.dies_at = hub.process.stops_at = None
            hub.process.stopped = False
            hub.database.busy = 0
        while not self._all_up():  # noqa: ASYNC110 - in virtual time a look costs nothing
            await asyncio.sleep(LOOK_SECONDS)

    async def end(self, *, in_order: bool) -> None:
        """Bring the hubs down, in order or by a kill."""
        self._frozen_slots.update(range(self.plan.replicas))
        for hub in tuple(self.hubs.values()):
            if in_order and hub.process.alive:
                await self.world.loop.spawn(hub.process, hub.shut_down())
            hub.process.kill()

    def _all_up(self) -> bool:
        living = [hub for hub in self.hubs.values() if hub.process.alive]
        agent_is_up = self.agent is not None and self.agent.process.alive
        return len(living) == self.plan.replicas and (agent_is_up or not self.has_agent)

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        asyncio.create_task(coroutine).add_done_callback(_raise_here)

    async def _keep_hub(self, slot: int) -> None:
        """Start it again whenever it died."""
        points = list(self.plan.crashes[slot])
        for start in range(1_000):
            while slot in self._frozen_slots:  # noqa: ASYNC110 - in virtual time a look costs nothing
                await asyncio.sleep(LOOK_SECONDS)
            point = points.pop(0) if points and not self.healing else None
            hub = self._start_hub(slot, start, point)
            await self._death_of(hub.process)
            if hub.process.died_at:
                self.crashes.append(hub.process.died_at)
            if not self.healing:
                await asyncio.sleep(self.plan.restart_seconds[start % len(self.plan.restart_seconds)])

    def _start_hub(self, slot: int, start: int, point: CrashPoint | None) -> HubProcess:
        self.engines[slot].release()
        process = self.world.loop.add(Process(name=f"hub-{slot}-{start}", dies_at=point))
        pause = next((pause for pause in self.plan.pauses if pause.slot == slot), None)
        if pause is not None and start == 0:
            process.stops_at = pause.at
            process.on_stop = lambda: self._stop_for(process, pause)
        place = Place(
            process=process,
            world=self.world,
            clock=self.clock,
            random=self.random,
            engines=self.engines[slot],
            checkpoints=self.files.checkpoints,
            address=self.address(slot),
            public_address=f"{HOST}:{_public_port(slot)}",
            alone=self.plan.replicas == 1,
        )
        hub = process.context().run(lambda: HubProcess(shared=self.shared, place=place))
        self.hubs[slot] = hub
        self.started.append(hub)
        self.world.loop.spawn(process, hub.run()).add_done_callback(partial(_ended, process))
        return hub

    async def _keep_agent(self) -> None:
        deaths = list(self.plan.agent_deaths)
        for start in range(1_000):
            process = self.world.loop.add(Process(name=f"agent-{start}"))
            self.agent = AgentProcess(
                process=process,
                settings=self.agent_settings,
                installation=self.agent_installation,
                state=self.files.journal,
                clock=self.clock,
                backend=lambda: self.backend,
            )
            self.world.loop.spawn(process, self.agent.run()).add_done_callback(partial(_ended, process))
            died = self._death_of(process)
            if not deaths:
                await died
                continue
            when, away = deaths.pop(0)
            await asyncio.wait([asyncio.ensure_future(died)], timeout=when)
            process.kill()
            self.kills += 1
            await asyncio.sleep(away if not self.healing else 0.5)

    def _death_of(self, process: Process) -> asyncio.Future[None]:
        died: asyncio.Future[None] = self.world.loop.create_future()
        assert self._driver is not None
        context = self._driver.context()
        process.on_death.append(lambda: _resolve(died, context))
        return died

    def _stop_for(self, process: Process, pause: Pause) -> None:
        """Let a stopped process go on after its pause."""
        self.crashes.append(f"stopped for {pause.for_seconds:.0f} s")
        assert self._driver is not None

        def go_on() -> None:
            process.stopped = False

        self.world.loop.call_later(pause.for_seconds, go_on, context=self._driver.context())

    async def _make_busy(self, when: float, count: int) -> None:
        await asyncio.sleep(when)
        for hub in self.hubs.values() if not self.healing else ():
            hub.database.busy += count

    async def _restore(self) -> None:
        """Copy the database while it is used; later kill every hub and put the copy back."""
        assert self.plan.restore is not None
        copy = self.files.root / "copy.db"
        await asyncio.sleep(self.plan.restore.copied_at_seconds)
        _copy(self.files.database, copy)
        await asyncio.sleep(self.plan.restore.put_back_at_seconds - self.plan.restore.copied_at_seconds)
        if self.healing:
            return
        self._frozen_slots.update(range(self.plan.replicas))
        for hub in tuple(self.hubs.values()):
            hub.process.kill()
        self.kills += self.plan.replicas
        for engines in self.engines:
            engines.release()
        for end in COMPANIONS:
            Path(f"{self.files.database}{end}").unlink(missing_ok=True)
        copy.rename(self.files.database)
        self.restored = True
        await asyncio.sleep(1.0)
        self._frozen_slots.clear()


def _public_port(slot: int) -> int:
    return CALLBACKS_PORT + 1 + slot


def _copy(source: Path, target: Path) -> None:
    with sqlite3.connect(source) as live, sqlite3.connect(target) as copy:
        live.backup(copy)
    live.close()
    copy.close()


def _resolve(died: asyncio.Future[None], context: Any) -> None:
    def resolve() -> None:
        if not died.done():
            died.set_result(None)

    died.get_loop().call_soon(resolve, context=context)


def _ended(process: Process, task: "asyncio.Task[Any]") -> None:
    """A main coroutine that ends takes its process with it."""
    if not task.cancelled() and task.exception() is not None:
        process.died_at = process.died_at or f"ended by {type(task.exception()).__name__}"
    process.kill()


def _raise_here(task: "asyncio.Task[None]") -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        task.get_loop().call_exception_handler({"message": "the machine itself failed", "exception": error})
