"""What all benchmarks share: where their figures go, and the tools they need."""

import os
import shutil
from collections.abc import Iterator

import pytest

from tests.bench.rig.figures import Figures

_TOOLS = ("h2load", "haproxy", "taskset")


@pytest.fixture(scope="session")
def figures() -> Iterator[Figures]:
    """Takes figures; at the end writes build/bench.json and prints the table (README=1: into the README too)."""
    taken = Figures()
    yield taken
    taken.write(into_readme=os.environ.get("README") == "1")


@pytest.fixture(scope="session")
def load_tools() -> None:
    """Skips without what drives the load."""
    if missing := [tool for tool in _TOOLS if shutil.which(tool) is None]:
        pytest.skip(f"{', '.join(missing)} is missing; as root: tools/system-packages bench")
