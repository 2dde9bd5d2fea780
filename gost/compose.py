"""Putting a CMS together anew around signatures that stay as they are, byte for byte.

What a signature covers are its signed attributes, and through them the content's digest. So the content itself, other
signers and timestamps can be put in by anybody, without a key; what comes out is to be verified like anything else.
"""

from collections.abc import Iterable
from typing import Final, TypeVar

from cryptography import x509
from cryptography.hazmat import asn1

from gost import structures
from gost.cms import MAX_SIGNERS, read_signed_data
from gost.errors import MalformedError

T = TypeVar("T")

_SIGNATURE_TIMESTAMP: Final = x509.ObjectIdentifier(structures.SIGNATURE_TIMESTAMP)


def with_content(cms: bytes, content: bytes) -> bytes:
    """A detached CMS with the content it is over put in. Whether it *is* the content, verification tells.

    Raises:
        MalformedError: it can't be read, or holds its content already.
    """
    info, signed_data = _opened(cms)
    if signed_data.content.content is not None:
        raise MalformedError("the CMS holds its content already")
    inside = structures.EncapsulatedContentInfo(content_type=signed_data.content.content_type, content=content)
    return _closed(info, signed_data, content=inside)


def with_signers_of(cms: bytes, other: bytes) -> bytes:
    """A CMS with the signers of another one beside its own: parallel signatures over the same content.

    The content stays as ``cms`` has it. Signers, certificates and digest algorithms that are in both are there once.

    Raises:
        MalformedError: one of them can't be read, or there would be too many signers.
    """
    info, mine = _opened(cms)
    _, theirs = _opened(other)
    signers = _together(mine.signer_infos.as_list(), theirs.signer_infos.as_list())
    if len(signers) > MAX_SIGNERS:
        raise MalformedError(f"{len(signers)} signers in one CMS: at most {MAX_SIGNERS} are read")
    listed = {each.algorithm.dotted_string for each in mine.digest_algorithms.as_list()}
    added = [each for each in theirs.digest_algorithms.as_list() if each.algorithm.dotted_string not in listed]
    mine_certificates = [] if mine.certificates is None else mine.certificates.as_list()
    their_certificates = [] if theirs.certificates is None else theirs.certificates.as_list()
    certificates = _together(mine_certificates, their_certificates)
    return _closed(
        info,
        mine,
        version=max(mine.version, theirs.version),
        signers=signers,
        certificates=certificates,
        digest_algorithms=[*mine.digest_algorithms.as_list(), *added],
    )


def with_timestamp(cms: bytes, signature: bytes, token: bytes) -> bytes:
    """A CMS with a timestamp put beside one signature, which is named by its value: CAdES-T.

    Raises:
        MalformedError: the CMS or the token can't be read.
        ValueError: no signer, or more than one, has this signature.
    """
    info, signed_data = _opened(cms)
    signers = signed_data.signer_infos.as_list()
    if sum(signer.signature == signature for signer in signers) != 1:
        raise ValueError("the CMS has not exactly one signature of this value")
    stamped = [_stamped(signer, token) if signer.signature == signature else signer for signer in signers]
    return _closed(info, signed_data, signers=stamped)


def _stamped(signer: structures.SignerInfo, token: bytes) -> structures.SignerInfo:
    before = [] if signer.unsigned_attributes is None else signer.unsigned_attributes.as_list()
    try:
        value = asn1.decode_der(asn1.TLV, token)
    except ValueError as error:
        raise MalformedError("the timestamp is no DER") from error
    attribute = structures.Attribute(type=_SIGNATURE_TIMESTAMP, values=asn1.SetOf([value]))
    return structures.SignerInfo(
        version=signer.version,
        sid=signer.sid,
        digest_algorithm=signer.digest_algorithm,
        signed_attributes=signer.signed_attributes,
        signature_algorithm=signer.signature_algorithm,
        signature=signer.signature,
        unsigned_attributes=asn1.SetOf([*before, attribute]),
    )


def _opened(cms: bytes) -> tuple[structures.ContentInfo, structures.SignedData]:
    read_signed_data(cms)  # strict: what encodes back to other bytes is refused, so that nobody's signature is touched
    info = asn1.decode_der(structures.ContentInfo, bytes(cms))
    return info, info.content


def _closed(
    info: structures.ContentInfo,
    signed_data: structures.SignedData,
    *,
    version: int | None = None,
    content: structures.EncapsulatedContentInfo | None = None,
    signers: list[structures.SignerInfo] | None = None,
    certificates: list[asn1.TLV] | None = None,
    digest_algorithms: list[structures.AlgorithmIdentifier] | None = None,
) -> bytes:
    """Write it with what is given instead; the encoder puts each SET OF in DER's order."""
    algorithms = signed_data.digest_algorithms if digest_algorithms is None else asn1.SetOf(digest_algorithms)
    changed = structures.SignedData(
        version=signed_data.version if version is None else version,
        digest_algorithms=algorithms,
        content=content or signed_data.content,
        certificates=asn1.SetOf(certificates) if certificates else signed_data.certificates,
        crls=None,
        signer_infos=signed_data.signer_infos if signers is None else asn1.SetOf(signers),
    )
    return asn1.encode_der(structures.ContentInfo(content_type=info.content_type, content=changed))


def _together(mine: Iterable[T], theirs: Iterable[T]) -> list[T]:
    """Both, and what is in both once, by its encoding."""
    return list({asn1.encode_der(each): each for each in (*mine, *theirs)}.values())
