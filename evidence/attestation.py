"""Whether the caller's own word, where a rule rests on it, is the caller's and about this signature."""

import base64
import binascii
import hashlib
from datetime import UTC
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from google.protobuf.message import DecodeError

from evidence.container import EvidenceError
from evidence.journal import JournalFacts
from evidence.trust import AttestationKey, Trust
from landhub.common.v1 import document_pb2, signing_pb2

SIGNED_PREFIX: Final = b"landhub.attestation.v1\x00"


def check_attestation(facts: JournalFacts, trust: Trust) -> str:
    """Return the name of the key that attested it; empty where the rule takes another's word.

    Raises:
        EvidenceError: the word is missing, is not under the pinned key, or is about something else.
    """
    if facts.decided.get("attested_by") != "caller":
        return ""
    name = facts.detail("attestation_key")
    key = trust.attestation_keys.get(name)
    if key is None:
        raise EvidenceError(f"the caller's word is by key {name}, which was not given: --attestation-key {name}=FILE")
    try:
        statement = base64.b64decode(facts.detail("attestation_statement"), validate=True)
        signature = base64.b64decode(facts.detail("attestation_signature"), validate=True)
        _verify(key, signature, SIGNED_PREFIX + statement)
        said = signing_pb2.AttestationStatement.FromString(statement)
    except (binascii.Error, InvalidSignature, DecodeError) as error:
        raise EvidenceError(f"the caller's word is not signed by key {name}") from error
    _check_same(said, facts)
    return name


def fingerprint(key: AttestationKey) -> str:
    """SHA-256 of the key's SubjectPublicKeyInfo, hex, as the policy names it."""
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()


def _verify(key: AttestationKey, signature: bytes, data: bytes) -> None:
    if isinstance(key, Ed25519PublicKey):
        key.verify(signature, data)
    else:
        key.verify(signature, data, ec.ECDSA(hashes.SHA256()))


def _check_same(said: Any, facts: JournalFacts) -> None:
    record = facts.decided
    pairs = (
        (said.digest.hex(), record["digest"]),
        (signing_pb2.DigestAlgorithm.Name(said.digest_algorithm), f"DIGEST_ALGORITHM_{record['digest_algorithm']}"),
        (document_pb2.DocumentKind.Name(said.document_kind), f"DOCUMENT_KIND_{record['document_kind']}"),
        (signing_pb2.SignatureFormat.Name(said.format), f"SIGNATURE_FORMAT_{record['format']}"),
        (said.certificate_thumbprint.upper(), record["certificate"]),
    )
    if any(stated != journaled for stated, journaled in pairs):
        raise EvidenceError("the caller's word is about another document, kind, certificate or format")
    if said.expire_time.ToDatetime(tzinfo=UTC) <= facts.decided_time:
        raise EvidenceError("the caller's word had expired when the decision was made")
