"""Fixtures that every provider's contract tests share."""

from pathlib import Path

import pytest

from tests.contract.provider_context import Context, make_context
from tests.support.softhsm import tokens as tokens  # noqa: PLC0414 - a fixture


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return make_context(tmp_path)
