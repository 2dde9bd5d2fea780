"""Streaming whole documents to an agent, over a connection of their own, so that they hold up no signature."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import grpc

from hub.core.clock import Clock
from hub.core.errors import ExhaustedError, HubError, OutcomeUnknownError, PreconditionError, UnavailableError
from hub.core.telemetry import current_traceparent
from hub.resilience.failures import AnswerLostError, CredentialsRefusedError, NotSentError
from hub.resilience.policy import Policy, Safety
from hub.resilience.upstream import Attempt, Upstreams
from hub.signing import wire
from hub.signing.connection import ChannelFiles, Connection
from hub.signing.port import AgentUnavailableError, ShownDocument
from landhub.signer.v1 import signer_service_pb2 as pb
from landhub.signer.v1 import signer_service_pb2_grpc as pb_grpc

# A stream can't be repeated: what came in is gone. 1 GiB takes some 15 s of hashing, and the caller's upload the rest.
POLICY = Policy(attempt_timeout=600, total_timeout=600, max_attempts=1, recovery_timeout=5)

_CHUNK_BYTES = 1024 * 1024  # the contract's limit of a chunk to the agent; smaller ones were measured slower


_Stream = grpc.aio.StreamUnaryCall[pb.SignStreamRequest, pb.SignStreamResponse]


class Documents:
    """One agent's way for documents. "signing.NAME.documents" among the upstreams."""

    def __init__(self, *, agent: str, address: str, files: ChannelFiles, upstreams: Upstreams, clock: Clock) -> None:
        self._agent = agent
        self._upstream = upstreams.open(f"signing.{agent}.documents", POLICY)
        self._connection = Connection(agent=agent, address=address, files=files, clock=clock)

    async def show(self, document: ShownDocument, chunks: AsyncIterator[bytes]) -> bytes:
        """See SigningPort.show."""

        async def send(attempt: Attempt) -> bytes:
            return await self._send(document, chunks, attempt)

        try:
            return await self._upstream.call("SignStream", send, safety=Safety.READ)
        except (UnavailableError, PreconditionError, ExhaustedError, OutcomeUnknownError) as error:
            if error.metadata.get("upstream") != self._upstream.name:
                raise  # the agent's own word
            raise AgentUnavailableError(self._agent, retry_after=error.retry_after) from error

    async def close(self) -> None:
        """Close the connection."""
        await self._connection.close()

    async def _send(self, document: ShownDocument, chunks: AsyncIterator[bytes], attempt: Attempt) -> bytes:
        if not await self._connection.is_ready():
            raise NotSentError("no connection")
        channel = self._connection.channel
        stub: pb_grpc.SignerServiceAsyncStub = pb_grpc.SignerServiceStub(channel)
        traceparent = current_traceparent()
        attempt.has_left = True
        try:
            metadata = (("traceparent", traceparent),) if traceparent else ()
            call: _Stream = stub.SignStream(timeout=attempt.timeout_seconds, metadata=metadata)
            return (await _streamed(call, _parts(document, chunks))).digest
        except grpc.aio.AioRpcError as failure:
            if failure.code() is grpc.StatusCode.UNAUTHENTICATED:
                await self._connection.refresh(instead_of=channel)
                raise CredentialsRefusedError("the agent refuses the hub's certificate") from failure
            error: HubError | None = wire.error_of(self._agent, failure)
            if error is None:
                raise AnswerLostError(failure.code().name) from failure
            raise error from failure


async def _streamed(call: _Stream, parts: AsyncIterator[pb.SignStreamRequest]) -> pb.SignStreamResponse:
    """Send part by part: what goes wrong with our source is raised as it is, and ends the call."""
    try:
        async for part in parts:
            with suppress(asyncio.InvalidStateError):  # it has ended already, and says below why
                await call.write(part)
            if call.done():
                break
        if not call.done():
            await call.done_writing()
        return await call
    except BaseException:
        call.cancel()
        raise


async def _parts(document: ShownDocument, chunks: AsyncIterator[bytes]) -> AsyncIterator[pb.SignStreamRequest]:
    yield wire.shown_header(document)
    async for chunk in chunks:
        for start in range(0, len(chunk), _CHUNK_BYTES):
            yield pb.SignStreamRequest(chunk=chunk[start : start + _CHUNK_BYTES])
