"""The ASN.1 of RFC 5652 (CMS) and RFC 5035 (ESS) as far as it is used here, for the strict DER codec of `cryptography`.

The codec refuses indefinite and over-long lengths, padded integers and OIDs, trailing bytes and unordered sets.
"""

from typing import Annotated, Final

from cryptography import x509
from cryptography.hazmat import asn1

ID_DATA: Final = "1.2.840.113549.1.7.1"
ID_SIGNED_DATA: Final = "1.2.840.113549.1.7.2"
CONTENT_TYPE: Final = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST: Final = "1.2.840.113549.1.9.4"
SIGNING_TIME: Final = "1.2.840.113549.1.9.5"
SIGNING_CERTIFICATE_V2: Final = "1.2.840.113549.1.9.16.2.47"
SIGNATURE_TIMESTAMP: Final = "1.2.840.113549.1.9.16.2.14"
ID_TST_INFO: Final = "1.2.840.113549.1.9.16.1.4"


@asn1.sequence
class AlgorithmIdentifier:
    """Of digests and signatures in CMS, whose parameters are absent or NULL."""

    algorithm: x509.ObjectIdentifier
    parameters: asn1.Null | None


@asn1.sequence
class IssuerAndSerialNumber:
    """RFC 5652 10.2.4."""

    issuer: asn1.TLV
    serial_number: int


@asn1.sequence
class Attribute:
    """RFC 5652 5.3."""

    type: x509.ObjectIdentifier
    values: asn1.SetOf[asn1.TLV]


@asn1.sequence
class SignerInfo:
    """RFC 5652 5.3; ``sid`` is issuer and serial number, or a subject key identifier."""

    version: int
    sid: IssuerAndSerialNumber | Annotated[bytes, asn1.Implicit(0)]
    digest_algorithm: AlgorithmIdentifier
    signed_attributes: Annotated[asn1.SetOf[Attribute] | None, asn1.Implicit(0)]
    signature_algorithm: AlgorithmIdentifier
    signature: bytes
    unsigned_attributes: Annotated[asn1.SetOf[Attribute] | None, asn1.Implicit(1)]


@asn1.sequence
class EncapsulatedContentInfo:
    """RFC 5652 5.2."""

    content_type: x509.ObjectIdentifier
    content: Annotated[bytes | None, asn1.Explicit(0)]


@asn1.sequence
class SignedData:
    """RFC 5652 5.1."""

    version: int
    digest_algorithms: asn1.SetOf[AlgorithmIdentifier]
    content: EncapsulatedContentInfo
    certificates: Annotated[asn1.SetOf[asn1.TLV] | None, asn1.Implicit(0)]
    crls: Annotated[asn1.SetOf[asn1.TLV] | None, asn1.Implicit(1)]
    signer_infos: asn1.SetOf[SignerInfo]


@asn1.sequence
class TimestampSignedData:
    """SignedData as timestamp authorities write it: OpenSSL's, for one, leaves the certificates in any order."""

    version: int
    digest_algorithms: asn1.SetOf[AlgorithmIdentifier]
    content: EncapsulatedContentInfo
    certificates: Annotated[list[asn1.TLV] | None, asn1.Implicit(0)]
    crls: Annotated[asn1.SetOf[asn1.TLV] | None, asn1.Implicit(1)]
    signer_infos: asn1.SetOf[SignerInfo]


@asn1.sequence
class TimestampToken:
    """RFC 3161 2.4.2: a ContentInfo that holds SignedData over a TSTInfo."""

    content_type: x509.ObjectIdentifier
    content: Annotated[TimestampSignedData, asn1.Explicit(0)]


@asn1.sequence
class ContentInfo:
    """RFC 5652 3, holding SignedData."""

    content_type: x509.ObjectIdentifier
    content: Annotated[SignedData, asn1.Explicit(0)]


@asn1.sequence
class GeneralNameOfDirectory:
    """The one alternative of GeneralName that names an issuer."""

    directory_name: Annotated[asn1.TLV, asn1.Explicit(4)]


@asn1.sequence
class IssuerSerial:
    """RFC 5035 5; ``issuer`` is a GeneralNames of one directoryName."""

    issuer: GeneralNameOfDirectory
    serial_number: int


@asn1.sequence
class EssCertificateId:
    """ESSCertIDv2 of RFC 5035 4; an absent ``hash_algorithm`` means SHA-256."""

    hash_algorithm: AlgorithmIdentifier | None
    certificate_hash: bytes
    issuer_serial: IssuerSerial | None


@asn1.sequence
class SigningCertificate:
    """SigningCertificateV2 of RFC 5035 3; ``policies`` are kept as they come."""

    certificates: list[EssCertificateId]
    policies: list[asn1.TLV] | None


_SHORT_LENGTH: Final = 0x7F


def encoded(written: asn1.TLV) -> bytes:
    """An element's bytes. The codec takes only the one way to write a length, so it is known without asking it."""
    content = written.data
    size = len(content)
    if size <= _SHORT_LENGTH:
        return b"".join((written.tag_bytes, bytes((size,)), content))
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return b"".join((written.tag_bytes, bytes((_SHORT_LENGTH + 1 + len(length),)), length, content))


def reencodes(value: object, der: bytes) -> bool:
    """Whether a decoded value gives the very bytes it was read from: the last word on "strict DER"."""
    return asn1.encode_der(value) == der
