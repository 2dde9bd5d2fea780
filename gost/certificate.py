"""What an X.509 certificate says, Russian attributes included, read once and kept as plain facts."""

import base64
import binascii
import enum
import functools
import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from gost.digest import DigestAlgorithm
from gost.errors import MalformedError, UnsupportedAlgorithmError
from gost.extensions import Extension, extension_facts
from gost.names import read_issuer_name, read_name
from gost.structures import encoded

MAX_CERTIFICATE_BYTES: Final = 64 * 1024  # real ones have 1 to 4 KiB
MAX_CERTIFICATES_IN_BUNDLE: Final = 2000  # the national list of accredited CAs has some 600

_CACHED_CERTIFICATES: Final = 2048
_PEM_BEGIN: Final = b"-----BEGIN CERTIFICATE-----"
_PEM_END: Final = b"-----END CERTIFICATE-----"

# What the two parsers raise on bytes that are no certificate
_UNREADABLE: Final = (
    ValueError,
    TypeError,
    OverflowError,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)


class PublicKeyAlgorithm(enum.Enum):
    """What kind of key a certificate holds; the value is the OID in its SubjectPublicKeyInfo."""

    GOST_R_34_10_2012_256 = "1.2.643.7.1.1.1.1"
    GOST_R_34_10_2012_512 = "1.2.643.7.1.1.1.2"
    RSA = "1.2.840.113549.1.1.1"
    ECDSA = "1.2.840.10045.2.1"
    OTHER = ""

    __hash__ = object.__hash__  # see DigestAlgorithm

    @property
    def digest_algorithm(self) -> DigestAlgorithm:
        """The hash that signatures by such a key are made with here.

        Raises:
            UnsupportedAlgorithmError: for OTHER.
        """
        found = _DIGEST_OF.get(self)
        if found is None:
            raise UnsupportedAlgorithmError(
                "the key is none of GOST R 34.10-2012, RSA and ECDSA: get another certificate"
            )
        return found


_ALGORITHMS: Final = {each.value: each for each in PublicKeyAlgorithm}
_GOST_BITS: Final = {PublicKeyAlgorithm.GOST_R_34_10_2012_256: 256, PublicKeyAlgorithm.GOST_R_34_10_2012_512: 512}
_DIGEST_OF: Final = {
    PublicKeyAlgorithm.GOST_R_34_10_2012_256: DigestAlgorithm.STREEBOG_256,
    PublicKeyAlgorithm.GOST_R_34_10_2012_512: DigestAlgorithm.STREEBOG_512,
    PublicKeyAlgorithm.RSA: DigestAlgorithm.SHA_256,
    PublicKeyAlgorithm.ECDSA: DigestAlgorithm.SHA_256,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateFacts:
    """What one certificate says. Nothing here is verified; see ``gost.verify`` for that.

    ``subject`` and ``issuer`` are RFC 4514 strings with INN, INNLE, OGRN, OGRNIP, SNILS, SN, GN by name;
    ``issuer_der`` and ``subject_der`` the names' exact bytes. ``serial_number`` is upper-case hexadecimal of even
    length; ``thumbprint`` the SHA-1 as Windows and CryptoPro show it, upper case; ``sha256`` lower case. Times are
    aware UTC. ``signature_algorithm`` is the dotted OID its issuer signed it with. ``inn`` is the attribute INN without
    the ``00`` that pads an organisation's to 12 digits; ``inn_legal_entity`` is the attribute INNLE, which newer
    certificates of organisations have instead or beside it. Texts are None when the certificate lacks them.
    ``key_usage`` holds RFC 5280 names (``digitalSignature``) and is empty when the extension is absent.
    ``extended_key_usage`` and ``policies`` are dotted OIDs. ``subject_key_id`` and ``authority_key_id`` are lower-case
    hexadecimal. ``public_key_bits`` is 0 where the key can't be read; ``public_key_sha256`` is of the whole
    SubjectPublicKeyInfo. ``signing_tool`` is subjectSignTool; ``issuer_signing_tools`` is issuerSignTool: the CA's
    signing tool, its CA software, and the numbers of their certificates of conformity, or nothing.
    """

    der: bytes
    subject: str
    issuer: str
    subject_der: bytes
    issuer_der: bytes
    serial_number: str
    not_before: datetime
    not_after: datetime
    thumbprint: str
    sha256: str
    public_key_algorithm: PublicKeyAlgorithm
    public_key_bits: int
    public_key_sha256: str
    signature_algorithm: str
    owner_common_name: str | None
    owner_organization: str | None
    owner_surname: str | None
    owner_given_name: str | None
    inn: str | None
    inn_legal_entity: str | None
    ogrn: str | None
    ogrnip: str | None
    snils: str | None
    key_usage: frozenset[str]
    extended_key_usage: tuple[str, ...]
    policies: tuple[str, ...]
    crl_urls: tuple[str, ...]
    ocsp_urls: tuple[str, ...]
    issuer_urls: tuple[str, ...]
    subject_key_id: str | None
    authority_key_id: str | None
    is_ca: bool
    signing_tool: str | None
    issuer_signing_tools: tuple[str, ...]

    @property
    def may_sign(self) -> bool:
        """Whether keyUsage names digitalSignature or nonRepudiation."""
        return not self.key_usage.isdisjoint({"digitalSignature", "nonRepudiation"})


def read_certificate(data: bytes) -> CertificateFacts:
    """Read one certificate, PEM or DER. The last 2048 are remembered, each by all of its bytes.

    Raises:
        MalformedError: it is no X.509 certificate in strict DER, or is bigger than 64 KiB.
    """
    if _PEM_BEGIN not in _bounded(data):
        return _read(bytes(data))
    blocks = data.split(_PEM_BEGIN)[1:]
    if len(blocks) != 1:
        raise MalformedError(f"{len(blocks)} certificates where one was expected")
    return _read(_der_of(blocks[0]))


def read_der(data: bytes) -> CertificateFacts:
    """Read one certificate that can't be PEM: within a signature, what looks like it is part of something else.

    Raises:
        MalformedError: as ``read_certificate``.
    """
    return _read(_bounded(data))


def read_certificates(pem_bundle: bytes) -> tuple[CertificateFacts, ...]:
    """Read all certificates of a PEM bundle in its order; text between them is ignored. An empty bundle gives none.

    Raises:
        MalformedError: one of them can't be read, or there are more than 2000.
    """
    blocks = pem_bundle.split(_PEM_BEGIN)[1:]
    if len(blocks) > MAX_CERTIFICATES_IN_BUNDLE:
        raise MalformedError(f"{len(blocks)} certificates in one bundle: at most {MAX_CERTIFICATES_IN_BUNDLE} are read")
    return tuple(_read(_der_of(block)) for block in blocks)


def _bounded(data: bytes) -> bytes:
    if len(data) > MAX_CERTIFICATE_BYTES:
        raise MalformedError(f"a certificate of {len(data)} bytes: at most {MAX_CERTIFICATE_BYTES} are read")
    return data


def _der_of(pem_block: bytes) -> bytes:
    body, end, _ = pem_block.partition(_PEM_END)
    try:
        der = base64.b64decode(b"".join(body.split()), validate=True)
    except binascii.Error as error:
        raise MalformedError("a PEM certificate holds no valid base64: copy it again") from error
    if not end or len(der) > MAX_CERTIFICATE_BYTES:
        raise MalformedError(f"a PEM certificate has no end, or more than {MAX_CERTIFICATE_BYTES} bytes")
    return der


@functools.lru_cache(maxsize=_CACHED_CERTIFICATES)
def _read(der: bytes) -> CertificateFacts:
    try:
        written = asn1.decode_der(_Certificate, der)
        if written.body.serial_number <= 0 or asn1.encode_der(written) != der:
            raise MalformedError("not a certificate of RFC 5280 in strict DER with a positive serial number")
        return _facts(der, written.body, x509.load_der_x509_certificate(der))
    except _UNREADABLE as error:
        raise MalformedError("not an X.509 certificate: give PEM or DER of exactly one") from error


@asn1.sequence
class _TbsCertificate:
    """RFC 5280 4.1, read beside ``cryptography``, which does not hand out the names' exact bytes."""

    version: Annotated[int | None, asn1.Explicit(0)]
    serial_number: int
    signature: asn1.TLV
    issuer: asn1.TLV
    validity: asn1.TLV
    subject: asn1.TLV
    subject_public_key_info: asn1.TLV
    issuer_unique_id: Annotated[asn1.BitString | None, asn1.Implicit(1)]
    subject_unique_id: Annotated[asn1.BitString | None, asn1.Implicit(2)]
    extensions: Annotated[list[Extension] | None, asn1.Explicit(3)]


@asn1.sequence
class _Certificate:
    body: _TbsCertificate
    signature_algorithm: asn1.TLV
    signature: asn1.BitString


def _facts(der: bytes, body: _TbsCertificate, certificate: x509.Certificate) -> CertificateFacts:
    issuer_der, subject_der = encoded(body.issuer), encoded(body.subject)
    name = read_name(subject_der)
    subject = name.attributes
    key_algorithm = _ALGORITHMS.get(certificate.public_key_algorithm_oid.dotted_string, PublicKeyAlgorithm.OTHER)
    return CertificateFacts(
        der=der,
        subject=name.text,
        issuer=read_issuer_name(issuer_der).text,
        subject_der=subject_der,
        issuer_der=issuer_der,
        serial_number=_even_hexadecimal(certificate.serial_number),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        thumbprint=hashlib.sha1(der, usedforsecurity=False).hexdigest().upper(),
        sha256=hashlib.sha256(der).hexdigest(),
        public_key_algorithm=key_algorithm,
        public_key_bits=_GOST_BITS.get(key_algorithm) or _public_key_bits(certificate),
        public_key_sha256=hashlib.sha256(encoded(body.subject_public_key_info)).hexdigest(),
        signature_algorithm=certificate.signature_algorithm_oid.dotted_string,
        owner_common_name=subject.get("2.5.4.3"),
        owner_organization=subject.get("2.5.4.10"),
        owner_surname=subject.get("2.5.4.4"),
        owner_given_name=subject.get("2.5.4.42"),
        inn=_without_padding(subject.get("1.2.643.3.131.1.1")),
        inn_legal_entity=subject.get("1.2.643.100.4"),
        ogrn=subject.get("1.2.643.100.1"),
        ogrnip=subject.get("1.2.643.100.5"),
        snils=subject.get("1.2.643.100.3"),
        **extension_facts(body.extensions or (), certificate),
    )


def _public_key_bits(certificate: x509.Certificate) -> int:
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return 0
    return key.key_size if isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey) else 0


def _even_hexadecimal(number: int) -> str:
    digits = f"{number:X}"
    return digits.zfill(len(digits) + len(digits) % 2)


def _without_padding(inn: str | None) -> str | None:
    """An organisation's 10 digits were stored as 12 with `00` in front before INNLE came (from 2021 on)."""
    if inn and len(inn) == 12 and inn.startswith("00"):
        return inn[2:]
    return inn
