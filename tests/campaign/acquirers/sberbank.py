"""The RBS gateway: an installation that keeps our refunds' numbers, in both dialects, and one that doesn't."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any, Final

from sandbox import sberbank_orders as bank
from sandbox.callbacks import CallbackSender, Delivery
from sandbox.clock import SandboxClock
from sandbox.faults import Fault, FaultBoard, FaultKind
from sandbox.sberbank import PATHS, Call, Login, SberbankGateway, pay
from sandbox.sberbank_callbacks import ATTEMPTS, PAUSE_SECONDS, CallbackForm, SberbankCallbacks, by_secret
from sandbox.sberbank_wire import Dialect
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Account:
    port: int
    dialect: Dialect
    form: CallbackForm
    is_keyed: bool = True


_ACCOUNTS: Final = {
    "ecom": _Account(port=7510, dialect=Dialect.ECOM, form=CallbackForm.JSON),
    "classic_keyed": _Account(port=7516, dialect=Dialect.CLASSIC, form=CallbackForm.FORM),
    "classic": _Account(port=7511, dialect=Dialect.CLASSIC, form=CallbackForm.GET, is_keyed=False),
}
_KINDS: Final = {
    "register.do": "create",
    "registerPreAuth.do": "create",
    "getOrderStatusExtended.do": "status",
    "deposit.do": "capture",
    "decline.do": "decline",
    "reverse.do": "reverse",
    "refund.do": "refund",
    "getLastOrdersForMerchants.do": "list",
}
_STATUS = "getOrderStatusExtended.do"
_FAULTY: Final = (*(name for name in _KINDS if name != _STATUS), "register.do", "registerPreAuth.do", _STATUS, "*")
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
_NOTHING_DONE = {"4", "5", "http 429", "http 403"}


class Sberbank(Acquirer):
    """See Acquirer."""

    family = "sberbank"
    provider = "sberbank"

    @staticmethod
    def accounts() -> Mapping[str, Mapping[str, Any]]:
        """See Acquirer."""
        return {name: _settings(account) for name, account in _ACCOUNTS.items()}

    @staticmethod
    def keyed_refunds(account: str) -> bool:
        """See Acquirer."""
        return _ACCOUNTS[account].is_keyed

    @staticmethod
    def draw_fault(random: Random) -> Fault:
        """See Acquirer."""
        kind, operation = random.choice(_FAULTS), random.choice(_FAULTY)
        values: dict[str, Any] = {"kind": kind, "times": random.choice((1, 1, 1, 2, 4))}
        match kind:
            case FaultKind.LATENCY | FaultKind.SLOW_ANSWER:
                values["seconds"] = random.uniform(1.0, LONGEST_LATENCY_SECONDS)
            case FaultKind.COMMIT_LATE | FaultKind.STATUS_LAGS:
                operation = "register.do" if operation in {_STATUS, "*"} else operation
                values |= {"seconds": random.uniform(5.0, LONGEST_LAG_SECONDS)}
                values["answer"] = random.choice(("reset", "hang"))
            case FaultKind.ANSWER_LOST:
                values["answer"] = random.choice(("reset", "hang"))
            case FaultKind.HTTP_STATUS:
                values["http_status"] = random.choice((429, 500, 502, 503, 403))
                values["retry_after_seconds"] = random.choice((None, 3))
            case FaultKind.ERROR:
                values["code"] = random.choice(("7", "7", "4", "5", "99"))
            case FaultKind.UNKNOWN_STATUS:
                operation = _STATUS
                values["word"] = "77"
            case _:
                pass
        return Fault(**values, operation=operation if operation == "*" else f"sberbank.{operation}")

    def __init__(self, *, clock: SandboxClock, faults: FaultBoard, card: Card, seed: int) -> None:
        """See Acquirer."""
        self._card = bank.Card(pan=card.pan, holder=card.holder)
        ids = Random(f"orders {seed}")
        self._gateways = {
            name: SberbankGateway(
                listener=PlainListener(host="127.0.0.1", port=account.port),
                clock=clock,
                faults=faults,
                book=bank.OrderBook(clock=clock, make_id=lambda: uuid.UUID(int=ids.getrandbits(128), version=4)),
                login=Login(password=PASSWORD),
                callbacks=_callbacks(name, account.form, clock=clock, faults=faults),
                lowers_deposited=bool(seed % 2),
                takes_refund_ids=account.is_keyed,
            )
            for name, account in _ACCOUNTS.items()
        }

    async def start(self) -> None:
        """See Acquirer."""
        for gateway in self._gateways.values():
            await gateway.start()

    async def stop(self) -> None:
        """See Acquirer."""
        for gateway in self._gateways.values():
            await gateway.stop()

    def orders(self) -> Sequence[BookOrder]:
        """See Acquirer."""
        return [told(order) for gateway in self._gateways.values() for order in gateway.book.orders()]

    def pay(self, vendor_id: str, outcome: str) -> bool:
        """See Acquirer."""
        book, order = self._found(vendor_id)
        try:
            pay(book, order, outcome, card=self._card)
        except bank.BankError:
            return False
        return True

    def operate(self, vendor_id: str, action: str, kopecks: int = 0) -> bool:
        """See Acquirer."""
        book, order = self._found(vendor_id)
        try:
            match action:
                case "refund":
                    book.refund(order, kopecks)
                case "deposit":
                    book.deposit(order, kopecks)
                case "reverse":
                    book.reverse(order)
                case "undo_refund":
                    if order.refunded < kopecks:
                        return False
                    book.undo_refund(order, kopecks)
                case _:
                    raise ValueError(action)
        except bank.BankError:
            return False
        return True

    def sendings(self) -> Sequence[Sending]:
        """See Acquirer."""
        calls = [call for gateway in self._gateways.values() for call in gateway.calls]
        return [sending(call) for call in sorted(calls, key=lambda call: call.time)]

    def deliveries(self) -> Sequence[Delivery]:
        """See Acquirer."""
        return [one for gateway in self._gateways.values() for one in gateway.callbacks.sender.deliveries]

    def _found(self, vendor_id: str) -> tuple[bank.OrderBook, bank.BankOrder]:
        for gateway in self._gateways.values():
            order = gateway.book.find(vendor_id)
            if order is not None:
                return gateway.book, order
        raise LookupError(vendor_id)


def _callbacks(account: str, form: CallbackForm, *, clock: SandboxClock, faults: FaultBoard) -> SberbankCallbacks:
    sender = CallbackSender(name="sberbank", clock=clock, faults=faults, attempts=ATTEMPTS, pause_seconds=PAUSE_SECONDS)
    return SberbankCallbacks(sender=sender, sign=by_secret(), url=f"{URL}/{account}", form=form)


def _settings(account: _Account) -> Mapping[str, Any]:
    return {
        "dialect": account.dialect.value,
        "api_url": f"https://127.0.0.1:{account.port}{PATHS[account.dialect]}",
        "callback_secrets": ["file:gateway/acquirer.callback"],
        "user_name": Login().user_name,
        "password": "file:gateway/acquirer.password",
        "ca_bundle": "gateway/ca.crt",
        "keyed_refunds": account.is_keyed,
        "session_seconds": ORDER_LIVES_SECONDS,
        "hold_days": 7,
        "visibility_window_seconds": VISIBILITY_SECONDS,
        "policy": {"recovery_timeout": 20.0, "attempt_timeout": 20.0, "total_timeout": 60.0},
    }


def told(order: bank.BankOrder) -> BookOrder:
    """What a verdict needs of it."""
    return BookOrder(
        vendor_id=order.order_id,
        reference=order.number,
        amount=order.amount,
        held=order.approved if order.status == bank.HELD else 0,
        captured=order.captured,
        refunded=order.refunded,
        is_payable=order.status in {bank.REGISTERED, bank.AT_ACS},
        is_reversed=order.status == bank.REVERSED,
    )


def sending(call: Call) -> Sending:
    """What a verdict needs of it."""
    order = call.fields.get("orderNumber") or call.fields.get("orderId") or ""
    return Sending(
        kind=_KINDS.get(call.operation, "list"),
        order=str(order),
        time=datetime.fromisoformat(call.time),
        did_nothing=call.outcome in _NOTHING_DONE,
    )
