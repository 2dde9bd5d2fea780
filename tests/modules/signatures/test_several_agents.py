"""Two agents with one key: one is asked, the other only when nothing can ever have reached the first."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from hub.core.audit_verify import Problem, VerifyReport, verify
from hub.core.checkpoint_file import CheckpointFile
from hub.core.clock import SystemClock
from hub.core.errors import HubError, UnavailableError
from hub.core.ids import Ids
from hub.modules.signatures.service import SignaturesService
from hub.resilience.upstream import Upstreams
from hub.signing.agent import Agent
from hub.signing.agents import SigningAgents
from hub.signing.port import AgentCertificate, AgentUnavailableError, MadeSignature, SigningOrder
from hub.signing.witness import Witnesses, read_journal_keys
from tests.modules.signatures.conftest import (
    AgentProcess,
    Pki,
    agent_client,
    facts,
    installed_agent,
    service_over,
    works,
)
from tests.modules.signatures.test_signing import to_sign
from tests.support.core_fixtures import PRIVATE_KEY, Core, open_core


class LosingAnswers(SigningAgents):
    """Loses the answers of the agents named, after they have signed."""

    def __init__(self, *, signing: SigningAgents) -> None:
        self.__dict__ = signing.__dict__
        self.losing: set[str] = set()

    async def sign(self, agent: str, orders: Sequence[SigningOrder]) -> Sequence[MadeSignature | HubError]:
        results = await super().sign(agent, orders)
        if agent in self.losing:
            return [AgentUnavailableError(agent, may_have_signed=True) for _ in results]
        return results


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The module over two agents that hold the seller's key."""

    core: Core
    service: SignaturesService
    signing: LosingAnswers
    agents: dict[str, AgentProcess]
    thumbprint: str

    async def signed_at(self, agent: str) -> int:
        entries = await self.signing.journal(agent, business_reference=self.core.call().business_reference, limit=100)
        return sum(entry.phase == "SIGNED" for entry in entries)

    async def go_on(self) -> None:
        await self.core.clock.advance(60)
        await self.core.outbox.run_due()


@pytest.fixture
async def pair(tmp_path: Path, pki: Pki) -> AsyncIterator[Pair]:
    agents = {name: AgentProcess(folder=installed_agent(tmp_path / name, pki)) for name in ("east", "west")}
    for agent in agents.values():
        await agent.start()
    clock = SystemClock()
    upstreams = Upstreams(clock=clock, ids=Ids(clock=clock), registry=CollectorRegistry())
    clients = [agent_client(name, agent.folder, agent.port, upstreams) for name, agent in agents.items()]
    signing = LosingAnswers(signing=SigningAgents(agents=clients))
    await signing.start()
    await works(signing, "east", "west")
    thumbprint = facts(pki.seller).thumbprint
    async with open_core(tmp_path) as core:
        service = service_over(core, signing, pki)
        await service.list_certificates()
        yield Pair(core=core, service=service, signing=signing, agents=agents, thumbprint=thumbprint)
    await signing.close()
    for agent in agents.values():
        await agent.stop()


async def test_an_agent_that_is_away_before_anything_was_sent_is_replaced_at_once(pair: Pair) -> None:
    chosen = await pair.signing.choose(pair.thumbprint)
    other = await pair.signing.choose(pair.thumbprint, but=chosen)
    await pair.agents[chosen].stop()
    row = await pair.service.sign_one(pair.core.call(), pair.thumbprint, to_sign())
    assert (row.state, row.agent) == ("SIGNED", other)


async def test_an_agent_that_signed_and_went_silent_is_asked_again_and_no_other_one_is(pair: Pair) -> None:
    chosen = await pair.signing.choose(pair.thumbprint)
    other = await pair.signing.choose(pair.thumbprint, but=chosen)
    pair.signing.losing.add(chosen)
    with pytest.raises(UnavailableError):
        await pair.service.sign_one(pair.core.call(), pair.thumbprint, to_sign())
    await pair.agents[chosen].stop()
    await pair.go_on()
    assert await pair.signed_at(other) == 0
    await pair.agents[chosen].start()
    await works(pair.signing, chosen, other)
    pair.signing.losing.clear()
    await pair.go_on()
    row = await pair.service.sign_one(pair.core.call(), pair.thumbprint, to_sign())
    assert (row.state, row.agent) == ("SIGNED", chosen)
    assert (await pair.signed_at(chosen), await pair.signed_at(other)) == (1, 0)


async def test_new_work_goes_to_the_agent_that_works(pair: Pair) -> None:
    chosen = await pair.signing.choose(pair.thumbprint)
    other = await pair.signing.choose(pair.thumbprint, but=chosen)
    await pair.agents[chosen].stop()
    await works(pair.signing, other)
    assert await pair.signing.choose(pair.thumbprint) == other
    assert await pair.signing.choose(pair.thumbprint, but=other) == ""
    row = await pair.service.sign_one(pair.core.call(), pair.thumbprint, to_sign())
    assert (row.state, row.agent) == ("SIGNED", other)


async def test_agents_that_did_not_tell_their_certificates_in_time_serve_while_their_health_says_so(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lose_the_answer(agent: Agent) -> Sequence[AgentCertificate]:
        raise AgentUnavailableError(agent.name)

    told: dict[str, str] = {}
    pair.signing.observe(lambda name, fault: told.update({name: fault}))
    monkeypatch.setattr(Agent, "list_certificates", lose_the_answer)
    await pair.signing.list_certificates()
    assert told == {"east": "", "west": ""}


async def test_a_request_of_an_agent_that_the_settings_no_longer_name_waits_for_it(pair: Pair) -> None:
    order = SigningOrder(
        request_id="0190a0a0-0000-7000-8000-000000000001",
        business_reference="ДКП-1",
        caller="crm",
        document_kind="CONTRACT",
        digest=to_sign().digest,
        digest_algorithm=to_sign().digest_algorithm,
        thumbprint=pair.thumbprint,
    )
    assert [type(result) for result in await pair.signing.sign("north", [order])] == [AgentUnavailableError]


async def test_two_agents_keep_a_checkpoint_and_each_word_is_proven_by_its_own_pinned_key(pair: Pair) -> None:
    checkpoint = await pair.core.audit.checkpoint()
    assert checkpoint is not None
    for name in pair.agents:
        await pair.core.audit.countersigned(await pair.signing.countersign(name, checkpoint))
    await pair.core.audit.checkpoint()
    keys = {
        name: read_journal_keys((agent.folder / "keys/journal.pub").read_bytes()) for name, agent in pair.agents.items()
    }
    assert (await verified(pair, Witnesses(keys=keys))).findings == ()
    swapped = Witnesses(keys={"east": keys["west"], "west": keys["west"]})
    found = (await verified(pair, swapped)).findings
    assert [finding.problem for finding in found] == [Problem.COUNTERSIGNATURE_INVALID]
    assert "agent east" in found[0].text


async def verified(pair: Pair, witnesses: Witnesses) -> VerifyReport:
    return await pair.core.database.read(
        lambda conn: verify(
            conn,
            store=pair.core.stores.audit,
            file=CheckpointFile(pair.core.folder / "audit" / "checkpoints.jsonl"),
            public_keys=[PRIVATE_KEY.public_key()],
            judge=witnesses.problem,
        )
    )
