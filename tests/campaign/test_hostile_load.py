"""A flood of calls that are refused at the door: health answers, work goes on, and audit and memory stay small."""

import asyncio
import json
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from hub.installation.template import set_value
from landhub.rosreestr.v1 import rosreestr_pb2
from landhub.rosreestr.v1 import rosreestr_service_pb2 as rosreestr
from landhub.rosreestr.v1.rosreestr_service_pb2_grpc import RosreestrServiceStub
from sandbox.demo.installation import Installation, install
from sandbox.demo.stack import Stack
from sandbox.registry import SINGLE_OWNER
from tests.campaign.flood import CALL_SECONDS, Flood, h2load_flood, opened, python_flood, refused_by_reason
from tests.campaign.telling import long_test, tell
from tests.support.examples import transfer
from tests.support.ports import demo_ports
from tests.support.stack import PACE, STEP_SECONDS, command, control

CALLS = 1_000_000
ROUND = 60_000
"""Calls between two words on the progress."""
ROWS_A_MINUTE = 12  # kinds of refusals here, twice over
LARGEST_GROWTH_KIB = 48 * 1024  # what allocators keep; a flood that left something behind would leave far more
REPORT = Path("build/hostile.json")

REFUSED = {"denied": "CERTIFICATE_REFUSED", "unlisted": "CALLER_UNKNOWN", "noisy": "RATE_LIMITED"}
"""Callers, and why each is refused."""


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """A landhub with a denied caller, one that is on no list, and one that may call once in a long while."""
    folder = tmp_path / "installation"
    made = Stack(install(folder, demo_ports(), pace=PACE), step_seconds=STEP_SECONDS)
    for name in REFUSED:
        command("hub", "callers", "add", str(folder), name, "--role", "deal")
    command("hub", "callers", "deny", str(folder), "denied")
    settings = folder / "landhub.toml"
    text = settings.read_text().replace("[callers.unlisted]", "[callers.somebody-else]")
    path = "landhub.rosreestr.v1.RosreestrService/ListRegistrations"
    text += f'\n[limits.methods."{path}"]\ncalls_per_second = 0.00001\nburst = 1\n'
    settings.write_text(set_value(text, "telemetry.sample_ratio", "0.0"))
    try:
        made.start()
        yield made
    finally:
        made.stop()


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What came of a flood; the memory is the hub's."""

    refused: int = 0
    seconds: float = 0.0
    health_answers: int = 0
    slowest_health_seconds: float = 0.0
    registrations: int = 0
    growth_kib: int = 0
    audit_rows: int = 0


async def test_a_flood_of_refused_calls_leaves_the_hub_as_it_was(stack: Stack) -> None:
    with python_flood(stack.installation, list(REFUSED)) as flood:
        await held(stack, flood, rounds=1, calls=1500, warm_up=600)


@pytest.mark.campaign
async def test_a_million_refused_calls_leave_the_hub_as_it_was(stack: Stack, tmp_path: Path) -> None:
    long_test()
    with h2load_flood(stack.installation, list(REFUSED), tmp_path) as flood:
        outcome = await held(stack, flood, rounds=-(-CALLS // ROUND), calls=ROUND, warm_up=ROUND)
    assert outcome.refused >= CALLS
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(asdict(outcome), indent=1) + "\n")


async def held(stack: Stack, flood: Flood, *, rounds: int, calls: int, warm_up: int) -> Outcome:
    """Let the flood break over the hub, so many calls a round, and hold the hub to all that it promises meanwhile."""
    pid, installation, loop = stack.hub.pid, stack.installation, asyncio.get_running_loop()
    assert pid is not None
    outcome = Outcome()
    await register(installation, "flood/before")
    await flood(warm_up // len(REFUSED))  # caches, buckets, connections
    before, began = resident_kib(pid), loop.time()
    slow = {"kind": "latency", "operation": "registration.submit", "seconds": 1.0, "times": 1}
    control(stack, "/faults", {"faults": [slow]})
    with watched_health(installation, outcome):
        for number in range(rounds):
            under_way = asyncio.create_task(register(installation, f"flood/{number}"))
            await flood(calls // len(REFUSED))
            assert (await under_way).state != rosreestr_pb2.REGISTRATION_STATE_OUTCOME_UNKNOWN
            outcome.registrations += 1
            outcome.growth_kib, outcome.seconds = resident_kib(pid) - before, loop.time() - began
            tell(f"{(number + 1) * calls:,} refused in {outcome.seconds:.0f} s, {outcome.growth_kib} KiB more")
    assert outcome.health_answers > rounds
    assert outcome.growth_kib < LARGEST_GROWTH_KIB
    assert await works(installation)
    judge(stack, outcome, sent=rounds * calls + warm_up)
    return outcome


def judge(stack: Stack, outcome: Outcome, *, sent: int) -> None:
    """Every call sent was refused, counted and audited, in few rows."""
    installation = stack.installation
    said = refused_by_reason(installation)
    stack.hub.stop()  # which records what was counted since the last minute
    counted = rows(installation)
    outcome.refused, outcome.audit_rows = sum(count for _, count in counted), len(counted)
    assert sent - 1 <= outcome.refused <= sent  # the noisy one may call once
    assert {reason for reason, _ in counted} == set(said) == set(REFUSED.values())
    assert sum(said.values()) == outcome.refused
    assert outcome.audit_rows <= ROWS_A_MINUTE * (outcome.seconds / 60 + 2)
    assert "whole" in command("hub", "audit", "verify", str(installation.folder))
    assert (installation.folder / "state" / "landhub.db").stat().st_size < 64 << 20


@contextmanager
def watched_health(installation: Installation, outcome: Outcome) -> Iterator[None]:
    """Ask for health without a pause while the context lasts; every answer must be SERVING."""

    async def watch() -> None:
        loop = asyncio.get_running_loop()
        async with opened(installation, "client") as channel:
            stub: Any = health_pb2_grpc.HealthStub(channel)
            while True:
                asked = loop.time()
                answer = await stub.Check(health_pb2.HealthCheckRequest(), timeout=CALL_SECONDS)
                assert answer.status == health_pb2.HealthCheckResponse.SERVING
                outcome.health_answers += 1
                outcome.slowest_health_seconds = max(outcome.slowest_health_seconds, loop.time() - asked)
                await asyncio.sleep(0.1)

    watching = asyncio.create_task(watch())
    try:
        yield
        assert not watching.done(), watching.exception()
    finally:
        watching.cancel()


async def register(installation: Installation, number: str) -> rosreestr_pb2.Registration:
    request = rosreestr.CreateRegistrationRequest(
        request_id=str(uuid.uuid4()), business_reference=number, transfer=transfer()
    )
    request.transfer.contract_number = number
    async with opened(installation, "client") as channel:
        stub: Any = RosreestrServiceStub(channel)
        answer: rosreestr.CreateRegistrationResponse = await stub.CreateRegistration(request, timeout=CALL_SECONDS)
        return answer.registration


async def works(installation: Installation) -> bool:
    """Whether calls are served as before: a registration and a lookup."""
    assert (await register(installation, "flood/after")).registration_id
    async with opened(installation, "client") as channel:
        stub: Any = RosreestrServiceStub(channel)
        request = rosreestr.GetLandPlotRequest(cadastral_number=SINGLE_OWNER)
        answer: rosreestr.GetLandPlotResponse = await stub.GetLandPlot(request, timeout=CALL_SECONDS)
        return answer.land_plot.cadastral_number == SINGLE_OWNER


def rows(installation: Installation) -> list[tuple[str, int]]:
    """Return the audit's (reason, count) of counted refusals."""
    path = installation.folder / "state" / "landhub.db"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        query = "select reason, details from audit_records where phase = 'refused' and method = '*'"
        return [(reason, int(orjson.loads(details)["count"])) for reason, details in connection.execute(query)]


def resident_kib(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])
