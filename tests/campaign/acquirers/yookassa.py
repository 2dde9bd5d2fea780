"""YooKassa: a shop as it is, whose keys outlive a run, and two whose keys are forgotten within one.

Of these two, one has every new payment looked up first, as an installation does after a restore: nothing else keeps a
payment from being opened anew that an older database forgot together with its key.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from hub.modules.payments.providers._yookassa_answers import REFERENCE, RELEASES
from sandbox import yookassa_shop as shop
from sandbox.callbacks import CallbackSender, Delivery
from sandbox.clock import SandboxClock
from sandbox.faults import Fault, FaultBoard, FaultKind
from sandbox.yookassa import PATH, ROUTES, Call, Shop, YookassaGateway
from sandbox.yookassa_notifications import YookassaNotifications
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

SHORT_LIFE_SECONDS = 180.0  # as 24 hours are to ten minutes of visibility, or nearly
_DAY_SECONDS = 86_400.0
_AGAIN_SECONDS = 45.0  # the vendor doesn't say how soon a notification that was not taken comes again


@dataclass(frozen=True, slots=True, kw_only=True)
class _Account:
    port: int
    key_seconds: float = _DAY_SECONDS
    looks_first: bool = False


_ACCOUNTS: Final = {
    "shop": _Account(port=7513),
    "forgetful": _Account(port=7514, key_seconds=SHORT_LIFE_SECONDS),
    "forgetful_careful": _Account(port=7515, key_seconds=SHORT_LIFE_SECONDS, looks_first=True),
}
_KINDS: Final = {
    "payments.create": "create",
    "payments.get": "status",
    "payments.list": "list",
    "payments.capture": "capture",
    "payments.cancel": "reverse",
    "refunds.create": "refund",
    "refunds.list": "refunds",
    "refunds.get": "refunds",
}
_CHANGES: Final = tuple(name for name, (method, _) in ROUTES.items() if method == "POST")
_FAULTY: Final = (*_CHANGES, *_CHANGES, "payments.create", "payments.get", "payments.list", "refunds.list", "*")
_FAULTS: Final = (
    *[FaultKind.ANSWER_LOST] * 4,
    *[FaultKind.COMMIT_LATE] * 3,
    *[FaultKind.STATUS_LAGS] * 3,
    *[FaultKind.RESET] * 2,
    *[FaultKind.HTTP_STATUS] * 2,
    *[FaultKind.ERROR] * 3,
    FaultKind.LATENCY, FaultKind.SLOW_ANSWER, FaultKind.HANG, FaultKind.HTML, FaultKind.CUT_BODY,
    FaultKind.CUT_DOCUMENT, FaultKind.EMPTY, FaultKind.HUGE, FaultKind.WRONG_CHARSET, FaultKind.UNKNOWN_STATUS,
    FaultKind.UNKNOWN_ELEMENT,
)  # fmt: skip
_ERRORS: Final = (
    (500, "internal_server_error"),
    (500, "internal_server_error"),
    (202, "processing"),
    (202, "processing"),
    (400, "invalid_request"),
    (401, "invalid_credentials"),
    (429, "too_many_requests"),
)
_NOTHING_DONE = {"invalid_request", "invalid_credentials", "too_many_requests"}


class Yookassa(Acquirer):
    """See Acquirer."""

    family = "yookassa"
    provider = "yookassa"
    takes_expiry = False

    @staticmethod
    def accounts() -> Mapping[str, Mapping[str, Any]]:
        """See Acquirer."""
        return {name: _settings(account) for name, account in _ACCOUNTS.items()}

    @classmethod
    def usable(cls, *, restores: bool) -> Sequence[str]:
        """See Acquirer."""
        return [name for name, account in _ACCOUNTS.items() if not restores or _survives_restore(account)]

    @staticmethod
    def keyed_refunds(account: str) -> bool:
        """See Acquirer."""
        return account in _ACCOUNTS

    @staticmethod
    def key_seconds(account: str) -> float:
        """See Acquirer."""
        return _ACCOUNTS[account].key_seconds

    @staticmethod
    def draw_fault(random: Random) -> Fault:
        """See Acquirer."""
        kind, operation = random.choice(_FAULTS), random.choice(_FAULTY)
        values: dict[str, Any] = {"kind": kind, "times": random.choice((1, 1, 1, 2, 4))}
        match kind:
            case FaultKind.LATENCY | FaultKind.SLOW_ANSWER:
                values["seconds"] = random.uniform(1.0, LONGEST_LATENCY_SECONDS)
            case FaultKind.COMMIT_LATE | FaultKind.STATUS_LAGS:
                operation = operation if operation in _CHANGES else "payments.create"
                values |= {"seconds": random.uniform(5.0, LONGEST_LAG_SECONDS)}
                values["answer"] = random.choice(("reset", "hang"))
            case FaultKind.ANSWER_LOST:
                values["answer"] = random.choice(("reset", "hang"))
            case FaultKind.HTTP_STATUS:
                values["http_status"] = random.choice((429, 500, 502, 503, 403))
                values["retry_after_seconds"] = random.choice((None, 3))
            case FaultKind.ERROR:
                values["http_status"], values["code"] = random.choice(_ERRORS)
            case FaultKind.UNKNOWN_STATUS:
                operation = "payments.get"
                values["word"] = "on_review"
            case _:
                pass
        return Fault(**values, operation=operation if operation == "*" else f"yookassa.{operation}")

    def __init__(self, *, clock: SandboxClock, faults: FaultBoard, card: Card, seed: int) -> None:
        """See Acquirer."""
        del card  # its answers tell of no card
        random = Random(f"shops {seed}")
        takes, fails = random.choice((0.0, 0.0, 5.0, 40.0)), random.choice(("", "", "", "", "insufficient_funds"))
        self._gateways = [
            _gateway(name, clock=clock, faults=faults, ids=Random(random.getrandbits(64))) for name in _ACCOUNTS
        ]
        for gateway in self._gateways:
            gateway.book.refunds_take_seconds, gateway.book.refunds_fail = takes, fails

    async def start(self) -> None:
        """See Acquirer."""
        for gateway in self._gateways:
            await gateway.start()

    async def stop(self) -> None:
        """See Acquirer."""
        for gateway in self._gateways:
            await gateway.stop()

    def orders(self) -> Sequence[BookOrder]:
        """See Acquirer."""
        return [told(payment) for gateway in self._gateways for payment in gateway.book.payments()]

    def pay(self, vendor_id: str, outcome: str) -> bool:
        """See Acquirer."""
        book, payment = self._found(vendor_id)
        try:
            if outcome != "approve" and payment.status != shop.PENDING:
                return False
            shop.pay(book, payment, outcome)
        except shop.ShopError:
            return False
        return True

    def operate(self, vendor_id: str, action: str, kopecks: int = 0) -> bool:
        """See Acquirer. No refund that succeeded is taken back here."""
        book, payment = self._found(vendor_id)
        if action == "undo_refund" or (action == "refund" and book.refunds_fail):
            return False
        try:
            shop.operate(book, payment, action, kopecks)
        except shop.ShopError:
            return False
        return True

    def sendings(self) -> Sequence[Sending]:
        """See Acquirer."""
        calls = [call for gateway in self._gateways for call in gateway.calls]
        return sendings(sorted(calls, key=lambda call: call.time))

    def deliveries(self) -> Sequence[Delivery]:
        """See Acquirer."""
        return [one for gateway in self._gateways for one in gateway.notifications.sender.deliveries]

    def _found(self, vendor_id: str) -> tuple[shop.ShopBook, shop.ShopPayment]:
        for gateway in self._gateways:
            for payment in gateway.book.payments():
                if payment.payment_id == vendor_id:
                    return gateway.book, payment
        raise LookupError(vendor_id)


def _gateway(name: str, *, clock: SandboxClock, faults: FaultBoard, ids: Random) -> YookassaGateway:
    account = _ACCOUNTS[name]
    sender = CallbackSender(name="yookassa", clock=clock, faults=faults, attempts=3, pause_seconds=_AGAIN_SECONDS)
    return YookassaGateway(
        listener=PlainListener(host="127.0.0.1", port=account.port),
        clock=clock,
        faults=faults,
        book=shop.ShopBook(
            clock=clock,
            session_seconds=ORDER_LIVES_SECONDS,
            make_id=lambda: uuid.UUID(int=ids.getrandbits(128), version=4),
        ),
        shop=Shop(secret_key=PASSWORD),
        notifications=YookassaNotifications(sender=sender, url=f"{URL}/{name}"),
        key_life=timedelta(seconds=account.key_seconds),
    )


def _survives_restore(account: _Account) -> bool:
    """Whether a payment that an older database forgot is found again: by its key, or because it is looked up first."""
    return account.looks_first or account.key_seconds == _DAY_SECONDS


def _settings(account: _Account) -> Mapping[str, Any]:
    return {
        "api_url": f"https://127.0.0.1:{account.port}{PATH}",
        "shop_id": Shop().shop_id,
        "secret_key": "file:gateway/acquirer.password",
        "ca_bundle": "gateway/ca.crt",
        "key_hours": account.key_seconds / 3600,
        "look_first_days": 1.0 if account.looks_first else 0.0,
        "session_seconds": ORDER_LIVES_SECONDS,
        "hold_days": 7,
        "visibility_window_seconds": VISIBILITY_SECONDS,
        "policy": {"recovery_timeout": 20.0, "attempt_timeout": 20.0, "total_timeout": 60.0},
    }


def told(payment: shop.ShopPayment) -> BookOrder:
    """What a verdict needs of it."""
    return BookOrder(
        vendor_id=payment.payment_id,
        reference=payment.metadata.get(REFERENCE, ""),
        amount=payment.amount,
        held=payment.held,
        captured=payment.captured,
        refunded=payment.refunded,
        is_payable=payment.status == shop.PENDING,
        is_reversed=payment.status == shop.CANCELED and payment.reason in RELEASES,
    )


def sendings(calls: Sequence[Call]) -> Sequence[Sending]:
    """What a verdict needs of them, oldest first. A list asks for all that was sent before it."""
    found: list[Sending] = []
    asked_for: dict[str, None] = {}
    for call in calls:
        if call.operation == "payments.list":
            found += [_sending(call, kind="status", order=reference) for reference in asked_for]
            continue
        one = _read(call)
        found.append(one)
        if one.kind == "create":
            asked_for[one.order] = None
    return found


def _read(call: Call) -> Sending:
    metadata = call.fields.get("metadata", {})
    order = metadata.get(REFERENCE, "") if call.operation == "payments.create" else call.about
    return _sending(call, kind=_KINDS[call.operation], order=order or call.fields.get("payment_id", ""))


def _sending(call: Call, *, kind: str, order: str) -> Sending:
    return Sending(
        kind=kind,
        order=order,
        time=datetime.fromisoformat(call.time),
        did_nothing=call.outcome in _NOTHING_DONE,
    )
