"""The sandbox's RBS gateway behind the contract's vendor, and providers connected to it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hub.modules.payments.port import PaymentsPort
from hub.modules.payments.providers import sberbank
from sandbox.app import Sandbox
from sandbox.faults import Fault, FaultKind
from sandbox.sberbank import pay
from sandbox.sberbank_orders import HELD, BankOrder
from sandbox.sberbank_wire import Dialect
from sandbox.settings import SandboxSettings
from tests.contract.payments_vendor import PaymentsVendor, TrueOrder
from tests.contract.provider_context import Context

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

OPERATIONS = {
    "create": "register.do",
    "create_held": "registerPreAuth.do",
    "status": "getOrderStatusExtended.do",
    "capture": "deposit.do",
    "decline": "decline.do",
    "reverse": "reverse.do",
    "refund": "refund.do",
    "list": "getLastOrdersForMerchants.do",
}

_FAULTS: dict[str, dict[str, Any]] = {
    "answer_hangs": {"kind": FaultKind.ANSWER_LOST, "answer": "hang"},
    "server_error": {"kind": FaultKind.HTTP_STATUS, "http_status": 502},
    "refused": {"kind": FaultKind.ERROR, "code": "4", "message": "Неверный формат запроса"},
    "unclear": {"kind": FaultKind.ERROR, "code": "7", "message": "Системная ошибка"},
    "busy": {"kind": FaultKind.ERROR, "code": "7", "message": "Обрабатывается, повторите позже"},
    "access_denied": {"kind": FaultKind.ERROR, "code": "5", "message": "Доступ запрещён"},
}


class SberbankVendor(PaymentsVendor):
    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox

    def fail(self, operation: str, fault: str, *, times: int = 1, seconds: float = 1.0, word: str = "") -> None:
        values: dict[str, Any] = {"times": times, "seconds": seconds, "operation": f"sberbank.{OPERATIONS[operation]}"}
        if fault == "too_many_requests":
            values |= {"kind": FaultKind.HTTP_STATUS, "http_status": 429, "retry_after_seconds": int(seconds)}
        elif fault == "unknown_status":
            values |= {"kind": FaultKind.UNKNOWN_STATUS, "word": word}
        else:
            values |= _FAULTS.get(fault) or {"kind": FaultKind(fault)}
        self.sandbox.faults.add(Fault(**values))

    def calls(self, operation: str) -> int:
        return self.sandbox.sberbank.operations[OPERATIONS[operation]]

    def orders(self) -> Sequence[TrueOrder]:
        return [_true(order) for order in self.sandbox.sberbank.book.orders()]

    def order(self, vendor_id: str) -> TrueOrder:
        return _true(self._order(vendor_id))

    def pay(self, vendor_id: str, outcome: str = "approve") -> None:
        pay(self.sandbox.sberbank.book, self._order(vendor_id), outcome)

    def operate(self, vendor_id: str, action: str, kopecks: int = 0) -> None:
        book, order = self.sandbox.sberbank.book, self._order(vendor_id)
        match action:
            case "refund":
                book.refund(order, kopecks)
            case "deposit":
                book.deposit(order, kopecks)
            case "reverse":
                book.reverse(order)
            case "undo_refund":
                book.undo_refund(order, kopecks)
            case _:
                raise ValueError(action)

    def advance(self, seconds: float) -> None:
        self.sandbox.clock.advance(seconds=seconds)

    def sent(self, operation: str) -> Sequence[object]:
        return [call.fields for call in self.sandbox.sberbank.calls if call.operation == OPERATIONS[operation]]

    def _order(self, vendor_id: str) -> BankOrder:
        found = self.sandbox.sberbank.book.find(vendor_id)
        assert found
        return found


def _true(order: BankOrder) -> TrueOrder:
    return TrueOrder(
        vendor_id=order.order_id,
        reference=order.number,
        amount=order.amount,
        held=order.approved if order.status == HELD else 0,
        captured=order.captured,
        refunded=order.refunded,
    )


def sandbox_settings(folder: Path, **more: Any) -> SandboxSettings:
    return SandboxSettings(directory=folder / "sandbox", frozen_at=START, **more)


def connect(
    context: Context,
    sandbox: Sandbox,
    dialect: Dialect,
    *,
    policy: dict[str, Any] | None = None,
    account: str = "sber",
    **more: Any,
) -> PaymentsPort:
    """A provider with the sandbox's login; `more` overrides its settings."""
    patient = {"initial_delay": 0.01, "max_delay": 0.05, "attempt_timeout": 20.0, "total_timeout": 60.0}
    values: dict[str, Any] = {
        "dialect": dialect.value,
        "api_url": sandbox.sberbank.api_url(dialect),
        "user_name": "landhub-api",
        "password": "file:sandbox/sberbank.password",
        "ca_bundle": "sandbox/ca.crt",
        "keyed_refunds": True,
        "policy": patient | (policy or {}),
    }
    return sberbank.build(sberbank.Settings.model_validate(values | more), context, account=account)
