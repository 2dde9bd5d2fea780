"""All kinds of streams through the same chain."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import grpc
import pytest

from hub.core.clock import FakeClock
from hub.core.errors import NotFoundError
from hub.rpc.options import AccessRules
from hub.rpc.trust import fingerprint
from landhub.common.v1 import document_pb2
from landhub.rosreestr.v1 import rosreestr_service_pb2 as rosreestr
from landhub.rosreestr.v1.rosreestr_service_pb2_grpc import RosreestrServiceStub
from landhub.signatures.v1 import signatures_service_pb2 as pb
from landhub.signatures.v1.signatures_service_pb2_grpc import SignaturesServiceStub
from tests.support.pki import Pair
from tests.support.rpc_fixtures import CALLERS, ROLES, ROSREESTR, SIGNATURES, Site, explained, failure_of, serving
from tests.unit.rpc.servicers import Told, bound

WATCH = rosreestr.WatchRegistrationRequest(registration_id="r-1")


def header() -> pb.SignDocumentStreamRequest:
    return pb.SignDocumentStreamRequest(
        header=pb.SignDocumentHeader(
            request_id=str(uuid.uuid4()),
            business_reference="ДКП-7",
            document_kind=document_pb2.DOCUMENT_KIND_CONTRACT,
            certificate_thumbprint="A" * 40,
        )
    )


def chunk(data: bytes) -> pb.SignDocumentStreamRequest:
    return pb.SignDocumentStreamRequest(chunk=data)


class Collector:
    """Reads a stream to its end and keeps what it read."""

    def __init__(self) -> None:
        self.chunks: list[bytes] = []
        self.started = asyncio.Event()
        self.ended = asyncio.Event()
        self.finished = False

    async def __call__(self, requests: AsyncIterator[pb.SignDocumentStreamRequest], call: Any) -> Any:
        try:
            async for request in requests:
                if request.chunk:
                    self.chunks.append(request.chunk)
                self.started.set()
            self.finished = True
        finally:
            self.ended.set()
        return pb.SignDocumentStreamResponse()


@pytest.fixture
def collector() -> Collector:
    return Collector()


@pytest.fixture
def signing(site: Site, collector: Collector) -> SignaturesServiceStub:
    site.server.bind(bound(Told(SIGNATURES, collector), SIGNATURES))
    return SignaturesServiceStub(site.channel())


async def test_a_stream_of_requests_is_handed_on_message_by_message_with_the_keys_of_its_header(
    site: Site, collector: Collector
) -> None:
    servicer = Told(SIGNATURES, collector)
    site.server.bind(bound(servicer, SIGNATURES))
    first = header()
    requests = iter([first, chunk(b"a"), chunk(b"b")])
    await SignaturesServiceStub(site.channel()).SignDocumentStream(requests, timeout=30)
    (call,) = servicer.calls
    assert collector.chunks == [b"a", b"b"]
    assert (call.request_id, call.business_reference) == (first.header.request_id, "ДКП-7")
    assert call.fingerprint == first.SerializeToString(deterministic=True)
    assert site.audit.durable[-1].request_id == first.header.request_id


async def test_a_message_in_the_middle_of_a_stream_is_held_against_the_rules_too(
    site: Site, signing: SignaturesServiceStub, collector: Collector
) -> None:
    bad = pb.SignDocumentStreamRequest(chunk=b"")
    failure = await failure_of(signing.SignDocumentStream(iter([header(), chunk(b"a"), bad]), timeout=30))
    assert (failure.code, failure.info.reason) == (grpc.StatusCode.INVALID_ARGUMENT, "VALIDATION_FAILED")
    assert not collector.finished
    assert site.audit.durable[-1].reason == "VALIDATION_FAILED"


async def test_malformed_bytes_in_the_middle_of_a_stream_are_refused(site: Site, collector: Collector) -> None:
    site.server.bind(bound(Told(SIGNATURES, collector), SIGNATURES))
    call: Any = site.channel().stream_unary(f"/{SIGNATURES}/SignDocumentStream")
    failure = await failure_of(call(iter([header().SerializeToString(), b"\xff\xff"]), timeout=30))
    assert failure.info.reason == "MALFORMED_REQUEST"
    assert not collector.finished


async def test_an_empty_stream_is_a_bad_request(signing: SignaturesServiceStub) -> None:
    failure = await failure_of(signing.SignDocumentStream(iter(()), timeout=30))
    assert failure.code is grpc.StatusCode.INVALID_ARGUMENT


async def test_a_stream_is_bounded(tmp_path: Path, collector: Collector) -> None:
    async with serving(tmp_path, change=lambda options: replace(options, largest_stream_bytes=1000)) as site:
        site.server.bind(bound(Told(SIGNATURES, collector), SIGNATURES))
        stub = SignaturesServiceStub(site.channel())
        requests = iter([header(), *(chunk(b"x" * 100) for _ in range(20))])
        failure = await failure_of(stub.SignDocumentStream(requests, timeout=30))
    assert failure.code is grpc.StatusCode.INVALID_ARGUMENT
    assert "1000 bytes" in failure.message
    assert 0 < len(collector.chunks) < 10


@pytest.mark.parametrize("how", ["cancelled", "connection closed"])
async def test_half_a_document_is_never_taken_for_a_whole_one(site: Site, how: str) -> None:
    for attempt in range(20):
        collector = Collector()
        site.server.bind(bound(Told(SIGNATURES, collector), SIGNATURES))
        channel = site.channel()
        call = SignaturesServiceStub(channel).SignDocumentStream(timeout=30)
        await call.write(header())
        await call.write(chunk(b"half"))
        await collector.started.wait()
        if how == "cancelled":
            call.cancel()
        else:
            await channel.close()
        async with asyncio.timeout(30):
            await collector.ended.wait()
        assert not collector.finished
        await site.audit.until(attempt + 1)
        assert site.audit.durable[-1].code == "CANCELLED"


async def three(request: Any, call: Any) -> AsyncIterator[rosreestr.WatchRegistrationResponse]:
    for _ in range(3):
        yield rosreestr.WatchRegistrationResponse()


async def test_a_stream_of_answers_is_written_one_by_one_and_audited_once(site: Site) -> None:
    site.server.bind(bound(Told(ROSREESTR, three)))
    answers = [answer async for answer in RosreestrServiceStub(site.channel()).WatchRegistration(WATCH, timeout=30)]
    assert len(answers) == 3
    assert [record.code for record in site.audit.later] == ["OK"]
    assert site.audit.last.resource == "rosreestr.Registration/r-1"


async def test_a_stream_of_answers_may_end_in_an_error(site: Site) -> None:
    async def breaking(request: Any, call: Any) -> AsyncIterator[rosreestr.WatchRegistrationResponse]:
        yield rosreestr.WatchRegistrationResponse()
        raise NotFoundError("gone")

    site.server.bind(bound(Told(ROSREESTR, breaking)))
    call = RosreestrServiceStub(site.channel()).WatchRegistration(WATCH, timeout=30)
    assert await call.read() is not grpc.aio.EOF
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await call.read()
    assert explained(caught.value).info.reason == "RESOURCE_NOT_FOUND"


async def test_a_listener_that_leaves_ends_the_servicers_generator(site: Site) -> None:
    closed = asyncio.Event()

    async def endless(request: Any, call: Any) -> AsyncIterator[rosreestr.WatchRegistrationResponse]:
        try:
            yield rosreestr.WatchRegistrationResponse()
            await asyncio.Event().wait()
        finally:
            closed.set()

    site.server.bind(bound(Told(ROSREESTR, endless)))
    call = RosreestrServiceStub(site.channel()).WatchRegistration(WATCH)
    await call.read()
    call.cancel()
    async with asyncio.timeout(30):
        await closed.wait()
    await site.audit.until(1)
    assert site.audit.last.code == "CANCELLED"


def denied(site: Site, pair: Pair) -> None:
    (site.folder / "denied.txt").write_text(fingerprint(pair.certificate))


def taken_off_the_list(site: Site, pair: Pair) -> None:
    site.server.let_in(AccessRules(callers={}, roles=ROLES))


def robbed_of_the_role(site: Site, pair: Pair) -> None:
    site.server.let_in(AccessRules(callers=CALLERS, roles={}))


@pytest.mark.parametrize(
    ("withdraw", "reason"),
    [
        (denied, "CERTIFICATE_REFUSED"),
        (taken_off_the_list, "CALLER_UNKNOWN"),
        (robbed_of_the_role, "CALLER_NOT_ALLOWED"),
    ],
)
async def test_a_stream_of_answers_ends_when_its_caller_is_withdrawn(
    tmp_path: Path, withdraw: Callable[[Site, Pair], None], reason: str
) -> None:
    async def endless(request: Any, call: Any) -> AsyncIterator[rosreestr.WatchRegistrationResponse]:
        yield rosreestr.WatchRegistrationResponse()
        await asyncio.Event().wait()

    clock = FakeClock(datetime.now(UTC))
    async with serving(tmp_path, clock=clock) as site:
        site.server.bind(bound(Told(ROSREESTR, endless)))
        pair = site.authority.issue("crm")
        watch = RosreestrServiceStub(site.channel(pair)).WatchRegistration(WATCH)
        assert await watch.read() is not grpc.aio.EOF
        await clock.advance(1.5)
        withdraw(site, pair)
        await clock.advance(1.5)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            async with asyncio.timeout(30):
                await watch.read()
        assert explained(caught.value).info.reason == reason
        await site.audit.until(1)
        assert site.audit.last.reason == reason


async def test_draining_ends_streams_of_answers_with_a_reason_and_lets_calls_finish(site: Site) -> None:
    entered, release = asyncio.Event(), asyncio.Event()

    async def slow(request: Any, call: Any) -> None:
        entered.set()
        await release.wait()

    class Servicer(Told):
        async def watch_registration(self, request: Any, call: Any) -> AsyncIterator[Any]:
            yield rosreestr.WatchRegistrationResponse()
            await asyncio.Event().wait()

    servicer = Servicer(ROSREESTR, slow)
    del servicer.__dict__["watch_registration"]
    site.server.bind(bound(servicer))
    stub = RosreestrServiceStub(site.channel())
    watch = stub.WatchRegistration(WATCH)
    await watch.read()
    plot = asyncio.ensure_future(_plot(stub))
    await entered.wait()
    drain = asyncio.ensure_future(site.server.drain(10.0))
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await watch.read()
    assert explained(caught.value).info.reason == "SHUTTING_DOWN"
    assert not drain.done()
    release.set()
    await plot
    await drain
    assert site.health.get("").state.value == "NOT_SERVING"
    assert {record.reason for record in site.audit.later} == {"SHUTTING_DOWN", ""}


async def _plot(stub: Any) -> None:
    await stub.GetLandPlot(rosreestr.GetLandPlotRequest(cadastral_number="77:01:0001001:1234"), timeout=30)
