"""Spans with a fixed list of attributes, and the W3C context in and out of text."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext

from opentelemetry import trace
from opentelemetry.context import Context, attach, detach
from opentelemetry.trace import Span, SpanContext, SpanKind, Status, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

AttributeValue = str | int | float | bool

# A span tells ids, codes and counts. What is not on this list is not written, so personal data can't slip in.
ALLOWED_ATTRIBUTES = frozenset(
    {
        "rpc.system",
        "rpc.service",
        "rpc.method",
        "rpc.grpc.status_code",
        "http.request.method",
        "http.response.status_code",
        "http.request.resend_count",
        "server.address",
        "server.port",
        "url.scheme",
        "url.path",
        "error.type",
        "landhub.caller",
        "landhub.business_reference",
        "landhub.request_id",
        "landhub.module",
        "landhub.upstream",
        "landhub.operation",
        "landhub.attempt",
        "landhub.outcome",
        "landhub.reason",
        "landhub.resource",
        "landhub.job.id",
        "landhub.job.kind",
        "landhub.job.fence",
        "landhub.event.type",
        "landhub.key.thumbprint",
        "landhub.agent",
        "landhub.cache",
        "landhub.batch_size",
    }
)

_PROPAGATOR = TraceContextTextMapPropagator()


class Telemetry:
    """Opens spans on one tracer; gives and takes the context as a W3C traceparent."""

    def __init__(self, *, tracer: Tracer) -> None:
        self._tracer = tracer

    def span(
        self,
        name: str,
        *,
        kind: SpanKind = SpanKind.INTERNAL,
        attributes: Mapping[str, AttributeValue] | None = None,
        parent: str = "",
    ) -> AbstractContextManager[Span]:
        """Open a span, current inside the block. An exception marks it as failed by its class name alone.

        Inside a trace that is not sampled nothing is opened: the span around goes on, since nobody will see either.

        Args:
            name: "<noun> <verb>" or the RPC's name; never an id.
            kind: SERVER, CLIENT, INTERNAL, PRODUCER or CONSUMER.
            attributes: Those on the list are kept.
            parent: A traceparent to continue (a job's row, an inbound header); empty continues the current span.
        """
        if parent:
            context = _PROPAGATOR.extract({"traceparent": parent})
            around = trace.get_current_span(context)
            if _is_unsampled(around.get_span_context()):
                return _within(context, around)
            return self._opened(name, kind, attributes, context)
        around = trace.get_current_span()
        if _is_unsampled(around.get_span_context()):
            return nullcontext(around)
        return self._opened(name, kind, attributes, None)

    @contextmanager
    def _opened(
        self, name: str, kind: SpanKind, attributes: Mapping[str, AttributeValue] | None, context: Context | None
    ) -> Iterator[Span]:
        with self._tracer.start_as_current_span(
            name, context=context, kind=kind, record_exception=False, set_status_on_exception=False
        ) as span:
            set_attributes(span, attributes or {})
            try:
                yield span
            except BaseException as error:
                span.set_attribute("error.type", type(error).__name__)
                span.set_status(Status(StatusCode.ERROR))
                raise


@contextmanager
def _within(context: Context, span: Span) -> Iterator[Span]:
    """Make another context the current one inside the block."""
    token = attach(context)
    try:
        yield span
    finally:
        detach(token)


def set_attributes(span: Span, attributes: Mapping[str, AttributeValue]) -> None:
    """Set the attributes that are on the list; drop the others."""
    if not span.is_recording():
        return
    for name, value in attributes.items():
        if name in ALLOWED_ATTRIBUTES and value != "":
            span.set_attribute(name, value)


def current_traceparent() -> str:
    """Return the current span's context as a W3C traceparent, or empty if there is none."""
    return traceparent_of(trace.get_current_span())


def traceparent_of(span: Span) -> str:
    """Return a span's context as a W3C traceparent, or empty if it has none."""
    context = span.get_span_context()
    if not context.is_valid:
        return ""
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"


def current_trace_id() -> str:
    """Return the current trace's id in hex, or empty."""
    context = trace.get_current_span().get_span_context()
    return trace.format_trace_id(context.trace_id) if context.is_valid else ""


def _is_unsampled(context: SpanContext) -> bool:
    return context.is_valid and not context.trace_flags.sampled
