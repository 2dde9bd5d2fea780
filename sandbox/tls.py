"""Throw-away TLS material: an EC CA, a server's pair, and as many clients' as a test needs."""

import dataclasses
import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_DAYS = 30  # long enough for a demo left running, too short to be of use elsewhere


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TlsPair:
    """A certificate and its key, PEM files."""

    certificate: Path
    key: Path


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ThrowAwayPki:
    """A CA in one directory: `ca.crt`, `ca.key`, and a pair of files a name."""

    directory: Path

    @property
    def ca_path(self) -> Path:
        """The CA's certificate, PEM."""
        return self.directory / "ca.crt"

    @classmethod
    def create(cls, directory: Path, *, name: str = "landhub sandbox TLS") -> "ThrowAwayPki":
        """Make a CA in `directory`, or find the one made there before while it is valid."""
        pki = cls(directory=directory)
        if pki.ca_path.exists() and _is_valid_for_a_day(_read(pki.ca_path)):
            return pki
        directory.mkdir(parents=True, exist_ok=True)
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _name(name)
        certificate = (
            _builder(subject, subject, key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(ca=True), critical=True)
            .sign(key, hashes.SHA256())
        )
        _write(TlsPair(certificate=pki.ca_path, key=directory / "ca.key"), certificate, key)
        return pki

    def server(self, name: str = "server", *, hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "::1")) -> TlsPair:
        """A server's pair for `hosts` (names or addresses), as `NAME.crt` and `NAME.key`; made unless it is there."""
        alternative = x509.SubjectAlternativeName([_host(host) for host in hosts])
        return self._issue(name, alternative, ExtendedKeyUsageOID.SERVER_AUTH)

    def client(self, name: str = "client") -> TlsPair:
        """A client's pair whose common name is `name`, as `NAME.crt` and `NAME.key`; made unless it is there."""
        alternative = x509.SubjectAlternativeName([x509.DNSName(name)])
        return self._issue(name, alternative, ExtendedKeyUsageOID.CLIENT_AUTH)

    def _issue(self, name: str, alternative: x509.SubjectAlternativeName, usage: x509.ObjectIdentifier) -> TlsPair:
        ca = _read(self.ca_path)
        pair = TlsPair(certificate=self.directory / f"{name}.crt", key=self.directory / f"{name}.key")
        if pair.certificate.exists() and _is_usable(pair.certificate, ca):
            return pair
        ca_key = serialization.load_pem_private_key((self.directory / "ca.key").read_bytes(), password=None)
        if not isinstance(ca_key, ec.EllipticCurvePrivateKey):
            raise TypeError(f"{self.directory / 'ca.key'} is not a key this made: remove the directory")
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            _builder(_name(name), ca.subject, key.public_key())
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(ca=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(alternative, critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
            .sign(ca_key, hashes.SHA256())
        )
        _write(pair, certificate, key)
        return pair


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=_DAYS))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _key_usage(*, ca: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not ca,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=ca,
        crl_sign=ca,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _write(pair: TlsPair, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
    pair.key.touch(mode=0o600)
    pair.key.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    pair.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _read(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def _is_valid_for_a_day(certificate: x509.Certificate) -> bool:
    return certificate.not_valid_after_utc > datetime.now(UTC) + timedelta(days=1)


def _is_usable(path: Path, ca: x509.Certificate) -> bool:
    certificate = _read(path)
    try:
        certificate.verify_directly_issued_by(ca)
    except (ValueError, InvalidSignature):
        return False
    return _is_valid_for_a_day(certificate)
