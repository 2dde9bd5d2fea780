"""YooKassa's wire: requests read strictly, objects and lists as the API v3 writes them."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sandbox.yookassa_shop import CANCELED, HELD, PENDING, SUCCEEDED, ShopError, ShopPayment, ShopRefund, invalid

_AMOUNT = re.compile(r"[0-9]{1,12}\.[0-9]{2}", re.ASCII)
_KEY = re.compile(r"[0-9a-zA-Z+\-_.]{1,64}", re.ASCII)
_MOMENT_FORMS = ("%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%dT%H:%M:%SZ")
_PAYMENT = {
    "amount", "capture", "confirmation", "description", "metadata", "receipt", "payment_method_data",
    "merchant_customer_id", "save_payment_method", "client_ip",
}  # fmt: skip
_FIELDS = {
    "payments.create": _PAYMENT,
    "payments.capture": {"amount", "receipt"},
    "payments.cancel": set[str](),
    "refunds.create": {"payment_id", "amount", "description", "receipt", "metadata"},
}
_ITEM = {"description", "quantity", "amount", "vat_code", "payment_mode", "payment_subject", "measure"}
_VAT_CODES = range(1, 13)
RRN = "603668680243"
"""The number that the banks know a payment by."""
_TAX_SYSTEMS = range(1, 7)
_MOST_IN_A_PAGE = 100


def read(operation: str, body: bytes) -> dict[str, Any]:
    """Read the body of a write.

    Raises:
        ShopError: it isn't such as the API takes.
    """
    try:
        fields = json.loads(body) if body else {}
    except ValueError as error:
        raise invalid("Request body is not a valid JSON") from error
    if not isinstance(fields, dict):
        raise invalid("Request body is not an object")
    for name in fields.keys() - _FIELDS[operation]:
        raise invalid("Unknown parameter", str(name))
    if "metadata" in fields:
        _check_metadata(fields["metadata"])
    if operation == "payments.create":
        _check_payment(fields)
    elif operation == "refunds.create" and not isinstance(fields.get("payment_id"), str):
        raise invalid("Missing required parameter", "payment_id")
    return fields


def key_of(headers: Mapping[str, str]) -> str:
    """Return the idempotence key.

    Raises:
        ShopError: there is none, or not of its form.
    """
    key = headers.get("Idempotence-Key", "")
    if not _KEY.fullmatch(key):
        raise invalid("Idempotence key is missing or of a wrong form", "Idempotence-Key")
    return key


def kopecks(fields: Mapping[str, Any], name: str = "amount") -> int:
    """Return an amount, which is a decimal text of roubles.

    Raises:
        ShopError: it isn't one.
    """
    told = fields.get(name)
    if not isinstance(told, dict) or told.keys() != {"value", "currency"}:
        raise invalid("Missing or wrong amount", name)
    if not isinstance(told["value"], str) or not _AMOUNT.fullmatch(told["value"]):
        raise invalid("Amount is a text with two decimals", f"{name}.value")
    if told["currency"] != "RUB":
        raise invalid("Currency differs from the shop's", f"{name}.currency")
    return int(told["value"].replace(".", ""))


def payment_object(payment: ShopPayment, *, base_url: str, shop_id: str) -> dict[str, Any]:
    """What is told of a payment. Captured in part, its amount is what was captured."""
    taken = payment.captured if payment.status == SUCCEEDED else payment.amount
    told: dict[str, Any] = {
        "id": payment.payment_id,
        "status": payment.status,
        "amount": _amount(taken),
        "recipient": {"account_id": shop_id, "gateway_id": "1"},
        "created_at": moment(payment.created_at),
        "test": True,
        "paid": payment.status in {HELD, SUCCEEDED},
        "refundable": payment.status == SUCCEEDED and payment.refunded < payment.captured,
        "metadata": dict(payment.metadata),
    }
    if payment.description:
        told["description"] = payment.description
    if payment.client_id:
        told["merchant_customer_id"] = payment.client_id
    if payment.status == PENDING:
        told["confirmation"] = _confirmation(payment, base_url)
    if payment.status in {HELD, SUCCEEDED}:
        told |= _by_card(payment)
    if payment.status == HELD and payment.held_until is not None:
        told["expires_at"] = moment(payment.held_until)
    if payment.captured_at is not None:
        told["captured_at"] = moment(payment.captured_at)
        told["income_amount"] = _amount(taken - taken * 35 // 1000)
        told["refunded_amount"] = _amount(payment.refunded)
    if payment.status == CANCELED:
        told["cancellation_details"] = {"party": payment.party, "reason": payment.reason}
    return told


def _by_card(payment: ShopPayment) -> dict[str, Any]:
    first, last = payment.pan[:6], payment.pan[-4:]
    card = {"first6": first, "last4": last, "expiry_year": "2030", "expiry_month": "12", "card_type": "Mir"}
    method = {"type": "bank_card", "id": payment.payment_id, "saved": False, "title": f"Bank card *{last}"}
    return {
        "payment_method": {**method, "card": {**card, "issuer_country": "RU"}},
        "authorization_details": {"rrn": RRN, "auth_code": "000000"},
    }


def refund_object(refund: ShopRefund) -> dict[str, Any]:
    """What is told of a refund."""
    told: dict[str, Any] = {
        "id": refund.refund_id,
        "payment_id": refund.payment_id,
        "status": refund.status,
        "created_at": moment(refund.created_at),
        "amount": _amount(refund.amount),
        "metadata": dict(refund.metadata),
    }
    if refund.status == CANCELED:
        told["cancellation_details"] = {"party": "yoo_money", "reason": refund.reason}
    return told


def page(items: Sequence[dict[str, Any]], query: Mapping[str, str]) -> dict[str, Any]:
    """A page of a list whose filters are applied; the cursor is the id that the page begins with."""
    size = query.get("limit", "10")
    if not size.isdecimal() or not 1 <= int(size) <= _MOST_IN_A_PAGE:
        raise invalid("Limit is a number of 1 to 100", "limit")
    ids = [item["id"] for item in items]
    cursor = query.get("cursor")
    if cursor is not None and cursor not in ids:
        raise invalid("Unknown cursor", "cursor")
    start = 0 if cursor is None else ids.index(cursor)
    end = start + int(size)
    told: dict[str, Any] = {"type": "list", "items": list(items[start:end])}
    return told | ({"next_cursor": ids[end]} if end < len(ids) else {})


def is_within(created_at: datetime, query: Mapping[str, str]) -> bool:
    """Whether a time passes the filters of a list."""
    told = {name: _read_moment(value, name) for name, value in query.items() if name.startswith("created_at.")}
    tests = {
        "created_at.gte": created_at.__ge__,
        "created_at.gt": created_at.__gt__,
        "created_at.lte": created_at.__le__,
        "created_at.lt": created_at.__lt__,
    }
    for name in told.keys() - tests.keys():
        raise invalid("Unknown filter", name)
    return all(tests[name](bound) for name, bound in told.items())


def error_object(error: ShopError, *, retry_milliseconds: int) -> dict[str, Any]:
    """An error, or that a request isn't done yet."""
    if error.status == 202:
        return {"type": "processing", "description": str(error), "retry_after": retry_milliseconds}
    told = {
        "type": "error",
        "id": "ab5a11cd-13cc-4e33-af8b-75a74e18dd09",
        "code": error.code,
        "description": str(error),
    }
    return told | ({"parameter": error.parameter} if error.parameter else {})


def moment(time: datetime) -> str:
    """A time as the API writes it."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03d}Z"


def _read_moment(text: str, name: str) -> datetime:
    for form in _MOMENT_FORMS:
        try:
            return datetime.strptime(text, form).replace(tzinfo=UTC)
        except ValueError:
            continue
    raise invalid("A time is of ISO 8601", name)


def _check_payment(fields: Mapping[str, Any]) -> None:
    amount = kopecks(fields)
    if not amount:
        raise invalid("Amount is zero", "amount.value")
    if not isinstance(fields.get("capture", False), bool):
        raise invalid("Capture is true or false", "capture")
    confirmation = fields.get("confirmation")
    if not isinstance(confirmation, dict) or confirmation.get("type") not in {"redirect", "qr"}:
        raise invalid("Confirmation is missing", "confirmation")
    if confirmation["type"] == "redirect" and not str(confirmation.get("return_url", "")).startswith("https://"):
        raise invalid("Return URL is missing", "confirmation.return_url")
    method = fields.get("payment_method_data", {}).get("type")
    if confirmation["type"] == "qr" and (method != "sbp" or not fields.get("capture")):
        raise invalid("The payment method doesn't allow it", "payment_method_data")
    for name, most in (("description", 128), ("merchant_customer_id", 200)):
        if len(fields.get(name, "")) > most:
            raise invalid(f"Longer than {most}", name)
    if "receipt" in fields:
        _check_receipt(fields["receipt"], amount)


def _check_metadata(metadata: Any) -> None:
    if not isinstance(metadata, dict) or len(metadata) > 16:
        raise invalid("Metadata has at most 16 keys", "metadata")
    for name, value in metadata.items():
        if len(name) > 32 or not isinstance(value, str) or len(value) > 512:
            raise invalid("A name has at most 32 characters, a value is a text of at most 512", "metadata")


def _check_receipt(receipt: Mapping[str, Any], amount: int) -> None:
    customer = receipt.get("customer", {})
    if not customer.get("email") and not re.fullmatch("[0-9]{11}", customer.get("phone", "")):
        raise invalid("Receipt needs an email or a phone", "receipt.customer")
    if receipt.get("tax_system_code", 1) not in _TAX_SYSTEMS:
        raise invalid("Unknown tax system", "receipt.tax_system_code")
    total = 0.0
    for item in receipt.get("items", ()):
        if item.keys() - _ITEM or not 1 <= len(item.get("description", "")) <= 128:
            raise invalid("Wrong item", "receipt.items")
        if item.get("vat_code") not in _VAT_CODES:
            raise invalid("Unknown rate", "receipt.items.vat_code")
        total += kopecks(item) * item["quantity"]
    if round(total) != amount:
        raise invalid("Items don't sum to the amount", "receipt")


def _confirmation(payment: ShopPayment, base_url: str) -> dict[str, Any]:
    if payment.confirmation == "qr":
        payload = f"https://qr.nspk.ru/AS10{payment.payment_id[:28]}?type=02&sum={payment.amount}&cur=RUB"
        return {"type": "qr", "confirmation_data": payload}
    url = f"{base_url}/pay/{payment.payment_id}"
    return {"type": "redirect", "return_url": payment.return_url, "confirmation_url": url}


def _amount(value: int) -> dict[str, str]:
    return {"value": f"{value // 100}.{value % 100:02d}", "currency": "RUB"}
