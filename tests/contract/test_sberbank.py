"""The RBS gateway keeps the payments contract in both its dialects."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.modules.payments.port import PaymentsPort
from sandbox.app import Sandbox
from sandbox.sberbank_wire import Dialect
from tests.contract.payments_contract import PaymentsContract
from tests.contract.provider_context import Context
from tests.contract.sberbank_vendor import SberbankVendor, connect, sandbox_settings


@pytest.fixture
async def vendor(tmp_path: Path) -> AsyncIterator[SberbankVendor]:
    async with Sandbox.start(sandbox_settings(tmp_path)) as sandbox:
        yield SberbankVendor(sandbox)


@pytest.fixture(params=list(Dialect))
def dialect(request: pytest.FixtureRequest) -> Dialect:
    return Dialect(request.param)


@pytest.fixture
async def port(vendor: SberbankVendor, context: Context, dialect: Dialect) -> AsyncIterator[PaymentsPort]:
    connected = connect(context, vendor.sandbox, dialect)
    yield connected
    await connected.close()


@pytest.fixture
async def impatient_port(vendor: SberbankVendor, context: Context, dialect: Dialect) -> AsyncIterator[PaymentsPort]:
    connected = connect(context, vendor.sandbox, dialect, policy={"attempt_timeout": 1.0})
    yield connected
    await connected.close()


class TestSberbank(PaymentsContract):
    pass
