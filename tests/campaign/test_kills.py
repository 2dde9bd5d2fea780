"""The short form of the kills: a few, of real programs under load."""

from pathlib import Path

from tests.campaign.kills import run_kills


def test_deals_go_on_whatever_is_killed_and_stopped(tmp_path: Path) -> None:
    report = run_kills(tmp_path / "installation", kills=3, seed=1, pause_seconds=2.0, tell=lambda _: None)
    assert report.violations == []
    assert report.hub_kills + report.agent_kills >= 3
    assert report.pauses == 1
    assert report.deals >= 4
