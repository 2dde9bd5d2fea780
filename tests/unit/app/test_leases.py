"""The settings' lease bounds every attempt at a write: who slept past it must not find its call still on the way."""

from pathlib import Path

import pytest

from hub.app.offline import offline_core
from hub.cli.main import main
from hub.resilience.policy import Policy, Safety
from hub.resilience.upstream import Attempt


@pytest.mark.parametrize(("safety", "seconds"), [(Safety.READ, 60.0), (Safety.IDEMPOTENT_BY_KEY, 8.0)])
async def test_an_attempt_at_a_write_is_cut_to_four_fifths_of_the_lease_of_the_settings(
    tmp_path: Path, safety: Safety, seconds: float
) -> None:
    folder = tmp_path / "hub"
    assert main(["init", str(folder), "--dev", "--set=storage.lease_seconds=10"]) == 0
    assert main(["db", "migrate", str(folder)]) == 0
    given: list[float] = []

    async def send(attempt: Attempt) -> str:
        given.append(attempt.timeout_seconds)
        return "done"

    async with offline_core(folder) as core:
        upstream = core.upstreams.open("plots.vendor", Policy(attempt_timeout=60.0, total_timeout=300.0))
        await upstream.call("write", send, safety=safety)
    assert given == [seconds]
