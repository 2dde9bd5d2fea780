"""How an order is kept while it may have to be sent (again): JSON in an encrypted column."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

from hub.core.money import Money
from hub.modules.payments.order import Order, PaymentMethod, Receipt, ReceiptItem


def encode_order(order: Order) -> bytes:
    """Return the order as JSON."""
    value = {
        "minor_units": order.amount.minor_units,
        "currency": order.amount.currency,
        "return_url": order.return_url,
        "fail_url": order.fail_url,
        "description": order.description,
        "client_id": order.client_id,
        "two_stage": order.two_stage,
        "method": order.method.value,
        "expire_after": None if order.expire_after is None else order.expire_after.total_seconds(),
        "receipt": None if order.receipt is None else _encode_receipt(order.receipt),
    }
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def decode_order(stored: bytes) -> Order:
    """Return the order of `encode_order`."""
    value: dict[str, Any] = json.loads(stored)
    seconds = value["expire_after"]
    return Order(
        amount=Money(minor_units=value["minor_units"], currency=value["currency"]),
        return_url=value["return_url"],
        fail_url=value["fail_url"],
        description=value["description"],
        client_id=value["client_id"],
        two_stage=value["two_stage"],
        method=PaymentMethod(value["method"]),
        expire_after=None if seconds is None else timedelta(seconds=seconds),
        receipt=None if value["receipt"] is None else _decode_receipt(value["receipt"]),
    )


def _encode_receipt(receipt: Receipt) -> dict[str, Any]:
    return {
        "email": receipt.email,
        "phone": receipt.phone,
        "tax_system": receipt.tax_system,
        "items": [
            {
                "name": item.name,
                "quantity": str(item.quantity),
                "measure": item.measure,
                "price_minor_units": item.price_minor_units,
                "amount_minor_units": item.amount_minor_units,
                "vat": item.vat,
                "payment_method": item.payment_method,
                "payment_object": item.payment_object,
                "item_code": item.item_code,
            }
            for item in receipt.items
        ],
    }


def _decode_receipt(value: dict[str, Any]) -> Receipt:
    items = tuple(ReceiptItem(**{**item, "quantity": Decimal(item["quantity"])}) for item in value["items"])
    return Receipt(items=items, email=value["email"], phone=value["phone"], tax_system=value["tax_system"])
