"""CryptoPro's Python library, emulated, in worker processes, keeps the contract of key backends."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.key_backend_contract import KeyBackendContract
from tests.contract.pycades_rig import PycadesRig
from tests.support.csp import Authorities, make_authorities


@pytest.fixture(scope="module")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> Authorities:
    return make_authorities(tmp_path_factory.mktemp("csp-ca"))


@pytest.fixture
def rig(tmp_path: Path, authorities: Authorities) -> Iterator[PycadesRig]:
    rig = PycadesRig(tmp_path / "host", authorities)
    yield rig
    rig.backend.close()


class TestPycadesKeys(KeyBackendContract):
    pass
