"""An acquirer in a sandbox of another process: its book, its payers and its cabinet through the control API."""

import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sandbox import sberbank as sberbank_gateway
from sandbox import tbank as tbank_gateway
from sandbox import yookassa as yookassa_gateway
from sandbox.demo.ports import HOST
from sandbox.demo.stack import fetch, post
from sandbox.sberbank_orders import BankOrder
from sandbox.tbank_payments import TBankPayment
from sandbox.yookassa_shop import ShopPayment
from tests.campaign.acquirers import sberbank, tbank, yookassa
from tests.campaign.acquirers.port import BookOrder, Sending


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where the control API has a family, and how what it shows is read."""

    orders: str
    listed: str
    calls: str
    told: Callable[[Mapping[str, Any]], BookOrder]
    sendings: Callable[[Sequence[Mapping[str, Any]]], Sequence[Sending]]


_PLACES: Final = {
    "sberbank": _Place(
        orders="/orders",
        listed="orders",
        calls="/orders/calls",
        told=lambda shown: sberbank.told(BankOrder(**shown)),
        sendings=lambda calls: [sberbank.sending(sberbank_gateway.Call(**shown)) for shown in calls],
    ),
    "tbank": _Place(
        orders="/tbank/payments",
        listed="payments",
        calls="/tbank/calls",
        told=lambda shown: tbank.told(TBankPayment(**shown)),
        sendings=lambda calls: [tbank.sending(tbank_gateway.Call(**shown)) for shown in calls],
    ),
    "yookassa": _Place(
        orders="/yookassa/payments",
        listed="payments",
        calls="/yookassa/calls",
        told=lambda shown: yookassa.told(ShopPayment(**shown)),
        sendings=lambda calls: yookassa.sendings([yookassa_gateway.Call(**shown) for shown in calls]),
    ),
}


class OutsideCabinet:
    """See Cabinet. It asks by blocking calls of a few milliseconds."""

    def __init__(self, *, family: str, control_port: int) -> None:
        self._place = _PLACES[family]
        self._port = control_port

    def orders(self) -> Sequence[BookOrder]:
        """See Cabinet."""
        return [self._place.told(shown) for shown in self._asked(self._place.orders)[self._place.listed]]

    def pay(self, vendor_id: str, outcome: str) -> bool:
        """See Cabinet."""
        return self._told(f"{self._place.orders}/{vendor_id}/payer", {"outcome": outcome})

    def operate(self, vendor_id: str, action: str, kopecks: int = 0) -> bool:
        """See Cabinet: the cabinet has another button for whatever doesn't stand so."""
        order = next((order for order in self.orders() if order.vendor_id == vendor_id), None)
        if order is None or not _stands(order, action, kopecks):
            return False
        return self._told(f"{self._place.orders}/{vendor_id}/operator", {"action": action, "amount": kopecks})

    def sendings(self) -> Sequence[Sending]:
        """See Cabinet."""
        return self._place.sendings(self._asked(self._place.calls)["calls"])

    def let_fail(self, fault: Mapping[str, Any]) -> None:
        """Let calls fail."""
        self._told("/faults", {"faults": [fault]})

    def waiting_faults(self) -> int:
        """How many faults have not struck yet."""
        return len(self._asked("/faults")["faults"])

    def heal(self) -> None:
        """Let no call fail any more."""
        request = urllib.request.Request(f"http://{HOST}:{self._port}/faults", method="DELETE")
        with urllib.request.urlopen(request, timeout=10):
            pass

    def _asked(self, path: str) -> Any:
        answer = fetch(self._port, path)
        assert answer is not None, "the sandbox doesn't answer"
        return answer

    def _told(self, path: str, body: Mapping[str, Any]) -> bool:
        answer = post(self._port, path, body)
        assert answer is not None, "the sandbox doesn't answer"
        return "error" not in answer


def _stands(order: BookOrder, action: str, kopecks: int) -> bool:
    match action:
        case "refund":
            return order.captured - order.refunded >= kopecks > 0
        case "undo_refund":
            return order.refunded >= kopecks
        case _:
            return order.held > 0
