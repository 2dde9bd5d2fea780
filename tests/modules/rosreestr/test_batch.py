"""Several plots at once: in order, each failing by itself, in the caller's time, asked once however many want them."""

import asyncio
from datetime import timedelta

from hub.core.errors import HubError
from hub.modules.rosreestr.port import LandPlot
from hub.resilience.cache import Observed
from tests.modules.rosreestr.conftest import Deal

Found = Observed[LandPlot] | HubError


def told(found: Found) -> str:
    return found.reason if isinstance(found, HubError) else found.value.cadastral_number


async def test_plots_come_in_the_order_asked_and_each_fails_by_itself(deal: Deal) -> None:
    vendor = deal.vendor
    numbers = [vendor.arrested, vendor.unknown_plot, vendor.single_owner, vendor.co_owners]
    found = await deal.service.get_land_plots(deal.core.call(), numbers, None)
    expected = [vendor.arrested, "LAND_PLOT_NOT_FOUND", vendor.single_owner, vendor.co_owners]
    assert [told(item) for item in found] == expected


async def test_what_is_not_there_in_the_callers_time_is_told_and_the_rest_is_kept(deal: Deal) -> None:
    vendor = deal.vendor
    await deal.service.get_land_plot(vendor.single_owner, None)
    vendor.fail("read_plot", "hang")
    numbers = [vendor.co_owners, vendor.single_owner]
    asking = asyncio.create_task(deal.service.get_land_plots(deal.core.call(), numbers, None))
    await vendor.arrived("read_plot", 2)
    await deal.core.clock.advance(11)
    assert [told(item) for item in await asking] == ["DEADLINE_EXCEEDED", vendor.single_owner]


async def test_batches_that_want_the_same_plot_ask_the_register_once(deal: Deal) -> None:
    vendor = deal.vendor
    numbers = [vendor.single_owner, vendor.co_owners]
    calls = [deal.service.get_land_plots(deal.core.call(), numbers, timedelta(minutes=1)) for _ in range(20)]
    await asyncio.gather(*calls)
    assert vendor.calls("read_plot") == 2
