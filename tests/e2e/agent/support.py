"""An installed agent that serves over real mTLS, and raw gRPC clients of it."""

import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2

from landhub.common.v1 import document_pb2, signing_pb2
from landhub.signer.v1 import signer_service_pb2 as pb
from landhub.signer.v1 import signer_service_pb2_grpc as pb_grpc
from signer_agent.app import Agent
from signer_agent.clock import SystemClock
from signer_agent.installation import Plan, create
from signer_agent.settings import load_settings
from tests.unit.agent.support import DIGEST, Keys

CALL_SECONDS = 20

HUB_RULE = """
[[rules]]
name = "hub"
certificates = ["*"]
callers = ["crm"]
document_kinds = ["CONTRACT", "OTHER"]
attested_by = "hub"
allow_hub_attestation = true
cap_per_day = 1000
"""


@dataclass(frozen=True, slots=True)
class Installation:
    """An agent's directory with its keys in it."""

    directory: Path
    keys: Keys

    @property
    def ca(self) -> bytes:
        return (self.directory / "pki/ca.crt").read_bytes()

    def add(self, text: str) -> None:
        with (self.directory / "signer-agent.toml").open("a") as file:
            file.write(text)

    def set(self, old: str, new: str) -> None:
        path = self.directory / "signer-agent.toml"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))


def install(directory: Path, keys: Keys, *, rules: str = HUB_RULE, hub_audit_key: Path | None = None) -> Installation:
    create(Plan(directory=directory, listen="127.0.0.1:0", hub_audit_key=hub_audit_key), clock=SystemClock())
    installation = Installation(directory, keys)
    installation.set('folder = "keys/certificates"', f'folder = "{keys.folder}"')
    installation.add(rules)
    return installation


@asynccontextmanager
async def serving(installation: Installation, prepare: Callable[[Agent], None] = lambda _: None) -> AsyncIterator[int]:
    """The agent in this process; yields its port."""
    agent = Agent.build(settings=load_settings(installation.directory), directory=installation.directory)
    prepare(agent)
    port = await agent.start()
    try:
        yield port
    finally:
        await agent.stop()


class HubClient:
    """What a hub, honest or not, can send with its certificate."""

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self.channel = channel
        self.stub: pb_grpc.SignerServiceAsyncStub = pb_grpc.SignerServiceStub(channel)

    async def raw(self, method: str, data: bytes) -> bytes:
        call: Any = self.channel.unary_unary(f"/landhub.signer.v1.SignerService/{method}")
        answer: bytes = await call(data, timeout=CALL_SECONDS)
        return answer


@asynccontextmanager
async def connected(
    installation: Installation, port: int, *, certificate: bytes | None = None, key: bytes | None = None
) -> AsyncIterator[HubClient]:
    """A client with the hub's certificate, or with another one, or (both empty) with none."""
    pki = installation.directory / "pki"
    chosen = (pki / "hub.crt").read_bytes() if certificate is None else certificate
    private = (pki / "hub.key").read_bytes() if key is None else key
    credentials = grpc.ssl_channel_credentials((pki / "ca.crt").read_bytes(), private or None, chosen or None)
    async with grpc.aio.secure_channel(f"localhost:{port}", credentials) as channel:
        yield HubClient(channel)


def sign_request(keys: Keys, **changes: Any) -> pb.SignRequest:
    fields: dict[str, Any] = {
        "request_id": str(uuid.uuid4()),
        "business_reference": "ДКП-2026/17",
        "caller": "crm",
        "document_kind": document_pb2.DOCUMENT_KIND_CONTRACT,
        "digest": DIGEST,
        "digest_algorithm": signing_pb2.DIGEST_ALGORITHM_STREEBOG_256,
        "certificate_thumbprint": keys.thumbprints["seller"],
        "format": signing_pb2.SIGNATURE_FORMAT_CADES_BES_DETACHED,
        **changes,
    }
    return pb.SignRequest(**fields)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A status with its details."""

    code: grpc.StatusCode
    message: str
    reason: str
    domain: str
    metadata: dict[str, str]
    fields: list[str]
    retry_seconds: float
    pushback: str


async def refused(client: HubClient, method: str, request: Message | bytes) -> Refusal:
    """Call and be refused."""
    data = request if isinstance(request, bytes) else request.SerializeToString()
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await client.raw(method, data)
    return refusal_of(caught.value)


def refusal_of(error: grpc.aio.AioRpcError) -> Refusal:
    trailing: dict[str, Any] = dict(error.trailing_metadata() or ())
    info, retry, bad = error_details_pb2.ErrorInfo(), error_details_pb2.RetryInfo(), error_details_pb2.BadRequest()
    for detail in status_pb2.Status.FromString(trailing.get("grpc-status-details-bin", b"")).details:
        for message in (info, retry, bad):
            detail.Unpack(message)
    return Refusal(
        code=error.code(),
        message=error.details() or "",
        reason=info.reason,
        domain=info.domain,
        metadata=dict(info.metadata),
        fields=[violation.field for violation in bad.field_violations],
        retry_seconds=retry.retry_delay.ToTimedelta().total_seconds(),
        pushback=trailing.get("grpc-retry-pushback-ms", ""),
    )
