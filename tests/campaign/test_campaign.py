"""The short form of `make campaign`: a few seeds hold, repeat themselves bit for bit, and find what was planted."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.campaign.planted import PLANTED
from tests.campaign.template import Template, make_template

PROGRAM = Path(__file__).parent
SEEDS = 40
ENOUGH = {"settle-without-fence": 100, "sign-anew-each-time": 100}
"""Seeds within which a planted bug must be found; 25 for the others. Most take three."""
FOUND_AS = {
    "skip-lease-check": "without asking",
    "resend-after-lost-answer": "without asking",
    "settle-without-fence": "doubled: ",
    "not-found-is-proof": "before it had to be visible",
    "intent-left-out": "0 records of its intent",
    "sign-anew-each-time": "was signed 2 times",
    "name-in-the-log": "leaked: personal data is in a log",
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
        timeout=300,
        check=False,
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def failing(results: Sequence[dict[str, Any]]) -> list[tuple[int, Sequence[str]]]:
    return [(result["seed"], result["violations"]) for result in results if result["violations"]]


def test_nothing_is_lost_doubled_unaudited_or_leaked_wherever_processes_die(template: Template, tmp_path: Path) -> None:
    results = run(template, tmp_path, "--seeds", str(SEEDS))
    assert failing(results) == []
    assert sum(len(result["crashes"]) for result in results) > SEEDS / 2


def test_a_seed_runs_the_same_in_another_process(template: Template, tmp_path: Path) -> None:
    once = run(template, tmp_path / "once", "--first-seed", "1", "--seeds", "6", hash_seed="1")
    again = run(template, tmp_path / "again", "--first-seed", "3", "--seeds", "4", hash_seed="2")
    assert again == once[2:]


@pytest.mark.parametrize("plant", sorted(PLANTED))
def test_a_bug_that_was_planted_is_found(plant: str, template: Template, tmp_path: Path) -> None:
    zombies = ["--zombies"] if plant == "settle-without-fence" else []
    seeds = str(ENOUGH.get(plant, 25))
    results = run(template, tmp_path, "--seeds", seeds, "--plant", plant, "--until-found", *zombies)
    ((_, violations),) = failing(results)
    assert any(FOUND_AS[plant] in violation for violation in violations), violations
