"""Real programs killed with -9 at random moments, stopped and continued, while deals go on; then the same is judged."""

import asyncio
import json
import os
import signal
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from sqlalchemy import select

from hub.installation.database import database_place, maintenance_engine
from hub.installation.sealed import secrets_of
from hub.settings import load_settings
from hub.storage.tables import audit_records, outbox_jobs
from landhub.rosreestr.v1 import rosreestr_pb2
from landhub.signatures.v1 import signatures_pb2
from landhub_client import Client, LandhubError
from sandbox.demo.deal import Deal, Names
from sandbox.demo.processes import Background
from sandbox.demo.stack import Stack
from signer_agent.journal_record import Phase, read_line
from tests.support.databases import disposed, postgres_settings
from tests.support.postgres import PostgresServer
from tests.support.stack import command, connect, control, running_stack

T = TypeVar("T")

AT_ONCE = 4
AGAIN_SECONDS = 0.3
LONGEST_LIFE_SECONDS = 2.5  # between a start and the next kill: a deal takes one or two
PATIENCE_SECONDS = 300.0  # for a deal, which outlives several kills
PAUSE_EVERY = 50  # kills
TELL_EVERY = 10
DATABASE_KILLED = 0.2  # of the blows, where it is a server
BROKEN = ("Traceback", "rpc_failed", "job.failed", "claiming_failed", "background_failed")


@dataclass(slots=True, kw_only=True)
class KillReport:
    """What was done to the programs, and what came of the deals."""

    hub_kills: int = 0
    agent_kills: int = 0
    database_kills: int = 0
    pauses: int = 0
    deals: int = 0
    violations: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The report as JSON."""
        return asdict(self)


def run_kills(
    folder: Path,
    *,
    kills: int,
    seed: int,
    pause_seconds: float,
    tell: Callable[[str], None],
    server: PostgresServer | None = None,
) -> KillReport:
    """Kill hub and agent so many times under load, let all deals end, and judge.

    Args:
        folder: Where the installation is made; must not be there yet.
        kills: How many blows; one may hit both.
        seed: Of everything that is drawn.
        pause_seconds: How long the hub is stopped: longer than a lease.
        tell: Takes words on the progress.
        server: Keeps the database, and is killed now and then, too; None for SQLite.
    """
    report = KillReport()
    with running_stack(folder, settings=postgres_settings(server) if server else {}) as stack:
        deals = asyncio.run(_Load(stack, server, report, Random(seed), kills, pause_seconds, tell).run())
        report.deals = len(deals)
        items = control(stack, "/state")["registrations"]["items"]
        stack.wait_until_ready()
        stack.hub.stop()
        stack.agent.stop()
        report.violations += [*_judged(stack, deals, items)]
    return report


class _Load:
    """Deals that follow each other, and a killer among them."""

    def __init__(
        self,
        stack: Stack,
        server: PostgresServer | None,
        report: KillReport,
        random: Random,
        kills: int,
        pause_seconds: float,
        tell: Callable[[str], None],
    ) -> None:
        self._stack = stack
        self._server = server
        self._report = report
        self._random = random
        self._kills = kills
        self._pause_seconds = pause_seconds
        self._tell = tell
        self._done = False
        self._number = 0
        self._deals: dict[str, rosreestr_pb2.Registration | None] = {}

    async def run(self) -> dict[str, rosreestr_pb2.Registration | None]:
        """Run until so many kills are done and every deal begun has ended; deals by reference."""
        async with connect(self._stack.installation) as client, asyncio.TaskGroup() as tasks:
            for _ in range(AT_ONCE):
                tasks.create_task(self._deals_in_turn(client))
            tasks.create_task(self._kill_in_turn())
        return self._deals

    async def _kill_in_turn(self) -> None:
        try:
            for number in range(1, self._kills + 1):
                await asyncio.to_thread(self._stack.wait_until_ready, timeout_seconds=120)
                await asyncio.sleep(self._random.uniform(0, LONGEST_LIFE_SECONDS))
                await self._strike()
                if number % PAUSE_EVERY == 0 or number == self._kills:
                    await self._pause()
                if number % TELL_EVERY == 0 or number == self._kills:
                    report = self._report
                    kills = report.hub_kills + report.agent_kills + report.database_kills
                    self._tell(f"{kills} kills, {report.pauses} pauses, {len(self._deals)} deals begun")
        finally:
            self._done = True

    async def _strike(self) -> None:
        if self._server is not None and self._random.random() < DATABASE_KILLED:
            self._report.database_kills += 1
            await asyncio.to_thread(self._server.crash)
            await asyncio.sleep(self._random.choice((0.0, 0.5, 2.0)))
            await asyncio.to_thread(self._server.start)
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
        await asyncio.to_thread(self._stack.wait_until_ready, timeout_seconds=120)
        pid = self._stack.hub.pid
        if pid is not None:
            self._report.pauses += 1
            os.kill(pid, signal.SIGSTOP)
            await asyncio.sleep(self._pause_seconds)
            os.kill(pid, signal.SIGCONT)

    async def _deals_in_turn(self, client: Client) -> None:
        while not self._done:
            self._number += 1
            reference = f"kill-{self._number}"
            self._deals[reference] = None
            names = Names(
                reference=reference,
                contract_number=f"kill/{self._number}-straight",
                seed=uuid.UUID(int=self._random.getrandbits(128)),
            )
            deal = Deal(client=client, installation=self._stack.installation, names=names)
            try:
                async with asyncio.timeout(PATIENCE_SECONDS + self._pause_seconds):
                    self._deals[reference] = await _carried_out(deal)
            except (TimeoutError, LandhubError) as error:
                self._report.violations.append(f"lost: deal {reference} did not end: {error!r}")


async def _carried_out(deal: Deal) -> rosreestr_pb2.Registration:
    """Sign and register, asking again whatever may be asked again."""
    certificates = await _answered(deal.list_certificates, until=bool)
    signature = await _answered(
        lambda: deal.sign(certificates[0].thumbprint),
        until=lambda answer: answer.state != signatures_pb2.SIGNATURE_STATE_PENDING,
    )
    submitted = await _answered(lambda: deal.submit([signature.cms]))
    there = submitted.registration_id
    return await _answered(lambda: deal.reach(there, rosreestr_pb2.REGISTRATION_STATE_REGISTERED))


async def _answered(call: Callable[[], Awaitable[T]], *, until: Callable[[T], bool] = lambda _: True) -> T:
    while True:
        try:
            answer = await call()
            if until(answer):
                return answer
        except LandhubError as error:
            if not error.may_retry:
                raise
        await asyncio.sleep(AGAIN_SECONDS)


def _judged(
    stack: Stack, deals: dict[str, rosreestr_pb2.Registration | None], items: Sequence[dict[str, Any]]
) -> Iterator[str]:
    folder = stack.installation.folder
    by_contract: dict[str, list[dict[str, Any]]] = {}
    for item in items:
        by_contract.setdefault(item["contract_number"], []).append(item)
    for reference, ours in deals.items():
        number = reference.removeprefix("kill-")
        there = by_contract.pop(f"kill/{number}-straight", [])
        if len(there) != 1:
            yield f"{'doubled' if there else 'lost'}: deal {reference} is at the register {len(there)} times"
        elif ours is not None and (there[0]["client_reference"], there[0]["status"]) != (
            ours.vendor_reference,
            "REGISTERED",
        ):
            yield f"deal {reference} is {there[0]['status']} at the register, as {there[0]['client_reference']}"
    yield from (f"doubled: the register has {contract}, which nobody asked for" for contract in by_contract)
    yield from _journal(folder / "agent/state/journal.jsonl", deals)
    yield from _database(folder, deals)
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


def _journal(path: Path, deals: Sequence[str] | dict[str, Any]) -> Iterator[str]:
    records = [read_line(line) for line in path.read_bytes().splitlines()]
    signed = Counter(r.entry.business_reference for r in records if r.entry.phase is Phase.SIGNED)
    for reference in deals:
        if signed[reference] != 1:
            kind = "doubled" if signed[reference] else "lost"
            yield f"{kind}: the agent signed {signed[reference]} times for deal {reference}"


def _database(folder: Path, deals: Sequence[str] | dict[str, Any]) -> Iterator[str]:
    settings = load_settings(folder)
    place = database_place(settings, folder, secrets_of(settings, folder, os.environ))
    with disposed(maintenance_engine(place, read_only=True)) as engine, engine.connect() as conn:
        jobs = conn.execute(select(outbox_jobs.c.kind, outbox_jobs.c.state, outbox_jobs.c.reason)).all()
        audit = audit_records.c
        query = select(audit.business_reference, audit.phase, audit.details).where(audit.business_reference != "")
        records = conn.execute(query).all()
    for kind, state, reason in jobs:
        if state in {"leased", "dead"}:
            yield f"job {kind} is left {state} {reason}"
    found: dict[str, Counter[str]] = {}
    for reference, phase, details in records:
        counted = phase if phase != "outcome" or "job" in json.loads(details) else "change"
        found.setdefault(reference, Counter())[counted] += 1
    for reference in deals:
        kinds = found.get(reference, Counter())
        if kinds["intent"] != 2 or kinds["outcome"] < 2 or kinds["request"] < 2:
            yield f"unaudited: deal {reference} has the records {dict(kinds)}"
