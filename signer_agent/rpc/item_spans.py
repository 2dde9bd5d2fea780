"""One span for each request of a batch, in the request's own trace: a batch carries requests of several."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

from opentelemetry import context as contexts
from opentelemetry.trace import Link, SpanKind, Tracer, get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_PROPAGATOR: Final = TraceContextTextMapPropagator()
_SAMPLED: Final = "-01"
_NAME: Final = "landhub.signer.v1.SignerService/SignBatch"


@contextmanager
def item_spans(tracer: Tracer, traceparents: Iterable[str]) -> Iterator[None]:
    """Open a span for each sampled request whose trace is not the call's, linked to the call's span."""
    current = get_current_span().get_span_context()
    own = f"{current.trace_id:032x}"
    spans = [
        tracer.start_span(
            _NAME,
            context=_PROPAGATOR.extract({"traceparent": traceparent}, contexts.Context()),
            kind=SpanKind.SERVER,
            links=(Link(current),),
            attributes={"rpc.system": "grpc"},
        )
        for traceparent in traceparents
        if traceparent.endswith(_SAMPLED) and own not in traceparent
    ]
    try:
        yield
    finally:
        for span in spans:
            span.end()
