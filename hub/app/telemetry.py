"""Traces of this process: sampled, exported by OTLP/HTTP where the settings say so, the newest kept for operators."""

import threading
from collections import deque
from collections.abc import Sequence

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Tracer

from hub.app.upstream_trail import AttemptSpans
from hub.settings import TelemetrySettings

KEPT_SPANS = 20_000  # some 30 MB; about a thousand deals
EXPORT_DELAY_MILLISECONDS = 500
EXPORT_TIMEOUT_SECONDS = 5.0


class SpanRing(SpanProcessor):
    """Keeps the newest finished spans in memory."""

    def __init__(self, *, size: int = KEPT_SPANS) -> None:
        self._spans: deque[ReadableSpan] = deque(maxlen=size)
        self._lock = threading.Lock()

    def on_end(self, span: ReadableSpan) -> None:
        """Keep a span that has ended."""
        with self._lock:
            self._spans.append(span)

    def spans(self) -> Sequence[ReadableSpan]:
        """Return what is kept, oldest first."""
        with self._lock:
            return tuple(self._spans)


class Tracing:
    """The tracer of this process and what becomes of its spans."""

    def __init__(self, *, settings: TelemetrySettings, instance: str) -> None:
        self.ring = SpanRing()
        self.attempts = AttemptSpans()
        resource = Resource.create({"service.name": settings.service_name, "service.instance.id": instance})
        sampler = ParentBased(TraceIdRatioBased(settings.sample_ratio))
        self._provider = TracerProvider(sampler=sampler, resource=resource, shutdown_on_exit=False)
        self._provider.add_span_processor(self.attempts)
        self._provider.add_span_processor(self.ring)
        if settings.otlp_endpoint:
            exporter = OTLPSpanExporter(endpoint=settings.otlp_endpoint, timeout=EXPORT_TIMEOUT_SECONDS)
            batches = BatchSpanProcessor(exporter, schedule_delay_millis=EXPORT_DELAY_MILLISECONDS)
            self._provider.add_span_processor(batches)
        self.tracer: Tracer = self._provider.get_tracer("landhub.hub")

    def close(self) -> None:
        """Export what waits; blocks, a few seconds at most."""
        self._provider.shutdown()
