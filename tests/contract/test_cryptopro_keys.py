"""CryptoPro's tools, emulated, keep the contract of key backends."""

from pathlib import Path

import pytest

from tests.contract.cryptopro_rig import CryptoproRig
from tests.contract.key_backend_contract import KeyBackendContract
from tests.support.csp import Authorities, make_authorities


@pytest.fixture(scope="module")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> Authorities:
    return make_authorities(tmp_path_factory.mktemp("csp-ca"))


@pytest.fixture
def rig(tmp_path: Path, authorities: Authorities) -> CryptoproRig:
    return CryptoproRig(tmp_path / "host", authorities)


class TestCryptoproKeys(KeyBackendContract):
    pass
