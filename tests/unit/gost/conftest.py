"""The public key infrastructure these tests share, made once a run."""

import pytest

from gost.verify import VerificationPolicy
from tests.unit.gost.pki import KEY_KINDS, Authority, OpenSsl, Owner


@pytest.fixture(scope="session")
def openssl(tmp_path_factory: pytest.TempPathFactory) -> OpenSsl:
    return OpenSsl(tmp_path_factory.mktemp("gost"))


@pytest.fixture(scope="session")
def root(openssl: OpenSsl) -> Authority:
    return Authority(openssl, "root").sign_itself()


@pytest.fixture(scope="session")
def signer(root: Authority) -> Owner:
    return root.issue("signer")


@pytest.fixture(scope="session")
def revoked(root: Authority) -> Owner:
    owner = root.issue("revoked")
    root.revoke(owner)
    return owner


@pytest.fixture(scope="session")
def crl(root: Authority, revoked: Owner) -> bytes:
    """A list of the root, fresh at AT, with `revoked` alone on it."""
    return root.crl()


@pytest.fixture(scope="session")
def policy(root: Authority, crl: bytes) -> VerificationPolicy:
    return VerificationPolicy(anchors=(root.certificate,), crls=(crl,))


@pytest.fixture(scope="session")
def signers_by_kind(root: Authority, signer: Owner) -> dict[str, Owner]:
    return {kind: root.issue(f"signer-{kind}", kind=kind) for kind in KEY_KINDS}
