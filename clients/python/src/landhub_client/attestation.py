"""A backend's own word for one signature: the signer agent honours it, and a hub can pass it on but not make it."""

import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from google.protobuf.timestamp_pb2 import Timestamp

from landhub.common.v1 import document_pb2, signing_pb2

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_DOMAIN = b"landhub.attestation.v1\x00"
_NONCE_BYTES = 32


def attest(
    *,
    private_key: "EllipticCurvePrivateKey | Ed25519PrivateKey",
    key_id: str,
    digest: bytes,
    digest_algorithm: "signing_pb2.DigestAlgorithm.ValueType",
    document_kind: "document_pb2.DocumentKind.ValueType",
    certificate_thumbprint: str,
    expire_time: datetime,
    format: "signing_pb2.SignatureFormat.ValueType" = signing_pb2.SIGNATURE_FORMAT_CADES_BES_DETACHED,  # noqa: A002 - the field's name
    nonce: bytes | None = None,
) -> signing_pb2.CallerAttestation:
    """State, under the backend's key, that this digest is to be signed.

    Args:
        private_key: ECDSA P-256 or Ed25519, of the package `cryptography`; its public key is in the agent's policy.
        key_id: What the agent's policy calls the key.
        digest: Streebog digest of the document, 32 or 64 bytes.
        digest_algorithm: Which Streebog.
        document_kind: What the document is.
        certificate_thumbprint: Which certificate is to sign, 40 hex digits.
        expire_time: An aware moment, at most 24 hours ahead; a few minutes are plenty.
        format: The signature's format.
        nonce: 16 to 64 random bytes, made here unless given. Ask again with the same attestation, not with a new one.

    Raises:
        ValueError: `expire_time` has no time zone.
    """
    if expire_time.tzinfo is None:
        raise ValueError("expire_time has no time zone; use datetime.now(UTC) + timedelta(...)")
    expires = Timestamp()
    expires.FromDatetime(expire_time)
    statement = signing_pb2.AttestationStatement(
        digest=digest,
        digest_algorithm=digest_algorithm,
        document_kind=document_kind,
        certificate_thumbprint=certificate_thumbprint,
        format=format,
        expire_time=expires,
        nonce=secrets.token_bytes(_NONCE_BYTES) if nonce is None else nonce,
    ).SerializeToString(deterministic=True)
    return signing_pb2.CallerAttestation(
        statement=statement, signature=_sign(private_key, _DOMAIN + statement), key_id=key_id
    )


def _sign(private_key: "EllipticCurvePrivateKey | Ed25519PrivateKey", message: bytes) -> bytes:
    # An extra of the client: only those who attest need the package.
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415

    if isinstance(private_key, ec.EllipticCurvePrivateKey):
        return private_key.sign(message, ec.ECDSA(hashes.SHA256()))
    return private_key.sign(message)
