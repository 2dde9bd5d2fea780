"""The OTLP receiver takes what exporters send and gives back OTLP JSON."""

import asyncio
import gzip
import json
from typing import Any

import aiohttp
import pytest
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor

from sandbox.app import Sandbox

TRACE_ID = "5b8aa5a2d2c872e8321cf37308d69df2"
SPAN = {
    "traceId": TRACE_ID,
    "spanId": "051581bf3cb55c13",
    "parentSpanId": "5fb397be34d26b51",
    "name": "call",
    "kind": 3,
    "startTimeUnixNano": "1732348800000000001",
    "endTimeUnixNano": "1732348800000000002",
    "attributes": [{"key": "http.response.status_code", "value": {"intValue": "200"}}],
    "links": [{"traceId": "0" * 31 + "1", "spanId": "0" * 15 + "2"}],
    "status": {"code": 2},
}


def export(service: str, *spans: dict[str, Any]) -> dict[str, Any]:
    resource = {"attributes": [{"key": "service.name", "value": {"stringValue": service}}]}
    return {
        "resourceSpans": [{"resource": resource, "scopeSpans": [{"scope": {"name": "test"}, "spans": list(spans)}]}]
    }


async def post(sandbox: Sandbox, body: bytes, **headers: str) -> int:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{sandbox.control_url}/v1/traces", data=body, headers=headers) as response,
    ):
        return response.status


async def get(sandbox: Sandbox, path: str) -> Any:
    async with aiohttp.ClientSession() as session, session.get(sandbox.control_url + path) as response:
        return await response.json()


def exported(sandbox: Sandbox, service: str, names: list[str]) -> str:
    """Export nested spans with the real exporter; returns the trace id."""
    provider = TracerProvider(resource=Resource({"service.name": service}))
    exporter = OTLPSpanExporter(endpoint=f"{sandbox.control_url}/v1/traces", compression=Compression.Gzip)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = provider.get_tracer("test")
    parent = tracer.start_span(names[0], attributes={"count": 7})
    for name in names[1:]:
        tracer.start_span(name, context=trace.set_span_in_context(parent)).end()
    parent.end()
    provider.shutdown()
    return f"{parent.get_span_context().trace_id:032x}"


async def test_spans_of_the_real_exporter_come_back_under_their_trace_id(sandbox: Sandbox) -> None:
    trace_id = await asyncio.to_thread(exported, sandbox, "hub", ["parent", "child"])
    found = await get(sandbox, f"/traces?trace_id={trace_id}")
    spans = found["resourceSpans"][0]["scopeSpans"][0]["spans"]
    child, parent = spans
    assert (child["name"], parent["name"]) == ("child", "parent")
    assert child["parentSpanId"] == parent["spanId"]
    assert child["traceId"] == trace_id
    assert isinstance(child["startTimeUnixNano"], str)
    assert parent["attributes"] == [{"key": "count", "value": {"intValue": "7"}}]
    assert (await get(sandbox, "/traces"))["traces"] == [{"traceId": trace_id, "spans": 2, "services": ["hub"]}]


async def test_json_goes_in_and_comes_out_alike(sandbox: Sandbox) -> None:
    sent = export("hub", SPAN)
    assert await post(sandbox, json.dumps(sent).encode(), **{"Content-Type": "application/json"}) == 200
    assert await get(sandbox, f"/traces?trace_id={TRACE_ID.upper()}") == sent


async def test_one_trace_of_two_services_keeps_them_apart(sandbox: Sandbox) -> None:
    json_type = {"Content-Type": "application/json"}
    for service, span_id in (("hub", "1" * 16), ("signer-agent", "2" * 16), ("hub", "3" * 16)):
        body = json.dumps(export(service, {**SPAN, "spanId": span_id})).encode()
        assert await post(sandbox, gzip.compress(body), **json_type, **{"Content-Encoding": "gzip"}) == 200
    found = await get(sandbox, f"/traces?trace_id={TRACE_ID}")
    counts = [len(resource["scopeSpans"][0]["spans"]) for resource in found["resourceSpans"]]
    assert counts == [2, 1]


async def test_an_unknown_trace_is_empty(sandbox: Sandbox) -> None:
    assert await get(sandbox, f"/traces?trace_id={'0' * 32}") == {"resourceSpans": []}


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-protobuf", b"\xff\xff"),
        ("application/json", b"{"),
        ("application/json", b"[]"),
        ("application/json", b'{"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "no hex"}]}]}]}'),
    ],
)
async def test_what_is_no_export_is_refused(sandbox: Sandbox, content_type: str, body: bytes) -> None:
    assert await post(sandbox, body, **{"Content-Type": content_type}) == 400
    assert len(sandbox.traces) == 0
