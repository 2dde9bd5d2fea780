"""Whoever forgets a hold gets nothing: he is told ahead of time, once, and not if he didn't forget it."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from hub.core.events import Event
from hub.modules.payments.port import PaymentsPort
from sandbox.sberbank_wire import Dialect
from tests.contract.provider_context import make_context
from tests.contract.sberbank_vendor import SberbankVendor, connect
from tests.modules.payments.conftest import Shop

DAY = 24 * 3_600


@pytest.fixture
async def port(vendor: SberbankVendor, tmp_path: Path) -> AsyncIterator[PaymentsPort]:
    policy = {"failure_threshold": 1000}
    connected = connect(make_context(tmp_path), vendor.sandbox, Dialect.CLASSIC, policy=policy, hold_days=7)
    yield connected
    await connected.close()


async def told(shop: Shop) -> Sequence[Event]:
    found = await shop.core.events.list(owner="crm", types=["payments.payment.capture_due"])
    return [stored.event for stored in found]


async def test_a_hold_is_told_of_a_day_before_it_ends(shop: Shop) -> None:
    row = await shop.paid(two_stage=True)
    assert row.capture_before_time
    await shop.leap(6 * DAY - 3_600)
    assert await told(shop) == []
    await shop.leap(2 * 3_600)
    (event,) = await told(shop)
    assert (event.subject, event.data["held"]) == (row.id, "19900")
    assert event.data["capture_before_time"] == row.capture_before_time.isoformat()
    await shop.leap(DAY)
    assert len(await told(shop)) == 1


@pytest.mark.parametrize("end", ["capture", "cancel"])
async def test_a_hold_that_was_captured_or_let_go_is_not_told_of(shop: Shop, end: str) -> None:
    row = await shop.paid(two_stage=True)
    if end == "capture":
        await shop.service.capture_payment(shop.core.call(2), row.id, None)
    else:
        await shop.service.cancel_payment(shop.core.call(2), row.id)
    await shop.leap(8 * DAY)
    assert await told(shop) == []
