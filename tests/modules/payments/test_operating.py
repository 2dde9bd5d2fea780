"""Captures, cancellations and refunds: once each, judged by what the bank shows, within what was captured."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, update
from sqlalchemy.exc import IntegrityError

from hub.core.clock import FakeClock
from hub.core.errors import HubError, InProgressError, PreconditionError
from hub.modules.payments.port import PaymentsPort, RefusedByProviderError
from hub.modules.payments.settlement import Finding
from hub.modules.payments.store import payments
from sandbox.app import Sandbox
from sandbox.sberbank_wire import Dialect
from tests.contract.payments_vendor import roubles
from tests.contract.provider_context import make_context
from tests.contract.sberbank_vendor import SberbankVendor, connect, sandbox_settings
from tests.modules.payments.conftest import Shop, wire
from tests.support.core_fixtures import open_core

LOST = ["answer_lost", "cut_body", "empty", "server_error", "reset"]


async def reason_of(shop: Shop, payment_id: str, kopecks: int, number: int) -> str:
    with pytest.raises(HubError) as caught:
        await shop.service.create_refund(shop.core.call(number), payment_id, roubles(kopecks), "")
    return caught.value.reason


async def test_a_held_payment_is_captured_in_part_and_the_rest_let_go(shop: Shop) -> None:
    row = await shop.paid(two_stage=True)
    assert (row.state, row.held, row.captured) == ("AUTHORIZED", 19_900, 0)
    operated = await shop.service.capture_payment(shop.core.call(2), row.id, roubles(15_000))
    assert operated.operation.state == "DONE"
    assert (operated.payment.state, operated.payment.captured, operated.payment.held) == ("CAPTURED", 15_000, 0)


async def test_without_an_amount_all_that_is_held_is_captured(shop: Shop) -> None:
    row = await shop.paid(two_stage=True)
    operated = await shop.service.capture_payment(shop.core.call(2), row.id, None)
    assert (operated.payment.captured, operated.operation.minor_units) == (19_900, 19_900)


async def test_more_than_is_held_is_never_asked_for(shop: Shop) -> None:
    row = await shop.paid(two_stage=True)
    with pytest.raises(PreconditionError) as caught:
        await shop.service.capture_payment(shop.core.call(2), row.id, roubles(19_901))
    assert caught.value.reason == "CAPTURE_EXCEEDS_HELD"
    assert shop.vendor.calls("capture") == 0


@pytest.mark.parametrize("fault", LOST)
async def test_a_capture_whose_answer_is_lost_is_done_once(shop: Shop, fault: str) -> None:
    row = await shop.paid(two_stage=True)
    shop.vendor.fail("capture", fault)
    await shop.service.capture_payment(shop.core.call(2), row.id, roubles(15_000))
    await shop.pass_time(900, step=30)
    operated = await shop.service.capture_payment(shop.core.call(2), row.id, roubles(15_000))
    assert (operated.operation.state, operated.payment.captured) == ("DONE", 15_000)
    assert shop.vendor.order(row.vendor_id).captured == 15_000


@pytest.mark.parametrize("port", [Dialect.ECOM], indirect=True)  # it keeps refunds' numbers
async def test_a_refund_that_the_bank_fails_at_for_ever_is_shown_to_a_person(shop: Shop) -> None:
    row = await shop.paid()
    shop.vendor.fail("refund", "server_error", times=1_000)
    await shop.service.create_refund(shop.core.call(2), row.id, roubles(100), "")
    await shop.pass_time(600, step=60)
    assert await shop.settlement.stuck(10) == []
    await shop.pass_time(3_600, step=300)
    [stuck] = await shop.settlement.stuck(10)
    assert (stuck.resource, stuck.last_error) == (f"payments.Payment/{row.id}", "OUTCOME_UNKNOWN")
    assert "goes on asking" in stuck.remedy
    await shop.pass_time(86_400, step=3_600)
    assert [stuck.last_error for stuck in await shop.settlement.stuck(10)] == ["TOO_MANY_ATTEMPTS"]
    settled = await shop.settlement.resolve_payment(shop.core.call(3), row.id, Finding(happened=False))
    assert (settled.state, settled.reserved, settled.refunded) == ("CAPTURED", 0, 0)
    assert await shop.settlement.stuck(10) == []


async def test_a_payment_captured_in_the_banks_cabinet_is_not_captured_by_us(shop: Shop) -> None:
    row = await shop.paid(two_stage=True)
    shop.vendor.operate(row.vendor_id, "deposit", 10_000)
    with pytest.raises(RefusedByProviderError):
        await shop.service.capture_payment(shop.core.call(2), row.id, roubles(15_000))
    assert (await shop.payment(row.id)).captured == 10_000
    assert shop.vendor.calls("capture") == 0


async def test_an_unpaid_payment_is_cancelled(shop: Shop) -> None:
    row = await shop.create()
    operated = await shop.service.cancel_payment(shop.core.call(2), row.id)
    assert (operated.operation.state, operated.payment.state) == ("DONE", "CANCELLED")


async def test_a_payment_that_was_paid_meanwhile_is_not_cancelled(shop: Shop) -> None:
    row = await shop.create()
    shop.vendor.pay(row.vendor_id)
    with pytest.raises(RefusedByProviderError):
        await shop.service.cancel_payment(shop.core.call(2), row.id)
    assert (await shop.payment(row.id)).state == "CAPTURED"


async def test_a_hold_is_let_go_by_one_reversal(shop: Shop) -> None:
    row = await shop.paid(two_stage=True)
    operated = await shop.service.cancel_payment(shop.core.call(2), row.id)
    assert (operated.payment.state, operated.payment.held) == ("CANCELLED", 0)
    await shop.pass_time(900, step=60)
    assert (await shop.payment(row.id)).state == "CANCELLED"
    assert shop.vendor.calls("reverse") == 1


async def test_a_reversal_whose_answer_is_lost_is_found_and_never_sent_again(shop: Shop) -> None:
    row = await shop.paid(two_stage=True)
    shop.vendor.fail("reverse", "answer_lost")
    shop.vendor.fail("reverse", "status_lags", seconds=60)
    await shop.service.cancel_payment(shop.core.call(2), row.id)
    await shop.pass_time(900, step=30)
    operated = await shop.service.cancel_payment(shop.core.call(2), row.id)
    assert (operated.operation.state, operated.payment.state) == ("DONE", "CANCELLED")
    assert shop.vendor.calls("reverse") == 1


async def test_a_reversal_that_never_shows_is_left_to_a_person(shop: Shop) -> None:
    row = await shop.paid(two_stage=True)
    shop.vendor.fail("reverse", "reset")
    await shop.service.cancel_payment(shop.core.call(2), row.id)
    await shop.pass_time(900, step=30)
    shown = await shop.shown(row.id)
    assert (shown.payment.state, shown.payment.review_reason) == ("NEEDS_REVIEW", "REVERSAL_NOT_SHOWN")
    assert shop.vendor.calls("reverse") == 1
    await shop.settlement.resolve_payment(shop.core.call(3), row.id, Finding(happened=False))
    await shop.pass_time(30)
    shown = await shop.shown(row.id)
    assert (shown.payment.state, shown.operation) == ("AUTHORIZED", None)
    with pytest.raises(PreconditionError) as caught:
        await shop.settlement.resolve_payment(shop.core.call(4), row.id, Finding(happened=True))
    assert caught.value.reason == "NOTHING_TO_RESOLVE"


async def test_money_that_comes_after_the_end_is_told_as_such(shop: Shop) -> None:
    row = await shop.create()
    order = shop.vendor.sandbox.sberbank.book.find(row.vendor_id)
    assert order
    await shop.service.cancel_payment(shop.core.call(2), row.id)
    order.status = 0  # the bank's decline was undone, and the payer paid on the page he had open
    shop.vendor.pay(row.vendor_id)
    await shop.pass_time(700, step=60)
    row = await shop.payment(row.id)
    assert (row.state, row.captured) == ("PAID_AFTER_CANCEL", 19_900)
    await shop.service.create_refund(shop.core.call(3), row.id, roubles(19_900), "")
    assert (await shop.payment(row.id)).state == "REFUNDED"


async def test_refunds_go_up_to_what_was_captured_and_no_further(shop: Shop) -> None:
    row = await shop.paid()
    first = await shop.service.create_refund(shop.core.call(2), row.id, roubles(10_000), "Брак")
    assert (first.operation.state, first.payment.state, first.payment.refunded) == (
        "DONE",
        "PARTIALLY_REFUNDED",
        10_000,
    )
    assert await reason_of(shop, row.id, 9_901, 3) == "REFUND_EXCEEDS_CAPTURED"
    second = await shop.service.create_refund(shop.core.call(4), row.id, roubles(9_900), "")
    assert (second.payment.state, second.payment.reserved) == ("REFUNDED", 19_900)
    assert shop.vendor.order(row.vendor_id).refunded == 19_900
    assert shop.vendor.calls("refund") == 2


async def test_refunds_that_were_made_in_the_banks_cabinet_count(shop: Shop) -> None:
    row = await shop.paid()
    shop.vendor.operate(row.vendor_id, "refund", 15_000)
    await shop.pass_time(700, step=60)
    row = await shop.payment(row.id)
    assert (row.state, row.refunded, row.reserved) == ("PARTIALLY_REFUNDED", 15_000, 0)
    assert await reason_of(shop, row.id, 4_901, 2) == "REFUND_EXCEEDS_CAPTURED"


async def test_a_refund_that_the_bank_takes_back_is_seen(shop: Shop) -> None:
    row = await shop.paid()
    await shop.service.create_refund(shop.core.call(2), row.id, roubles(19_900), "")
    assert (await shop.payment(row.id)).state == "REFUNDED"
    shop.vendor.operate(row.vendor_id, "undo_refund", 19_900)
    await shop.pass_time(1_300, step=60)
    row = await shop.payment(row.id)
    assert (row.state, row.refunded) == ("CAPTURED", 0)


@pytest.mark.parametrize("fault", LOST)
async def test_a_refund_whose_answer_is_lost_is_made_once(shop: Shop, fault: str) -> None:
    row = await shop.paid()
    shop.vendor.fail("refund", fault, times=3)
    await shop.service.create_refund(shop.core.call(2), row.id, roubles(5_000), "")
    await shop.pass_time(900, step=30)
    operated = await shop.service.create_refund(shop.core.call(2), row.id, roubles(5_000), "")
    assert (operated.operation.state, operated.payment.refunded) == ("DONE", 5_000)
    assert shop.vendor.order(row.vendor_id).refunded == 5_000


async def test_a_refund_committed_late_beside_an_operators_is_made_once(shop: Shop) -> None:
    row = await shop.paid()
    shop.vendor.fail("refund", "commit_late", times=3, seconds=120)
    await shop.service.create_refund(shop.core.call(2), row.id, roubles(5_000), "")
    shop.vendor.operate(row.vendor_id, "refund", 5_000)
    await shop.pass_time(900, step=30)
    operated = await shop.service.create_refund(shop.core.call(2), row.id, roubles(5_000), "")
    row = await shop.payment(row.id)
    true = shop.vendor.order(row.vendor_id)
    assert operated.operation.state == "DONE"
    assert (row.refunded, true.refunded, row.reserved) == (10_000, 10_000, 5_000)


async def test_while_a_refund_is_unknown_nothing_else_is_done_to_the_payment(shop: Shop) -> None:
    row = await shop.paid()
    shop.vendor.fail("refund", "reset", times=3)
    operated = await shop.service.create_refund(shop.core.call(2), row.id, roubles(5_000), "")
    assert operated.operation.state == "OUTCOME_UNKNOWN"
    with pytest.raises(InProgressError) as caught:
        await shop.service.create_refund(shop.core.call(3), row.id, roubles(5_000), "")
    assert caught.value.metadata == {"operation_id": operated.operation.id}


async def test_of_many_refunds_at_once_one_is_made_at_a_time(shop: Shop) -> None:
    row = await shop.paid()
    calls = [shop.service.create_refund(shop.core.call(n), row.id, roubles(9_000), "") for n in range(2, 22)]
    ends = await asyncio.gather(*calls, return_exceptions=True)
    done = [end for end in ends if not isinstance(end, BaseException)]
    assert {getattr(end, "reason", "") for end in ends if isinstance(end, BaseException)} <= {
        "PAYMENT_BUSY",
        "REFUND_EXCEEDS_CAPTURED",
    }
    assert shop.vendor.order(row.vendor_id).refunded == 9_000 * len(done) <= 19_900


async def test_a_refund_that_did_not_leave_reserves_nothing_and_begins_anew_when_asked(shop: Shop) -> None:
    row = await shop.paid()
    await shop.vendor.sandbox.sberbank.stop()
    assert await reason_of(shop, row.id, 19_900, 2) == "UPSTREAM_UNAVAILABLE"
    assert (await shop.payment(row.id)).reserved == 0
    await shop.vendor.sandbox.sberbank.start()
    await shop.pass_time(600, step=60)
    assert shop.vendor.order(row.vendor_id).refunded == 0
    operated = await shop.service.create_refund(shop.core.call(2), row.id, roubles(19_900), "")
    assert (operated.operation.state, operated.payment.reserved) == ("DONE", 19_900)


async def test_the_database_itself_holds_refunds_within_what_was_captured(shop: Shop) -> None:
    row = await shop.paid()

    def overbook(conn: Connection) -> None:
        conn.execute(update(payments).where(payments.c.id == row.id).values(reserved=19_901))

    with pytest.raises(IntegrityError):
        await shop.core.database.write(overbook, label="test")


async def test_a_restart_in_the_middle_of_a_refund_makes_it_once(
    tmp_path: Path, clock: FakeClock, port: PaymentsPort, vendor: SberbankVendor
) -> None:
    async with open_core(tmp_path, clock=clock) as core:
        shop = wire(core, port, vendor)
        row = await shop.paid()
        vendor.fail("refund", "answer_lost", times=3)
        vendor.fail("refund", "status_lags", seconds=60)
        operated = await shop.service.create_refund(core.call(2), row.id, roubles(5_000), "")
        assert operated.operation.state == "OUTCOME_UNKNOWN"
    async with open_core(tmp_path, clock=clock, seed=2) as core:
        shop = wire(core, port, vendor)
        await shop.pass_time(900, step=30)
        operated = await shop.service.create_refund(core.call(2), row.id, roubles(5_000), "")
    assert operated.operation.state == "DONE"
    assert vendor.order(row.vendor_id).refunded == 5_000


async def test_a_refund_over_yesterdays_database_meets_the_one_that_was_made(
    tmp_path: Path, clock: FakeClock, port: PaymentsPort, vendor: SberbankVendor
) -> None:
    vendor_ids = []
    for seed in (1, 2):
        folder = tmp_path / str(seed)
        folder.mkdir()
        async with open_core(folder, clock=clock, seed=seed) as core:
            shop = wire(core, port, vendor)
            # The second time it is found by its number, and adopted with its money.
            row = await (shop.paid() if seed == 1 else shop.create())
            operated = await shop.service.create_refund(core.call(2), row.id, roubles(5_000), "")
            assert operated.operation.state == "DONE"
            vendor_ids.append(row.vendor_id)
    assert vendor_ids[0] == vendor_ids[1]
    assert vendor.order(vendor_ids[0]).refunded == 5_000


@pytest.fixture
async def plain_shop(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Shop]:
    """A shop at a bank that keeps no number of a refund."""
    settings = sandbox_settings(tmp_path, sberbank_takes_refund_ids=False)
    async with Sandbox.start(settings) as sandbox, open_core(tmp_path, clock=clock) as core:
        port = connect(make_context(tmp_path), sandbox, Dialect.CLASSIC, keyed_refunds=False)
        yield wire(core, port, SberbankVendor(sandbox))
        await port.close()


@pytest.mark.parametrize(("fault", "reason"), [("answer_lost", "REFUND_AMBIGUOUS"), ("reset", "REFUND_NOT_SHOWN")])
async def test_where_the_bank_keeps_no_number_a_lost_refund_waits_for_a_person(
    plain_shop: Shop, fault: str, reason: str
) -> None:
    shop = plain_shop
    row = await shop.paid()
    shop.vendor.fail("refund", fault)
    await shop.service.create_refund(shop.core.call(2), row.id, roubles(5_000), "")
    await shop.pass_time(900, step=30)
    shown = await shop.shown(row.id)
    assert (shown.payment.state, shown.payment.review_reason) == ("NEEDS_REVIEW", reason)
    assert shop.vendor.calls("refund") == 1
    happened = fault == "answer_lost"
    await shop.settlement.resolve_payment(shop.core.call(3), row.id, Finding(happened=happened))
    await shop.pass_time(10)
    row = await shop.payment(row.id)
    assert (row.state, row.reserved) == (("PARTIALLY_REFUNDED", 5_000) if happened else ("CAPTURED", 0))


async def test_where_the_bank_keeps_no_number_a_refund_it_does_not_know_of_stops_ours(plain_shop: Shop) -> None:
    shop = plain_shop
    row = await shop.paid()
    shop.vendor.operate(row.vendor_id, "refund", 5_000)
    operated = await shop.service.create_refund(shop.core.call(2), row.id, roubles(5_000), "")
    assert (operated.operation.state, operated.payment.review_reason) == ("NEEDS_REVIEW", "REFUND_AMBIGUOUS")
    assert shop.vendor.calls("refund") == 0


async def test_a_refund_seen_by_a_restored_hub_that_forgot_it_is_not_made_again_where_the_bank_keeps_no_number(
    plain_shop: Shop, tmp_path: Path, clock: FakeClock
) -> None:
    """The restored hub looks at the order before anybody asks it for the refund again."""
    row = await plain_shop.paid()
    await plain_shop.service.create_refund(plain_shop.core.call(2), row.id, roubles(5_000), "")
    (tmp_path / "restored").mkdir()
    port = connect(make_context(tmp_path), plain_shop.vendor.sandbox, Dialect.CLASSIC, keyed_refunds=False)
    async with open_core(tmp_path / "restored", clock=clock, seed=2) as core:
        shop = wire(core, port, plain_shop.vendor)
        again = await shop.create()
        assert (again.state, again.refunded, again.reserved) == ("PARTIALLY_REFUNDED", 5_000, 0)
        refunded = await shop.service.create_refund(core.call(2), again.id, roubles(5_000), "")
        assert refunded.operation.state == "NEEDS_REVIEW"
        assert refunded.payment.review_reason == "REFUND_AMBIGUOUS"
        assert shop.vendor.order(row.vendor_id).refunded == 5_000
        await shop.settlement.resolve_payment(core.call(3), again.id, Finding(happened=True))
        other = await shop.service.create_refund(core.call(4), again.id, roubles(4_000), "")
        assert other.operation.state == "DONE", "what nobody can have made before is made"
    await port.close()


async def test_a_refund_that_the_bank_never_stops_refusing_is_refused_and_may_be_asked_for_anew(shop: Shop) -> None:
    row = await shop.paid()
    shop.vendor.fail("refund", "unclear", times=20)
    refunded = await shop.service.create_refund(shop.core.call(2), row.id, roubles(5_000), "")
    assert refunded.operation.state == "OUTCOME_UNKNOWN"
    await shop.pass_time(1_200, step=60)
    again = await shop.service.get_refund(shop.core.call(), refunded.operation.id)
    assert (again.operation.state, again.operation.refusal_code, again.payment.reserved) == ("REFUSED", "7", 0)
    assert shop.vendor.calls("refund") == 1
