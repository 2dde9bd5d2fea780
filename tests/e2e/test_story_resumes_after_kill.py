"""The hub and the agent are killed at twenty points of the story: it goes on, and nothing happens twice."""

import asyncio
import random
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import TypeVar

import pytest

from landhub.hub.v1 import hub_pb2, hub_service_pb2
from landhub.rosreestr.v1 import rosreestr_pb2
from landhub.signatures.v1 import signatures_pb2
from landhub_client import Client, LandhubError
from sandbox.demo.deal import Deal, Names
from sandbox.demo.processes import Background
from sandbox.demo.stack import Stack
from tests.support.stack import command, connect, control, running_stack

T = TypeVar("T")

STEPS = 10
POINTS = 2 * STEPS
"""Each step has two: just before it is asked for, and while it is under way."""
AGAIN_SECONDS = 0.3
PATIENCE_SECONDS = 90.0
OUTWARD = ("sign", "submit", "consent")
INWARD = ("attach",)
SEED = 20251120


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running_stack(tmp_path_factory.mktemp("killed") / "installation") as running:
        yield running


class Killer:
    """Kills a program at one point of the story and starts it again by its `.cmd`, in the background of the story."""

    def __init__(self, program: Background, point: int, *, delay_seconds: float) -> None:
        self.struck = False
        self._program = program
        self._step, under_way = divmod(point, 2)
        self._delay_seconds = delay_seconds if under_way else None

    async def before(self, step: int) -> None:
        if step == self._step and self._delay_seconds is None:
            await self._strike()

    async def during(self, step: int) -> None:
        if step == self._step and self._delay_seconds is not None:
            await asyncio.sleep(self._delay_seconds)
            await self._strike()

    async def _strike(self) -> None:
        await asyncio.to_thread(self._program.kill)
        await asyncio.to_thread(self._program.start)
        self.struck = True


class Story:
    """The deal as a backend would run it: what fails and may be repeated is asked again, with the same request id."""

    def __init__(self, deal: Deal, killers: Sequence[Killer]) -> None:
        self._deal = deal
        self._killers = killers

    async def run(self) -> rosreestr_pb2.Registration:
        deal = self._deal
        await self._step(0, deal.get_plot)
        await self._step(1, deal.check_owner)
        thumbprint = await self._step(2, self._certificate)
        await self._step(3, lambda: deal.sign(thumbprint))
        ours = await self._step(4, lambda: self._signed(thumbprint))
        foreign = await self._step(5, deal.attach_foreign)
        submitted = await self._step(6, lambda: deal.submit([ours.cms, foreign.signature.cms]))
        there = submitted.registration_id
        await self._step(7, lambda: deal.reach(there, rosreestr_pb2.REGISTRATION_STATE_SUSPENDED))
        await self._step(8, lambda: deal.add_consent(there))
        return await self._step(9, lambda: deal.reach(there, rosreestr_pb2.REGISTRATION_STATE_REGISTERED))

    async def _certificate(self) -> str:
        """Ask again until the agent is there: meanwhile the hub lists what the reachable ones hold."""
        while True:
            if certificates := await self._deal.list_certificates():
                return certificates[0].thumbprint
            await asyncio.sleep(AGAIN_SECONDS)

    async def _signed(self, thumbprint: str) -> signatures_pb2.Signature:
        """Ask again until the signature stands: the hub goes on by itself, and the request id keeps it one."""
        while True:
            signature = await self._deal.sign(thumbprint)
            if signature.state == signatures_pb2.SIGNATURE_STATE_SIGNED:
                return signature
            assert signature.state == signatures_pb2.SIGNATURE_STATE_PENDING, signature.failure_reason
            await asyncio.sleep(AGAIN_SECONDS)

    async def _step(self, number: int, call: Callable[[], Awaitable[T]]) -> T:
        for killer in self._killers:
            await killer.before(number)
        async with asyncio.timeout(PATIENCE_SECONDS), asyncio.TaskGroup() as tasks:
            for killer in self._killers:
                tasks.create_task(killer.during(number))
            return await _until_answered(call)


async def _until_answered(call: Callable[[], Awaitable[T]]) -> T:
    while True:
        try:
            return await call()
        except LandhubError as error:
            if not error.may_retry:
                raise
        await asyncio.sleep(AGAIN_SECONDS)


def _deal(client: Client, stack: Stack, point: int) -> tuple[Deal, Names]:
    names = Names(
        reference=f"kill-{point}", contract_number=f"kill/{point}-suspended", seed=uuid.UUID(int=SEED + point)
    )
    return Deal(client=client, installation=stack.installation, names=names), names


@pytest.mark.parametrize("point", range(POINTS))
async def test_the_story_goes_on_wherever_hub_and_agent_are_killed(stack: Stack, point: int) -> None:
    drawn = random.Random(SEED + point)
    killers = (
        Killer(stack.hub, point, delay_seconds=drawn.uniform(0, 0.1)),
        Killer(stack.agent, (point + drawn.randrange(POINTS)) % POINTS, delay_seconds=drawn.uniform(0, 0.1)),
    )
    async with connect(stack.installation) as client:
        deal, names = _deal(client, stack, point)
        registered = await Story(deal, killers).run()
    assert all(killer.struck for killer in killers)
    items = control(stack, "/state")["registrations"]["items"]
    (registration,) = [item for item in items if item["contract_number"] == names.contract_number]
    assert registration["status"] == "REGISTERED"
    assert registration["client_reference"] == registered.vendor_reference
    assert registered.document_count == 2
    async with connect(stack.installation, "administrator") as administrator:
        await _check_audit(administrator, names)
        await _check_journal(administrator, names)


def test_the_audit_and_the_journal_are_whole_after_all_that(stack: Stack) -> None:
    stack.wait_until_ready()
    command("hub", "audit", "verify", str(stack.installation.folder))
    command("signer_agent", "verify-journal", str(stack.installation.folder / "agent"))


async def test_attempts_at_the_provider_are_told_after_a_restart(stack: Stack) -> None:
    await asyncio.to_thread(stack.hub.stop)
    await asyncio.to_thread(stack.hub.start)
    await asyncio.to_thread(stack.wait_until_ready)
    request = hub_service_pb2.GetStoryRequest(business_reference="kill-0")
    async with connect(stack.installation, "administrator") as administrator:
        story = await _until_answered(lambda: administrator.hub.GetStory(request))
    assert "rosreestr.xml_gateway" in {line.source for line in story.entries}


async def _check_audit(administrator: Client, names: Names) -> None:
    """Every mutating call has its outcome and the record of its answer, and what went outwards an intent before."""
    request = hub_service_pb2.ListAuditRecordsRequest(business_reference=names.reference, page_size=500)
    answer = await _until_answered(lambda: administrator.hub.ListAuditRecords(request))
    found: dict[str, Counter[str]] = {}
    for record in answer.records:
        found.setdefault(record.request_id, Counter())[_kind(record)] += 1
    for step in OUTWARD + INWARD:
        kinds = found[names.request_id(step)]
        assert kinds["intent"] == (step in OUTWARD), (step, kinds)
        assert kinds["outcome"] == 1, (step, kinds)
        assert kinds["answered OK"] >= 1, (step, kinds)


def _kind(record: hub_pb2.AuditRecord) -> str:
    return f"answered {record.outcome}" if record.phase == "request" else record.phase


async def _check_journal(administrator: Client, names: Names) -> None:
    """The agent made one signature for the deal."""
    request = hub_service_pb2.GetStoryRequest(business_reference=names.reference)
    while True:
        story = await _until_answered(lambda: administrator.hub.GetStory(request))
        if not story.missing_sources:
            break
        await asyncio.sleep(AGAIN_SECONDS)
    signed = [line for line in story.entries if line.source == "agent main" and line.state == "SIGNED"]
    assert len(signed) == 1, story
