"""Damaging a CMS byte by byte, to see that nothing changed is taken for good."""

from collections.abc import Callable, Iterable, Iterator

from cryptography import x509
from cryptography.hazmat import asn1

from gost import structures
from gost.compose import with_content, with_signers_of
from gost.report import Report
from gost.verify import VerificationPolicy, verify_attached, verify_detached
from tests.unit.gost.pki import AT, Authority, OpenSsl, Owner
from tests.unit.gost.test_cades import DOCUMENT, sign
from tests.unit.gost.test_cms import changed
from tests.unit.gost.test_verify import DIGESTS

_TIMESTAMP = asn1.encode_der(x509.ObjectIdentifier(structures.SIGNATURE_TIMESTAMP))
_ATTRIBUTE_HEADER = 4  # of a SEQUENCE of 256 bytes or more

Change = tuple[int, int]
"""Where, and what was put there by exclusive or."""

KINDS = ("ours", "ours with its chain", "ours attached", "ours beside another's", "OpenSSL's", "OpenSSL's attached")


def made(kind: str, signer: Owner, root: Authority, openssl: OpenSsl) -> bytes:
    """A good signature over DOCUMENT."""
    makers: dict[str, Callable[[], bytes]] = {
        "ours": lambda: sign(signer, DOCUMENT),
        "ours with its chain": lambda: sign(signer, DOCUMENT, chain=(root,)),
        "ours attached": lambda: with_content(sign(signer, DOCUMENT), DOCUMENT),
        "ours beside another's": lambda: with_signers_of(
            openssl.sign(root.issue("signer-beside"), DOCUMENT, "-cades"), sign(signer, DOCUMENT)
        ),
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
    return [change for change, damaged in changes(cms, flips) if passes(damaged, policy)]


def unnoticed_in_cades_t(cms: bytes, flips: Iterable[int], verify: Callable[[bytes], Report]) -> list[Change]:
    """Every change of one byte of a CAdES-T after which a time is still proven, or more than it is lost.

    The timestamp is all that its unsigned attributes hold, and they stand last: changed, it may prove nothing.
    """
    unsigned = cms.index(_TIMESTAMP) - _ATTRIBUTE_HEADER
    found = []
    for (position, flip), damaged in changes(cms, flips):
        report = verify(damaged)
        is_proven = any(signer.signing_time_proven for signer in report.signers)
        if is_proven or (report.is_valid and position < unsigned):
            found.append((position, flip))
    return found


def changes(cms: bytes, flips: Iterable[int]) -> Iterator[tuple[Change, bytes]]:
    """Every change of one byte, and what comes of it."""
    kinds = tuple(flips)
    for position, byte in enumerate(cms):
        before, after = cms[:position], cms[position + 1 :]
        for flip in kinds:
            yield (position, flip), b"%b%c%b" % (before, byte ^ flip, after)


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
