"""One CA a session, one emulated host a test."""

from pathlib import Path

import pytest

from sandbox.csp.setup import EmulatedHost
from tests.support.csp import Authorities, make_authorities


@pytest.fixture(scope="session")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> Authorities:
    return make_authorities(tmp_path_factory.mktemp("csp-ca"))


@pytest.fixture
def host(tmp_path: Path, authorities: Authorities) -> EmulatedHost:
    return EmulatedHost.create(tmp_path / "host", authorities.small)
