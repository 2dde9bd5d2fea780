"""Whether the money of a deal is there: by several payments, by bank transfers, and no more after refunds."""

import pytest

from hub.core.errors import InvalidRequestError, NotFoundError, PreconditionError
from hub.core.events import Event
from hub.core.jobs import JobState
from hub.core.money import Money
from hub.modules.payments.deals import Deals
from hub.modules.payments.deals_store import DealRow, DealsStore, TransferRow
from sandbox.sberbank_wire import Dialect
from tests.contract.payments_vendor import an_order, roubles
from tests.modules.payments.conftest import Shop

pytestmark = pytest.mark.parametrize("port", [Dialect.CLASSIC], indirect=True)
REFERENCE = "ДКП-2026/7"


async def make_deal(shop: Shop, kopecks: int, *, number: int = 900) -> DealRow:
    call = shop.core.call(number, business_reference=REFERENCE)
    return await shop.books.deals.create(call, roubles(kopecks))


async def pay(shop: Shop, number: int, *, two_stage: bool = False) -> str:
    """An instalment of 199 roubles that is paid, as the hub knows."""
    call = shop.core.call(number, business_reference=REFERENCE)
    row = (await shop.service.create_payment(call, "sber", an_order(two_stage=two_stage))).payment
    shop.vendor.pay(row.vendor_id)
    await shop.pass_time(20)
    return row.id


async def tell_of_transfer(
    shop: Shop, kopecks: int, *, state: str = "MATCHED", reference: str = REFERENCE, **more: str
) -> None:
    """What the bank module publishes."""
    data = {"transaction_id": "t-1", "state": state, "minor_units": str(kopecks), "currency": "RUB"} | more
    event = Event(
        type="bank.transaction.matched",
        subject=data["transaction_id"],
        owner="crm",
        business_reference=reference,
        data=data,
    )
    await shop.core.database.write(lambda conn: shop.core.events.append(conn, event), label="test")
    await shop.core.outbox.run_due()


async def standing(shop: Shop, deal: DealRow) -> tuple[str, int, int]:
    row = await shop.books.deals.get(shop.core.call(), deal.id)
    return row.state, row.captured, row.transferred


async def told(shop: Shop) -> list[str]:
    stored = await shop.core.events.list(owner="crm", types=["payments.deal.state_changed"])
    return [one.event.data["state"] for one in stored]


async def test_the_money_is_there_once_the_last_instalment_is_captured(shop: Shop) -> None:
    deal = await make_deal(shop, 2 * 19_900)
    await pay(shop, 1)
    assert await standing(shop, deal) == ("AWAITING_MONEY", 19_900, 0)
    assert await told(shop) == []
    await pay(shop, 2)
    assert await standing(shop, deal) == ("PAID", 39_800, 0)
    assert await told(shop) == ["PAID"]


async def test_payments_that_came_before_the_deal_was_said_are_counted(shop: Shop) -> None:
    await pay(shop, 1)
    deal = await make_deal(shop, 19_900)
    assert deal.state == "PAID"
    assert deal.paid_time == deal.create_time
    assert await told(shop) == ["PAID"]


async def test_a_hold_is_no_money_until_it_is_captured(shop: Shop) -> None:
    deal = await make_deal(shop, 19_900)
    payment_id = await pay(shop, 1, two_stage=True)
    assert await standing(shop, deal) == ("AWAITING_MONEY", 0, 0)
    await shop.service.capture_payment(shop.core.call(2), payment_id, None)
    assert await standing(shop, deal) == ("PAID", 19_900, 0)


async def test_money_that_is_asked_back_is_there_no_more(shop: Shop) -> None:
    deal = await make_deal(shop, 19_900)
    payment_id = await pay(shop, 1)
    shop.vendor.fail("refund", "commit_late", times=3, seconds=1_000)
    asked = await shop.service.create_refund(shop.core.call(2), payment_id, roubles(100), "")
    assert (asked.operation.state, asked.payment.refunded) == ("OUTCOME_UNKNOWN", 0)
    assert await standing(shop, deal) == ("AWAITING_MONEY", 19_800, 0)
    assert await told(shop) == ["PAID", "AWAITING_MONEY"]


async def test_a_refund_that_the_bank_refused_leaves_the_money_there(shop: Shop) -> None:
    deal = await make_deal(shop, 19_900)
    payment_id = await pay(shop, 1)
    shop.vendor.operate(shop.vendor.orders()[0].vendor_id, "refund", 19_900)  # in the bank's cabinet, a moment before
    with pytest.raises(PreconditionError):
        await shop.service.create_refund(shop.core.call(2), payment_id, roubles(19_900), "")
    await shop.pass_time(20)
    assert (await standing(shop, deal))[:2] == ("AWAITING_MONEY", 0)
    shop.vendor.operate(shop.vendor.orders()[0].vendor_id, "undo_refund", 19_900)
    await shop.pass_time(1_200, step=60)
    assert (await standing(shop, deal))[:2] == ("PAID", 19_900)


async def test_what_was_paid_after_the_end_is_not_counted(shop: Shop) -> None:
    deal = await make_deal(shop, 19_900)
    call = shop.core.call(1, business_reference=REFERENCE)
    row = (await shop.service.create_payment(call, "sber", an_order())).payment
    shop.vendor.advance(1_300)
    await shop.pass_time(20)
    assert (await shop.payment(row.id)).state == "EXPIRED"
    order = shop.vendor.sandbox.sberbank.book.find(row.vendor_id)
    assert order
    order.status, order.captured, order.approved = 2, 19_900, 19_900
    await shop.pass_time(1_200, step=60)
    assert (await shop.payment(row.id)).state == "PAID_AFTER_CANCEL"
    assert await standing(shop, deal) == ("AWAITING_MONEY", 0, 0)


async def test_a_transfer_and_a_card_pay_a_deal_together(shop: Shop) -> None:
    deal = await make_deal(shop, 19_900 + 100_000)
    await tell_of_transfer(shop, 100_000)
    await pay(shop, 1)
    assert await standing(shop, deal) == ("PAID", 19_900, 100_000)


async def test_a_transfer_told_twice_counts_once_and_its_last_word_counts(shop: Shop) -> None:
    deal = await make_deal(shop, 100_000)
    await tell_of_transfer(shop, 60_000)
    await tell_of_transfer(shop, 60_000)
    assert await standing(shop, deal) == ("AWAITING_MONEY", 0, 60_000)
    await tell_of_transfer(shop, 60_000, transaction_id="t-2")
    assert (await standing(shop, deal))[0] == "PAID"
    await tell_of_transfer(shop, 60_000, transaction_id="t-2", state="UNMATCHED")
    assert await standing(shop, deal) == ("AWAITING_MONEY", 0, 60_000)
    await tell_of_transfer(shop, 60_000, reference="ДКП-2026/8")
    assert await standing(shop, deal) == ("AWAITING_MONEY", 0, 0)


async def test_an_older_word_that_is_handled_later_changes_nothing(shop: Shop) -> None:
    deal = await make_deal(shop, 100)
    await tell_of_transfer(shop, 100)
    older = TransferRow(
        owner="crm",
        transaction_id="t-1",
        business_reference=REFERENCE,
        minor_units=100,
        currency="RUB",
        is_matched=False,
        position=0,
    )
    deals = Deals(store=DealsStore(), database=shop.core.database, events=shop.core.events)
    await shop.core.database.write(lambda conn: deals.take_transfer(conn, older), label="test")
    assert await standing(shop, deal) == ("PAID", 0, 100)


async def test_a_transfer_that_came_before_the_deal_is_counted_and_another_owners_is_not(shop: Shop) -> None:
    await tell_of_transfer(shop, 100_000)
    deal = await make_deal(shop, 100_000)
    assert deal.state == "PAID"
    call = shop.core.call(901, business_reference=REFERENCE, caller="other", group="other")
    assert (await shop.books.deals.create(call, roubles(100_000))).state == "AWAITING_MONEY"


@pytest.mark.parametrize(
    "wrong",
    [{"minor_units": "-5"}, {"minor_units": "1.5"}, {"currency": "rub"}, {"transaction_id": ""}, {"state": "MAYBE"}],
)
async def test_a_transfer_that_is_not_of_its_form_is_kept_from_the_books_for_a_person(
    shop: Shop, wrong: dict[str, str]
) -> None:
    deal = await make_deal(shop, 100)
    await tell_of_transfer(shop, 100, **wrong)
    assert await standing(shop, deal) == ("AWAITING_MONEY", 0, 0)
    found = await shop.core.database.read(
        lambda conn: shop.core.stores.outbox.list(conn, states=[JobState.DEAD], limit=10)
    )
    assert [job.reason for job in found] == ["EVENT_NOT_OF_ITS_FORM"]


async def test_a_reference_has_one_deal_and_its_amount_is_changed_by_name(shop: Shop) -> None:
    deal = await make_deal(shop, 40_000)
    assert await make_deal(shop, 40_000) == deal, "the same request again"
    with pytest.raises(PreconditionError) as caught:
        await make_deal(shop, 19_900, number=901)
    assert (caught.value.reason, dict(caught.value.metadata)) == ("DEAL_EXISTS", {"deal_id": deal.id})
    await pay(shop, 1)
    changed = await shop.books.deals.update(shop.core.call(902), deal.id, roubles(19_900))
    assert (changed.state, changed.minor_units) == ("PAID", 19_900)
    assert await told(shop) == ["PAID"]
    dollars = Money(minor_units=1, currency="USD")
    with pytest.raises(InvalidRequestError):
        await shop.books.deals.update(shop.core.call(903), deal.id, dollars)


async def test_another_callers_deal_does_not_exist(shop: Shop) -> None:
    deal = await make_deal(shop, 40_000)
    stranger = shop.core.call(2, caller="other", group="other")
    with pytest.raises(NotFoundError):
        await shop.books.deals.get(stranger, deal.id)
    with pytest.raises(NotFoundError):
        await shop.books.deals.update(stranger, deal.id, roubles(1))
    listed = await shop.books.deals.list_deals(stranger, business_reference="", states=(), before=None, limit=10)
    assert listed == []
