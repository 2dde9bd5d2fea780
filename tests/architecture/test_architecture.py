"""The working tree keeps every rule of the architecture."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture.rules import RULES

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_tree_keeps_the_rule(rule: Callable[[Path], list[str]]) -> None:
    found = rule(ROOT)
    if found:
        pytest.fail("\n".join([f"{rule.__doc__}", *found]), pytrace=False)
