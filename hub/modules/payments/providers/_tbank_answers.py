"""What T-Bank answers: docs/modules/payments.md, read strictly, and told when it says something new."""

from dataclasses import dataclass
from types import MappingProxyType

from hub.core.money import Money
from hub.modules.payments.observation import Observation, Standing
from hub.resilience.failures import AnswerInvalidError
from hub.resilience.json_answer import Fields
from hub.resilience.policy import Surprise

CURRENCY = "RUB"
"""The only one: T-Bank's messages don't name it."""

STANDINGS = MappingProxyType(
    {
        "NEW": Standing.UNPAID,
        "FORM_SHOWED": Standing.UNPAID,
        "AUTH_FAIL": Standing.UNPAID,
        "PREAUTHORIZING": Standing.IN_PROGRESS,
        "AUTHORIZING": Standing.IN_PROGRESS,
        "3DS_CHECKING": Standing.IN_PROGRESS,
        "3DS_CHECKED": Standing.IN_PROGRESS,
        "PAY_CHECKING": Standing.IN_PROGRESS,
        "AUTHORIZED": Standing.HELD,
        "PARTIAL_REVERSED": Standing.HELD,
        "CONFIRMING": Standing.CHANGING,
        "CONFIRM_CHECKING": Standing.CHANGING,
        "REVERSING": Standing.CHANGING,
        "REFUNDING": Standing.CHANGING,
        "ASYNC_REFUNDING": Standing.CHANGING,
        "CONFIRMED": Standing.PAID,
        "PARTIAL_REFUNDED": Standing.PAID,
        "REFUNDED": Standing.PAID,
        "REVERSED": Standing.REVERSED,
        "CANCELED": Standing.DECLINED,
        "REJECTED": Standing.DECLINED,
        "ATTEMPTS_EXPIRED": Standing.DECLINED,
        "DEADLINE_EXPIRED": Standing.EXPIRED,
    }
)
"""Every status of the vendor's. AUTH_FAIL isn't the end: the payer may try again."""

COMMON_FIELDS = frozenset({"TerminalKey", "Success", "ErrorCode", "Message", "Details"})
INIT_FIELDS = COMMON_FIELDS | {"Amount", "OrderId", "Status", "PaymentId", "PaymentURL"}
STATE_FIELDS = COMMON_FIELDS | {"Amount", "OrderId", "Status", "PaymentId", "Params"}
CANCEL_FIELDS = COMMON_FIELDS | {
    "OrderId", "Status", "PaymentId", "OriginalAmount", "NewAmount", "ExternalRequestId"
}  # fmt: skip
ORDER_FIELDS = COMMON_FIELDS | {"OrderId", "Payments"}
QR_FIELDS = COMMON_FIELDS | {"OrderId", "PaymentId", "Data", "RequestKey"}

_PAYMENT_FIELDS = frozenset(
    {"PaymentId", "Amount", "Status", "RRN", "Success", "ErrorCode", "Message", "SbpPaymentId", "SbpCustomerId"}
)
_PARAM_FIELDS = frozenset({"Key", "Value"})
_LOWERED = frozenset({"PARTIAL_REFUNDED", "REFUNDED", "PARTIAL_REVERSED", "REVERSED"})
"""Statuses in which `Amount`, the current one, isn't what the order was opened for."""
_GONE_BACK = frozenset({"PARTIAL_REFUNDED", "REFUNDED"})
_UNPAID = frozenset({Standing.UNPAID, Standing.IN_PROGRESS, Standing.DECLINED, Standing.EXPIRED})
_ENDED = frozenset({Standing.DECLINED, Standing.EXPIRED, Standing.REVERSED})
_KEYED_SOURCES = frozenset({"cards", "tinkoffpay", "mirpay", "sberpay", "yandexpay"})
"""Ways to pay for which a refund is made once for one ExternalRequestId; for a QR code of СБП it isn't."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The payment of an order. `is_alone`: no other one under its number is or was alive."""

    vendor_id: str
    is_alone: bool


def found(answer: Fields, surprise: Surprise) -> Found | None:
    """Read what `CheckOrder` answers: the one payment of the order that isn't over, else its last one."""
    standings: dict[str, Standing] = {}
    for item in answer.objects("Payments", _PAYMENT_FIELDS, surprise):
        standings[item.text("PaymentId")] = _standing(item.text("Status"), surprise)
    if not standings:
        return None
    alive = [vendor_id for vendor_id, standing in standings.items() if standing not in _ENDED]
    paid = [vendor_id for vendor_id in alive if standings[vendor_id] not in _UNPAID]
    return Found(vendor_id=(paid or alive or list(standings))[-1], is_alone=len(alive) <= 1)


def observation(answer: Fields, surprise: Surprise) -> Observation:
    """Read what `GetState` answers of a payment there is."""
    status = answer.text("Status")
    standing = _standing(status, surprise)
    amount = answer.number("Amount")
    if amount < 0:
        raise AnswerInvalidError("an amount is negative")
    code = answer.optional_text("ErrorCode")
    is_paid = standing is Standing.PAID
    left = 0 if status == "REFUNDED" else amount
    return Observation(
        vendor_id=answer.text("PaymentId"),
        reference=answer.text("OrderId"),
        standing=standing,
        vendor_status=status,
        amount=None if status in _LOWERED else Money(minor_units=amount, currency=CURRENCY),
        held=amount if standing is Standing.HELD else 0,
        captured=left if is_paid else 0,
        balance=left if is_paid else None,
        only_left=status in _GONE_BACK,
        decline_code=code if standing in _UNPAID and code != "0" else "",
        refunds_keyed=_source(answer, surprise) in _KEYED_SOURCES,
    )


def given_back(answer: Fields) -> int:
    """Read how much a `Cancel` of a hold gave back, in kopecks: nothing, unless it was captured by then."""
    if answer.optional_text("Status") not in _GONE_BACK:
        return 0
    return max(0, (answer.optional_number("OriginalAmount") or 0) - (answer.optional_number("NewAmount") or 0))


def _standing(status: str, surprise: Surprise) -> Standing:
    standing = STANDINGS.get(status, Standing.UNREADABLE)
    if standing is Standing.UNREADABLE:
        surprise("status", status)
    return standing


def _source(answer: Fields, surprise: Surprise) -> str:
    for item in answer.objects("Params", _PARAM_FIELDS, surprise):
        if item.optional_text("Key") == "Source":
            return item.optional_text("Value").lower()
    return ""
