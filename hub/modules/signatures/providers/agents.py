"""Signing by the signer agents of this installation."""

from collections.abc import AsyncIterator, Callable, Sequence

from pydantic import BaseModel, ConfigDict

from hub.core.errors import HubError
from hub.module_api import ModuleContext
from hub.modules.signatures.port import AgentCertificate, MadeSignature, ShownDocument, SignaturesPort, SigningOrder
from hub.signing.port import SigningPort


class Settings(BaseModel):
    """The agents themselves are in [signing.agents]."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def build(_settings: Settings, ctx: ModuleContext) -> SignaturesPort:
    """Take the installation's agents.

    Raises:
        ValueError: the settings name none.
    """
    if ctx.signing is None:
        raise ValueError("module signatures needs a signer agent: add [signing.agents.NAME], or set the module to off")
    return AgentsProvider(signing=ctx.signing)


class AgentsProvider(SignaturesPort):
    """The agents, as the module sees them."""

    def __init__(self, *, signing: SigningPort) -> None:
        self._signing = signing
        self._faults: dict[str, str] = {}

    @property
    def name(self) -> str:
        """See SignaturesPort.name."""
        return "agents"

    async def list_certificates(self) -> Sequence[AgentCertificate]:
        """See SignaturesPort.list_certificates."""
        return await self._signing.list_certificates()

    async def get_certificate(self, thumbprint: str) -> AgentCertificate:
        """See SignaturesPort.get_certificate."""
        return await self._signing.get_certificate(thumbprint)

    async def choose(self, thumbprint: str, *, but: str = "") -> str:
        """See SignaturesPort.choose."""
        return await self._signing.choose(thumbprint, but=but)

    async def sign(self, agent: str, orders: Sequence[SigningOrder]) -> Sequence[MadeSignature | HubError]:
        """See SignaturesPort.sign."""
        return await self._signing.sign(agent, orders)

    async def show(self, agent: str, document: ShownDocument, chunks: AsyncIterator[bytes]) -> bytes:
        """See SignaturesPort.show."""
        return await self._signing.show(agent, document, chunks)

    def observe(self, changed: Callable[[str], None]) -> Callable[[], None]:
        """One agent that works is enough to serve; which one is needed shows with each certificate."""

        def note(agent: str, fault: str) -> None:
            self._faults[agent] = fault
            works = any(not reason for reason in self._faults.values())
            changed("" if works else f"agent {agent}: {fault}")

        return self._signing.observe(note)
