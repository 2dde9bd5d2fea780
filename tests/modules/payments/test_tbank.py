"""The module with T-Bank behind it: lost answers, refunds whose numbers no history tells, and its notifications."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from hub.core.clock import FakeClock
from hub.core.refusals import RefusalCounts
from hub.modules.payments.accounts import Account
from hub.modules.payments.callbacks import Callbacks, callback_path
from hub.modules.payments.ledger import Ledger
from hub.modules.payments.notice import CallbackProblem, CallbackRefusedError, CallbackRequest, Notice
from hub.modules.payments.operations import OperationState
from hub.modules.payments.order import PaymentMethod
from hub.modules.payments.port import PaymentsPort
from hub.modules.payments.providers._tbank_callbacks import TBankCallbacks
from hub.modules.payments.states import PaymentState, ReviewReason
from hub.web.listener import Listener
from hub.web.public import PublicListening, WebhookMetrics
from sandbox.app import Sandbox
from sandbox.faults import Fault, FaultKind
from sandbox.tbank_wire import notification, token
from tests.contract.payments_vendor import an_order, roubles
from tests.contract.provider_context import make_context
from tests.contract.sberbank_vendor import sandbox_settings
from tests.contract.tbank_vendor import TBankVendor, connect
from tests.modules.payments.conftest import Shop

TERMINAL, PASSWORD = "1700000000000DEMO", "sandbox&terminal=+"
PAN = "430000******0777"


@pytest.fixture
async def vendor(tmp_path: Path) -> AsyncIterator[TBankVendor]:
    async with Sandbox.start(sandbox_settings(tmp_path)) as sandbox:
        yield TBankVendor(sandbox)


@pytest.fixture
async def port(vendor: TBankVendor, tmp_path: Path) -> AsyncIterator[PaymentsPort]:
    # The provider lives on real time, the hub on driven time: an open breaker would never close.
    connected = connect(make_context(tmp_path), vendor.sandbox, policy={"failure_threshold": 1000})
    yield connected
    await connected.close()


async def refund(shop: Shop, payment_id: str, kopecks: int) -> Any:
    return await shop.service.create_refund(shop.core.call(2), payment_id, roubles(kopecks), "")


async def test_an_order_whose_page_was_lost_is_ended_before_another_is_opened(shop: Shop, vendor: TBankVendor) -> None:
    vendor.fail("create", "answer_lost")
    row = await shop.create()
    assert row.state == PaymentState.OUTCOME_UNKNOWN
    await shop.pass_time(15)
    row = await shop.payment(row.id)
    assert (row.state, row.attempt) == (PaymentState.AWAITING_PAYER, 2)
    statuses = [payment.status for payment in vendor.sandbox.tbank.book.payments()]
    assert statuses == ["CANCELED", "NEW"]


@pytest.mark.parametrize(
    ("fault", "kopecks"),
    [
        ("answer_lost", 15_000),
        ("reset", 5_000),
        ("commit_late", 15_000),
        ("commit_late", 19_900),
        ("status_lags", 19_900),
    ],
)
async def test_a_refund_whose_answer_is_lost_is_made_once(
    shop: Shop, vendor: TBankVendor, fault: str, kopecks: int
) -> None:
    row = await shop.paid()
    vendor.fail("refund", fault, times=3, seconds=20)
    await refund(shop, row.id, kopecks)
    await shop.pass_time(660, step=60)
    operated = await refund(shop, row.id, kopecks)
    assert operated.operation.state == OperationState.DONE
    assert operated.payment.refunded == vendor.order(row.vendor_id).refunded == kopecks


async def test_a_refund_that_was_made_is_not_told_as_refused_because_tbank_is_busy_for_long(
    shop: Shop, vendor: TBankVendor
) -> None:
    row = await shop.paid()
    vendor.fail("refund", "answer_lost", times=3)
    await refund(shop, row.id, 5_000)
    vendor.fail("refund", "unclear", times=12)
    await shop.pass_time(900, step=60)
    operated = await refund(shop, row.id, 5_000)
    assert (operated.operation.state, operated.payment.refunded) == (OperationState.DONE, 5_000)
    assert vendor.order(row.vendor_id).refunded == 5_000


async def test_a_lost_refund_beside_an_operators_is_told_apart_by_its_number(shop: Shop, vendor: TBankVendor) -> None:
    row = await shop.paid()
    vendor.fail("refund", "commit_late", times=3, seconds=20)
    await refund(shop, row.id, 5_000)
    vendor.operate(row.vendor_id, "refund", 5_000)
    await shop.pass_time(90)
    operated = await refund(shop, row.id, 5_000)
    row = operated.payment
    assert operated.operation.state == OperationState.DONE
    assert (row.refunded, vendor.order(row.vendor_id).refunded, row.reserved) == (10_000, 10_000, 5_000)


async def test_a_lost_refund_by_qr_code_waits_for_a_person(shop: Shop, vendor: TBankVendor) -> None:
    vendor.sandbox.faults.add(Fault(kind=FaultKind.LATENCY, operation="tbank.GetQr", seconds=0))
    order = an_order()
    by_qr = type(order)(amount=order.amount, return_url=order.return_url, method=PaymentMethod.SBP_QR)
    row = (await shop.service.create_payment(shop.core.call(1), "sber", by_qr)).payment
    assert row.sbp_payload
    vendor.pay(row.vendor_id)
    await shop.pass_time(20)
    vendor.fail("refund", "answer_lost")
    await refund(shop, row.id, 5_000)
    row = await shop.payment(row.id)
    assert (row.state, row.review_reason) == (PaymentState.NEEDS_REVIEW, ReviewReason.REFUND_AMBIGUOUS)
    assert vendor.calls("refund") == 1


async def test_amounts_are_known_to_the_kopeck_after_a_part_was_captured_and_a_part_went_back(
    shop: Shop, vendor: TBankVendor
) -> None:
    row = await shop.paid(two_stage=True)
    assert row.held == 19_900
    await shop.service.capture_payment(shop.core.call(2), row.id, roubles(15_000))
    await shop.service.create_refund(shop.core.call(3), row.id, roubles(4_000), "")
    vendor.operate(row.vendor_id, "refund", 1_000)
    await shop.pass_time(660, step=60)
    row, true = await shop.payment(row.id), vendor.order(row.vendor_id)
    assert (row.captured, row.refunded, row.held) == (true.captured, true.refunded, true.held) == (15_000, 5_000, 0)
    vendor.operate(row.vendor_id, "undo_refund", 5_000)
    await shop.pass_time(660, step=60)
    row = await shop.payment(row.id)
    assert (row.state, row.captured, row.refunded) == (PaymentState.CAPTURED, 15_000, 0)


async def test_a_part_that_was_captured_is_known_though_a_refund_shows_before_it(
    shop: Shop, vendor: TBankVendor
) -> None:
    row = await shop.paid(two_stage=True)
    vendor.fail("capture", "status_lags", seconds=100)
    await shop.service.capture_payment(shop.core.call(2), row.id, roubles(15_000))
    assert (await shop.payment(row.id)).captured == 0
    vendor.operate(row.vendor_id, "refund", 4_000)
    await shop.pass_time(660, step=60)
    row, true = await shop.payment(row.id), vendor.order(row.vendor_id)
    assert (row.captured, row.refunded) == (true.captured, true.refunded) == (15_000, 4_000)


async def test_a_cancellation_that_the_payer_overtakes_takes_nothing_from_him_back(
    shop: Shop, vendor: TBankVendor
) -> None:
    row = await shop.create()
    vendor.fail("decline", "commit_late", seconds=20)
    await shop.service.cancel_payment(shop.core.call(2), row.id)
    vendor.pay(row.vendor_id)
    await shop.pass_time(60)
    row = await shop.payment(row.id)
    assert (row.state, row.captured, row.refunded) == (PaymentState.CAPTURED, 19_900, 0)
    assert vendor.order(row.vendor_id).refunded == 0


# Notifications


def told_of(vendor: TBankVendor, vendor_id: str) -> dict[str, Any]:
    return notification(TERMINAL, PASSWORD, vendor.sandbox.tbank.book.get(vendor_id))


def read(told: Any) -> Notice:
    body = told if isinstance(told, bytes) else json.dumps(told, ensure_ascii=False).encode()
    request = CallbackRequest(method="POST", content_type="application/json", body=body)
    return TBankCallbacks(terminal_key=TERMINAL, password=PASSWORD).read(request)


def signed(**told: Any) -> dict[str, Any]:
    whole = {
        "TerminalKey": TERMINAL,
        "OrderId": "A1",
        "PaymentId": 13660,
        "Success": True,
        "Status": "CONFIRMED",
    } | told
    return whole | {"Token": token(whole, PASSWORD)}


@pytest.mark.parametrize("payment_id", [13660, "13660"])
def test_a_notification_tells_its_payment_whether_its_id_is_a_number_or_a_text(payment_id: Any) -> None:
    assert read(signed(PaymentId=payment_id)) == Notice(vendor_id="13660", reference="A1")


@pytest.mark.parametrize(
    "more", [{"DATA": {"landhub": "x"}}, {"Receipt": {"Items": []}}, {"RebillId": None}, {"Amount": 7}]
)
def test_whatever_else_it_tells_its_token_is_over_the_scalars(more: dict[str, Any]) -> None:
    assert read(signed(**more)).reference == "A1"


def test_data_written_as_a_text_may_be_in_the_token_or_not() -> None:
    assert read(signed(DATA="{}")).reference == "A1"
    assert read(signed() | {"DATA": "{}"}).reference == "A1"


def test_what_is_told_of_cards_is_about_no_payment() -> None:
    assert read(signed(OrderId=None, PaymentId=None, RequestKey="k")) == Notice()


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        (signed() | {"Amount": 1}, CallbackProblem.SIGNATURE_WRONG),
        (signed() | {"Token": "0" * 64}, CallbackProblem.SIGNATURE_WRONG),
        (signed() | {"Token": 7}, CallbackProblem.SIGNATURE_WRONG),
        (signed(TerminalKey="another"), CallbackProblem.SIGNATURE_WRONG),
        ({name: value for name, value in signed().items() if name != "Token"}, CallbackProblem.UNSIGNED),
        (b"[]", CallbackProblem.UNREADABLE),
        (b"PaymentId=13660", CallbackProblem.UNREADABLE),
        (b'{"Token": "a", "Token": "b"}', CallbackProblem.UNREADABLE),
        (b"[" * 100_000, CallbackProblem.UNREADABLE),
        (json.dumps({str(number): 1 for number in range(101)}).encode(), CallbackProblem.UNREADABLE),
    ],
)
def test_what_proves_nothing_is_refused(told: Any, problem: CallbackProblem) -> None:
    with pytest.raises(CallbackRefusedError) as caught:
        read(told)
    assert caught.value.problem is problem


@pytest.fixture
async def desk(shop: Shop, port: PaymentsPort, clock: FakeClock, vendor: TBankVendor) -> AsyncIterator[str]:
    """The public listener's address for the account; the simulator's payments tell there of themselves."""
    core = shop.core
    account = Account(name="sber", port=port, callers=frozenset({"crm"}))
    ledger = Ledger(store=shop.store, database=core.database, outbox=core.outbox, events=core.events)
    callbacks = Callbacks(account=account, store=shop.store, ledger=ledger, database=core.database, clock=clock)
    listening = PublicListening(
        routes=callbacks.routes,
        proxies=(),
        refusals=RefusalCounts(audit=core.audit, clock=clock),
        metrics=WebhookMetrics(registry=core.registry),
    )
    listener = Listener(application=listening.application(), address="127.0.0.1:0")
    bound = await listener.start()
    yield f"http://127.0.0.1:{bound}{callback_path('sber')}"
    await listener.close()


async def heard(vendor: TBankVendor) -> list[str]:
    """What was told of and how it was answered, when all of it was heard; the vendor's time is pushed for it."""
    sender = vendor.sandbox.tbank.notifications.sender
    waiting = asyncio.ensure_future(sender.wait_until_idle())
    while not waiting.done():
        await asyncio.wait({waiting}, timeout=0.05)
        vendor.advance(3_600)
    await waiting
    return [" ".join([one.about, *one.answers]) for one in sender.deliveries]


async def test_a_payment_tells_of_itself_in_a_pair_and_is_looked_at(desk: str, shop: Shop, vendor: TBankVendor) -> None:
    row = await shop.create()
    vendor.sandbox.tbank.book.get(row.vendor_id).notification_url = desk
    vendor.pay(row.vendor_id)
    assert await heard(vendor) == ["AUTHORIZED 200", "CONFIRMED 200"]
    await shop.core.outbox.run_due()
    assert (await shop.payment(row.id)).state == PaymentState.CAPTURED


async def test_notifications_come_again_until_they_are_answered_ok_and_nothing_else(
    shop: Shop, vendor: TBankVendor
) -> None:
    answers = [web.Response(text=text, status=status) for text, status in (("<OK>", 200), ("OK", 500), ("OK\n", 200))]

    async def answer(_request: web.Request) -> web.Response:
        return answers.pop(0) if answers else web.Response(text="OK")

    application = web.Application()
    application.router.add_post("/", answer)
    listener = Listener(application=application, address="127.0.0.1:0")
    row = await shop.create()
    vendor.sandbox.tbank.book.get(row.vendor_id).notification_url = f"http://127.0.0.1:{await listener.start()}/"
    vendor.sandbox.tbank.book.cancel(vendor.sandbox.tbank.book.get(row.vendor_id), None)
    assert await heard(vendor) == ["CANCELED 200 500 200 200"]
    await listener.close()


async def test_a_forged_notification_asks_nothing(desk: str, shop: Shop, vendor: TBankVendor) -> None:
    row = await shop.create()
    forged = told_of(vendor, row.vendor_id) | {"Status": "CONFIRMED"}
    async with aiohttp.ClientSession() as session, session.post(desk, json=forged) as answer:
        assert (answer.status, await answer.read()) == (400, b"")
    await shop.core.outbox.run_due()
    assert vendor.calls("status") == 0


async def test_nothing_of_a_notification_is_kept(desk: str, shop: Shop, vendor: TBankVendor) -> None:
    row = await shop.create()
    vendor.pay(row.vendor_id)
    told = told_of(vendor, row.vendor_id)
    async with aiohttp.ClientSession() as session, session.post(desk, json=told) as answer:
        assert (answer.status, await answer.read()) == (200, b"OK")
    await shop.core.outbox.run_due()
    await shop.core.database.write(lambda _: None, label="test")
    for file in shop.core.folder.rglob("*"):
        content = file.read_bytes() if file.is_file() else b""
        assert PAN.encode() not in content
        assert file.name == "tbank.password" or PASSWORD.encode() not in content
