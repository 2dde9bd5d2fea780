"""A refund that the bank takes back may be made again, and nothing more than was captured ever goes out."""

from dataclasses import replace
from datetime import timedelta

import pytest

from hub.core.errors import PreconditionError
from hub.modules.payments.store import PaymentRow
from hub.modules.payments.taken_back import reserved_after
from tests.contract.payments_vendor import roubles
from tests.modules.payments.conftest import Shop


async def test_a_refund_taken_back_is_reserved_until_it_has_stood_its_time_and_then_may_be_made_again(
    shop: Shop,
) -> None:
    row = await shop.paid()
    await shop.service.create_refund(shop.core.call(2), row.id, roubles(19_900), "")
    await shop.pass_time(660, step=60)
    shop.vendor.operate(row.vendor_id, "undo_refund", 19_900)
    await shop.pass_time(660, step=60)
    seen = await shop.payment(row.id)
    assert (seen.state, seen.refunded, seen.reserved) == ("CAPTURED", 0, 19_900)
    with pytest.raises(PreconditionError):  # it may be an answer that lags behind
        await shop.service.create_refund(shop.core.call(3), row.id, roubles(100), "")
    await shop.pass_time(1_260, step=60)
    assert (await shop.payment(row.id)).reserved == 0
    operated = await shop.service.create_refund(shop.core.call(4), row.id, roubles(19_900), "")
    assert operated.operation.state == "DONE"
    order = shop.vendor.order(row.vendor_id)
    assert (order.captured, order.refunded) == (19_900, 19_900)
    with pytest.raises(PreconditionError):
        await shop.service.create_refund(shop.core.call(5), row.id, roubles(1), "")


async def test_a_refund_that_does_not_show_yet_is_not_taken_for_one_that_came_back(shop: Shop) -> None:
    row = await shop.paid()
    await shop.service.create_refund(shop.core.call(2), row.id, roubles(5_000), "")
    shop.vendor.fail("refund", "status_lags", seconds=400)
    await shop.service.create_refund(shop.core.call(3), row.id, roubles(10_000), "")
    for _ in range(20):
        await shop.pass_time(30, step=30)
        assert (await shop.payment(row.id)).reserved == 15_000


async def test_when_a_payment_was_last_asked_for_is_known_though_nothing_changed(shop: Shop) -> None:
    row = await shop.paid()
    before = (await shop.payment(row.id)).observe_time
    await shop.pass_time(1_260, step=60)
    after = await shop.payment(row.id)
    assert before is not None
    assert after.observe_time is not None
    assert after.observe_time - before >= timedelta(seconds=600)
    assert after.version == (await shop.payment(row.id)).version


@pytest.mark.parametrize(
    ("reserved", "most", "now", "stays"),
    [
        (100, 100, 100, 100),  # nothing came back
        (100, 100, 0, 0),
        (100, 100, 40, 40),
        (100, 150, 100, 100),  # somebody else's fifty came back, or ours: so much is refunded still
        (100, 150, 0, 0),
        (150, 100, 0, 50),  # of ours, fifty never showed: they may still go out
        (0, 100, 0, 0),
        (100, 0, 0, 100),
    ],
)
def test_what_stays_reserved_is_what_may_still_be_out(
    a_row: PaymentRow, reserved: int, most: int, now: int, stays: int
) -> None:
    assert reserved_after(replace(a_row, reserved=reserved, most_refunded=most, refunded=now)) == stays


@pytest.fixture
async def a_row(shop: Shop) -> PaymentRow:
    return await shop.create()
