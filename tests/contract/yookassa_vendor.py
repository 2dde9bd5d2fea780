"""The sandbox's YooKassa behind the contract's vendor, and providers connected to it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hub.modules.payments.port import PaymentsPort
from hub.modules.payments.providers import yookassa
from hub.modules.payments.providers._yookassa_answers import REFERENCE
from sandbox.app import Sandbox
from sandbox.faults import Fault, FaultKind
from sandbox.settings import SandboxSettings
from sandbox.yookassa_shop import ShopPayment, operate, pay
from tests.contract.payments_vendor import PaymentsVendor, TrueOrder
from tests.contract.provider_context import Context
from tests.contract.sberbank_vendor import sandbox_settings

OPERATIONS = {
    "create": ("payments.create",),
    "create_held": ("payments.create",),
    "status": ("payments.get", "payments.list"),
    "capture": ("payments.capture",),
    "decline": ("payments.cancel",),
    "reverse": ("payments.cancel",),
    "refund": ("refunds.create",),
}

_ERRORS = {
    "refused": (400, "invalid_request"),
    "unclear": (500, "internal_server_error"),
    "busy": (202, "processing"),
    "access_denied": (401, "invalid_credentials"),
}
_ALL_ATTEMPTS = 3  # what is unclear to one attempt is asked again by its key


class YookassaVendor(PaymentsVendor):
    shows_attempts = False

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def fail(self, operation: str, fault: str, *, times: int = 1, seconds: float = 1.0, word: str = "") -> None:
        values: dict[str, Any] = {"times": times, "seconds": seconds}
        if fault == "too_many_requests":
            values |= {"kind": FaultKind.HTTP_STATUS, "http_status": 429, "retry_after_seconds": int(seconds)}
        elif fault == "server_error":
            values |= {"kind": FaultKind.HTTP_STATUS, "http_status": 502}
        elif fault == "answer_hangs":
            values |= {"kind": FaultKind.ANSWER_LOST, "answer": "hang"}
        elif fault == "unknown_status":
            values |= {"kind": FaultKind.UNKNOWN_STATUS, "word": word}
        elif fault in _ERRORS:
            status, code = _ERRORS[fault]
            values |= {"kind": FaultKind.ERROR, "http_status": status, "code": code, "message": "Не вышло"}
        else:
            values |= {"kind": FaultKind(fault)}
        if fault == "unclear":
            values["times"] = times * _ALL_ATTEMPTS
        for name in OPERATIONS[operation]:
            self.sandbox.faults.add(Fault(**values, operation=f"yookassa.{name}"))

    def calls(self, operation: str) -> int:
        return self.sandbox.yookassa.operations[OPERATIONS[operation][0]]

    def orders(self) -> Sequence[TrueOrder]:
        return [_true(payment) for payment in self.sandbox.yookassa.book.payments()]

    def order(self, vendor_id: str) -> TrueOrder:
        return _true(self.sandbox.yookassa.book.get(vendor_id))

    def pay(self, vendor_id: str, outcome: str = "approve") -> None:
        pay(self.sandbox.yookassa.book, self.sandbox.yookassa.book.get(vendor_id), outcome)

    def operate(self, vendor_id: str, action: str, kopecks: int = 0) -> None:
        operate(self.sandbox.yookassa.book, self.sandbox.yookassa.book.get(vendor_id), action, kopecks)

    def advance(self, seconds: float) -> None:
        self.sandbox.clock.advance(seconds=seconds)

    def sent(self, operation: str) -> Sequence[object]:
        return [call.fields for call in self.sandbox.yookassa.calls if call.operation in OPERATIONS[operation]]


def _true(payment: ShopPayment) -> TrueOrder:
    return TrueOrder(
        vendor_id=payment.payment_id,
        reference=payment.metadata.get(REFERENCE, ""),
        amount=payment.amount,
        held=payment.held,
        captured=payment.captured,
        refunded=payment.refunded,
    )


def shop_settings(folder: Path, *, now: datetime | None = None, **more: Any) -> SandboxSettings:
    """A sandbox at the hub's own time, since lists are asked for by time."""
    at = now or datetime.now(UTC)
    return replace(sandbox_settings(folder, yookassa_retry_milliseconds=10, **more), frozen_at=at)


def connect(
    context: Context, sandbox: Sandbox, *, policy: dict[str, Any] | None = None, account: str = "yoo", **more: Any
) -> PaymentsPort:
    """A provider with the sandbox's shop; `more` overrides its settings."""
    patient = {"initial_delay": 0.01, "max_delay": 0.05, "attempt_timeout": 20.0, "total_timeout": 60.0}
    values: dict[str, Any] = {
        "api_url": sandbox.yookassa.api_url,
        "shop_id": sandbox.yookassa.shop.shop_id,
        "secret_key": "file:sandbox/yookassa.key",
        "ca_bundle": "sandbox/ca.crt",
        "policy": patient | (policy or {}),
    }
    return yookassa.build(yookassa.Settings.model_validate(values | more), context, account=account)
