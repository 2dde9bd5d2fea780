"""Documents that stream to the agent: it hashes them itself, and signs what its rule lets be signed."""

import uuid
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

import grpc
import pytest

from gost.digest import streebog256
from landhub.common.v1 import document_pb2, signing_pb2
from landhub.signer.v1 import signer_service_pb2 as pb
from tests.e2e.agent.support import (
    CALL_SECONDS,
    HubClient,
    Installation,
    connected,
    install,
    refusal_of,
    refused,
    serving,
    sign_request,
)
from tests.unit.agent.support import Keys

DOCUMENT = "<договор>участок 50:20:0010101:101</договор>".encode() * 1000
RULES = """
[[rules]]
name = "seen"
certificates = ["*"]
callers = ["crm"]
document_kinds = ["CONTRACT"]
attested_by = "content"
content_formats = ["xml"]
content_must_contain = ["50:20:0010101:101"]
"""


def header(keys: Keys, **changes: Any) -> pb.SignStreamRequest:
    fields: dict[str, Any] = {
        "request_id": str(uuid.uuid4()),
        "caller": "crm",
        "document_kind": document_pb2.DOCUMENT_KIND_CONTRACT,
        "certificate_thumbprint": keys.thumbprints["seller"],
        "format": signing_pb2.SIGNATURE_FORMAT_CADES_BES_DETACHED,
        **changes,
    }
    return pb.SignStreamRequest(header=pb.SignStreamHeader(**fields))


def chunks(document: bytes, size: int = 5000) -> list[pb.SignStreamRequest]:
    return [pb.SignStreamRequest(chunk=document[start : start + size]) for start in range(0, len(document), size)]


async def stream(client: HubClient, parts: Iterable[pb.SignStreamRequest]) -> pb.SignStreamResponse:
    async def sent() -> AsyncIterator[pb.SignStreamRequest]:
        for part in parts:
            yield part

    answer: pb.SignStreamResponse = await client.stub.SignStream(sent(), timeout=CALL_SECONDS)
    return answer


async def refusal(client: HubClient, parts: Iterable[pb.SignStreamRequest]) -> tuple[str, str, str]:
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await stream(client, parts)
    found = refusal_of(caught.value)
    return found.code.name, found.reason, found.metadata.get("cause", "")


@pytest.fixture
async def client(tmp_path: Path, keys: Keys) -> AsyncIterator[tuple[HubClient, Installation]]:
    installation = install(tmp_path / "agent", keys, rules=RULES)
    async with serving(installation) as port, connected(installation, port) as connection:
        yield connection, installation


async def test_a_document_that_streams_in_is_hashed_and_signed_by_the_agent(
    client: tuple[HubClient, Installation], keys: Keys
) -> None:
    first = header(keys)
    answer = await stream(client[0], [first, *chunks(DOCUMENT)])
    assert (answer.digest, answer.size_bytes) == (streebog256(DOCUMENT), len(DOCUMENT))
    assert answer.signature.rule == "seen"
    again = await stream(client[0], [first, *chunks(DOCUMENT, 777)])
    assert again.signature.cms == answer.signature.cms
    other = await refusal(client[0], [first, *chunks(DOCUMENT + b"<!-- -->")])
    assert other == ("ALREADY_EXISTS", "REQUEST_ID_REUSED", "")


async def test_a_digest_alone_is_signed_only_after_the_document_was_seen_even_over_a_restart(
    tmp_path: Path, keys: Keys
) -> None:
    installation = install(tmp_path / "agent", keys, rules=RULES)
    request = sign_request(keys, digest=streebog256(DOCUMENT))
    async with serving(installation) as port, connected(installation, port) as client:
        assert (await refused(client, "Sign", request)).reason == "CONTENT_NEEDED"
        answer = await stream(client, [header(keys, look_only=True), *chunks(DOCUMENT)])
        assert (answer.digest, answer.HasField("signature")) == (request.digest, False)
    async with serving(installation) as port, connected(installation, port) as client:
        assert (await client.stub.Sign(request, timeout=CALL_SECONDS)).rule == "seen"
        held = (await client.stub.ListCertificates(pb.ListCertificatesRequest(), timeout=CALL_SECONDS)).certificates
        assert all(certificate.content_needed for certificate in held)


async def test_a_document_the_rule_does_not_want_is_refused_by_its_cause(
    client: tuple[HubClient, Installation], keys: Keys
) -> None:
    other_plot = DOCUMENT.replace(b"101</", b"102</")
    assert await refusal(client[0], [header(keys), *chunks(other_plot)]) == (
        "PERMISSION_DENIED",
        "CONTENT_REFUSED",
        "text",
    )
    pdf = b"%PDF-1.7 50:20:0010101:101"
    assert await refusal(client[0], [header(keys), *chunks(pdf)]) == ("PERMISSION_DENIED", "CONTENT_REFUSED", "format")


async def test_a_stream_out_of_order_empty_or_of_an_unknown_certificate_is_refused(
    client: tuple[HubClient, Installation], keys: Keys
) -> None:
    bad = ("INVALID_ARGUMENT", "VALIDATION_FAILED", "")
    assert await refusal(client[0], []) == bad
    assert await refusal(client[0], chunks(b"abc")) == bad
    assert await refusal(client[0], [header(keys)]) == bad
    assert await refusal(client[0], [header(keys), *chunks(b"abc"), header(keys)]) == bad
    unknown = [header(keys, certificate_thumbprint="0" * 40), *chunks(b"abc")]
    assert await refusal(client[0], unknown) == ("NOT_FOUND", "CERTIFICATE_NOT_FOUND", "")


async def test_a_document_longer_than_the_agent_takes_is_refused_before_its_end(tmp_path: Path, keys: Keys) -> None:
    installation = install(tmp_path / "agent", keys, rules=RULES)
    installation.set("[server]", "[server]\nmax_document_bytes = 10000")
    async with serving(installation) as port, connected(installation, port) as client:
        assert (await refusal(client, [header(keys), *chunks(DOCUMENT)]))[:2] == (
            "INVALID_ARGUMENT",
            "VALIDATION_FAILED",
        )
