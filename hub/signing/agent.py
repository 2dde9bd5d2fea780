"""One signer agent over mTLS gRPC: a channel that finds back by itself, and a watch on the agent's health."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TypeVar

import grpc
from google.protobuf.message import Message
from grpc_health.v1 import health_pb2, health_pb2_grpc
from opentelemetry.trace import SpanKind, Status, StatusCode

from hub.core.audit import Checkpoint, Countersignature
from hub.core.clock import Clock
from hub.core.errors import HubError
from hub.core.telemetry import Telemetry, current_traceparent
from hub.signing import wire
from hub.signing.port import AgentCertificate, AgentUnavailableError, JournalEntry, MadeSignature, SigningOrder
from landhub.signer.v1 import signer_service_pb2 as pb
from landhub.signer.v1 import signer_service_pb2_grpc as pb_grpc

T = TypeVar("T")

SERVICE = "landhub.signer.v1.SignerService"

_CALL_TIMEOUT_SECONDS = 10.0  # a batch of 256 GOST-256 signatures takes 20 ms; a slow token some seconds
_RECONNECT_SECONDS = 0.5  # between attempts to watch an agent that is away
_PAGE_SIZE = 500
_MAX_PAGES = 20  # 10,000 certificates or journal entries: more is a fault of the agent
_MAX_MESSAGE_BYTES = 16 * 1024 * 1024
_OPTIONS = (
    ("grpc.max_receive_message_length", _MAX_MESSAGE_BYTES),
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.min_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 2000),
    ("grpc.keepalive_time_ms", 20_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    ("grpc.enable_retries", 0),
)


class Agent:
    """The client of one agent. Its methods raise the port's errors."""

    def __init__(
        self, *, name: str, address: str, credentials: grpc.ChannelCredentials, telemetry: Telemetry, clock: Clock
    ) -> None:
        self.name = name
        self._telemetry = telemetry
        self._clock = clock
        self._channel = grpc.aio.secure_channel(address, credentials, options=_OPTIONS)
        self._stub: pb_grpc.SignerServiceAsyncStub = pb_grpc.SignerServiceStub(self._channel)
        self._watch: asyncio.Task[None] | None = None

    def watch(self, changed: Callable[[str], None]) -> None:
        """Keep telling why the agent can't be used, empty when it can, until `close`."""
        self._watch = asyncio.create_task(self._watching(changed), name=f"watch agent {self.name}")

    async def close(self) -> None:
        """Stop watching and close the channel."""
        if self._watch is not None:
            self._watch.cancel()
            with suppress(asyncio.CancelledError):
                await self._watch
        await self._channel.close()

    async def list_certificates(self) -> Sequence[AgentCertificate]:
        """Return all it holds."""
        found: list[AgentCertificate] = []
        token = ""
        for _ in range(_MAX_PAGES):
            request = pb.ListCertificatesRequest(page_size=_PAGE_SIZE, page_token=token)
            page = await self._call(self._stub.ListCertificates, request, "ListCertificates")
            found += [wire.certificate(self.name, message) for message in page.certificates]
            token = page.next_page_token
            if not token:
                break
        return found

    async def sign(self, orders: Sequence[SigningOrder]) -> Sequence[MadeSignature | HubError]:
        """Have signatures made, by one RPC."""
        requests = [wire.sign_request(order) for order in orders]
        thumbprint = orders[0].thumbprint
        if len(requests) == 1:
            try:
                response = await self._call(self._stub.Sign, requests[0], "Sign", thumbprint)
            except HubError as error:
                return [error]
            return [wire.made_signature(response)]
        batch = pb.SignBatchRequest(requests=requests)
        try:
            answer = await self._call(self._stub.SignBatch, batch, "SignBatch", thumbprint)
        except HubError as error:
            return [error] * len(orders)
        if len(answer.results) != len(orders):
            return [AgentUnavailableError(self.name)] * len(orders)
        return [wire.batch_result(self.name, result, thumbprint) for result in answer.results]

    async def journal(self, *, business_reference: str, limit: int) -> Sequence[JournalEntry]:
        """Return the journal's entries of a business reference, oldest first."""
        found: list[JournalEntry] = []
        token = ""
        for _ in range(_MAX_PAGES):
            request = pb.ListJournalRecordsRequest(
                page_size=min(limit, _PAGE_SIZE), page_token=token, business_reference=business_reference
            )
            page = await self._call(self._stub.ListJournalRecords, request, "ListJournalRecords")
            found += [wire.journal_entry(self.name, record) for record in page.records]
            token = page.next_page_token
            if not token or len(found) >= limit:
                break
        return found[:limit]

    async def countersign(self, checkpoint: Checkpoint) -> Countersignature:
        """Exchange checkpoints."""
        request = wire.checkpoint_request(checkpoint)
        response = await self._call(self._stub.CountersignCheckpoint, request, "CountersignCheckpoint")
        return wire.countersignature(self.name, checkpoint, response)

    async def _call(self, send: Callable[..., Awaitable[T]], request: Message, method: str, thumbprint: str = "") -> T:
        attributes = {"rpc.system": "grpc", "rpc.service": SERVICE, "rpc.method": method, "landhub.agent": self.name}
        with self._telemetry.span(f"{SERVICE}/{method}", kind=SpanKind.CLIENT, attributes=attributes) as span:
            traceparent = current_traceparent()
            metadata = (("traceparent", traceparent),) if traceparent else ()
            try:
                return await send(request, timeout=_CALL_TIMEOUT_SECONDS, metadata=metadata)
            except grpc.aio.AioRpcError as failure:
                span.set_attribute("rpc.grpc.status_code", failure.code().value[0])
                span.set_status(Status(StatusCode.ERROR))
                raise wire.error_of(self.name, failure, thumbprint) from failure

    async def _watching(self, changed: Callable[[str], None]) -> None:
        stub = health_pb2_grpc.HealthStub(self._channel)
        while True:
            try:
                request = health_pb2.HealthCheckRequest(service=SERVICE)
                async for answer in stub.Watch(request):  # type: ignore[attr-defined]  # its package has no types
                    serving = answer.status == health_pb2.HealthCheckResponse.SERVING
                    changed("" if serving else "the agent says that it does not serve")
                reason = "the agent closed the connection"
            except grpc.aio.AioRpcError as failure:
                reason = f"the agent can't be reached ({failure.code().name})"
            changed(reason)
            await self._clock.sleep(_RECONNECT_SECONDS)
