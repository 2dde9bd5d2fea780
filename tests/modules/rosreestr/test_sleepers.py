"""A worker that slept past its lease wakes up to what another one has done since."""

import pytest
from sqlalchemy import Connection, text

from hub.modules.rosreestr.port import RegistrationStatus
from tests.contract.rosreestr_vendor import a_transfer
from tests.modules.rosreestr.conftest import Deal


async def test_a_worker_that_slept_while_another_settled_the_registration_has_nothing_left_to_do(
    deal: Deal, monkeypatch: pytest.MonkeyPatch
) -> None:
    deal.vendor.fail("submit", "reset")
    row = await deal.service.create_registration(deal.core.call(), a_transfer(deal.vendor))
    assert row.state == "OUTCOME_UNKNOWN"

    async def asleep(reference: str) -> None:
        """Find nothing; meanwhile another worker has sent the registration and blanked what was kept for it."""

        def settled(conn: Connection) -> None:
            conn.execute(text("UPDATE rosreestr_registrations SET state = 'SUBMITTED', transfer = NULL"))

        await deal.core.database.write(settled, label="test")

    monkeypatch.setattr(deal.port, "find", asleep)
    await deal.core.clock.leap(24 * 3600)
    await deal.core.outbox.run_due()
    jobs = await deal.core.database.read(
        lambda conn: conn.execute(text("SELECT state, failures FROM outbox_jobs")).all()
    )
    assert [tuple(job) for job in jobs] == [("done", 0)]
    assert deal.vendor.calls("submit") == 1


async def test_an_answer_read_after_the_window_is_no_proof_if_it_was_asked_for_within(
    deal: Deal, monkeypatch: pytest.MonkeyPatch
) -> None:
    deal.vendor.fail("submit", "reset")
    await deal.service.create_registration(deal.core.call(), a_transfer(deal.vendor))

    async def stopped(reference: str) -> None:
        """Be told that nothing is there, and be stopped for a while before that is read."""
        deal.core.clock.jump(20)

    monkeypatch.setattr(deal.port, "find", stopped)
    await deal.core.clock.leap(deal.port.visibility_window.total_seconds() - 10)
    await deal.core.outbox.run_due()
    assert deal.vendor.calls("submit") == 1
    await deal.core.clock.leap(10)
    await deal.core.outbox.run_due()
    assert deal.vendor.calls("submit") == 2, "asked for after the window, it is"


async def test_a_withdrawal_is_not_sent_again_by_an_answer_asked_for_within_the_window(
    deal: Deal, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = await deal.service.create_registration(deal.core.call(), a_transfer(deal.vendor))
    deal.vendor.fail("withdraw", "reset")
    await deal.service.withdraw_registration(deal.core.call(2), row.id, "передумали")
    ask = deal.port.get_status

    async def stopped(vendor_id: str) -> RegistrationStatus:
        status = await ask(vendor_id)
        deal.core.clock.jump(20)  # each time: the job that follows the registration asks first
        return status

    await deal.core.clock.leap(deal.port.visibility_window.total_seconds() - 30)
    with monkeypatch.context() as patched:
        patched.setattr(deal.port, "get_status", stopped)
        await deal.core.outbox.run_due()
    assert deal.vendor.calls("withdraw") == 1
    await deal.core.clock.leap(10)
    await deal.core.outbox.run_due()
    assert deal.vendor.calls("withdraw") == 2
