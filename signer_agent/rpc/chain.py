"""What every call passes: tracing > errors > deadline > identify > validate > handler."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final

import grpc
import structlog
from google.protobuf.message import Message
from opentelemetry import context as contexts
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer, format_trace_id, set_span_in_context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from signer_agent.errors import COMMON_DOMAIN, AgentError, DeadlineExceededError, ExhaustedError, UnauthenticatedError
from signer_agent.journal import Journal
from signer_agent.journal_record import Entry, Phase
from signer_agent.refusals import Refusals
from signer_agent.rpc import errors
from signer_agent.rpc.identify import Client, Identify, fingerprint_of
from signer_agent.rpc.servicer import Call
from signer_agent.rpc.validating import BATCH_FIELD, Validating, broken, by_item

LOG = structlog.get_logger(__name__)

Context = grpc.aio.ServicerContext[Any, Any]
Data = bytes | AsyncIterator[bytes]
Handler = Callable[[Any, Call], Awaitable[Message]]

_MARGIN_SECONDS: Final = 0.1  # left of the caller's deadline to say what was late
_CARRIED: Final = ("traceparent", "tracestate")
_PROPAGATOR: Final = TraceContextTextMapPropagator()
_SERVER_FAULTS: Final = frozenset(
    {grpc.StatusCode.UNKNOWN, grpc.StatusCode.INTERNAL, grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.DEADLINE_EXCEEDED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One RPC: its service, its name, what it takes and who handles it; a stream's handler gets an iterator."""

    service: str
    name: str
    request_class: type[Message]
    handler: Handler
    streams: bool = False


class Chain:
    """The same for every method. One event loop uses it."""

    def __init__(
        self,
        *,
        identify: Identify,
        validating: Validating,
        journal: Journal,
        refusals: Refusals,
        tracer: Tracer,
        max_calls: int,
        max_call_seconds: float,
        max_stream_seconds: float,
    ) -> None:
        self._identify = identify
        self._validating = validating
        self._journal = journal
        self._refusals = refusals
        self._tracer = tracer
        self._calls = 0
        self._max_calls = max_calls
        self._max_call_seconds = max_call_seconds
        self._max_stream_seconds = max_stream_seconds

    async def run(self, method: Method, data: Data, context: Context) -> bytes:
        """Take one call through; what goes wrong aborts the call with its status."""
        carrier = {str(key): str(value) for key, value in context.invocation_metadata() or () if key in _CARRIED}
        parent = _PROPAGATOR.extract(carrier, contexts.Context())
        attributes = {"rpc.system": "grpc", "rpc.service": method.service, "rpc.method": method.name}
        span = self._tracer.start_span(
            f"{method.service}/{method.name}", context=parent, kind=SpanKind.SERVER, attributes=attributes
        )
        token = contexts.attach(set_span_in_context(span, parent))
        code, reason = grpc.StatusCode.CANCELLED, ""  # unless it gets further
        self._calls += 1
        try:
            answer = await self._answered(method, data, context, span)
            code = grpc.StatusCode.OK
            return answer
        except AgentError as error:
            code, reason = errors.code_of(error), error.reason
            await context.abort(code, error.message, errors.trailing_metadata(error))
        finally:
            self._calls -= 1
            contexts.detach(token)
            _end(span, code, reason)

    async def _answered(self, method: Method, data: Data, context: Context, span: Span) -> bytes:
        """The errors step: an unexpected exception becomes INTERNAL, the trace id and nothing else."""
        trace_id = format_trace_id(span.get_span_context().trace_id)
        if self._calls > self._max_calls:
            raise _too_many_calls()
        try:
            return await self._in_time(method, data, context, trace_id, span)
        except AgentError:
            raise
        except Exception as error:
            # Without the exception's text and its chain, which may hold data.
            LOG.error("call_failed", method=method.name, trace_id=trace_id, **_where(error))  # noqa: TRY400
            raise errors.internal(trace_id) from error

    async def _in_time(self, method: Method, data: Data, context: Context, trace_id: str, span: Span) -> bytes:
        remaining: Any = context.time_remaining()  # None without a deadline, whatever its type says
        most = self._max_stream_seconds if method.streams else self._max_call_seconds
        budget = most if remaining is None else min(remaining - _MARGIN_SECONDS, most)
        try:
            async with asyncio.timeout(max(budget, 0)):
                client = await self._identified(context, method, trace_id)
                if isinstance(data, bytes):
                    return await self._handled(method, data, client, trace_id, span)
                call = Call(client=client.name, trace_id=trace_id)
                messages = self._messages(method, data, context, trace_id, span)
                return (await method.handler(messages, call)).SerializeToString()
        except TimeoutError as error:
            raise DeadlineExceededError(
                "out of time: ask again with the same request_id, what was begun is brought to its end",
                reason="DEADLINE_EXCEEDED",
                domain=COMMON_DOMAIN,
                metadata={"waiting_for": "signer"},
            ) from error

    async def _identified(self, context: Context, method: Method, trace_id: str) -> Client:
        auth_context: Any = context.auth_context()
        try:
            return self._identify.client(auth_context)
        except UnauthenticatedError as error:
            details = {"method": method.name, "cause": error.metadata.get("cause", "")}
            details["fingerprint"] = fingerprint_of(auth_context)
            entry = Entry(
                phase=Phase.CALLER_REFUSED, reason=error.reason, trace_id=trace_id, details=MappingProxyType(details)
            )
            await self._journal.append(self._refusals.drafts(entry))
            raise

    async def _messages(
        self, method: Method, parts: AsyncIterator[bytes], context: Context, trace_id: str, span: Span
    ) -> AsyncIterator[Message]:
        """The messages of a stream. A stream outlives connections, so each time it is looked again at who sends it."""
        async for data in parts:
            client = await self._identified(context, method, trace_id)
            message, violations = self._validating.read(method.request_class, data)
            if violations:
                raise broken(violations)
            span.set_attribute("landhub.client", client.name)
            yield message

    async def _handled(self, method: Method, data: bytes, client: Client, trace_id: str, span: Span) -> bytes:
        request, violations = self._validating.read(method.request_class, data)
        span.set_attribute("landhub.client", client.name)
        if reference := getattr(request, "business_reference", ""):
            span.set_attribute("landhub.business_reference", reference)
        call = Call(client=client.name, trace_id=trace_id)
        if BATCH_FIELD in method.request_class.DESCRIPTOR.fields_by_name:
            call = Call(client=client.name, trace_id=trace_id, violations=by_item(violations))
        elif violations:
            raise broken(violations)
        response = await method.handler(request, call)
        return response.SerializeToString()


def _too_many_calls() -> ExhaustedError:
    return ExhaustedError(
        "too many calls are under way: ask again in a moment",
        reason="OVERLOADED",
        domain=COMMON_DOMAIN,
        retry_after=timedelta(seconds=1),
    )


def _end(span: Span, code: grpc.StatusCode, reason: str) -> None:
    value: Any = code.value
    span.set_attribute("rpc.grpc.status_code", int(value[0]))
    if reason:
        span.set_attribute("landhub.reason", reason)
    if code in _SERVER_FAULTS:
        span.set_status(Status(StatusCode.ERROR))
    span.end()


def _where(error: BaseException) -> dict[str, str]:
    """The kind of an exception and where it was raised; never its text, which may hold data."""
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    place = f"{last.tb_frame.f_code.co_filename.rpartition('/')[2]}:{last.tb_lineno}" if last is not None else ""
    return {"exception": type(error).__name__, "place": place}
