"""What we send to T-Bank: only the fields of docs/modules/payments.md, with the token over them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from hub.modules.payments.order import Order, Receipt, ReceiptItem
from hub.modules.payments.port import RefundOrder
from hub.modules.payments.providers._tbank_token import token

MARKER = "landhub"
"""The name of our marker in DATA: shown in the cabinet and told in notifications, but not by GetState."""
MORE_THAN_ANY = 9_999_999_999
"""More than any payment: the field's ten digits. It is ignored where nothing is paid, and else too much."""
PAYMENT_OBJECTS = MappingProxyType(
    {
        1: "commodity",
        2: "excise",
        3: "job",
        4: "service",
        5: "gambling_bet",
        6: "gambling_prize",
        7: "lottery",
        8: "lottery_prize",
        9: "intellectual_activity",
        10: "payment",
        11: "agent_commission",
        12: "composite",
        13: "another",
    }
)
"""ФФД's numbers of what is sold, in T-Bank's words."""

_MOSCOW = timezone(timedelta(hours=3))


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """A terminal and its password, which never travels: the token proves it."""

    key: str
    password: str = field(repr=False)

    def seal(self, fields: Mapping[str, Any]) -> bytes:
        """Return the body of a request."""
        whole = {"TerminalKey": self.key, **fields}
        return json.dumps({**whole, "Token": token(whole, self.password)}, ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fiscal:
    """How receipts are written: the vendor's words for rates of НДС and tax systems, and the seller's own system."""

    vat_words: Mapping[str, str]
    tax_systems: Mapping[str, str]
    tax_system: str
    version: str


def init_fields(
    reference: str, order: Order, fiscal: Fiscal, *, now: datetime, notification_url: str
) -> dict[str, Any]:
    """Return the fields of `Init`."""
    fields: dict[str, Any] = {
        "Amount": order.amount.minor_units,
        "OrderId": reference,
        "PayType": "T" if order.two_stage else "O",
        "SuccessURL": order.return_url,
        "FailURL": order.fail_url or order.return_url,
        "DATA": {MARKER: order.marker},
    }
    if order.description:
        fields["Description"] = order.description
    if order.client_id:
        fields["CustomerKey"] = order.client_id
    if order.expire_after is not None:
        fields["RedirectDueDate"] = (now + order.expire_after).astimezone(_MOSCOW).isoformat(timespec="seconds")
    if notification_url:
        fields["NotificationURL"] = notification_url
    if order.receipt is not None:
        fields["Receipt"] = _receipt(order.receipt, fiscal)
    return fields


def qr_fields(vendor_id: str) -> dict[str, Any]:
    """Return the fields of `GetQr`."""
    return {"PaymentId": vendor_id, "DataType": "PAYLOAD"}


def decline_fields(vendor_id: str) -> dict[str, Any]:
    """Return the fields of the `Cancel` that ends an unpaid payment, and is refused if it was paid meanwhile."""
    return {"PaymentId": vendor_id, "Amount": MORE_THAN_ANY}


def reverse_fields(vendor_id: str) -> dict[str, Any]:
    """Return the fields of the `Cancel` that lets a whole hold go, once."""
    return {"PaymentId": vendor_id, "ExternalRequestId": f"reverse-{vendor_id}"}


def refund_fields(refund: RefundOrder) -> dict[str, Any]:
    """Return the fields of the `Cancel` that gives money back, once where T-Bank keeps our number."""
    fields = {"PaymentId": refund.vendor_id, "Amount": refund.amount.minor_units}
    return fields | {"ExternalRequestId": refund.reference} if refund.keyed else fields


def _receipt(receipt: Receipt, fiscal: Fiscal) -> dict[str, Any]:
    contact = {name: value for name, value in (("Email", receipt.email), ("Phone", receipt.phone)) if value}
    return {
        "FfdVersion": fiscal.version,
        **contact,
        "Taxation": fiscal.tax_systems[receipt.tax_system or fiscal.tax_system],
        "Items": [_item(item, fiscal) for item in receipt.items],
    }


def _item(item: ReceiptItem, fiscal: Fiscal) -> dict[str, Any]:
    written: dict[str, Any] = {
        "Name": item.name,
        "Price": item.price_minor_units,
        "Quantity": _number(item.quantity),
        "Amount": item.amount_minor_units,
        "Tax": fiscal.vat_words[item.vat],
        "PaymentMethod": item.payment_method,
        "PaymentObject": PAYMENT_OBJECTS[item.payment_object],
    }
    return written | {"MeasurementUnit": item.measure} if fiscal.version == "1.2" else written


def _number(quantity: Decimal) -> int | float:
    """A quantity has at most three decimals: a float writes it back as it was."""
    return int(quantity) if quantity == quantity.to_integral_value() else float(quantity)
