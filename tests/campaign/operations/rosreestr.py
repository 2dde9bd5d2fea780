"""Registrations: lookups, submissions with duplicates, more documents; and the register's book against our rows."""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sqlalchemy import Connection

from landhub.common.v1 import document_pb2, money_pb2, party_pb2
from landhub.rosreestr.v1 import rosreestr_pb2 as pb
from landhub.rosreestr.v1 import rosreestr_service_pb2 as service
from sandbox.registrations import Registration
from sandbox.xml_gateway import Call
from tests.campaign.caller import Answer
from tests.campaign.canaries import CANARIES, PLOT
from tests.campaign.evidence import Evidence, Row
from tests.campaign.operations.port import (
    Operation,
    Scene,
    request_id,
    seconds_between,
    vendor_reference,
)

SERVICE = "landhub.rosreestr.v1.RosreestrService"
CREATE, ADD = f"{SERVICE}/CreateRegistration", f"{SERVICE}/AddRegistrationDocuments"
WITHDRAW = f"{SERVICE}/WithdrawRegistration"
VISIBILITY_SECONDS = 60.0
SCENARIOS = ("straight", "straight", "suspended", "refused", "russian")
OPEN = {pb.REGISTRATION_STATE_PENDING, pb.REGISTRATION_STATE_OUTCOME_UNKNOWN}
HONEST = {"OUTCOME_UNKNOWN", "REGISTERED", "REFUSED", "WITHDRAWN", "SUSPENDED"}
NOTHING_DONE = {"MAINTENANCE", "TOO_MANY_REQUESTS", "ACCESS_DENIED"}
NOTHING_DONE_STATUS = {401, 403, 429}
STATES = {
    "ACCEPTED": "SUBMITTED", "IN_PROGRESS": "IN_REVIEW", "В РАБОТЕ": "IN_REVIEW", "SUSPENDED": "SUSPENDED",
    "REGISTERED": "REGISTERED", "ЗАРЕГИСТРИРОВАНО": "REGISTERED", "REFUSED": "REFUSED",
    "WITHDRAWN": "WITHDRAWN",
}  # fmt: skip


@dataclass(slots=True, kw_only=True)
class LookUp:
    """A read, which changes nothing and waits for nobody."""

    caller: str
    document: str = ""

    async def run(self, scene: Scene) -> None:
        """Ask once; a vendor that is away is no fault of ours."""
        request = service.GetLandPlotRequest(cadastral_number=PLOT)
        await scene.backend.call(self.caller, f"{SERVICE}/GetLandPlot", request)

    async def replay(self, scene: Scene) -> None:
        """Ask again."""
        await self.run(scene)


@dataclass(slots=True, kw_only=True)
class Register:
    """One submission, asked for by `at_once` calls of the same request_id."""

    caller: str
    contract_number: str
    request_id: str
    at_once: int
    other_content: bool
    answer: Answer | None = None
    to_other: Answer | None = None
    """What was said to other content under the same request_id."""

    @property
    def reference(self) -> str:
        """Ours at the register."""
        return vendor_reference(self.caller, CREATE, self.request_id)

    @property
    def registration_id(self) -> str:
        """Ours, once there is one."""
        return self.answer.response.registration.registration_id if self.answer and self.answer.ok else ""

    def request(self) -> service.CreateRegistrationRequest:
        """The same every time."""
        whole = pb.Share(numerator=1, denominator=1)
        return service.CreateRegistrationRequest(
            request_id=self.request_id,
            business_reference=self.contract_number,
            transfer=pb.Transfer(
                contract_number=self.contract_number,
                contract_date="2026-11-20",
                price=money_pb2.Money(minor_units=150_000_000, currency_code="RUB"),
                transferors=[pb.TransferParty(party=party_pb2.Party(person=CANARIES.seller()), share=whole)],
                transferees=[pb.TransferParty(party=party_pb2.Party(person=CANARIES.buyer()), share=whole)],
                cadastral_numbers=[PLOT],
                documents=[CANARIES.document(document_pb2.DOCUMENT_KIND_CONTRACT, "contract.txt")],
            ),
        )

    async def run(self, scene: Scene) -> None:
        """Submit, all at once, until what became of it is known."""
        answers = await asyncio.gather(*(self._settled(scene) for _ in range(self.at_once)))
        self.answer = next((answer for answer in answers if answer.ok), answers[0])
        if self.other_content and self.answer.ok and not scene.restores:
            other = self.request()
            other.transfer.price.minor_units += 1
            self.to_other = await scene.backend.until(self.caller, CREATE, other)

    async def replay(self, scene: Scene) -> None:
        """Submit again."""
        self.answer = await self._settled(scene)

    async def _settled(self, scene: Scene) -> Answer:
        return await scene.backend.until(
            self.caller, CREATE, self.request(), lambda answer: answer.registration.state not in OPEN
        )


async def is_suspended(registration: Register, scene: Scene) -> bool:
    """Wait until a registration is suspended; False if it goes another way."""
    for _ in range(60):
        if not registration.registration_id:
            return False
        asked = service.GetRegistrationRequest(registration_id=registration.registration_id)
        answer = await scene.backend.until(registration.caller, f"{SERVICE}/GetRegistration", asked)
        if answer.reason == "RESOURCE_NOT_FOUND":  # a restore forgot it: the replay brings it back
            await registration.replay(scene)
        elif not answer.ok:
            return False
        elif answer.response.registration.state == pb.REGISTRATION_STATE_SUSPENDED:
            return True
        elif answer.response.registration.state in {
            pb.REGISTRATION_STATE_REGISTERED,
            pb.REGISTRATION_STATE_REFUSED,
            pb.REGISTRATION_STATE_OUTCOME_UNKNOWN,
        }:
            return False
        await asyncio.sleep(8)
    return False


@dataclass(slots=True, kw_only=True)
class AddDocuments:
    """More documents for a registration, when it waits for them."""

    caller: str
    registration: Register
    random: Random
    request_id: str
    answers: list[Answer] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """Request ids used: a refusal by the vendor takes a new one."""

    async def run(self, scene: Scene) -> None:
        """Wait for the suspension, then add; a refusal is answered by another addition, twice at most."""
        if not await is_suspended(self.registration, scene):
            return
        for _ in range(3):
            self.asked.append(self.request_id)
            answer = await self._settled(scene)
            if answer.reason != "REFUSED_BY_PROVIDER":
                return
            self.request_id = request_id(self.random)

    async def replay(self, scene: Scene) -> None:
        """Add again, under the same request_id."""
        if self.asked and self.registration.registration_id:
            await self._settled(scene)

    async def _settled(self, scene: Scene) -> Answer:
        request = service.AddRegistrationDocumentsRequest(
            request_id=self.request_id,
            registration_id=self.registration.registration_id,
            documents=[CANARIES.document(document_pb2.DOCUMENT_KIND_SPOUSE_CONSENT, "consent.txt")],
        )
        answer = await scene.backend.until(
            self.caller, ADD, request, lambda answer: answer.documents_state == service.DOCUMENTS_STATE_ADDED
        )
        self.answers.append(answer)
        return answer


@dataclass(slots=True, kw_only=True)
class Withdraw:
    """The end of a registration at the caller's wish, while it is suspended."""

    caller: str
    registration: Register
    request_id: str
    asked: bool = False

    async def run(self, scene: Scene) -> None:
        """Wait for the suspension, then withdraw until the register has taken it or refused."""
        if await is_suspended(self.registration, scene):
            self.asked = True
            await self._settled(scene)

    async def replay(self, scene: Scene) -> None:
        """Withdraw again, under the same request_id."""
        if self.asked and self.registration.registration_id:
            await self._settled(scene)

    async def _settled(self, scene: Scene) -> None:
        request = service.WithdrawRegistrationRequest(
            request_id=self.request_id, registration_id=self.registration.registration_id
        )
        await scene.backend.until(
            self.caller,
            WITHDRAW,
            request,
            lambda answer: answer.withdrawal_state == service.WITHDRAWAL_STATE_ACCEPTED,
        )


class Rosreestr:
    """See ModuleCampaign."""

    name = "rosreestr"

    def draw(self, random: Random, scene: Scene, number: int) -> list[Operation]:
        """A lookup perhaps, a registration, and its documents if it will wait for some."""
        del scene
        caller = random.choice(("crm", "office"))
        scenario = random.choice(SCENARIOS)
        register = Register(
            caller=caller,
            contract_number=f"2026/{number}-{scenario}",
            request_id=request_id(random),
            at_once=random.choice((1, 1, 1, 2, 3)),
            other_content=random.random() < 0.2,
        )
        drawn: list[Operation] = [LookUp(caller=caller)] if random.random() < 0.3 else []
        drawn.append(register)
        if scenario == "suspended" and random.random() < 0.35:
            drawn.append(Withdraw(caller=caller, registration=register, request_id=request_id(random)))
        elif scenario == "suspended":
            drawn.append(
                AddDocuments(caller=caller, registration=register, random=random, request_id=request_id(random))
            )
        return drawn

    async def close(self, scene: Scene, operations: Sequence[Operation]) -> None:
        """Nothing waits for people."""

    def waits_for_others(self, conn: Connection, scene: Scene) -> set[str]:
        """What is suspended until somebody brings a document."""
        assert scene.book is not None
        there = scene.book.registrations()
        suspended = {item.request_id for item in there if item.progress.status.word == "SUSPENDED"}
        known = conn.exec_driver_sql("select id, vendor_id from rosreestr_registrations").all()
        return {our_id for our_id, vendor_id in known if vendor_id in suspended}

    def violations(self, evidence: Evidence, operations: Sequence[Operation]) -> Iterator[str]:
        """Hold the book, the rows and the calls against each other."""
        rows = {row["vendor_reference"]: row for row in evidence.rows("rosreestr_registrations")}
        book = {item.submission.client_reference: item for item in evidence.registrations}
        asked = {item.reference: item for item in operations if isinstance(item, Register)}
        additions = (item for item in operations if isinstance(item, AddDocuments))
        forgotten = {item.registration.reference for item in additions if _forgotten(evidence, item)}
        for stranger in book.keys() - asked.keys():
            yield f"doubled: the register has {stranger}, which nobody asked for"
        for reference in rows.keys() - asked.keys():
            yield f"a registration {reference} that nobody asked for"
        for reference, operation in asked.items():
            if operation.to_other is not None and operation.to_other.ok:
                yield f"doubled: other content under the request_id of {operation.contract_number} was taken"
            yield from _compared(reference, operation, rows.get(reference), book.get(reference), forgotten)
        yield from _additions(evidence, operations, book, forgotten)
        yield from _withdrawals(evidence, book)
        if not evidence.restored:  # a restored hub can't know what it sent: the reference makes it one all the same
            yield from _sent_without_asking(evidence.gateway_calls)


def _forgotten(evidence: Evidence, operation: AddDocuments) -> bool:
    """Whether a restore forgot an addition that can't be asked for again: the registration is final by now."""
    last = operation.answers[-1].reason if operation.answers else ""
    return evidence.restored and last == "REGISTRATION_FINAL"


def _compared(
    reference: str, operation: Register, row: Row | None, there: Registration | None, forgotten: set[str]
) -> Iterator[str]:
    name = f"registration {operation.contract_number}"
    if row is None:
        if there is not None:
            yield f"lost: {name} is at the register, and we don't know of it"
        if operation.answer is not None and operation.answer.ok:
            yield f"lost: {name} was acknowledged and is gone"
        return
    state = row["state"]
    if state not in HONEST:
        yield f"{name} is left in state {state}"
    if state == "OUTCOME_UNKNOWN" or (state == "REFUSED" and not row["vendor_id"] and there is None):
        return
    if there is None:
        yield f"lost: {name} is {state} here, and the register doesn't have {reference}"
        return
    if row["vendor_id"] != there.request_id:
        yield f"{name} is {row['vendor_id'] or 'unnamed'} here and {there.request_id} at the register"
    word = there.progress.status.word.upper()
    if STATES.get(word) != state:
        yield f"{name} is {state} here and {word} at the register"
    if row["document_count"] != len(there.documents) and reference not in forgotten:
        yield f"{name} has {row['document_count']} documents here and {len(there.documents)} at the register"
    if row["transfer"] is not None:
        yield f"{name} keeps what need not be sent any more"


def _additions(evidence: Evidence, operations: Sequence[Operation], book: Any, forgotten: set[str]) -> Iterator[str]:
    known = (item for reference, item in book.items() if reference not in forgotten)
    there = Counter(batch.client_reference for item in known for batch in item.batches)
    rows = {row["vendor_reference"]: row for row in evidence.rows("rosreestr_document_additions")}
    asked = {
        vendor_reference(item.caller, ADD, used)
        for item in operations
        if isinstance(item, AddDocuments)
        for used in (*item.asked, item.request_id)
    }
    for reference, count in there.items():
        if count != 1 or reference not in asked:
            yield f"doubled: documents {reference} were added {count} times"
        if reference not in rows:
            yield f"lost: documents {reference} are at the register, and we don't know of it"
    for reference, row in rows.items():
        if (row["state"] == "ADDED") != (there[reference] == 1):
            yield f"documents {reference} are {row['state']} here and {there[reference]} times at the register"


def _withdrawals(evidence: Evidence, book: Any) -> Iterator[str]:
    there = {item.request_id: item.progress.status.word for item in book.values()}
    vendor_ids = {row["id"]: row["vendor_id"] for row in evidence.rows("rosreestr_registrations")}
    for row in evidence.rows("rosreestr_withdrawals"):
        word = there.get(vendor_ids[row["registration_id"]])
        if row["state"] not in {"ACCEPTED", "REFUSED"}:
            yield f"withdrawal {row['id']} is left in state {row['state']}"
        elif row["state"] == "ACCEPTED" and word != "WITHDRAWN":
            yield f"lost: withdrawal {row['id']} is ACCEPTED here, and the registration is {word} at the register"


def _sent_without_asking(calls: Sequence[Call]) -> Iterator[str]:
    """A submission that may have arrived is asked for, and "not found" counts only after the visibility window."""
    last: dict[str, Call] = {}
    asked: dict[str, Call] = {}
    for call in calls:
        reference = _reference_in(call)
        if not reference:
            continue
        if call.operation == "registration.status":
            asked[reference] = call
        elif call.operation == "registration.submit":
            before, question = last.get(reference), asked.pop(reference, None)
            last[reference] = call
            if before is None or _did_nothing(before):
                continue
            if question is None:
                yield f"doubled: {reference} was sent again without asking what became of it"
            elif seconds_between(before.time, question.time) < VISIBILITY_SECONDS - 1:
                yield f"doubled: {reference} was sent again before it had to be visible"


def _did_nothing(call: Call) -> bool:
    """Whether the hub was told that nothing had been done: it may send again at once."""
    return call.outcome in NOTHING_DONE or call.http_status in NOTHING_DONE_STATUS


def _reference_in(call: Call) -> str:
    text = call.document or ""
    start = text.find("<ClientReference>")
    return text[start + 17 : text.find("<", start + 17)] if start >= 0 else ""
