"""Calls that are refused, as many as one likes: a few thousand by Python's own client, a million by h2load."""

import asyncio
import urllib.request
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Protocol

import grpc

from landhub.rosreestr.v1 import rosreestr_service_pb2 as rosreestr
from landhub.rosreestr.v1.rosreestr_service_pb2_grpc import RosreestrServiceStub
from sandbox.demo.installation import Installation
from tests.bench.rig import proxies
from tests.bench.rig.load import Target, grpc_target, send
from tests.bench.rig.machine import cores
from tests.bench.rig.programs import Program, listens
from tests.support.ports import free_ports
from tests.support.stack import identity

CALL_SECONDS = 30.0
CONNECTIONS, STREAMS = 4, 32
"""Of each caller."""
_PATH = "/landhub.rosreestr.v1.RosreestrService/ListRegistrations"
_REFUSALS = {grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.RESOURCE_EXHAUSTED}
_REQUEST = rosreestr.ListRegistrationsRequest()


class Flood(Protocol):
    """Has every caller make so many calls at once; returns when all are answered, however."""

    async def __call__(self, calls_of_each: int) -> None:
        """Make them."""


@contextmanager
def python_flood(installation: Installation, callers: Sequence[str]) -> Iterator[Flood]:
    """Calls by gRPC's own client, which costs about what the hub does: for some thousands."""

    async def flood(calls_of_each: int) -> None:
        await asyncio.gather(*(_of_one(installation, caller, calls_of_each) for caller in callers))

    yield flood


@contextmanager
def h2load_flood(installation: Installation, callers: Sequence[str], folder: Path) -> Iterator[Flood]:
    """Calls by h2load, a program for each caller, through an HAProxy that shows the caller's certificate."""
    ports = free_ports(len(callers))
    doors = [
        proxies.door(name=caller, port=port, to=[installation.ports.hub], tls=_pair(installation, caller, folder))
        for caller, port in zip(callers, ports, strict=True)
    ]
    (folder / "haproxy.cfg").write_text(proxies.configuration(*doors))
    body = folder / "request"
    shape = {"connections": CONNECTIONS, "streams": STREAMS}
    targets = [grpc_target(port, _PATH, _REQUEST, body, **shape) for port in ports]
    command = ["haproxy", "-db", "-f", str(folder / "haproxy.cfg")]
    proxy = Program(command, log=folder / "haproxy.log", cores=cores().both)
    try:
        proxy.wait_until(lambda: all(map(listens, ports)))

        async def flood(calls_of_each: int) -> None:
            await asyncio.gather(*(_sent(target, calls_of_each) for target in targets))

        yield flood
    finally:
        proxy.stop()


@asynccontextmanager
async def opened(installation: Installation, caller: str) -> AsyncIterator[grpc.aio.Channel]:
    """A channel of that caller that shares its connection with no other."""
    who = identity(installation, caller)
    credentials = grpc.ssl_channel_credentials(who.ca.read_bytes(), who.key.read_bytes(), who.certificate.read_bytes())
    options = (("grpc.use_local_subchannel_pool", 1),)
    async with grpc.aio.secure_channel(who.address, credentials, options=options) as channel:
        yield channel


def refused_by_reason(installation: Installation) -> dict[str, int]:
    """How many calls the hub says it has refused before anything else, by reason."""
    with urllib.request.urlopen(f"http://127.0.0.1:{installation.ports.private}/metrics", timeout=30) as answer:
        lines = answer.read().decode().splitlines()
    counted = [line for line in lines if line.startswith("landhub_rpc_refused_total{")]
    return {line.split('"')[1]: int(float(line.rpartition(" ")[2])) for line in counted}


async def _sent(target: Target, calls: int) -> None:
    done = await asyncio.to_thread(send, target, calls=calls, timeout_seconds=600)
    assert done == calls, f"{done} of {calls} calls were answered"


async def _of_one(installation: Installation, caller: str, calls: int) -> None:
    left = iter(range(calls))

    async def over_one_channel() -> None:
        async with opened(installation, caller) as channel:
            stub: Any = RosreestrServiceStub(channel)
            await asyncio.gather(*(one_after_the_other(stub) for _ in range(STREAMS)))

    async def one_after_the_other(stub: Any) -> None:
        for _ in left:
            try:
                await stub.ListRegistrations(_REQUEST, timeout=CALL_SECONDS)
            except grpc.aio.AioRpcError as error:
                if error.code() not in _REFUSALS:
                    raise

    await asyncio.gather(*(over_one_channel() for _ in range(CONNECTIONS)))


def _pair(installation: Installation, caller: str, folder: Path) -> proxies.TlsClient:
    who = identity(installation, caller)
    pair = folder / f"{caller}.pem"
    pair.touch(mode=0o600)
    pair.write_bytes(who.certificate.read_bytes() + who.key.read_bytes())
    return proxies.TlsClient(pair=pair, ca=who.ca)
