"""The server span of each call, by the RPC conventions, continuing the caller's W3C trace."""

from collections.abc import Awaitable, Callable, Mapping

import grpc
from opentelemetry import context as current
from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from hub.core.clock import Clock
from hub.core.telemetry import traceparent_of
from hub.rpc.contract import Method
from hub.rpc.metrics import RpcMetrics
from hub.rpc.passage import Passage

_PROPAGATOR = TraceContextTextMapPropagator()
_NO_CONTEXT = current.Context()
_CARRIED = ("traceparent", "tracestate")
# What the conventions count as the server's fault; the rest is the caller's, and leaves the span's status unset.
_SERVER_FAULTS = frozenset(
    {
        grpc.StatusCode.UNKNOWN,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.UNIMPLEMENTED,
        grpc.StatusCode.INTERNAL,
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DATA_LOSS,
    }
)


class Tracing:
    """Opens a span around each call, makes it current, and measures."""

    def __init__(self, *, tracer: Tracer, metrics: RpcMetrics, clock: Clock) -> None:
        self._tracer = tracer
        self._metrics = metrics
        self._clock = clock
        self._attributes: dict[str, Mapping[str, str]] = {}

    async def around(self, passage: Passage, inner: Callable[[Passage], Awaitable[bytes]]) -> bytes:
        """Run the rest of the chain under a span that ends with what was answered, however that came about."""
        started = self._clock.monotonic()
        self._metrics.in_flight += 1
        carrier = {
            str(key): str(value) for key, value in passage.context.invocation_metadata() or () if key in _CARRIED
        }
        parent = _PROPAGATOR.extract(carrier, _NO_CONTEXT) if carrier else _NO_CONTEXT
        method = passage.method
        span = self._tracer.start_span(
            method.path[1:], context=parent, kind=SpanKind.SERVER, attributes=self._named(method)
        )
        token = current.attach(trace.set_span_in_context(span, parent))
        passage.traceparent = traceparent_of(span) or carrier.get("traceparent", "")
        try:
            return await inner(passage)
        finally:
            current.detach(token)
            self._metrics.in_flight -= 1
            self._metrics.finished(passage, self._clock.monotonic() - started)
            _finish(span, passage)

    def _named(self, method: Method) -> Mapping[str, str]:
        attributes = self._attributes.get(method.path)
        if attributes is None:
            service, _, name = method.path[1:].rpartition("/")
            attributes = {"rpc.system": "grpc", "rpc.service": service, "rpc.method": name}
            self._attributes[method.path] = attributes
        return attributes


def _finish(span: Span, passage: Passage) -> None:
    if span.is_recording():
        number: int = passage.code.value[0]
        span.set_attribute("rpc.grpc.status_code", number)
        if passage.identity.caller:
            span.set_attribute("landhub.caller", passage.identity.caller)
        if passage.business_reference:
            span.set_attribute("landhub.business_reference", passage.business_reference)
        if passage.request_id:
            span.set_attribute("landhub.request_id", passage.request_id)
        if passage.reason:
            span.set_attribute("landhub.reason", passage.reason)
        if passage.code in _SERVER_FAULTS:
            span.set_attribute("error.type", passage.reason or passage.code.name)
            span.set_status(Status(StatusCode.ERROR))
    span.end()
