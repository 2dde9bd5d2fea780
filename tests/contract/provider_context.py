"""What providers are built from in contract tests: real time, ids and telemetry, and settings' paths in a folder."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import CollectorRegistry

from hub.core.clock import Clock, SystemClock
from hub.core.ids import Ids
from hub.core.secrets import Secrets
from hub.core.telemetry import Telemetry
from hub.resilience.upstream import Upstreams


@dataclass(frozen=True)
class Context:
    """A provider's context, with the ends that a test looks at."""

    clock: Clock
    secrets: Secrets
    telemetry: Telemetry
    upstreams: Upstreams
    development: bool
    path: Callable[[str], Path]
    metrics: CollectorRegistry
    spans: InMemorySpanExporter

    def in_production(self) -> "Context":
        return replace(self, development=False)

    def metric(self, name: str, **labels: str) -> float:
        return self.metrics.get_sample_value(name, labels) or 0.0


def make_context(folder: Path) -> Context:
    spans = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    clock, metrics = SystemClock(), CollectorRegistry()
    return Context(
        clock=clock,
        secrets=Secrets(base=folder, environment={}),
        telemetry=Telemetry(tracer=provider.get_tracer("contract")),
        upstreams=Upstreams(clock=clock, ids=Ids(clock=clock), registry=metrics),
        development=True,
        path=lambda name: folder / name,
        metrics=metrics,
        spans=spans,
    )
