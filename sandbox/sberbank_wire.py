"""The RBS gateway's wire in both dialects: requests read as strictly as each does, answers as each writes them."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from enum import StrEnum
from typing import Any
from urllib.parse import parse_qsl

from sandbox.sberbank_orders import HELD, PAID, REFUNDED, BankError, BankOperation, BankOrder


class Dialect(StrEnum):
    """CLASSIC: forms. ECOM: JSON."""

    CLASSIC = "classic"
    ECOM = "ecom"


_LOGIN = {"userName", "password", "token"}
_NUMBER = re.compile(r"[0-9]{1,12}")
_REGISTER = {
    "orderNumber", "amount", "currency", "returnUrl", "failUrl", "description", "clientId", "sessionTimeoutSecs",
    "jsonParams", "orderBundle", "language", "taxSystem",
}  # fmt: skip
_KNOWN: dict[str, set[str]] = {
    "register.do": _REGISTER,
    "registerPreAuth.do": _REGISTER,
    "deposit.do": {"orderId", "amount"},
    "reverse.do": {"orderId", "amount"},
    "decline.do": {"orderId", "orderNumber"},
    "refund.do": {"orderId", "amount", "jsonParams", "externalRefundId", "expectedDepositedAmount"},
    "getOrderStatusExtended.do": {"orderId", "orderNumber"},
    "getLastOrdersForMerchants.do": {
        "from", "to", "transactionStates", "merchants", "searchByCreatedDate", "page", "size",
    },
}  # fmt: skip
_NOT_IN_ECOM = {"taxSystem", "language", "externalRefundId", "expectedDepositedAmount"}
_NUMBERS = ("amount", "sessionTimeoutSecs", "expectedDepositedAmount", "page", "size")
_ECOM_TYPES: dict[str, type] = {
    "amount": int, "sessionTimeoutSecs": int, "jsonParams": dict, "orderBundle": dict, "page": int, "size": int,
}  # fmt: skip
_LIST_STATES = {"CREATED", "APPROVED", "DEPOSITED", "REVERSED", "DECLINED", "REFUNDED"}
_MOST_LISTED = 200
_MOSCOW = timezone(timedelta(hours=3), "MSK")
_ECOM_PATTERNS = {
    "orderNumber": r"[ -~]{1,36}",
    "currency": r"[0-9]{3}",
    "returnUrl": r"[!-~]{12,2048}",
    "failUrl": r"[!-~]{12,2048}",
    "description": r"[ -~А-Яа-яЁё№]{1,512}",
    "clientId": r".{1,255}",
    "orderId": r"[0-9a-f-]{36}",
}


def read(dialect: Dialect, content_type: str, body: bytes) -> dict[str, Any]:
    """Read a request.

    Raises:
        BankError: it is not of the dialect.
    """
    if content_type != _REQUEST_TYPES[dialect]:
        raise BankError(4, "Неверный формат запроса")
    return _read_classic(body) if dialect is Dialect.CLASSIC else _read_ecom(body)


def _read_classic(body: bytes) -> dict[str, Any]:
    """Read a form; nested JSON is opened."""
    try:
        fields: dict[str, Any] = dict(parse_qsl(body.decode("ascii"), strict_parsing=True, keep_blank_values=True))
    except ValueError as error:
        raise BankError(4, "Неверный формат запроса") from error
    for name in ("jsonParams", "orderBundle"):
        if name in fields:
            fields[name] = _object(fields[name])
    for name in _NUMBERS:
        if name in fields:
            if not _NUMBER.fullmatch(fields[name]):
                raise BankError(5, "Неверная сумма")
            fields[name] = int(fields[name])
    return fields


def _read_ecom(body: bytes) -> dict[str, Any]:
    """Read JSON."""
    try:
        fields = json.loads(body)
    except ValueError as error:
        raise BankError(4, "Неверный формат запроса") from error
    if not isinstance(fields, dict):
        raise BankError(4, "Неверный формат запроса")
    return fields


def check(dialect: Dialect, operation: str, fields: Mapping[str, Any]) -> None:
    """Refuse what the dialect doesn't take: ecom any unknown field or wrong type, classic what it must have.

    Raises:
        BankError: with the gateway's code.
    """
    if dialect is Dialect.ECOM:
        known = (_KNOWN[operation] - _NOT_IN_ECOM) | _LOGIN
        wrong = [name for name, value in fields.items() if name not in known or not _fits(name, value)]
        if wrong:
            raise BankError(4, f"Неверный формат запроса: {', '.join(sorted(wrong))}")
    if operation in {"register.do", "registerPreAuth.do"}:
        _check_register(fields)
    elif operation == "getLastOrdersForMerchants.do":
        _check_list(fields)
    elif not fields.get("orderId") and not (
        operation in {"getOrderStatusExtended.do", "decline.do"} and fields.get("orderNumber")
    ):
        raise BankError(1 if operation == "getOrderStatusExtended.do" else 5, "Не указан номер заказа")


def _fits(name: str, value: Any) -> bool:
    wanted = _ECOM_TYPES.get(name, str)
    if type(value) is not wanted:
        return False
    pattern = _ECOM_PATTERNS.get(name)
    return pattern is None or re.fullmatch(pattern, str(value)) is not None


def _check_register(fields: Mapping[str, Any]) -> None:
    for name in ("orderNumber", "amount", "returnUrl"):
        if not fields.get(name):
            raise BankError(4, f"Не указан параметр {name}")
    if len(fields["orderNumber"]) > 36:
        raise BankError(1, "Неверный номер заказа")
    if fields.get("currency", "643") != "643":
        raise BankError(3, "Неизвестная валюта")
    bundle = fields.get("orderBundle")
    if bundle:
        items = bundle.get("cartItems", {}).get("items", [])
        if sum(item["itemAmount"] for item in items) != fields["amount"]:
            raise BankError(4, "Сумма позиций корзины не равна сумме заказа")


def _check_list(fields: Mapping[str, Any]) -> None:
    states = set(str(fields.get("transactionStates", "")).split(","))
    if not states <= _LIST_STATES or not 1 <= fields.get("size", 100) <= _MOST_LISTED:
        raise BankError(5, "Неверные параметры отчёта")
    for name in ("from", "to"):
        moscow_time(str(fields.get(name, "")))


def moscow_time(text: str) -> datetime:
    """Read a time of a list's period.

    Raises:
        BankError: it is none.
    """
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=_MOSCOW)
    except ValueError as error:
        raise BankError(5, "Неверный период") from error


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise BankError(5, "Неверный jsonParams") from error
    if not isinstance(value, dict):
        raise BankError(5, "Неверный jsonParams")
    return value


def error_answer(error: BankError) -> dict[str, Any]:
    """An error: its code is a text in both dialects, mostly."""
    return {"errorCode": str(error.code), "errorMessage": str(error)}


def done_answer(dialect: Dialect) -> dict[str, Any]:
    """The answer of deposit, decline, reverse and refund: the classic one has a number, ecom a text."""
    code: Any = 0 if dialect is Dialect.CLASSIC else "0"
    return {"errorCode": code, "errorMessage": "Успешно"}


def status_answer(order: BankOrder, *, lowers_deposited: bool) -> dict[str, Any]:
    """What `getOrderStatusExtended.do` tells of an order."""
    deposited = order.left if lowers_deposited else order.captured
    return {
        "errorCode": "0",
        "errorMessage": "Успешно",
        "orderNumber": order.number,
        "orderStatus": order.status,
        "actionCode": order.action_code,
        "actionCodeDescription": "",
        "amount": order.amount,
        "currency": order.currency,
        "date": _milliseconds(order.created_at),
        "ip": "203.0.113.7",
        "orderDescription": order.description,
        "merchantOrderParams": [{"name": name, "value": value} for name, value in order.params.items()],
        "transactionAttributes": [],
        "attributes": [{"name": "mdOrder", "value": order.order_id}],
        "paymentAmountInfo": {
            "paymentState": _PAYMENT_STATES[order.status],
            "approvedAmount": order.approved,
            "depositedAmount": deposited if order.status in {PAID, REFUNDED} else 0,
            "refundedAmount": order.refunded,
            "feeAmount": 0,
        },
        "bankInfo": {"bankName": "Тестовый банк", "bankCountryCode": "RU", "bankCountryName": "Россия"},
        **_card(order),
        "operations": [_line(line) for line in order.operations],
    }


def list_answer(found: Sequence[BankOrder], *, page: int, size: int, lowers_deposited: bool) -> dict[str, Any]:
    """What `getLastOrdersForMerchants.do` tells of the orders of a period; their histories it leaves out."""
    orders = [status_answer(order, lowers_deposited=lowers_deposited) for order in found[page * size :][:size]]
    for shown in orders:
        del shown["operations"]
    return {
        "errorCode": "0",
        "errorMessage": "Успешно",
        "orderStatuses": orders,
        "totalCount": len(found),
        "page": page,
        "pageSize": size,
    }


_PAYMENT_STATES = ("CREATED", "APPROVED", "DEPOSITED", "REVERSED", "REFUNDED", "CREATED", "DECLINED")


APPROVAL_CODE = "K4N9R7"


def _card(order: BankOrder) -> dict[str, Any]:
    if order.status not in {HELD, PAID, REFUNDED}:
        return {}
    told = {
        "maskedPan": f"{order.card.pan[:6]}**{order.card.pan[-4:]}",
        "expiration": "203012",
        "cardholderName": order.card.holder,
        "approvalCode": APPROVAL_CODE,
    }
    return {"cardAuthInfo": {**told, "paymentSystem": "MIR", "paymentWay": "CARD"}}


def _line(line: BankOperation) -> dict[str, Any]:
    shown = {
        "date": _milliseconds(line.time),
        "type": line.type,
        "amount": line.amount,
        "referenceNumber": "405200490186",
        "actionCode": line.action_code,
    }
    return shown | ({"externalRefundId": line.external_id} if line.external_id else {})


def _milliseconds(time: datetime) -> int:
    return round(time.timestamp() * 1000)


CONTENT_TYPES = {Dialect.CLASSIC: "text/plain;charset=UTF-8", Dialect.ECOM: "application/json"}
_REQUEST_TYPES = {Dialect.CLASSIC: "application/x-www-form-urlencoded", Dialect.ECOM: "application/json"}
