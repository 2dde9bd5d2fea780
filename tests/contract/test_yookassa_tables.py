"""The tables of YooKassa's section of docs/modules/payments.md, row by row: statuses, reasons, codes and amounts."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from hub.modules.payments.port import Observation, Standing, VendorOperationKind
from hub.modules.payments.providers import _yookassa_answers as answers
from hub.modules.payments.providers._yookassa_errors import CODES, Asked, check
from hub.resilience.failures import AnswerInvalidError
from hub.resilience.http import HttpAnswer
from hub.resilience.json_answer import Fields
from tests.contract.payments_vendor import roubles

PAYMENT = {
    "id": "23d93cac-000f-5000-8000-126628f15141",
    "status": "pending",
    "amount": {"value": "199.00", "currency": "RUB"},
    "created_at": "2026-11-26T10:00:00.000Z",
    "paid": False,
    "refundable": False,
    "test": True,
    "metadata": {"landhub_reference": "A1", "landhub_marker": "m", "landhub_amount": "19900", "theirs": "words"},
}


def read(**changes: Any) -> tuple[Observation, list[tuple[str, str]]]:
    surprises: list[tuple[str, str]] = []

    def note(kind: str, word: str) -> None:
        surprises.append((kind, word))

    value = json.loads(json.dumps({**PAYMENT, **changes}))
    return answers.payment(Fields(value, known=answers.PAYMENT_FIELDS, surprise=note), note), surprises


def canceled(reason: str, party: str = "payment_network") -> dict[str, Any]:
    return {"status": "canceled", "cancellation_details": {"party": party, "reason": reason}}


@pytest.mark.parametrize(
    ("status", "standing", "held", "captured"),
    [
        ("pending", Standing.UNPAID, 0, 0),
        ("waiting_for_capture", Standing.HELD, 19_900, 0),
        ("succeeded", Standing.PAID, 0, 19_900),
        ("canceled", Standing.DECLINED, 0, 0),
        ("frozen", Standing.UNREADABLE, 0, 0),
    ],
)
def test_each_status_is_read_by_the_vendors_table(status: str, standing: Standing, held: int, captured: int) -> None:
    seen, surprises = read(status=status)
    assert (seen.standing, seen.held, seen.captured, seen.vendor_status) == (standing, held, captured, status)
    assert (seen.reference, seen.marker, seen.amount) == ("A1", "m", roubles(19_900))
    assert ("status", status) in surprises if standing is Standing.UNREADABLE else ("status", status) not in surprises


@pytest.mark.parametrize("reason", sorted(answers.DECLINES))
def test_each_reason_of_a_decline_is_told(reason: str) -> None:
    seen, surprises = read(**canceled(reason))
    assert (seen.standing, seen.decline_code, surprises) == (Standing.DECLINED, reason, [])


@pytest.mark.parametrize(
    ("reason", "standing", "code"),
    [
        ("expired_on_confirmation", Standing.EXPIRED, "expired_on_confirmation"),
        ("expired_on_capture", Standing.REVERSED, ""),
        ("canceled_by_merchant", Standing.REVERSED, ""),
    ],
)
def test_a_payment_that_ran_out_or_was_let_go_is_no_decline(reason: str, standing: Standing, code: str) -> None:
    seen, surprises = read(**canceled(reason, "yoo_money"))
    assert (seen.standing, seen.decline_code, surprises) == (standing, code, [])


def test_a_reason_nobody_knows_is_a_decline_and_counted() -> None:
    seen, surprises = read(**canceled("bad_weather"))
    assert (seen.standing, surprises) == (Standing.DECLINED, [("reason", "bad_weather")])


def test_a_hold_tells_when_it_runs_out() -> None:
    seen, _ = read(status="waiting_for_capture", expires_at="2026-12-03T10:00:00.500Z")
    assert seen.capture_before == datetime(2026, 12, 3, 10, 0, 0, 500_000, UTC)
    assert read(status="succeeded", expires_at="2026-12-03T10:00:00Z")[0].capture_before is None


def test_captured_in_part_it_is_still_known_what_it_was_opened_for() -> None:
    seen, _ = read(status="succeeded", amount={"value": "150.00", "currency": "RUB"})
    assert (seen.amount, seen.captured) == (roubles(19_900), 15_000)


@pytest.mark.parametrize(
    ("value", "kopecks"),
    [("0.01", 1), ("199", 19_900), ("199.5", 19_950), ("199.50", 19_950), ("1234567.89", 123_456_789)],
)
def test_an_amount_is_a_decimal_text(value: str, kopecks: int) -> None:
    assert read(amount={"value": value, "currency": "RUB"})[0].amount == roubles(kopecks)


@pytest.mark.parametrize("value", ["", "-1.00", "1.234", "1,00", "1e3", "١.٠٠", 1.5, None, " 1.00", "1.00\n"])
def test_another_form_of_an_amount_is_not_read(value: Any) -> None:
    with pytest.raises(AnswerInvalidError):
        read(amount={"value": value, "currency": "RUB"})


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("pending", VendorOperationKind.REFUND_UNDER_WAY),
        ("succeeded", VendorOperationKind.REFUND),
        ("canceled", VendorOperationKind.REFUND_FAILED),
        ("frozen", VendorOperationKind.REFUND_UNDER_WAY),
    ],
)
def test_each_status_of_a_refund_is_read_by_the_vendors_table(status: str, kind: VendorOperationKind) -> None:
    told = {
        "id": "r",
        "payment_id": "p",
        "status": status,
        "amount": {"value": "50.00", "currency": "RUB"},
        "created_at": "2026-11-26T10:00:00.000Z",
        "metadata": {"landhub_refund": "R1"},
    }
    line = answers.refund(_fields(told, answers.REFUND_FIELDS), lambda _kind, _word: None)
    assert (line.kind, line.minor_units, line.reference) == (kind, 5_000, "R1")


def test_a_refund_is_never_told_without_its_amount() -> None:
    seen, _ = read(status="succeeded", refunded_amount={"value": "10.00", "currency": "RUB"})
    told = {"id": "r", "payment_id": "p", "status": "succeeded", "amount": {"value": "50.00", "currency": "RUB"}}
    line = answers.refund(_fields(told, answers.REFUND_FIELDS), lambda _kind, _word: None)
    assert answers.with_refunds(seen, [line]).refunded == 5_000
    assert answers.with_refunds(seen, []).refunded == 1_000


def _fields(value: dict[str, Any], known: frozenset[str]) -> Fields:
    return Fields(value, known=known, surprise=lambda _kind, _word: None)


def told_error(status: int, code: str, parameter: str = "") -> HttpAnswer:
    value = {"type": "error", "id": "ab5a11cd", "code": code, "description": "Тестов Иван"}
    value |= {"parameter": parameter} if parameter else {}
    return HttpAnswer(status=status, content_type="application/json", body=json.dumps(value).encode())


def meaning(answer: HttpAnswer, asked: Asked, *, was_repeated: bool = False) -> BaseException:
    with pytest.raises(Exception) as caught:  # noqa: PT011 - which one is the test
        check(answer, asked, reference="A1", was_repeated=was_repeated, surprise=lambda _kind, _word: None)
    assert "Тестов" not in f"{caught.value!r} {caught.value}"
    return caught.value


@pytest.mark.parametrize(
    ("status", "asked", "told"),
    [
        (400, Asked.CREATE, "RefusedByProviderError"),
        (400, Asked.CHANGE, "RefusedByProviderError"),
        (400, Asked.READ, "RequestRejectedError"),
        (401, Asked.CREATE, "CredentialsRefusedError"),
        (401, Asked.READ, "CredentialsRefusedError"),
        (403, Asked.CHANGE, "CredentialsRefusedError"),
        (404, Asked.CREATE, "RequestRejectedError"),
        (404, Asked.CHANGE, "OrderNotFoundError"),
        (404, Asked.READ, "OrderNotFoundError"),
        (405, Asked.CREATE, "RequestRejectedError"),
        (415, Asked.CREATE, "RequestRejectedError"),
        (429, Asked.CREATE, "QuotaExceededError"),
        (500, Asked.CREATE, "UpstreamFailedError"),
        (500, Asked.READ, "UpstreamFailedError"),
    ],
)
def test_each_error_means_what_the_table_says(status: int, asked: Asked, told: str) -> None:
    assert type(meaning(told_error(status, CODES[status]), asked)).__name__ == told


@pytest.mark.parametrize(
    ("asked", "told"), [(Asked.CREATE, "ReferenceTakenError"), (Asked.CHANGE, "UnclearRefusalError")]
)
def test_a_key_that_came_with_another_request_is_looked_into(asked: Asked, told: str) -> None:
    assert type(meaning(told_error(400, "invalid_request", "Idempotence-Key"), asked)).__name__ == told


@pytest.mark.parametrize("asked", [Asked.CREATE, Asked.CHANGE])
def test_a_refusal_after_an_attempt_that_may_have_arrived_proves_nothing(asked: Asked) -> None:
    refusal = meaning(told_error(400, "invalid_request"), asked, was_repeated=True)
    assert type(refusal).__name__ == "UnclearRefusalError"


@pytest.mark.parametrize(
    ("parameter", "code"),
    [("amount.value", "invalid_request: amount.value"), ("Тестов Иван", "invalid_request"), ("", "invalid_request")],
)
def test_a_refusal_names_the_parameter_and_quotes_nothing_else(parameter: str, code: str) -> None:
    refusal: Any = meaning(told_error(400, "invalid_request", parameter), Asked.CREATE)
    assert refusal.metadata["vendor_code"] == code


@pytest.mark.parametrize(
    ("body", "seconds"),
    [
        (b'{"type":"processing","retry_after":1000}', 1.0),
        (b'{"type":"processing"}', 1.8),
        (b'{"type":"processing","retry_after":-1}', 1.8),
        (b'{"type":"processing","retry_after":99999999999}', 60.0),
        (b"<html>", 1.8),
    ],
)
def test_what_is_not_done_yet_is_asked_for_again_in_its_own_time(body: bytes, seconds: float) -> None:
    failure: Any = meaning(HttpAnswer(status=202, content_type="", body=body), Asked.CREATE)
    assert (failure.may_have_acted, failure.counts, failure.repeatable) == (True, False, True)
    assert failure.retry_after.total_seconds() == seconds


@pytest.mark.parametrize("status", [400, 404])
def test_a_proxys_refusal_is_not_taken_for_the_vendors(status: int) -> None:
    page = HttpAnswer(status=status, content_type="text/html", body=b"<html>no</html>")
    assert type(meaning(page, Asked.CHANGE)).__name__ == "RequestRejectedError"


def test_a_code_that_does_not_go_with_its_status_is_counted() -> None:
    met: list[tuple[str, str]] = []
    note: Callable[[str, str], None] = lambda kind, word: met.append((kind, word))  # noqa: E731
    with pytest.raises(Exception, match="refused"):
        check(told_error(400, "payment_frozen"), Asked.CREATE, reference="A1", was_repeated=False, surprise=note)
    assert met == [("error_code", "payment_frozen")]
