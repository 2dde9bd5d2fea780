"""Land deals, signed and registered: once at the register and once in the journal, whatever is killed meanwhile."""

import asyncio
import json
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from sqlalchemy import select

from hub.storage.tables import audit_records
from landhub.rosreestr.v1 import rosreestr_pb2
from landhub.signatures.v1 import signatures_pb2
from landhub_client import Client, LandhubError
from sandbox.demo.deal import Deal, Names
from sandbox.demo.ports import Ports
from sandbox.demo.stack import Stack
from signer_agent.journal_record import Phase, read_line
from tests.campaign.loads.records import opened
from tests.support.stack import connect, control

T = TypeVar("T")

AT_ONCE = 4
AGAIN_SECONDS = 0.3


class Deals:
    """See Load."""

    name = "deals"
    callers: Sequence[str] = ()
    modules: Sequence[str] = ("rosreestr", "signatures")
    uses_agent = True

    def __init__(self, *, random: Random, patience_seconds: float) -> None:
        """`patience_seconds`: for one deal, which outlives several kills."""
        self._random = random
        self._patience_seconds = patience_seconds
        self._deals: dict[str, rosreestr_pb2.Registration | None] = {}
        self._lost: list[str] = []

    @property
    def begun(self) -> int:
        """See Load."""
        return len(self._deals)

    def settings(self, folder: Path, ports: Ports) -> Mapping[str, Any]:
        """See Load."""
        del folder, ports
        return {}

    def sandbox_options(self, ports: Ports) -> Sequence[str]:
        """See Load."""
        del ports
        return ()

    async def work(self, stack: Stack, is_over: Callable[[], bool]) -> None:
        """See Load."""
        async with connect(stack.installation) as client, asyncio.TaskGroup() as tasks:
            for _ in range(AT_ONCE):
                tasks.create_task(self._in_turn(stack, client, is_over))

    def violations(self, stack: Stack) -> Iterator[str]:
        """See Load."""
        yield from self._lost
        yield from self._at_the_register(control(stack, "/state")["registrations"]["items"])
        yield from self._in_the_journal(stack.installation.folder / "agent/state/journal.jsonl")
        yield from self._in_the_audit(stack.installation.folder)

    async def _in_turn(self, stack: Stack, client: Client, is_over: Callable[[], bool]) -> None:
        while not is_over():
            number = len(self._deals) + 1
            reference = f"kill-{number}"
            self._deals[reference] = None
            names = Names(
                reference=reference,
                contract_number=f"kill/{number}-straight",
                seed=uuid.UUID(int=self._random.getrandbits(128)),
            )
            deal = Deal(client=client, installation=stack.installation, names=names)
            try:
                async with asyncio.timeout(self._patience_seconds):
                    self._deals[reference] = await _carried_out(deal)
            except (TimeoutError, LandhubError) as error:
                self._lost.append(f"lost: deal {reference} did not end: {error!r}")

    def _at_the_register(self, items: Sequence[dict[str, Any]]) -> Iterator[str]:
        by_contract: dict[str, list[dict[str, Any]]] = {}
        for item in items:
            by_contract.setdefault(item["contract_number"], []).append(item)
        for reference, ours in self._deals.items():
            number = reference.removeprefix("kill-")
            there = by_contract.pop(f"kill/{number}-straight", [])
            if len(there) != 1:
                yield f"{'doubled' if there else 'lost'}: deal {reference} is at the register {len(there)} times"
            elif ours is not None and (there[0]["client_reference"], there[0]["status"]) != (
                ours.vendor_reference,
                "REGISTERED",
            ):
                yield f"deal {reference} is {there[0]['status']} at the register, as {there[0]['client_reference']}"
        yield from (f"doubled: the register has {contract}, which nobody asked for" for contract in by_contract)

    def _in_the_journal(self, path: Path) -> Iterator[str]:
        records = [read_line(line) for line in path.read_bytes().splitlines()]
        signed = Counter(r.entry.business_reference for r in records if r.entry.phase is Phase.SIGNED)
        for reference in self._deals:
            if signed[reference] != 1:
                kind = "doubled" if signed[reference] else "lost"
                yield f"{kind}: the agent signed {signed[reference]} times for deal {reference}"

    def _in_the_audit(self, folder: Path) -> Iterator[str]:
        audit = audit_records.c
        with opened(folder) as conn:
            query = select(audit.business_reference, audit.phase, audit.details).where(audit.business_reference != "")
            records = conn.execute(query).all()
        found: dict[str, Counter[str]] = {}
        for reference, phase, details in records:
            counted = phase if phase != "outcome" or "job" in json.loads(details) else "change"
            found.setdefault(reference, Counter())[counted] += 1
        for reference in self._deals:
            kinds = found.get(reference, Counter())
            if kinds["intent"] != 2 or kinds["outcome"] < 2 or kinds["request"] < 2:
                yield f"unaudited: deal {reference} has the records {dict(kinds)}"


async def _carried_out(deal: Deal) -> rosreestr_pb2.Registration:
    """Sign and register, asking again whatever may be asked again."""
    certificates = await _answered(deal.list_certificates, until=bool)
    signature = await _answered(
        lambda: deal.sign(certificates[0].thumbprint),
        until=lambda answer: answer.state != signatures_pb2.SIGNATURE_STATE_PENDING,
    )
    submitted = await _answered(lambda: deal.submit([signature.cms]))
    there = submitted.registration_id
    return await _answered(lambda: deal.reach(there, rosreestr_pb2.REGISTRATION_STATE_REGISTERED))


async def _answered(call: Callable[[], Awaitable[T]], *, until: Callable[[T], bool] = lambda _: True) -> T:
    while True:
        try:
            answer = await call()
            if until(answer):
                return answer
        except LandhubError as error:
            if not error.may_retry:
                raise
        await asyncio.sleep(AGAIN_SECONDS)
