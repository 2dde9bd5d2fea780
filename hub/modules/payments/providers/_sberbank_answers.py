"""What the RBS gateway answers: docs/modules/payments.md, read strictly, and told when it says something new."""

from collections.abc import Sequence
from datetime import UTC, datetime
from types import MappingProxyType

from hub.core.money import Money
from hub.modules.payments.observation import Observation, Standing, VendorOperation, VendorOperationKind
from hub.modules.payments.port import Opened, OrderPage
from hub.resilience.failures import AnswerInvalidError
from hub.resilience.json_answer import Fields
from hub.resilience.policy import Surprise

MARKER = "landhub"
"""The name of our marker among the order's parameters."""
CURRENCIES = MappingProxyType({"RUB": "643"})

STANDINGS = MappingProxyType(
    {
        0: Standing.UNPAID,
        1: Standing.HELD,
        2: Standing.PAID,
        3: Standing.REVERSED,
        4: Standing.PAID,
        5: Standing.IN_PROGRESS,
        6: Standing.DECLINED,
    }
)
"""orderStatus as the vendor documents it; 4 is refunded in full or in part, the amounts tell."""

OPENED_FIELDS = frozenset({"orderId", "formUrl", "externalParams"})
STATUS_FIELDS = frozenset(
    {
        "orderNumber", "orderStatus", "actionCode", "actionCodeDescription", "amount", "currency", "date",
        "depositedDate", "refundedDate", "reversedDate", "authDateTime", "authRefNum", "terminalId", "ip",
        "orderDescription", "merchantOrderParams", "transactionAttributes", "attributes", "cardAuthInfo",
        "paymentAmountInfo", "bankInfo", "operations", "payerData", "bindingInfo", "chargeback",
        "paymentWay", "orderBundle", "refunds", "clientId",
    }
)  # fmt: skip
LIST_FIELDS = frozenset({"orderStatuses", "totalCount", "page", "pageSize"})
ERROR_FIELDS = frozenset({"errorCode", "errorMessage", "ErrorCode", "ErrorMessage", "error"})

_PARAMETERS = "merchantOrderParams"
_EXPIRED = -2007
_NOT_TRIED_YET = -100
_OPERATIONS = MappingProxyType(
    {
        "AUTHORIZATION": VendorOperationKind.PAYMENT,
        "PREAUTHORIZATION": VendorOperationKind.OTHER,
        "COMPLETION": VendorOperationKind.CAPTURE,
        "REVERSAL": VendorOperationKind.REVERSAL,
        "REFUND": VendorOperationKind.REFUND,
    }
)
_OPERATION_FIELDS = frozenset(
    {"date", "type", "amount", "referenceNumber", "approvalCode", "actionCode", "externalRefundId"}
)
_AMOUNT_FIELDS = frozenset(
    {"paymentState", "approvedAmount", "depositedAmount", "refundedAmount", "feeAmount", "totalAmount"}
)
_EXTERNAL_FIELDS = frozenset(
    {"sbolDeepLink", "sbolBankInvoiceId", "sbpPayload", "qrcId", "sberPayload", "sbolInactive"}
)
_PARAMETER_FIELDS = frozenset({"name", "value"})


def opened(answer: Fields, surprise: Surprise) -> Opened:
    """Read what `register.do` answers."""
    external = answer.optional_object("externalParams", _EXTERNAL_FIELDS, surprise)
    return Opened(
        vendor_id=answer.text("orderId"),
        payment_url=answer.text("formUrl"),
        sbp_payload=external.optional_text("sbpPayload") if external else "",
    )


def observation(answer: Fields, surprise: Surprise) -> Observation:
    """Read what `getOrderStatusExtended.do` answers of an order there is."""
    status = answer.number("orderStatus")
    action = answer.optional_number("actionCode") or 0
    standing = STANDINGS.get(status, Standing.UNREADABLE)
    if standing is Standing.UNREADABLE:
        surprise("status", str(status))
    if standing is Standing.DECLINED and action == _EXPIRED:
        standing = Standing.EXPIRED
    amount = Money(minor_units=answer.number("amount"), currency=_currency(answer))
    operations = _operations(answer, surprise)
    amounts = _amounts(answer, surprise, standing, amount.minor_units, operations, is_refunded=status == 4)
    held, captured, refunded, balance = amounts
    return Observation(
        vendor_id=_parameter(answer, "attributes", "mdOrder", surprise),
        reference=answer.text("orderNumber"),
        standing=standing,
        vendor_status=str(status),
        amount=amount,
        marker=_parameter(answer, _PARAMETERS, MARKER, surprise) if answer.has(_PARAMETERS) else None,
        held=held,
        captured=captured,
        refunded=refunded,
        balance=balance,
        decline_code="" if action in {0, _NOT_TRIED_YET} else str(action),
        operations=operations,
    )


def order_page(answer: Fields, surprise: Surprise, *, page: int) -> OrderPage:
    """Read what `getLastOrdersForMerchants.do` answers. One order that can't be read doesn't hide the others."""
    items = answer.objects("orderStatuses", STATUS_FIELDS | ERROR_FIELDS, surprise)
    orders = []
    for item in items:
        try:
            orders.append(observation(item, surprise))
        except AnswerInvalidError:
            surprise("order", "unreadable")
    total = answer.number("totalCount")
    size = answer.optional_number("pageSize") or len(items)
    is_last = not items or (page + 1) * size >= total
    return OrderPage(orders=orders, unreadable=len(items) - len(orders), next_page="" if is_last else str(page + 1))


def _amounts(
    answer: Fields,
    surprise: Surprise,
    standing: Standing,
    amount: int,
    operations: Sequence[VendorOperation],
    *,
    is_refunded: bool,
) -> tuple[int, int, int, int | None]:
    """Return what is held, was captured and went back, and the gateway's own figure of what is left."""
    told = answer.optional_object("paymentAmountInfo", _AMOUNT_FIELDS, surprise)
    approved = told.optional_number("approvedAmount") if told else None
    deposited = told.optional_number("depositedAmount") if told else None
    refunded = told.optional_number("refundedAmount") if told else None
    if refunded is None:
        refunded = sum(line.minor_units for line in operations if line.kind is VendorOperationKind.REFUND)
    if is_refunded and not refunded:
        raise AnswerInvalidError("a refunded order doesn't say how much went back")
    match standing:
        case Standing.HELD:
            return (amount if approved is None else approved), 0, refunded, None
        case Standing.PAID:
            left = amount if deposited is None else deposited
            ceiling = amount if approved is None else approved
            return 0, _captured(left, refunded, ceiling, operations), refunded, deposited
    return 0, 0, refunded, None


def _captured(left: int, refunded: int, ceiling: int, operations: Sequence[VendorOperation]) -> int:
    """Return what was captured, before refunds.

    Some installations lower depositedAmount by each refund, and others don't. The history tells where there is one;
    else together they can't be more than was approved.
    """
    captures = [line.minor_units for line in operations if line.kind is VendorOperationKind.CAPTURE]
    captures = captures or [line.minor_units for line in operations if line.kind is VendorOperationKind.PAYMENT]
    if captures:
        return sum(captures)
    return left + refunded if left + refunded <= ceiling else left


def _operations(answer: Fields, surprise: Surprise) -> list[VendorOperation]:
    """Return the history's lines that succeeded."""
    lines = []
    for item in answer.objects("operations", _OPERATION_FIELDS, surprise):
        kind = _OPERATIONS.get(item.text("type"))
        if kind is None:
            surprise("operation", item.text("type"))
        if item.optional_number("actionCode"):
            continue  # it failed: no money moved
        milliseconds = item.optional_number("date")
        lines.append(
            VendorOperation(
                kind=kind or VendorOperationKind.OTHER,
                minor_units=item.number("amount"),
                reference=item.optional_text("externalRefundId"),
                time=None if milliseconds is None else datetime.fromtimestamp(milliseconds / 1000, UTC),
            )
        )
    return lines


def _currency(answer: Fields) -> str:
    told = answer.optional_text("currency")
    for code, number in CURRENCIES.items():
        if told == number:
            return code
    raise AnswerInvalidError("the order is in a currency we never ask for")


def _parameter(answer: Fields, name: str, wanted: str, surprise: Surprise) -> str:
    for item in answer.objects(name, _PARAMETER_FIELDS, surprise):
        if item.optional_text("name") == wanted:
            return item.optional_text("value")
    return ""
