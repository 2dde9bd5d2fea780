"""The short form of the kills: a few, of real programs under load."""

from pathlib import Path
from random import Random

from tests.campaign.kills import run_kills
from tests.campaign.loads.deals import Deals
from tests.campaign.loads.payments import FamilyPayments
from tests.campaign.themes import THEMES

# A vendor's visibility window lasts 2 s; nothing is late in that, as a busy machine would make it later.
PACE = 1 / 30
PATIENCE_SECONDS = 300.0


def test_deals_and_payments_go_on_whatever_is_killed_and_stopped(tmp_path: Path) -> None:
    random = Random(1)
    acquirers = [theme.acquirer for theme in THEMES.values() if theme.acquirer is not None]
    payments = [
        FamilyPayments(
            acquirer=acquirer, random=random, pace=PACE, patience_seconds=PATIENCE_SECONDS, lateness=False, at_once=2
        )
        for acquirer in acquirers
    ]
    deals = Deals(random=random, patience_seconds=PATIENCE_SECONDS)
    report = run_kills(
        tmp_path / "installation",
        loads=[deals, *payments],
        kills=3,
        random=random,
        pause_seconds=2.0,
        tell=lambda _: None,
    )
    assert report.violations == []
    assert report.kills >= 3
    assert report.pauses == 1
    assert all(begun >= 2 for begun in report.begun.values())
