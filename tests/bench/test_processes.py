"""What a second process brings on a machine of two cores, which provider, generator and database share."""

from pathlib import Path
from statistics import median

import pytest

from tests.bench.rig.figures import Figures
from tests.bench.rig.load import drive
from tests.bench.rig.machine import cores
from tests.bench.rig.processes import hubs_of_processes

pytestmark = [pytest.mark.bench, pytest.mark.usefixtures("load_tools")]

_ROUNDS = 5
_SECONDS = 3


def test_two_processes_on_postgresql_beside_one(tmp_path: Path, figures: Figures) -> None:
    found: dict[int, list[float]] = {1: [], 2: []}
    with hubs_of_processes(tmp_path, *found) as hubs:
        for _ in range(_ROUNDS):
            for count, target in hubs.lookups.items():
                load = drive(target, seconds=_SECONDS, cores=cores().both)
                found[count].append(load.per_second)
                print(f"{count} processes: {load.per_second:6.0f} lookups a second")

    ratios = [two / one for one, two in zip(found[1], found[2], strict=True)]
    figures.add("two_processes_vs_one", ratios, baseline=f"{median(found[1]):.0f} a second")
