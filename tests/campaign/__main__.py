"""Runs campaigns: `.venv/bin/python tests/campaign --help`; docs/campaigns.md says what is run."""

import sys
import types
from pathlib import Path

# A package named `tests` comes with one of our dependencies; here it means this folder.
_TESTS = types.ModuleType("tests")
_TESTS.__path__ = [str(Path(__file__).resolve().parents[1])]
sys.modules["tests"] = _TESTS
sys.path[0] = str(Path(__file__).resolve().parents[2])

from tests.campaign.command import main  # noqa: E402 - only now can it be found

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
