"""An OTLP/HTTP trace receiver that keeps spans in memory and gives them back as OTLP JSON."""

import base64
import json
from collections import deque
from collections.abc import Callable
from typing import Any

from aiohttp import web
from google.protobuf import json_format
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import ResourceSpans, ScopeSpans, Span

_SPANS_KEPT = 50_000  # some hundred deals; the oldest go first
_ID_FIELDS = frozenset({"traceId", "spanId", "parentSpanId"})


class BadTracesError(Exception):
    """What was posted is not an export request."""


class TraceStore:
    """The spans received, each with its resource and scope."""

    def __init__(self) -> None:
        self._spans: deque[tuple[ResourceSpans, ScopeSpans, Span]] = deque(maxlen=_SPANS_KEPT)

    def __len__(self) -> int:
        return len(self._spans)

    def receive(self, body: bytes, *, content_type: str) -> int:
        """Keep the spans of an `ExportTraceServiceRequest` and return how many they are.

        Raises:
            BadTracesError: the body is not what its content type says.
        """
        request = ExportTraceServiceRequest()
        try:
            if content_type == "application/json":
                fields = json.loads(body)
                if not isinstance(fields, dict):
                    raise BadTracesError("an OTLP export in JSON is an object")
                json_format.ParseDict(_ids_to_base64(fields), request, ignore_unknown_fields=True)
            else:
                request.ParseFromString(body)
        except (DecodeError, json_format.ParseError, ValueError, AttributeError, TypeError) as error:
            raise BadTracesError("not an OTLP trace export request") from error
        received = [
            (resource_spans, scope_spans, span)
            for resource_spans in request.resource_spans
            for scope_spans in resource_spans.scope_spans
            for span in scope_spans.spans
        ]
        self._spans.extend(received)
        return len(received)

    def trace(self, trace_id: str) -> dict[str, Any]:
        """A trace as OTLP JSON: `{"resourceSpans": [...]}`, empty if there is none of that id (hex)."""
        wanted = trace_id.lower()
        return _to_json([item for item in self._spans if item[2].trace_id.hex() == wanted])

    def summaries(self) -> list[dict[str, Any]]:
        """The traces kept, oldest first: `{traceId, spans, services}`."""
        found: dict[str, tuple[int, set[str]]] = {}
        for resource_spans, _, span in self._spans:
            count, services = found.get(span.trace_id.hex(), (0, set()))
            found[span.trace_id.hex()] = (count + 1, services | {_service(resource_spans)})
        return [
            {"traceId": trace_id, "spans": count, "services": sorted(services)}
            for trace_id, (count, services) in found.items()
        ]

    def clear(self) -> None:
        """Forget all spans."""
        self._spans.clear()

    def routes(self) -> list[web.RouteDef]:
        """`POST /v1/traces` and `GET /traces[?trace_id=]`."""
        return [web.post("/v1/traces", self._post), web.get("/traces", self._get)]

    async def _post(self, request: web.Request) -> web.Response:
        body = await request.read()
        is_json = request.content_type == "application/json"
        try:
            self.receive(body, content_type=request.content_type)
        except BadTracesError as error:
            return web.json_response({"message": str(error)}, status=400)
        if is_json:
            return web.json_response({})
        return web.Response(
            body=ExportTraceServiceResponse().SerializeToString(), content_type="application/x-protobuf"
        )

    async def _get(self, request: web.Request) -> web.Response:
        trace_id = request.query.get("trace_id")
        if trace_id is None:
            return web.json_response({"traces": self.summaries()})
        return web.json_response(self.trace(trace_id))


def _to_json(spans: list[tuple[ResourceSpans, ScopeSpans, Span]]) -> dict[str, Any]:
    request = ExportTraceServiceRequest()
    resources: dict[bytes, ResourceSpans] = {}
    scopes: dict[tuple[bytes, bytes], ScopeSpans] = {}
    for resource_spans, scope_spans, span in spans:
        resource_key = resource_spans.resource.SerializeToString(deterministic=True)
        scope_key = (resource_key, scope_spans.scope.SerializeToString(deterministic=True))
        if resource_key not in resources:
            resources[resource_key] = request.resource_spans.add(
                resource=resource_spans.resource, schema_url=resource_spans.schema_url
            )
        if scope_key not in scopes:
            scopes[scope_key] = resources[resource_key].scope_spans.add(
                scope=scope_spans.scope, schema_url=scope_spans.schema_url
            )
        scopes[scope_key].spans.append(span)
    value: dict[str, Any] = {"resourceSpans": []}
    value.update(_ids_to_hex(json_format.MessageToDict(request, use_integers_for_enums=True)))
    return value


def _service(resource_spans: ResourceSpans) -> str:
    names = [item.value.string_value for item in resource_spans.resource.attributes if item.key == "service.name"]
    return names[0] if names else "unknown_service"


def _ids_to_hex(value: Any) -> Any:
    """OTLP JSON writes ids in hex where protobuf's own mapping writes base64."""
    return _ids_changed(value, lambda text: base64.b64decode(text).hex())


def _ids_to_base64(value: Any) -> Any:
    return _ids_changed(value, lambda text: base64.b64encode(bytes.fromhex(text)).decode())


def _ids_changed(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, list):
        return [_ids_changed(item, change) for item in value]
    if isinstance(value, dict):
        return {
            key: change(item) if key in _ID_FIELDS and isinstance(item, str) else _ids_changed(item, change)
            for key, item in value.items()
        }
    return value
