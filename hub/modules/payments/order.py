"""What a payment is asked for: the order as an acquirer gets it. Personal data is kept out of every `repr`."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from hub.core.money import Money

_MARKER_LETTERS = 16  # 64 bits: no two orders of one number are taken for each other


class PaymentMethod(StrEnum):
    """How the payer pays: on the acquirer's page, or by a QR code of the Система быстрых платежей."""

    PAGE = "PAGE"
    SBP_QR = "SBP_QR"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptItem:
    """A line of a receipt; prices in kopecks. `vat` and `payment_method` are words, `payment_object` ФФД's number."""

    name: str = field(repr=False)
    quantity: Decimal
    measure: str
    price_minor_units: int
    amount_minor_units: int
    vat: str
    payment_method: str
    payment_object: int
    item_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A fiscal receipt (54-ФЗ). Empty `tax_system`: the account's own."""

    items: tuple[ReceiptItem, ...]
    email: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    tax_system: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the payer is asked for. `expire_after` of None: as the acquirer has it; empty `fail_url`: `return_url`."""

    amount: Money
    return_url: str
    fail_url: str = ""
    description: str = field(default="", repr=False)
    client_id: str = field(default="", repr=False)
    two_stage: bool = False
    method: PaymentMethod = PaymentMethod.PAGE
    expire_after: timedelta | None = None
    receipt: Receipt | None = field(default=None, repr=False)

    @property
    def marker(self) -> str:
        """What goes along to the acquirer and tells this order from another one under the same number.

        It is made of the content alone, so that a hub restored from an older database makes the same.
        """
        content = [
            self.amount.minor_units,
            self.amount.currency,
            self.two_stage,
            self.method.value,
            self.description,
            self.client_id,
        ]
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:_MARKER_LETTERS]
