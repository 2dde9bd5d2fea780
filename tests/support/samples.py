"""Samples the project did not write: used where they lie, never copied."""

import os
from pathlib import Path

import pytest

NO_SAMPLES = "no samples: put them into ../shared/data or name LANDHUB_SAMPLES"
# Taken out of the environment: a hub that a test starts would take it for a setting of its own, and refuse it.
_FOLDER = Path(os.environ.pop("LANDHUB_SAMPLES", Path(__file__).parents[3] / "shared" / "data"))


def sample_files(pattern: str) -> list[Path]:
    """The files of LANDHUB_SAMPLES, or of `../shared/data`, that a pattern names; none where the folder is absent."""
    return sorted(_FOLDER.glob(pattern))


def needs_samples(files: list[Path]) -> pytest.MarkDecorator:
    """Skip a test that has nothing to look at."""
    return pytest.mark.skipif(not files, reason=NO_SAMPLES)
