"""All agents behind one face: which agent holds which certificate, and how each of them is."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

from hub.core.audit import Checkpoint, Countersignature
from hub.core.errors import HubError
from hub.signing.agent import Agent
from hub.signing.port import (
    AgentCertificate,
    AgentObserver,
    AgentUnavailableError,
    CertificateNotFoundError,
    JournalEntry,
    MadeSignature,
    SigningOrder,
    SigningPort,
)

_UNKNOWN = "the agent has not been reached yet"


class SigningAgents(SigningPort):
    """Routes by thumbprint. What an agent holds is asked when it comes up, and when a thumbprint is not known."""

    def __init__(self, *, agents: Sequence[Agent]) -> None:
        self._agents = {agent.name: agent for agent in agents}
        self._certificates: dict[str, tuple[AgentCertificate, ...]] = {}
        self._faults: dict[str, str] = dict.fromkeys(self._agents, _UNKNOWN)
        self._observers: list[AgentObserver] = []
        self._refresh = asyncio.Lock()

    @property
    def agents(self) -> Sequence[str]:
        """See SigningPort.agents."""
        return tuple(self._agents)

    def observe(self, observer: AgentObserver) -> Callable[[], None]:
        """See SigningPort.observe."""
        self._observers.append(observer)
        for name, fault in self._faults.items():
            observer(name, fault)
        return lambda: self._observers.remove(observer) if observer in self._observers else None

    async def list_certificates(self) -> Sequence[AgentCertificate]:
        """See SigningPort.list_certificates."""
        await self._ask_all()
        return sorted(self._known().values(), key=lambda certificate: certificate.facts.thumbprint)

    async def get_certificate(self, thumbprint: str) -> AgentCertificate:
        """See SigningPort.get_certificate."""
        wanted = thumbprint.upper()
        if wanted not in self._known():
            await self._ask_all()
        known = self._known()
        if wanted in known:
            return known[wanted]
        silent = [name for name in self._agents if name not in self._certificates]
        if silent:
            raise AgentUnavailableError(silent[0])
        raise CertificateNotFoundError(wanted)

    async def sign(self, orders: Sequence[SigningOrder]) -> Sequence[MadeSignature | HubError]:
        """See SigningPort.sign."""
        holder = await self.get_certificate(orders[0].thumbprint)
        return await self._agents[holder.agent].sign(orders)

    async def journal(self, agent: str, *, business_reference: str, limit: int) -> Sequence[JournalEntry]:
        """See SigningPort.journal."""
        return await self._agents[agent].journal(business_reference=business_reference, limit=limit)

    async def countersign(self, agent: str, checkpoint: Checkpoint) -> Countersignature:
        """See SigningPort.countersign."""
        return await self._agents[agent].countersign(checkpoint)

    async def start(self) -> None:
        """See SigningPort.start."""
        for name, agent in self._agents.items():
            agent.watch(partial(self._changed, name))

    async def close(self) -> None:
        """See SigningPort.close."""
        await asyncio.gather(*(agent.close() for agent in self._agents.values()))

    def _known(self) -> dict[str, AgentCertificate]:
        """By thumbprint; of two agents that have a certificate, the one with the key."""
        known: dict[str, AgentCertificate] = {}
        for certificates in self._certificates.values():
            for certificate in certificates:
                held = known.get(certificate.facts.thumbprint)
                if held is None or (certificate.has_private_key and not held.has_private_key):
                    known[certificate.facts.thumbprint] = certificate
        return known

    async def _ask_all(self) -> None:
        async with self._refresh:
            await asyncio.gather(*(self._ask(name) for name in self._agents))

    async def _ask(self, name: str) -> None:
        """What an agent said before it went away is kept: it still tells whom to wait for."""
        try:
            self._certificates[name] = tuple(await self._agents[name].list_certificates())
        except HubError:
            self._changed(name, "the agent can't be reached")

    def _changed(self, name: str, fault: str) -> None:
        if self._faults[name] == fault:
            return
        self._faults[name] = fault
        for observer in tuple(self._observers):
            observer(name, fault)
