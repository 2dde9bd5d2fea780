"""What is T-Bank's own: its fields, its receipts, its QR codes, what `Cancel` may undo, and the password kept close."""

import logging
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from pydantic import ValidationError

from hub.core.errors import HubError, OutcomeUnknownError
from hub.modules.payments.port import (
    PaymentMethod,
    PaymentsPort,
    RefundOrder,
    RefusedByProviderError,
    Standing,
    UnsupportedByProviderError,
)
from hub.modules.payments.providers import tbank
from sandbox.app import Sandbox
from sandbox.faults import Fault, FaultKind
from tests.contract.payments_vendor import an_order, roubles
from tests.contract.provider_context import Context
from tests.contract.sberbank_vendor import sandbox_settings
from tests.contract.tbank_vendor import TBankVendor, connect
from tests.contract.test_sberbank_own import RECEIPT

PASSWORD = "sandbox&terminal=+"


@pytest.fixture
async def vendor(tmp_path: Path) -> AsyncIterator[TBankVendor]:
    async with Sandbox.start(sandbox_settings(tmp_path)) as sandbox:
        yield TBankVendor(sandbox)


@pytest.fixture
async def port(vendor: TBankVendor, context: Context) -> AsyncIterator[PaymentsPort]:
    connected = connect(context, vendor.sandbox)
    yield connected
    await connected.close()


BY_QR = replace(an_order(), method=PaymentMethod.SBP_QR)


async def test_an_order_sends_the_fields_on_the_list_and_no_others(vendor: TBankVendor, context: Context) -> None:
    port = connect(context, vendor.sandbox, notification_url="https://hub.example/payments/callbacks/tbank")
    order = replace(an_order(), fail_url="https://shop.example/no", client_id="client-7")
    await port.create("A1", order)
    [sent] = vendor.sent("create")
    assert sent == {
        "TerminalKey": "1700000000000DEMO",
        "OrderId": "A1",
        "Amount": 19_900,
        "PayType": "O",
        "SuccessURL": "https://shop.example/ok",
        "FailURL": "https://shop.example/no",
        "Description": "Аренда, договор А-17",
        "CustomerKey": "client-7",
        "NotificationURL": "https://hub.example/payments/callbacks/tbank",
        "DATA": {"landhub": order.marker},
    }
    await port.close()


async def test_a_payer_has_as_long_as_the_order_says(port: PaymentsPort, vendor: TBankVendor) -> None:
    with suppress(HubError):  # the simulator's time stands still at another moment than ours, which it may refuse
        await port.create("A1", replace(an_order(), expire_after=timedelta(days=89)))
    [sent] = vendor.sent("create")
    assert isinstance(sent, dict)
    assert sent["RedirectDueDate"].endswith("+03:00")


async def test_two_stages_are_asked_for_by_their_letter(port: PaymentsPort, vendor: TBankVendor) -> None:
    await port.create("A1", an_order(two_stage=True))
    [sent] = vendor.sent("create")
    assert isinstance(sent, dict)
    assert sent["PayType"] == "T"


async def test_a_receipt_goes_along_and_adds_up(port: PaymentsPort, vendor: TBankVendor) -> None:
    await port.create("A1", replace(an_order(1_000), receipt=RECEIPT))
    [sent] = vendor.sent("create")
    assert isinstance(sent, dict)
    assert sent["Receipt"] == {
        "FfdVersion": "1.2",
        "Email": "payer@example.ru",
        "Taxation": "osn",
        "Items": [
            {
                "Name": "Арендная плата",
                "Price": 400,
                "Quantity": 2.5,
                "Amount": 1_000,
                "Tax": "none",
                "PaymentMethod": "full_payment",
                "PaymentObject": "service",
                "MeasurementUnit": "м2",
            }
        ],
    }


@pytest.mark.parametrize(
    ("changes", "limit"),
    [
        ({"description": "я" * 141}, "description"),
        ({"client_id": "c" * 37}, "client_id"),
        ({"amount": roubles(9_999_999_999)}, "amount.minor_units"),
        ({"method": PaymentMethod.SBP_QR, "two_stage": True}, "payment_method"),
        ({"method": PaymentMethod.SBP_QR, "amount": roubles(999)}, "payment_method"),
        ({"receipt": replace(RECEIPT, tax_system="none_such")}, "receipt.tax_system"),
        ({"receipt": replace(RECEIPT, items=(replace(RECEIPT.items[0], vat="22"),))}, "receipt.items.vat"),
        (
            {"receipt": replace(RECEIPT, items=(replace(RECEIPT.items[0], payment_object=33),))},
            "receipt.items.payment_object",
        ),
    ],
)
async def test_what_tbank_can_not_carry_is_refused_before_anything_is_sent(
    port: PaymentsPort, changes: dict[str, Any], limit: str
) -> None:
    with pytest.raises(UnsupportedByProviderError) as caught:
        port.check_order(replace(an_order(), **changes))
    assert caught.value.metadata["limit"] == limit


async def test_a_qr_code_is_given_and_paid_by(port: PaymentsPort, vendor: TBankVendor) -> None:
    port.check_order(BY_QR)
    opened = await port.create("A1", BY_QR)
    assert opened.sbp_payload.startswith("https://qr.nspk.ru/")
    vendor.pay(opened.vendor_id)
    assert (await port.get(opened.vendor_id)).standing is Standing.PAID


@pytest.mark.parametrize("kind", [FaultKind.RESET, FaultKind.ANSWER_LOST, FaultKind.HTML])
async def test_a_qr_code_is_asked_for_until_it_comes(port: PaymentsPort, vendor: TBankVendor, kind: FaultKind) -> None:
    vendor.sandbox.faults.add(Fault(kind=kind, operation="tbank.GetQr"))
    assert (await port.create("A1", BY_QR)).sbp_payload
    assert len(vendor.orders()) == 1


async def test_an_order_whose_qr_code_never_comes_is_there_and_unknown(port: PaymentsPort, vendor: TBankVendor) -> None:
    vendor.sandbox.faults.add(Fault(kind=FaultKind.HTML, operation="tbank.GetQr", times=3))
    with pytest.raises(OutcomeUnknownError):
        await port.create("A1", BY_QR)
    assert await port.find("A1")


async def test_a_terminal_without_qr_codes_refuses_and_leaves_nothing_to_pay(
    port: PaymentsPort, vendor: TBankVendor
) -> None:
    vendor.sandbox.faults.add(Fault(kind=FaultKind.ERROR, operation="tbank.GetQr", code="3001"))
    with pytest.raises(RefusedByProviderError):
        await port.create("A1", BY_QR)
    found = await port.find("A1")
    assert found
    assert found.standing is Standing.DECLINED


async def test_a_decline_that_comes_after_the_payer_gives_nothing_back(port: PaymentsPort, vendor: TBankVendor) -> None:
    for number, two_stage in (("A1", False), ("A2", True)):
        vendor_id = (await port.create(number, an_order(two_stage=two_stage))).vendor_id
        vendor.pay(vendor_id)
        with pytest.raises(RefusedByProviderError):
            await port.decline(vendor_id)
        assert vendor.order(vendor_id).refunded == 0
        assert vendor.order(vendor_id).held + vendor.order(vendor_id).captured == 19_900


async def test_a_refund_by_qr_code_is_sent_once_since_its_number_is_overlooked(
    port: PaymentsPort, vendor: TBankVendor
) -> None:
    vendor_id = (await port.create("A1", BY_QR)).vendor_id
    vendor.pay(vendor_id)
    seen = await port.get(vendor_id)
    assert seen.refunds_keyed is False
    vendor.fail("refund", "answer_lost")
    refund = RefundOrder(vendor_id=vendor_id, reference="R1", amount=roubles(5_000), balance=None, keyed=False)
    with pytest.raises(OutcomeUnknownError):
        await port.refund(refund)
    assert vendor.order(vendor_id).refunded == 5_000
    assert vendor.calls("refund") == 1
    [sent] = vendor.sent("refund")
    assert isinstance(sent, dict)
    assert "ExternalRequestId" not in sent


async def test_a_refund_under_way_concludes_nothing(tmp_path: Path, context: Context) -> None:
    settings = sandbox_settings(tmp_path, tbank_asynchronous_seconds=60)
    async with Sandbox.start(settings) as sandbox:
        vendor, port = TBankVendor(sandbox), connect(context, sandbox)
        vendor_id = (await port.create("A1", BY_QR)).vendor_id
        vendor.pay(vendor_id)
        refund = RefundOrder(vendor_id=vendor_id, reference="R1", amount=roubles(5_000), balance=None, keyed=False)
        await port.refund(refund)
        assert (await port.get(vendor_id)).standing is Standing.CHANGING
        vendor.advance(61)
        seen = (await port.get(vendor_id)).completed(captured=19_900)
        assert (seen.standing, seen.refunded) == (Standing.PAID, 5_000)
        await port.close()


async def test_two_payments_alive_under_one_number_are_nobodys(tmp_path: Path, context: Context) -> None:
    settings = sandbox_settings(tmp_path, tbank_takes_order_ids_again=True)
    async with Sandbox.start(settings) as sandbox:
        port = connect(context, sandbox)
        first = await port.create("A1", an_order())
        await port.decline(first.vendor_id)
        second = await port.create("A1", an_order())
        found = await port.find("A1")
        assert found
        assert (found.vendor_id, found.marker) == (second.vendor_id, None)
        await port.create("A1", an_order())
        doubtful = await port.find("A1")
        assert doubtful
        assert doubtful.marker == "", "no order of ours has an empty marker"
        await port.close()


async def test_a_payment_page_elsewhere_is_not_passed_on(port: PaymentsPort, vendor: TBankVendor) -> None:
    listener = vendor.sandbox.tbank._listener
    vendor.sandbox.tbank._listener = type("Elsewhere", (), {"url": "https://evil.example"})()
    with pytest.raises(OutcomeUnknownError):
        await port.create("A1", an_order())
    vendor.sandbox.tbank._listener = listener


async def test_a_wrong_password_is_told_as_such_under_http_200(
    vendor: TBankVendor, context: Context, tmp_path: Path
) -> None:
    other = tmp_path / "other.password"
    other.touch(mode=0o600)
    other.write_text("not it", encoding="utf-8")
    wrongs: dict[str, dict[str, Any]] = {
        "one": {"password": "file:other.password"},
        "two": {"terminal_key": "1700000000000"},
    }
    for account, wrong in wrongs.items():
        port = connect(context, vendor.sandbox, account=account, **wrong)
        with pytest.raises(HubError) as caught:
            await port.probe()
        assert caught.value.reason == "UPSTREAM_CREDENTIALS_REFUSED"
        await port.close()


async def test_the_password_is_in_no_request_log_span_or_error(
    port: PaymentsPort, vendor: TBankVendor, context: Context, caplog: pytest.LogCaptureFixture, capsys: Any
) -> None:
    shown = [repr(port), repr(vars(port)["_terminal"]), repr(vars(port)["_settings"])]
    with caplog.at_level(logging.DEBUG):
        vendor_id = (await port.create("A1", an_order())).vendor_id
        vendor.pay(vendor_id)
        await port.refund(RefundOrder(vendor_id=vendor_id, reference="R", amount=roubles(1), balance=None, keyed=True))
        for fault in ("unclear", "refused", "access_denied", "answer_lost", "empty"):
            vendor.fail("create", fault)
            with pytest.raises(HubError) as caught:
                await port.create(f"B-{fault}", an_order())
            shown += [str(caught.value), repr(caught.value.metadata), repr(caught.value.__cause__)]
    out = capsys.readouterr()
    shown += [caplog.text, out.out, out.err]
    shown += [f"{span.name} {span.attributes} {span.events}" for span in context.spans.get_finished_spans()]
    shown += [str(call) for call in vendor.sandbox.tbank.calls]
    assert PASSWORD not in "\n".join(shown)
    assert all("Token" not in call.fields for call in vendor.sandbox.tbank.calls)


async def test_handshakes_stay_within_the_pool(port: PaymentsPort, vendor: TBankVendor) -> None:
    for _ in range(30):
        await port.find("N")
    assert vendor.sandbox.tbank.handshakes["finished"] == 1


async def test_the_payer_pays_on_the_page(vendor: TBankVendor, context: Context, tmp_path: Path) -> None:
    port = connect(context, vendor.sandbox)
    opened = await port.create("A1", an_order())
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=False)) as browser:
        async with browser.get(opened.payment_url) as page:
            assert "199.00" in await page.text()
        assert (await port.get(opened.vendor_id)).vendor_status == "FORM_SHOWED"
        async with browser.post(opened.payment_url, data={"outcome": "approve"}, allow_redirects=False) as done:
            assert (done.status, done.headers["Location"]) == (303, "https://shop.example/ok")
    assert (await port.get(opened.vendor_id)).standing is Standing.PAID
    await port.close()


@pytest.mark.parametrize(
    "wrong",
    [
        {"terminal_key": ""},
        {"terminal_key": "1" * 21},
        {"notification_url": "http://hub.example/x"},
        {"ffd_version": "2"},
    ],
)
def test_settings_that_can_not_be_are_refused(wrong: dict[str, str]) -> None:
    good = {"terminal_key": "1700000000000DEMO", "password": "file:p", "ca_bundle": "ca.crt"}
    tbank.Settings.model_validate(good)
    with pytest.raises(ValidationError):
        tbank.Settings.model_validate(good | wrong)
