"""Messages of an account that the settings no longer have: each goes on to its next step, or ends and says so."""

from pathlib import Path

from hub.core.clock import FakeClock
from hub.modules.notifications.planning import Handling
from hub.modules.notifications.port import NotificationsPort
from tests.contract.notifications_sandbox import SandboxVendor
from tests.modules.notifications.conftest import wire
from tests.support.core_fixtures import open_core

GONE, STAYS = ("smsaero", ""), ("smsc", "")


async def test_no_message_lies_with_an_account_that_is_gone(
    tmp_path: Path, ports: dict[str, NotificationsPort], vendors: dict[str, SandboxVendor]
) -> None:
    clock = FakeClock()
    async with open_core(tmp_path, clock=clock) as core:
        post = await wire(core, ports, vendors)
        vendors["smsaero"].fail("send", "answer_lost")
        doubtful = await post.create(1, handling=Handling(route=(GONE,)))
        await core.outbox.run_due()
        ending = await post.create(2, handling=Handling(route=(GONE,)))
        going_on = await post.create(3, handling=Handling(route=(GONE, STAYS)))
        campaign = await post.campaign(3, 4, handling=Handling(route=(GONE,)))
        post.mark.close()
    left = {name: port for name, port in ports.items() if name != "smsaero"}
    async with open_core(tmp_path, clock=clock, seed=2) as core:
        post = await wire(core, left, vendors)
        await post.pass_time(60, step=30)
        ended = await post.get(ending)
        assert (ended.state, ended.failure_reason) == ("FAILED", "ACCOUNT_MISSING")
        assert ((await post.get(going_on)).state, (await post.get(going_on)).account) == ("DELIVERED", "smsc")
        assert await post.totals(campaign) == {"FAILED": 3}
        assert (await post.get(doubtful)).state == "OUTCOME_UNKNOWN"
        post.mark.close()
    assert len(vendors["smsaero"].messages()) == 1
