"""All agents behind one face: which of them hold which key, how each of them is, and who is asked."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial

from hub.core.audit import Checkpoint, Countersignature
from hub.core.errors import HubError
from hub.signing.agent import Agent
from hub.signing.port import (
    AgentCertificate,
    AgentObserver,
    AgentUnavailableError,
    CertificateNotFoundError,
    EsiaSecret,
    EsiaSigningOrder,
    JournalEntry,
    MadeSignature,
    ShownDocument,
    SigningOrder,
    SigningPort,
)

_UNKNOWN = "the agent has not been reached yet"


class SigningAgents(SigningPort):
    """Routes by thumbprint. What an agent holds is asked when it comes up, and when a thumbprint is not known."""

    def __init__(self, *, agents: Sequence[Agent]) -> None:
        self._agents = {agent.name: agent for agent in agents}
        self._certificates: dict[str, tuple[AgentCertificate, ...]] = {}
        self._holders: Mapping[str, tuple[AgentCertificate, ...]] = {}
        self._faults: dict[str, str] = dict.fromkeys(self._agents, _UNKNOWN)
        self._observers: list[AgentObserver] = []
        self._refresh = asyncio.Lock()
        self._asking: set[asyncio.Task[None]] = set()

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
        return [self._holders[thumbprint][0] for thumbprint in sorted(self._holders)]

    async def get_certificate(self, thumbprint: str) -> AgentCertificate:
        """See SigningPort.get_certificate."""
        return (await self._holders_of(thumbprint))[0]

    async def choose(self, thumbprint: str, *, but: str = "") -> str:
        """See SigningPort.choose."""
        holders = await self._holders_of(thumbprint)
        names = [holder.agent for holder in holders if holder.has_private_key and holder.agent != but]
        if but:
            # What only one agent has seen, no other one signs.
            seen_by_one = {holder.agent for holder in holders if holder.content_needed}
            names = [name for name in names if self._works(name) and name not in seen_by_one]
        elif not names:
            names = [holders[0].agent]  # without the key: it says so itself
        return min(names, key=lambda name: (not self._works(name), self._agents[name].load), default="")

    async def sign(self, agent: str, orders: Sequence[SigningOrder]) -> Sequence[MadeSignature | HubError]:
        """See SigningPort.sign."""
        if agent not in self._agents:  # the settings name it no more
            return [AgentUnavailableError(agent)] * len(orders)
        results = await self._agents[agent].sign(orders)
        if any(isinstance(result, CertificateNotFoundError) for result in results):
            self._ask_soon(agent)
        return results

    async def sign_esia(self, agent: str, order: EsiaSigningOrder) -> EsiaSecret:
        """See SigningPort.sign_esia."""
        if agent not in self._agents:
            raise AgentUnavailableError(agent)
        return await self._agents[agent].sign_esia(order)

    async def show(self, agent: str, document: ShownDocument, chunks: AsyncIterator[bytes]) -> bytes:
        """See SigningPort.show."""
        if agent not in self._agents:
            raise AgentUnavailableError(agent)
        return await self._agents[agent].show(document, chunks)

    async def journal(self, agent: str, *, business_reference: str, limit: int) -> Sequence[JournalEntry]:
        """See SigningPort.journal."""
        return await self._agents[agent].journal(business_reference=business_reference, limit=limit)

    async def licences(self) -> Mapping[str, datetime]:
        """See SigningPort.licences."""
        found = {}
        for name, agent in self._agents.items():
            try:
                found[name] = await agent.licence_expire_time()
            except HubError:
                continue  # it is away; what was planned for it stands
        return {name: time for name, time in found.items() if time is not None}

    async def evidence(self, agent: str, request_id: str) -> bytes:
        """See SigningPort.evidence."""
        if agent not in self._agents:
            raise AgentUnavailableError(agent)
        return await self._agents[agent].evidence(request_id)

    async def countersign(self, agent: str, checkpoint: Checkpoint) -> Countersignature:
        """See SigningPort.countersign."""
        return await self._agents[agent].countersign(checkpoint)

    async def start(self) -> None:
        """See SigningPort.start."""
        for name, agent in self._agents.items():
            agent.watch(partial(self._watched, name))

    async def close(self) -> None:
        """See SigningPort.close."""
        for task in self._asking:
            task.cancel()
        await asyncio.gather(*self._asking, return_exceptions=True)
        await asyncio.gather(*(agent.close() for agent in self._agents.values()))

    def _works(self, name: str) -> bool:
        return not self._faults[name] and not self._agents[name].is_refused

    async def _holders_of(self, thumbprint: str) -> Sequence[AgentCertificate]:
        """Who has a certificate, those with its key first."""
        wanted = thumbprint.upper()
        found = self._holders.get(wanted)
        if found is None:
            await self._ask_all()
            found = self._holders.get(wanted)
        if found is not None:
            return found
        silent = [name for name in self._agents if name not in self._certificates]
        if silent:
            raise AgentUnavailableError(silent[0])
        raise CertificateNotFoundError(wanted)

    async def _ask_all(self) -> None:
        async with self._refresh:
            await asyncio.gather(*(self._ask(name) for name in self._agents))

    async def _ask(self, name: str) -> None:
        """What an agent said before it went away is kept: it still tells whom to wait for.

        Whether it is away, the watch on its health tells alone: a fault found here would stay, as health that doesn't
        change isn't told again.
        """
        try:
            self._certificates[name] = tuple(await self._agents[name].list_certificates())
        except HubError:
            return
        holders: dict[str, list[AgentCertificate]] = {}
        for certificates in self._certificates.values():
            for certificate in certificates:
                holders.setdefault(certificate.facts.thumbprint, []).append(certificate)
        self._holders = {
            thumbprint: tuple(sorted(found, key=lambda each: not each.has_private_key))
            for thumbprint, found in holders.items()
        }

    def _ask_soon(self, name: str) -> None:
        task = asyncio.create_task(self._ask(name), name=f"certificates of {name}")
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    def _watched(self, name: str, fault: str) -> None:
        if not fault and self._faults[name]:
            self._ask_soon(name)  # it came up: with other certificates, perhaps
        if self._faults[name] == fault:
            return
        self._faults[name] = fault
        for observer in tuple(self._observers):
            observer(name, fault)
