"""One folder of GOST keys a session, one installation a test."""

from pathlib import Path

import pytest

from tests.e2e.agent.support import Installation, install
from tests.unit.agent.support import Keys, make_keys


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return make_keys(tmp_path_factory.mktemp("agent-keys"))


@pytest.fixture
def installation(tmp_path: Path, keys: Keys) -> Installation:
    """An agent that takes the hub's word for contracts of the crm."""
    return install(tmp_path / "agent", keys)
