"""What a call may cost: time, and calls a second."""

import asyncio
import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import grpc
import pytest
from prometheus_client import CollectorRegistry

from hub.core.clock import FakeClock, SystemClock
from hub.core.errors import DeadlineExceededError, ExhaustedError
from hub.rpc.contract import Contract, Method
from hub.rpc.deadline import Deadline
from hub.rpc.limit import LARGEST_IN_FLIGHT, Limit
from hub.rpc.metrics import RpcMetrics
from hub.rpc.options import Deadlines, RateLimit, RateLimits
from hub.rpc.passage import Identity, Passage
from landhub.rosreestr.v1 import rosreestr_service_pb2 as pb
from landhub.rosreestr.v1.rosreestr_service_pb2_grpc import RosreestrServiceStub
from tests.support.rpc_fixtures import ROSREESTR, SIGNATURES, Site, failure_of, serving
from tests.unit.rpc.servicers import Told, bound, nothing, raising

PLOT = pb.GetLandPlotRequest(cadastral_number="77:01:0001001:1234")
METHODS = {
    method.function: method
    for service in (ROSREESTR, SIGNATURES)
    for method in Contract.committed().services[service].methods.values()
}


async def forever(request: Any, call: Any) -> None:
    await asyncio.Event().wait()


async def test_a_handler_that_overstays_is_cut_off_in_time_to_say_what_was_late(site: Site) -> None:
    site.server.bind(bound(Told(ROSREESTR, forever)))
    failure = await failure_of(RosreestrServiceStub(site.channel()).GetLandPlot(PLOT, timeout=1))
    assert (failure.code, failure.info.reason) == (grpc.StatusCode.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED")
    assert dict(failure.info.metadata) == {"waiting_for": "get_land_plot"}
    assert site.audit.last.code == "DEADLINE_EXCEEDED"


async def test_a_handler_says_itself_what_it_waited_for(site: Site) -> None:
    late = DeadlineExceededError("late", metadata={"waiting_for": "rosreestr.xml_gateway info"})
    site.server.bind(bound(Told(ROSREESTR, raising(late))))
    failure = await failure_of(RosreestrServiceStub(site.channel()).GetLandPlot(PLOT, timeout=10))
    assert dict(failure.info.metadata) == {"waiting_for": "rosreestr.xml_gateway info"}


async def test_a_timeout_of_the_handlers_own_is_not_taken_for_the_callers_deadline(site: Site) -> None:
    site.server.bind(bound(Told(ROSREESTR, raising(TimeoutError("inner")))))
    failure = await failure_of(RosreestrServiceStub(site.channel()).GetLandPlot(PLOT, timeout=10))
    assert failure.code is grpc.StatusCode.INTERNAL


async def test_the_handler_works_to_the_callers_deadline_less_the_margin(site: Site) -> None:
    servicer, clock = Told(ROSREESTR, nothing), SystemClock()
    site.server.bind(bound(servicer))
    await RosreestrServiceStub(site.channel()).GetLandPlot(PLOT, timeout=100)
    assert clock.monotonic() + 90 < servicer.calls[0].deadline <= clock.monotonic() + 99.9


def passage(method: Method, remaining: float | None = None, caller: str = "crm") -> Passage:
    context = SimpleNamespace(time_remaining=lambda: remaining)
    identity = Identity(caller=caller, group=caller, roles=frozenset())
    return Passage(method=method, service=None, context=cast("Any", context), identity=identity)


@pytest.mark.parametrize(
    ("function", "seconds"),
    [("get_land_plot", 30.0), ("sign_document_stream", 600.0), ("watch_registration", math.inf)],
)
def test_a_call_without_a_deadline_gets_one_by_its_kind(function: str, seconds: float) -> None:
    asked = passage(METHODS[function])
    Deadline(deadlines=Deadlines(), clock=FakeClock()).check(asked)
    assert asked.deadline == seconds


@pytest.mark.parametrize("remaining", [0.0, 0.05, 0.1])
def test_a_call_that_arrives_too_late_is_not_begun(remaining: float) -> None:
    with pytest.raises(DeadlineExceededError, match="waiting for the request to arrive"):
        Deadline(deadlines=Deadlines(), clock=FakeClock()).check(passage(METHODS["get_land_plot"], remaining))


def limiter(clock: FakeClock, **limits: RateLimit) -> Limit:
    rules = RateLimits(default=limits.pop("default"), methods={f"*/{name}": limit for name, limit in limits.items()})
    return Limit(limits=rules, metrics=RpcMetrics(registry=CollectorRegistry()), clock=clock)


async def test_a_burst_is_let_through_and_then_so_many_calls_a_second() -> None:
    clock = FakeClock()
    limit = limiter(clock, default=RateLimit(per_second=2, burst=3))
    asked = passage(METHODS["get_land_plot"])
    for _ in range(3):
        limit.check(asked)
    with pytest.raises(ExhaustedError) as caught:
        limit.check(asked)
    assert caught.value.reason == "RATE_LIMITED"
    assert caught.value.retry_after is not None
    assert caught.value.retry_after.total_seconds() == 0.5
    await clock.advance(0.5)
    limit.check(asked)
    with pytest.raises(ExhaustedError):
        limit.check(asked)
    await clock.advance(1000)
    for _ in range(3):
        limit.check(asked)
    with pytest.raises(ExhaustedError):
        limit.check(asked)


def test_one_callers_haste_costs_neither_another_caller_nor_another_method() -> None:
    limit = limiter(FakeClock(), ListRights=RateLimit(per_second=1, burst=2), default=RateLimit(per_second=1, burst=1))
    limit.check(passage(METHODS["get_land_plot"]))
    limit.check(passage(METHODS["get_land_plot"], caller="archive"))
    limit.check(passage(METHODS["list_rights"]))
    limit.check(passage(METHODS["list_rights"]))
    for method in ("get_land_plot", "list_rights"):
        with pytest.raises(ExhaustedError):
            limit.check(passage(METHODS[method]))


def test_beyond_its_bound_the_server_takes_no_more_work() -> None:
    metrics = RpcMetrics(registry=CollectorRegistry())
    limit = Limit(limits=RateLimits(), metrics=metrics, clock=FakeClock())
    metrics.in_flight = LARGEST_IN_FLIGHT + 1
    with pytest.raises(ExhaustedError) as caught:
        limit.check(passage(METHODS["get_land_plot"]))
    assert caught.value.reason == "OVERLOADED"


async def test_a_caller_over_its_rate_is_told_the_quota_and_the_delay(tmp_path: Path) -> None:
    limits = RateLimits(default=RateLimit(per_second=0.001, burst=1))
    async with serving(tmp_path, limits=limits) as site:
        site.server.bind(bound(Told(ROSREESTR, nothing)))
        stub = RosreestrServiceStub(site.channel())
        await stub.GetLandPlot(PLOT, timeout=10)
        failure = await failure_of(stub.GetLandPlot(PLOT, timeout=10))
    assert (failure.code, failure.info.reason) == (grpc.StatusCode.RESOURCE_EXHAUSTED, "RATE_LIMITED")
    assert failure.quotas == ("caller:crm",)
    assert failure.retry_after_seconds is not None
    assert failure.pushback_milliseconds is not None
