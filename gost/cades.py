"""Building a detached CAdES-BES (ETSI EN 319 122-1) around a document's digest, from a template made once.

Only the digest, the time and the signature change from one signature to the next, so the rest is encoded in advance:
building costs a few microseconds beside the signature's fifty.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from cryptography import x509
from cryptography.hazmat import asn1

from gost import digest as hashing
from gost import structures
from gost.certificate import CertificateFacts, PublicKeyAlgorithm
from gost.digest import DigestAlgorithm

_SEQUENCE: Final = b"\x30"
_SET: Final = b"\x31"
_OCTET_STRING: Final = b"\x04"
_CONTEXT_0: Final = b"\xa0"

_ID_DATA: Final = asn1.encode_der(x509.ObjectIdentifier(structures.ID_DATA))
_ID_SIGNED_DATA: Final = asn1.encode_der(x509.ObjectIdentifier(structures.ID_SIGNED_DATA))
_CONTENT_TYPE: Final = asn1.encode_der(x509.ObjectIdentifier(structures.CONTENT_TYPE))
_MESSAGE_DIGEST: Final = asn1.encode_der(x509.ObjectIdentifier(structures.MESSAGE_DIGEST))
_SIGNING_TIME: Final = asn1.encode_der(x509.ObjectIdentifier(structures.SIGNING_TIME))
_SIGNING_CERTIFICATE_V2: Final = asn1.encode_der(x509.ObjectIdentifier(structures.SIGNING_CERTIFICATE_V2))

# What OpenSSL and CryptoPro CSP write: the key's own OID for GOST and RSA (RFC 3370), with NULL; RFC 5754 for ECDSA
_SIGNATURE_ALGORITHMS: Final = {
    PublicKeyAlgorithm.GOST_R_34_10_2012_256: ("1.2.643.7.1.1.1.1", True),
    PublicKeyAlgorithm.GOST_R_34_10_2012_512: ("1.2.643.7.1.1.1.2", True),
    PublicKeyAlgorithm.RSA: ("1.2.840.113549.1.1.1", True),
    PublicKeyAlgorithm.ECDSA: ("1.2.840.10045.4.3.2", False),
}


class CadesTemplate:
    """Everything about a signature by one certificate that does not change. Immutable; share it between threads.

    ``chain`` are certificates put into the CMS beside the signer's own, for readers that lack them.
    ``digest_algorithm`` is what the document and the attributes are hashed with: the one that belongs to the key.

    Raises:
        UnsupportedAlgorithmError: the certificate's key is none of GOST R 34.10-2012, RSA and ECDSA.
    """

    __slots__ = (
        "_after_attributes",
        "_before_attributes",
        "_before_signers",
        "_fixed_attributes",
        "certificate",
        "digest_algorithm",
    )

    def __init__(self, *, certificate: CertificateFacts, chain: Iterable[CertificateFacts] = ()) -> None:
        self.certificate: Final = certificate
        self.digest_algorithm: Final = certificate.public_key_algorithm.digest_algorithm
        digest_identifier = _algorithm(self.digest_algorithm.oid, null=True)
        self._fixed_attributes: Final = (
            _attribute(_CONTENT_TYPE, _ID_DATA),
            _attribute(_SIGNING_CERTIFICATE_V2, _signing_certificate(certificate, self.digest_algorithm)),
        )
        self._before_attributes: Final = b"".join(
            (asn1.encode_der(1), asn1.encode_der(_issuer_and_serial(certificate)), digest_identifier)
        )
        self._after_attributes: Final = _algorithm(*_SIGNATURE_ALGORITHMS[certificate.public_key_algorithm])
        certificates = sorted({certificate.der, *(other.der for other in chain)})  # DER orders a SET OF
        self._before_signers: Final = b"".join(
            (
                asn1.encode_der(1),
                _tlv(_SET, digest_identifier),
                _tlv(_SEQUENCE, _ID_DATA),
                _tlv(_CONTEXT_0, b"".join(certificates)),
            )
        )

    def signed_attributes(self, digest: bytes, signing_time: datetime) -> bytes:
        """The bytes to be signed: a DER SET OF contentType, signingTime, messageDigest and signingCertificateV2.

        Args:
            digest: of the document, by ``digest_algorithm``.
            signing_time: aware; written in whole seconds, UTC.

        Raises:
            ValueError: the digest's length is wrong, or the time is naive.
        """
        if len(digest) != self.digest_algorithm.size_bytes:
            needed = f"{self.digest_algorithm.size_bytes} bytes of {self.digest_algorithm.name}"
            raise ValueError(f"the digest has {len(digest)} bytes: this certificate's key signs {needed}")
        changing = (
            _attribute(_SIGNING_TIME, _time(signing_time)),
            _attribute(_MESSAGE_DIGEST, _tlv(_OCTET_STRING, digest)),
        )
        return _tlv(_SET, b"".join(sorted(self._fixed_attributes + changing)))

    def assemble(self, signed_attributes: bytes, signature: bytes) -> bytes:
        """The detached CMS in DER.

        Args:
            signed_attributes: exactly what ``signed_attributes`` gave.
            signature: over those bytes, as ``PrivateKey.sign`` gives it.

        Raises:
            ValueError: the attributes are not of this certificate.
        """
        if signed_attributes[:1] != _SET or self._fixed_attributes[1] not in signed_attributes:
            raise ValueError("these signed attributes name another certificate: use the template that built them")
        signer = b"".join(
            (
                self._before_attributes,
                _CONTEXT_0,
                signed_attributes[1:],
                self._after_attributes,
                _tlv(_OCTET_STRING, signature),
            )
        )
        signed_data = _tlv(_SEQUENCE, self._before_signers + _tlv(_SET, _tlv(_SEQUENCE, signer)))
        return _tlv(_SEQUENCE, _ID_SIGNED_DATA + _tlv(_CONTEXT_0, signed_data))


def _tlv(tag: bytes, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return tag + bytes((size,)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return tag + bytes((0x80 | len(length),)) + length + content


def _attribute(oid_der: bytes, value: bytes) -> bytes:
    return _tlv(_SEQUENCE, oid_der + _tlv(_SET, value))


def _algorithm(oid: str, null: bool) -> bytes:  # noqa: FBT001 - called with a row of the table above
    return asn1.encode_der(_identifier(oid, null=null))


def _identifier(oid: str, *, null: bool) -> structures.AlgorithmIdentifier:
    return structures.AlgorithmIdentifier(
        algorithm=x509.ObjectIdentifier(oid), parameters=asn1.Null() if null else None
    )


def _time(moment: datetime) -> bytes:
    """RFC 5652 11.3: UTCTime up to 2049, GeneralizedTime from then on."""
    if moment.tzinfo is None:
        raise ValueError("the signing time has no time zone: give an aware datetime")
    whole = moment.astimezone(UTC).replace(microsecond=0)
    return asn1.encode_der(asn1.UTCTime(whole) if 1950 <= whole.year < 2050 else asn1.GeneralizedTime(whole))


def _issuer_and_serial(certificate: CertificateFacts) -> structures.IssuerAndSerialNumber:
    return structures.IssuerAndSerialNumber(
        issuer=asn1.decode_der(asn1.TLV, certificate.issuer_der), serial_number=int(certificate.serial_number, 16)
    )


def _signing_certificate(certificate: CertificateFacts, algorithm: DigestAlgorithm) -> bytes:
    is_default = algorithm is DigestAlgorithm.SHA_256  # DER leaves a DEFAULT out
    issuer = structures.GeneralNameOfDirectory(directory_name=asn1.decode_der(asn1.TLV, certificate.issuer_der))
    identifier = structures.EssCertificateId(
        hash_algorithm=None if is_default else _identifier(algorithm.oid, null=True),
        certificate_hash=hashing.digest(algorithm, certificate.der),
        issuer_serial=structures.IssuerSerial(issuer=issuer, serial_number=int(certificate.serial_number, 16)),
    )
    return asn1.encode_der(structures.SigningCertificate(certificates=[identifier], policies=None))
