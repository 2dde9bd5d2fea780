"""The XML gateway keeps the rosreestr contract."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.modules.rosreestr.port import RosreestrPort
from sandbox.app import Sandbox
from tests.contract.provider_context import Context
from tests.contract.rosreestr_contract import RosreestrContract
from tests.contract.xml_gateway_vendor import XmlGatewayVendor, connect, sandbox_settings


@pytest.fixture
async def vendor(tmp_path: Path) -> AsyncIterator[XmlGatewayVendor]:
    async with Sandbox.start(sandbox_settings(tmp_path)) as sandbox:
        yield XmlGatewayVendor(sandbox)


@pytest.fixture
async def port(vendor: XmlGatewayVendor, context: Context) -> AsyncIterator[RosreestrPort]:
    connected = connect(context, vendor.sandbox)
    yield connected
    await connected.close()


@pytest.fixture
async def impatient_port(vendor: XmlGatewayVendor, context: Context) -> AsyncIterator[RosreestrPort]:
    connected = connect(context, vendor.sandbox, policy={"attempt_timeout": 1.0})
    yield connected
    await connected.close()


class TestXmlGateway(RosreestrContract):
    pass
