"""T-Bank's tables row by row: its token, statuses and error codes."""

from typing import Any

import pytest

from hub.modules.payments.observation import Standing
from hub.modules.payments.providers import _tbank_answers as answers
from hub.modules.payments.providers._tbank_errors import Asked, error_code, raise_error
from hub.modules.payments.providers._tbank_token import is_signed, token
from hub.modules.payments.states import Known, PaymentState, derive
from hub.resilience.failures import AnswerInvalidError
from hub.resilience.json_answer import Fields

# The vendor's own example.
EXAMPLE = {
    "TerminalKey": "MerchantTerminalKey",
    "Amount": 19200,
    "OrderId": "00000",
    "Description": "Подарочная карта на 1000 рублей",
}
PASSWORD = "11111111111111"
TOKEN = "72dd466f8ace0a37a1f740ce5fb78101712bc0665d91a8108c7c8a0ccd426db2"


def test_the_vendors_example_has_the_vendors_token() -> None:
    assert token(EXAMPLE, PASSWORD) == TOKEN
    assert is_signed(EXAMPLE | {"Token": TOKEN}, PASSWORD)


@pytest.mark.parametrize("name", ["Receipt", "DATA", "Shops"])
def test_objects_and_lists_are_not_in_the_token(name: str) -> None:
    assert token(EXAMPLE | {name: {"Amount": 1}, "Items": [1], "None": None, "Token": "x"}, PASSWORD) == TOKEN


def test_truth_is_written_as_a_word_and_anything_else_changes_the_token() -> None:
    assert token({"Success": True}, "p") == token({"Success": "true"}, "p") != token({"Success": False}, "p")
    assert not is_signed(EXAMPLE | {"Token": TOKEN, "Amount": 19201}, PASSWORD)
    assert not is_signed(EXAMPLE | {"Token": TOKEN}, "another")
    assert not is_signed(EXAMPLE | {"Token": 7}, PASSWORD)
    assert not is_signed(EXAMPLE, PASSWORD)


def read(status: str, amount: int = 1_000, **more: Any) -> Any:
    surprises: list[tuple[str, str]] = []

    def surprise(kind: str, word: str) -> None:
        surprises.append((kind, word))

    told = {
        "Success": True,
        "ErrorCode": "0",
        "TerminalKey": "T",
        "PaymentId": "13660",
        "OrderId": "A1",
        "Status": status,
        "Amount": amount,
    }
    fields = Fields(told | more, known=answers.STATE_FIELDS, surprise=surprise)
    return answers.observation(fields, surprise), surprises


OPEN = Known(state=PaymentState.AWAITING_PAYER)
HELD = Known(state=PaymentState.AUTHORIZED, held=1_000, was_held=True)
PAID = Known(state=PaymentState.CAPTURED, captured=1_000)


@pytest.mark.parametrize(
    ("status", "amount", "known", "standing", "state"),
    [
        ("NEW", 1_000, OPEN, Standing.UNPAID, PaymentState.AWAITING_PAYER),
        ("FORM_SHOWED", 1_000, OPEN, Standing.UNPAID, PaymentState.AWAITING_PAYER),
        ("AUTH_FAIL", 1_000, OPEN, Standing.UNPAID, PaymentState.AWAITING_PAYER),
        ("PREAUTHORIZING", 1_000, OPEN, Standing.IN_PROGRESS, PaymentState.AWAITING_PAYER),
        ("AUTHORIZING", 1_000, OPEN, Standing.IN_PROGRESS, PaymentState.AWAITING_PAYER),
        ("3DS_CHECKING", 1_000, OPEN, Standing.IN_PROGRESS, PaymentState.AWAITING_PAYER),
        ("3DS_CHECKED", 1_000, OPEN, Standing.IN_PROGRESS, PaymentState.AWAITING_PAYER),
        ("PAY_CHECKING", 1_000, OPEN, Standing.IN_PROGRESS, PaymentState.AWAITING_PAYER),
        ("AUTHORIZED", 1_000, OPEN, Standing.HELD, PaymentState.AUTHORIZED),
        ("CONFIRMING", 1_000, HELD, Standing.CHANGING, PaymentState.AUTHORIZED),
        ("CONFIRM_CHECKING", 1_000, HELD, Standing.CHANGING, PaymentState.AUTHORIZED),
        ("CONFIRMED", 1_000, OPEN, Standing.PAID, PaymentState.CAPTURED),
        ("REVERSING", 1_000, HELD, Standing.CHANGING, PaymentState.AUTHORIZED),
        ("PARTIAL_REVERSED", 700, HELD, Standing.HELD, PaymentState.AUTHORIZED),
        ("REVERSED", 0, HELD, Standing.REVERSED, PaymentState.CANCELLED),
        ("REFUNDING", 1_000, PAID, Standing.CHANGING, PaymentState.CAPTURED),
        ("ASYNC_REFUNDING", 1_000, PAID, Standing.CHANGING, PaymentState.CAPTURED),
        ("PARTIAL_REFUNDED", 400, PAID, Standing.PAID, PaymentState.PARTIALLY_REFUNDED),
        ("REFUNDED", 0, PAID, Standing.PAID, PaymentState.REFUNDED),
        ("REFUNDED", 1_000, PAID, Standing.PAID, PaymentState.REFUNDED),
        ("CANCELED", 1_000, OPEN, Standing.DECLINED, PaymentState.DECLINED),
        ("REJECTED", 1_000, OPEN, Standing.DECLINED, PaymentState.DECLINED),
        ("ATTEMPTS_EXPIRED", 1_000, OPEN, Standing.DECLINED, PaymentState.DECLINED),
        ("DEADLINE_EXPIRED", 1_000, OPEN, Standing.EXPIRED, PaymentState.EXPIRED),
        ("CHARGEBACK", 1_000, PAID, Standing.UNREADABLE, PaymentState.CAPTURED),
    ],
)
def test_each_status_is_read_by_the_vendors_table(
    status: str, amount: int, known: Known, standing: Standing, state: PaymentState
) -> None:
    seen, surprises = read(status, amount)
    assert seen.standing is standing
    assert derive(known, seen.completed(captured=known.captured)).state is state
    assert bool(surprises) is (standing is Standing.UNREADABLE)


def test_every_status_of_the_vendors_is_a_row() -> None:
    [rows] = [mark.args[1] for mark in test_each_status_is_read_by_the_vendors_table.pytestmark]  # type: ignore[attr-defined]
    assert {row[0] for row in rows} - {"CHARGEBACK"} == set(answers.STANDINGS)


@pytest.mark.parametrize(
    ("status", "amount", "held", "captured", "refunded"),
    [
        ("AUTHORIZED", 1_000, 1_000, 0, 0),
        ("PARTIAL_REVERSED", 700, 700, 0, 0),
        ("CONFIRMED", 1_000, 0, 1_000, 0),
        ("PARTIAL_REFUNDED", 400, 0, 1_000, 600),
        ("REFUNDED", 0, 0, 1_000, 1_000),
    ],
)
def test_the_current_amount_tells_the_others(status: str, amount: int, held: int, captured: int, refunded: int) -> None:
    seen = read(status, amount)[0].completed(captured=1_000)
    assert (seen.held, seen.captured, seen.refunded) == (held, captured, refunded)


def test_a_negative_amount_is_not_read() -> None:
    with pytest.raises(AnswerInvalidError):
        read("CONFIRMED", -1)


@pytest.mark.parametrize(
    ("source", "keyed"), [("cards", True), ("TinkoffPay", True), ("qrsbp", False), ("BNPL", False), ("", False)]
)
def test_only_what_is_known_to_keep_our_number_of_a_refund_is_sent_again(source: str, keyed: bool) -> None:
    params = [{"Key": "Route", "Value": "ACQ"}] + ([{"Key": "Source", "Value": source}] if source else [])
    assert read("CONFIRMED", Params=params)[0].refunds_keyed is keyed


def orders(*payments: tuple[str, str]) -> answers.Found | None:
    told = {
        "Payments": [
            {"PaymentId": vendor_id, "Status": status, "Success": "true", "ErrorCode": 0}
            for vendor_id, status in payments
        ]
    }
    fields = Fields(told, known=answers.ORDER_FIELDS, surprise=lambda _kind, _word: None)
    return answers.found(fields, lambda _kind, _word: None)


@pytest.mark.parametrize(
    ("payments", "vendor_id", "is_alone"),
    [
        ([("1", "NEW")], "1", True),
        ([("1", "REJECTED"), ("1", "CONFIRMED")], "1", True),
        ([("1", "CANCELED"), ("2", "NEW")], "2", True),
        ([("1", "CONFIRMED"), ("2", "REJECTED")], "1", True),
        ([("1", "CANCELED"), ("2", "DEADLINE_EXPIRED")], "2", True),
        ([("1", "NEW"), ("2", "NEW")], "2", False),
        ([("1", "CONFIRMED"), ("2", "NEW")], "1", False),
    ],
)
def test_of_several_payments_of_an_order_the_one_alive_is_it(
    payments: list[tuple[str, str]], vendor_id: str, is_alone: bool
) -> None:
    assert orders(*payments) == answers.Found(vendor_id=vendor_id, is_alone=is_alone)


def test_an_order_without_payments_is_none() -> None:
    assert orders() is None


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({"Success": True, "ErrorCode": "0"}, 0),
        ({"Success": True}, 0),
        ({"Success": False, "ErrorCode": "20"}, 20),
        ({"Success": False, "ErrorCode": 20}, 20),
        ({"ErrorCode": "8"}, 8),
    ],
)
def test_the_error_code_is_a_text_or_a_number(answer: dict[str, Any], code: int) -> None:
    assert error_code(answer) == code


@pytest.mark.parametrize("answer", [{}, {"Success": False, "ErrorCode": "0"}, {"Success": True, "ErrorCode": "x"}])
def test_an_answer_that_says_neither_concludes_nothing(answer: dict[str, Any]) -> None:
    with pytest.raises(AnswerInvalidError):
        error_code(answer)


N, Q, C, R, S = Asked.INIT, Asked.QR, Asked.CHANGE, Asked.REFUND, Asked.STATUS


@pytest.mark.parametrize(
    ("asked", "code", "told"),
    [
        *((asked, 2, "RefusedByProviderError") for asked in (N, Q, C, R)),
        (S, 2, "AnswerInvalidError"),
        *((asked, 3, "UpstreamFailedError") for asked in (N, Q, C, R, S)),
        (C, 4, "UnclearRefusalError"),
        (R, 4, "RefusedByProviderError"),
        (C, 8, "UnclearRefusalError"),
        (R, 8, "RefusedByProviderError"),
        (N, 20, "ReferenceTakenError"),
        (N, 50, "UnclearRefusalError"),
        (C, 50, "UnclearRefusalError"),
        (R, 50, "UnclearRefusalError"),
        *((asked, 55, "UnclearRefusalError") for asked in (N, C, R)),
        *((asked, 55, "BusyError") for asked in (Q, S)),
        *((asked, 204, "CredentialsRefusedError") for asked in (N, Q, C, R, S)),
        (S, 202, "CredentialsRefusedError"),
        (S, 205, "CredentialsRefusedError"),
        (S, 501, "CredentialsRefusedError"),
        (N, 12, "RefusedByProviderError"),
        (N, 251, "RefusedByProviderError"),
        (N, 308, "RefusedByProviderError"),
        (C, 251, "RefusedByProviderError"),
        (R, 251, "RefusedByProviderError"),
        (Q, 3001, "RefusedByProviderError"),
        (R, 3002, "RefusedByProviderError"),
        (R, 3029, "RefusedByProviderError"),
        (S, 217, "OrderNotFoundError"),
        (S, 255, "OrderNotFoundError"),
        (C, 255, "OrderNotFoundError"),
        (S, 335, "OrderNotFoundError"),
        (S, 8, "AnswerInvalidError"),
        (N, 9999, "UpstreamFailedError"),
        (N, 77777, "AnswerInvalidError"),
        (C, 77777, "AnswerInvalidError"),
    ],
)
def test_each_error_code_means_what_the_table_says(asked: Asked, code: int, told: str) -> None:
    with pytest.raises(Exception) as caught:  # noqa: PT011 - which one is the test
        raise_error(code, asked, reference="A1", surprise=lambda _kind, _word: None)
    assert type(caught.value).__name__ == told


def test_success_is_no_error() -> None:
    raise_error(0, N, reference="A1", surprise=lambda _kind, _word: None)
