"""Rules over a core of their own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.core.clock import FakeClock
from tests.support.core_fixtures import open_core
from tests.unit.notifications.rules_rig import START, Outlet, Rules, wire


@pytest.fixture
async def rules(tmp_path: Path) -> AsyncIterator[Rules]:
    async with open_core(tmp_path, clock=FakeClock(START)) as core:
        wired = wire(core, Outlet())
        await wired.follower.catch_up()
        yield wired
