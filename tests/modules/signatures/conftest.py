"""The module over a real core and a real signer agent, which serves over mTLS gRPC in this process."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from opentelemetry.trace import NoOpTracer
from prometheus_client import CollectorRegistry
from sqlalchemy import select

from gost.certificate import CertificateFacts, read_certificate
from hub.core.audit import Phase
from hub.core.clock import SystemClock
from hub.core.ids import Ids
from hub.core.telemetry import Telemetry
from hub.modules.signatures.port import TimestampPort
from hub.modules.signatures.providers.agents import AgentsProvider
from hub.modules.signatures.service import SignaturesService
from hub.modules.signatures.settings import SignaturesSettings, TrustSettings
from hub.modules.signatures.stamping import StampingWork
from hub.modules.signatures.store import SignaturesStore
from hub.modules.signatures.trust import Trust
from hub.modules.signatures.work import SigningWork
from hub.resilience.upstream import Upstreams
from hub.signing.agent import Agent as AgentClient
from hub.signing.agents import SigningAgents
from hub.signing.connection import ChannelFiles
from hub.signing.witness import Witnesses, read_journal_keys
from hub.storage.tables import audit_records
from sandbox.test_ca import Issued, Subject, TestAuthority
from signer_agent.app import Agent
from signer_agent.clock import SystemClock as AgentClock
from signer_agent.installation import Plan, create
from signer_agent.settings import load_settings
from tests.support.core_fixtures import PRIVATE_KEY, Core, open_core

SELLER = Subject(common_name="Тестов Иван Образцович", surname="Тестов", inn="502099000124", snils="11223344595")
BUYER = Subject(common_name='ООО "Ромашка-Пример"', inn_legal_entity="5020990010")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pki:
    """A GOST CA with a seller whose key the agent gets, a buyer, and somebody whose certificate was revoked."""

    authority: TestAuthority
    seller: Issued
    buyer: Issued
    revoked: Issued

    @property
    def folder(self) -> Path:
        return self.authority.directory


@pytest.fixture(scope="session")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    return make_pki(tmp_path_factory.mktemp("signatures-pki"))


def make_pki(directory: Path, *, algorithm: str = "gost2012_256") -> Pki:
    authority = TestAuthority.create(directory, algorithm=algorithm)
    made = Pki(
        authority=authority,
        seller=authority.issue("seller", SELLER),
        buyer=authority.issue("buyer", BUYER),
        revoked=authority.issue("revoked", BUYER),
    )
    authority.issue_expired("expired", BUYER)
    authority.revoke(made.revoked)
    (made.folder / "root.crl").write_bytes(authority.root_crl())
    (made.folder / "issuing.crl").write_bytes(authority.crl())
    return made


@dataclass(slots=True, kw_only=True)
class AgentProcess:
    """The agent's installation and, while it runs, the agent."""

    folder: Path
    port: int = 0
    running: Agent | None = None

    async def start(self) -> None:
        settings = load_settings(self.folder)
        listen = f"127.0.0.1:{self.port}" if self.port else settings.server.listen
        server = settings.server.model_copy(update={"listen": listen})
        settings = settings.model_copy(update={"server": server})
        self.running = Agent.build(settings=settings, directory=self.folder)
        self.port = await self.running.start()

    async def stop(self) -> None:
        if self.running is not None:
            await self.running.stop()
            self.running = None


@pytest.fixture
def agent_folder(tmp_path: Path, pki: Pki) -> Path:
    return installed_agent(tmp_path / "agent", pki)


def installed_agent(folder: Path, pki: Pki) -> Path:
    audit_key = folder.with_suffix(".audit.pub")
    audit_key.write_bytes(PRIVATE_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    plan = Plan(directory=folder, listen="127.0.0.1:0", development=True, hub_audit_key=audit_key)
    create(plan, clock=AgentClock())
    for name in ("seller", "revoked", "expired"):
        for end in ("crt", "key"):
            target = folder / "keys" / "certificates" / f"{name}.{end}"
            shutil.copy(pki.folder / f"{name}.{end}", target)
            target.chmod(0o600)
    return folder


@pytest.fixture
async def agent(agent_folder: Path) -> AsyncIterator[AgentProcess]:
    process = AgentProcess(folder=agent_folder)
    await process.start()
    yield process
    await process.stop()


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The module in one process."""

    core: Core
    signing: SigningAgents
    service: SignaturesService
    pki: Pki
    agent: AgentProcess

    @property
    def thumbprint(self) -> str:
        return facts(self.pki.seller).thumbprint


def facts(issued: Issued) -> CertificateFacts:
    return read_certificate(issued.certificate_pem)


async def recorded_hashes(core: Core) -> list[str]:
    """What the audit's outcomes are bound to, oldest first."""
    hashes = select(audit_records.c.payload_hash).where(
        audit_records.c.phase == Phase.OUTCOME, audit_records.c.code == "OK"
    )
    return await core.database.read(lambda conn: list(conn.scalars(hashes.order_by(audit_records.c.sequence))))


@pytest.fixture
async def desk(tmp_path: Path, pki: Pki, agent: AgentProcess) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path, pki, agent) as opened:
        yield opened


@asynccontextmanager
async def open_desk(
    tmp_path: Path, pki: Pki, agent: AgentProcess, timestamps: TimestampPort | None = None
) -> AsyncIterator[Desk]:
    clock = SystemClock()
    upstreams = Upstreams(clock=clock, ids=Ids(clock=clock), registry=CollectorRegistry())
    client = agent_client("main", agent.folder, agent.port, upstreams)
    signing = SigningAgents(agents=[client])
    await signing.start()
    await works(signing, "main")
    async with open_core(tmp_path) as core:
        yield Desk(
            core=core, signing=signing, service=service_over(core, signing, pki, timestamps), pki=pki, agent=agent
        )
    await signing.close()


async def works(signing: SigningAgents, *wanted: str) -> None:
    """Wait until these agents, and no others, are known to work."""
    faults: dict[str, str] = {}
    changed = asyncio.Event()

    def note(agent: str, fault: str) -> None:
        faults[agent] = fault
        changed.set()

    stop = signing.observe(note)
    async with asyncio.timeout(20):
        while {agent for agent, fault in faults.items() if not fault} != set(wanted):
            changed.clear()
            await changed.wait()
    stop()


def agent_client(name: str, folder: Path, port: int, upstreams: Upstreams) -> AgentClient:
    pki = folder / "pki"
    return AgentClient(
        name=name,
        address=f"127.0.0.1:{port}",
        files=ChannelFiles(
            ca=pki / "ca.crt", certificate=pki / "hub.crt", key=pki / "hub.key", open_key=Path.read_bytes
        ),
        upstreams=upstreams,
        telemetry=Telemetry(tracer=NoOpTracer()),
        clock=SystemClock(),
        witnesses=Witnesses(keys={name: read_journal_keys((folder / "keys/journal.pub").read_bytes())}),
    )


def service_over(
    core: Core, signing: SigningAgents, pki: Pki, timestamps: TimestampPort | None = None
) -> SignaturesService:
    # Certificates are judged at real time: they were made just now.
    clock = SystemClock()
    trust_settings = TrustSettings(
        anchors=(str(pki.authority.root_path),),
        intermediates=(str(pki.authority.issuing_path),),
        timestamp_anchors=(str(pki.authority.root_path),),
        crls=(str(pki.folder / "*.crl"),),
    )
    trust = Trust(settings=trust_settings, path=Path, clock=clock)
    store = SignaturesStore(ring=core.columns)
    port = AgentsProvider(signing=signing)
    settings = SignaturesSettings(trust=trust_settings)
    stamping = StampingWork(
        port=timestamps,
        store=store,
        trust=trust,
        database=core.database,
        outbox=core.outbox,
        events=core.events,
        clock=core.clock,
        ids=core.ids,
        settings=settings.timestamps,
    )
    work = SigningWork(
        port=port,
        store=store,
        trust=trust,
        database=core.database,
        events=core.events,
        persons=core.persons,
        clock=core.clock,
        settings=settings,
        stamping=stamping,
    )
    for kind in (*work.kinds(), *stamping.kinds()):
        core.outbox.register(kind)
    return SignaturesService(
        port=port,
        store=store,
        trust=trust,
        work=work,
        stamping=stamping,
        database=core.database,
        effects=core.effects,
        clock=core.clock,
        ids=core.ids,
    )
