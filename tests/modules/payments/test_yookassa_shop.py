"""The module over YooKassa: what every error comes to, what is found out, and callbacks proven by their network."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import update

from hub.core.clock import FakeClock
from hub.core.errors import HubError
from hub.core.refusals import RefusalCounts
from hub.modules.payments.accounts import Account
from hub.modules.payments.callbacks import Callbacks, callback_path
from hub.modules.payments.ledger import Ledger
from hub.modules.payments.port import PaymentsPort
from hub.modules.payments.store import payments
from hub.web.listener import Listener
from hub.web.public import PublicListening, WebhookMetrics
from sandbox.app import Sandbox
from sandbox.faults import Fault, FaultKind
from tests.contract.payments_vendor import an_order, roubles
from tests.contract.provider_context import make_context
from tests.contract.yookassa_vendor import YookassaVendor, connect, shop_settings
from tests.modules.payments.conftest import Shop, wire
from tests.support.core_fixtures import open_core

THEIRS = "185.71.76.5"
ALL_ATTEMPTS = 3
DAYS_AWAY = timedelta(days=5)


@pytest.fixture
async def vendor(tmp_path: Path, clock: FakeClock) -> AsyncIterator[YookassaVendor]:
    async with Sandbox.start(shop_settings(tmp_path, now=clock.now())) as sandbox:
        yield YookassaVendor(sandbox)


@pytest.fixture
async def port(vendor: YookassaVendor, tmp_path: Path, clock: FakeClock) -> AsyncIterator[PaymentsPort]:
    context = replace(make_context(tmp_path), clock=clock)
    connected = connect(context, vendor.sandbox, policy={"failure_threshold": 1000})
    yield connected
    await connected.close()


def fail(shop: Shop, operation: str, status: int, code: str, *, times: int = ALL_ATTEMPTS) -> None:
    fault = Fault(
        kind=FaultKind.ERROR,
        operation=f"yookassa.{operation}",
        http_status=status,
        code=code,
        message="Тестов Иван",
        times=times,
    )
    shop.vendor.sandbox.faults.add(fault)


async def outcome(shop: Shop, number: int = 1) -> tuple[str, str, str]:
    """What the caller is told of a new payment, how it stands, and why."""
    told = "OK"
    try:
        await shop.create(number)
    except HubError as error:
        told = error.reason
    [row] = [shown.payment for shown in await _all(shop)]
    return told, row.state, row.unsent_reason or row.refusal_code


async def _all(shop: Shop) -> list[Any]:
    return await shop.service.list_payments(shop.core.call(), business_reference="", states=(), before=None, limit=9)


@pytest.mark.parametrize(
    ("status", "code", "told", "state", "why"),
    [
        (400, "invalid_request", "REFUSED_BY_PROVIDER", "REFUSED", "invalid_request"),
        (401, "invalid_credentials", "UPSTREAM_CREDENTIALS_REFUSED", "PENDING", "UPSTREAM_CREDENTIALS_REFUSED"),
        (403, "forbidden", "UPSTREAM_CREDENTIALS_REFUSED", "PENDING", "UPSTREAM_CREDENTIALS_REFUSED"),
        (404, "not_found", "UPSTREAM_UNAVAILABLE", "PENDING", "UPSTREAM_ANSWER_INVALID"),
        (405, "method_not_allowed", "UPSTREAM_UNAVAILABLE", "PENDING", "UPSTREAM_ANSWER_INVALID"),
        (415, "unsupported_media_type", "UPSTREAM_UNAVAILABLE", "PENDING", "UPSTREAM_ANSWER_INVALID"),
        (429, "too_many_requests", "UPSTREAM_QUOTA_EXCEEDED", "PENDING", "UPSTREAM_QUOTA_EXCEEDED"),
        (500, "internal_server_error", "OK", "OUTCOME_UNKNOWN", ""),
        (202, "processing", "OK", "OUTCOME_UNKNOWN", ""),
    ],
)
async def test_each_error_of_a_new_payment_comes_to_its_state_and_reason(
    shop: Shop, status: int, code: str, told: str, state: str, why: str
) -> None:
    fail(shop, "payments.create", status, code)
    assert await outcome(shop) == (told, state, why)
    assert shop.vendor.orders() == []


@pytest.mark.parametrize(("status", "code"), [(500, "internal_server_error"), (202, "processing")])
async def test_what_is_unknown_is_looked_up_by_lists_and_opened_once(shop: Shop, status: int, code: str) -> None:
    fail(shop, "payments.create", status, code)
    row = await shop.create()
    await shop.pass_time(900, step=30)
    assert (await shop.payment(row.id)).state == "AWAITING_PAYER"
    assert len(shop.vendor.orders()) == 1


@pytest.mark.parametrize("fault", ["answer_lost", "commit_late", "server_error", "cut_body", "empty"])
async def test_a_payment_whose_answers_are_lost_is_one_payment_with_its_page(shop: Shop, fault: str) -> None:
    shop.vendor.fail("create", fault, times=ALL_ATTEMPTS, seconds=60)
    row = await shop.create()
    await shop.pass_time(900, step=30)
    row = await shop.payment(row.id)
    assert (row.state, row.payment_url[:8]) == ("AWAITING_PAYER", "https://")
    assert [true.vendor_id for true in shop.vendor.orders()] == [row.vendor_id]


async def test_a_payment_is_found_after_the_vendor_was_away_for_days(shop: Shop) -> None:
    shop.vendor.fail("create", "answer_lost", times=ALL_ATTEMPTS)
    row = await shop.create()
    # The days have passed for the acquirer alone, and the hub knows when it sent: driven time is slow.
    opened = shop.vendor.sandbox.yookassa.book.payments()[0]
    opened.created_at -= DAYS_AWAY
    await _was_sent(shop, row.id, shop.core.clock.now() - DAYS_AWAY)
    shop.vendor.sandbox.faults.clear()
    await shop.pass_time(60)
    assert [true.vendor_id for true in shop.vendor.orders()] == [(await shop.payment(row.id)).vendor_id]
    assert (await shop.payment(row.id)).state == "AWAITING_PAYER"


async def _was_sent(shop: Shop, payment_id: str, time: datetime) -> None:
    change = update(payments).where(payments.c.id == payment_id).values(sent_time=time)
    await shop.core.database.write(lambda conn: conn.execute(change), label="test")


@pytest.mark.parametrize(
    ("status", "code", "told"),
    [
        (400, "invalid_request", "REFUSED_BY_PROVIDER"),
        (401, "invalid_credentials", "UPSTREAM_CREDENTIALS_REFUSED"),
        (429, "too_many_requests", "UPSTREAM_QUOTA_EXCEEDED"),
        (500, "internal_server_error", ""),
        (202, "processing", ""),
    ],
)
async def test_each_error_of_a_refund_comes_to_its_state(shop: Shop, status: int, code: str, told: str) -> None:
    row = await shop.paid()
    fail(shop, "refunds.create", status, code)
    call = shop.core.call(2)
    if told:
        with pytest.raises(HubError) as caught:
            await shop.service.create_refund(call, row.id, roubles(5_000), "")
        assert caught.value.reason == told
        assert (await shop.payment(row.id)).reserved == 0
        return
    operated = await shop.service.create_refund(call, row.id, roubles(5_000), "")
    assert operated.operation.state == "OUTCOME_UNKNOWN"
    await shop.pass_time(900, step=30)
    assert (await shop.service.create_refund(call, row.id, roubles(5_000), "")).operation.state == "DONE"
    assert shop.vendor.order(row.vendor_id).refunded == 5_000


@pytest.mark.parametrize(("fails", "state", "refunded"), [("", "DONE", 5_000), ("general_decline", "REFUSED", 0)])
async def test_a_refund_that_takes_its_time_is_unknown_until_it_has_ended(
    shop: Shop, fails: str, state: str, refunded: int
) -> None:
    row = await shop.paid()
    book = shop.vendor.sandbox.yookassa.book
    book.refunds_take_seconds, book.refunds_fail = 1200, fails
    operated = await shop.service.create_refund(shop.core.call(2), row.id, roubles(5_000), "")
    await shop.pass_time(900, step=60)
    assert (await shop.service.get_refund(shop.core.call(), operated.operation.id)).operation.state == "OUTCOME_UNKNOWN"
    await shop.pass_time(420, step=60)
    after = await shop.service.get_refund(shop.core.call(), operated.operation.id)
    assert (after.operation.state, after.payment.refunded, after.payment.reserved) == (state, refunded, refunded)
    assert shop.vendor.calls("refund") == 1


async def test_an_unpaid_payment_is_not_cancelled_and_runs_out_by_itself(shop: Shop) -> None:
    row = await shop.create()
    with pytest.raises(HubError) as caught:
        await shop.service.cancel_payment(shop.core.call(2), row.id)
    assert caught.value.reason == "REFUSED_BY_PROVIDER"
    assert (await shop.payment(row.id)).state == "AWAITING_PAYER"
    shop.vendor.sandbox.yookassa.book.get(row.vendor_id).expires_at = shop.core.clock.now()
    await shop.pass_time(60)
    assert (await shop.payment(row.id)).state == "CANCELLED", "since that was asked for"


async def test_a_hold_tells_when_it_is_let_go_and_is_cancelled_then(shop: Shop) -> None:
    shop.vendor.sandbox.yookassa.book.holds_last_seconds = 900
    row = await shop.paid(two_stage=True)
    assert row.capture_before_time is not None
    assert row.state == "AUTHORIZED"
    await shop.pass_time((row.capture_before_time - shop.core.clock.now()).total_seconds() + 600, step=60)
    row = await shop.payment(row.id)
    assert (row.state, row.held, row.captured) == ("CANCELLED", 0, 0)


@pytest.mark.parametrize("fault", ["answer_lost", "commit_late", "server_error"])
async def test_a_reversal_whose_answers_are_lost_is_sent_again_by_its_key(shop: Shop, fault: str) -> None:
    row = await shop.paid(two_stage=True)
    shop.vendor.fail("reverse", fault, times=ALL_ATTEMPTS, seconds=120)
    await shop.service.cancel_payment(shop.core.call(2), row.id)
    await shop.pass_time(1500, step=30)
    shown = await shop.shown(row.id)
    assert (shown.payment.state, shown.operation) == ("CANCELLED", None)


async def test_a_hub_restored_from_before_it_meets_the_same_payment(
    shop: Shop, port: PaymentsPort, vendor: YookassaVendor, clock: FakeClock, tmp_path: Path
) -> None:
    row = await shop.create()
    vendor.pay(row.vendor_id)
    await shop.pass_time(600, step=60)
    (tmp_path / "older").mkdir()
    async with open_core(tmp_path / "older", clock=clock) as core:
        restored = wire(core, port, vendor)
        again = await restored.create()
        await restored.pass_time(60)
        assert (await restored.payment(again.id)).state == "CAPTURED"
        assert again.vendor_id == row.vendor_id
    assert len(vendor.orders()) == 1


async def test_a_key_that_another_order_took_is_reviewed_and_pays_nothing(
    shop: Shop, port: PaymentsPort, vendor: YookassaVendor, clock: FakeClock, tmp_path: Path
) -> None:
    await shop.create()
    (tmp_path / "other").mkdir()
    async with open_core(tmp_path / "other", clock=clock) as core:
        other = wire(core, port, vendor)
        shown = await other.service.create_payment(core.call(1), "sber", an_order(20_000))
        assert (shown.payment.state, shown.payment.review_reason) == ("NEEDS_REVIEW", "ORDER_DIFFERS")
    assert len(vendor.orders()) == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The public listener behind a listed proxy."""

    shop: Shop
    session: aiohttp.ClientSession

    async def tell(self, message: Any, *, source: str = THEIRS) -> int:
        headers = {"X-Forwarded-For": source} if source else {}
        async with self.session.post(callback_path("sber"), json=message, headers=headers) as got:
            return got.status


@pytest.fixture(params=[True])
async def desk(shop: Shop, port: PaymentsPort, clock: FakeClock, request: pytest.FixtureRequest) -> AsyncIterator[Desk]:
    core = shop.core
    account = Account(name="sber", port=port, callers=frozenset({"crm"}))
    ledger = Ledger(store=shop.store, database=core.database, outbox=core.outbox, events=core.events)
    callbacks = Callbacks(account=account, store=shop.store, ledger=ledger, database=core.database, clock=clock)
    listening = PublicListening(
        routes=callbacks.routes,
        proxies=(ip_network("127.0.0.0/8"),) if request.param else (),
        refusals=RefusalCounts(audit=core.audit, clock=clock),
        metrics=WebhookMetrics(registry=core.registry),
    )
    listener = Listener(application=listening.application(), address="127.0.0.1:0")
    bound = await listener.start()
    async with aiohttp.ClientSession(f"http://127.0.0.1:{bound}", timeout=aiohttp.ClientTimeout(total=10)) as session:
        yield Desk(shop=shop, session=session)
    await listener.close()


def notification(vendor_id: str, event: str = "payment.succeeded", **more: Any) -> dict[str, Any]:
    thing = {"id": vendor_id, "status": "canceled", "amount": {"value": "1.00", "currency": "RUB"}, **more}
    return {"type": "notification", "event": event, "object": thing}


@pytest.mark.parametrize(
    "source",
    [
        "185.71.76.31",
        "185.71.77.1",
        "77.75.153.127",
        "77.75.154.128",
        "77.75.156.11",
        "77.75.156.35",
        "2a02:5180:0:1509::1",
        "2a02:5180:0:2655::1",
        "2a02:5180:0:1533::1",
        "2a02:5180:0:2669::1",
        "::ffff:185.71.76.5",
        f"203.0.113.9, {THEIRS}",
    ],
)
async def test_a_notification_from_the_published_networks_has_its_payment_looked_at(desk: Desk, source: str) -> None:
    row = await desk.shop.create()
    desk.shop.vendor.pay(row.vendor_id)
    assert await desk.tell(notification(row.vendor_id), source=source) == 200
    await desk.shop.core.outbox.run_due()
    assert (await desk.shop.payment(row.id)).state == "CAPTURED", "as it is, not as the notification has it"


@pytest.mark.parametrize("source", ["185.71.76.32", "77.75.156.12", "203.0.113.9", f"{THEIRS}, 203.0.113.9", "x", ""])
async def test_a_notification_from_elsewhere_is_refused_and_asks_nobody(desk: Desk, source: str) -> None:
    row = await desk.shop.create()
    before = desk.shop.vendor.calls("status")
    assert await desk.tell(notification(row.vendor_id), source=source) == 403
    await desk.shop.core.outbox.run_due()
    assert desk.shop.vendor.calls("status") == before


@pytest.mark.parametrize("desk", [False], indirect=True)
async def test_what_a_proxy_that_is_not_listed_says_of_the_sender_is_not_believed(desk: Desk) -> None:
    row = await desk.shop.create()
    assert await desk.tell(notification(row.vendor_id)) == 403


async def test_a_notification_of_a_refund_has_its_payment_looked_at(desk: Desk) -> None:
    row = await desk.shop.paid()
    desk.shop.vendor.operate(row.vendor_id, "refund", 5_000)
    told = notification("216749f7-0016-50be-b000-078d43a63ae4", "refund.succeeded", payment_id=row.vendor_id)
    assert await desk.tell(told) == 200
    await desk.shop.pass_time(10)
    assert (await desk.shop.payment(row.id)).refunded == 5_000


@pytest.mark.parametrize(
    ("message", "status"),
    [
        (notification("00000000-0000-4000-8000-000000000000"), 200),
        (notification("po-285c0ab7-0003-5000-9000-0e1166498fda", "payout.succeeded"), 200),
        ({"type": "notification", "event": "payment.succeeded"}, 400),
        ({"type": "notification", "event": "payment.succeeded", "object": []}, 400),
        ({"type": "notification", "event": "payment.succeeded", "object": {"id": 7}}, 400),
        ({"event": "payment.succeeded", "object": {"id": "x"}}, 400),
        ([], 400),
        ("x", 400),
    ],
)
async def test_what_is_about_no_payment_of_ours_asks_nobody(desk: Desk, message: Any, status: int) -> None:
    assert await desk.tell(message) == status
    await desk.shop.core.outbox.run_due()
    assert desk.shop.vendor.calls("status") == 0
