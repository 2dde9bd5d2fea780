"""The processes a hub works with: the sandbox's gateway and the signer agent, both as they are, in simulated time."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet, MultiFernet

from sandbox.faults import FaultBoard
from sandbox.listener import Listener
from sandbox.registrations import RegistrationBook
from sandbox.registry import Registry, built_in_plots
from sandbox.settings import Extensions
from sandbox.xml_gateway import XmlGateway
from sandbox.xml_gateway_operations import GatewayOperations
from signer_agent.app import Agent
from signer_agent.journal_file import JournalFile
from signer_agent.keys.port import KeyBackend
from signer_agent.settings import Settings as AgentSettings
from tests.campaign.acquirers.port import Acquirer, Card
from tests.campaign.canaries import HOLDER, PAN
from tests.campaign.simulation.clock import VirtualClock, VirtualSandboxClock
from tests.campaign.simulation.process import Process

GATEWAY_PORT = 7500
STEP_SECONDS = 4.0
CARD = Card(pan=PAN, holder=HOLDER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """The gateway and its book, and the acquirer if the run is about one."""

    gateway: XmlGateway
    book: RegistrationBook
    faults: FaultBoard
    registry: Registry
    acquirer: Acquirer | None

    async def start(self) -> None:
        """Listen."""
        await self.gateway.start()
        if self.acquirer is not None:
            await self.acquirer.start()

    async def stop(self) -> None:
        """Close; the books stay."""
        await self.gateway.stop()
        if self.acquirer is not None:
            await self.acquirer.stop()


def make_vendor(
    folder: Path, *, clock: VirtualClock, fernet_key: bytes, acquirer: type[Acquirer] | None, seed: int
) -> Vendor:
    """Put a gateway together as Sandbox.start does, on the given time. Without TLS: see simulation/network.py."""
    sandbox_clock = VirtualSandboxClock(clock=clock)
    faults = FaultBoard(seed=seed)
    registry = Registry(built_in_plots())
    book = RegistrationBook(
        path=folder / "ledger.jsonl", clock=sandbox_clock, step_seconds=STEP_SECONDS, default_scenario="straight"
    )
    operations = GatewayOperations(
        registry=registry, book=book, extensions=Extensions(), signature_ca=None, check_crl=False
    )
    gateway = XmlGateway(
        listener=Listener(host="127.0.0.1", port=GATEWAY_PORT),
        keys=MultiFernet([Fernet(fernet_key)]),
        clock=sandbox_clock,
        faults=faults,
        operations=operations,
        allowed_clients=None,
        errors_as_http=bool(seed % 2),
    )
    made = None if acquirer is None else acquirer(clock=sandbox_clock, faults=faults, card=CARD, seed=seed)
    return Vendor(gateway=gateway, book=book, faults=faults, registry=registry, acquirer=made)


class AgentProcess:
    """One start of the signer agent: its journal is on the disk, the rest goes with it."""

    def __init__(
        self,
        *,
        process: Process,
        settings: AgentSettings,
        installation: Path,
        state: Path,
        clock: VirtualClock,
        backend: Callable[[], KeyBackend],
    ) -> None:
        self.process = process
        self._settings = settings.model_copy(update={"journal": replace_folder(settings, state)})
        self._installation = installation
        self._clock = clock
        self._backend = backend
        self._agent: Agent | None = None
        process.on_death.append(self._release)

    async def run(self) -> None:
        """Serve until killed."""
        self._agent = Agent.build(
            settings=self._settings,
            directory=self._installation,
            clock=self._clock,
            backend=lambda _settings, _folder: self._backend(),
        )
        await self._agent.start()
        await asyncio.Event().wait()

    def _release(self) -> None:
        """What the system does for a dead process: its files are closed, and with them its lock is gone."""
        if self._agent is not None:
            file: JournalFile = self._agent._journal._file
            for descriptor in (file._journal, file._attachments, file._checkpoints):
                os.close(descriptor)


def replace_folder(settings: AgentSettings, state: Path) -> object:
    """The journal's settings with another folder."""
    return settings.journal.model_copy(update={"folder": state})


class SharedBackend(KeyBackend):
    """Keys opened once for all runs: an agent that ends or dies leaves them open."""

    def __init__(self, inner: KeyBackend) -> None:
        self.name = inner.name
        self._inner = inner

    def certificates(self):  # type: ignore[no-untyped-def]  # the port says it
        """See KeyBackend."""
        return self._inner.certificates()

    def refresh(self) -> None:
        """The folder doesn't change."""

    def sign(self, thumbprint: str, to_be_signed: bytes) -> bytes:
        """See KeyBackend."""
        return self._inner.sign(thumbprint, to_be_signed)

    def close(self) -> None:
        """Keep them for the next."""
