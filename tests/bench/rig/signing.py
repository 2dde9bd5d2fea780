"""An agent, a hub before it and the sketch, on all cores; the callers of all three are in this process."""

import asyncio
import itertools
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc
from opentelemetry.trace import NoOpTracer
from prometheus_client import CollectorRegistry

from gost.certificate import CertificateFacts, read_certificate
from gost.digest import DigestAlgorithm, digest
from hub.app.agents import signing_agents
from hub.core.clock import SystemClock
from hub.core.errors import HubError
from hub.core.ids import Ids
from hub.core.telemetry import Telemetry
from hub.installation.template import set_value
from hub.resilience.upstream import Upstreams
from hub.settings import FILE_NAME, load_settings
from hub.signing.port import SigningOrder, SigningPort
from landhub.common.v1 import document_pb2, signing_pb2
from landhub.signatures.v1 import signatures_service_pb2 as signatures_pb
from landhub.signer.v1 import signer_service_pb2 as signer_pb
from landhub.signer.v1 import signer_service_pb2_grpc as signer_grpc
from landhub_client import Client
from sandbox.demo.installation import Installation, install
from sandbox.demo.ports import HOST
from tests.bench.baselines.sign_processes import METHOD
from tests.bench.rig.machine import cores
from tests.bench.rig.programs import Program
from tests.bench.rig.runner import Runner
from tests.support.ports import demo_ports, free_ports
from tests.support.stack import connect

DOCUMENT = bytes(1024)
BATCH = 64
BATCHES_AT_ONCE = 4
_AT_ONCE = 32
_CALL_SECONDS = 60.0

# The hub's word is enough here: what a caller's own word costs is his signature, and it is not the agent's speed.
_RULES = """
[[rules]]
name = "bench"
certificates = ["*"]
callers = ["client"]
document_kinds = ["CONTRACT"]
attested_by = "hub"
allow_hub_attestation = true
cap_per_day = 1000000000
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """What is asked to sign, and the programs that do."""

    installation: Installation
    certificate: CertificateFacts
    port: SigningPort
    client: Client
    sketch: grpc.aio.Channel
    agent: grpc.aio.Channel
    hub_program: Program
    agent_program: Program
    sketch_program: Program

    async def by_port(self) -> int:
        """One signature by the hub's signing port."""
        order = SigningOrder(
            request_id=str(uuid.uuid4()),
            business_reference="ДКП-2026/17",
            caller="client",
            document_kind="CONTRACT",
            digest=_digest(),
            digest_algorithm=DigestAlgorithm.STREEBOG_256,
            thumbprint=self.certificate.thumbprint,
        )
        (made,) = await self.port.sign("main", [order])
        if isinstance(made, HubError):
            raise made
        return 1

    async def by_rpc(self) -> int:
        """One signature by the hub's RPC."""
        request = signatures_pb.SignDigestsRequest(
            request_id=str(uuid.uuid4()),
            business_reference="ДКП-2026/17",
            certificate_thumbprint=self.certificate.thumbprint,
            digests=[
                signatures_pb.DigestToSign(
                    digest=_digest(),
                    digest_algorithm=signing_pb2.DIGEST_ALGORITHM_STREEBOG_256,
                    document_kind=document_pb2.DOCUMENT_KIND_CONTRACT,
                )
            ],
        )
        answer = await self.client.signatures.SignDigests(request, timeout=_CALL_SECONDS)
        assert answer.signatures[0].cms, answer
        return 1

    async def by_sketch(self) -> int:
        """One signature by two processes."""
        call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = self.sketch.unary_unary(METHOD)
        assert await call(DOCUMENT, timeout=_CALL_SECONDS)
        return 1

    async def by_batch(self) -> int:
        """64 signatures by one RPC of the agent."""
        stub: signer_grpc.SignerServiceAsyncStub = signer_grpc.SignerServiceStub(self.agent)
        request = signer_pb.SignBatchRequest(requests=[self._request() for _ in range(BATCH)])
        answer = await stub.SignBatch(request, timeout=_CALL_SECONDS)
        assert all(result.response.cms for result in answer.results)
        return BATCH

    def _request(self) -> signer_pb.SignRequest:
        return signer_pb.SignRequest(
            request_id=str(uuid.uuid4()),
            business_reference="ДКП-2026/17",
            caller="client",
            document_kind=document_pb2.DOCUMENT_KIND_CONTRACT,
            digest=_digest(),
            digest_algorithm=signing_pb2.DIGEST_ALGORITHM_STREEBOG_256,
            certificate_thumbprint=self.certificate.thumbprint,
            format=signing_pb2.SIGNATURE_FORMAT_CADES_BES_DETACHED,
        )


@dataclass(frozen=True, slots=True)
class Pace:
    """Signatures a second as they came, and a second of CPU of all that took part, callers included.

    The second is what is compared: a sketch of dozens of processes gets more of a busy machine than three processes do.
    """

    per_second: float
    per_cpu_second: float


async def pace(sign: Callable[[], Awaitable[int]], *programs: Program, seconds: float, at_once: int = _AT_ONCE) -> Pace:
    """Have so many callers ask for that long; `programs` are what works for them beside this process."""
    began, cpu = time.perf_counter(), _cpu_seconds(programs)
    end = began + seconds

    async def ask() -> int:
        made = 0
        while time.perf_counter() < end:
            made += await sign()
        return made

    made = sum(await asyncio.gather(*(ask() for _ in range(at_once))))
    return Pace(made / (time.perf_counter() - began), made / (_cpu_seconds(programs) - cpu))


def _cpu_seconds(programs: Sequence[Program]) -> float:
    return time.process_time() + sum(program.cpu_seconds() for program in programs)


@asynccontextmanager
async def signing_stack(folder: Path) -> AsyncIterator[Signing]:
    """Run agent, hub and sketch while the context lasts."""
    installation = install(folder, demo_ports())
    _settle(installation)
    agent_pki = folder / "agent/pki"
    (sketch_port,) = free_ports(1)
    with ExitStack() as running:
        runner = Runner(folder / "run", running)
        ports, on = installation.ports, cores().both
        agent = runner.python("agent", "-m", "signer_agent", "serve", str(folder / "agent"), ready=ports.agent, on=on)
        hub = runner.python("hub", "-m", "hub", "serve", str(folder), ready=ports.hub, on=on)
        where = (str(folder / "gost"), str(sketch_port), str(agent_pki))
        sketch = runner.python("sketch", "-m", "tests.bench.baselines.sign_processes", *where, ready=sketch_port, on=on)
        credentials = grpc.ssl_channel_credentials(
            *((agent_pki / name).read_bytes() for name in ("ca.crt", "hub.key", "hub.crt"))
        )
        port = _port(folder)
        async with (
            connect(installation) as client,
            grpc.aio.secure_channel(f"localhost:{sketch_port}", credentials) as to_sketch,
            grpc.aio.secure_channel(f"{HOST}:{ports.agent}", credentials) as to_agent,
        ):
            await port.start()
            try:
                yield Signing(
                    installation=installation,
                    certificate=read_certificate(installation.seller.certificate_path.read_bytes()),
                    port=port,
                    client=client,
                    sketch=to_sketch,
                    agent=to_agent,
                    hub_program=hub,
                    agent_program=agent,
                    sketch_program=sketch,
                )
            finally:
                await port.close()


def _settle(installation: Installation) -> None:
    """Let the demo's installation sign what the hub says, as fast as it can; nothing but signatures is on."""
    path = installation.folder / "agent/signer-agent.toml"
    text = path.read_text(encoding="utf-8").partition("[attestation_keys.")[0]
    lines = (line for line in text.splitlines() if not line.startswith("otlp_endpoint"))
    path.write_text("\n".join(lines) + _RULES, encoding="utf-8")
    settings = installation.folder / FILE_NAME
    changed = settings.read_text(encoding="utf-8")
    for key, value in itertools.chain(
        {"telemetry.otlp_endpoint": '""', "telemetry.sample_ratio": "0.1"}.items(),
        {"limits.calls_per_second": "1000000", "limits.burst": "1000000"}.items(),
        {"modules.rosreestr.mode": '"off"'}.items(),
    ):
        changed = set_value(changed, key, value)
    settings.write_text(changed, encoding="utf-8")


def _port(folder: Path) -> SigningPort:
    """The signing port as a hub would build it."""
    clock = SystemClock()
    port = signing_agents(
        load_settings(folder),
        folder,
        passphrase=None,
        upstreams=Upstreams(clock=clock, ids=Ids(clock=clock), registry=CollectorRegistry()),
        telemetry=Telemetry(tracer=NoOpTracer()),
        clock=clock,
    )
    assert port is not None
    return port


def _digest() -> bytes:
    return digest(DigestAlgorithm.STREEBOG_256, DOCUMENT)
