"""The short form of `make campaign`: a few seeds hold, repeat themselves bit for bit, and find what was planted."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.campaign.planted import PLANTED, theme_of
from tests.campaign.template import Template, make_template

PROGRAM = Path(__file__).parent
SEEDS = {"land": 40, "sberbank": 8, "tbank": 5, "yookassa": 6}
ENOUGH = {"settle-without-fence": 100, "sign-anew-each-time": 100}
"""Seeds within which a planted bug must be found; 25 for the others, 150 in payments. Most take three."""
QUICK_IN_PAYMENTS = {"open-next-without-declining", "card-in-the-log", "take-pending-refunds-for-made"}
"""The others are tried by `make campaign LONG=1`."""
FOUND_AS = {
    "skip-lease-check": "without asking",
    "resend-after-lost-answer": "without asking",
    "settle-without-fence": "doubled: ",
    "not-found-is-proof": "before it had to be visible",
    "intent-left-out": "0 records of its intent",
    "sign-anew-each-time": "was signed 2 times",
    "name-in-the-log": "leaked: personal data is in a log",
    "open-again-without-asking": "sent again without asking",
    "open-next-without-declining": "which nobody follows",
    "refund-again-without-number": "doubled: ",
    "reverse-again": "doubled: ",
    "number-refunds-anew": "refunded for us there",
    "card-in-the-log": "leaked: personal data is in a log",
    "password-in-the-log": "leaked: personal data is in a log",
    "believe-any-checksum": "a forged callback was taken",
    "judge-refunds-by-amounts": "refunded for us there",
    "make-keys-anew": "is at the acquirer 2 times",
    "trust-keys-for-ever": "is at the acquirer 2 times",
    "take-pending-refunds-for-made": "refunded for us there",
}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    return make_template(tmp_path_factory.mktemp("campaign") / "template")


def run(template: Template, folder: Path, *arguments: str, hash_seed: str = "0") -> list[dict[str, Any]]:
    command = [sys.executable, str(PROGRAM), "--worker", str(template.folder), "--folder", str(folder), *arguments]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def failing(results: Sequence[dict[str, Any]]) -> list[tuple[int, Sequence[str]]]:
    return [(result["seed"], result["violations"]) for result in results if result["violations"]]


@pytest.mark.parametrize("theme", sorted(SEEDS))
def test_nothing_is_lost_doubled_unaudited_or_leaked_wherever_processes_die(
    theme: str, template: Template, tmp_path: Path
) -> None:
    seeds = SEEDS[theme]
    results = run(template, tmp_path, "--seeds", str(seeds), "--about", theme)
    assert failing(results) == []
    assert sum(len(result["crashes"]) for result in results) > seeds / 2


def test_a_seed_runs_the_same_in_another_process(template: Template, tmp_path: Path) -> None:
    themes = ("--about", "land,sberbank")
    once = run(template, tmp_path / "once", "--first-seed", "1", "--seeds", "6", *themes, hash_seed="1")
    again = run(template, tmp_path / "again", "--first-seed", "3", "--seeds", "4", *themes, hash_seed="2")
    assert again == once[2:]


def _slow_ones(plant: str) -> Any:
    slow = theme_of(plant) != "land" and plant not in QUICK_IN_PAYMENTS
    return pytest.param(plant, marks=pytest.mark.campaign) if slow else plant


@pytest.mark.parametrize("plant", [_slow_ones(plant) for plant in sorted(PLANTED)])
def test_a_bug_that_was_planted_is_found(plant: str, template: Template, tmp_path: Path) -> None:
    zombies = ["--zombies"] if plant == "settle-without-fence" else []
    theme = theme_of(plant)
    seeds = str(ENOUGH.get(plant, 25 if theme == "land" else 150))
    about = ("--about", theme, "--plant", plant)
    results = run(template, tmp_path, "--seeds", seeds, *about, "--until-found", *zombies)
    ((_, violations),) = failing(results)
    assert any(FOUND_AS[plant] in violation for violation in violations), violations
