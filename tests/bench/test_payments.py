"""What a payment costs that is never lost or made twice, beside one that is made and forgotten."""

from pathlib import Path
from statistics import median

import pytest

from tests.bench.rig.figures import Figures
from tests.bench.rig.payments import payments, per_cpu_second

pytestmark = [pytest.mark.bench, pytest.mark.usefixtures("load_tools")]

_ROUNDS = 5
_PAYMENTS = 400


async def test_a_payment_beside_the_sketch(tmp_path: Path, figures: Figures) -> None:
    ours, theirs = [], []
    async with payments(tmp_path) as both:
        await per_cpu_second(both.by_hub, both.hub, count=100)  # both are warm then
        await per_cpu_second(both.by_sketch, both.sketch, count=100)
        for _ in range(_ROUNDS):
            ours.append(await per_cpu_second(both.by_hub, both.hub, count=_PAYMENTS))
            theirs.append(await per_cpu_second(both.by_sketch, both.sketch, count=_PAYMENTS))
            print(f"payments   {ours[-1]:6.0f} a second of CPU, the sketch {theirs[-1]:6.0f}")
    ratios = [mine / other for mine, other in zip(ours, theirs, strict=True)]
    beside = f"{median(theirs):.0f} a second of CPU, ours {median(ours):.0f}"
    figures.add("create_payment_vs_sketch", ratios, baseline=beside)
