"""The sandbox's T-Bank behind the contract's vendor, and providers connected to it."""

from collections.abc import Sequence
from typing import Any

from hub.modules.payments.port import PaymentsPort
from hub.modules.payments.providers import tbank
from sandbox.app import Sandbox
from sandbox.faults import Fault, FaultKind
from sandbox.tbank_payments import TBankPayment, operate, pay
from tests.contract.payments_vendor import PaymentsVendor, TrueOrder
from tests.contract.provider_context import Context

OPERATIONS = {
    "create": ("Init",),
    "create_held": ("Init",),
    "status": ("GetState", "CheckOrder"),
    "capture": ("Confirm",),
    "decline": ("Cancel",),
    "reverse": ("Cancel",),
    "refund": ("Cancel",),
}

_FAULTS: dict[str, dict[str, Any]] = {
    "answer_hangs": {"kind": FaultKind.ANSWER_LOST, "answer": "hang"},
    "server_error": {"kind": FaultKind.HTTP_STATUS, "http_status": 502},
    "refused": {"kind": FaultKind.ERROR, "code": "2", "message": "Отсутствуют обязательные параметры"},
    "unclear": {"kind": FaultKind.ERROR, "code": "55", "message": "Повторите попытку позже"},
    "busy": {"kind": FaultKind.ERROR, "code": "55", "message": "Повторите попытку позже"},
    "access_denied": {"kind": FaultKind.ERROR, "code": "204", "message": "Неверный токен"},
}


class TBankVendor(PaymentsVendor):
    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def fail(self, operation: str, fault: str, *, times: int = 1, seconds: float = 1.0, word: str = "") -> None:
        values: dict[str, Any] = {"times": times, "seconds": seconds}
        if fault == "too_many_requests":
            values |= {"kind": FaultKind.HTTP_STATUS, "http_status": 429, "retry_after_seconds": int(seconds)}
        elif fault == "unknown_status":
            values |= {"kind": FaultKind.UNKNOWN_STATUS, "word": word}
        else:
            values |= _FAULTS.get(fault) or {"kind": FaultKind(fault)}
        for name in OPERATIONS[operation]:
            self.sandbox.faults.add(Fault(**values, operation=f"tbank.{name}"))

    def calls(self, operation: str) -> int:
        return self.sandbox.tbank.operations[OPERATIONS[operation][0]]

    def orders(self) -> Sequence[TrueOrder]:
        return [_true(payment) for payment in self.sandbox.tbank.book.payments()]

    def order(self, vendor_id: str) -> TrueOrder:
        return _true(self.sandbox.tbank.book.get(vendor_id))

    def pay(self, vendor_id: str, outcome: str = "approve") -> None:
        pay(self.sandbox.tbank.book, self.sandbox.tbank.book.get(vendor_id), outcome)

    def operate(self, vendor_id: str, action: str, kopecks: int = 0) -> None:
        operate(self.sandbox.tbank.book, self.sandbox.tbank.book.get(vendor_id), action, kopecks)

    def advance(self, seconds: float) -> None:
        self.sandbox.clock.advance(seconds=seconds)

    def sent(self, operation: str) -> Sequence[object]:
        return [call.fields for call in self.sandbox.tbank.calls if call.operation in OPERATIONS[operation]]


def _true(payment: TBankPayment) -> TrueOrder:
    return TrueOrder(
        vendor_id=payment.payment_id,
        reference=payment.order_id,
        amount=payment.amount,
        held=payment.held,
        captured=payment.captured,
        refunded=payment.refunded,
    )


def connect(
    context: Context, sandbox: Sandbox, *, policy: dict[str, Any] | None = None, account: str = "tbank", **more: Any
) -> PaymentsPort:
    """A provider with the sandbox's terminal; `more` overrides its settings."""
    patient = {"initial_delay": 0.01, "max_delay": 0.05, "attempt_timeout": 20.0, "total_timeout": 60.0}
    values: dict[str, Any] = {
        "api_url": sandbox.tbank.api_url,
        "terminal_key": sandbox.tbank.terminal.key,
        "password": "file:sandbox/tbank.password",
        "ca_bundle": "sandbox/ca.crt",
        "policy": patient | (policy or {}),
    }
    return tbank.build(tbank.Settings.model_validate(values | more), context, account=account)
