"""Withdrawing a registration: once, found out when the answer is lost, never of what is final or another's."""

import asyncio
from pathlib import Path

import pytest

from hub.core.clock import FakeClock
from hub.core.errors import AlreadyExistsError, NotFoundError, PreconditionError
from hub.modules.rosreestr.port import RefusedByProviderError, RosreestrPort, UnsupportedByProviderError
from hub.modules.rosreestr.store import RegistrationRow
from tests.contract.provider_context import make_context
from tests.contract.rosreestr_vendor import a_transfer
from tests.contract.xml_gateway_vendor import XmlGatewayVendor, connect
from tests.modules.rosreestr.conftest import Deal, wire
from tests.support.core_fixtures import open_core
from tests.support.databases import execute, stored_bytes

REASON = "Покупатель Канарейкин передумал"


async def submitted(deal: Deal) -> RegistrationRow:
    deal.vendor.choose("stuck")
    return await deal.service.create_registration(deal.core.call(), a_transfer(deal.vendor))


async def pass_time(deal: Deal, *, times: int, seconds: float = 60) -> None:
    for _ in range(times):
        await deal.core.clock.advance(seconds)
        deal.vendor.advance(seconds)
        await deal.core.outbox.run_due()


async def events_of(deal: Deal) -> list[str]:
    found = [stored.event.data for stored in await deal.core.events.list(owner="crm")]
    return [data.get("withdrawal_state") or data.get("state", "") for data in found]


async def test_a_registration_is_withdrawn_and_that_is_told_on_the_bus(deal: Deal) -> None:
    row = await submitted(deal)
    withdrawn = await deal.service.withdraw_registration(deal.core.call(2), row.id, REASON)
    assert (withdrawn.state, withdrawn.registration.state) == ("ACCEPTED", "WITHDRAWN")
    assert await events_of(deal) == ["PENDING", "SUBMITTED", "WITHDRAWN", "ACCEPTED"]


async def test_many_equal_withdrawals_at_once_are_sent_once_and_answered_alike(deal: Deal) -> None:
    row = await submitted(deal)
    calls = [deal.service.withdraw_registration(deal.core.call(2), row.id, REASON) for _ in range(20)]
    answers = await asyncio.gather(*calls)
    assert {(answer.state, answer.registration.state) for answer in answers} == {("ACCEPTED", "WITHDRAWN")}
    assert deal.vendor.calls("withdraw") == 1


async def test_a_replay_is_answered_though_the_registration_is_final_by_now(deal: Deal) -> None:
    row = await submitted(deal)
    for _ in range(2):
        withdrawn = await deal.service.withdraw_registration(deal.core.call(2), row.id, REASON)
        assert withdrawn.registration.state == "WITHDRAWN"
    with pytest.raises(AlreadyExistsError):
        await deal.service.withdraw_registration(deal.core.call(2, fingerprint=b"other"), row.id, "")


async def test_a_lost_answer_is_found_out_by_the_registrations_status(deal: Deal) -> None:
    row = await submitted(deal)
    deal.vendor.fail("withdraw", "answer_lost")
    withdrawn = await deal.service.withdraw_registration(deal.core.call(2), row.id, REASON)
    assert withdrawn.state == "OUTCOME_UNKNOWN"
    await pass_time(deal, times=1, seconds=6)
    withdrawn = await deal.service.withdraw_registration(deal.core.call(2), row.id, REASON)
    assert (withdrawn.state, withdrawn.registration.state) == ("ACCEPTED", "WITHDRAWN")
    assert deal.vendor.calls("withdraw") == 1


async def test_a_withdrawal_that_never_arrived_is_sent_again_once_the_visibility_window_has_passed(deal: Deal) -> None:
    row = await submitted(deal)
    deal.vendor.fail("withdraw", "reset")
    withdrawn = await deal.service.withdraw_registration(deal.core.call(2), row.id, REASON)
    assert withdrawn.state == "OUTCOME_UNKNOWN"
    await pass_time(deal, times=9, seconds=50)
    assert deal.vendor.calls("withdraw") == 1, "before the window has passed its absence proves nothing"
    await pass_time(deal, times=10)
    withdrawn = await deal.service.withdraw_registration(deal.core.call(2), row.id, REASON)
    assert (withdrawn.state, withdrawn.registration.state) == ("ACCEPTED", "WITHDRAWN")
    assert deal.vendor.calls("withdraw") == 2


async def test_a_restart_after_a_lost_answer_asks_before_it_sends(
    tmp_path: Path, clock: FakeClock, port: RosreestrPort, vendor: XmlGatewayVendor
) -> None:
    async with open_core(tmp_path, clock=clock) as core:
        deal = wire(core, port, vendor)
        row = await submitted(deal)
        vendor.fail("withdraw", "answer_lost")
        await deal.service.withdraw_registration(core.call(2), row.id, REASON)
    async with open_core(tmp_path, clock=clock, seed=2) as core:
        deal = wire(core, port, vendor)
        await pass_time(deal, times=2)
        assert (await deal.service.get_registration(core.call(), row.id)).state == "WITHDRAWN"
    assert vendor.calls("withdraw") == 1


async def test_a_gateway_that_is_down_delays_the_withdrawal_and_the_hub_goes_on_by_itself(deal: Deal) -> None:
    row = await submitted(deal)
    deal.vendor.fail("withdraw", "maintenance", times=6)
    assert (await deal.service.withdraw_registration(deal.core.call(2), row.id, REASON)).state == "PENDING"
    await pass_time(deal, times=5)
    assert (await deal.service.get_registration(deal.core.call(), row.id)).state == "WITHDRAWN"


async def test_credentials_that_are_refused_leave_the_withdrawal_waiting_for_better_ones(deal: Deal) -> None:
    row = await submitted(deal)
    deal.vendor.fail("withdraw", "access_denied")
    assert (await deal.service.withdraw_registration(deal.core.call(2), row.id, REASON)).state == "PENDING"
    await pass_time(deal, times=1)
    assert (await deal.service.get_registration(deal.core.call(), row.id)).state == "WITHDRAWN"


async def test_a_registration_that_was_faster_is_registered_and_the_withdrawal_refused(deal: Deal) -> None:
    row = await submitted(deal)
    deal.vendor.set_status(row.vendor_id, "REGISTERED")
    for _ in range(2):
        with pytest.raises(RefusedByProviderError):
            await deal.service.withdraw_registration(deal.core.call(2), row.id, REASON)
    await pass_time(deal, times=1)
    assert (await deal.service.get_registration(deal.core.call(), row.id)).state == "REGISTERED"
    with pytest.raises(PreconditionError) as caught:
        await deal.service.withdraw_registration(deal.core.call(3), row.id, REASON)
    assert caught.value.reason == "REGISTRATION_FINAL"


async def test_a_lost_answer_and_a_faster_register_are_told_as_a_refusal(deal: Deal) -> None:
    row = await submitted(deal)
    deal.vendor.fail("withdraw", "reset")
    await deal.service.withdraw_registration(deal.core.call(2), row.id, REASON)
    deal.vendor.set_status(row.vendor_id, "REGISTERED")
    await pass_time(deal, times=1)
    with pytest.raises(RefusedByProviderError) as caught:
        await deal.service.withdraw_registration(deal.core.call(2), row.id, REASON)
    assert caught.value.metadata == {"vendor_code": "REGISTRATION_FINAL"}
    assert (await deal.service.get_registration(deal.core.call(), row.id)).state == "REGISTERED"


async def test_what_is_not_at_the_register_or_not_ones_own_is_not_withdrawn(deal: Deal) -> None:
    deal.vendor.fail("submit", "maintenance", times=9)
    row = await deal.service.create_registration(deal.core.call(), a_transfer(deal.vendor))
    with pytest.raises(PreconditionError) as caught:
        await deal.service.withdraw_registration(deal.core.call(2), row.id, REASON)
    assert caught.value.reason == "REGISTRATION_NOT_SUBMITTED"
    with pytest.raises(NotFoundError):
        await deal.service.withdraw_registration(deal.core.call(3, caller="other", group="other"), row.id, REASON)


async def test_a_gateway_without_the_extension_refuses_and_nothing_is_kept(
    tmp_path: Path, clock: FakeClock, vendor: XmlGatewayVendor
) -> None:
    plain = connect(make_context(tmp_path), vendor.sandbox, extensions={"withdrawal": False})
    async with open_core(tmp_path, clock=clock) as core:
        deal = wire(core, plain, vendor)
        row = await submitted(deal)
        with pytest.raises(UnsupportedByProviderError):
            await deal.service.withdraw_registration(core.call(2), row.id, REASON)
    await plain.close()
    assert execute(tmp_path, "SELECT count(*) FROM rosreestr_withdrawals") == [0]


async def test_the_reason_is_sealed_while_it_must_be_kept_and_forgotten_then(deal: Deal, tmp_path: Path) -> None:
    row = await submitted(deal)
    deal.vendor.fail("withdraw", "maintenance", times=9)
    await deal.service.withdraw_registration(deal.core.call(2), row.id, REASON)
    await deal.core.database.read(lambda conn: conn.exec_driver_sql("SELECT 1"))
    stored = stored_bytes(tmp_path)
    assert "Канарейкин".encode() not in stored
    await pass_time(deal, times=9)
    assert REASON in deal.vendor.sent_texts()
    assert execute(tmp_path, "SELECT state FROM rosreestr_withdrawals WHERE reason IS NULL") == ["ACCEPTED"]
    assert execute(tmp_path, "SELECT count(*) FROM rosreestr_withdrawals") == [1]
