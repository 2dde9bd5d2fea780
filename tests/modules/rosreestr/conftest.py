"""The module's rules and work over a real core on driven time, and the provider connected to the sandbox's gateway."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hub.core.clock import FakeClock
from hub.modules.rosreestr.port import RosreestrPort
from hub.modules.rosreestr.service import RosreestrService
from hub.modules.rosreestr.settings import RosreestrSettings
from hub.modules.rosreestr.settlement import Settlement
from hub.modules.rosreestr.store import RosreestrStore
from hub.modules.rosreestr.withdrawal import WithdrawalWork
from hub.modules.rosreestr.work import RegistrationWork
from sandbox.app import Sandbox
from tests.contract.provider_context import make_context
from tests.contract.xml_gateway_vendor import XmlGatewayVendor, connect, sandbox_settings
from tests.support.core_fixtures import Core, open_core


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """The module in one process: `again` opens another over the same files, as a restart does."""

    core: Core
    vendor: XmlGatewayVendor
    port: RosreestrPort
    service: RosreestrService
    settlement: Settlement


def wire(core: Core, port: RosreestrPort, vendor: XmlGatewayVendor) -> Deal:
    settings = RosreestrSettings()
    store = RosreestrStore(ring=core.columns)
    work = RegistrationWork(
        port=port,
        store=store,
        database=core.database,
        outbox=core.outbox,
        events=core.events,
        clock=core.clock,
        settings=settings,
    )
    withdrawals = WithdrawalWork(
        port=port, store=store, database=core.database, events=core.events, clock=core.clock, registrations=work
    )
    for kind in (*work.kinds(), *withdrawals.kinds()):
        core.outbox.register(kind)
    service = RosreestrService(
        port=port,
        store=store,
        database=core.database,
        effects=core.effects,
        events=core.events,
        clock=core.clock,
        ids=core.ids,
        persons=core.persons,
        settings=settings,
    )
    settlement = Settlement(store=store, database=core.database, effects=core.effects, outbox=core.outbox, work=work)
    return Deal(core=core, vendor=vendor, port=port, service=service, settlement=settlement)


@pytest.fixture
async def vendor(tmp_path: Path) -> AsyncIterator[XmlGatewayVendor]:
    async with Sandbox.start(sandbox_settings(tmp_path)) as sandbox:
        yield XmlGatewayVendor(sandbox)


@pytest.fixture
async def port(vendor: XmlGatewayVendor, tmp_path: Path) -> AsyncIterator[RosreestrPort]:
    # The provider lives on real time, the hub on driven time: an open breaker would never close.
    connected = connect(make_context(tmp_path), vendor.sandbox, policy={"failure_threshold": 1000})
    yield connected
    await connected.close()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def deal(tmp_path: Path, clock: FakeClock, port: RosreestrPort, vendor: XmlGatewayVendor) -> AsyncIterator[Deal]:
    async with open_core(tmp_path, clock=clock) as core:
        yield wire(core, port, vendor)
