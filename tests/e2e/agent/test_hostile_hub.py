"""A hostile hub, with its own certificate and raw gRPC, before a certificate that a caller's word guards."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from landhub.common.v1 import document_pb2, signing_pb2
from landhub.signer.v1 import signer_service_pb2 as pb
from tests.e2e.agent.support import CALL_SECONDS, Installation, connected, install, refused, serving, sign_request
from tests.unit.agent.support import Keys, sign_statement

OTHER = document_pb2.DOCUMENT_KIND_OTHER
RULES = """
[attestation_keys.crm-key]
public_key = "keys/crm.pub"
caller = "crm"
[[rules]]
name = "crm's own word"
certificates = ["*"]
callers = ["crm"]
document_kinds = ["CONTRACT"]
attested_by = "caller"
[[rules]]
name = "open"
certificates = ["*"]
callers = ["*"]
document_kinds = ["CONTRACT", "OTHER"]
attested_by = "hub"
allow_hub_attestation = true
cap_per_day = 10
"""


@pytest.fixture
def caller_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()


@pytest.fixture
def guarded(tmp_path: Path, keys: Keys, caller_key: Ed25519PrivateKey) -> Installation:
    """An agent that knows the crm's public key, and has a careless rule for the hub behind it."""
    installation = install(tmp_path / "agent", keys, rules=RULES)
    public = caller_key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    (installation.directory / "keys/crm.pub").write_bytes(public)
    return installation


def attested(request: pb.SignRequest, key: Ed25519PrivateKey) -> pb.SignRequest:
    statement = signing_pb2.AttestationStatement(
        digest=request.digest,
        digest_algorithm=request.digest_algorithm,
        document_kind=request.document_kind,
        certificate_thumbprint=request.certificate_thumbprint,
        format=request.format,
        nonce=b"n" * 32,
    )
    statement.expire_time.FromDatetime(datetime.now(UTC) + timedelta(hours=1))
    request.attestation.CopyFrom(sign_statement(statement.SerializeToString(), key))
    return request


def changed(honest: pb.SignRequest, keys: Keys, **changes: object) -> pb.SignRequest:
    """An honest request under another request_id, changed."""
    made = pb.SignRequest()
    made.CopyFrom(honest)
    made.request_id = sign_request(keys).request_id
    for name, value in changes.items():
        setattr(made, name, value)
    return made


async def test_a_hostile_hub_gets_nothing_that_the_caller_did_not_attest(
    guarded: Installation, keys: Keys, caller_key: Ed25519PrivateKey
) -> None:
    honest = attested(sign_request(keys), caller_key)
    attempts = {
        "no word": (sign_request(keys), "ATTESTATION_MISSING"),
        "another caller": (sign_request(keys, caller="bank"), "POLICY_REFUSED"),
        "another kind": (sign_request(keys, document_kind=OTHER), "POLICY_REFUSED"),
        "both": (sign_request(keys, caller="bank", document_kind=OTHER), "POLICY_REFUSED"),
        "its own key": (attested(sign_request(keys), Ed25519PrivateKey.generate()), "ATTESTATION_INVALID"),
        "replayed": (changed(honest, keys), "ATTESTATION_REPLAYED"),
        "another digest": (changed(honest, keys, digest=b"x" * 32), "ATTESTATION_INVALID"),
        "word of another": (changed(honest, keys, caller="bank"), "POLICY_REFUSED"),
        "word for another kind": (changed(honest, keys, document_kind=OTHER), "POLICY_REFUSED"),
        "another certificate": (
            changed(honest, keys, certificate_thumbprint=keys.thumbprints["other"]),
            "ATTESTATION_INVALID",
        ),
        "same request, other bytes": (
            changed(honest, keys, request_id=honest.request_id, digest=b"x" * 32),
            "REQUEST_ID_REUSED",
        ),
    }
    async with serving(guarded) as port, connected(guarded, port) as client:
        await client.stub.Sign(honest, timeout=CALL_SECONDS)
        reasons = {name: (await refused(client, "Sign", made)).reason for name, (made, _) in attempts.items()}
        requests = [made for made, _ in attempts.values()]
        batch = await client.stub.SignBatch(pb.SignBatchRequest(requests=requests), timeout=CALL_SECONDS)
        status = await client.stub.GetStatus(pb.GetStatusRequest(), timeout=CALL_SECONDS)

    assert reasons == {name: reason for name, (_, reason) in attempts.items()}
    assert [result.failure.reason for result in batch.results] == list(reasons.values())
    assert status.journal_count == 3 + 2 * len(attempts)  # started, decided, signed, and every refusal
