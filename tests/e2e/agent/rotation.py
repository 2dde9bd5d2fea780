"""Channel certificates and their CA replaced again and again, on both sides, while signatures are made."""

import asyncio
import ipaddress
import os
import uuid
from collections.abc import Callable
from pathlib import Path

from cryptography import x509
from opentelemetry.trace import NoOpTracer
from prometheus_client import CollectorRegistry

from gost.digest import DigestAlgorithm
from hub.core.clock import SystemClock
from hub.core.errors import HubError
from hub.core.ids import Ids
from hub.core.telemetry import Telemetry
from hub.resilience.upstream import Upstreams
from hub.signing.agent import Agent
from hub.signing.agents import SigningAgents
from hub.signing.connection import ChannelFiles
from hub.signing.port import SigningOrder
from hub.signing.witness import Witnesses
from tests.support.pki import Authority
from tests.unit.agent.support import DIGEST

_SERVER_NAMES = (x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
_AT_ONCE = 4


def signing_agents(pki: Path, port: int) -> SigningAgents:
    """A hub's client of the agent whose `pki` folder this is."""
    clock = SystemClock()
    client = Agent(
        name="main",
        address=f"127.0.0.1:{port}",
        files=ChannelFiles(
            ca=pki / "hub-ca.crt", certificate=pki / "hub.crt", key=pki / "hub.key", open_key=Path.read_bytes
        ),
        upstreams=Upstreams(clock=clock, ids=Ids(clock=clock), registry=CollectorRegistry()),
        telemetry=Telemetry(tracer=NoOpTracer()),
        clock=clock,
        witnesses=Witnesses(keys={}),
    )
    return SigningAgents(agents=[client])


class Rotation:
    """One CA after the other as an operator goes: trust both, replace both certificates, trust the new one."""

    def __init__(self, *, pki: Path) -> None:
        self._pki = pki
        self._trusted = (pki / "ca.crt").read_bytes()
        replace(pki / "hub-ca.crt", self._trusted)

    def steps(self) -> tuple[Callable[[], None], ...]:
        """What is done in a row for one rotation."""
        authority = Authority(name=f"agent CA {uuid.uuid4()}")
        server = authority.issue("agent", sans=_SERVER_NAMES)
        hub = authority.issue("hub", sans=(x509.DNSName("hub"),))

        def trust_both() -> None:
            for name in ("ca.crt", "hub-ca.crt"):
                replace(self._pki / name, self._trusted + authority.pair.pem)

        def replace_certificates() -> None:
            for name, pair in (("server", server), ("hub", hub)):
                replace(self._pki / f"{name}.key", pair.key_pem)
                replace(self._pki / f"{name}.crt", pair.pem)

        def trust_the_new_one() -> None:
            self._trusted = authority.pair.pem
            for name in ("ca.crt", "hub-ca.crt"):
                replace(self._pki / name, self._trusted)

        return trust_both, replace_certificates, trust_the_new_one


async def rotate_under_load(pki: Path, port: int, thumbprint: str, *, rotations: int) -> tuple[int, list[str]]:
    """Rotate so often while signatures are made; how many were, and what failed."""
    rotation = Rotation(pki=pki)
    signing = signing_agents(pki, port)
    made, failed = 0, list[str]()
    stop, signed = asyncio.Event(), asyncio.Event()

    async def sign_on() -> None:
        nonlocal made
        while not stop.is_set():
            result = (await signing.sign("main", [_order(thumbprint)]))[0]
            if isinstance(result, HubError):
                failed.append(f"{type(result).__name__} {result.reason}")
            made += 1
            signed.set()

    async def made_more(by: int) -> None:
        wanted = made + by
        while made < wanted:
            signed.clear()
            await signed.wait()

    load = [asyncio.create_task(sign_on()) for _ in range(_AT_ONCE)]
    try:
        async with asyncio.timeout(30 + 5 * rotations):
            for _ in range(rotations):
                for step in rotation.steps():
                    step()
                    await made_more(2 * _AT_ONCE)
    finally:
        stop.set()
        await asyncio.gather(*load)
        await signing.close()
    return made, failed


def replace(path: Path, content: bytes) -> None:
    """Write a file at once and whole, as tools that renew certificates do."""
    beside = path.with_suffix(".new")
    beside.touch(mode=0o600)
    beside.write_bytes(content)
    os.replace(beside, path)  # noqa: PTH105 - a test's own file


def _order(thumbprint: str) -> SigningOrder:
    return SigningOrder(
        request_id=str(uuid.uuid4()),
        business_reference="ДКП-2026/17",
        caller="crm",
        document_kind="CONTRACT",
        digest=DIGEST,
        digest_algorithm=DigestAlgorithm.STREEBOG_256,
        thumbprint=thumbprint,
    )
