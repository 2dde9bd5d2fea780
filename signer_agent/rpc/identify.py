"""Who is at the other end: looked at again for each call, since the TLS library lets through more than we do."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa

from signer_agent.clock import Clock
from signer_agent.errors import COMMON_DOMAIN, UnauthenticatedError

MIN_RSA_BITS: Final = 2048
MIN_EC_BITS: Final = 256

_REMEMBERED: Final = 256  # certificates found good; a hub has one or two
_WEAK_HASHES: Final = (hashes.SHA1, hashes.MD5)

_Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client that may call: its name (SAN) and its certificate's SHA-256, hex."""

    name: str
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Good:
    client: Client
    not_before: datetime
    not_after: datetime


class Identify:
    """Checks issuer, validity, key, hash, denial, revocation and name. Files are read again when they change."""

    def __init__(
        self,
        *,
        client_ca: Path,
        client_crl: Path | None,
        clients: Sequence[str],
        denied_fingerprints: Sequence[str],
        clock: Clock,
    ) -> None:
        self._client_ca = client_ca
        self._client_crl = client_crl
        self._clients = frozenset(clients)
        self._denied = frozenset(denied_fingerprints)
        self._clock = clock
        self._stamps: tuple[_Stamp | None, ...] = ()
        self._good: OrderedDict[bytes, _Good] = OrderedDict()

    def client(self, auth_context: Mapping[str, Sequence[bytes]]) -> Client:
        """The client of a connection, by gRPC's auth context.

        Raises:
            UnauthenticatedError: CALLER_UNKNOWN or CERTIFICATE_REFUSED.
        """
        certificates = auth_context.get("x509_pem_cert") or ()
        if not certificates:
            raise _unknown("this server needs a client certificate of its own CA: `signer-agent init` made one")
        self._forget_if_files_changed()
        pem = bytes(certificates[0])
        good = self._good.get(pem)
        if good is None:
            good = self._judge(pem)
            self._good[pem] = good
            if len(self._good) > _REMEMBERED:
                self._good.popitem(last=False)
        if not good.not_before <= self._clock.now() <= good.not_after:
            raise _refused("expired")
        return good.client

    def _judge(self, pem: bytes) -> _Good:
        try:
            certificate = x509.load_pem_x509_certificate(pem)
            fingerprint = certificate.fingerprint(hashes.SHA256()).hex()
            _check_strength(certificate)
            self._check_issuer(certificate)
            names = _names(certificate)
        except (ValueError, UnsupportedAlgorithm, x509.InvalidVersion, x509.DuplicateExtension) as error:
            raise _refused("malformed") from error
        if fingerprint in self._denied:
            raise _refused("denied")
        name = next((name for name in names if name in self._clients), None)
        if name is None:
            raise _unknown("the client's name is not on this agent's list: add it to tls.clients")
        return _Good(
            client=Client(name=name, fingerprint=fingerprint),
            not_before=certificate.not_valid_before_utc,
            not_after=certificate.not_valid_after_utc,
        )

    def _check_issuer(self, certificate: x509.Certificate) -> None:
        issuer = next((ca for ca in self._authorities() if _issued(certificate, ca)), None)
        if issuer is None:
            raise _refused("issuer")
        if self._client_crl is None:
            return
        try:
            revoked = x509.load_pem_x509_crl(self._client_crl.read_bytes())
            signed = revoked.is_signature_valid(issuer.public_key())  # type: ignore[arg-type]  # it checks the type
        except (OSError, ValueError, TypeError) as error:
            raise _refused("revocation_unknown") from error
        if not signed:
            raise _refused("revocation_unknown")
        if revoked.get_revoked_certificate_by_serial_number(certificate.serial_number) is not None:
            raise _refused("revoked")

    def _authorities(self) -> list[x509.Certificate]:
        try:
            return x509.load_pem_x509_certificates(self._client_ca.read_bytes())
        except OSError as error:
            raise _refused("issuer") from error

    def _forget_if_files_changed(self) -> None:
        paths = (self._client_ca, self._client_crl)
        stamps = tuple(_stamp(path) for path in paths if path is not None)
        if stamps != self._stamps:
            self._stamps = stamps
            self._good.clear()


def fingerprint_of(auth_context: Mapping[str, Sequence[bytes]]) -> str:
    """The SHA-256 of the client's certificate, hex, whatever else is wrong with it; empty if there is none."""
    certificates = auth_context.get("x509_pem_cert") or ()
    try:
        return x509.load_pem_x509_certificate(bytes(certificates[0])).fingerprint(hashes.SHA256()).hex()
    except (IndexError, ValueError):
        return ""


def _issued(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _check_strength(certificate: x509.Certificate) -> None:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey | dsa.DSAPublicKey) and key.key_size < MIN_RSA_BITS:
        raise _refused("weak_key")
    if isinstance(key, ec.EllipticCurvePublicKey) and key.key_size < MIN_EC_BITS:
        raise _refused("weak_key")
    if isinstance(certificate.signature_hash_algorithm, _WEAK_HASHES):
        raise _refused("weak_hash")


def _names(certificate: x509.Certificate) -> list[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return [
        *names.get_values_for_type(x509.DNSName),
        *names.get_values_for_type(x509.UniformResourceIdentifier),
    ]


def _stamp(path: Path) -> _Stamp | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return (status.st_ino, status.st_size, status.st_mtime_ns)


def _unknown(problem: str) -> UnauthenticatedError:
    return UnauthenticatedError(problem, reason="CALLER_UNKNOWN", domain=COMMON_DOMAIN)


def _refused(cause: str) -> UnauthenticatedError:
    return UnauthenticatedError(
        f"the client certificate is refused ({cause}): issue a new one by this agent's CA",
        reason="CERTIFICATE_REFUSED",
        domain=COMMON_DOMAIN,
        metadata={"cause": cause},
    )
