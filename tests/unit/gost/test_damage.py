"""No byte of a signature may be changed unnoticed, but those of the attributes that no signature covers.

The long form, every value of every byte, is in ``tests/campaign/test_damage.py``.
"""

import pytest

from gost.verify import VerificationPolicy
from tests.unit.gost.damage import KINDS, made, passes, unnoticed, with_unsigned_attribute
from tests.unit.gost.pki import Authority, OpenSsl, Owner

FLIPS = (0x01, 0x20, 0xFF)  # the least, the one that turns a type into another, and all bits


@pytest.mark.parametrize("kind", KINDS)
def test_every_single_byte_change_is_refused(
    kind: str, signer: Owner, root: Authority, openssl: OpenSsl, policy: VerificationPolicy
) -> None:
    cms = made(kind, signer, root, openssl)
    assert passes(cms, policy)
    assert unnoticed(cms, policy, FLIPS) == []


def test_only_unsigned_attributes_may_change_unnoticed(
    signer: Owner, root: Authority, openssl: OpenSsl, policy: VerificationPolicy
) -> None:
    cms, spared = with_unsigned_attribute(made("OpenSSL's", signer, root, openssl))
    assert passes(cms, policy)
    changes = {position for position, _ in unnoticed(cms, policy, FLIPS)}
    assert changes, "an unsigned attribute is covered by nothing"
    assert changes <= set(spared)


@pytest.mark.parametrize("kind", KINDS)
def test_a_byte_more_or_less_is_refused(
    kind: str, signer: Owner, root: Authority, openssl: OpenSsl, policy: VerificationPolicy
) -> None:
    cms = made(kind, signer, root, openssl)
    others = [cms + b"\0", cms[:-1], b"\0" + cms, cms[1:], cms + cms]
    assert [other for other in others if passes(other, policy)] == []
