"""Callers and roles that change under a running server count from the next call on, on open connections too."""

import grpc
import pytest

from hub.rpc.options import AccessRules, Caller
from landhub.rosreestr.v1 import rosreestr_service_pb2 as pb
from landhub.rosreestr.v1.rosreestr_service_pb2_grpc import RosreestrServiceStub
from tests.support.rpc_fixtures import CALLERS, ROLES, ROSREESTR, Site, failure_of
from tests.unit.rpc.servicers import Told, bound, nothing

PLOT = pb.GetLandPlotRequest(cadastral_number="77:01:0001001:1234")


@pytest.fixture
def served(site: Site) -> Site:
    site.server.bind(bound(Told(ROSREESTR, nothing)))
    return site


async def test_a_caller_that_is_let_in_is_served_on_the_connection_it_was_refused_on(served: Site) -> None:
    stub = RosreestrServiceStub(served.channel("shop"))
    assert (await failure_of(stub.GetLandPlot(PLOT, timeout=10))).info.reason == "CALLER_UNKNOWN"
    served.server.let_in(AccessRules(callers={"shop": Caller(roles=frozenset({"deal"}))}, roles=ROLES))
    await stub.GetLandPlot(PLOT, timeout=10)


async def test_a_caller_that_is_taken_out_is_refused_on_its_open_connection(served: Site) -> None:
    stub = RosreestrServiceStub(served.channel("crm"))
    await stub.GetLandPlot(PLOT, timeout=10)
    served.server.let_in(AccessRules(callers={}, roles=ROLES))
    failure = await failure_of(stub.GetLandPlot(PLOT, timeout=10))
    assert (failure.code, failure.info.reason) == (grpc.StatusCode.UNAUTHENTICATED, "CALLER_UNKNOWN")


async def test_a_role_that_loses_a_method_and_a_caller_that_loses_a_role_may_not_call_it(served: Site) -> None:
    stub = RosreestrServiceStub(served.channel("crm"))
    await stub.GetLandPlot(PLOT, timeout=10)
    served.server.let_in(AccessRules(callers=CALLERS, roles={**ROLES, "deal": ("landhub.events.v1.*",)}))
    assert (await failure_of(stub.GetLandPlot(PLOT, timeout=10))).code is grpc.StatusCode.PERMISSION_DENIED
    served.server.let_in(AccessRules(callers=CALLERS, roles=ROLES))
    await stub.GetLandPlot(PLOT, timeout=10)
    served.server.let_in(AccessRules(callers={"crm": Caller(roles=frozenset())}, roles=ROLES))
    assert (await failure_of(stub.GetLandPlot(PLOT, timeout=10))).code is grpc.StatusCode.PERMISSION_DENIED
