"""What backends, payers and operators do to a payment, a class for each."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message

from landhub.common.v1 import money_pb2
from landhub.payments.v1 import payments_pb2 as pb
from landhub.payments.v1 import payments_service_pb2 as service
from tests.campaign.acquirers.port import ORDER_LIVES_SECONDS
from tests.campaign.caller import Answer
from tests.campaign.canaries import WORD
from tests.campaign.operations.port import Operation, Scene, vendor_reference

SERVICE = "landhub.payments.v1.PaymentsService"
CREATE, GET, RESOLVE = f"{SERVICE}/CreatePayment", f"{SERVICE}/GetPayment", f"{SERVICE}/ResolvePayment"
METHODS = {"REFUND": "CreateRefund", "CAPTURE": "CapturePayment", "CANCEL": "CancelPayment"}
ATTEMPTS = 5
OPEN = {pb.PAYMENT_STATE_PENDING, pb.PAYMENT_STATE_OUTCOME_UNKNOWN}
OPEN_OPERATION = {pb.OPERATION_STATE_PENDING, pb.OPERATION_STATE_OUTCOME_UNKNOWN}
UNPAID = {pb.PAYMENT_STATE_AWAITING_PAYER}
LOOKS, LOOK_SECONDS = 20, 6.0


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
    says_expiry: bool
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
            expire_after=Duration(seconds=ORDER_LIVES_SECONDS) if self.says_expiry else None,
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
            await scene.pause(LOOK_SECONDS)
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
        assert scene.acquirer is not None
        await scene.pause(self.after_seconds)
        for outcome in self.outcomes:
            if self.pay.links:
                scene.acquirer.pay(self.pay.links[-1], outcome)
            await scene.pause(self.pause_seconds)
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
    has_captured: bool = False

    async def run(self, scene: Scene) -> None:
        """Do it, if the acquirer lets him."""
        assert scene.acquirer is not None
        await scene.pause(self.after_seconds)
        payment = self.pay.payment
        if payment is None or not payment.vendor_payment_id:
            return
        done = scene.acquirer.operate(payment.vendor_payment_id, self.action, self.kopecks)
        self.has_captured = done and self.action == "deposit"
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
