"""The hub's doors, for callers and for administrators alike: the same server with another CA and other names."""

import grpc
import pytest
from cryptography import x509

from landhub.rosreestr.v1 import rosreestr_service_pb2 as pb
from landhub.rosreestr.v1.rosreestr_service_pb2_grpc import RosreestrServiceStub
from tests.support.doors import Door, DoorContract
from tests.support.rpc_fixtures import ROSREESTR, Site
from tests.unit.rpc.servicers import Told, bound, nothing

PLOT = pb.GetLandPlotRequest(cadastral_number="77:01:0001001:1234")


class TestTheHubsDoor(DoorContract):
    @pytest.fixture
    def door(self, site: Site) -> Door:
        site.server.bind(bound(Told(ROSREESTR, nothing)))

        async def call(channel: grpc.aio.Channel) -> object:
            return await RosreestrServiceStub(channel).GetLandPlot(PLOT, timeout=20)

        return Door(
            port=site.port,
            server_ca=site.root_pem,
            authority=site.authority,
            sans=(x509.UniformResourceIdentifier("landhub://caller/crm"),),
            call=call,
        )
