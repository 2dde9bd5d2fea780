"""Many messages while providers fail and the hub is cut off: all of them final, none lost, none sent twice."""

from pathlib import Path

import pytest

from hub.modules.notifications.port import NotificationsPort
from tests.contract.notifications_sandbox import SandboxVendor
from tests.modules.notifications.flood import Outcome, run_flood


def _check(outcome: Outcome, size: int) -> None:
    assert (outcome.lost, outcome.twice) == (0, 0)
    assert sum(outcome.states.values()) == size
    assert set(outcome.states) <= {"SENT", "DELIVERED", "OUTCOME_UNKNOWN"}


async def test_a_flood_through_failing_providers_reaches_each_recipient_once(
    tmp_path: Path, ports: dict[str, NotificationsPort], vendors: dict[str, SandboxVendor]
) -> None:
    outcome = await run_flood(tmp_path, ports, vendors, size=150, cuts=2, seconds=60)
    _check(outcome, 150)


@pytest.mark.campaign
async def test_fifty_thousand_messages_through_failing_providers_and_ten_cuts(
    tmp_path: Path, ports: dict[str, NotificationsPort], vendors: dict[str, SandboxVendor]
) -> None:
    outcome = await run_flood(tmp_path, ports, vendors, size=50_000, cuts=10, seconds=3600)
    _check(outcome, 50_000)
