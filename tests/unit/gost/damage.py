"""Damaging a CMS byte by byte, to see that nothing changed is taken for good."""

from collections.abc import Callable, Iterable

from cryptography import x509
from cryptography.hazmat import asn1

from gost import structures
from gost.compose import with_content
from gost.verify import VerificationPolicy, verify_attached, verify_detached
from tests.unit.gost.pki import AT, Authority, OpenSsl, Owner
from tests.unit.gost.test_cades import DOCUMENT, sign
from tests.unit.gost.test_cms import changed
from tests.unit.gost.test_verify import DIGESTS

Change = tuple[int, int]
"""Where, and what was put there by exclusive or."""

KINDS = ("ours", "ours with its chain", "ours attached", "OpenSSL's", "OpenSSL's attached")


def made(kind: str, signer: Owner, root: Authority, openssl: OpenSsl) -> bytes:
    """A good signature over DOCUMENT."""
    makers: dict[str, Callable[[], bytes]] = {
        "ours": lambda: sign(signer, DOCUMENT),
        "ours with its chain": lambda: sign(signer, DOCUMENT, chain=(root,)),
        "ours attached": lambda: with_content(sign(signer, DOCUMENT), DOCUMENT),
        "OpenSSL's": lambda: openssl.sign(signer, DOCUMENT, "-cades"),
        "OpenSSL's attached": lambda: openssl.sign(signer, DOCUMENT, "-cades", "-nodetach"),
    }
    return makers[kind]()


def passes(cms: bytes, policy: VerificationPolicy) -> bool:
    """Whether it is taken for a good signature over DOCUMENT, by either way there is."""
    return (
        verify_detached(cms, DIGESTS, policy=policy, at=AT).is_valid
        or verify_attached(cms, policy=policy, at=AT).is_valid
    )


def unnoticed(cms: bytes, policy: VerificationPolicy, flips: Iterable[int]) -> list[Change]:
    """Every change of one byte after which it still passes."""
    found = []
    for position in range(len(cms)):
        for flip in flips:
            damaged = bytearray(cms)
            damaged[position] ^= flip
            if passes(bytes(damaged), policy):
                found.append((position, flip))
    return found


def with_unsigned_attribute(cms: bytes) -> tuple[bytes, range]:
    """The CMS with an unsigned attribute of nobody's, and where in it that attribute is."""
    value = asn1.SetOf([asn1.decode_der(asn1.TLV, b"\x04\x10" + bytes(16))])
    attribute = structures.Attribute(type=x509.ObjectIdentifier("1.2.3.4"), values=value)

    def add(data: structures.SignedData) -> None:
        signer = data.signer_infos.as_list()[0]
        signer.unsigned_attributes = asn1.SetOf([attribute])
        data.signer_infos = asn1.SetOf([signer])

    made_so = changed(cms, add)
    encoded = asn1.encode_der(attribute)
    begins = made_so.index(encoded)
    return made_so, range(begins, begins + len(encoded))
