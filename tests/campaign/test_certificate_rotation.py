"""The long form of rotation: a hundred certificates and CAs of the channel, one after the other, under load."""

from pathlib import Path

import pytest

from tests.e2e.agent.rotation import rotate_under_load
from tests.e2e.agent.support import HUB_RULE, install, serving
from tests.unit.agent.support import Keys, make_keys

ROTATIONS = 100


@pytest.mark.campaign
async def test_a_hundred_rotations_under_load_fail_no_signature(tmp_path: Path) -> None:
    keys: Keys = make_keys(tmp_path / "keys")
    installation = install(tmp_path / "agent", keys, rules=HUB_RULE.replace("1000", "1000000000"))
    async with serving(installation) as port:
        made, failed = await rotate_under_load(
            installation.directory / "pki", port, keys.thumbprints["seller"], rotations=ROTATIONS
        )
    assert failed == []
    assert made >= ROTATIONS * 3 * 8
