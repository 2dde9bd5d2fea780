"""Finished spans as JSON that a person can read: by trace, newest first, each trace in the order of its starts."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import format_span_id, format_trace_id

MOST_TRACES = 100  # a page for people


def traces_as_json(spans: Sequence[ReadableSpan], *, trace_id: str = "") -> list[dict[str, Any]]:
    """Group spans, oldest first, into the newest hundred traces; with a trace id (hex), that one alone."""
    traces: dict[int, list[ReadableSpan]] = {}
    for span in reversed(spans):
        traces.setdefault(span.context.trace_id, []).append(span)
    wanted = (spans for number, spans in traces.items() if not trace_id or format_trace_id(number) == trace_id)
    return [_trace(spans) for _, spans in zip(range(MOST_TRACES), wanted, strict=False)]


def _trace(spans: Iterable[ReadableSpan]) -> dict[str, Any]:
    ordered = sorted(spans, key=lambda span: span.start_time or 0)
    return {"trace_id": format_trace_id(ordered[0].context.trace_id), "spans": [_span(span) for span in ordered]}


def _span(span: ReadableSpan) -> dict[str, Any]:
    start, end = span.start_time or 0, span.end_time or 0
    return {
        "name": span.name,
        "span_id": format_span_id(span.context.span_id),
        "parent_span_id": format_span_id(span.parent.span_id) if span.parent else "",
        "kind": span.kind.name,
        "start": datetime.fromtimestamp(start / 1e9, UTC).isoformat(),
        "milliseconds": round((end - start) / 1e6, 3),
        "status": span.status.status_code.name,
        "attributes": dict(span.attributes or {}),
    }
