"""Every byte of a signature, whoever made it and by whatever key: none may have another value unnoticed. The short form
is ``tests/unit/gost/test_damage.py``.
"""

from pathlib import Path

import pytest

from gost.verify import VerificationPolicy
from gost.xmldsig_verify import verify_xml
from tests.campaign.telling import long_test, tell
from tests.unit.gost.damage import (
    KINDS,
    changes,
    made,
    passes,
    unnoticed,
    unnoticed_in_cades_t,
    with_unsigned_attribute,
)
from tests.unit.gost.pki import AT, KEY_KINDS, Authority, OpenSsl
from tests.unit.gost.test_timestamps import made_signature, made_world, stamped, verify
from tests.unit.gost.xml_messages import ELEMENT_ID, sign_xml

pytestmark = pytest.mark.campaign

EVERY_BIT = tuple(1 << bit for bit in range(8))
EVERY_VALUE = range(1, 256)  # by exclusive or, which makes them all the other ones


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
def test_every_value_of_every_byte_is_refused_whoever_made_it(
    kind: str, root: Authority, openssl: OpenSsl, policy: VerificationPolicy
) -> None:
    cms = made(kind, root.issue(f"signer-{KINDS.index(kind)}"), root, openssl)
    assert passes(cms, policy)
    tell(f"{len(cms) * len(EVERY_VALUE)} changes of a signature: {kind}")
    assert unnoticed(cms, policy, EVERY_VALUE) == []


def test_every_value_of_every_byte_of_a_cades_t_proves_no_time(tmp_path: Path) -> None:
    world = made_world(tmp_path, "gost2012_256")
    cms, policy = stamped(world, made_signature(world)), world.policy()
    assert verify(cms, policy).signers[0].signing_time_proven
    tell(f"{len(cms) * len(EVERY_VALUE)} changes of a CAdES-T")
    assert unnoticed_in_cades_t(cms, EVERY_VALUE, lambda damaged: verify(damaged, policy)) == []


@pytest.mark.parametrize("key_kind", sorted(KEY_KINDS))
def test_every_bit_is_protected_whatever_the_key(
    key_kind: str, root: Authority, openssl: OpenSsl, policy: VerificationPolicy
) -> None:
    signer = root.issue(f"signer-{key_kind}", kind=key_kind)
    cms = made("ours with its chain", signer, root, openssl)
    tell(f"{len(cms) * len(EVERY_BIT)} changes of a signature by {key_kind}")
    assert unnoticed(cms, policy, EVERY_BIT) == []


def test_what_changes_unnoticed_is_an_unsigned_attribute(
    root: Authority, openssl: OpenSsl, policy: VerificationPolicy
) -> None:
    signer = root.issue("signer-unsigned")
    cms, spared = with_unsigned_attribute(made("OpenSSL's", signer, root, openssl))
    tell(f"{len(cms) * len(EVERY_VALUE)} changes of a signature with an unsigned attribute")
    assert {position for position, _ in unnoticed(cms, policy, EVERY_VALUE)} <= set(spared)


def test_no_value_of_any_byte_of_xml_changes_what_is_signed(root: Authority, policy: VerificationPolicy) -> None:
    signed = sign_xml(root.issue("signer-of-xml"))
    wanted = verify_xml(signed, policy=policy, at=AT, element_id=ELEMENT_ID).signed_octets
    assert wanted
    tell(f"{len(signed) * len(EVERY_VALUE)} changes of a signed XML document")
    accepted = 0
    for change, damaged in changes(signed, EVERY_VALUE):
        found = verify_xml(damaged, policy=policy, at=AT, element_id=ELEMENT_ID)
        accepted += found.report.is_valid
        assert found.signed_octets == wanted or not (found.report.is_valid or found.signed_octets), change
    tell(f"{accepted} of them are of no consequence")
    assert accepted
