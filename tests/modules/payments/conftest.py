"""The module's rules and work over a real core on driven time, and the provider connected to the sandbox's acquirer."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hub.core.clock import FakeClock
from hub.modules.payments.accounts import Account, Accounts
from hub.modules.payments.books import Books, open_books
from hub.modules.payments.creation import Creation
from hub.modules.payments.following import Following
from hub.modules.payments.ledger import Ledger
from hub.modules.payments.operating import Operating
from hub.modules.payments.port import PaymentsPort
from hub.modules.payments.service import PaymentsService, Shown
from hub.modules.payments.settings import PaymentsSettings
from hub.modules.payments.settlement import Settlement
from hub.modules.payments.store import PaymentRow, PaymentsStore
from sandbox.app import Sandbox
from sandbox.sberbank_wire import Dialect
from tests.contract.payments_vendor import PaymentsVendor, an_order
from tests.contract.provider_context import make_context
from tests.contract.sberbank_vendor import SberbankVendor, connect, sandbox_settings
from tests.support.core_fixtures import Core, open_core


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """The module in one process; `wire` makes another over the same files, as a restart does."""

    core: Core
    vendor: PaymentsVendor
    service: PaymentsService
    settlement: Settlement
    store: PaymentsStore
    books: Books

    async def create(self, number: int = 1, *, two_stage: bool = False) -> PaymentRow:
        """Open an order of 199 roubles for the request of that number."""
        return (
            await self.service.create_payment(self.core.call(number), "sber", an_order(two_stage=two_stage))
        ).payment

    async def paid(self, number: int = 1, *, two_stage: bool = False) -> PaymentRow:
        """A payment whose payer has paid, as the hub knows."""
        row = await self.create(number, two_stage=two_stage)
        self.vendor.pay(row.vendor_id)
        await self.pass_time(20)
        return await self.payment(row.id)

    async def payment(self, payment_id: str) -> PaymentRow:
        """The payment as it stands."""
        return (await self.shown(payment_id)).payment

    async def shown(self, payment_id: str) -> Shown:
        """The payment with its open operation."""
        return await self.service.get_payment(self.core.call(), payment_id)

    async def pass_time(self, seconds: float, *, step: float = 5) -> None:
        """Let time pass for hub and bank alike, and the hub's work be done."""
        for _ in range(max(1, round(seconds / step))):
            await self.core.clock.advance(step)
            self.vendor.advance(step)
            await self.core.outbox.run_due()

    async def leap(self, seconds: float) -> None:
        """As `pass_time`, for hours and days: at once, as if the machine had slept."""
        await self.core.clock.leap(seconds)
        self.vendor.advance(seconds)
        await self.core.outbox.run_due()


def wire(core: Core, port: PaymentsPort, vendor: PaymentsVendor, *, is_shared: bool = False) -> Shop:
    settings = PaymentsSettings(return_hosts={"crm": ("shop.example",)})
    account = Account(name="sber", port=port, callers=frozenset({"crm", "other"}), is_shared=is_shared)
    accounts = Accounts({"sber": account})
    store = PaymentsStore(ring=core.columns)
    ledger = Ledger(store=store, database=core.database, outbox=core.outbox, events=core.events)
    creation = Creation(
        accounts=accounts, store=store, ledger=ledger, database=core.database, clock=core.clock, settings=settings
    )
    operating = Operating(accounts=accounts, store=store, ledger=ledger, database=core.database, clock=core.clock)
    following = Following(accounts=accounts, ledger=ledger, clock=core.clock, settings=settings)
    books = open_books(
        accounts=accounts,
        store=store,
        ledger=ledger,
        is_followed=following.is_followed,
        database=core.database,
        outbox=core.outbox,
        events=core.events,
        effects=core.effects,
        audit=core.audit,
        clock=core.clock,
        ids=core.ids,
        settings=settings,
    )
    for kind in (*creation.kinds(), *operating.kinds(), *following.kinds(), *books.jobs):
        core.outbox.register(kind)
    for heard in books.subscriptions:
        core.events.subscribe(type=heard.type, name=heard.name, handler=heard.handler)
    service = PaymentsService(
        accounts=accounts,
        store=store,
        ledger=ledger,
        database=core.database,
        effects=core.effects,
        events=core.events,
        ids=core.ids,
        persons=core.persons,
        settings=settings,
    )
    settlement = Settlement(
        store=store, ledger=ledger, database=core.database, effects=core.effects, settings=settings, accounts=accounts
    )
    return Shop(core=core, vendor=vendor, service=service, settlement=settlement, store=store, books=books)


@pytest.fixture
async def vendor(tmp_path: Path) -> AsyncIterator[SberbankVendor]:
    async with Sandbox.start(sandbox_settings(tmp_path)) as sandbox:
        yield SberbankVendor(sandbox)


@pytest.fixture(params=[Dialect.CLASSIC, Dialect.ECOM])
async def port(vendor: SberbankVendor, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[PaymentsPort]:
    # The provider lives on real time, the hub on driven time: an open breaker would never close.
    connected = connect(make_context(tmp_path), vendor.sandbox, request.param, policy={"failure_threshold": 1000})
    yield connected
    await connected.close()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def shop(tmp_path: Path, clock: FakeClock, port: PaymentsPort, vendor: SberbankVendor) -> AsyncIterator[Shop]:
    async with open_core(tmp_path, clock=clock) as core:
        yield wire(core, port, vendor)
