"""Real programs killed with -9 at random moments, stopped and continued, while work goes on; then all is judged."""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import select

from hub.storage.tables import outbox_jobs
from sandbox.demo.processes import Background, ProcessFailedError
from sandbox.demo.stack import Stack
from tests.campaign.loads.port import Load
from tests.campaign.loads.records import opened
from tests.support.databases import postgres_settings
from tests.support.ports import demo_ports
from tests.support.postgres import PostgresServer
from tests.support.stack import command, running_stack

START_SECONDS = 240.0  # a busy machine beside, and a pause
LONGEST_LIFE_SECONDS = 2.5  # between a start and the next kill: a deal takes one or two
PAUSE_EVERY = 50  # kills
TELL_EVERY = 10
DATABASE_KILLED = 0.2  # of the blows, where it is a server
_MODULES = frozenset({"rosreestr", "signatures", "payments", "notifications"})  # of an installation of the demo
BROKEN = ("Traceback", "rpc_failed", "job.failed", "claiming_failed", "background_failed")


@dataclass(slots=True, kw_only=True)
class KillReport:
    """What was done to the programs, and what came of the work. `begun`: how many deals, payments and so on."""

    hub_kills: int = 0
    agent_kills: int = 0
    database_kills: int = 0
    pauses: int = 0
    begun: dict[str, int] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)

    @property
    def kills(self) -> int:
        """Of all programs."""
        return self.hub_kills + self.agent_kills + self.database_kills

    def as_json(self) -> dict[str, Any]:
        """The report as JSON."""
        return asdict(self)


def run_kills(
    folder: Path,
    *,
    loads: Sequence[Load],
    kills: int,
    random: Random,
    pause_seconds: float,
    tell: Callable[[str], None],
    server: PostgresServer | None = None,
) -> KillReport:
    """Kill hub and agent so many times under load, let all that was begun end, and judge.

    Args:
        folder: Where the installation is made; must not be there yet, and its parent is.
        loads: What goes on meanwhile, all at once.
        kills: How many blows; one may hit both.
        random: Draws the blows.
        pause_seconds: How long the hub is stopped: longer than a lease.
        tell: Takes words on the progress.
        server: Keeps the database, and is killed now and then, too; None for SQLite.
    """
    report = KillReport()
    ports = demo_ports()
    settings = dict(postgres_settings(server)) if server else {}
    used = {module for load in loads for module in load.modules}
    settings |= {f"modules.{module}.mode": "off" for module in _MODULES - used}  # a hub of less starts sooner
    for load in loads:
        settings |= load.settings(folder.parent, ports)
    callers = dict.fromkeys(caller for load in loads for caller in load.callers)
    options = [word for load in loads for word in load.sandbox_options(ports)]
    with running_stack(folder, *callers, settings=settings, ports=ports, sandbox_options=options) as stack:
        killer = _Killer(
            stack=stack,
            server=server,
            hits_agent=any(load.uses_agent for load in loads),
            report=report,
            random=random,
            kills=kills,
            pause_seconds=pause_seconds,
        )
        asyncio.run(_run(stack, loads, killer, report, tell))
        report.begun = {load.name: load.begun for load in loads}
        stack.wait_until_ready()
        stack.hub.stop()
        stack.agent.stop()
        report.violations += [text for load in loads for text in load.violations(stack)]
        report.violations += _of_programs(stack)
    return report


async def _run(
    stack: Stack, loads: Sequence[Load], killer: "_Killer", report: KillReport, tell: Callable[[str], None]
) -> None:
    def told(number: int) -> None:
        begun = ", ".join(f"{load.begun} {load.name}" for load in loads)
        if number % TELL_EVERY == 0 or number == killer.kills:
            tell(f"{report.kills} kills, {report.pauses} pauses, begun: {begun}")

    async with asyncio.TaskGroup() as tasks:
        for load in loads:
            tasks.create_task(load.work(stack, lambda: killer.is_over))
        tasks.create_task(killer.run(told))


class _Killer:
    """Hits programs at random moments."""

    def __init__(
        self,
        *,
        stack: Stack,
        server: PostgresServer | None,
        hits_agent: bool,
        report: KillReport,
        random: Random,
        kills: int,
        pause_seconds: float,
    ) -> None:
        self._stack = stack
        self._server = server
        self._hits_agent = hits_agent
        self._report = report
        self._random = random
        self.kills = kills
        self._pause_seconds = pause_seconds
        self.is_over = False

    async def run(self, told: Callable[[int], None]) -> None:
        """Hit so many times, and tell after each."""
        try:
            for number in range(1, self.kills + 1):
                await asyncio.to_thread(self._stack.wait_until_ready, timeout_seconds=START_SECONDS)
                await asyncio.sleep(self._random.uniform(0, LONGEST_LIFE_SECONDS))
                await self._strike()
                if number % PAUSE_EVERY == 0 or number == self.kills:
                    await self._pause()
                told(number)
            await asyncio.to_thread(self._stack.wait_until_ready, timeout_seconds=START_SECONDS)
        except ProcessFailedError as error:  # what was begun is judged all the same
            self._report.violations.append(f"stuck: {error}")
        finally:
            self.is_over = True

    async def _strike(self) -> None:
        if self._server is not None and self._random.random() < DATABASE_KILLED:
            self._report.database_kills += 1
            await asyncio.to_thread(self._server.crash)
            await asyncio.sleep(self._random.choice((0.0, 0.5, 2.0)))
            await asyncio.to_thread(self._server.start)
            return
        if not self._hits_agent:
            self._report.hub_kills += 1
            await self._kill(self._stack.hub)
            return
        both = self._random.random() < 0.15
        if both or self._random.random() < 0.7:
            self._report.hub_kills += 1
            await self._kill(self._stack.hub)
        if both or self._random.random() < 0.4:
            self._report.agent_kills += 1
            await self._kill(self._stack.agent)

    async def _kill(self, program: Background) -> None:
        await asyncio.to_thread(program.kill)
        await asyncio.sleep(self._random.choice((0.0, 0.0, 0.5)))
        await asyncio.to_thread(program.start)

    async def _pause(self) -> None:
        """SIGSTOP, past every lease, and SIGCONT."""
        await asyncio.to_thread(self._stack.wait_until_ready, timeout_seconds=START_SECONDS)
        pid = self._stack.hub.pid
        if pid is not None:
            self._report.pauses += 1
            os.kill(pid, signal.SIGSTOP)
            await asyncio.sleep(self._pause_seconds)
            os.kill(pid, signal.SIGCONT)


def _of_programs(stack: Stack) -> Iterator[str]:
    """What must hold whatever was worked on: jobs, logs, audit and journal."""
    folder = stack.installation.folder
    with opened(folder) as conn:
        jobs = conn.execute(select(outbox_jobs.c.kind, outbox_jobs.c.state, outbox_jobs.c.reason)).all()
    for kind, state, reason in jobs:
        if state in {"leased", "dead"}:
            yield f"job {kind} is left {state} {reason}"
    for program in (stack.hub, stack.agent):
        lines = program.log_file.read_text(errors="replace").splitlines()
        yield from (f"uncaught in {program.name}: {line[:300]}" for line in lines if any(w in line for w in BROKEN))
    for arguments in (
        ("hub", "audit", "verify", str(folder)),
        ("signer_agent", "verify-journal", str(folder / "agent")),
    ):
        try:
            command(*arguments)
        except AssertionError as error:
            yield f"unaudited: {error}"
