"""What every provider of the rosreestr module must do when it reads; part of the contract."""

import asyncio
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from hub.core.errors import (
    ExhaustedError,
    PreconditionError,
    UnavailableError,
)
from hub.modules.rosreestr.port import (
    LandPlotNotFoundError,
    Restriction,
    RosreestrPort,
)
from tests.contract.rosreestr_vendor import SELLER, RosreestrVendor

UNREADABLE = (
    "html",
    "empty",
    "cut_document",
    "bad_token",
    "wrong_charset",
    "bomb",
    "dtd",
    "xxe",
    "too_deep",
    "too_many_elements",
    "huge",
    "twice",
)
DOWN = ("reset", "server_error", "cut_body", "answer_lost")


class RosreestrReads:
    """The reading half of the suite."""

    async def test_a_plot_is_told_as_the_register_describes_it(
        self, port: RosreestrPort, vendor: RosreestrVendor
    ) -> None:
        plot = await port.get_land_plot(vendor.single_owner)
        assert plot.cadastral_number == vendor.single_owner
        assert plot.area_square_meters == Decimal(1200)
        assert "Образцово" in plot.address
        assert plot.category == "Земли населённых пунктов"
        assert plot.last_registration_date == date(2021, 3, 15)

    async def test_a_plot_nobody_has_is_not_found(self, port: RosreestrPort, vendor: RosreestrVendor) -> None:
        with pytest.raises(LandPlotNotFoundError) as caught:
            await port.get_land_plot(vendor.unknown_plot)
        assert caught.value.reason == "LAND_PLOT_NOT_FOUND"
        with pytest.raises(LandPlotNotFoundError):
            await port.list_rights(vendor.unknown_plot)
        assert vendor.calls("read_plot") == 1, "asking again would not help"

    async def test_rights_tell_owner_inn_share_and_restrictions(
        self, port: RosreestrPort, vendor: RosreestrVendor
    ) -> None:
        first, second = await port.list_rights(vendor.co_owners)
        assert (first.owner_name, first.owner_inn) == ("Примерова Анна Макетовна", "502099000205")
        assert first.share == second.share == Fraction(1, 2)
        assert first.restrictions == ()
        assert first.restrictions_known
        (arrested,) = await port.list_rights(vendor.arrested)
        assert [restriction.kind for restriction in arrested.restrictions] == ["Арест"]
        assert isinstance(arrested.restrictions[0], Restriction)

    async def test_a_plot_without_rights_has_none(self, port: RosreestrPort, vendor: RosreestrVendor) -> None:
        assert await port.list_rights(vendor.no_rights) == ()

    @pytest.mark.parametrize("fault", ["windows_1251", "no_offset", "unknown_element"])
    async def test_an_unusual_answer_is_read(self, port: RosreestrPort, vendor: RosreestrVendor, fault: str) -> None:
        vendor.fail("read_plot", fault)
        plot = await port.get_land_plot(vendor.single_owner)
        assert "Образцово" in plot.address
        assert vendor.calls("read_plot") == 1

    @pytest.mark.parametrize("fault", [*UNREADABLE, *DOWN])
    async def test_a_read_that_failed_once_is_repeated(
        self, port: RosreestrPort, vendor: RosreestrVendor, fault: str
    ) -> None:
        vendor.fail("read_rights", fault)
        (right,) = await port.list_rights(vendor.single_owner)
        assert right.owner_name == SELLER.full_name
        assert vendor.calls("read_rights") == 2

    @pytest.mark.parametrize("fault", UNREADABLE)
    async def test_an_answer_that_stays_unreadable_is_unavailable(
        self, port: RosreestrPort, vendor: RosreestrVendor, fault: str
    ) -> None:
        vendor.fail("read_plot", fault, times=3)
        with pytest.raises(UnavailableError) as caught:
            await port.get_land_plot(vendor.single_owner)
        assert caught.value.reason == "UPSTREAM_ANSWER_INVALID"
        assert caught.value.retry_after

    @pytest.mark.parametrize("fault", DOWN)
    async def test_a_vendor_that_stays_down_is_unavailable(
        self, port: RosreestrPort, vendor: RosreestrVendor, fault: str
    ) -> None:
        vendor.fail("read_plot", fault, times=3)
        with pytest.raises(UnavailableError) as caught:
            await port.get_land_plot(vendor.single_owner)
        assert caught.value.reason == "UPSTREAM_UNAVAILABLE"
        assert vendor.calls("read_plot") == 3

    async def test_a_vendor_that_hangs_is_unavailable(
        self, impatient_port: RosreestrPort, vendor: RosreestrVendor
    ) -> None:
        vendor.fail("read_plot", "hang", times=3)
        with pytest.raises(UnavailableError):
            await impatient_port.get_land_plot(vendor.single_owner)

    async def test_a_vendors_quota_is_told_with_its_delay(self, port: RosreestrPort, vendor: RosreestrVendor) -> None:
        vendor.fail("read_plot", "too_many_requests", seconds=1800)
        with pytest.raises(ExhaustedError) as caught:
            await port.get_land_plot(vendor.single_owner)
        assert caught.value.retry_after == timedelta(seconds=1800)
        assert caught.value.quota

    async def test_refused_credentials_are_told_and_not_tried_again(
        self, port: RosreestrPort, vendor: RosreestrVendor
    ) -> None:
        vendor.fail("read_plot", "access_denied")
        with pytest.raises(PreconditionError) as caught:
            await port.get_land_plot(vendor.single_owner)
        assert caught.value.reason == "UPSTREAM_CREDENTIALS_REFUSED"
        assert vendor.calls("read_plot") == 1

    async def test_a_read_given_up_by_its_caller_leaves_the_vendor_well(
        self, port: RosreestrPort, vendor: RosreestrVendor
    ) -> None:
        vendor.fail("read_plot", "hang", times=6)
        for count in range(1, 7):
            reading = asyncio.create_task(port.get_land_plot(vendor.single_owner))
            await vendor.arrived("read_plot", count)
            reading.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reading
        (right,) = await port.list_rights(vendor.single_owner)
        assert right.number
