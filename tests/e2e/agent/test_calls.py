"""Every RPC over real mTLS: answers, refusals with their details, hostile bytes, traces."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import grpc
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from landhub.common.v1 import document_pb2, signing_pb2
from landhub.signer.v1 import signer_pb2
from landhub.signer.v1 import signer_service_pb2 as pb
from sandbox.foreign_signer import verify_detached
from signer_agent.app import Agent
from tests.e2e.agent.support import (
    CALL_SECONDS,
    Installation,
    connected,
    install,
    refused,
    serving,
    sign_request,
)
from tests.unit.agent.support import DOCUMENT, Keys
from tests.unit.agent.test_exchange import hub_checkpoint

Stop = Callable[[], Coroutine[Any, Any, None]]
SERVICE = "landhub.signer.v1.SignerService"


async def test_a_document_is_signed_and_openssl_accepts_it(installation: Installation, keys: Keys) -> None:
    async with serving(installation) as port, connected(installation, port) as client:
        asked = sign_request(keys)
        made = await client.stub.Sign(asked, timeout=CALL_SECONDS)
        again = await client.stub.Sign(asked, timeout=CALL_SECONDS)

    verify_detached(DOCUMENT, made.cms, keys.authority.chain_path)
    assert again == made
    assert made.rule == "hub"
    assert made.journal_sequence == 3  # started, decided, signed


async def test_a_batch_answers_each_for_itself(installation: Installation, keys: Keys) -> None:
    requests = [sign_request(keys) for _ in range(3)]
    requests.insert(1, sign_request(keys, caller="stranger"))
    requests.insert(2, sign_request(keys, digest=b"short", request_id="no uuid"))
    async with serving(installation) as port, connected(installation, port) as client:
        answer = await client.stub.SignBatch(pb.SignBatchRequest(requests=requests), timeout=CALL_SECONDS)

    assert [result.WhichOneof("result") for result in answer.results] == [
        "response", "failure", "failure", "response", "response",
    ]  # fmt: skip
    assert answer.results[1].failure.reason == "POLICY_REFUSED"
    assert answer.results[1].failure.code == grpc.StatusCode.PERMISSION_DENIED.value[0]
    broken = answer.results[2].failure
    assert (broken.code, broken.reason) == (grpc.StatusCode.INVALID_ARGUMENT.value[0], "VALIDATION_FAILED")
    assert "requests[2].digest" in broken.message
    for result in (answer.results[0], answer.results[4]):
        verify_detached(DOCUMENT, result.response.cms, keys.authority.chain_path)


async def test_a_full_batch_is_signed(installation: Installation, keys: Keys) -> None:
    requests = [sign_request(keys) for _ in range(256)]
    async with serving(installation) as port, connected(installation, port) as client:
        answer = await client.stub.SignBatch(pb.SignBatchRequest(requests=requests), timeout=60)

    assert {result.WhichOneof("result") for result in answer.results} == {"response"}
    assert len({result.response.cms for result in answer.results}) == 256


@pytest.mark.parametrize("count", [0, 257])
async def test_a_batch_of_the_wrong_size_is_refused_whole(installation: Installation, keys: Keys, count: int) -> None:
    batch = pb.SignBatchRequest(requests=[sign_request(keys)] * count)
    async with serving(installation) as port, connected(installation, port) as client:
        refusal = await refused(client, "SignBatch", batch)

    assert (refusal.code, refusal.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "VALIDATION_FAILED")
    assert refusal.fields == ["requests"]


@pytest.mark.parametrize("method", [method.name for method in pb.DESCRIPTOR.services_by_name["SignerService"].methods])
async def test_malformed_bytes_are_an_invalid_argument(installation: Installation, method: str) -> None:
    async with serving(installation) as port, connected(installation, port) as client:
        refusal = await refused(client, method, b"\xff\xff\xff\xff")

    assert (refusal.code, refusal.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "MALFORMED_REQUEST")
    assert refusal.domain == "landhub.common.v1"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"request_id": ""}, "request_id"),
        ({"business_reference": "two words"}, "business_reference"),
        ({"caller": ""}, "caller"),
        ({"document_kind": 0}, "document_kind"),
        ({"document_kind": 99}, "document_kind"),
        ({"digest": b""}, "digest"),
        ({"digest_algorithm": 0}, "digest_algorithm"),
        ({"certificate_thumbprint": "all"}, "certificate_thumbprint"),
        ({"format": 7}, "format"),
        ({"attestation": signing_pb2.CallerAttestation(key_id="k")}, "attestation.statement"),
    ],
)
async def test_a_request_that_breaks_a_rule_names_the_field(
    installation: Installation, keys: Keys, change: dict[str, object], field: str
) -> None:
    async with serving(installation) as port, connected(installation, port) as client:
        refusal = await refused(client, "Sign", sign_request(keys, **change))

    assert (refusal.code, refusal.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "VALIDATION_FAILED")
    assert field in refusal.fields


async def test_a_refusal_names_reason_domain_and_what_to_do(tmp_path: Path, keys: Keys) -> None:
    installation = install(tmp_path / "agent", keys)
    installation.set("cap_per_day = 1000", "cap_per_day = 1")
    async with serving(installation) as port, connected(installation, port) as client:
        await client.stub.Sign(sign_request(keys), timeout=CALL_SECONDS)
        capped = await refused(client, "Sign", sign_request(keys))
        unknown = await refused(client, "Sign", sign_request(keys, certificate_thumbprint="0" * 40))

    assert (capped.code, capped.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "CAP_REACHED")
    assert capped.domain == "landhub.signer.v1"
    assert capped.metadata == {"rule": "hub", "cap": "1"}
    assert capped.retry_seconds > 0
    assert int(capped.pushback) > 0
    assert (unknown.code, unknown.reason) == (grpc.StatusCode.NOT_FOUND, "CERTIFICATE_NOT_FOUND")
    assert unknown.pushback == ""


async def test_certificates_tell_all_the_contract_promises(installation: Installation, keys: Keys) -> None:
    async with serving(installation) as port, connected(installation, port) as client:
        listed = await client.stub.ListCertificates(pb.ListCertificatesRequest(), timeout=CALL_SECONDS)
        thumbprint = keys.thumbprints["seller"].lower()
        got = await client.stub.GetCertificate(pb.GetCertificateRequest(thumbprint=thumbprint), timeout=CALL_SECONDS)
        missing = await refused(client, "GetCertificate", pb.GetCertificateRequest(thumbprint="0" * 40))

    assert {item.thumbprint for item in listed.certificates} == set(keys.thumbprints.values())
    seller = got.certificate
    assert seller in listed.certificates
    assert (seller.store, seller.container, seller.has_private_key) == ("keys", "seller.key", True)
    assert seller.owner.surname == "Продавцов"
    assert seller.owner.inn == "500100732259"
    assert seller.key_algorithm == signing_pb2.KEY_ALGORITHM_GOST_R_34_10_2012_256
    assert seller.not_before_time.ToDatetime(UTC) < datetime.now(UTC) < seller.not_after_time.ToDatetime(UTC)
    assert seller.serial_number == seller.serial_number.lower() != ""
    assert list(seller.key_usages) == ["digitalSignature", "nonRepudiation"]
    assert "issuing CA" in seller.issuer
    other = next(item for item in listed.certificates if item.thumbprint == keys.thumbprints["other"])
    assert (other.owner.inn_legal_entity, other.owner.ogrn, other.owner.inn) == ("7707083893", "1027700132195", "")
    assert missing.reason == "CERTIFICATE_NOT_FOUND"


async def test_lists_are_paged_and_their_tokens_fit_only_them(installation: Installation, keys: Keys) -> None:
    async with serving(installation) as port, connected(installation, port) as client:
        for reference in ("A-1", "B-2", "A-1"):
            await client.stub.Sign(sign_request(keys, business_reference=reference), timeout=CALL_SECONDS)
        certificates: list[str] = []
        token, page = "", pb.ListCertificatesResponse()
        for _ in range(len(keys.thumbprints)):
            asked = pb.ListCertificatesRequest(page_size=1, page_token=token)
            page = await client.stub.ListCertificates(asked, timeout=CALL_SECONDS)
            certificates += [item.thumbprint for item in page.certificates]
            token = page.next_page_token
        records: list[signer_pb2.JournalRecord] = []
        journal = pb.ListJournalRecordsRequest(page_size=3, business_reference="A-1")
        for _ in range(3):
            answer = await client.stub.ListJournalRecords(journal, timeout=CALL_SECONDS)
            records += answer.records
            journal.page_token = answer.next_page_token
            if not answer.next_page_token:
                break
        foreign = await client.stub.ListJournalRecords(pb.ListJournalRecordsRequest(page_size=1), timeout=CALL_SECONDS)
        wrong = [
            await refused(client, "ListJournalRecords", pb.ListJournalRecordsRequest(page_token=page_token))
            for page_token in ("nonsense", certificates[0], page.next_page_token or "AA==")
        ]
        other_filter = pb.ListJournalRecordsRequest(business_reference="X", page_token=foreign.next_page_token)
        wrong.append(await refused(client, "ListJournalRecords", other_filter))

    assert certificates == sorted(keys.thumbprints.values())
    assert token == ""
    assert [signer_pb2.JournalPhase.Name(record.phase) for record in records] == [
        "JOURNAL_PHASE_DECIDED", "JOURNAL_PHASE_SIGNED", "JOURNAL_PHASE_DECIDED", "JOURNAL_PHASE_SIGNED",
    ]  # fmt: skip
    assert {record.business_reference for record in records} == {"A-1"}
    assert records[0].document_kind == document_pb2.DOCUMENT_KIND_CONTRACT
    assert records[0].attested_by == "hub"
    assert records[1].previous_hash == records[0].hash
    assert {refusal.reason for refusal in wrong} == {"PAGE_TOKEN_INVALID"}


async def test_status_tells_keys_and_journal(installation: Installation) -> None:
    async with serving(installation) as port, connected(installation, port) as client:
        status = await client.stub.GetStatus(pb.GetStatusRequest(), timeout=CALL_SECONDS)

    assert (status.agent, status.backend, status.journal_count) == ("agent", "gost_file", 1)
    assert status.certificate_count == 2  # not the expired, the early, the keyless, nor the one for key agreement
    assert len(status.journal_head) == 32
    assert status.version


async def test_checkpoints_are_exchanged(tmp_path: Path, keys: Keys) -> None:
    key = Ed25519PrivateKey.generate()
    pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "audit.pub").write_bytes(pem)
    installation = install(tmp_path / "agent", keys, hub_audit_key=tmp_path / "audit.pub")
    given = hub_checkpoint(key)
    asked = pb.CountersignCheckpointRequest(
        request_id="00000000-0000-4000-8000-000000000001",
        checkpoint=signer_pb2.Checkpoint(
            chain=given.chain, count=7, head=given.head, signature=given.signature, statement=given.statement
        ),
    )
    async with serving(installation) as port, connected(installation, port) as client:
        answer = await client.stub.CountersignCheckpoint(asked, timeout=CALL_SECONDS)
        asked.checkpoint.count = 6
        changed = await refused(client, "CountersignCheckpoint", asked)
        asked.checkpoint.checkpoint_time.seconds = 2**63 - 1
        timeless = await refused(client, "CountersignCheckpoint", asked)

    journal_key = serialization.load_pem_private_key((installation.directory / "keys/journal.key").read_bytes(), None)
    assert isinstance(journal_key, Ed25519PrivateKey)
    journal_key.public_key().verify(answer.countersigned.signature, given.statement)
    assert (timeless.reason, timeless.fields) == ("VALIDATION_FAILED", ["checkpoint.checkpoint_time"])
    journal_key.public_key().verify(answer.journal_checkpoint.signature, answer.journal_checkpoint.statement)
    assert answer.journal_checkpoint.count == 2
    assert changed.reason == "CHECKPOINT_INVALID"


async def test_the_callers_trace_goes_on_and_names_nobody(installation: Installation, keys: Keys) -> None:
    exporter = InMemorySpanExporter()
    trace_id = "0af7651916cd43dd8448eb211c80319c"

    def watch(agent: Agent) -> None:
        agent._tracing.add_span_processor(SimpleSpanProcessor(exporter))

    async with serving(installation, watch) as port, connected(installation, port) as client:
        metadata = (("traceparent", f"00-{trace_id}-b7ad6b7169203331-01"),)
        await client.stub.Sign(sign_request(keys), timeout=CALL_SECONDS, metadata=metadata)
        await refused(client, "Sign", sign_request(keys, caller="stranger"))
        records = await client.stub.ListJournalRecords(pb.ListJournalRecordsRequest(), timeout=CALL_SECONDS)

    spans = {span.name: span for span in exporter.get_finished_spans() if f"{span.context.trace_id:032x}" == trace_id}
    server = spans.pop(f"{SERVICE}/Sign")
    assert set(spans) == {"decide", "journal", "sign", "verify"}
    assert {span.parent.span_id for span in spans.values() if span.parent} == {server.context.span_id}
    assert server.parent is not None
    assert f"{server.parent.span_id:016x}" == "b7ad6b7169203331"
    assert server.resource.attributes["service.name"] == "landhub-signer-agent"
    attributes = dict(server.attributes or {})
    assert attributes["landhub.business_reference"] == "ДКП-2026/17"
    assert attributes["rpc.grpc.status_code"] == 0
    assert {record.trace_id for record in records.records[1:3]} == {trace_id}
    everything = "".join(span.to_json(indent=None) for span in exporter.get_finished_spans())
    assert "Продавцов" not in everything
    assert "500100732259" not in everything
    assert '"landhub.reason": "POLICY_REFUSED"' in everything


async def test_a_caller_out_of_time_is_told_so(installation: Installation, keys: Keys) -> None:
    def slow(agent: Agent) -> None:
        async def never(*_: object) -> None:
            await asyncio.Event().wait()

        agent._service.sign = never  # type: ignore[method-assign, assignment]

    installation.set("[server]", "[server]\nmax_call_seconds = 1")
    async with serving(installation, slow) as port, connected(installation, port) as client:
        refusal = await refused(client, "Sign", sign_request(keys))

    assert (refusal.code, refusal.reason) == (grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED")
    assert refusal.metadata == {"waiting_for": "signer"}


async def test_an_error_of_our_own_tells_the_trace_and_nothing_else(
    installation: Installation, keys: Keys, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(agent: Agent) -> None:
        async def fail(*_: object) -> None:
            raise RuntimeError("Продавцов Пётр")

        agent._service.sign = fail  # type: ignore[method-assign, assignment]

    async with serving(installation, broken) as port, connected(installation, port) as client:
        refusal = await refused(client, "Sign", sign_request(keys))

    assert (refusal.code, refusal.reason) == (grpc.StatusCode.INTERNAL, "INTERNAL")
    assert list(refusal.metadata) == ["trace_id"]
    assert "Продавцов" not in refusal.message + "".join(capsys.readouterr())
