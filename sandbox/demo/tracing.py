"""The demo's own spans, and the whole story's trace: fetched when it is complete, and drawn as a tree."""

import time
from collections.abc import Iterator, Mapping
from typing import Any

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from sandbox.demo.stack import fetch

_CLIENT, _SERVER = 3, 2  # SpanKind in OTLP
_COMPLETE_SECONDS = 20.0
_POLL_SECONDS = 0.2


class IncompleteTraceError(Exception):
    """Some program's spans never came."""


def tracer_provider(endpoint: str) -> TracerProvider:
    """Return what makes the spans of the service `demo`; shut it down to export them."""
    provider = TracerProvider(resource=Resource.create({"service.name": "demo"}), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint), schedule_delay_millis=500))
    return provider


def complete_trace(control_port: int, trace_id: str) -> dict[str, Any]:
    """Fetch a trace as OTLP JSON once every gRPC call in it is told by both of its ends, and no span lacks its parent.

    Raises:
        IncompleteTraceError: that takes too long.
    """
    end = time.monotonic() + _COMPLETE_SECONDS
    while True:
        trace: dict[str, Any] = fetch(control_port, f"/traces?trace_id={trace_id}") or {}
        missing = _one_sided(trace) + _orphaned(trace)
        if trace and not missing:
            return trace
        if time.monotonic() > end:
            raise IncompleteTraceError(f"trace {trace_id} lacks spans beside or above {', '.join(missing) or 'all'}")
        time.sleep(_POLL_SECONDS)


def tree(trace: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of a trace's tree: what, where, when since its beginning, how long."""
    spans = {span["spanId"]: (service, span) for service, span in _spans(trace)}
    children: dict[str, list[str]] = {}
    for span_id, (_, span) in spans.items():
        parent = span.get("parentSpanId", "")
        children.setdefault(parent if parent in spans else "", []).append(span_id)
    began = min(int(span["startTimeUnixNano"]) for _, span in spans.values())

    def below(parent: str, indent: str) -> Iterator[str]:
        ordered = sorted(children.get(parent, ()), key=lambda span_id: int(spans[span_id][1]["startTimeUnixNano"]))
        for span_id in ordered:
            service, span = spans[span_id]
            start, stop = int(span["startTimeUnixNano"]), int(span["endTimeUnixNano"])
            failed = "  ERROR" if span.get("status", {}).get("code") == 2 else ""
            name = f"{indent}{span['name']}"
            yield f"{(start - began) / 1e9:8.3f} s {(stop - start) / 1e6:9.1f} ms  {service:20} {name}{failed}"
            yield from below(span_id, indent + "  ")

    yield from below("", "")


def _one_sided(trace: Mapping[str, Any]) -> list[str]:
    """Names of gRPC client spans that no server span answers."""
    spans = list(_spans(trace))
    answered = {span.get("parentSpanId") for _, span in spans if span.get("kind") == _SERVER}
    return [
        span["name"]
        for _, span in spans
        if span.get("kind") == _CLIENT and _is_grpc(span) and span["spanId"] not in answered
    ]


def _orphaned(trace: Mapping[str, Any]) -> list[str]:
    """Names of spans whose parent hasn't come: it ended later, or is exported with the next batch."""
    known = {span["spanId"] for _, span in _spans(trace)}
    return [span["name"] for _, span in _spans(trace) if span.get("parentSpanId") and span["parentSpanId"] not in known]


def _is_grpc(span: Mapping[str, Any]) -> bool:
    attributes = {item["key"]: item["value"].get("stringValue", "") for item in span.get("attributes", ())}
    return "grpc" in (attributes.get("rpc.system"), attributes.get("rpc.system.name"))


def _spans(trace: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for resource_spans in trace.get("resourceSpans", ()):
        attributes = {item["key"]: item["value"] for item in resource_spans["resource"]["attributes"]}
        service = attributes["service.name"]["stringValue"]
        for scope_spans in resource_spans["scopeSpans"]:
            for span in scope_spans["spans"]:
                yield service, span
