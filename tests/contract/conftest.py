"""Fixtures that every provider's contract tests share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.provider_context import Context, make_context
from tests.support.softhsm import tokens_in


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return make_context(tmp_path)


@pytest.fixture(scope="session")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with tokens_in(tmp_path_factory.mktemp("softhsm")) as folder:
        yield folder
