"""Every call leaves one record; one that may change something leaves it before its answer."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import grpc
import pytest
from prometheus_client import CollectorRegistry

from hub.core.clock import FakeClock
from hub.core.errors import ExhaustedError, PreconditionError, UnavailableError
from hub.rpc.metrics import RpcMetrics
from hub.rpc.passage import Passage
from hub.rpc.refusals import MOST_PEERS, Refusals, peer_host
from landhub.common.v1 import document_pb2
from landhub.rosreestr.v1 import rosreestr_service_pb2 as pb
from landhub.rosreestr.v1.rosreestr_service_pb2_grpc import RosreestrServiceStub
from tests.support.rpc_fixtures import ROSREESTR, RecordingAudit, Site, failure_of, serving
from tests.unit.rpc.servicers import Told, bound, nothing, raising

PLOT = pb.GetLandPlotRequest(cadastral_number="77:01:0001001:1234")


def addition() -> pb.AddRegistrationDocumentsRequest:
    document = document_pb2.Document(kind=document_pb2.DOCUMENT_KIND_OTHER, file_name="a.pdf", content=b"x")
    return pb.AddRegistrationDocumentsRequest(
        request_id=str(uuid.uuid4()), business_reference="ДКП-7", registration_id="r-1", documents=[document]
    )


async def test_a_read_is_recorded_in_the_background_and_a_change_durably(site: Site) -> None:
    site.server.bind(bound(Told(ROSREESTR, nothing)))
    stub = RosreestrServiceStub(site.channel())
    await stub.GetLandPlot(PLOT, timeout=10)
    assert (len(site.audit.later), len(site.audit.durable)) == (1, 0)
    request = addition()
    await stub.AddRegistrationDocuments(request, timeout=10)
    (record,) = site.audit.durable
    assert (record.phase, record.caller, record.code, record.reason) == ("request", "crm", "OK", "")
    assert (record.request_id, record.business_reference) == (request.request_id, "ДКП-7")
    assert len(record.trace_id) == 32


@pytest.mark.parametrize("cause", [UnavailableError("disk"), ExhaustedError("queue")], ids=lambda e: type(e).__name__)
@pytest.mark.parametrize("behaviour", [nothing, raising(PreconditionError("no"))], ids=["done", "refused"])
async def test_a_change_is_not_answered_unless_its_record_is_durable(
    site: Site, behaviour: Any, cause: Exception
) -> None:
    site.server.bind(bound(Told(ROSREESTR, behaviour)))
    site.audit.failure = cause
    stub = RosreestrServiceStub(site.channel())
    failure = await failure_of(stub.AddRegistrationDocuments(addition(), timeout=10))
    assert (failure.code, failure.info.reason) == (grpc.StatusCode.UNAVAILABLE, "AUDIT_UNAVAILABLE")
    assert failure.retry_after_seconds is not None


async def test_the_record_of_a_change_that_its_caller_cancelled_is_written_all_the_same(site: Site) -> None:
    entered, cancelled = asyncio.Event(), asyncio.Event()

    async def waiting(request: Any, call: Any) -> None:
        entered.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    site.server.bind(bound(Told(ROSREESTR, waiting)))
    request = addition()
    call = RosreestrServiceStub(site.channel()).AddRegistrationDocuments(request, timeout=10)
    answer = asyncio.ensure_future(_awaited(call))
    await entered.wait()
    call.cancel()
    await cancelled.wait()
    await site.audit.until(1)
    assert (site.audit.last.code, site.audit.last.request_id) == ("CANCELLED", request.request_id)
    with pytest.raises(asyncio.CancelledError):
        await answer


async def _awaited(call: Any) -> Any:
    return await call


async def test_health_and_reflection_are_not_recorded(site: Site) -> None:
    call: Any = site.channel().unary_unary("/grpc.health.v1.Health/Check")
    await call(b"", timeout=10)
    assert site.audit.later == site.audit.durable == []


@asynccontextmanager
async def on_a_fake_clock(folder: Path) -> AsyncIterator[tuple[Site, FakeClock]]:
    clock = FakeClock()
    async with serving(folder, clock=clock) as site:
        yield site, clock


async def test_refusals_at_the_door_are_counted_and_recorded_once_a_minute(tmp_path: Path) -> None:
    # By this clock, of 2026-01-01, every certificate of today is not valid yet.
    async with on_a_fake_clock(tmp_path) as (site, clock):
        stub = RosreestrServiceStub(site.channel())
        for _ in range(3):
            failure = await failure_of(stub.GetLandPlot(PLOT, timeout=10))
            assert (failure.info.reason, dict(failure.info.metadata)) == ("CERTIFICATE_REFUSED", {"cause": "expired"})
        assert site.audit.later == []
        await clock.advance(60)
        (record,) = site.audit.later
        assert (record.phase, record.reason) == ("refused", "CERTIFICATE_REFUSED")
        assert dict(record.details) == {"peer": "ipv4:127.0.0.1", "count": "3"}
        await clock.advance(60)
        assert len(site.audit.later) == 1


async def test_on_a_nearly_full_disk_refused_calls_are_counted_instead_of_recorded_one_by_one(site: Site) -> None:
    error = ExhaustedError("full", reason="DISK_SPACE_LOW", retry_after=timedelta(minutes=1))
    site.server.bind(bound(Told(ROSREESTR, raising(error))))
    site.audit.low_on_space = True
    stub = RosreestrServiceStub(site.channel())
    for _ in range(20):
        failure = await failure_of(stub.AddRegistrationDocuments(addition(), timeout=10))
        assert (failure.code, failure.info.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "DISK_SPACE_LOW")
        assert failure.retry_after_seconds == 60
    assert site.audit.durable == site.audit.later == []
    await site.close()
    (record,) = site.audit.later
    assert (record.caller, record.reason, record.details["count"]) == ("crm", "DISK_SPACE_LOW", "20")


async def test_a_flood_of_strangers_writes_no_flood_of_records() -> None:
    audit, metrics = RecordingAudit(), RpcMetrics(registry=CollectorRegistry())
    refusals = Refusals(audit=cast("Any", audit), metrics=metrics, clock=FakeClock())
    error = UnavailableError("x", reason="CALLER_UNKNOWN")
    for number in range(5000):
        context = SimpleNamespace(peer=lambda n=number: f"ipv4:10.0.{n // 250}.{n % 250}:5000")
        refusals.count(Passage(method=cast("Any", None), service=None, context=cast("Any", context)), error)
    refusals.flush()
    assert len(audit.later) == MOST_PEERS + 1
    assert sum(int(record.details["count"]) for record in audit.later) == 5000


@pytest.mark.parametrize(
    ("peer", "host"),
    [("ipv4:10.0.0.7:52114", "ipv4:10.0.0.7"), ("ipv6:[::1]:443", "ipv6:[::1]"), ("unix:/run/x", "unix:/run/x")],
)
def test_a_peer_is_counted_without_its_port(peer: str, host: str) -> None:
    assert peer_host(peer) == host
