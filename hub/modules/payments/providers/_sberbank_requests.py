"""What we send to the RBS gateway: only the fields of docs/modules/payments.md, in either dialect."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from hub.modules.payments.order import Order, PaymentMethod, Receipt, ReceiptItem
from hub.modules.payments.port import RefundOrder
from hub.modules.payments.providers._sberbank_answers import CURRENCIES, MARKER

PAGE_SIZE = 100
"""Orders a page of a list; the gateway gives 200 at most."""
MOSCOW = timezone(timedelta(hours=3), "MSK")
_ALL_STATES = "CREATED,APPROVED,DEPOSITED,REVERSED,DECLINED,REFUNDED"
_PAYMENT_METHODS = {
    "full_prepayment": 1,
    "prepayment": 2,
    "advance": 3,
    "full_payment": 4,
    "partial_payment": 5,
    "credit": 6,
    "credit_payment": 7,
}


class Dialect(StrEnum):
    """CLASSIC: forms, nested things as JSON in a field. ECOM: JSON, and nothing in it that isn't on the list."""

    CLASSIC = "classic"
    ECOM = "ecom"


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """How we log in: name and password, or a token."""

    user_name: str
    password: str = field(repr=False)
    token: str = field(repr=False)

    def fields(self) -> dict[str, str]:
        """Return the fields that go with every request."""
        return {"token": self.token} if self.token else {"userName": self.user_name, "password": self.password}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fiscal:
    """The codes of a receipt: words of the contract to the vendor's numbers, which change with the law."""

    vat_codes: Mapping[str, int]
    tax_systems: Mapping[str, int]
    tax_system: str
    inn: str
    payment_address: str
    email: str


def register_fields(dialect: Dialect, reference: str, order: Order, fiscal: Fiscal) -> dict[str, Any]:
    """The fields of `register.do` and `registerPreAuth.do`."""
    fields: dict[str, Any] = {
        "orderNumber": reference,
        "amount": order.amount.minor_units,
        "currency": CURRENCIES[order.amount.currency],
        "returnUrl": order.return_url,
    }
    if order.fail_url:
        fields["failUrl"] = order.fail_url
    if order.description:
        fields["description"] = order.description
    if order.client_id:
        fields["clientId"] = order.client_id
    if order.expire_after is not None:
        fields["sessionTimeoutSecs"] = int(order.expire_after.total_seconds())
    fields["jsonParams"] = {MARKER: order.marker}
    if order.method is PaymentMethod.SBP_QR:
        fields["jsonParams"] |= {"qrType": "DYNAMIC_QR_SBP", "sbp.scenario": "C2B"}
    if order.receipt is not None:
        fields |= _receipt_fields(dialect, order.receipt, fiscal, order.amount.minor_units)
    return fields


def refund_fields(dialect: Dialect, refund: RefundOrder, *, keyed: bool) -> dict[str, Any]:
    """The fields of `refund.do`; `keyed`: our number goes along, by which it is made once."""
    fields: dict[str, Any] = {"orderId": refund.vendor_id, "amount": refund.amount.minor_units}
    if not keyed:
        return fields
    if dialect is Dialect.ECOM:
        return fields | {"jsonParams": {"externalRefundId": refund.reference}}
    if refund.balance is not None:
        fields["expectedDepositedAmount"] = refund.balance
    return fields | {"externalRefundId": refund.reference}


def list_fields(since: datetime, until: datetime, *, page: int) -> dict[str, Any]:
    """The fields of `getLastOrdersForMerchants.do`: its times are Moscow's, to the second, both ends included."""
    return {
        "from": _moscow_time(since),
        "to": _moscow_time(until - timedelta(seconds=1)),
        "transactionStates": _ALL_STATES,
        "merchants": "",
        "searchByCreatedDate": "true",
        "page": page,
        "size": PAGE_SIZE,
    }


def _moscow_time(time: datetime) -> str:
    return time.astimezone(MOSCOW).strftime("%Y%m%d%H%M%S")


def encode(dialect: Dialect, login: Login, fields: Mapping[str, Any]) -> tuple[str, bytes]:
    """Return content type and body of a request."""
    whole = {**login.fields(), **fields}
    if dialect is Dialect.ECOM:
        return "application/json", json.dumps(whole, ensure_ascii=False).encode()
    flat = {name: value if isinstance(value, str | int) else _compact(value) for name, value in whole.items()}
    return "application/x-www-form-urlencoded", urlencode(flat).encode("ascii")


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _receipt_fields(dialect: Dialect, receipt: Receipt, fiscal: Fiscal, total: int) -> dict[str, Any]:
    tax_system = fiscal.tax_systems[receipt.tax_system or fiscal.tax_system]
    if dialect is Dialect.ECOM:
        return {"orderBundle": _ecom_bundle(receipt, fiscal, tax_system, total)}
    items = [_item(index, item, fiscal) for index, item in enumerate(receipt.items, start=1)]
    bundle = {"customerDetails": _contact(receipt), "cartItems": {"items": items}}
    return {"taxSystem": tax_system, "orderBundle": bundle}


def _item(position: int, item: ReceiptItem, fiscal: Fiscal) -> dict[str, Any]:
    attributes = [
        {"name": "paymentMethod", "value": _PAYMENT_METHODS[item.payment_method]},
        {"name": "paymentObject", "value": item.payment_object},
    ]
    return _common_item(position, item, fiscal) | {"itemAttributes": {"attributes": attributes}}


def _ecom_bundle(receipt: Receipt, fiscal: Fiscal, tax_system: int, total: int) -> dict[str, Any]:
    items = [
        _common_item(index, item, fiscal) | {"paymentMethod": item.payment_method, "paymentObject": item.payment_object}
        for index, item in enumerate(receipt.items, start=1)
    ]
    company = {
        "email": fiscal.email,
        "sno": tax_system,
        "inn": fiscal.inn,
        "paymentAddress": fiscal.payment_address,
    }
    return {
        "ffdVersion": "1.2",
        "receiptType": "sell",
        "customerDetails": _contact(receipt),
        "company": company,
        "payments": [{"type": 1, "sum": total}],
        "total": total,
        "cartItems": {"items": items},
    }


def _common_item(position: int, item: ReceiptItem, fiscal: Fiscal) -> dict[str, Any]:
    return {
        "positionId": position,
        "name": item.name,
        "quantity": {"value": _number(item.quantity), "measure": item.measure},
        "itemPrice": item.price_minor_units,
        "itemAmount": item.amount_minor_units,
        "itemCode": item.item_code or str(position),
        "tax": {"taxType": fiscal.vat_codes[item.vat]},
    }


def _contact(receipt: Receipt) -> dict[str, str]:
    return {name: value for name, value in (("email", receipt.email), ("phone", receipt.phone)) if value}


def _number(quantity: Decimal) -> int | float:
    """A quantity has at most three decimals: a float writes it back as it was."""
    return int(quantity) if quantity == quantity.to_integral_value() else float(quantity)
