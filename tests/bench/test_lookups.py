"""What a lookup costs with everything on, beside those who do less."""

from pathlib import Path
from statistics import median

import pytest

from tests.bench.rig.figures import Figures
from tests.bench.rig.lookups import Lookups, lookups

pytestmark = [pytest.mark.bench, pytest.mark.usefixtures("load_tools")]

_ROUNDS = 5
_SECONDS = 3


def test_a_lookup_with_everything_on_beside_a_bare_handler_and_fastapi(tmp_path: Path, figures: Figures) -> None:
    with lookups(tmp_path) as all_of_them:
        speed = _speeds(all_of_them)

    for name, ours, theirs in (
        ("lookup_vs_bare", "hub", "bare"),
        ("lookup_vs_sketch", "hub", "sketch"),
        ("batch_lookup_vs_fastapi", "batch", "shared"),
    ):
        beside = f"{median(speed[theirs]):.0f} plots a second of CPU, ours {median(speed[ours]):.0f}"
        figures.add(name, _ratios(speed[ours], speed[theirs]), baseline=beside)


def _speeds(servers: Lookups) -> dict[str, list[float]]:
    """Ask each in turn, round by round: what disturbs the machine for a while disturbs all of them."""
    found: dict[str, list[float]] = {name: [] for name in servers.servers}
    for _ in range(_ROUNDS):
        for name in servers.servers:
            speed = servers.measure(name, seconds=_SECONDS)
            found[name].append(speed.per_cpu_second)
            print(f"{name:10} {speed.per_cpu_second:6.0f} plots a second of CPU, {speed.per_second:6.0f} as they came")
    return found


def _ratios(ours: list[float], theirs: list[float]) -> list[float]:
    return [mine / other for mine, other in zip(ours, theirs, strict=True)]
