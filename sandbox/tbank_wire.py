"""T-Bank's wire: requests read and their tokens checked, answers and notifications as it writes them."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sandbox.tbank_payments import TBankError, TBankPayment

REQUIRED = {
    "Init": {"Amount", "OrderId"},
    "GetState": {"PaymentId"},
    "CheckOrder": {"OrderId"},
    "Confirm": {"PaymentId"},
    "Cancel": {"PaymentId"},
    "GetQr": {"PaymentId"},
    "SbpPayTest": {"PaymentId"},
}
_KNOWN = {
    "Init": {
        "Amount", "OrderId", "Description", "PayType", "NotificationURL", "SuccessURL", "FailURL", "RedirectDueDate",
        "DATA", "Receipt", "CustomerKey", "Language", "Recurrent",
    },
    "GetState": {"PaymentId", "IP"},
    "CheckOrder": {"OrderId"},
    "Confirm": {"PaymentId", "Amount", "Receipt", "IP"},
    "Cancel": {"PaymentId", "Amount", "Receipt", "IP", "ExternalRequestId"},
    "GetQr": {"PaymentId", "DataType"},
    "SbpPayTest": {"PaymentId", "IsDeadlineExpired", "IsRejected"},
}  # fmt: skip
_LENGTHS = {"OrderId": (50, 212), "Description": (140, 213), "CustomerKey": (36, 216), "ExternalRequestId": (255, 17)}
_TAXES = {"none", "vat0", "vat5", "vat7", "vat10", "vat20", "vat105", "vat107", "vat110", "vat120"}


def read(operation: str, content_type: str, body: bytes, *, terminal_key: str, password: str) -> dict[str, Any]:
    """Read a request and check its token.

    Raises:
        TBankError: it isn't one, its token is wrong, or something in it is.
    """
    if content_type != "application/json":
        raise TBankError(1, "Параметры не сопоставлены")
    try:
        fields = json.loads(body)
    except ValueError as error:
        raise TBankError(1, "Параметры не сопоставлены") from error
    if not isinstance(fields, dict) or "Password" in fields:
        raise TBankError(1, "Параметры не сопоставлены")
    if fields.get("TerminalKey") != terminal_key:
        raise TBankError(205, "Неверные параметры", "Указанный терминал не найден")
    if not hmac.compare_digest(str(fields.get("Token")), token(fields, password)):
        raise TBankError(204, "Неверные параметры", "Неверный токен. Проверьте пару TerminalKey/SecretKey")
    check(operation, fields)
    return fields


def token(fields: Mapping[str, Any], password: str) -> str:
    """The token of a message: the values of its scalars in the order of their names, the password among them."""
    values = {"Password": password}
    for name, value in fields.items():
        if name == "Token" or value is None or isinstance(value, dict | list):
            continue
        values[name] = str(value).lower() if isinstance(value, bool) else str(value)
    return hashlib.sha256("".join(values[name] for name in sorted(values)).encode()).hexdigest()


def check(operation: str, fields: Mapping[str, Any]) -> None:
    """Refuse what lacks something, or has what isn't known or doesn't fit.

    Raises:
        TBankError: with the gateway's code.
    """
    if any(fields.get(name) in {None, ""} for name in REQUIRED[operation]):
        raise TBankError(2, "Отсутствуют обязательные параметры")
    if fields.keys() - _KNOWN[operation] - {"TerminalKey", "Token"}:
        raise TBankError(1, "Параметры не сопоставлены")
    for name, (most, code) in _LENGTHS.items():
        if name in fields and not 0 < len(str(fields[name])) <= most:
            raise TBankError(code, f"Размер поля {name} должен быть от 1 до {most}")
    if "PaymentId" in fields and not (str(fields["PaymentId"]).isdecimal() and len(str(fields["PaymentId"])) <= 20):
        raise TBankError(217, "Поле PaymentId числовое значение должно укладываться в формат")
    if "Amount" in fields and (type(fields["Amount"]) is not int or not 0 < fields["Amount"] < 10**10):
        raise TBankError(251, "Неверная сумма")
    if operation == "Init":
        _check_receipt(fields)


def _check_receipt(fields: Mapping[str, Any]) -> None:
    receipt = fields.get("Receipt")
    if receipt is None:
        return
    if not receipt.get("Email") and not receipt.get("Phone"):
        raise TBankError(206, "email не может быть пустым")
    if any(item["Tax"] not in _TAXES for item in receipt["Items"]):
        raise TBankError(17, "Неверные введенные данные")
    if receipt["FfdVersion"] == "1.2" and any("MeasurementUnit" not in item for item in receipt["Items"]):
        raise TBankError(201, "Поле measurementUnit не должно быть пустым")
    if sum(item["Amount"] for item in receipt["Items"]) != fields["Amount"]:
        raise TBankError(334, "Суммы в чеке и в платеже не совпадают")


def due_date(fields: Mapping[str, Any]) -> datetime | None:
    """Read `RedirectDueDate`.

    Raises:
        TBankError: it is no such time.
    """
    text = fields.get("RedirectDueDate")
    if text is None:
        return None
    try:
        told = datetime.fromisoformat(text)
    except (ValueError, TypeError) as error:
        raise TBankError(12, "Неверный параметр RedirectDueDate") from error
    if told.tzinfo is None:
        raise TBankError(12, "Неверный параметр RedirectDueDate")
    return told


def error_answer(error: TBankError) -> dict[str, Any]:
    """An error: its code is a text."""
    return {"Success": False, "ErrorCode": str(error.code), "Message": str(error), "Details": error.details}


def answer(terminal_key: str, payment: TBankPayment, **more: Any) -> dict[str, Any]:
    """What every call answers of a payment."""
    return {
        "Success": True,
        "ErrorCode": "0",
        "Message": "OK",
        "TerminalKey": terminal_key,
        "PaymentId": payment.payment_id,
        "OrderId": payment.order_id,
        "Status": payment.status,
        **more,
    }


def state_answer(terminal_key: str, payment: TBankPayment) -> dict[str, Any]:
    """What `GetState` answers; after a failed attempt of the payer's, its code stands where an error's does."""
    params = [{"Key": "Route", "Value": "ACQ"}]
    if payment.source:
        params.append({"Key": "Source", "Value": payment.source})
    told = answer(terminal_key, payment, Amount=payment.current, Params=params)
    if payment.error_code == "0":
        return told
    return told | {"Success": False, "ErrorCode": payment.error_code, "Message": "Недостаточно средств на карте"}


def order_answer(terminal_key: str, order_id: str, payments: list[TBankPayment]) -> dict[str, Any]:
    """What `CheckOrder` answers: the error codes within are numbers."""
    listed = [
        {
            "PaymentId": payment.payment_id,
            "Amount": payment.current,
            "Status": payment.status,
            "RRN": "",
            "Success": "true" if payment.error_code == "0" else "false",
            "ErrorCode": int(payment.error_code),
            "Message": "OK",
        }
        for payment in payments
    ]
    return {
        "Success": True,
        "ErrorCode": "0",
        "Message": "OK",
        "TerminalKey": terminal_key,
        "OrderId": order_id,
        "Payments": listed,
    }


def notification(terminal_key: str, password: str, payment: TBankPayment) -> dict[str, Any]:
    """What is sent to `NotificationURL`: `PaymentId` is a number here."""
    told: dict[str, Any] = {
        "TerminalKey": terminal_key,
        "OrderId": payment.order_id,
        "Success": payment.error_code == "0",
        "Status": payment.status,
        "PaymentId": int(payment.payment_id),
        "ErrorCode": payment.error_code,
        "Amount": payment.current,
    }
    if payment.source:
        told |= {"CardId": 322264, "Pan": f"{payment.pan[:6]}******{payment.pan[-4:]}", "ExpDate": "1230"}
    if payment.data:
        told["DATA"] = dict(payment.data)
    return told | {"Token": token(told, password)}
