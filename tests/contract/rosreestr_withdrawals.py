"""What every provider of the rosreestr module must do of withdrawals."""

import pytest

from hub.core.errors import LeaseLostError, OutcomeUnknownError, PreconditionError, UnavailableError
from hub.modules.rosreestr.port import (
    RegistrationNotFoundError,
    RegistrationState,
    RosreestrPort,
    UnsupportedTextError,
)
from tests.contract.rosreestr_vendor import RosreestrVendor, a_transfer

WITHDRAWN = RegistrationState.WITHDRAWN


class RosreestrWithdrawals:
    """A part of the suite."""

    async def _submit(self, port: RosreestrPort, vendor: RosreestrVendor) -> str:
        return (await port.submit("REF1", a_transfer(vendor))).vendor_id

    async def test_a_registration_is_withdrawn_with_its_reason(
        self, port: RosreestrPort, vendor: RosreestrVendor
    ) -> None:
        vendor_id = await self._submit(port, vendor)
        taken = await port.withdraw(vendor_id, "Стороны <передумали>")
        assert (taken.vendor_id, taken.state) == (vendor_id, WITHDRAWN)
        status = await port.get_status(vendor_id)
        assert (status.state, status.reason) == (WITHDRAWN, "Стороны <передумали>")

    async def test_a_withdrawal_needs_no_reason(self, port: RosreestrPort, vendor: RosreestrVendor) -> None:
        vendor_id = await self._submit(port, vendor)
        assert (await port.withdraw(vendor_id, "")).state is WITHDRAWN

    @pytest.mark.parametrize("fault", ["answer_lost", "cut_body", "bad_token", "cut_document"])
    async def test_a_withdrawal_without_a_usable_answer_is_unknown_sent_once_and_found_by_asking(
        self, port: RosreestrPort, vendor: RosreestrVendor, fault: str
    ) -> None:
        vendor_id = await self._submit(port, vendor)
        vendor.fail("withdraw", fault)
        with pytest.raises(OutcomeUnknownError):
            await port.withdraw(vendor_id, "")
        assert vendor.calls("withdraw") == 1
        assert (await port.get_status(vendor_id)).state is WITHDRAWN

    @pytest.mark.parametrize("fault", ["reset", "server_error"])
    async def test_a_withdrawal_that_may_have_arrived_is_not_repeated(
        self, port: RosreestrPort, vendor: RosreestrVendor, fault: str
    ) -> None:
        vendor_id = await self._submit(port, vendor)
        vendor.fail("withdraw", fault)
        with pytest.raises(OutcomeUnknownError):
            await port.withdraw(vendor_id, "")
        assert vendor.calls("withdraw") == 1
        assert (await port.get_status(vendor_id)).state is RegistrationState.SUBMITTED

    async def test_a_withdrawal_that_was_certainly_not_taken_is_unavailable_and_may_come_again(
        self, port: RosreestrPort, vendor: RosreestrVendor
    ) -> None:
        vendor_id = await self._submit(port, vendor)
        vendor.fail("withdraw", "maintenance", times=3)
        with pytest.raises(UnavailableError):
            await port.withdraw(vendor_id, "")
        assert (await port.withdraw(vendor_id, "")).state is WITHDRAWN

    async def test_a_final_registration_is_not_withdrawn(self, port: RosreestrPort, vendor: RosreestrVendor) -> None:
        vendor_id = await self._submit(port, vendor)
        vendor.advance(10)
        with pytest.raises(PreconditionError) as caught:
            await port.withdraw(vendor_id, "")
        assert caught.value.reason == "REFUSED_BY_PROVIDER"
        assert (await port.get_status(vendor_id)).state is RegistrationState.REGISTERED

    async def test_what_the_vendor_does_not_know_is_not_withdrawn(
        self, port: RosreestrPort, vendor: RosreestrVendor
    ) -> None:
        with pytest.raises(RegistrationNotFoundError):
            await port.withdraw("R2026-99999999", "")

    async def test_no_withdrawal_leaves_when_the_guard_says_no(
        self, port: RosreestrPort, vendor: RosreestrVendor
    ) -> None:
        async def lease_is_lost() -> None:
            raise LeaseLostError("another worker has it")

        with pytest.raises(LeaseLostError):
            await port.withdraw("R1", "", guard=lease_is_lost)
        with pytest.raises(UnsupportedTextError):
            await port.withdraw("R1", "\x01")
        assert vendor.calls("withdraw") == 0
