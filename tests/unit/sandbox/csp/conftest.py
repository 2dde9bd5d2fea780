"""One CA a session, one emulated host a test."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.csp.setup import EmulatedHost
from tests.support.csp import Authorities, make_authorities

MakeHost = Callable[..., EmulatedHost]


@pytest.fixture(scope="session")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> Authorities:
    return make_authorities(tmp_path_factory.mktemp("csp-ca"))


@pytest.fixture
def make_host(tmp_path: Path, authorities: Authorities) -> MakeHost:
    def make(**profile: str) -> EmulatedHost:
        return EmulatedHost.create(tmp_path / "host", authorities.small, **profile)

    return make


@pytest.fixture
def host(make_host: MakeHost) -> EmulatedHost:
    return make_host()
