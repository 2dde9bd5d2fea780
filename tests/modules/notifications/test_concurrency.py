"""Each account has its own concurrency: counted in flight at the simulators."""

from pathlib import Path
from typing import cast

from hub.core.clock import FakeClock, SystemClock
from hub.modules.notifications.planning import Handling
from hub.modules.notifications.port import NotificationsPort
from tests.contract.notifications_sandbox import SandboxVendor
from tests.modules.notifications.conftest import wire
from tests.support.core_fixtures import open_core


async def test_a_provider_that_hangs_leaves_the_others_theirs(
    tmp_path: Path, ports: dict[str, NotificationsPort], vendors: dict[str, SandboxVendor]
) -> None:
    hanging, well = vendors["smsc"], vendors["smsaero"]
    hanging.fail("send", "hang", times=100)
    async with open_core(tmp_path, clock=cast("FakeClock", SystemClock())) as core:
        post = await wire(core, ports, vendors, concurrency=2)
        for number in range(10):
            await post.create(number + 1, handling=Handling(route=(("smsc", ""),)))
        await core.outbox.start()
        await hanging.server.wait_until(lambda: hanging.server.in_flight == 2)
        for number in range(20):
            phone = f"+7999000{number:04d}"
            await post.create(number + 11, phone=phone, handling=Handling(route=(("smsaero", ""),)))
        await well.server.wait_until(lambda: len(well.messages()) == 20)
        assert (hanging.server.in_flight, hanging.server.most_in_flight) == (2, 2)
        await core.outbox.stop(grace_seconds=0)
        post.mark.close()
