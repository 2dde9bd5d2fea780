"""A flood of calls that are refused at the door: health answers, work goes on, and audit and memory stay small."""

import asyncio
import sqlite3
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import grpc
import orjson
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from hub.installation.template import set_value
from landhub.rosreestr.v1 import rosreestr_pb2
from landhub.rosreestr.v1 import rosreestr_service_pb2 as rosreestr
from landhub.rosreestr.v1.rosreestr_service_pb2_grpc import RosreestrServiceStub
from sandbox.demo.installation import Installation, install
from sandbox.demo.ports import Ports
from sandbox.demo.stack import Stack
from sandbox.registry import SINGLE_OWNER
from tests.support.examples import transfer
from tests.support.stack import PACE, STEP_SECONDS, command, control, identity

CHANNELS, AT_ONCE = 4, 32
CALL_SECONDS = 30.0
ROWS_A_MINUTE = 12  # kinds of refusals here, twice over
LARGEST_GROWTH_KIB = 48 * 1024  # what allocators keep; a flood that left something behind would leave far more

REFUSED = {
    "denied": (grpc.StatusCode.UNAUTHENTICATED, "CERTIFICATE_REFUSED"),
    "unlisted": (grpc.StatusCode.UNAUTHENTICATED, "CALLER_UNKNOWN"),
    "noisy": (grpc.StatusCode.RESOURCE_EXHAUSTED, "RATE_LIMITED"),
}


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """A landhub with a denied caller, one that is on no list, and one that may call once in a long while."""
    folder = tmp_path / "installation"
    made = Stack(install(folder, Ports.free(), pace=PACE), step_seconds=STEP_SECONDS)
    for name in REFUSED:
        command("hub", "callers", "add", str(folder), name, "--role", "deal")
    command("hub", "callers", "deny", str(folder), "denied")
    settings = folder / "landhub.toml"
    text = settings.read_text().replace("[callers.unlisted]", "[callers.somebody-else]")
    path = "landhub.rosreestr.v1.RosreestrService/ListRegistrations"
    text += f'\n[limits.methods."{path}"]\ncalls_per_second = 0.001\nburst = 1\n'
    settings.write_text(set_value(text, "telemetry.sample_ratio", "0.0"))
    try:
        made.start()
        yield made
    finally:
        made.stop()


@asynccontextmanager
async def opened(installation: Installation, caller: str) -> AsyncIterator[grpc.aio.Channel]:
    who = identity(installation, caller)
    credentials = grpc.ssl_channel_credentials(who.ca.read_bytes(), who.key.read_bytes(), who.certificate.read_bytes())
    options = (("grpc.use_local_subchannel_pool", 1),)
    async with grpc.aio.secure_channel(who.address, credentials, options=options) as channel:
        yield channel


class Flood:
    """So many calls of one caller, all of which must be refused in one way; `calls` are those still to be made."""

    def __init__(self, installation: Installation, caller: str, calls: int) -> None:
        self._installation = installation
        self._caller = caller
        self.calls = calls
        self.codes: Counter[grpc.StatusCode] = Counter()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            for _ in range(CHANNELS):
                tasks.create_task(self._over_one_channel())

    async def _over_one_channel(self) -> None:
        async with opened(self._installation, self._caller) as channel, asyncio.TaskGroup() as tasks:
            for _ in range(AT_ONCE):
                tasks.create_task(self._call_again_and_again(RosreestrServiceStub(channel)))

    async def _call_again_and_again(self, stub: Any) -> None:
        while self.calls > 0:
            self.calls -= 1
            try:
                await stub.ListRegistrations(rosreestr.ListRegistrationsRequest(), timeout=CALL_SECONDS)
            except grpc.aio.AioRpcError as error:
                self.codes[error.code()] += 1
            else:
                self.codes[grpc.StatusCode.OK] += 1


async def watch_health(installation: Installation, stop: asyncio.Event) -> int:
    """Ask for health without a pause until told to stop; returns how often it answered."""
    answered = 0
    async with opened(installation, "client") as channel:
        stub: Any = health_pb2_grpc.HealthStub(channel)
        while not stop.is_set():
            answer = await stub.Check(health_pb2.HealthCheckRequest(), timeout=CALL_SECONDS)
            assert answer.status == health_pb2.HealthCheckResponse.SERVING
            answered += 1
            await asyncio.sleep(0.1)
    return answered


async def register(installation: Installation, number: str) -> rosreestr_pb2.Registration:
    request = rosreestr.CreateRegistrationRequest(
        request_id=str(uuid.uuid4()), business_reference=number, transfer=transfer()
    )
    request.transfer.contract_number = number
    async with opened(installation, "client") as channel:
        stub: Any = RosreestrServiceStub(channel)
        answer: rosreestr.CreateRegistrationResponse = await stub.CreateRegistration(request, timeout=CALL_SECONDS)
        return answer.registration


def rows(installation: Installation) -> list[tuple[str, str, str]]:
    """Return the audit's (reason, caller, details) of counted refusals."""
    path = installation.folder / "state" / "landhub.db"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        query = "select reason, caller, details from audit_records where phase = 'refused' and method = '*'"
        return connection.execute(query).fetchall()


def resident_kib(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])


async def flood(stack: Stack, calls: int) -> int:
    """Let all of them call at once; returns how many were refused."""
    floods = [Flood(stack.installation, caller, calls // len(REFUSED)) for caller in REFUSED]
    async with asyncio.TaskGroup() as tasks:
        for one in floods:
            tasks.create_task(one.run())
    for (code, _), one in zip(REFUSED.values(), floods, strict=True):
        assert set(one.codes) <= {code, grpc.StatusCode.OK}
        assert one.codes[grpc.StatusCode.OK] <= 1  # what the noisy one may do
    return sum(one.codes.total() - one.codes[grpc.StatusCode.OK] for one in floods)


@pytest.mark.parametrize("calls", [1500, pytest.param(1_000_000, marks=pytest.mark.campaign)])
async def test_a_flood_of_refused_calls_leaves_the_hub_as_it_was(stack: Stack, calls: int) -> None:
    pid, installation = stack.hub.pid, stack.installation
    assert pid is not None
    await register(installation, "flood/1")
    refused = await flood(stack, max(600, calls // 10))  # warms up: caches, buckets, connections
    before, stop, loop = resident_kib(pid), asyncio.Event(), asyncio.get_running_loop()
    began = loop.time()
    slow = {"kind": "latency", "operation": "registration.submit", "seconds": 1.0, "times": 1}
    control(stack, "/faults", {"faults": [slow]})
    async with asyncio.TaskGroup() as tasks:
        health = tasks.create_task(watch_health(installation, stop))
        under_way = tasks.create_task(register(installation, "flood/2"))
        refused += await flood(stack, calls)
        stop.set()
    minutes = (loop.time() - began) / 60
    assert under_way.result().state != rosreestr_pb2.REGISTRATION_STATE_OUTCOME_UNKNOWN
    assert health.result() > 0
    assert resident_kib(pid) - before < LARGEST_GROWTH_KIB
    assert (await register(installation, "flood/3")).registration_id
    async with opened(installation, "client") as channel:
        stub: Any = RosreestrServiceStub(channel)
        await stub.GetLandPlot(rosreestr.GetLandPlotRequest(cadastral_number=SINGLE_OWNER), timeout=CALL_SECONDS)
    await asyncio.to_thread(stack.hub.stop)  # which records what was counted since the last minute
    counted = rows(installation)
    assert sum(int(orjson.loads(details)["count"]) for _, _, details in counted) == refused
    assert len(counted) <= ROWS_A_MINUTE * (minutes + 2)
    assert {reason for reason, _, _ in counted} == {reason for _, reason in REFUSED.values()}
    assert "whole" in await asyncio.to_thread(command, "hub", "audit", "verify", str(installation.folder))
    assert (installation.folder / "state" / "landhub.db").stat().st_size < 64 << 20
