"""Certificate authorities and certificates for tests of mTLS: good ones, and each kind of bad one."""

import datetime as dt
import itertools
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

_SERIALS = itertools.count(1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: PrivateKey

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def key_pem(self) -> bytes:
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def write(self, folder: Path, name: str) -> tuple[Path, Path]:
        """Write NAME.crt and NAME.key and return their paths."""
        certificate, key = folder / f"{name}.crt", folder / f"{name}.key"
        certificate.write_bytes(self.pem)
        key.touch(mode=0o600)
        key.write_bytes(self.key_pem)
        return certificate, key


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


@dataclass(slots=True)
class Authority:
    """A CA that issues directly; `revoked` are the serial numbers its next CRL lists."""

    name: str = "test callers CA"
    pair: Pair = field(init=False)
    revoked: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _subject(self.name)
        builder = _builder(subject, subject, key, days=30).add_extension(
            x509.BasicConstraints(ca=True, path_length=0), critical=True
        )
        self.pair = Pair(certificate=builder.sign(key, hashes.SHA256()), key=key)

    def issue(
        self,
        name: str,
        *,
        key: PrivateKey | None = None,
        sans: tuple[x509.GeneralName, ...] | None = None,
        days: float = 7,
        age_days: float = 1,
    ) -> Pair:
        """Issue a certificate to a caller (URI SAN landhub://caller/<name>) or, with other SANs, to a server."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        names = sans if sans is not None else (x509.UniformResourceIdentifier(f"landhub://caller/{name}"),)
        builder = _builder(_subject(name), self.pair.certificate.subject, key, days=days, age_days=age_days)
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return Pair(certificate=builder.sign(self.pair.key, hashes.SHA256()), key=key)

    def issue_server(self, host: str = "localhost", *, days: float = 30) -> Pair:
        """Issue a server's certificate for a host name."""
        return self.issue(host, sans=(x509.DNSName(host),), days=days)

    def crl(self) -> bytes:
        """Return a CRL in PEM with what is in `revoked`."""
        now = _now()
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.pair.certificate.subject)
            .last_update(now)
            .next_update(now + dt.timedelta(days=1))
        )
        for serial in self.revoked:
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now).build()
            builder = builder.add_revoked_certificate(entry)
        return builder.sign(self.pair.key, hashes.SHA256()).public_bytes(Encoding.PEM)


def _subject(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _builder(
    subject: x509.Name, issuer: x509.Name, key: PrivateKey, *, days: float, age_days: float = 1
) -> x509.CertificateBuilder:
    now = _now()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(next(_SERIALS))
        .not_valid_before(now - dt.timedelta(days=age_days))
        .not_valid_after(now + dt.timedelta(days=days))
    )
