"""Keys in a folder keep the contract of key backends."""

from pathlib import Path

import pytest

from gost.certificate import CertificateFacts, read_certificate
from gost.keys import PublicKey
from sandbox.test_ca import Issued
from signer_agent.keys.gost_file import GostFileBackend
from tests.contract.key_backend_contract import ATTRIBUTES, KeyBackendContract, KeyRig
from tests.support.csp import SELLER, Authorities, make_authorities


@pytest.fixture(scope="module")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> Authorities:
    return make_authorities(tmp_path_factory.mktemp("file-ca"))


class FileRig(KeyRig):
    def __init__(self, folder: Path, authorities: Authorities) -> None:
        self.folder = folder
        folder.mkdir()
        self.authorities = authorities
        self.seller = self._put("seller", authorities.seller)
        self.bare = self._put("bare", authorities.organisation, with_key=False)
        self.backend = GostFileBackend(folder=folder, passphrase=None)

    def _put(self, name: str, issued: Issued, *, with_key: bool = True) -> CertificateFacts:
        (self.folder / f"{name}.crt").write_bytes(issued.certificate_pem)
        if with_key:
            key = self.folder / f"{name}.key"
            key.touch(mode=0o600)
            key.write_bytes(issued.key_pem)
        return read_certificate(issued.certificate_pem)

    def take_away(self) -> None:
        self.folder.rename(self.folder.with_name("away"))

    def put_back(self) -> None:
        self.folder.with_name("away").rename(self.folder)

    def add(self) -> CertificateFacts:
        name = f"added-{self.folder.parent.name}"
        return self._put("added", self.authorities.small.issue(name, SELLER))

    def refresh(self) -> None:
        self.backend.refresh()


@pytest.fixture
def rig(tmp_path: Path, authorities: Authorities) -> FileRig:
    return FileRig(tmp_path / "keys", authorities)


class TestGostFileKeys(KeyBackendContract):
    def check_away(self, rig: KeyRig) -> None:
        """The key is in memory: it goes on signing."""
        signature = rig.backend.sign(rig.seller.thumbprint, ATTRIBUTES)
        assert PublicKey.from_certificate(rig.seller).verify(ATTRIBUTES, signature)
