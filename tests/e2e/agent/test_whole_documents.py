"""Documents that stream in and are signed whole by cryptcp, which is given its PIN at a terminal; it isn't believed."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from landhub.common.v1 import document_pb2, signing_pb2
from landhub.signer.v1 import signer_service_pb2 as pb
from sandbox.csp.setup import EmulatedHost
from sandbox.foreign_signer import verify_detached
from tests.e2e.agent.support import HubClient, Installation, connected, install, refusal_of, serving
from tests.support.csp import PIN, Authorities, make_authorities
from tests.support.csp_agent import use_cryptopro
from tests.support.watch import Watch
from tests.unit.agent.support import Keys

DOCUMENT = "<договор>участок 50:20:0010101:101</договор>".encode() * 1000
RULES = """
[[rules]]
name = "seen"
certificates = ["*"]
callers = ["crm"]
document_kinds = ["CONTRACT"]
attested_by = "content"
content_must_contain = ["50:20:0010101:101"]
"""


@pytest.fixture(scope="module")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> Authorities:
    return make_authorities(tmp_path_factory.mktemp("csp-ca"))


@pytest.fixture
def host(tmp_path: Path, authorities: Authorities) -> EmulatedHost:
    return EmulatedHost.create(tmp_path / "host", authorities.small)


@pytest.fixture
def installation(tmp_path: Path, host: EmulatedHost, authorities: Authorities, keys: Keys) -> Iterator[Installation]:
    """An agent whose key has a PIN in a private file; `thumbprints["seller"]` is the key's."""
    thumbprint = host.add(authorities.seller, authorities.small, pin=PIN, embedded_licence=True).upper()
    installed = install(tmp_path / "agent", Keys(keys.authority, keys.folder, {"seller": thumbprint}), rules=RULES)
    use_cryptopro(installed.directory, host, pin="file:keys/pin")
    pin = installed.directory / "keys/pin"
    pin.touch(mode=0o600)
    pin.write_text(PIN)
    yield installed
    assert left_over(installed) == []
    assert not [call for call in host.machine.calls() if PIN in " ".join(call["argv"])]


def left_over(installation: Installation) -> list[Path]:
    state = installation.directory / "state"
    return [path for name in ("documents", "cryptopro") for path in (state / name).rglob("*")]


def header(installation: Installation, **changes: Any) -> pb.SignStreamRequest:
    fields: dict[str, Any] = {
        "request_id": str(uuid.uuid4()),
        "caller": "crm",
        "document_kind": document_pb2.DOCUMENT_KIND_CONTRACT,
        "certificate_thumbprint": installation.keys.thumbprints["seller"],
        "format": signing_pb2.SIGNATURE_FORMAT_CADES_BES_DETACHED,
        **changes,
    }
    return pb.SignStreamRequest(header=pb.SignStreamHeader(**fields))


async def stream(client: HubClient, first: pb.SignStreamRequest) -> pb.SignStreamResponse:
    async def parts() -> AsyncIterator[pb.SignStreamRequest]:
        yield first
        for start in range(0, len(DOCUMENT), 5000):
            yield pb.SignStreamRequest(chunk=DOCUMENT[start : start + 5000])

    return await client.stub.SignStream(parts(), timeout=60)


def tools(host: EmulatedHost) -> set[str]:
    """Which programs signed, with the words that matter."""
    return {
        call["tool"] + (" -askpin" if "-askpin" in call["argv"] else "")
        for call in host.machine.calls()
        if "-sign" in call["argv"]
    }


async def test_cryptcp_signs_the_whole_document_and_its_pin_is_seen_nowhere(
    installation: Installation, host: EmulatedHost, authorities: Authorities
) -> None:
    asked = header(installation)
    watched = Watch(PIN.encode(), marker=b"cryptcp")
    async with serving(installation) as port, connected(installation, port) as client:
        watched.start()
        answer = await stream(client, asked)
        await asyncio.to_thread(watched.stop)
        again = await stream(client, asked)

    verify_detached(DOCUMENT, answer.signature.cms, authorities.small.chain_path)
    assert tools(host) == {"cryptcp -askpin"}
    assert again.signature == answer.signature  # the journal's; nothing was signed twice
    assert len([call for call in host.machine.calls() if "-askpin" in call["argv"]]) == 1
    assert (watched.seen > 0, watched.found) == (True, [])


@pytest.mark.parametrize("fault", ["wrong_document", "attached_instead"])
async def test_what_cryptcp_made_of_something_else_is_withheld(
    installation: Installation, host: EmulatedHost, fault: str
) -> None:
    host.machine.add_fault(fault, tool="cryptcp")
    async with serving(installation) as port, connected(installation, port) as client:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stream(client, header(installation))

    refusal = refusal_of(caught.value)
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.INTERNAL, "SIGNATURE_WITHHELD")


async def test_without_a_licence_of_cryptcp_the_digest_is_signed(
    installation: Installation, host: EmulatedHost, authorities: Authorities
) -> None:
    host.machine.set_profile(licence="expired")
    async with serving(installation) as port, connected(installation, port) as client:
        answer = await stream(client, header(installation))

    verify_detached(DOCUMENT, answer.signature.cms, authorities.small.chain_path)
    assert tools(host) == {"cryptcp -askpin", "csptest"}


async def test_a_document_that_is_only_looked_at_is_kept_by_nobody(installation: Installation) -> None:
    async with serving(installation) as port, connected(installation, port) as client:
        answer = await stream(client, header(installation, look_only=True))

        assert answer.size_bytes == len(DOCUMENT)
        assert left_over(installation) == []


async def test_a_caller_that_goes_away_takes_no_document_from_under_the_tool(
    installation: Installation, host: EmulatedHost, authorities: Authorities
) -> None:
    asked = header(installation)
    host.machine.add_fault("slow", tool="cryptcp", value="1")
    async with serving(installation) as port, connected(installation, port) as client:
        call = asyncio.create_task(stream(client, asked))
        while not [made for made in host.machine.calls() if made["tool"] == "cryptcp"]:  # until it runs
            await asyncio.wait([call], timeout=0.01)
        call.cancel()
        await asyncio.wait([call])
        answer = await stream(client, asked)  # joins what is under way, or finds it done

    verify_detached(DOCUMENT, answer.signature.cms, authorities.small.chain_path)
    assert len([made for made in host.machine.calls() if made["tool"] == "cryptcp"]) == 1


async def test_documents_on_the_disk_are_bounded(installation: Installation) -> None:
    installation.set("[tls]", "max_spooled_bytes = 1000\n\n[tls]")
    told = asyncio.Event()

    async def parts() -> AsyncIterator[pb.SignStreamRequest]:
        yield header(installation)
        yield pb.SignStreamRequest(chunk=DOCUMENT[:5000])
        await told.wait()  # a client that goes on writing may miss what it is told

    async with serving(installation) as port, connected(installation, port) as client:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await client.stub.SignStream(parts(), timeout=60)
        told.set()
        assert left_over(installation) == []

    refusal = refusal_of(caught.value)
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "OVERLOADED")
