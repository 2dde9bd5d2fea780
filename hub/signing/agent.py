"""One signer agent over mTLS gRPC: what waits goes together, what goes unanswered is asked again, health is watched."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc
from google.protobuf.message import Message
from grpc_health.v1 import health_pb2, health_pb2_grpc
from opentelemetry.trace import SpanKind, Status, StatusCode

from hub.core.audit import Checkpoint, Countersignature
from hub.core.clock import Clock
from hub.core.errors import ExhaustedError, HubError, OutcomeUnknownError, PreconditionError, UnavailableError
from hub.core.telemetry import Telemetry, current_traceparent
from hub.resilience.failures import AnswerLostError, CredentialsRefusedError, NotSentError
from hub.resilience.gate import BreakerState
from hub.resilience.policy import Policy, Safety
from hub.resilience.upstream import Attempt, Upstreams
from hub.signing import esia, wire
from hub.signing.coalescing import Coalescer
from hub.signing.connection import ChannelFiles, Connection
from hub.signing.documents import Documents
from hub.signing.port import (
    AgentCertificate,
    AgentUnavailableError,
    EsiaSecret,
    EsiaSigningOrder,
    JournalEntry,
    MadeSignature,
    ShownDocument,
    SigningOrder,
)
from hub.signing.witness import Witnesses
from landhub.signer.v1 import signer_service_pb2 as pb
from landhub.signer.v1 import signer_service_pb2_grpc as pb_grpc

SERVICE = "landhub.signer.v1.SignerService"
POLICY = Policy(
    # A batch of 64 signatures takes some 10 ms, a slow token some seconds; all of it less than a job's lease of 60 s.
    attempt_timeout=10,
    total_timeout=25,
    max_attempts=4,
    initial_delay=0.2,
    max_delay=2,
    recovery_timeout=5,  # the watch on its health closes the breaker sooner
)

_SIGN_WAIT_SECONDS = 30.0  # in the queue and on the way, less than a job's lease
_LARGEST_BATCH = 64  # a batch of 256 was measured no faster, and one caller would hold the agent longer
_BATCHES_AT_ONCE = 2  # one is signed while the other one travels
_MOST_WAITING = 4096  # some 1 s of the agent's work
_RECONNECT_SECONDS = 0.5  # between attempts to watch an agent that is away
_REWATCH_SECONDS = 0.05  # after the agent ended a watch, as it does at the connection's age
_PAGE_SIZE = 500
_MAX_PAGES = 20  # 10,000 certificates or journal entries: more is a fault of the agent
_NOT_SERVING = "the agent says that it does not serve"

_Signed = MadeSignature | HubError


class Agent:
    """The client of one agent. Its methods raise the port's errors. "signing.NAME" among the upstreams.

    Raises:
        OSError, ValueError: the files of its channel can't be used.
    """

    def __init__(
        self,
        *,
        name: str,
        address: str,
        files: ChannelFiles,
        upstreams: Upstreams,
        telemetry: Telemetry,
        clock: Clock,
        witnesses: Witnesses,
    ) -> None:
        self.name = name
        self._witnesses = witnesses
        self._telemetry = telemetry
        self._clock = clock
        self._upstream = upstreams.open(f"signing.{name}", POLICY)
        self._connection = Connection(agent=name, address=address, files=files, clock=clock)
        self._coalescer = Coalescer[pb.SignRequest, _Signed](
            send=self._sign_together,
            late=self._late,
            full=self._full,
            largest_batch=_LARGEST_BATCH,
            batches_at_once=_BATCHES_AT_ONCE,
            most_waiting=_MOST_WAITING,
        )
        self._documents = Documents(agent=name, address=address, files=files, upstreams=upstreams, clock=clock)
        self._watch: asyncio.Task[None] | None = None

    @property
    def load(self) -> int:
        """How many signatures wait for it."""
        return self._coalescer.load

    @property
    def is_refused(self) -> bool:
        """Whether the breaker lets no call through just now."""
        return self._upstream.breaker is BreakerState.OPEN

    def watch(self, changed: Callable[[str], None]) -> None:
        """Keep telling why the agent can't be used, empty when it can, until `close`."""
        self._watch = asyncio.create_task(self._watching(changed), name=f"watch agent {self.name}")

    async def close(self) -> None:
        """Stop watching and close the channel."""
        if self._watch is not None:
            self._watch.cancel()
            with suppress(asyncio.CancelledError):
                await self._watch
        await self._coalescer.close()
        await self._documents.close()
        await self._connection.close()

    async def list_certificates(self) -> Sequence[AgentCertificate]:
        """Return all it holds."""
        found: list[AgentCertificate] = []
        token = ""
        for _ in range(_MAX_PAGES):
            request = pb.ListCertificatesRequest(page_size=_PAGE_SIZE, page_token=token)
            page: pb.ListCertificatesResponse = await self._read("ListCertificates", request)
            found += [wire.certificate(self.name, message) for message in page.certificates]
            token = page.next_page_token
            if not token:
                break
        return found

    async def sign(self, orders: Sequence[SigningOrder]) -> Sequence[MadeSignature | HubError]:
        """Have signatures made; together with whatever else waits for this agent."""
        with self._span("SignBatch" if len(orders) > 1 else "Sign", {"landhub.batch_size": len(orders)}) as span:
            traceparent = current_traceparent()
            requests = [wire.sign_request(order, traceparent=traceparent) for order in orders]
            results = await self._coalescer.submit(requests, timeout_seconds=_SIGN_WAIT_SECONDS)
            failed = next((result for result in results if isinstance(result, HubError)), None)
            if failed is not None:
                span.set_attribute("landhub.reason", failed.reason)
                span.set_status(Status(StatusCode.ERROR))
            return results

    async def sign_esia(self, order: EsiaSigningOrder) -> EsiaSecret:
        """Have a string of ESIA signed; the agent goes by its request_id, so it may be asked again."""
        with self._span("SignEsia"):
            answer: pb.SignEsiaResponse = await self._call(
                "SignEsia", esia.request(order), traceparent=current_traceparent()
            )
            return esia.secret(answer)

    async def show(self, document: ShownDocument, chunks: AsyncIterator[bytes]) -> bytes:
        """Show it a whole document; the digest it made."""
        with self._span("SignStream"):
            return await self._documents.show(document, chunks)

    async def journal(self, *, business_reference: str, limit: int) -> Sequence[JournalEntry]:
        """Return the journal's entries of a business reference, oldest first."""
        found: list[JournalEntry] = []
        token = ""
        for _ in range(_MAX_PAGES):
            request = pb.ListJournalRecordsRequest(
                page_size=min(limit, _PAGE_SIZE), page_token=token, business_reference=business_reference
            )
            page: pb.ListJournalRecordsResponse = await self._read("ListJournalRecords", request)
            found += [wire.journal_entry(self.name, record) for record in page.records]
            token = page.next_page_token
            if not token or len(found) >= limit:
                break
        return found[:limit]

    async def licence_expire_time(self) -> datetime | None:
        """Return when the licence of what holds its keys runs out; None if it tells of no end."""
        status: pb.GetStatusResponse = await self._read("GetStatus", pb.GetStatusRequest())
        if not status.HasField("licence_expire_time"):
            return None
        return status.licence_expire_time.ToDatetime(tzinfo=UTC)

    async def evidence(self, request_id: str) -> bytes:
        """See SigningPort.evidence."""
        answer: pb.ExportEvidenceResponse = await self._read(
            "ExportEvidence", pb.ExportEvidenceRequest(request_id=request_id)
        )
        return answer.evidence

    async def countersign(self, checkpoint: Checkpoint) -> Countersignature:
        """Exchange checkpoints; what the agent's pinned key did not sign is not its word."""
        request = wire.checkpoint_request(checkpoint)
        answer: pb.CountersignCheckpointResponse = await self._read("CountersignCheckpoint", request)
        countersignature = wire.countersignature(self.name, checkpoint, answer)
        problem = self._witnesses.problem(checkpoint, countersignature)
        if problem:
            raise PreconditionError(
                f"What agent {self.name!r} answered to our checkpoint {problem}; see its journal_key.",
                reason="CHECKPOINT_INVALID",
                domain="landhub.signer.v1",
                metadata={"agent": self.name},
            )
        return countersignature

    async def _read(self, method: str, request: Message) -> Any:
        """Make a call that may be repeated whatever came of it, in a span of its own."""
        with self._span(method):
            return await self._call(method, request, traceparent=current_traceparent(), safety=Safety.READ)

    async def _sign_together(self, requests: Sequence[pb.SignRequest]) -> Sequence[_Signed]:
        """One batch. What it is told is the same signature however often it is asked: the agent goes by request_id."""
        first = requests[0]
        try:
            if len(requests) == 1:
                made: pb.SignResponse = await self._call("Sign", first, traceparent=first.traceparent)
                return [wire.made_signature(made)]
            batch = pb.SignBatchRequest(requests=requests)
            answer: pb.SignBatchResponse = await self._call("SignBatch", batch, traceparent=first.traceparent)
        except HubError as error:
            return [error] * len(requests)
        if len(answer.results) != len(requests):
            return [AgentUnavailableError(self.name, may_have_signed=True)] * len(requests)
        return [
            wire.batch_result(self.name, result, request.certificate_thumbprint)
            for result, request in zip(answer.results, requests, strict=True)
        ]

    async def _call(
        self, method: str, request: Message, *, traceparent: str, safety: Safety = Safety.IDEMPOTENT_BY_KEY
    ) -> Any:
        async def send(attempt: Attempt) -> Any:
            return await self._attempt(method, request, traceparent, attempt)

        try:
            return await self._upstream.call(method, send, safety=safety)
        except OutcomeUnknownError as error:
            raise AgentUnavailableError(self.name, may_have_signed=True) from error
        except (UnavailableError, PreconditionError, ExhaustedError) as error:
            if error.metadata.get("upstream") != self._upstream.name:
                raise  # the agent's own word
            raise AgentUnavailableError(self.name, retry_after=error.retry_after) from error

    async def _attempt(self, method: str, request: Message, traceparent: str, attempt: Attempt) -> Any:
        if not await self._connection.is_ready():
            raise NotSentError("no connection")
        channel = self._connection.channel
        stub: pb_grpc.SignerServiceAsyncStub = pb_grpc.SignerServiceStub(channel)
        send: Callable[..., Awaitable[Any]] = getattr(stub, method)
        attempt.leave()
        try:
            metadata = (("traceparent", traceparent),) if traceparent else ()
            return await send(request, timeout=attempt.timeout_seconds, metadata=metadata)
        except grpc.aio.AioRpcError as failure:
            if failure.code() is grpc.StatusCode.UNAUTHENTICATED:
                # It looks at our certificate before anything else. Perhaps a new one lies there already.
                if await self._connection.refresh(instead_of=channel):
                    raise NotSentError("with a certificate that was replaced") from failure
                raise CredentialsRefusedError("the agent refuses the hub's certificate") from failure
            error = wire.error_of(self.name, failure)
            if error is None:
                raise AnswerLostError(failure.code().name) from failure
            raise error from failure

    def _span(self, method: str, attributes: Mapping[str, Any] | None = None) -> Any:
        fixed = {"rpc.system": "grpc", "rpc.service": SERVICE, "rpc.method": method, "landhub.agent": self.name}
        return self._telemetry.span(
            f"{SERVICE}/{method}", kind=SpanKind.CLIENT, attributes={**fixed, **(attributes or {})}
        )

    def _late(self, taken: bool) -> HubError:  # noqa: FBT001 - the coalescer's signature
        return AgentUnavailableError(self.name, may_have_signed=taken)

    def _full(self) -> HubError:
        return ExhaustedError(
            "Too many signatures wait for the signer agent; ask again in a moment.",
            reason="OVERLOADED",
            metadata={"agent": self.name},
            retry_after=timedelta(seconds=1),
        )

    async def _watching(self, changed: Callable[[str], None]) -> None:
        while True:
            told, reason = await self._watch_once(changed)
            if told:
                # Connections end at their age, and channels are replaced: only when no new watch begins is it away.
                await self._clock.sleep(_REWATCH_SECONDS)
                continue
            changed(reason)
            await self._clock.sleep(_RECONNECT_SECONDS)

    async def _why_not_serving(self) -> str:
        """Health has no reasons; its status has, if it still answers."""
        with suppress(HubError):
            status: pb.GetStatusResponse = await self._read("GetStatus", pb.GetStatusRequest())
            return status.not_serving_reason
        return ""

    async def _watch_once(self, changed: Callable[[str], None]) -> tuple[bool, str]:
        """Watch until the stream ends; whether it told anything, and why it ended."""
        task = asyncio.current_task()
        stub = health_pb2_grpc.HealthStub(self._connection.channel)
        told = False
        try:
            async for answer in stub.Watch(health_pb2.HealthCheckRequest(service=SERVICE)):  # type: ignore[attr-defined]  # no types
                told = True
                serving = answer.status == health_pb2.HealthCheckResponse.SERVING
                if serving and self._upstream.breaker is not BreakerState.CLOSED:
                    self._upstream.reset_breaker()
                changed("" if serving else _NOT_SERVING)  # at once: asking why takes long of an agent that stops
                if not serving and (reason := await self._why_not_serving()):
                    changed(f"{_NOT_SERVING}: {reason}")
        except grpc.aio.AioRpcError as failure:
            return told, f"the agent can't be reached ({failure.code().name})"
        except asyncio.CancelledError:
            if task is None or task.cancelling():
                raise
            return told, "the channel was replaced"  # which cancels what was still open on it
        return told, "the agent closed the connection"
