"""Believing a caller's own word: its key, its signature, its content, its time."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from signer_agent.errors import AgentError, PermissionDeniedError, SettingsError
from signer_agent.model import Attestation, SigningRequest, Statement

SIGNED_PREFIX: Final = b"landhub.attestation.v1\x00"
MAX_AHEAD: Final = timedelta(hours=24)  # the contract's: longer-lived words would have to be remembered longer

AttestationPublicKey = Ed25519PublicKey | ec.EllipticCurvePublicKey


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationKey:
    """A backend's public key, Ed25519 or ECDSA P-256, and the one caller it speaks for."""

    key: AttestationPublicKey
    caller: str

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the key's SubjectPublicKeyInfo, hex."""
        return hashlib.sha256(_der(self.key)).hexdigest()

    def nonce_name(self, nonce: bytes) -> str:
        """What the journal calls a nonce: it belongs to the key, whatever the key is called in the settings."""
        return hashlib.sha256(bytes.fromhex(self.fingerprint) + nonce).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """An attestation that holds: the nonce to be remembered and until when."""

    nonce: str
    expires: datetime


def read_attestation_key(path: Path, *, caller: str) -> AttestationKey:
    """Read a public key in PEM.

    Raises:
        SettingsError: the file is missing, or holds no Ed25519 or ECDSA P-256 public key.
    """
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise SettingsError(f"{path} is no public key in PEM: give the backend's attestation key") from error
    if isinstance(key, Ed25519PublicKey) or (
        isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)
    ):
        return AttestationKey(key=key, caller=caller)
    raise SettingsError(f"{path} is neither Ed25519 nor ECDSA P-256: make the attestation key one of these")


def prove(request: SigningRequest, keys: Mapping[str, AttestationKey], *, now: datetime) -> Proof:
    """Check that the caller named in the request asked for exactly this.

    Whether the nonce is free is for the ledger to say.

    Raises:
        PermissionDeniedError: ATTESTATION_MISSING, ATTESTATION_INVALID or ATTESTATION_EXPIRED.
    """
    attestation = request.attestation
    if attestation is None:
        raise PermissionDeniedError(
            "this certificate signs only what the caller itself attests: send an attestation",
            reason="ATTESTATION_MISSING",
        )
    key = keys.get(attestation.key_id)
    if key is None:
        raise _invalid("key", "its key_id is not in the agent's policy: register the key or correct the key_id")
    if key.caller != request.caller:
        raise _invalid("caller", "its key speaks for another caller than the one named")
    if not _is_signed(attestation, key.key):
        raise _invalid("signature", "its signature doesn't verify: sign the prefix and the exact statement")
    statement = attestation.statement
    if statement is None:
        raise _invalid("statement", "its statement is no valid AttestationStatement")
    _check_content(statement, request)
    if statement.expires <= now:
        raise PermissionDeniedError("the attestation has expired: make a new one", reason="ATTESTATION_EXPIRED")
    if statement.expires > now + MAX_AHEAD:
        raise _invalid("expire_time", "it expires more than 24 hours ahead: shorten its life or set the clock")
    return Proof(nonce=key.nonce_name(statement.nonce), expires=statement.expires)


def _is_signed(attestation: Attestation, key: AttestationPublicKey) -> bool:
    signed = SIGNED_PREFIX + attestation.statement_bytes
    try:
        if isinstance(key, Ed25519PublicKey):
            key.verify(attestation.signature, signed)
        else:
            key.verify(attestation.signature, signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def _check_content(statement: Statement, request: SigningRequest) -> None:
    pairs = (
        ("digest", statement.digest, request.digest),
        ("digest_algorithm", statement.digest_algorithm, request.digest_algorithm),
        ("document_kind", statement.document_kind, request.document_kind),
        ("certificate_thumbprint", statement.certificate, request.certificate),
        ("format", statement.format, request.format),
    )
    for name, stated, asked in pairs:
        if stated != asked:
            raise _invalid(name, f"it was made for another {name}")


def _invalid(cause: str, problem: str) -> AgentError:
    return PermissionDeniedError(
        f"the attestation is refused: {problem}", reason="ATTESTATION_INVALID", metadata={"cause": cause}
    )


def _der(key: AttestationPublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
