"""T-Bank: one terminal, whose refunds are known by our number, which no answer shows."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from random import Random
from typing import Any, Final

from sandbox.callbacks import Delivery
from sandbox.clock import SandboxClock
from sandbox.faults import Fault, FaultBoard, FaultKind
from sandbox.tbank import PATH, Call, TBankGateway, Terminal
from sandbox.tbank_payments import UNPAID, PaymentBook, TBankError, TBankPayment, operate, pay
from tests.campaign.acquirers.callbacks import URL
from tests.campaign.acquirers.port import (
    LONGEST_LAG_SECONDS,
    LONGEST_LATENCY_SECONDS,
    ORDER_LIVES_SECONDS,
    VISIBILITY_SECONDS,
    Acquirer,
    BookOrder,
    Card,
    PlainListener,
    Sending,
)
from tests.campaign.canaries import PASSWORD

_PORT = 7512
_ACCOUNT = "tbank"
_CHANGES: Final = ("Init", "Confirm", "Cancel")
_FAULTY: Final = (*_CHANGES, *_CHANGES, "Cancel", "GetState", "CheckOrder", "*")
_FAULTS: Final = (
    *[FaultKind.ANSWER_LOST] * 4,
    *[FaultKind.COMMIT_LATE] * 3,
    *[FaultKind.STATUS_LAGS] * 3,
    *[FaultKind.RESET] * 2,
    *[FaultKind.HTTP_STATUS] * 2,
    *[FaultKind.ERROR] * 2,
    FaultKind.LATENCY, FaultKind.SLOW_ANSWER, FaultKind.HANG, FaultKind.HTML, FaultKind.CUT_BODY,
    FaultKind.CUT_DOCUMENT, FaultKind.EMPTY, FaultKind.HUGE, FaultKind.WRONG_CHARSET, FaultKind.UNKNOWN_STATUS,
    FaultKind.UNKNOWN_ELEMENT, FaultKind.NUMBER_CODES,
)  # fmt: skip
_NOTHING_DONE = {"2", "204", "251", "http 429", "http 403"}
_MORE_THAN_ANY = 9_999_999_999
_REVERSAL = "reverse-"
"""What our number of a hold's reversal begins with."""


class TBank(Acquirer):
    """See Acquirer."""

    family = "tbank"
    provider = "tbank"

    @staticmethod
    def accounts() -> Mapping[str, Mapping[str, Any]]:
        """See Acquirer."""
        return {
            _ACCOUNT: {
                "api_url": f"https://127.0.0.1:{_PORT}{PATH}",
                "terminal_key": Terminal().key,
                "notification_url": f"{URL}/{_ACCOUNT}",
                "password": "file:gateway/acquirer.password",
                "ca_bundle": "gateway/ca.crt",
                "session_seconds": ORDER_LIVES_SECONDS,
                "hold_days": 7,
                "visibility_window_seconds": VISIBILITY_SECONDS,
                "policy": {"recovery_timeout": 20.0, "attempt_timeout": 20.0, "total_timeout": 60.0},
            }
        }

    @staticmethod
    def keyed_refunds(account: str) -> bool:
        """See Acquirer."""
        return account == _ACCOUNT

    @staticmethod
    def draw_fault(random: Random) -> Fault:
        """See Acquirer."""
        kind, operation = random.choice(_FAULTS), random.choice(_FAULTY)
        values: dict[str, Any] = {"kind": kind, "times": random.choice((1, 1, 1, 2, 4))}
        match kind:
            case FaultKind.LATENCY | FaultKind.SLOW_ANSWER:
                values["seconds"] = random.uniform(1.0, LONGEST_LATENCY_SECONDS)
            case FaultKind.COMMIT_LATE | FaultKind.STATUS_LAGS:
                operation = operation if operation in _CHANGES else "Init"
                values |= {"seconds": random.uniform(5.0, LONGEST_LAG_SECONDS)}
                values["answer"] = random.choice(("reset", "hang"))
            case FaultKind.ANSWER_LOST:
                values["answer"] = random.choice(("reset", "hang"))
            case FaultKind.HTTP_STATUS:
                values["http_status"] = random.choice((429, 500, 502, 503, 403))
                values["retry_after_seconds"] = random.choice((None, 3))
            case FaultKind.ERROR:
                values["code"] = random.choice(("3", "55", "55", "2", "204", "9999", "77"))
            case FaultKind.UNKNOWN_STATUS:
                operation = "GetState"
                values["word"] = "CHARGEBACK"
            case _:
                pass
        return Fault(**values, operation=operation if operation == "*" else f"tbank.{operation}")

    def __init__(self, *, clock: SandboxClock, faults: FaultBoard, card: Card, seed: int) -> None:
        """See Acquirer."""
        del card, seed  # its answers tell of no card
        self._book = PaymentBook(clock=clock)
        self._gateway = TBankGateway(
            listener=PlainListener(host="127.0.0.1", port=_PORT),
            clock=clock,
            faults=faults,
            book=self._book,
            terminal=Terminal(password=PASSWORD),
        )

    async def start(self) -> None:
        """See Acquirer."""
        await self._gateway.start()

    async def stop(self) -> None:
        """See Acquirer."""
        await self._gateway.stop()

    def orders(self) -> Sequence[BookOrder]:
        """See Acquirer."""
        return [told(payment) for payment in self._book.payments()]

    def pay(self, vendor_id: str, outcome: str) -> bool:
        """See Acquirer."""
        try:
            pay(self._book, self._book.get(vendor_id), outcome)
        except TBankError:
            return False
        return True

    def operate(self, vendor_id: str, action: str, kopecks: int = 0) -> bool:
        """See Acquirer."""
        payment = self._book.get(vendor_id)
        if action == "undo_refund" and payment.refunded < kopecks:
            return False
        if action == "refund" and not payment.captured:
            return False  # the cabinet has another button for what isn't paid
        if action == "reverse" and not payment.held:
            return False
        try:
            operate(self._book, payment, action, kopecks)
        except TBankError:
            return False
        return True

    def sendings(self) -> Sequence[Sending]:
        """See Acquirer."""
        return [sending(call) for call in self._gateway.calls]

    def deliveries(self) -> Sequence[Delivery]:
        """See Acquirer."""
        return self._gateway.notifications.sender.deliveries


def told(payment: TBankPayment) -> BookOrder:
    """What a verdict needs of it."""
    return BookOrder(
        vendor_id=payment.payment_id,
        reference=payment.order_id,
        amount=payment.amount,
        held=payment.held,
        captured=payment.captured,
        refunded=payment.refunded,
        is_payable=payment.status in UNPAID,
        is_reversed=payment.status == "REVERSED",
        given_back=sum(back for key, back in payment.cancels.items() if key.startswith(_REVERSAL)),
    )


def sending(call: Call) -> Sending:
    """What a verdict needs of it."""
    order = call.fields.get("OrderId") or call.fields.get("PaymentId") or ""
    return Sending(
        kind=_kind(call),
        order=str(order),
        time=datetime.fromisoformat(call.time),
        did_nothing=call.outcome in _NOTHING_DONE,
    )


def _kind(call: Call) -> str:
    match call.operation:
        case "Init":
            return "create"
        case "Confirm":
            return "capture"
        case "Cancel" if str(call.fields.get("ExternalRequestId", "")).startswith(_REVERSAL):
            return "reverse"
        case "Cancel":
            return "refund" if call.fields.get("Amount", _MORE_THAN_ANY) < _MORE_THAN_ANY else "decline"
    return "status"
