"""Whom the person who verifies trusts: nothing of it ever comes from the file that is verified."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from evidence.container import EvidenceError
from gost.certificate import CertificateFacts, read_certificates
from gost.errors import MalformedError

AttestationKey = Ed25519PublicKey | ec.EllipticCurvePublicKey

_END = b"-----END PUBLIC KEY-----"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Pinned by who verifies.

    Attributes:
        anchors: Root certificates of signers.
        timestamp_anchors: Root certificates of timestamp authorities; without any no time is proven.
        crls: Revocation lists beside those in the file, newer ones.
        journal_keys: The agent's `keys/journal.pub`; several after a change of keys.
        audit_keys: The hub's `keys/audit.pub`.
        attestation_keys: Keys of callers by the name that the agent's settings give them.
    """

    anchors: Sequence[CertificateFacts]
    timestamp_anchors: Sequence[CertificateFacts] = ()
    crls: Sequence[bytes] = ()
    journal_keys: Sequence[Ed25519PublicKey] = ()
    audit_keys: Sequence[Ed25519PublicKey] = ()
    attestation_keys: Mapping[str, AttestationKey] = field(default_factory=dict)


def read_anchors(path: Path) -> Sequence[CertificateFacts]:
    """Certificates, PEM or DER. Raises EvidenceError."""
    try:
        return read_certificates(path.read_bytes())
    except (OSError, MalformedError) as error:
        raise EvidenceError(f"{path} holds no certificates that can be read") from error


def read_signing_keys(path: Path) -> Sequence[Ed25519PublicKey]:
    """Public keys of a journal or an audit, PEM, one after another. Raises EvidenceError."""
    try:
        blocks = [block + _END for block in path.read_bytes().split(_END)[:-1]]
        keys = [serialization.load_pem_public_key(block) for block in blocks]
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise EvidenceError(f"{path} is no public key in PEM") from error
    found = [key for key in keys if isinstance(key, Ed25519PublicKey)]
    if not found or len(found) != len(keys):
        raise EvidenceError(f"{path} holds no Ed25519 key in PEM, or others beside it")
    return found


def read_caller_key(path: Path) -> AttestationKey:
    """A caller's attestation key, PEM. Raises EvidenceError."""
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise EvidenceError(f"{path} is no public key in PEM") from error
    if not isinstance(key, Ed25519PublicKey | ec.EllipticCurvePublicKey):
        raise EvidenceError(f"{path} is neither Ed25519 nor ECDSA")
    return key
