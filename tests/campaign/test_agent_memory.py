"""100,000 signatures by an agent's process: its memory stays within 5 % of what it was after warm-up."""

import sys
from pathlib import Path

import pytest

from tests.e2e.agent.support import install
from tests.support.agent_memory import REMEMBERED, grown_by, remember_little
from tests.unit.agent.support import make_keys

SIGNATURES = 100_000
pytestmark = pytest.mark.campaign


async def test_100_000_signatures_leave_the_agents_memory_as_it_was(tmp_path: Path) -> None:
    installation = remember_little(install(tmp_path / "agent", make_keys(tmp_path)))

    grown = await grown_by(installation, warm=3 * REMEMBERED, signatures=SIGNATURES)

    sys.stdout.write(f"{grown}\n")
    assert grown.share < 0.05
