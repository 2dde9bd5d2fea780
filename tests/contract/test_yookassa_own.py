"""What is YooKassa's own: keys, lists, what is sent, holds that run out, and refunds that take their time."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from hub.core.errors import HubError, OutcomeUnknownError, UnavailableError
from hub.modules.payments.order import Order
from hub.modules.payments.port import (
    PaymentMethod,
    PaymentsPort,
    Receipt,
    ReceiptItem,
    ReferenceTakenError,
    RefusedByProviderError,
    Standing,
    UnsupportedByProviderError,
    VendorOperationKind,
)
from hub.modules.payments.providers import yookassa
from sandbox.app import Sandbox
from sandbox.faults import Fault, FaultKind
from tests.contract.payments_contract import REFERENCE, a_refund
from tests.contract.payments_vendor import an_order, roubles
from tests.contract.provider_context import Context
from tests.contract.yookassa_vendor import YookassaVendor, connect, shop_settings

RECEIPT = Receipt(
    phone="+79001234567",
    items=(
        ReceiptItem(
            name="Арендная плата",
            quantity=Decimal("2.5"),
            measure="м2",
            price_minor_units=400,
            amount_minor_units=1_000,
            vat="none",
            payment_method="prepayment",
            payment_object=4,
        ),
    ),
)


@pytest.fixture
async def vendor(tmp_path: Path) -> AsyncIterator[YookassaVendor]:
    async with Sandbox.start(shop_settings(tmp_path)) as sandbox:
        yield YookassaVendor(sandbox)


@pytest.fixture
async def port(vendor: YookassaVendor, context: Context) -> AsyncIterator[PaymentsPort]:
    connected = connect(context, vendor.sandbox)
    yield connected
    await connected.close()


async def test_a_payment_sends_the_fields_on_the_list_and_no_others(port: PaymentsPort, vendor: YookassaVendor) -> None:
    order = replace(an_order(), client_id="client-7")
    await port.create("A1", order)
    [sent] = vendor.sent("create")
    assert sent == {
        "amount": {"value": "199.00", "currency": "RUB"},
        "capture": True,
        "confirmation": {"type": "redirect", "return_url": "https://shop.example/ok"},
        "description": "Аренда, договор А-17",
        "merchant_customer_id": "client-7",
        "metadata": {"landhub_reference": "A1", "landhub_marker": order.marker, "landhub_amount": "19900"},
    }
    assert vendor.sandbox.yookassa.calls[-1].key == "A1"


async def test_a_receipt_goes_along_in_the_vendors_words(port: PaymentsPort, vendor: YookassaVendor) -> None:
    await port.create("A1", replace(an_order(1_000), receipt=RECEIPT))
    [sent] = vendor.sent("create")
    assert json.loads(json.dumps(sent))["receipt"] == {
        "customer": {"phone": "79001234567"},
        "tax_system_code": 1,
        "items": [
            {
                "description": "Арендная плата",
                "quantity": 2.5,
                "amount": {"value": "4.00", "currency": "RUB"},
                "vat_code": 1,
                "payment_mode": "partial_prepayment",
                "payment_subject": "service",
                "measure": "square_meter",
            }
        ],
    }


async def test_a_qr_code_is_given_for_one_stage(port: PaymentsPort) -> None:
    order = replace(an_order(), method=PaymentMethod.SBP_QR)
    port.check_order(order)
    opened = await port.create(REFERENCE, order)
    assert (opened.payment_url, opened.sbp_payload[:24]) == ("", "https://qr.nspk.ru/AS10" + opened.vendor_id[0])
    found = await port.find(REFERENCE)
    assert found
    assert found.sbp_payload == opened.sbp_payload, "it is told again, so that nothing is lost with an answer"


@pytest.mark.parametrize(
    "order",
    [
        replace(an_order(two_stage=True), method=PaymentMethod.SBP_QR),
        replace(an_order(), fail_url="https://shop.example/no"),
        replace(an_order(), expire_after=timedelta(minutes=5)),
        replace(an_order(), description="я" * 129),
        replace(an_order(), client_id="c" * 201),
        replace(an_order(1_000), receipt=replace(RECEIPT, tax_system="envd")),
        replace(an_order(1_000), receipt=replace(RECEIPT, items=(replace(RECEIPT.items[0], vat="33"),))),
        replace(an_order(1_000), receipt=replace(RECEIPT, items=(replace(RECEIPT.items[0], payment_object=28),))),
        replace(an_order(1_000), receipt=replace(RECEIPT, items=(replace(RECEIPT.items[0], name="я" * 129),))),
    ],
)
async def test_what_can_not_be_carried_is_refused_before_anything_is_sent(port: PaymentsPort, order: Order) -> None:
    with pytest.raises(UnsupportedByProviderError):
        port.check_order(order)


async def test_a_key_is_known_for_24_hours_and_then_a_payment_is_found_by_lists(
    port: PaymentsPort, vendor: YookassaVendor
) -> None:
    first = await port.create(REFERENCE, an_order())
    vendor.advance(timedelta(hours=23, minutes=59).total_seconds())
    assert await port.create(REFERENCE, an_order()) == first, "as it was answered then"
    vendor.advance(120)
    found = await port.find(REFERENCE)
    assert found
    assert (found.vendor_id, found.standing) == (first.vendor_id, Standing.EXPIRED)
    assert (await port.create(REFERENCE, an_order())).vendor_id != first.vendor_id, "the key is nobody's any more"


async def test_after_a_restore_a_payment_is_looked_for_before_it_is_opened(
    port: PaymentsPort, vendor: YookassaVendor, context: Context
) -> None:
    await port.create(REFERENCE, an_order())
    vendor.advance(timedelta(days=3).total_seconds())
    cautious = connect(context, vendor.sandbox, account="cautious", look_first_days=7)
    with pytest.raises(ReferenceTakenError):
        await cautious.create(REFERENCE, an_order())
    assert len(vendor.orders()) == 1
    await cautious.create("B" * 32, an_order())
    await cautious.close()


async def test_a_payment_that_ended_at_once_is_looked_up(port: PaymentsPort, vendor: YookassaVendor) -> None:
    opened = await port.create(REFERENCE, an_order())
    vendor.pay(opened.vendor_id, "decline")
    vendor.sandbox.yookassa._keys.clear()
    shown = vendor.sandbox.yookassa._told(vendor.sandbox.yookassa.book.get(opened.vendor_id))
    vendor.sandbox.yookassa._change = lambda *_args: shown  # type: ignore[method-assign]
    with pytest.raises(ReferenceTakenError):
        await port.create(REFERENCE, an_order())


async def test_an_answer_about_another_payment_is_not_believed(port: PaymentsPort, vendor: YookassaVendor) -> None:
    opened = await port.create(REFERENCE, an_order())
    shown = vendor.sandbox.yookassa._told(vendor.sandbox.yookassa.book.get(opened.vendor_id))
    vendor.sandbox.yookassa._change = lambda *_args: shown  # type: ignore[method-assign]
    with pytest.raises(OutcomeUnknownError):
        await port.create("B" * 32, an_order())


async def test_a_payment_is_found_through_several_pages(port: PaymentsPort, vendor: YookassaVendor) -> None:
    await port.create(REFERENCE, an_order())
    book = vendor.sandbox.yookassa.book
    for number in range(250):
        book.open(100, two_stage=False, metadata={"order": str(number)})
    found = await port.find(REFERENCE)
    assert found
    assert vendor.sandbox.yookassa.operations["payments.list"] == 3


async def test_a_list_longer_than_is_looked_through_proves_nothing(vendor: YookassaVendor, context: Context) -> None:
    port = connect(context, vendor.sandbox, most_pages=1)
    await port.create(REFERENCE, an_order())
    for _ in range(100):
        vendor.sandbox.yookassa.book.open(100, two_stage=False)
    with pytest.raises(UnavailableError):
        await port.find(REFERENCE)
    await port.close()


async def test_one_whose_key_may_be_known_yet_is_looked_for(port: PaymentsPort, vendor: YookassaVendor) -> None:
    opened = await port.create(REFERENCE, an_order())
    vendor.sandbox.yookassa.book.get(opened.vendor_id).created_at -= timedelta(hours=24)
    assert await port.find(REFERENCE), "a hub that was restored doesn't know when it sent it"


async def test_one_sent_long_ago_is_looked_for_since_then(port: PaymentsPort, vendor: YookassaVendor) -> None:
    opened = await port.create(REFERENCE, an_order())
    vendor.sandbox.yookassa.book.get(opened.vendor_id).created_at -= timedelta(days=5)
    assert await port.find(REFERENCE) is None
    found = await port.find(REFERENCE, since=datetime.now(UTC) - timedelta(days=5))
    assert found
    assert found.vendor_id == opened.vendor_id


async def test_a_days_payments_are_listed_whoever_opened_them(port: PaymentsPort, vendor: YookassaVendor) -> None:
    opened = await port.create(REFERENCE, an_order())
    vendor.pay(opened.vendor_id)
    await port.refund(await a_refund(port, opened.vendor_id, 5_000))
    vendor.sandbox.yookassa.book.open(100, two_stage=False)
    now = vendor.sandbox.clock.now()
    page = await port.list_orders(now - timedelta(hours=1), now + timedelta(hours=1))
    assert page
    assert [(order.reference, order.captured, order.refunded) for order in page.orders] == [
        ("", 0, 0),
        (REFERENCE, 19_900, 5_000),
    ]
    before = await port.list_orders(now - timedelta(hours=2), now)
    assert before
    assert before.orders == []


async def test_what_is_not_done_yet_is_asked_for_again_and_is_one_payment(
    port: PaymentsPort, vendor: YookassaVendor
) -> None:
    vendor.fail("create", "busy", times=2)
    await port.create(REFERENCE, an_order())
    assert (vendor.calls("create"), len(vendor.orders())) == (3, 1)


async def test_what_failed_inside_is_asked_for_again_and_is_one_payment(
    port: PaymentsPort, vendor: YookassaVendor
) -> None:
    fault = Fault(
        kind=FaultKind.ERROR, operation="yookassa.payments.create", http_status=500, code="internal_server_error"
    )
    vendor.sandbox.faults.add(fault)
    await port.create(REFERENCE, an_order())
    assert (vendor.calls("create"), len(vendor.orders())) == (2, 1)


async def test_a_shop_that_asks_too_much_is_told_so(tmp_path: Path, context: Context) -> None:
    async with Sandbox.start(shop_settings(tmp_path, yookassa_calls_a_second=1)) as sandbox:
        port = connect(context, sandbox)
        await port.probe()
        with pytest.raises(HubError) as caught:
            await port.create(REFERENCE, an_order())
        assert caught.value.reason == "UPSTREAM_QUOTA_EXCEEDED"
        assert sandbox.yookassa.book.payments() == []
        await port.close()


async def test_a_hold_runs_out_when_it_said_it_would(port: PaymentsPort, vendor: YookassaVendor) -> None:
    opened = await port.create(REFERENCE, an_order(two_stage=True))
    vendor.pay(opened.vendor_id)
    seen = await port.get(opened.vendor_id)
    assert seen.capture_before
    vendor.advance((seen.capture_before - vendor.sandbox.clock.now()).total_seconds() + 1)
    assert (await port.get(opened.vendor_id)).standing is Standing.REVERSED
    with pytest.raises(RefusedByProviderError):
        await port.capture(opened.vendor_id, roubles(100))


async def test_what_was_captured_in_part_is_found_as_what_was_asked_for(
    port: PaymentsPort, vendor: YookassaVendor
) -> None:
    opened = await port.create(REFERENCE, an_order(two_stage=True))
    vendor.pay(opened.vendor_id)
    await port.capture(opened.vendor_id, roubles(15_000))
    found = await port.find(REFERENCE)
    assert found
    assert (found.amount, found.captured) == (roubles(19_900), 15_000)


async def test_a_refund_that_takes_its_time_is_unknown_until_it_is_there(
    port: PaymentsPort, vendor: YookassaVendor
) -> None:
    opened = await port.create(REFERENCE, an_order())
    vendor.pay(opened.vendor_id)
    vendor.sandbox.yookassa.book.refunds_take_seconds = 3600
    refund = await a_refund(port, opened.vendor_id, 5_000)
    with pytest.raises(OutcomeUnknownError):
        await port.refund(refund)
    seen = await port.get(opened.vendor_id)
    assert (seen.refunded, [line.kind for line in seen.operations]) == (0, [VendorOperationKind.REFUND_UNDER_WAY])
    vendor.advance(3601)
    seen = await port.get(opened.vendor_id)
    assert (seen.refunded, [line.kind for line in seen.operations]) == (5_000, [VendorOperationKind.REFUND])


async def test_a_refund_that_fails_is_refused_with_its_reason(port: PaymentsPort, vendor: YookassaVendor) -> None:
    opened = await port.create(REFERENCE, an_order())
    vendor.pay(opened.vendor_id)
    vendor.sandbox.yookassa.book.refunds_fail = "insufficient_funds"
    with pytest.raises(RefusedByProviderError) as caught:
        await port.refund(await a_refund(port, opened.vendor_id, 5_000))
    assert caught.value.metadata["vendor_code"] == "insufficient_funds"
    assert (await port.get(opened.vendor_id)).refunded == 0


async def test_a_payment_page_elsewhere_is_not_passed_on(vendor: YookassaVendor, context: Context) -> None:
    port = connect(context, vendor.sandbox)
    opened = await port.create(REFERENCE, an_order())
    real = vendor.sandbox.yookassa._told

    def elsewhere(payment: Any) -> dict[str, Any]:
        return {**real(payment), "confirmation": {"type": "redirect", "confirmation_url": "https://evil.example/pay"}}

    vendor.sandbox.yookassa._told = elsewhere  # type: ignore[method-assign]
    with pytest.raises(OutcomeUnknownError):
        await port.create("B" * 32, an_order())
    assert (await port.get(opened.vendor_id)).payment_url == ""
    labels = {"upstream": "payments.yoo", "operation": "payments.get", "kind": "payment_host"}
    assert context.metric("landhub_upstream_surprises_total", **labels) == 1
    await port.close()


async def test_a_wrong_key_is_told_as_such(vendor: YookassaVendor, context: Context, tmp_path: Path) -> None:
    other = tmp_path / "other.key"
    other.touch(mode=0o600)
    other.write_text("not it", encoding="utf-8")
    port = connect(context, vendor.sandbox, secret_key="file:other.key")
    with pytest.raises(HubError) as caught:
        await port.probe()
    assert caught.value.reason == "UPSTREAM_CREDENTIALS_REFUSED"
    await port.close()


async def test_spans_are_named_by_routes_and_hold_no_query(port: PaymentsPort, context: Context) -> None:
    opened = await port.create(REFERENCE, an_order())
    await port.get(opened.vendor_id)
    await port.find(REFERENCE)
    spans = {span.name: span for span in context.spans.get_finished_spans()}
    assert set(spans) == {"POST /payments", "GET /payments", "GET /payments/{id}"}
    told = " ".join(str(span.attributes) for span in spans.values())
    assert "created_at" not in told
    assert opened.vendor_id not in told


async def test_handshakes_stay_within_the_pool(port: PaymentsPort, vendor: YookassaVendor) -> None:
    for _ in range(50):
        await port.probe()
    assert vendor.sandbox.yookassa.handshakes["finished"] == 1


@pytest.mark.parametrize(
    "wrong", [{"shop_id": "shop"}, {"shop_id": ""}, {"callback_networks": ["185.71.76.1/27"]}, {"key_hours": 0}]
)
def test_settings_that_can_not_be_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        yookassa.Settings.model_validate(
            {"shop_id": "100500", "secret_key": "file:k", "ca_bundle": "ca.crt", **wrong},
        )
