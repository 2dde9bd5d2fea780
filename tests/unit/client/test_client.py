"""The asyncio face against a real gRPC server on loopback: retries, deadlines, trace context, errors, streams."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

from landhub.events.v1 import events_pb2, events_service_pb2
from landhub.events.v1.events_service_pb2_grpc import EventsServiceServicer, add_EventsServiceServicer_to_server
from landhub.rosreestr.v1 import rosreestr_pb2, rosreestr_service_pb2
from landhub.rosreestr.v1.rosreestr_service_pb2_grpc import (
    RosreestrServiceServicer,
    add_RosreestrServiceServicer_to_server,
)
from landhub.signatures.v1 import signatures_pb2, signatures_service_pb2
from landhub.signatures.v1.signatures_service_pb2_grpc import (
    SignaturesServiceServicer,
    add_SignaturesServiceServicer_to_server,
)
from landhub_client import Client, RefusedError, UnavailableError
from landhub_client.connection import channel_options
from landhub_client.contract import read_methods

PLOT = rosreestr_service_pb2.GetLandPlotRequest(cadastral_number="50:20:0010101:101")


class Hub(RosreestrServiceServicer, SignaturesServiceServicer, EventsServiceServicer):
    """Answers as told, and remembers what came."""

    def __init__(self) -> None:
        self.failures: list[grpc.StatusCode] = []
        self.requests: list[Any] = []
        self.metadata: list[dict[str, Any]] = []
        self.seconds_left: list[float | None] = []
        self.streams: list[list[str]] = []
        self.left_early = False

    async def _take(self, request: Any, context: Any) -> None:
        self.requests.append(request)
        self.metadata.append(dict(context.invocation_metadata()))
        self.seconds_left.append(context.time_remaining())
        if self.failures:
            pushback = (("grpc-retry-pushback-ms", "1"),)
            await context.abort(self.failures.pop(0), "as told", trailing_metadata=pushback)

    async def GetLandPlot(self, request: Any, context: Any) -> Any:  # noqa: N802
        await self._take(request, context)
        return rosreestr_service_pb2.GetLandPlotResponse(land_plot=rosreestr_pb2.LandPlot(address="ok"))

    async def CreateRegistration(self, request: Any, context: Any) -> Any:  # noqa: N802
        await self._take(request, context)
        return rosreestr_service_pb2.CreateRegistrationResponse()

    async def Subscribe(self, request: Any, context: Any) -> AsyncIterator[Any]:  # noqa: N802
        await self._take(request, context)
        try:
            for cursor in self.streams.pop(0) if self.streams else []:
                yield events_service_pb2.SubscribeResponse(event=events_pb2.Event(id=cursor), cursor=cursor)
            await context.abort(grpc.StatusCode.UNAVAILABLE, "going down")
        finally:
            self.left_early = True

    async def SignDocumentStream(self, requests: Any, context: Any) -> Any:  # noqa: N802
        parts = [part async for part in requests]
        await self._take(parts[0].header, context)
        digest = b"".join(part.chunk for part in parts[1:])
        return signatures_service_pb2.SignDocumentStreamResponse(signature=signatures_pb2.Signature(digest=digest))


@pytest.fixture
async def hub() -> Hub:
    return Hub()  # type: ignore[abstract]  # what is not written here answers UNIMPLEMENTED


@pytest.fixture
async def client(hub: Hub) -> AsyncIterator[Client]:
    server = grpc.aio.server()
    add_RosreestrServiceServicer_to_server(hub, server)
    add_SignaturesServiceServicer_to_server(hub, server)
    add_EventsServiceServicer_to_server(hub, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()

    async def no_sleep(_: float) -> None:
        return

    channel = grpc.aio.insecure_channel(f"127.0.0.1:{port}", options=channel_options(read_methods()))
    async with Client(channel=channel, breaks=2, sleep=no_sleep) as connected:
        yield connected
    await server.stop(grace=0)


async def test_the_channel_repeats_a_call_that_found_the_hub_unavailable(client: Client, hub: Hub) -> None:
    hub.failures = [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.UNAVAILABLE]
    assert (await client.rosreestr.GetLandPlot(PLOT)).land_plot.address == "ok"
    assert len(hub.requests) == 3


async def test_all_attempts_of_a_mutating_call_have_one_request_id(client: Client, hub: Hub) -> None:
    hub.failures = [grpc.StatusCode.UNAVAILABLE]
    await client.rosreestr.CreateRegistration(rosreestr_service_pb2.CreateRegistrationRequest())
    first, second = hub.requests
    assert first.request_id == second.request_id
    assert str(uuid.UUID(first.request_id)) == first.request_id


async def test_a_refusal_is_not_repeated(client: Client, hub: Hub) -> None:
    hub.failures = [grpc.StatusCode.FAILED_PRECONDITION]
    with pytest.raises(RefusedError, match="as told"):
        await client.rosreestr.GetLandPlot(PLOT)
    assert len(hub.requests) == 1


async def test_a_call_has_a_deadline_unless_told_another(client: Client, hub: Hub) -> None:
    await client.rosreestr.GetLandPlot(PLOT)
    await client.rosreestr.GetLandPlot(PLOT, timeout=300)
    default, told = hub.seconds_left
    assert default is not None
    assert told is not None
    assert default < 31 < told  # gRPC rounds up what it tells the other side


async def test_the_callers_trace_context_travels(client: Client, hub: Hub) -> None:
    tracer = TracerProvider().get_tracer("test")
    with tracer.start_as_current_span("deal") as span:
        await client.rosreestr.GetLandPlot(PLOT, metadata=(("x-own", "1"),))
    trace_id = trace.format_trace_id(span.get_span_context().trace_id)
    assert hub.metadata[0]["traceparent"].split("-")[1] == trace_id
    assert hub.metadata[0]["x-own"] == "1"


async def test_a_subscription_resumes_by_cursor_until_the_hub_stays_away(client: Client, hub: Hub) -> None:
    hub.streams = [["1", "2"], ["3"]]
    told = []

    async def consume() -> None:
        async for event in client.subscribe(events_service_pb2.SubscribeRequest(after_cursor="0")):
            told.append(event.id)

    with pytest.raises(UnavailableError):
        await consume()
    assert told == ["1", "2", "3"]
    cursors = [request.after_cursor for request in hub.requests]
    assert cursors[0] == "0"
    assert list(dict.fromkeys(cursors[1:])) == ["2", "3"]


async def test_the_hub_hears_when_a_subscriber_leaves(client: Client, hub: Hub) -> None:
    hub.streams = [[str(number) for number in range(100_000)]]
    events = client.subscribe(events_service_pb2.SubscribeRequest())
    assert (await anext(events)).id == "0"
    await events.aclose()
    await client.rosreestr.GetLandPlot(PLOT)
    assert hub.left_early


async def test_a_file_is_streamed(client: Client, tmp_path: Path) -> None:
    file = tmp_path / "contract.txt"
    file.write_bytes(b"content")
    signature = await client.sign_stream(signatures_service_pb2.SignDocumentHeader(), file)
    assert signature.digest == b"content"
