"""A served contract for the tests of this folder."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.rpc_fixtures import Site, serving


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    """A server with three services, none of them bound."""
    async with serving(tmp_path) as running:
        yield running
