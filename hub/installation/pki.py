"""A small private PKI: the callers' CA, the administrators' CA and what they issue. ECDSA P-256 throughout."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CALLER_URI = "landhub://caller/"

# The extension nsComment makes a development CA known by more than its name. An OID under 2.25 would not do: Go refuses
# every certificate that has an arc above 2^31.
_DEVELOPMENT_MARK = x509.ObjectIdentifier("2.16.840.1.113730.1.13")
_DEVELOPMENT_COMMENT = b"landhub: development, not for production"
_DEVELOPMENT_WORD = "development CA"

DEVELOPMENT_DAYS = 30
AUTHORITY_DAYS = 3650
SERVER_DAYS = 825  # what TLS clients of today still accept
CLIENT_DAYS = 365
_CLOCK_SKEW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Authority:
    """A CA with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def is_development(self) -> bool:
        """Whether it is marked as good for trying things out only."""
        return is_development(self.certificate)


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def make_authority(name: str, *, now: datetime, development: bool) -> Authority:
    """Make a CA; a development one is marked and lives 30 days."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = _subject(f"{name} {_DEVELOPMENT_WORD}" if development else name)
    days = DEVELOPMENT_DAYS if development else AUTHORITY_DAYS
    builder = (
        _certificate(subject, subject, key.public_key(), now=now, until=now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(is_authority=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if development:
        comment = bytes([0x16, len(_DEVELOPMENT_COMMENT)]) + _DEVELOPMENT_COMMENT
        builder = builder.add_extension(x509.UnrecognizedExtension(_DEVELOPMENT_MARK, comment), critical=False)
    return Authority(certificate=builder.sign(key, hashes.SHA256()), key=key)


def issue_server(authority: Authority, *, name: str, hosts: Sequence[str], now: datetime) -> Issued:
    """Issue a server's certificate for host names and IP addresses."""
    names = [_host(host) for host in hosts]
    return _issue(authority, name, names, usage=ExtendedKeyUsageOID.SERVER_AUTH, now=now, days=SERVER_DAYS)


def issue_client(authority: Authority, *, name: str, now: datetime) -> Issued:
    """Issue a caller's certificate; its SAN, landhub://caller/NAME, is what the hub knows it by."""
    names = [x509.UniformResourceIdentifier(f"{CALLER_URI}{name}")]
    return _issue(authority, name, names, usage=ExtendedKeyUsageOID.CLIENT_AUTH, now=now, days=CLIENT_DAYS)


def is_development(certificate: x509.Certificate) -> bool:
    """Whether a CA, or what it issued, is good for trying things out only: by the mark, or by the CA's name."""
    if any(_is_mark(extension) for extension in certificate.extensions):
        return True
    names = (*certificate.issuer, *certificate.subject)
    return any(_DEVELOPMENT_WORD.lower() in str(attribute.value).lower() for attribute in names)


def _is_mark(extension: x509.Extension[x509.ExtensionType]) -> bool:
    value = extension.value
    return (
        isinstance(value, x509.UnrecognizedExtension)
        and value.oid == _DEVELOPMENT_MARK
        and value.value.endswith(_DEVELOPMENT_COMMENT)
    )


def certificate_pem(certificate: x509.Certificate) -> bytes:
    """Return a certificate as PEM."""
    return certificate.public_bytes(serialization.Encoding.PEM)


def fingerprint(certificate: x509.Certificate) -> str:
    """Return a certificate's SHA-256 in hex, small letters, as lists of denied certificates hold it."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def _issue(
    authority: Authority,
    name: str,
    names: Sequence[x509.GeneralName],
    *,
    usage: x509.ObjectIdentifier,
    now: datetime,
    days: int,
) -> Issued:
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = authority.certificate
    until = min(now + timedelta(days=days), issuer.not_valid_after_utc)
    identifier = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    certificate = (
        _certificate(_subject(name), issuer.subject, key.public_key(), now=now, until=until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(is_authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
        .sign(authority.key, hashes.SHA256())
    )
    return Issued(certificate=certificate, key=key)


def _certificate(
    subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey, *, now: datetime, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_SKEW)
        .not_valid_after(until)
    )


def _subject(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _key_usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )
