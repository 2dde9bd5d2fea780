"""YooKassa keeps the payments contract."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.modules.payments.port import PaymentsPort
from sandbox.app import Sandbox
from tests.contract.payments_contract import PaymentsContract
from tests.contract.provider_context import Context
from tests.contract.yookassa_vendor import YookassaVendor, connect, shop_settings


@pytest.fixture
async def vendor(tmp_path: Path) -> AsyncIterator[YookassaVendor]:
    async with Sandbox.start(shop_settings(tmp_path)) as sandbox:
        yield YookassaVendor(sandbox)


@pytest.fixture
async def port(vendor: YookassaVendor, context: Context) -> AsyncIterator[PaymentsPort]:
    connected = connect(context, vendor.sandbox)
    yield connected
    await connected.close()


@pytest.fixture
async def impatient_port(vendor: YookassaVendor, context: Context) -> AsyncIterator[PaymentsPort]:
    connected = connect(context, vendor.sandbox, policy={"attempt_timeout": 1.0})
    yield connected
    await connected.close()


class TestYookassa(PaymentsContract):
    pass
