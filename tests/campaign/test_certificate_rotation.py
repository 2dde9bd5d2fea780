"""The long form of rotation: a hundred certificates and CAs of each channel, one after the other, under load."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from tests.campaign.telling import long_test, tell
from tests.e2e.agent.rotation import rotate_under_load as rotate_agent
from tests.e2e.agent.support import HUB_RULE, install, serving
from tests.e2e.hub.rotation import SETTINGS
from tests.e2e.hub.rotation import rotate_under_load as rotate_hub
from tests.support.stack import running_stack
from tests.unit.agent.support import Keys, make_keys

ROTATIONS = 100


@pytest.mark.campaign
async def test_a_hundred_rotations_between_hub_and_agent_fail_no_signature(tmp_path: Path) -> None:
    long_test()
    keys: Keys = make_keys(tmp_path / "keys")
    installation = install(tmp_path / "agent", keys, rules=HUB_RULE.replace("1000", "1000000000"))
    # What the hub logs of each change would drown the words on the progress.
    with capture_logs():
        async with serving(installation) as port:
            made, failed = await rotate_agent(
                installation.directory / "pki", port, keys.thumbprints["seller"], rotations=ROTATIONS
            )
    assert failed == []
    assert made >= ROTATIONS * 3 * 8
    tell(f"{ROTATIONS} rotations between hub and agent, {made} signatures, 0 failed")


@pytest.mark.campaign
async def test_a_hundred_rotations_at_the_hubs_doors_fail_no_call(tmp_path: Path) -> None:
    long_test()
    with running_stack(tmp_path / "installation", settings=SETTINGS) as stack:
        load = await rotate_hub(stack, rotations=ROTATIONS, tell=tell)
    tell(str(load.calls))
    assert load.failed == []
