"""One payment from request to order: one order a request, lost answers, restarts, restored databases."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest

from hub.core.clock import FakeClock
from hub.core.errors import AlreadyExistsError, InvalidRequestError, NotFoundError, PreconditionError, UnavailableError
from hub.modules.payments.port import Order, PaymentsPort, RefusedByProviderError
from hub.modules.payments.settlement import Finding
from sandbox.sberbank_wire import Dialect
from tests.contract.payments_vendor import an_order, roubles
from tests.contract.sberbank_vendor import SberbankVendor
from tests.modules.payments.conftest import Shop, wire
from tests.support.core_fixtures import open_core
from tests.support.databases import stored_bytes


async def event_states(shop: Shop) -> Sequence[str]:
    return [stored.event.data["state"] for stored in await shop.core.events.list(owner="crm")]


async def test_an_order_is_opened_once_and_its_payment_seen(shop: Shop) -> None:
    row = await shop.create()
    assert (row.state, row.captured) == ("AWAITING_PAYER", 0)
    assert row.payment_url.startswith("https://")
    shop.vendor.pay(row.vendor_id)
    await shop.pass_time(20)
    row = await shop.payment(row.id)
    assert (row.state, row.captured, row.refunded) == ("CAPTURED", 19_900, 0)
    assert await event_states(shop) == ["PENDING", "AWAITING_PAYER", "CAPTURED"]


async def test_what_is_answered_without_reading_is_what_is_read_afterwards(shop: Shop) -> None:
    answered = await shop.service.create_payment(shop.core.call(), "sber", an_order())
    assert answered == await shop.shown(answered.payment.id)


@pytest.mark.parametrize("port", [Dialect.ECOM], indirect=True)  # it is about the hub, so one of them is enough
async def test_a_thousand_equal_calls_at_once_open_one_order_and_are_answered_alike(shop: Shop) -> None:
    rows = await asyncio.gather(*(shop.create() for _ in range(1_000)))
    assert {(row.id, row.state, row.vendor_id) for row in rows} == {(rows[0].id, "AWAITING_PAYER", rows[0].vendor_id)}
    assert shop.vendor.calls("create") == len(shop.vendor.orders()) == 1


async def test_the_same_request_id_with_another_amount_is_refused(shop: Shop) -> None:
    await shop.create()
    with pytest.raises(AlreadyExistsError):
        await shop.service.create_payment(shop.core.call(fingerprint=b"other"), "sber", an_order(20_000))
    assert shop.vendor.calls("create") == 1


@pytest.mark.parametrize("fault", ["answer_lost", "cut_body", "cut_document", "empty", "reset", "server_error", "html"])
async def test_a_lost_answer_leads_to_one_order_that_can_be_paid(shop: Shop, fault: str) -> None:
    shop.vendor.fail("create", fault)
    row = await shop.create()
    assert row.state == "OUTCOME_UNKNOWN"
    await shop.pass_time(900, step=30)  # less than an order lives
    row = await shop.payment(row.id)
    assert (row.state, bool(row.payment_url)) == ("AWAITING_PAYER", True)
    payable = [order for order in shop.vendor.orders() if await can_be_paid(shop, order.vendor_id)]
    assert [order.vendor_id for order in payable] == [row.vendor_id], "an order nobody can follow is declined first"


async def can_be_paid(shop: Shop, vendor_id: str) -> bool:
    found = shop.vendor.sandbox.sberbank.book.find(vendor_id)
    return found is not None and found.status == 0


async def test_an_order_committed_after_we_gave_up_is_found_and_sealed(shop: Shop) -> None:
    shop.vendor.fail("create", "commit_late", seconds=120)
    row = await shop.create()
    assert row.state == "OUTCOME_UNKNOWN"
    await shop.pass_time(900, step=30)
    row = await shop.payment(row.id)
    assert row.state == "AWAITING_PAYER"
    assert row.attempt == 2
    assert len(shop.vendor.orders()) == 2
    assert [await can_be_paid(shop, order.vendor_id) for order in shop.vendor.orders()] == [False, True]


async def test_a_decline_whose_answer_is_lost_is_looked_at_before_the_next_order_is_opened(shop: Shop) -> None:
    shop.vendor.fail("create", "answer_lost")
    shop.vendor.fail("decline", "answer_lost")
    row = await shop.create()
    await shop.pass_time(60)
    row = await shop.payment(row.id)
    assert (row.state, row.attempt) == ("AWAITING_PAYER", 2)


async def test_answers_that_are_always_lost_end_with_a_person(shop: Shop) -> None:
    shop.vendor.fail("create", "answer_lost", times=20)
    row = await shop.create()
    await shop.pass_time(600, step=30)
    row = await shop.payment(row.id)
    assert (row.state, row.review_reason) == ("NEEDS_REVIEW", "TOO_MANY_ATTEMPTS")
    assert not any([await can_be_paid(shop, order.vendor_id) for order in shop.vendor.orders()])
    assert [stuck.resource for stuck in await shop.settlement.stuck(10)] == [f"payments.Payment/{row.id}"]


async def test_an_order_that_the_bank_fails_at_for_ever_is_shown_to_a_person_who_may_settle_it(shop: Shop) -> None:
    shop.vendor.fail("create", "unclear", times=1_000)
    row = await shop.create()
    await shop.pass_time(1_200, step=60)
    assert await shop.settlement.stuck(10) == [], "an outage of minutes is the hub's own to get over"
    await shop.pass_time(3_600, step=300)
    [stuck] = await shop.settlement.stuck(10)
    assert (stuck.resource, stuck.last_error) == (f"payments.Payment/{row.id}", "TOO_MANY_ATTEMPTS")
    sent = shop.vendor.calls("create")
    await shop.pass_time(86_400, step=3_600)
    assert shop.vendor.calls("create") == sent, "while it is sent, nobody can say that it did not happen"
    settled = await shop.settlement.resolve_payment(shop.core.call(2), row.id, Finding(happened=False))
    assert (settled.state, await shop.settlement.stuck(10)) == ("REFUSED", [])
    assert shop.vendor.orders() == []


async def test_what_could_not_be_sent_is_told_and_done_only_when_it_is_asked_for_again(shop: Shop) -> None:
    shop.vendor.fail("create", "too_many_requests", times=3, seconds=0)
    with pytest.raises(Exception, match="again") as caught:
        await shop.create()
    assert getattr(caught.value, "reason", "") == "UPSTREAM_QUOTA_EXCEEDED"
    await shop.pass_time(600, step=30)
    assert shop.vendor.orders() == [], "nobody opens an order behind the back of a caller who was told no"
    rows = await asyncio.gather(*(shop.create() for _ in range(20)))
    assert {row.state for row in rows} == {"AWAITING_PAYER"}
    assert len(shop.vendor.orders()) == 1


async def test_a_bank_that_is_away_is_told_as_unavailable(shop: Shop) -> None:
    await shop.vendor.sandbox.sberbank.stop()
    with pytest.raises(UnavailableError):
        await shop.create()
    await shop.vendor.sandbox.sberbank.start()
    assert (await shop.create()).state == "AWAITING_PAYER"


async def test_refused_credentials_are_told_and_the_same_request_goes_through_once_they_are_mended(shop: Shop) -> None:
    shop.vendor.fail("create", "access_denied")
    with pytest.raises(PreconditionError) as caught:
        await shop.create()
    assert caught.value.reason == "UPSTREAM_CREDENTIALS_REFUSED"
    assert (await shop.create()).state == "AWAITING_PAYER"


async def test_a_refusal_is_the_same_when_asked_again(shop: Shop) -> None:
    shop.vendor.fail("create", "refused")
    for _ in range(2):
        with pytest.raises(RefusedByProviderError) as caught:
            await shop.create()
        assert caught.value.metadata == {"vendor_code": "4"}
    assert shop.vendor.calls("create") == 1


async def test_a_restart_after_a_lost_answer_asks_before_it_sends(
    tmp_path: Path, clock: FakeClock, port: PaymentsPort, vendor: SberbankVendor
) -> None:
    async with open_core(tmp_path, clock=clock) as core:
        vendor.fail("create", "answer_lost")
        row = await wire(core, port, vendor).create()
    async with open_core(tmp_path, clock=clock, seed=2) as core:
        shop = wire(core, port, vendor)
        await shop.pass_time(60)
        row = await shop.payment(row.id)
    assert row.state == "AWAITING_PAYER"
    assert len(vendor.orders()) == 2


def folder(parent: Path, name: str) -> Path:
    made = parent / name
    made.mkdir()
    return made


@pytest.mark.parametrize("paid", [False, True])
async def test_a_replay_over_yesterdays_database_meets_the_same_order(
    tmp_path: Path, clock: FakeClock, port: PaymentsPort, vendor: SberbankVendor, *, paid: bool
) -> None:
    async with open_core(folder(tmp_path, "today"), clock=clock) as core:
        first = await wire(core, port, vendor).create()
    if paid:
        vendor.pay(first.vendor_id)
    async with open_core(folder(tmp_path, "restored"), clock=clock, seed=2) as core:
        shop = wire(core, port, vendor)
        again = await shop.create()
        if paid:
            assert (again.state, again.vendor_id, again.captured) == ("CAPTURED", first.vendor_id, 19_900)
        else:
            assert (again.state, again.vendor_id) != ("AWAITING_PAYER", first.vendor_id), "its address is lost"
            assert [await can_be_paid(shop, order.vendor_id) for order in vendor.orders()] == [False, True]


async def test_another_order_under_our_number_is_left_to_a_person(
    tmp_path: Path, clock: FakeClock, port: PaymentsPort, vendor: SberbankVendor
) -> None:
    async with open_core(folder(tmp_path, "today"), clock=clock) as core:
        await wire(core, port, vendor).create()
    async with open_core(folder(tmp_path, "restored"), clock=clock, seed=2) as core:
        shop = wire(core, port, vendor)
        shown = await shop.service.create_payment(core.call(), "sber", an_order(20_000))
        assert (shown.payment.state, shown.payment.review_reason) == ("NEEDS_REVIEW", "ORDER_DIFFERS")


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/ok",
        "https://shop.example@evil.example/ok",
        "https://shop.example.evil.example/ok",
        "https://shop.example:8443/ok",
        "https://shop.example\\@evil.example/ok",
        "https://[::1/ok",
    ],
)
async def test_a_payer_is_never_sent_to_a_host_that_is_not_the_callers(shop: Shop, url: str) -> None:
    order = Order(amount=roubles(100), return_url=url)
    with pytest.raises(InvalidRequestError) as caught:
        await shop.service.create_payment(shop.core.call(), "sber", order)
    assert caught.value.reason == "RETURN_HOST_NOT_ALLOWED"
    assert shop.vendor.calls("create") == 0


async def test_an_account_that_is_not_the_callers_is_refused_like_one_there_is_not(shop: Shop) -> None:
    told = []
    for name, caller in (("sber", "stranger"), ("nowhere", "crm"), ("", "stranger")):
        call = shop.core.call(caller=caller, group=caller)
        with pytest.raises(PreconditionError) as caught:
            await shop.service.create_payment(call, name, an_order())
        told.append((caught.value.reason, caught.value.message))
    assert len(set(told)) == 1


async def test_another_callers_payment_does_not_exist(shop: Shop) -> None:
    row = await shop.create()
    stranger = shop.core.call(2, caller="other", group="other")
    with pytest.raises(NotFoundError):
        await shop.service.get_payment(stranger, row.id)
    with pytest.raises(NotFoundError):
        await shop.service.cancel_payment(stranger, row.id)
    with pytest.raises(NotFoundError):
        await shop.service.create_refund(stranger, row.id, roubles(100), "")


async def test_what_a_payer_reads_is_in_no_byte_of_the_database(shop: Shop, tmp_path: Path) -> None:
    shop.vendor.fail("create", "answer_lost", times=2)
    await shop.create()
    await shop.core.database.read(lambda conn: conn.exec_driver_sql("SELECT 1"))
    stored = stored_bytes(tmp_path)
    assert "Аренда".encode() not in stored
    assert b"sandbox&password" not in stored


async def test_an_answer_read_after_the_window_is_no_proof_if_it_was_asked_for_within(
    shop: Shop, port: PaymentsPort, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.vendor.fail("create", "reset")
    row = await shop.create()
    assert row.state == "OUTCOME_UNKNOWN"

    async def stopped(reference: str, *, since: datetime) -> None:
        """Be told that nothing is there, and be stopped for a while before that is read."""
        shop.core.clock.jump(20)

    monkeypatch.setattr(port, "find", stopped)
    await shop.leap(port.capabilities.visibility_window.total_seconds() - 10)
    assert shop.vendor.calls("create") == 1
    await shop.leap(10)
    assert shop.vendor.calls("create") == 2, "asked for after the window, it is"
