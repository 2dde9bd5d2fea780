"""What we send to YooKassa: only the fields of docs/modules/payments.md. Amounts are decimal texts of roubles."""

import json
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from hub.core.money import Money
from hub.modules.payments.order import Order, PaymentMethod, Receipt, ReceiptItem
from hub.modules.payments.port import RefundOrder
from hub.modules.payments.providers._yookassa_answers import AMOUNT, MARKER, REFERENCE, REFUND

SUBJECTS = MappingProxyType(
    {
        1: "commodity", 2: "excise", 3: "job", 4: "service", 5: "gambling_bet", 6: "gambling_prize", 7: "lottery",
        8: "lottery_prize", 9: "intellectual_activity", 10: "payment", 11: "agent_commission", 12: "composite",
        13: "another", 14: "property_right", 15: "non_operating_gain", 16: "insurance_premium", 17: "sales_tax",
        18: "resort_fee", 19: "lien", 20: "cost", 21: "pension_insurance_without_payouts",
        22: "pension_insurance_with_payouts", 23: "health_insurance_without_payouts",
        24: "health_insurance_with_payouts", 25: "health_insurance", 26: "casino", 27: "agent_withdrawals",
        30: "non_marked_excise", 31: "marked_excise", 32: "non_marked", 33: "marked",
    }
)  # fmt: skip
"""ФФД's numbers of what is paid for, in the vendor's words."""

_MODES = {"prepayment": "partial_prepayment"}  # the others are the vendor's words, too
_MEASURES = {
    "шт": "piece", "ед": "piece", "г": "gram", "кг": "kilogram", "т": "ton", "см": "centimeter", "дм": "decimeter",
    "м": "meter", "см2": "square_centimeter", "дм2": "square_decimeter", "м2": "square_meter", "кв.м": "square_meter",
    "мл": "milliliter", "л": "liter", "м3": "cubic_meter", "кВт·ч": "kilowatt_hour", "Гкал": "gigacalorie",
    "сут": "day", "день": "day", "ч": "hour", "час": "hour", "мин": "minute", "с": "second", "сек": "second",
}  # fmt: skip
_OTHER_MEASURE = "another"


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """How we log in: HTTP Basic with the shop's id and its secret key."""

    shop_id: str
    secret_key: str = field(repr=False)

    def header(self) -> str:
        """Return the value of `Authorization`."""
        return "Basic " + b64encode(f"{self.shop_id}:{self.secret_key}".encode()).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fiscal:
    """The codes of a receipt: words of the contract to the vendor's numbers, which change with the law."""

    vat_codes: Mapping[str, int]
    tax_systems: Mapping[str, int]
    tax_system: str


def payment_body(reference: str, order: Order, fiscal: Fiscal) -> bytes:
    """The body of `POST /payments`: of one order always the same, to the byte, since its key stands for it."""
    fields: dict[str, Any] = {
        "amount": _amount(order.amount),
        "capture": not order.two_stage,
        "confirmation": {"type": "redirect", "return_url": order.return_url},
        "metadata": {REFERENCE: reference, MARKER: order.marker, AMOUNT: str(order.amount.minor_units)},
    }
    if order.method is PaymentMethod.SBP_QR:
        fields["payment_method_data"] = {"type": "sbp"}
        fields["confirmation"] = {"type": "qr", "return_url": order.return_url}
    if order.description:
        fields["description"] = order.description
    if order.client_id:
        fields["merchant_customer_id"] = order.client_id
    if order.receipt is not None:
        fields["receipt"] = _receipt(order.receipt, fiscal, order.amount.currency)
    return _encode(fields)


def capture_body(amount: Money) -> bytes:
    """The body of `POST /payments/{id}/capture`."""
    return _encode({"amount": _amount(amount)})


def refund_body(refund: RefundOrder) -> bytes:
    """The body of `POST /refunds`; our number of it goes along, and comes back in lists."""
    return _encode(
        {
            "payment_id": refund.vendor_id,
            "amount": _amount(refund.amount),
            "metadata": {REFUND: refund.reference},
        }
    )


def _encode(fields: Mapping[str, Any]) -> bytes:
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()


def _amount(amount: Money) -> dict[str, str]:
    return {"value": amount.decimal_text(), "currency": amount.currency}


def _receipt(receipt: Receipt, fiscal: Fiscal, currency: str) -> dict[str, Any]:
    customer = {"email": receipt.email, "phone": receipt.phone.removeprefix("+")}
    return {
        "customer": {name: value for name, value in customer.items() if value},
        "tax_system_code": fiscal.tax_systems[receipt.tax_system or fiscal.tax_system],
        "items": [_item(item, fiscal, currency) for item in receipt.items],
    }


def _item(item: ReceiptItem, fiscal: Fiscal, currency: str) -> dict[str, Any]:
    return {
        "description": item.name,
        "quantity": _number(item.quantity),
        "amount": _amount(Money(minor_units=item.price_minor_units, currency=currency)),
        "vat_code": fiscal.vat_codes[item.vat],
        "payment_mode": _MODES.get(item.payment_method, item.payment_method),
        "payment_subject": SUBJECTS[item.payment_object],
        "measure": _MEASURES.get(item.measure.rstrip("."), _OTHER_MEASURE),
    }


def _number(quantity: Decimal) -> int | float:
    """A quantity has at most three decimals: a float writes it back as it was."""
    return int(quantity) if quantity == quantity.to_integral_value() else float(quantity)
