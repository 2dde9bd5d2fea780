"""One running landhub for all tests here that leave it as they found it."""

from collections.abc import Iterator

import pytest

from sandbox.demo.stack import Stack
from tests.support.stack import running_stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    limits = {"calls_per_second": 2000, "burst": 2000}  # a thousand calls at once are one of the tests
    with running_stack(tmp_path_factory.mktemp("landhub") / "installation", "other", limits=limits) as running:
        yield running
