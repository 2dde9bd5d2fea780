"""Messages while providers fail and the hub is killed: all of them final, none lost, none sent twice unasked."""

from pathlib import Path

import pytest

from tests.campaign.message_flood import post_office, run_flood
from tests.campaign.message_verdict import violations
from tests.campaign.telling import long_test, tell

MOST_GROWTH = 0.25
"""Of the hub's memory over some 20,000 messages, from where it is warm: pages of its database are kept, too."""


async def test_a_flood_through_failing_providers_and_a_kill_reaches_each_recipient_once(tmp_path: Path) -> None:
    with post_office(tmp_path / "installation") as stack:
        done = await run_flood(stack, size=200, kills=1, seed=1, to_the_end=False, tell=lambda _: None)
        assert list(violations(stack, done, to_the_end=False)) == []
    assert done.kills == 1


@pytest.mark.campaign
async def test_fifty_thousand_messages_through_failing_providers_and_ten_kills(tmp_path: Path) -> None:
    long_test()
    with post_office(tmp_path / "installation") as stack:
        done = await run_flood(stack, size=50_000, kills=10, seed=1, to_the_end=True, tell=tell)
        tell(str(done))
        assert list(violations(stack, done, to_the_end=True)) == []
    assert done.kills == 10
    assert done.most_bytes / done.warm_bytes - 1 < MOST_GROWTH
