"""Every bit of a signature, whoever made it and by whatever key: none may be turned unnoticed. The short form is
``tests/unit/gost/test_damage.py``.
"""

import pytest

from gost.verify import VerificationPolicy
from tests.campaign.telling import long_test
from tests.unit.gost.damage import KINDS, made, unnoticed, with_unsigned_attribute
from tests.unit.gost.pki import KEY_KINDS, Authority, OpenSsl

pytestmark = pytest.mark.campaign

EVERY_BIT = tuple(1 << bit for bit in range(8))


@pytest.fixture(autouse=True)
def _long() -> None:
    long_test()


@pytest.fixture(scope="module")
def openssl(tmp_path_factory: pytest.TempPathFactory) -> OpenSsl:
    return OpenSsl(tmp_path_factory.mktemp("damage"))


@pytest.fixture(scope="module")
def root(openssl: OpenSsl) -> Authority:
    return Authority(openssl, "root").sign_itself()


@pytest.fixture(scope="module")
def policy(root: Authority) -> VerificationPolicy:
    return VerificationPolicy(anchors=(root.certificate,), crls=(root.crl(),))


@pytest.mark.parametrize("kind", KINDS)
def test_every_bit_is_protected_whoever_made_it(
    kind: str, root: Authority, openssl: OpenSsl, policy: VerificationPolicy
) -> None:
    signer = root.issue(f"signer-{KINDS.index(kind)}")
    assert unnoticed(made(kind, signer, root, openssl), policy, EVERY_BIT) == []


@pytest.mark.parametrize("first", range(1, 256, 32))
def test_every_value_of_every_byte_is_refused(
    first: int, root: Authority, openssl: OpenSsl, policy: VerificationPolicy
) -> None:
    cms = made("OpenSSL's", root.issue(f"signer-from-{first}"), root, openssl)
    assert unnoticed(cms, policy, range(first, min(first + 32, 256))) == []


@pytest.mark.parametrize("key_kind", sorted(KEY_KINDS))
def test_every_bit_is_protected_whatever_the_key(
    key_kind: str, root: Authority, openssl: OpenSsl, policy: VerificationPolicy
) -> None:
    signer = root.issue(f"signer-{key_kind}", kind=key_kind)
    cms = made("ours with its chain", signer, root, openssl)
    assert unnoticed(cms, policy, EVERY_BIT) == []


def test_what_changes_unnoticed_is_an_unsigned_attribute(
    root: Authority, openssl: OpenSsl, policy: VerificationPolicy
) -> None:
    signer = root.issue("signer-unsigned")
    cms, spared = with_unsigned_attribute(made("OpenSSL's", signer, root, openssl))
    assert {position for position, _ in unnoticed(cms, policy, EVERY_BIT)} <= set(spared)
