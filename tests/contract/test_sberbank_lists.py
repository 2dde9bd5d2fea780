"""The lists of the RBS gateway, by which days are reconciled, in both dialects."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from hub.core.errors import PreconditionError
from hub.modules.payments.port import Observation, PaymentsPort, RefundOrder
from hub.modules.payments.providers import _sberbank_requests as requests
from sandbox.app import Sandbox
from sandbox.sberbank_wire import Dialect
from tests.contract.payments_vendor import an_order, roubles
from tests.contract.provider_context import Context
from tests.contract.sberbank_vendor import START, SberbankVendor, connect, sandbox_settings

DAY = timedelta(days=1)
SINCE = START - timedelta(hours=12)  # midnight in Moscow


@pytest.fixture
async def vendor(tmp_path: Path) -> AsyncIterator[SberbankVendor]:
    async with Sandbox.start(sandbox_settings(tmp_path)) as sandbox:
        yield SberbankVendor(sandbox)


@pytest.fixture(params=list(Dialect))
async def port(vendor: SberbankVendor, context: Context, request: pytest.FixtureRequest) -> AsyncIterator[PaymentsPort]:
    connected = connect(context, vendor.sandbox, request.param, lists_orders=True)
    yield connected
    await connected.close()


async def listed(port: PaymentsPort, since: datetime = SINCE, until: datetime = SINCE + DAY) -> list[Observation]:
    found: list[Observation] = []
    page = ""
    while True:
        answer = await port.list_orders(since, until, page=page)
        assert answer is not None
        found += answer.orders
        page = answer.next_page
        if not page:
            return found


async def test_a_days_orders_are_listed_as_a_lookup_tells_them(port: PaymentsPort, vendor: SberbankVendor) -> None:
    paid = await port.create("P" * 32, an_order())
    held = await port.create("H" * 32, an_order(two_stage=True))
    await port.create("U" * 32, an_order(500))
    vendor.pay(paid.vendor_id)
    vendor.pay(held.vendor_id)
    reference = "R" * 32
    await port.refund(RefundOrder(vendor_id=paid.vendor_id, reference=reference, amount=roubles(100), balance=19_900))
    found = await listed(port)
    assert [order.reference for order in found] == ["P" * 32, "H" * 32, "U" * 32]
    for order in found:
        alone = await port.get(order.vendor_id)
        for name in ("vendor_id", "standing", "amount", "marker", "held", "captured", "refunded"):
            assert getattr(order, name) == getattr(alone, name)


async def test_every_order_of_many_pages_is_listed_once(port: PaymentsPort, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "PAGE_SIZE", 2)
    for number in range(5):
        await port.create(f"{number:032}", an_order())
    assert [order.reference for order in await listed(port)] == [f"{number:032}" for number in range(5)]


async def test_a_day_has_the_orders_that_were_opened_in_it_in_moscow(
    port: PaymentsPort, vendor: SberbankVendor
) -> None:
    vendor.advance(12 * 3_600 - 1)  # the last second of the day
    await port.create("A" * 32, an_order())
    vendor.advance(1)
    await port.create("B" * 32, an_order())
    assert [order.reference for order in await listed(port)] == ["A" * 32]
    assert [order.reference for order in await listed(port, SINCE + DAY, SINCE + 2 * DAY)] == ["B" * 32]
    assert await listed(port, SINCE - DAY, SINCE) == []


async def test_an_order_that_cannot_be_read_hides_no_other(port: PaymentsPort, vendor: SberbankVendor) -> None:
    foreign = await port.create("F" * 32, an_order())
    await port.create("A" * 32, an_order())
    order = vendor.sandbox.sberbank.book.find(foreign.vendor_id)
    assert order
    order.currency = "840"
    page = await port.list_orders(SINCE, SINCE + DAY)
    assert page
    assert ([found.reference for found in page.orders], page.unreadable) == (["A" * 32], 1)


async def test_a_refused_login_is_told(port: PaymentsPort, vendor: SberbankVendor) -> None:
    vendor.fail("list", "access_denied")
    with pytest.raises(PreconditionError):
        await port.list_orders(SINCE, SINCE + DAY)


async def test_where_the_settings_do_not_say_that_it_lists_only_the_classic_dialect_is_asked(
    vendor: SberbankVendor, context: Context
) -> None:
    for dialect, lists in ((Dialect.CLASSIC, True), (Dialect.ECOM, False)):
        connected = connect(context, vendor.sandbox, dialect)
        assert (await connected.list_orders(SINCE, SINCE + DAY) is not None) is lists
        await connected.close()
    assert vendor.calls("list") == 1
