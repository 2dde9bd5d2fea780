"""Payments: opened, paid, captured, cancelled and refunded by backends, payers and operators; settled by a person."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from sqlalchemy import Connection

from landhub.common.v1 import money_pb2
from landhub.payments.v1 import payments_pb2 as pb
from landhub.payments.v1 import payments_service_pb2 as service
from tests.campaign.acquirers.port import ORDER_LIVES_SECONDS, VISIBILITY_SECONDS, Acquirer
from tests.campaign.caller import Answer
from tests.campaign.canaries import WORD
from tests.campaign.evidence import Evidence
from tests.campaign.operations.payments_verdict import Wanted, WantedChange, violations
from tests.campaign.operations.port import Operation, Scene, request_id, vendor_reference

SERVICE = "landhub.payments.v1.PaymentsService"
CREATE, GET, RESOLVE = f"{SERVICE}/CreatePayment", f"{SERVICE}/GetPayment", f"{SERVICE}/ResolvePayment"
METHODS = {"REFUND": "CreateRefund", "CAPTURE": "CapturePayment", "CANCEL": "CancelPayment"}
ATTEMPTS = 5
OPEN = {pb.PAYMENT_STATE_PENDING, pb.PAYMENT_STATE_OUTCOME_UNKNOWN}
OPEN_OPERATION = {pb.OPERATION_STATE_PENDING, pb.OPERATION_STATE_OUTCOME_UNKNOWN}
UNPAID = {pb.PAYMENT_STATE_AWAITING_PAYER}
LOOKS, LOOK_SECONDS = 20, 6.0
PAYERS = (("approve",),) * 6 + (("challenge", "approve"), ("fail", "approve"), ("fail",), ("decline",), ())


def roubles(kopecks: int) -> money_pb2.Money:
    """So many kopecks."""
    return money_pb2.Money(minor_units=kopecks, currency_code="RUB")


@dataclass(slots=True, kw_only=True)
class Pay:
    """One payment, asked for by `at_once` calls of the same request_id."""

    caller: str
    account: str
    number: str
    request_id: str
    kopecks: int
    two_stage: bool
    at_once: int
    other_content: bool
    answer: Answer | None = None
    to_other: Answer | None = None
    """What was said to other content under the same request_id."""
    links: list[str] = field(default_factory=list)
    """The acquirer's ids of the orders whose payment page was shown to the payer."""

    @property
    def references(self) -> list[str]:
        """Ours at the acquirer, attempt by attempt."""
        attempts = range(1, ATTEMPTS + 1)
        return [vendor_reference(self.caller, CREATE, self.request_id, attempt) for attempt in attempts]

    @property
    def payment(self) -> pb.Payment | None:
        """As it was when it was asked for last."""
        return self.answer.response.payment if self.answer is not None and self.answer.ok else None

    def request(self, kopecks: int | None = None) -> service.CreatePaymentRequest:
        """The same every time."""
        return service.CreatePaymentRequest(
            request_id=self.request_id,
            business_reference=self.number,
            account=self.account,
            amount=roubles(kopecks or self.kopecks),
            two_stage=self.two_stage,
            return_url="https://shop.example/ok",
            description=f"{WORD}, аренда участка",
            expire_after=Duration(seconds=ORDER_LIVES_SECONDS),
        )

    async def run(self, scene: Scene) -> None:
        """Ask for it, all at once, until what became of it is known."""
        answers = await asyncio.gather(*(self._settled(scene) for _ in range(self.at_once)))
        self._take(next((answer for answer in answers if answer.ok), answers[0]))
        if self.other_content and self.payment is not None and not scene.restores:
            self.to_other = await scene.backend.until(self.caller, CREATE, self.request(self.kopecks + 1))

    async def replay(self, scene: Scene) -> None:
        """Ask again."""
        self._take(await self._settled(scene))

    async def look(self, scene: Scene) -> pb.Payment | None:
        """Ask how it stands; if a restore forgot it, a replay brings it back."""
        if self.payment is None:
            return None
        asked = service.GetPaymentRequest(payment_id=self.payment.payment_id)
        answer = await scene.backend.until(self.caller, GET, asked)
        if answer.reason == "RESOURCE_NOT_FOUND":
            await self.replay(scene)
        elif answer.ok:
            self._take(answer)
        return self.payment

    async def leaves(self, states: set[Any], scene: Scene) -> pb.Payment | None:
        """Wait a while until it is in none of these states."""
        for _ in range(LOOKS):
            payment = await self.look(scene)
            if payment is None or payment.state not in states:
                return payment
            await asyncio.sleep(LOOK_SECONDS)
        return self.payment

    def _take(self, answer: Answer) -> None:
        self.answer = answer
        payment = self.payment
        if payment is not None and payment.payment_url and payment.vendor_payment_id not in self.links:
            self.links.append(payment.vendor_payment_id)

    async def _settled(self, scene: Scene) -> Answer:
        return await scene.backend.until(
            self.caller, CREATE, self.request(), lambda answer: answer.payment.state not in OPEN
        )


@dataclass(slots=True, kw_only=True)
class Payer:
    """Follows a link that he was shown, after some time, and does what he does."""

    caller: str
    pay: Pay
    outcomes: Sequence[str]
    after_seconds: float
    pause_seconds: float

    async def run(self, scene: Scene) -> None:
        """Pay, or try to."""
        assert scene.vendor.acquirer is not None
        await asyncio.sleep(self.after_seconds)
        for outcome in self.outcomes:
            if self.pay.links:
                scene.vendor.acquirer.pay(self.pay.links[-1], outcome)
            await asyncio.sleep(self.pause_seconds)
        await self.pay.leaves(UNPAID | OPEN, scene)

    async def replay(self, scene: Scene) -> None:
        """He does it once."""


@dataclass(slots=True, kw_only=True)
class Operator:
    """Somebody at work in the acquirer's cabinet, or the bank itself."""

    caller: str
    pay: Pay
    action: str
    kopecks: int
    after_seconds: float
    moved: int = 0
    """Kopecks that went back by it; less than 0 if they came."""

    async def run(self, scene: Scene) -> None:
        """Do it, if the acquirer lets him."""
        assert scene.vendor.acquirer is not None
        await asyncio.sleep(self.after_seconds)
        payment = self.pay.payment
        if payment is None or not payment.vendor_payment_id:
            return
        done = scene.vendor.acquirer.operate(payment.vendor_payment_id, self.action, self.kopecks)
        if done and self.action in {"refund", "undo_refund"}:
            self.moved = self.kopecks if self.action == "refund" else -self.kopecks

    async def replay(self, scene: Scene) -> None:
        """He does it once."""


@dataclass(slots=True, kw_only=True)
class Change:
    """A capture, cancellation or refund, asked for by `at_once` calls of the same request_id."""

    caller: str
    pay: Pay
    kind: str
    kopecks: int
    request_id: str
    at_once: int
    asked: bool = False
    answer: Answer | None = None

    @property
    def path(self) -> str:
        """The RPC's."""
        return f"{SERVICE}/{METHODS[self.kind]}"

    @property
    def reference(self) -> str:
        """Ours at the acquirer."""
        return vendor_reference(self.caller, self.path, self.request_id)

    def request(self, payment_id: str) -> Message:
        """The same every time."""
        match self.kind:
            case "REFUND":
                return service.CreateRefundRequest(
                    request_id=self.request_id, payment_id=payment_id, amount=roubles(self.kopecks), reason=WORD
                )
            case "CAPTURE":
                amount = roubles(self.kopecks) if self.kopecks else None
                return service.CapturePaymentRequest(request_id=self.request_id, payment_id=payment_id, amount=amount)
        return service.CancelPaymentRequest(request_id=self.request_id, payment_id=payment_id)

    async def run(self, scene: Scene) -> None:
        """Ask for it, all at once, until what became of it is known."""
        if await self.pay.look(scene) is not None:
            self.asked = True
            answers = await asyncio.gather(*(self._settled(scene) for _ in range(self.at_once)))
            self.answer = next((answer for answer in answers if answer.ok), answers[0])

    async def replay(self, scene: Scene) -> None:
        """Ask again, under the same request_id, once the payment is there again."""
        if self.asked and await self.pay.leaves(OPEN, scene) is not None:
            self.answer = await self._settled(scene)

    async def _settled(self, scene: Scene) -> Answer:
        payment = self.pay.payment
        assert payment is not None
        request = self.request(payment.payment_id)
        return await scene.backend.until(self.caller, self.path, request, self._is_settled)

    def _is_settled(self, answer: Any) -> bool:
        told = answer.refund if self.kind == "REFUND" else answer.operation
        return told.state not in OPEN_OPERATION


@dataclass(slots=True, kw_only=True)
class Together:
    """Several at the same time, on the same payment."""

    caller: str
    operations: Sequence[Operation]

    async def run(self, scene: Scene) -> None:
        """Run them all."""
        await asyncio.gather(*(operation.run(scene) for operation in self.operations))

    async def replay(self, scene: Scene) -> None:
        """One after the other this time."""
        for operation in self.operations:
            await operation.replay(scene)


class Payments:
    """See ModuleCampaign."""

    name = "payments"

    def __init__(self, acquirer: type[Acquirer]) -> None:
        self._acquirer = acquirer

    def draw(self, random: Random, scene: Scene, number: int) -> list[Operation]:
        """A payment, its payer, and what is done to it afterwards."""
        del scene
        pay = Pay(
            caller=random.choice(("crm", "office")),
            account=random.choice(sorted(self._acquirer.accounts())),
            number=f"2026/{number}",
            request_id=request_id(random),
            kopecks=random.choice((100, 19_900, 15_000_001)),
            two_stage=random.random() < 0.45,
            at_once=random.choice((1, 1, 1, 2, 3)),
            other_content=random.random() < 0.2,
        )
        payer = Payer(
            caller=pay.caller,
            pay=pay,
            outcomes=random.choice(PAYERS),
            after_seconds=random.choice((0.0, 2.0, 30.0)),
            pause_seconds=random.choice((0.5, 10.0)),
        )
        if random.random() < 0.12:  # while he pays
            return [pay, Together(caller=pay.caller, operations=(payer, _cancel(random, pay)))]
        return [pay, payer, *(_of_held(random, pay) if pay.two_stage else ()), *_of_paid(random, pay)]

    async def close(self, scene: Scene, operations: Sequence[Operation]) -> None:
        """A person looks at what waits for one, well after everything shows, and settles most of it."""
        every = list(_each(operations))
        waiting = [item for item in every if isinstance(item, Pay) and await _needs_review(item, scene)]
        if waiting:
            await asyncio.sleep(2 * VISIBILITY_SECONDS)
        for pay in waiting:
            await _settle(pay, [item for item in every if getattr(item, "pay", None) is pay], scene)

    def waits_for_others(self, conn: Connection, scene: Scene) -> set[str]:
        """What is held until somebody captures it, and what a person did not settle."""
        del scene
        query = "select id from payments_payments where state in ('AUTHORIZED', 'NEEDS_REVIEW') or held > 0"
        return {known for (known,) in conn.exec_driver_sql(query)}

    def violations(self, evidence: Evidence, operations: Sequence[Operation]) -> Iterator[str]:
        """Hold the acquirer's book, the rows, the calls and the answers against each other."""
        every = list(_each(operations))
        wanted = [_wanted(item, every) for item in every if isinstance(item, Pay)]
        yield from violations(evidence, wanted, self._acquirer)


def _each(operations: Sequence[Operation]) -> Iterator[Operation]:
    for operation in operations:
        if isinstance(operation, Together):
            yield from _each(operation.operations)
        else:
            yield operation


def _wanted(pay: Pay, every: Sequence[Operation]) -> Wanted:
    changes = [item for item in every if isinstance(item, Change) and item.pay is pay]
    return Wanted(
        number=pay.number,
        account=pay.account,
        references=tuple(pay.references),
        kopecks=pay.kopecks,
        answer=pay.answer,
        other_was_taken=pay.to_other is not None and pay.to_other.ok,
        moved_by_others=sum(item.moved for item in every if isinstance(item, Operator) and item.pay is pay),
        was_operated=any(isinstance(item, Operator) and item.pay is pay for item in every),
        changes=tuple(
            WantedChange(kind=item.kind, reference=item.reference, kopecks=item.kopecks, answer=item.answer)
            for item in changes
            if item.asked
        ),
    )


def _cancel(random: Random, pay: Pay) -> Change:
    return _change(random, pay, "CANCEL", 0)


def _change(random: Random, pay: Pay, kind: str, kopecks: int) -> Change:
    return Change(
        caller=pay.caller,
        pay=pay,
        kind=kind,
        kopecks=kopecks,
        request_id=request_id(random),
        at_once=random.choice((1, 1, 1, 2, 3)),
    )


def _of_held(random: Random, pay: Pay) -> Iterator[Operation]:
    """A capture of all or a part, or the end; sometimes both at once, or an operator at the same."""
    part = random.choice((0, 0, pay.kopecks, pay.kopecks // 2))
    capture, cancel = _change(random, pay, "CAPTURE", part), _cancel(random, pay)
    operator = _operator(random, pay, random.choice(("deposit", "reverse")), pay.kopecks)
    drawn = random.random()
    if drawn < 0.5:
        yield capture
    elif drawn < 0.75:
        yield cancel
    elif drawn < 0.85:
        yield Together(caller=pay.caller, operations=(capture, cancel))
    elif drawn < 0.95:
        yield Together(caller=pay.caller, operations=(operator, random.choice((capture, cancel))))


def _of_paid(random: Random, pay: Pay) -> Iterator[Operation]:
    """Refunds, in turn or at once, ours and an operator's; rarely a cancellation that comes too late."""
    if random.random() < 0.1:
        yield _cancel(random, pay)
    count = random.choice((0, 1, 1, 2, 3))
    refunds: list[Operation] = [_change(random, pay, "REFUND", _part(random, pay)) for _ in range(count)]
    if random.random() < 0.35:
        refunds.insert(random.randint(0, len(refunds)), _operator(random, pay, "refund", _part(random, pay)))
    if refunds and random.random() < 0.1:
        refunds.append(_operator(random, pay, "undo_refund", _part(random, pay)))
    if len(refunds) > 1 and random.random() < 0.4:
        yield Together(caller=pay.caller, operations=tuple(refunds))
    else:
        yield from refunds


def _part(random: Random, pay: Pay) -> int:
    """All of it, or a share: the same share often, so that refunds can be taken for each other."""
    return random.choice((pay.kopecks, pay.kopecks // 2, pay.kopecks // 4, pay.kopecks // 4, random.randint(1, 99)))


def _operator(random: Random, pay: Pay, action: str, kopecks: int) -> Operator:
    after = random.choice((0.0, 0.5, 5.0, 40.0))
    return Operator(caller=pay.caller, pay=pay, action=action, kopecks=kopecks, after_seconds=after)


async def _needs_review(pay: Pay, scene: Scene) -> bool:
    payment = await pay.look(scene)
    return payment is not None and payment.state == pb.PAYMENT_STATE_NEEDS_REVIEW


async def _settle(pay: Pay, others: Sequence[Operation], scene: Scene) -> None:
    """What a person does who sees in the acquirer's cabinet what happened. Some reviews he leaves alone."""
    payment = await pay.look(scene)
    if payment is None or payment.state != pb.PAYMENT_STATE_NEEDS_REVIEW or pay.request_id[0] in "012":
        return
    acquirer = scene.vendor.acquirer
    assert acquirer is not None
    order = next((order for order in acquirer.orders() if order.vendor_id == payment.vendor_payment_id), None)
    happened = order is not None and order.has_money
    if payment.HasField("open_operation") and order is not None:
        if payment.open_operation.kind == pb.OPERATION_KIND_REFUND:
            known = sum(item.kopecks for item in others if isinstance(item, Change) and _is_made(item))
            operated = sum(item.moved for item in others if isinstance(item, Operator))
            happened = order.refunded - known - operated >= payment.open_operation.amount.minor_units
        else:
            happened = order.is_reversed or order.captured > 0
    request = service.ResolvePaymentRequest(
        request_id=request_id(Random(pay.request_id)), payment_id=payment.payment_id, reason="looked it up"
    )
    if happened:
        request.happened.SetInParent()
    else:
        request.did_not_happen.SetInParent()
    await scene.backend.until(pay.caller, RESOLVE, request)


def _is_made(change: Change) -> bool:
    answer = change.answer
    is_refund = change.kind == "REFUND" and answer is not None and answer.ok
    return is_refund and answer.response.refund.state == pb.OPERATION_STATE_DONE  # type: ignore[union-attr]
