"""A backend's own word is signed as the contract says."""

from datetime import UTC, datetime

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from landhub.common.v1 import document_pb2, signing_pb2
from landhub_client import attest

EXPIRES = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def _attest(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey, expire_time: datetime = EXPIRES) -> bytes:
    attestation = attest(
        private_key=key,
        key_id="backend-1",
        digest=b"\x01" * 32,
        digest_algorithm=signing_pb2.DIGEST_ALGORITHM_STREEBOG_256,
        document_kind=document_pb2.DOCUMENT_KIND_CONTRACT,
        certificate_thumbprint="AB" * 20,
        expire_time=expire_time,
    )
    return attestation.SerializeToString()


def test_the_statement_says_all_that_is_to_be_signed() -> None:
    attestation = signing_pb2.CallerAttestation.FromString(_attest(ed25519.Ed25519PrivateKey.generate()))
    statement = signing_pb2.AttestationStatement.FromString(attestation.statement)
    assert attestation.key_id == "backend-1"
    assert statement.digest == b"\x01" * 32
    assert statement.document_kind == document_pb2.DOCUMENT_KIND_CONTRACT
    assert statement.certificate_thumbprint == "AB" * 20
    assert statement.format == signing_pb2.SIGNATURE_FORMAT_CADES_BES_DETACHED
    assert statement.expire_time.ToDatetime(UTC) == EXPIRES
    assert len(statement.nonce) == 32


def test_an_ed25519_signature_covers_domain_and_statement() -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    attestation = signing_pb2.CallerAttestation.FromString(_attest(key))
    key.public_key().verify(attestation.signature, b"landhub.attestation.v1\x00" + attestation.statement)
    with pytest.raises(InvalidSignature):
        key.public_key().verify(attestation.signature, attestation.statement)


def test_an_ecdsa_signature_covers_domain_and_statement() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    attestation = signing_pb2.CallerAttestation.FromString(_attest(key))
    message = b"landhub.attestation.v1\x00" + attestation.statement
    key.public_key().verify(attestation.signature, message, ec.ECDSA(hashes.SHA256()))


def test_each_attestation_has_a_nonce_of_its_own() -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    assert _attest(key) != _attest(key)


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        _attest(ed25519.Ed25519PrivateKey.generate(), expire_time=EXPIRES.replace(tzinfo=None))
