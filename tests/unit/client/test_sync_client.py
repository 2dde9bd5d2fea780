"""The synchronous face over grpcio-testing's channel: what leaves, and what comes of the answers."""

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from typing import Any

import grpc
import grpc_testing
import pytest
from google.protobuf.message import Message

from landhub.events.v1 import events_pb2, events_service_pb2
from landhub.rosreestr.v1 import rosreestr_pb2, rosreestr_service_pb2
from landhub.signatures.v1 import signatures_pb2, signatures_service_pb2
from landhub_client import NotFoundError, SyncClient, UnavailableError
from landhub_client.contract import SERVICES

ROSREESTR = rosreestr_service_pb2.DESCRIPTOR.services_by_name["RosreestrService"].methods_by_name
SIGNATURES = signatures_service_pb2.DESCRIPTOR.services_by_name["SignaturesService"].methods_by_name
EVENTS = events_service_pb2.DESCRIPTOR.services_by_name["EventsService"].methods_by_name
OK = grpc.StatusCode.OK
PLOT = "50:20:0010101:101"


class Bench:
    """A client on a channel whose other end is the test; calls run in a thread."""

    def __init__(self) -> None:
        self.channel = grpc_testing.channel(SERVICES, grpc_testing.strict_fake_time(0))
        self.pauses: list[float] = []
        self.client = SyncClient(channel=self.channel, timeout_seconds=7, breaks=2, sleep=self.pauses.append)
        self.pool = ThreadPoolExecutor(max_workers=1)

    def start(self, call: Callable[[], Any]) -> Future[Any]:
        return self.pool.submit(call)

    def answer(self, method: Any, response: Message) -> tuple[dict[str, str], Any]:
        """Take a call with one answer; return its metadata and request."""
        metadata, request, rpc = self.channel.take_unary_unary(method)
        rpc.terminate(response, (), OK, "")
        return dict(metadata), request

    def stream(
        self, method: Any, *responses: Message, told: Queue[Any] | None = None, code: grpc.StatusCode = OK
    ) -> Any:
        """Answer a stream; end it once each response came through, as the testing channel drops what is under way."""
        _, request, rpc = self.channel.take_unary_stream(method)
        for response in responses:
            rpc.send_response(response)
            if told is not None:
                told.get(timeout=10)
        rpc.terminate((), code, "")
        return request


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.pool.shutdown(wait=False, cancel_futures=True)


def test_a_call_brings_its_answer(bench: Bench) -> None:
    call = bench.start(
        lambda: bench.client.rosreestr.GetLandPlot(rosreestr_service_pb2.GetLandPlotRequest(cadastral_number=PLOT))
    )
    _, request = bench.answer(
        ROSREESTR["GetLandPlot"],
        rosreestr_service_pb2.GetLandPlotResponse(land_plot=rosreestr_pb2.LandPlot(cadastral_number=PLOT)),
    )
    assert request.cadastral_number == PLOT
    assert call.result(10).land_plot.cadastral_number == PLOT


def test_a_request_without_an_id_gets_a_new_uuid_and_the_callers_message_stays_as_it_was(bench: Bench) -> None:
    request = rosreestr_service_pb2.CreateRegistrationRequest(business_reference="17")
    sent = []
    for _ in range(2):
        call = bench.start(lambda: bench.client.rosreestr.CreateRegistration(request))
        sent.append(
            bench.answer(ROSREESTR["CreateRegistration"], rosreestr_service_pb2.CreateRegistrationResponse())[1]
        )
        call.result(10)
    first, second = (uuid.UUID(item.request_id) for item in sent)
    assert first != second
    assert request.request_id == ""
    assert sent[0].business_reference == "17"


def test_a_request_with_an_id_keeps_it(bench: Bench) -> None:
    request = rosreestr_service_pb2.CreateRegistrationRequest(request_id=str(uuid.UUID(int=5)))
    call = bench.start(lambda: bench.client.rosreestr.CreateRegistration(request))
    _, sent = bench.answer(ROSREESTR["CreateRegistration"], rosreestr_service_pb2.CreateRegistrationResponse())
    call.result(10)
    assert sent.request_id == str(uuid.UUID(int=5))


def test_a_failed_call_tells_the_request_id_it_had(bench: Bench) -> None:
    call = bench.start(
        lambda: bench.client.rosreestr.CreateRegistration(rosreestr_service_pb2.CreateRegistrationRequest())
    )
    _, sent, rpc = bench.channel.take_unary_unary(ROSREESTR["CreateRegistration"])
    rpc.terminate(None, (), grpc.StatusCode.NOT_FOUND, "no such plot")
    with pytest.raises(NotFoundError, match="no such plot") as caught:
        call.result(10)
    assert caught.value.request_id == sent.request_id
    assert isinstance(caught.value.__cause__, grpc.RpcError)


def test_a_watch_goes_on_after_a_break_and_tells_nothing_twice(bench: Bench) -> None:
    states = [rosreestr_pb2.REGISTRATION_STATE_SUBMITTED, rosreestr_pb2.REGISTRATION_STATE_REGISTERED]
    submitted, registered = (
        rosreestr_service_pb2.WatchRegistrationResponse(
            registration=rosreestr_pb2.Registration(registration_id="1", state=state)
        )
        for state in states
    )
    told: Queue[int] = Queue()

    def consume() -> list[int]:
        seen: list[int] = []
        for item in bench.client.watch("1"):
            seen.append(item.state)
            told.put(item.state)
        return seen

    call = bench.start(consume)
    bench.stream(ROSREESTR["WatchRegistration"], submitted, told=told, code=grpc.StatusCode.UNAVAILABLE)
    bench.stream(ROSREESTR["WatchRegistration"], submitted, registered)
    assert call.result(10) == states
    assert len(bench.pauses) == 1


def test_a_subscription_resumes_after_the_last_cursor_told(bench: Bench) -> None:
    def event(number: int) -> events_service_pb2.SubscribeResponse:
        return events_service_pb2.SubscribeResponse(event=events_pb2.Event(id=str(number)), cursor=f"c{number}")

    told: Queue[str] = Queue()

    def consume() -> None:
        for item in bench.client.subscribe(events_service_pb2.SubscribeRequest(business_reference="17")):
            told.put(item.id)

    call = bench.start(consume)
    subscribe, unavailable = EVENTS["Subscribe"], grpc.StatusCode.UNAVAILABLE
    assert bench.stream(subscribe, event(1), event(2), told=told, code=unavailable).after_cursor == ""
    resumed = bench.stream(subscribe, event(3), told=told, code=unavailable)
    assert (resumed.after_cursor, resumed.business_reference) == ("c2", "17")
    assert bench.stream(subscribe, code=unavailable).after_cursor == "c3"
    assert bench.stream(subscribe, code=unavailable).after_cursor == "c3"
    with pytest.raises(UnavailableError):  # two breaks without anything new are borne
        call.result(10)


def test_a_stream_that_is_refused_is_not_opened_again(bench: Bench) -> None:
    call = bench.start(lambda: list(bench.client.watch("of-another-owner")))
    bench.stream(ROSREESTR["WatchRegistration"], code=grpc.StatusCode.NOT_FOUND)
    with pytest.raises(NotFoundError):
        call.result(10)
    assert bench.pauses == []


def test_a_file_is_streamed_again_under_the_same_request_id(bench: Bench, tmp_path: Path) -> None:
    file = tmp_path / "contract.txt"
    file.write_bytes(b"a" * (1024 * 1024 + 1))
    header = signatures_service_pb2.SignDocumentHeader(business_reference="17")
    call = bench.start(lambda: bench.client.sign_stream(header, file))
    seen = []
    for code in (grpc.StatusCode.UNAVAILABLE, OK):
        _, rpc = bench.channel.take_stream_unary(SIGNATURES["SignDocumentStream"])
        parts = [rpc.take_request() for _ in range(3)]
        seen.append(parts[0].header)
        assert [len(part.chunk) for part in parts[1:]] == [1024 * 1024, 1]
        response = signatures_service_pb2.SignDocumentStreamResponse(
            signature=signatures_pb2.Signature(signature_id="s")
        )
        rpc.terminate(response, (), code, "")
    assert call.result(10).signature_id == "s"
    assert seen[0] == seen[1]
    assert str(uuid.UUID(seen[0].request_id)) == seen[0].request_id
    assert header.request_id == ""
