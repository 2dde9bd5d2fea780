"""A worker that slept past its lease wakes up to what another one has done since."""

import pytest
from sqlalchemy import Connection, text

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
