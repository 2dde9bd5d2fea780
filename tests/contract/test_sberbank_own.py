"""What is the RBS gateway's own: its tables row by row, its fields, its receipts, its history of refunds."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from hub.core.errors import HubError, OutcomeUnknownError
from hub.modules.payments.port import (
    PaymentMethod,
    PaymentsPort,
    Receipt,
    ReceiptItem,
    Standing,
    UnsupportedByProviderError,
)
from hub.modules.payments.providers import _sberbank_answers as answers
from hub.modules.payments.providers import sberbank
from hub.modules.payments.providers._sberbank_errors import Asked, error_code, raise_error
from hub.resilience.failures import AnswerInvalidError
from hub.resilience.json_answer import Fields
from sandbox.app import Sandbox
from sandbox.faults import Fault, FaultKind
from sandbox.sberbank_wire import Dialect
from tests.contract.payments_vendor import an_order
from tests.contract.provider_context import Context
from tests.contract.sberbank_vendor import SberbankVendor, connect, sandbox_settings

ORDER = {
    "errorCode": "0",
    "orderNumber": "A1",
    "amount": 1_000,
    "currency": "643",
    "attributes": [{"name": "mdOrder", "value": "bcacc95e-8006-4f29-96b7-951e3070538f"}],
}
RECEIPT = Receipt(
    email="payer@example.ru",
    items=(
        ReceiptItem(
            name="Арендная плата",
            quantity=Decimal("2.5"),
            measure="м2",
            price_minor_units=400,
            amount_minor_units=1_000,
            vat="none",
            payment_method="full_payment",
            payment_object=4,
        ),
    ),
)


def read(**changes: Any) -> Any:
    surprises: list[tuple[str, str]] = []
    known = answers.STATUS_FIELDS | answers.ERROR_FIELDS
    fields = Fields({**ORDER, **changes}, known=known, surprise=lambda kind, word: surprises.append((kind, word)))
    return answers.observation(fields, lambda kind, word: surprises.append((kind, word))), surprises


@pytest.mark.parametrize(
    ("status", "action", "standing"),
    [
        (0, -100, Standing.UNPAID),
        (0, -5031, Standing.UNPAID),
        (1, 0, Standing.HELD),
        (2, 0, Standing.PAID),
        (3, 0, Standing.REVERSED),
        (5, -100, Standing.IN_PROGRESS),
        (6, 116, Standing.DECLINED),
        (6, -2007, Standing.EXPIRED),
        (7, 0, Standing.UNREADABLE),
        (8, 0, Standing.UNREADABLE),
        (99, 0, Standing.UNREADABLE),
    ],
)
def test_each_status_is_read_by_the_vendors_table(status: int, action: int, standing: Standing) -> None:
    seen, surprises = read(orderStatus=status, actionCode=action)
    assert seen.standing is standing
    assert bool(surprises) is (standing is Standing.UNREADABLE)


@pytest.mark.parametrize(
    ("approved", "deposited", "refunded", "captured"),
    [
        pytest.param(1_000, 1_000, 300, 1_000, id="deposited stays"),
        pytest.param(1_000, 700, 300, 1_000, id="deposited goes down"),
        pytest.param(1_000, 0, 1_000, 1_000, id="all of it went back, and deposited went down"),
    ],
)
def test_what_was_captured_is_told_from_either_way_of_counting(
    approved: int, deposited: int, refunded: int, captured: int
) -> None:
    amounts = {"approvedAmount": approved, "depositedAmount": deposited, "refundedAmount": refunded}
    seen, _ = read(orderStatus=4, paymentAmountInfo=amounts)
    assert (seen.standing, seen.captured, seen.refunded, seen.balance) == (Standing.PAID, captured, refunded, deposited)


def test_the_history_tells_best_what_was_captured() -> None:
    amounts = {"approvedAmount": 1_000, "depositedAmount": 600, "refundedAmount": 100}
    lines = [
        {"type": "PREAUTHORIZATION", "amount": 1_000, "actionCode": 0},
        {"type": "COMPLETION", "amount": 600, "actionCode": 0},
        {"type": "REFUND", "amount": 100, "actionCode": 0, "externalRefundId": "R1"},
        {"type": "REFUND", "amount": 500, "actionCode": 125, "externalRefundId": "R2"},
    ]
    seen, _ = read(orderStatus=4, paymentAmountInfo=amounts, operations=lines)
    assert (seen.captured, seen.refunded) == (600, 100)
    assert [line.reference for line in seen.operations] == ["", "", "R1"], "what failed moved nothing"


def test_an_order_that_was_refunded_by_an_unknown_amount_is_not_read() -> None:
    with pytest.raises(AnswerInvalidError):
        read(orderStatus=4)


@pytest.mark.parametrize("currency", ["643", 643])
def test_a_currency_is_read_as_text_or_number(currency: Any) -> None:
    assert read(orderStatus=0, currency=currency)[0].amount.currency == "RUB"


def test_an_order_in_another_currency_is_not_read() -> None:
    with pytest.raises(AnswerInvalidError):
        read(orderStatus=0, currency="840")


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ({}, 0),
        ({"errorCode": "0"}, 0),
        ({"errorCode": 0}, 0),
        ({"errorCode": "1"}, 1),
        ({"ErrorCode": 6}, 6),
        ({"error": {"code": "5"}, "errorCode": "0"}, 5),
    ],
)
def test_the_error_code_is_found_wherever_it_stands(answer: Mapping[str, Any], code: int) -> None:
    assert error_code(answer) == code


@pytest.mark.parametrize(
    ("asked", "code", "told"),
    [
        (Asked.REGISTER, 1, "ReferenceTakenError"),
        (Asked.REGISTER, 3, "RefusedByProviderError"),
        (Asked.REGISTER, 4, "RefusedByProviderError"),
        (Asked.REGISTER, 5, "CredentialsRefusedError"),
        (Asked.REGISTER, 7, "UpstreamFailedError"),
        (Asked.REGISTER, 13, "RefusedByProviderError"),
        (Asked.REGISTER, 14, "RefusedByProviderError"),
        (Asked.CHANGE, 5, "CredentialsRefusedError"),
        (Asked.CHANGE, 6, "OrderNotFoundError"),
        (Asked.CHANGE, 7, "UnclearRefusalError"),
        (Asked.STATUS, 5, "CredentialsRefusedError"),
        (Asked.STATUS, 6, "OrderNotFoundError"),
        (Asked.STATUS, 7, "GatewayBusyError"),
        (Asked.STATUS, 1, "AnswerInvalidError"),
        (Asked.CHANGE, 77, "AnswerInvalidError"),
    ],
)
def test_each_error_code_means_what_the_table_says(asked: Asked, code: int, told: str) -> None:
    with pytest.raises(Exception) as caught:  # noqa: PT011 - which one is the test
        raise_error(code, asked, reference="A1", surprise=lambda _kind, _word: None)
    assert type(caught.value).__name__ == told


@pytest.fixture
async def vendor(tmp_path: Path) -> AsyncIterator[SberbankVendor]:
    async with Sandbox.start(sandbox_settings(tmp_path)) as sandbox:
        yield SberbankVendor(sandbox)


@pytest.fixture(params=list(Dialect))
async def port(vendor: SberbankVendor, context: Context, request: pytest.FixtureRequest) -> AsyncIterator[PaymentsPort]:
    connected = connect(context, vendor.sandbox, request.param)
    yield connected
    await connected.close()


async def test_an_order_sends_the_fields_on_the_list_and_no_others(port: PaymentsPort, vendor: SberbankVendor) -> None:
    order = replace(an_order(), fail_url="https://shop.example/no", client_id="client-7")
    await port.create("A1", order)
    [sent] = vendor.sent("create")
    assert sent == {
        "userName": "landhub-api",
        "orderNumber": "A1",
        "amount": 19_900,
        "currency": "643",
        "returnUrl": "https://shop.example/ok",
        "failUrl": "https://shop.example/no",
        "description": "Аренда, договор А-17",
        "clientId": "client-7",
        "jsonParams": {"landhub": order.marker},
    }


async def test_a_receipt_goes_along_and_adds_up(port: PaymentsPort, vendor: SberbankVendor) -> None:
    await port.create("A1", replace(an_order(1_000), receipt=RECEIPT))
    [sent] = vendor.sent("create")
    bundle = json.loads(json.dumps(sent))["orderBundle"]
    [item] = bundle["cartItems"]["items"]
    assert (item["itemPrice"], item["itemAmount"], item["quantity"]["value"]) == (400, 1_000, 2.5)
    assert item["tax"] == {"taxType": 0}
    assert bundle["customerDetails"] == {"email": "payer@example.ru"}


async def test_a_rate_that_the_settings_do_not_know_is_refused_before_anything_is_sent(port: PaymentsPort) -> None:
    items = (replace(RECEIPT.items[0], vat="22"),)
    with pytest.raises(UnsupportedByProviderError):
        port.check_order(replace(an_order(1_000), receipt=replace(RECEIPT, items=items)))


async def test_a_rate_that_the_law_added_is_taken_under_the_code_of_the_settings_beside_the_others(
    vendor: SberbankVendor, context: Context
) -> None:
    port = connect(context, vendor.sandbox, Dialect.ECOM, vat_codes={"22": 14})
    for vat in ("22", "none"):
        receipt = replace(RECEIPT, items=(replace(RECEIPT.items[0], vat=vat),))
        port.check_order(replace(an_order(1_000), receipt=receipt))
    await port.close()


async def test_a_qr_code_is_given_by_ecom_alone(vendor: SberbankVendor, context: Context) -> None:
    ecom = connect(context, vendor.sandbox, Dialect.ECOM)
    order = replace(an_order(), method=PaymentMethod.SBP_QR)
    ecom.check_order(order)
    opened = await ecom.create("A1", order)
    assert opened.sbp_payload.startswith("https://qr.nspk.ru/")
    await ecom.close()
    classic = connect(context, vendor.sandbox, Dialect.CLASSIC, account="classic")
    with pytest.raises(UnsupportedByProviderError):
        classic.check_order(order)
    await classic.close()


async def test_a_payment_page_elsewhere_is_not_passed_on(vendor: SberbankVendor, context: Context) -> None:
    class Elsewhere(type(vendor.sandbox.sberbank)):  # type: ignore[misc]
        pass

    port = connect(context, vendor.sandbox, Dialect.ECOM)
    real = vendor.sandbox.sberbank._opened
    vendor.sandbox.sberbank._opened = lambda dialect, order: {  # type: ignore[method-assign]
        **real(dialect, order),
        "formUrl": "https://evil.example/pay",
    }
    with pytest.raises(OutcomeUnknownError):
        await port.create("A1", an_order())
    await port.close()


async def test_a_strict_gateway_gets_nothing_it_does_not_know(vendor: SberbankVendor, context: Context) -> None:
    port = connect(context, vendor.sandbox, Dialect.ECOM)
    order = replace(an_order(1_000), receipt=RECEIPT, client_id="client-7", fail_url="https://shop.example/no")
    opened = await port.create("A1", order)
    vendor.pay(opened.vendor_id)
    await port.get(opened.vendor_id)
    assert {call.outcome for call in vendor.sandbox.sberbank.calls} == {"ok"}
    await port.close()


async def test_a_wrong_password_is_told_as_such_under_http_200(
    vendor: SberbankVendor, context: Context, tmp_path: Path
) -> None:
    other = tmp_path / "other.password"
    other.touch(mode=0o600)
    other.write_text("not it", encoding="utf-8")
    port = connect(context, vendor.sandbox, Dialect.CLASSIC, password="file:other.password")
    with pytest.raises(HubError) as caught:
        await port.probe()
    assert caught.value.reason == "UPSTREAM_CREDENTIALS_REFUSED"
    await port.close()


async def test_a_certificate_of_another_ca_is_not_believed(
    vendor: SberbankVendor, context: Context, tmp_path: Path
) -> None:
    async with Sandbox.start(replace(sandbox_settings(tmp_path), directory=tmp_path / "another")):
        port = connect(context, vendor.sandbox, Dialect.CLASSIC, ca_bundle="another/ca.crt")
        with pytest.raises(HubError):
            await port.probe()
        await port.close()


async def test_unknown_members_are_counted(vendor: SberbankVendor, context: Context) -> None:
    port = connect(context, vendor.sandbox, Dialect.ECOM)
    fault = Fault(kind=FaultKind.UNKNOWN_ELEMENT, operation="sberbank.getOrderStatusExtended.do")
    await port.create("A1", an_order())
    vendor.sandbox.faults.add(fault)
    await port.find("A1")
    name = "landhub_upstream_surprises_total"
    labels = {"upstream": "payments.sber", "operation": "getOrderStatusExtended.do", "kind": "field"}
    assert context.metric(name, **labels) == 1
    await port.close()


async def test_handshakes_stay_within_the_pool(vendor: SberbankVendor, context: Context) -> None:
    port = connect(context, vendor.sandbox, Dialect.CLASSIC)
    for _ in range(50):
        await port.find("N")
    assert vendor.sandbox.sberbank.handshakes["finished"] == 1
    await port.close()


@pytest.mark.parametrize(
    "wrong",
    [
        {"user_name": "a-api", "password": "file:p", "token": "file:t"},
        {"user_name": "a-api"},
        {},
    ],
)
def test_there_is_one_way_to_log_in(wrong: Mapping[str, str]) -> None:
    with pytest.raises(ValidationError):
        sberbank.Settings.model_validate(
            {"dialect": "ecom", "api_url": "https://bank.example/api", "ca_bundle": "ca.crt", **wrong}
        )


@pytest.mark.parametrize("calls", [200, pytest.param(10_000, marks=pytest.mark.campaign)])
async def test_calls_at_once_take_no_more_handshakes_than_the_pool_has_places(
    vendor: SberbankVendor, context: Context, calls: int
) -> None:
    port = connect(context, vendor.sandbox, Dialect.ECOM, policy={"max_concurrent": 8})
    for _ in range(calls // 100):
        await asyncio.gather(*(port.find("N" * 32) for _ in range(100)))
    assert vendor.calls("status") == calls
    assert vendor.sandbox.sberbank.handshakes["finished"] <= 8
    await port.close()
