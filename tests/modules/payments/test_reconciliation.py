"""Days compared with the acquirer: every way to differ, told once, whatever is lost on the way."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unittest.mock import AsyncMock

import pytest

from hub.core.clock import FakeClock
from hub.core.errors import InvalidRequestError, NotFoundError
from hub.core.event_store import HUBS_OWN
from hub.core.events import Event
from hub.core.jobs import JobState, NewJob
from hub.modules.payments.day import Day
from hub.modules.payments.port import Observation, OrderPage, PaymentsPort
from hub.modules.payments.reconciliation_service import Reconciled
from hub.modules.payments.reconciliations_store import MismatchRow
from sandbox.sberbank_wire import Dialect
from tests.contract.payments_vendor import roubles
from tests.contract.provider_context import make_context
from tests.contract.sberbank_vendor import START, SberbankVendor, connect
from tests.modules.payments.conftest import Shop, wire
from tests.support.core_fixtures import Core, open_core

DAY = Day.of(START)
A_DAY = 24 * 3_600


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(START)  # the bank's


@pytest.fixture(params=[Dialect.CLASSIC])
async def port(vendor: SberbankVendor, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[PaymentsPort]:
    """The classic dialect lists; the other one says that it can't."""
    policy = {"failure_threshold": 1000}
    connected = connect(make_context(tmp_path), vendor.sandbox, request.param, policy=policy, lists_orders=None)
    yield connected
    await connected.close()


order_by_order = pytest.mark.parametrize("port", [Dialect.ECOM], indirect=True)
both_ways = pytest.mark.parametrize("port", list(Dialect), indirect=True)


async def let_a_day_pass(shop: Shop, days: int = 1) -> None:
    for _ in range(days):
        await shop.leap(A_DAY)


async def reconcile(shop: Shop, *, number: int = 500, day: Day = DAY) -> Reconciled:
    call = shop.core.call(number)
    begun = await shop.books.reconciliations.create(call, "sber", str(day))
    await shop.core.outbox.run_due()
    return await shop.books.reconciliations.get(call, begun.row.id)


async def told(shop: Shop, owner: str = "crm") -> Sequence[Event]:
    found = await shop.core.events.list(owner=owner, types=["payments.reconciliation.mismatch"])
    return [stored.event for stored in found]


def only(found: Reconciled) -> MismatchRow:
    (mismatch,) = found.mismatches
    return mismatch


@both_ways
async def test_a_day_on_which_both_sides_agree_differs_in_nothing(shop: Shop) -> None:
    await shop.create(1)
    await shop.paid(2)
    held = await shop.paid(3, two_stage=True)
    await shop.service.cancel_payment(shop.core.call(4), held.id)
    refunded = await shop.paid(5)
    await shop.service.create_refund(shop.core.call(6), refunded.id, roubles(500), "")
    await let_a_day_pass(shop)
    found = await reconcile(shop)
    assert (found.row.state, found.row.compared, found.mismatches) == ("DONE", 4, [])
    assert await told(shop) == []


async def test_an_order_that_the_hub_does_not_know_is_told_to_the_callers_of_the_account(shop: Shop) -> None:
    await shop.paid(1)
    shop.vendor.sandbox.sberbank.book.register("FOREIGN-1", 5_000, two_stage=False, lives_seconds=1_200)
    await let_a_day_pass(shop)
    found = await reconcile(shop)
    mismatch = only(found)
    assert (mismatch.kind, mismatch.vendor_reference, mismatch.payment_id) == ("UNKNOWN_TO_US", "FOREIGN-1", "")
    assert mismatch.ours is None
    assert mismatch.theirs
    assert (mismatch.theirs.amount, mismatch.is_marked) == (5_000, False)
    for owner in ("crm", "other", HUBS_OWN):
        (event,) = await told(shop, owner)
        assert event.data["kind"] == "UNKNOWN_TO_US"
        assert (event.data["ours_state"], event.data["theirs_amount"]) == ("UNKNOWN_TO_US", "5000")


async def listed(port: PaymentsPort, monkeypatch: pytest.MonkeyPatch, *orders: Observation) -> None:
    """Have the acquirer list these orders."""
    monkeypatch.setattr(port, "list_orders", AsyncMock(return_value=OrderPage(orders=orders)))


async def test_orders_without_a_number_are_told_one_by_one(
    shop: Shop, port: PaymentsPort, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = await shop.paid(1)
    seen = await port.get(row.vendor_id)
    foreign = [replace(seen, reference="", vendor_id=name) for name in ("first", "second")]
    await listed(port, monkeypatch, seen, *foreign)
    await let_a_day_pass(shop)
    found = await reconcile(shop)
    assert [(one.kind, one.vendor_id) for one in found.mismatches] == [
        ("UNKNOWN_TO_US", "first"),
        ("UNKNOWN_TO_US", "second"),
    ]


async def test_a_second_paid_order_under_our_number_is_told(
    shop: Shop, port: PaymentsPort, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = await shop.paid(1)
    seen = await port.get(row.vendor_id)
    await listed(port, monkeypatch, seen, replace(seen, vendor_id="second"))
    await let_a_day_pass(shop)
    mismatch = only(await reconcile(shop))
    assert (mismatch.kind, mismatch.payment_id, mismatch.vendor_id) == ("STATE_DIFFERS", row.id, "second")


async def test_in_a_shared_account_only_orders_with_our_marker_may_be_ours(
    clock: FakeClock, port: PaymentsPort, vendor: SberbankVendor, tmp_path: Path
) -> None:
    book = vendor.sandbox.sberbank.book
    book.register("FOREIGN-1", 5_000, two_stage=False, lives_seconds=1_200)
    book.register("LOST-1", 7_000, two_stage=False, lives_seconds=1_200, params={"landhub": "0123"})
    async with open_core(tmp_path, clock=clock) as core:
        shop = wire(core, port, vendor, is_shared=True)
        await let_a_day_pass(shop)
        mismatch = only(await reconcile(shop))
    assert (mismatch.vendor_reference, mismatch.is_marked) == ("LOST-1", True)


@order_by_order
async def test_where_the_acquirer_cannot_list_that_is_said_and_our_own_orders_are_asked_for(shop: Shop) -> None:
    await shop.paid(1)
    shop.vendor.sandbox.sberbank.book.register("FOREIGN-1", 5_000, two_stage=False, lives_seconds=1_200)
    await let_a_day_pass(shop)
    found = await reconcile(shop)
    assert (found.row.method, found.row.compared, found.mismatches) == ("ORDER_BY_ORDER", 1, [])


@both_ways
async def test_an_order_that_the_acquirer_does_not_know_is_told_to_its_owner(shop: Shop) -> None:
    row = await shop.paid(1)
    await let_a_day_pass(shop, 2)
    shop.vendor.sandbox.sberbank.forget()
    found = await reconcile(shop)
    mismatch = only(found)
    assert (mismatch.kind, mismatch.payment_id, mismatch.owner) == ("UNKNOWN_TO_VENDOR", row.id, "crm")
    assert mismatch.ours
    assert (mismatch.ours.captured, mismatch.theirs) == (19_900, None)
    (event,) = await told(shop)
    assert (event.subject, event.business_reference) == (row.id, "ДКП-1")
    assert await told(shop, "other") == []
    assert (await shop.payment(row.id)).state == "CAPTURED", "a person has to look at it"


@both_ways
async def test_money_that_went_back_long_after_is_told_with_both_sides_and_taken_over(shop: Shop) -> None:
    row = await shop.paid(1)
    await let_a_day_pass(shop, 3)  # nobody asks for it any more
    shop.vendor.operate(row.vendor_id, "refund", 900)
    mismatch = only(await reconcile(shop))
    assert mismatch.kind == "AMOUNTS_DIFFER"
    assert mismatch.ours
    assert mismatch.theirs
    assert (mismatch.ours.refunded, mismatch.theirs.refunded) == (0, 900)
    (event,) = await told(shop)
    assert (event.data["ours_refunded"], event.data["theirs_refunded"]) == ("0", "900")
    after = await shop.payment(row.id)
    assert (after.state, after.refunded) == ("PARTIALLY_REFUNDED", 900)


async def test_what_the_hub_would_have_learned_soon_is_taken_over_and_is_no_difference(shop: Shop) -> None:
    row = await shop.create(1)
    order = shop.vendor.sandbox.sberbank.book.find(row.vendor_id)
    assert order
    order.expires_at += timedelta(days=9)
    await let_a_day_pass(shop)
    shop.vendor.pay(row.vendor_id)
    call = shop.core.call(500)
    begun = await shop.books.reconciliations.create(call, "sber", str(DAY))
    await shop.core.outbox.run_due()
    assert (await shop.books.reconciliations.get(call, begun.row.id)).mismatches == []
    assert (await shop.payment(row.id)).state == "CAPTURED"


async def test_money_on_an_order_that_was_given_up_is_told(shop: Shop) -> None:
    shop.vendor.fail("create", "answer_lost")
    row = await shop.create(1)
    await shop.pass_time(60)
    first, _ = shop.vendor.orders()
    order = shop.vendor.sandbox.sberbank.book.find(first.vendor_id)
    assert order
    order.status, order.approved, order.captured = 2, 19_900, 19_900
    await let_a_day_pass(shop, 2)
    mismatch = only(await reconcile(shop))
    assert (mismatch.kind, mismatch.payment_id, mismatch.vendor_id) == ("STATE_DIFFERS", row.id, first.vendor_id)
    assert (await shop.payment(row.id)).captured == 0


async def test_an_order_that_the_hub_ended_and_the_bank_did_not_is_told(shop: Shop) -> None:
    row = await shop.create(1)
    await shop.service.cancel_payment(shop.core.call(2), row.id)
    order = shop.vendor.sandbox.sberbank.book.find(row.vendor_id)
    assert order
    await let_a_day_pass(shop, 2)
    order.status, order.expires_at = 0, order.expires_at + timedelta(days=9)
    mismatch = only(await reconcile(shop))
    assert (mismatch.kind, mismatch.ours and mismatch.ours.state) == ("STATE_DIFFERS", "CANCELLED")


async def test_another_amount_under_our_number_is_told_and_left_to_a_person(shop: Shop) -> None:
    row = await shop.paid(1)
    await let_a_day_pass(shop, 3)
    order = shop.vendor.sandbox.sberbank.book.find(row.vendor_id)
    assert order
    order.amount = 10_000
    mismatch = only(await reconcile(shop))
    assert mismatch.kind == "AMOUNTS_DIFFER"
    assert (await shop.payment(row.id)).captured == 19_900


async def test_what_the_hub_still_finds_out_is_counted_and_no_difference(shop: Shop) -> None:
    row = await shop.paid(1, two_stage=True)
    shop.vendor.fail("reverse", "commit_late", seconds=10 * A_DAY)
    await shop.service.cancel_payment(shop.core.call(2), row.id)
    await let_a_day_pass(shop)
    found = await reconcile(shop)
    assert (found.row.unsettled, found.row.compared, found.mismatches) == (1, 0, [])


async def test_a_difference_is_told_once_however_often_the_day_is_compared(shop: Shop) -> None:
    shop.vendor.sandbox.sberbank.book.register("FOREIGN-1", 5_000, two_stage=False, lives_seconds=1_200)
    await let_a_day_pass(shop)
    first = await reconcile(shop, number=500)
    again = await reconcile(shop, number=501)
    assert (first.row.run, again.row.run) == (1, 2)
    assert only(first).id == only(again).id
    assert len(await told(shop)) == 1
    shop.vendor.sandbox.sberbank.forget()
    gone = only(await reconcile(shop, number=502))
    assert gone.run == 2, "it is kept, and was not seen by the third run"
    assert len(await told(shop)) == 1


@pytest.mark.parametrize("fault", ["answer_lost", "html", "too_many_requests", "access_denied"])
async def test_a_bank_that_is_away_is_asked_again_and_each_difference_told_once(shop: Shop, fault: str) -> None:
    shop.vendor.sandbox.sberbank.book.register("FOREIGN-1", 5_000, two_stage=False, lives_seconds=1_200)
    await let_a_day_pass(shop)
    shop.vendor.fail("list", fault, times=3)
    found = await reconcile(shop)
    assert (found.row.state, bool(found.row.failure_reason)) == ("PENDING", True)
    for _ in range(6):
        await shop.leap(300)
    found = await shop.books.reconciliations.get(shop.core.call(), found.row.id)
    assert (found.row.state, found.row.failure_reason, len(found.mismatches)) == ("DONE", "", 1)
    assert len(await told(shop)) == 1


async def test_a_restored_database_finds_the_orders_it_lost(
    clock: FakeClock, port: PaymentsPort, vendor: SberbankVendor, tmp_path: Path
) -> None:
    (tmp_path / "lost").mkdir()
    (tmp_path / "restored").mkdir()
    async with open_core(tmp_path / "lost", clock=clock) as core:
        await wire(core, port, vendor).paid(1)
    async with open_core(tmp_path / "restored", clock=clock, seed=2) as core:
        shop = wire(core, port, vendor)
        await let_a_day_pass(shop)
        mismatch = only(await reconcile(shop))
    assert (mismatch.kind, mismatch.is_marked) == ("UNKNOWN_TO_US", True)


async def due(shop: Shop, core: Core, slot: int) -> list[str]:
    """Have the calendar looked at, and return the days that are reconciled by then."""
    job = NewJob(kind="payments.reconcile_due", unique_key=f"test:{slot}")
    await core.database.write(lambda conn: core.outbox.enqueue(conn, job), label="test")
    await core.outbox.run_due()
    rows = await shop.books.reconciliations.list_of(core.call(), account="", before=None, limit=100)
    return sorted(f"{row.day} {row.run}" for row in rows)


async def test_each_day_is_compared_once_from_its_hour_on_and_again_after_a_week(shop: Shop) -> None:
    await shop.create(1)  # noon in Moscow, and no reconciliation of the days before the first payment but yesterday
    assert await due(shop, shop.core, 1) == [f"{DAY.before(1)} 1"]
    assert await due(shop, shop.core, 2) == [f"{DAY.before(1)} 1"]
    await shop.leap(13 * 3_600)  # one in the morning: too early
    assert len(await due(shop, shop.core, 3)) == 1
    await shop.leap(5 * 3_600)
    assert await due(shop, shop.core, 4) == [f"{DAY.before(1)} 1", f"{DAY} 1"]
    await let_a_day_pass(shop, 7)
    caught_up = [f"{DAY.before(-days)} 1" for days in range(1, 8)]
    assert await due(shop, shop.core, 5) == [f"{DAY.before(1)} 1", f"{DAY} 2", *caught_up]
    assert await due(shop, shop.core, 6) == [f"{DAY.before(1)} 1", f"{DAY} 2", *caught_up]


@pytest.mark.parametrize("day", [str(DAY), str(DAY.before(-1)), str(DAY.before(400)), "2026-02-30"])
async def test_a_day_that_is_not_over_or_is_none_is_refused(shop: Shop, day: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        await shop.books.reconciliations.create(shop.core.call(), "sber", day)
    assert caught.value.reason == "DAY_NOT_RECONCILABLE"


async def test_a_reconciliation_is_seen_by_the_accounts_callers_and_each_sees_its_own(shop: Shop) -> None:
    row = await shop.paid(1)
    await let_a_day_pass(shop, 3)
    shop.vendor.operate(row.vendor_id, "refund", 900)
    found = await reconcile(shop)
    other = shop.core.call(2, caller="other", group="other")
    assert (await shop.books.reconciliations.get(other, found.row.id)).mismatches == []
    stranger = shop.core.call(3, caller="stranger", group="stranger")
    with pytest.raises(NotFoundError):
        await shop.books.reconciliations.get(stranger, found.row.id)
    assert await shop.books.reconciliations.list_of(stranger, account="", before=None, limit=10) == []


async def test_an_administrators_errand_ends_in_the_audit_once_the_day_is_compared(shop: Shop) -> None:
    await let_a_day_pass(shop)
    payload = {"account": "sber", "day": str(DAY)}
    job = NewJob(kind="payments.reconcile_asked", payload=payload, caller="local:hub", request_id="errand")
    await shop.core.database.write(lambda conn: shop.core.outbox.enqueue(conn, job), label="test")
    await shop.pass_time(10, step=1)
    found = await shop.core.database.read(
        lambda conn: shop.core.stores.outbox.list(
            conn, states=[JobState.DONE], kind="payments.reconcile_asked", limit=9
        )
    )
    assert len(found) == 1
    rows = await shop.books.reconciliations.list_of(shop.core.call(), account="sber", before=None, limit=9)
    assert [(row.day, row.state) for row in rows] == [(str(DAY), "DONE")]
