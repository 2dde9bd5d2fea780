"""Reading a CMS SignedData strictly: one encoding, one meaning, nothing left over.

CMS allows BER and says most things twice. What is accepted here is DER that encodes back to the very same bytes, whose
repeated fields agree, and whose size is bounded. Nothing is verified; see ``gost.verify``.
"""

import functools
import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat import asn1

from gost import structures
from gost.certificate import CertificateFacts, PublicKeyAlgorithm, read_der
from gost.digest import DigestAlgorithm
from gost.errors import MalformedError
from gost.structures import encoded

MAX_CMS_BYTES: Final = 4 * 1024 * 1024  # a detached signature has 1 to 10 KiB; archive forms carry lists and timestamps
MAX_SIGNERS: Final = 64  # each costs a verification
MAX_CERTIFICATES: Final = 128
MAX_ATTRIBUTES: Final = 64
_CACHED_REFERENCES: Final = 1024  # one for each signer seen lately
MAX_TIMESTAMPS: Final = 8  # of one signature; each costs a verification with a chain of its own
MAX_TOKEN_BYTES: Final = 64 * 1024  # a timestamp with its chain has 1 to 8 KiB
_OCTET_STRING: Final = b"\x04"  # its tag
_UTC_TIME: Final = re.compile(rb"[0-9]{12}Z")  # as DER has it, and so what it would be encoded as again

# signatureAlgorithm: the key and digest it goes with. Of GOST and RSA both names are in use (RFC 3370, RFC 9215)
_SIGNATURE_ALGORITHMS: Final = {
    "1.2.643.7.1.1.1.1": (PublicKeyAlgorithm.GOST_R_34_10_2012_256, DigestAlgorithm.STREEBOG_256),
    "1.2.643.7.1.1.3.2": (PublicKeyAlgorithm.GOST_R_34_10_2012_256, DigestAlgorithm.STREEBOG_256),
    "1.2.643.7.1.1.1.2": (PublicKeyAlgorithm.GOST_R_34_10_2012_512, DigestAlgorithm.STREEBOG_512),
    "1.2.643.7.1.1.3.3": (PublicKeyAlgorithm.GOST_R_34_10_2012_512, DigestAlgorithm.STREEBOG_512),
    "1.2.840.113549.1.1.1": (PublicKeyAlgorithm.RSA, DigestAlgorithm.SHA_256),
    "1.2.840.113549.1.1.11": (PublicKeyAlgorithm.RSA, DigestAlgorithm.SHA_256),
    "1.2.840.10045.4.3.2": (PublicKeyAlgorithm.ECDSA, DigestAlgorithm.SHA_256),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningCertificateReference:
    """What the attribute signingCertificateV2 says of the signer's certificate: its hash, maybe issuer and serial."""

    digest_oid: str
    certificate_hash: bytes
    issuer_der: bytes | None
    serial_number: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerInfo:
    """One signer, as written.

    ``certificate`` is the one of the CMS that the signer's identifier names, None if it is not there.
    ``signed_attributes`` is the DER SET OF whose hash is signed; without any, the content's own hash is, and both it
    and ``message_digest`` are None. ``signing_time`` is aware UTC and only claimed.
    ``signed_attribute_types`` and ``unsigned_attribute_types`` are dotted OIDs; the latter are protected by nothing.
    ``timestamps`` are the tokens (DER) of the unsigned attribute signatureTimeStampToken, which must prove themselves.
    """

    certificate: CertificateFacts | None
    key_algorithm: PublicKeyAlgorithm
    digest_algorithm: DigestAlgorithm
    signed_attributes: bytes | None
    message_digest: bytes | None
    signing_time: datetime | None
    signing_certificate: SigningCertificateReference | None
    signature: bytes
    signed_attribute_types: tuple[str, ...]
    unsigned_attribute_types: tuple[str, ...]
    timestamps: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedData:
    """A CMS SignedData, as written. ``content`` is None when it is detached."""

    content: bytes | None
    certificates: tuple[CertificateFacts, ...]
    signers: tuple[SignerInfo, ...]

    @property
    def digest_algorithms(self) -> frozenset[DigestAlgorithm]:
        """What the document must be hashed with, so that every signer can be verified."""
        return frozenset(signer.digest_algorithm for signer in self.signers)


def read_signed_data(der: bytes) -> SignedData:
    """Read a CMS SignedData over plain data, attached or detached.

    Raises:
        MalformedError: it is too big, not strict DER, contradicts itself, has no signer, carries revocation lists, or
            uses another content type than id-data or an algorithm that is not supported. The message says which.
    """
    if len(der) > MAX_CMS_BYTES:
        raise MalformedError(f"a CMS of {len(der)} bytes: at most {MAX_CMS_BYTES} are read")
    content_info = _decode(structures.ContentInfo, bytes(der), "CMS SignedData")
    _require(content_info.content_type.dotted_string == structures.ID_SIGNED_DATA, "the CMS is not SignedData")
    return _read(content_info.content, structures.ID_DATA)


def read_timestamp_token(der: bytes) -> SignedData:
    """Read the SignedData of a timestamp, whose ``content`` is a TSTInfo (RFC 3161 2.4.2).

    Raises:
        MalformedError: as ``read_signed_data``, except that certificates may come in any order.
    """
    if len(der) > MAX_TOKEN_BYTES:
        raise MalformedError(f"a timestamp of {len(der)} bytes: at most {MAX_TOKEN_BYTES} are read")
    token = _decode(structures.TimestampToken, bytes(der), "timestamp")
    _require(token.content_type.dotted_string == structures.ID_SIGNED_DATA, "the timestamp is not SignedData")
    return _read(token.content, structures.ID_TST_INFO)


def _read(signed_data: structures.SignedData | structures.TimestampSignedData, content_type: str) -> SignedData:
    written = signed_data.content.content_type.dotted_string
    what = "plain data" if content_type == structures.ID_DATA else "time"
    _require(written == content_type, f"the CMS signs no {what} but content of type {written}")
    _require(signed_data.crls is None, "the CMS carries revocation lists: give them to the verifier instead")
    signer_infos = signed_data.signer_infos.as_list()
    _require(
        1 <= len(signer_infos) <= MAX_SIGNERS, f"the CMS has {len(signer_infos)} signers: 1 to {MAX_SIGNERS} are read"
    )
    _check_versions(signed_data, signer_infos, content_type)
    certificates = _certificates(signed_data)
    signers = tuple(_signer(info, certificates, content_type) for info in signer_infos)
    _check_digest_algorithms(signed_data, signers)
    return SignedData(content=signed_data.content.content, certificates=certificates, signers=signers)


def _decode(kind: type[Any], der: bytes, name: str) -> Any:
    try:
        value = asn1.decode_der(kind, der)
        exact = structures.reencodes(value, der)
    except (ValueError, TypeError, OverflowError) as error:
        raise MalformedError(f"not a {name} in strict DER") from error
    _require(exact, f"the {name} is not in the one encoding that DER allows")
    return value


def _require(holds: bool, problem: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not holds:
        raise MalformedError(problem)


def _check_versions(
    signed_data: structures.SignedData | structures.TimestampSignedData,
    infos: Iterable[structures.SignerInfo],
    content_type: str,
) -> None:
    """RFC 5652 5.1 and 5.3: versions follow from what is inside, so that they can't be changed alone."""
    by_key_id = [isinstance(info.sid, bytes) for info in infos]
    right = all(info.version == (3 if isinstance(info.sid, bytes) else 1) for info in infos)
    _require(
        right and signed_data.version == (3 if any(by_key_id) or content_type != structures.ID_DATA else 1),
        "the CMS's version numbers contradict its content",
    )


def _certificates(
    signed_data: structures.SignedData | structures.TimestampSignedData,
) -> tuple[CertificateFacts, ...]:
    listed = signed_data.certificates
    if listed is None:
        return ()
    ders = [encoded(each) for each in (listed if isinstance(listed, list) else listed.as_list())]
    _require(
        0 < len(ders) <= MAX_CERTIFICATES, f"the CMS holds {len(ders)} certificates: 1 to {MAX_CERTIFICATES} are read"
    )
    _require(len(set(ders)) == len(ders), "the CMS holds a certificate twice")
    return tuple(map(read_der, ders))


def _check_digest_algorithms(
    signed_data: structures.SignedData | structures.TimestampSignedData, signers: Iterable[SignerInfo]
) -> None:
    listed = [identifier.algorithm.dotted_string for identifier in signed_data.digest_algorithms.as_list()]
    used = {signer.digest_algorithm.oid for signer in signers}
    _require(
        len(listed) == len(used) and set(listed) == used, "the CMS's digest algorithms are not those of its signers"
    )


def _signer(info: structures.SignerInfo, certificates: Iterable[CertificateFacts], content_type: str) -> SignerInfo:
    key_algorithm, digest_algorithm = _algorithms(info)
    certificate = _certificate_of(info.sid, certificates)
    _require(
        certificate is None or certificate.public_key_algorithm is key_algorithm,
        f"signature algorithm {info.signature_algorithm.algorithm.dotted_string} does not go with the signer's key",
    )
    signed = {} if info.signed_attributes is None else _attributes(info.signed_attributes.as_list(), "signed")
    unsigned = info.unsigned_attributes.as_list() if info.unsigned_attributes is not None else []
    _require(info.unsigned_attributes is None or bool(unsigned), "the unsigned attributes are present and empty")
    return SignerInfo(
        certificate=certificate,
        key_algorithm=key_algorithm,
        digest_algorithm=digest_algorithm,
        signed_attributes=None if info.signed_attributes is None else asn1.encode_der(info.signed_attributes),
        message_digest=_message_digest(signed, digest_algorithm, content_type) if signed else None,
        signing_time=_signing_time(signed),
        signing_certificate=_signing_certificate(signed),
        signature=info.signature,
        signed_attribute_types=tuple(signed),
        unsigned_attribute_types=tuple(attribute.type.dotted_string for attribute in unsigned),
        timestamps=_timestamps(unsigned),
    )


def _algorithms(info: structures.SignerInfo) -> tuple[PublicKeyAlgorithm, DigestAlgorithm]:
    signature_oid = info.signature_algorithm.algorithm.dotted_string
    digest_oid = info.digest_algorithm.algorithm.dotted_string
    key_algorithm, digest_algorithm = _SIGNATURE_ALGORITHMS.get(signature_oid, (None, None))
    if key_algorithm is None or digest_algorithm is None:
        raise MalformedError(f"signature algorithm {signature_oid} is not supported")
    _require(
        digest_algorithm.oid == digest_oid, f"signature algorithm {signature_oid} does not go with digest {digest_oid}"
    )
    return key_algorithm, digest_algorithm


def _message_digest(attributes: dict[str, list[asn1.TLV]], algorithm: DigestAlgorithm, expected_type: str) -> bytes:
    content_type = encoded(_value(attributes, structures.CONTENT_TYPE))
    _require(content_type == _object_identifier(expected_type), "the signed content type is not that of the CMS")
    written = _value(attributes, structures.MESSAGE_DIGEST)
    _require(written.tag_bytes == _OCTET_STRING, f"signed attribute {structures.MESSAGE_DIGEST} is not in strict DER")
    message_digest = bytes(written.data)
    _require(len(message_digest) == algorithm.size_bytes, "the signed digest has not the length of its algorithm")
    return message_digest


def _timestamps(unsigned: Iterable[structures.Attribute]) -> tuple[bytes, ...]:
    """All of them, whether in one attribute or in several; a signature is no worse for one that is wrong."""
    found = (
        encoded(value)
        for attribute in unsigned
        if attribute.type.dotted_string == structures.SIGNATURE_TIMESTAMP
        for value in attribute.values.as_list()
    )
    return tuple(itertools.islice(found, MAX_TIMESTAMPS))


def _certificate_of(sid: Any, certificates: Iterable[CertificateFacts]) -> CertificateFacts | None:
    if isinstance(sid, bytes):
        named = [each for each in certificates if each.subject_key_id == sid.hex()]
    else:
        issuer, serial = encoded(sid.issuer), sid.serial_number
        named = [each for each in certificates if each.issuer_der == issuer and int(each.serial_number, 16) == serial]
    _require(len(named) <= 1, "the CMS holds two certificates that the signer's identifier fits")
    return named[0] if named else None


def _attributes(listed: list[structures.Attribute], kind: str) -> dict[str, list[asn1.TLV]]:
    _require(0 < len(listed) <= MAX_ATTRIBUTES, f"{len(listed)} {kind} attributes: 1 to {MAX_ATTRIBUTES} are read")
    attributes = {attribute.type.dotted_string: attribute.values.as_list() for attribute in listed}
    _require(len(attributes) == len(listed), f"a {kind} attribute is there twice")
    return attributes


def _value(attributes: dict[str, list[asn1.TLV]], oid: str) -> asn1.TLV:
    values = attributes.get(oid, [])
    if len(values) != 1:
        raise MalformedError(f"signed attribute {oid} has {len(values)} values: it must have one")
    return values[0]


@functools.cache
def _object_identifier(oid: str) -> bytes:
    return asn1.encode_der(x509.ObjectIdentifier(oid))


def _signing_time(attributes: dict[str, list[asn1.TLV]]) -> datetime | None:
    if structures.SIGNING_TIME not in attributes:
        return None
    written = _value(attributes, structures.SIGNING_TIME)
    for kind in (asn1.UTCTime, asn1.GeneralizedTime):
        try:
            value = written.parse(kind)
            is_plain = kind is asn1.UTCTime and _UTC_TIME.fullmatch(written.data)
            if is_plain or structures.reencodes(value, encoded(written)):
                moment: datetime = value.as_datetime()
                return moment
        except (ValueError, OverflowError):
            continue
    raise MalformedError(f"signed attribute {structures.SIGNING_TIME} is not in strict DER")


def _signing_certificate(attributes: dict[str, list[asn1.TLV]]) -> SigningCertificateReference | None:
    if structures.SIGNING_CERTIFICATE_V2 not in attributes:
        return None
    return _read_reference(encoded(_value(attributes, structures.SIGNING_CERTIFICATE_V2)))


@functools.lru_cache(maxsize=_CACHED_REFERENCES)
def _read_reference(der: bytes) -> SigningCertificateReference:
    """Remembered: it is the same in all signatures by one certificate."""
    value = _decode(structures.SigningCertificate, der, "signingCertificateV2")
    _require(bool(value.certificates), "the attribute signingCertificateV2 names no certificate")
    identifier = value.certificates[0]  # RFC 5035 3: the first is the signer's
    algorithm, issuer_serial = identifier.hash_algorithm, identifier.issuer_serial
    return SigningCertificateReference(
        digest_oid=algorithm.algorithm.dotted_string if algorithm else DigestAlgorithm.SHA_256.oid,
        certificate_hash=identifier.certificate_hash,
        issuer_der=encoded(issuer_serial.issuer.directory_name) if issuer_serial else None,
        serial_number=issuer_serial.serial_number if issuer_serial else None,
    )
