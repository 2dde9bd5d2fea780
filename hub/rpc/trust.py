"""Whom a server still believes: the callers' CA, what it revoked, and what an operator denied, as the files say now."""

import contextlib
import hashlib
import re
from datetime import datetime
from pathlib import Path

import structlog
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from hub.core.clock import Clock
from hub.rpc.options import TlsFiles

log = structlog.get_logger(__name__)

_LOOK_EVERY_SECONDS = 1.0  # how soon a denied certificate is refused on a connection that is open
_SMALLEST_RSA_BITS = 2048
_SMALLEST_EC_BITS = 256
_LARGEST_FILE_BYTES = 16 * 1024 * 1024  # a CRL of some hundred thousand certificates
_CALLER_URI = "landhub://caller/"
_PEM_CRL = re.compile(rb"-----BEGIN X509 CRL-----.*?-----END X509 CRL-----", re.DOTALL)
_OLD_HASHES = frozenset({"md5", "sha1"})

_Stamp = tuple[tuple[int, int], ...]


class Trust:
    """The files of TlsFiles, read again when one of them changes.

    A file that can't be read or parsed when it changes leaves what was read before in force, and is logged; when the
    server starts, it stops it. A CA that was taken out is out in any case. While a CA is replaced, the CRLs of both may
    follow each other in PEM; one that no CA here has signed counts for nothing.

    Raises:
        ValueError, OSError: a file can't be read, or no CRL is of a CA here.
    """

    def __init__(self, *, files: TlsFiles, clock: Clock) -> None:
        self.version = 0
        self._files = files
        self._clock = clock
        self._looked = clock.monotonic()
        self._stamp = self._present_stamp()
        self._authorities: list[x509.Certificate] = []
        self._revoked: frozenset[int] = frozenset()
        self._denied: frozenset[str] = frozenset()
        self._load()

    def refresh(self, *, at_once: bool = False) -> None:
        """Look, at most once a second unless `at_once`, whether a file changed; `version` then grows."""
        now = self._clock.monotonic()
        if now - self._looked < _LOOK_EVERY_SECONDS and not at_once:
            return
        self._looked = now
        stamp = self._present_stamp()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            self._load()
        except (OSError, ValueError) as error:
            log.warning("trust_files_unreadable", error=type(error).__name__, files=str(self._files.client_ca.parent))
            self._withdraw()
        self.version += 1

    def objection(self, certificate: x509.Certificate) -> str:
        """Return why a certificate is refused ("issuer", "weak_key", "sha1", "revoked", "denied"), or empty.

        Its time is not looked at; see Leaf.
        """
        if weakness := _weakness(certificate):
            return weakness  # first, since the library won't even check a signature over SHA-1
        if not any(_issued(authority, certificate) for authority in self._authorities):
            return "issuer"
        if fingerprint(certificate) in self._denied:
            return "denied"
        return "revoked" if certificate.serial_number in self._revoked else ""

    def _load(self) -> None:
        authorities = x509.load_pem_x509_certificates(_read(self._files.client_ca))
        revoked = _revoked(_read(self._files.revocations), authorities) if self._files.revocations else frozenset()
        self._denied = _denied(self._files.denied)
        self._authorities, self._revoked = authorities, revoked

    def _withdraw(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            named = x509.load_pem_x509_certificates(_read(self._files.client_ca))
            self._authorities = [authority for authority in self._authorities if authority in named]

    def _present_stamp(self) -> _Stamp:
        paths = (self._files.client_ca, self._files.revocations, self._files.denied)
        return tuple(_stamp(path) for path in paths if path is not None)


def caller_name(certificate: x509.Certificate) -> str:
    """Return the caller's name: the URI SAN landhub://caller/<name>, else the only DNS SAN; empty if neither."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return ""
    uris = [uri for uri in names.get_values_for_type(x509.UniformResourceIdentifier) if uri.startswith(_CALLER_URI)]
    hosts = names.get_values_for_type(x509.DNSName)
    if uris:
        return uris[0].removeprefix(_CALLER_URI) if len(uris) == 1 else ""
    return hosts[0] if len(hosts) == 1 else ""


def fingerprint(certificate: x509.Certificate) -> str:
    """Return SHA-256 of the DER in lower-case hex, as `openssl x509 -fingerprint -sha256` shows it without colons."""
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest()


def validity(certificate: x509.Certificate) -> tuple[datetime, datetime]:
    """Return from when until when the certificate is good, in UTC."""
    return certificate.not_valid_before_utc, certificate.not_valid_after_utc


def _issued(authority: x509.Certificate, certificate: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(authority)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


def _weakness(certificate: x509.Certificate) -> str:
    try:
        hash_algorithm, key = certificate.signature_hash_algorithm, certificate.public_key()
    except (UnsupportedAlgorithm, ValueError):
        return "weak_key"  # of a kind that can't be judged
    if hash_algorithm is not None and hash_algorithm.name in _OLD_HASHES:
        return "sha1"
    match key:
        case rsa.RSAPublicKey(key_size=bits) if bits >= _SMALLEST_RSA_BITS:
            return ""
        case ec.EllipticCurvePublicKey(key_size=bits) if bits >= _SMALLEST_EC_BITS:
            return ""
        case ed25519.Ed25519PublicKey() | ed448.Ed448PublicKey():
            return ""
        case _:
            return "weak_key"


def _revoked(data: bytes, authorities: list[x509.Certificate]) -> frozenset[int]:
    pems = _PEM_CRL.findall(data)
    lists = [x509.load_pem_x509_crl(pem) for pem in pems] if pems else [x509.load_der_x509_crl(data)]
    known = [crl for crl in lists if any(_signed_crl(authority, crl) for authority in authorities)]
    if not known:
        raise ValueError("the revocation list is not signed by the callers' CA")
    return frozenset(entry.serial_number for crl in known for entry in crl)


def _signed_crl(authority: x509.Certificate, crl: x509.CertificateRevocationList) -> bool:
    if authority.subject != crl.issuer:
        return False
    with contextlib.suppress(TypeError, ValueError):  # a key of another kind than the signature
        return crl.is_signature_valid(authority.public_key())  # type: ignore[arg-type]  # refused by type if not of an issuer
    return False


def _denied(path: Path | None) -> frozenset[str]:
    if path is None or not path.exists():
        return frozenset()
    lines = (line.partition("#")[0] for line in _read(path).decode("utf-8").splitlines())
    entries = {line.replace(":", "").strip().lower() for line in lines} - {""}
    if wrong := [entry for entry in entries if len(entry) != 64 or not set(entry) <= set("0123456789abcdef")]:
        raise ValueError(f"{path}: {wrong[0]!r} is no SHA-256 fingerprint: 64 hex digits, colons allowed")
    return frozenset(entries)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        data = file.read(_LARGEST_FILE_BYTES + 1)
    if len(data) > _LARGEST_FILE_BYTES:
        raise ValueError(f"{path} is larger than {_LARGEST_FILE_BYTES} bytes")
    return data


def _stamp(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size
