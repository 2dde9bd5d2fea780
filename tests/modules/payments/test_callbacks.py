"""Callbacks over real sockets, into the module on driven time: they have payments looked at, and do nothing else."""

import asyncio
import hmac
import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select

from hub.core.clock import FakeClock
from hub.core.refusals import RefusalCounts
from hub.modules.payments.accounts import Account
from hub.modules.payments.callbacks import LARGEST_CALLBACK_BYTES, Callbacks, callback_path
from hub.modules.payments.ledger import CALLBACK, Ledger
from hub.modules.payments.port import PaymentsPort
from hub.modules.payments.states import PaymentState
from hub.modules.payments.store import PaymentRow
from hub.storage.tables import audit_records, outbox_jobs
from hub.web.listener import Listener
from hub.web.public import PublicListening, WebhookMetrics
from sandbox.faults import Fault, FaultKind
from sandbox.sberbank_callbacks import CallbackForm, SberbankCallbacks, by_secret
from sandbox.sberbank_wire import Dialect
from tests.contract.provider_context import make_context
from tests.contract.sberbank_vendor import SberbankVendor, connect
from tests.modules.payments.conftest import Shop

SECRET = "the callbacks' secret"
PAN = "4111111111111111"


def signed(told: dict[str, str], secret: str = SECRET) -> dict[str, str]:
    text = "".join(f"{name};{told[name]};" for name in sorted(told))
    return told | {"checksum": hmac.new(secret.encode(), text.encode(), "sha256").hexdigest().upper()}


def about(row: PaymentRow, operation: str = "deposited") -> dict[str, str]:
    return {
        "mdOrder": row.vendor_id or "06cf5599-3f17-7c86-bdbc-bd7d00a8b38b",
        "orderNumber": row.vendor_reference,
        "operation": operation,
        "status": "1",
        "maskedPan": PAN,
    }


@pytest.fixture
async def port(vendor: SberbankVendor, tmp_path: Path) -> AsyncIterator[PaymentsPort]:
    (tmp_path / "callback.secret").write_text(f"{SECRET}\n")
    (tmp_path / "callback.secret").chmod(0o600)
    connected = connect(
        make_context(tmp_path),
        vendor.sandbox,
        Dialect.ECOM,
        policy={"failure_threshold": 1000},
        callback_secrets=["file:callback.secret"],
    )
    yield connected
    await connected.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The public listener with the callbacks of one account."""

    shop: Shop
    session: aiohttp.ClientSession
    refusals: RefusalCounts
    url: str
    bank: SberbankCallbacks
    account: str = "sber"

    async def tell(self, told: dict[str, str], **more: Any) -> tuple[int, str]:
        async with self.session.get(callback_path(self.account), params=told, **more) as got:
            return got.status, await got.text()

    def let_bank_call(self, form: CallbackForm = CallbackForm.JSON) -> None:
        """From now on the simulated bank calls back."""
        self.bank.url = self.url.rstrip("/") + callback_path(self.account)
        self.bank.form = form

    async def heard(self) -> list[str]:
        """What the bank told of and was answered, once it has no more to say."""
        await self.bank.sender.wait_until_idle()
        return [f"{one.about} {' '.join(one.answers)}" for one in self.bank.sender.deliveries]

    @property
    def asked(self) -> int:
        """How often the bank was asked how an order stands."""
        return self.shop.vendor.calls("status")

    async def jobs(self) -> list[str]:
        query = select(outbox_jobs.c.state).where(outbox_jobs.c.kind == CALLBACK)
        return await self.shop.core.database.read(lambda conn: list(conn.execute(query).scalars()))

    async def audited(self) -> list[tuple[str, str]]:
        """(reason, count) of what was refused."""
        self.refusals.flush()
        await self.shop.core.audit.flush()
        query = select(audit_records.c.reason, audit_records.c.details).where(
            audit_records.c.method == callback_path(self.account)
        )
        found = await self.shop.core.database.read(lambda conn: conn.execute(query).all())
        return [(reason, json.loads(details)["count"]) for reason, details in found]


@pytest.fixture
async def desk(shop: Shop, port: PaymentsPort, clock: FakeClock) -> AsyncIterator[Desk]:
    core = shop.core
    account = Account(name="sber", port=port, callers=frozenset({"crm"}))
    ledger = Ledger(store=shop.store, database=core.database, outbox=core.outbox, events=core.events)
    callbacks = Callbacks(account=account, store=shop.store, ledger=ledger, database=core.database, clock=clock)
    refusals = RefusalCounts(audit=core.audit, clock=clock)
    listening = PublicListening(
        routes=callbacks.routes, proxies=(), refusals=refusals, metrics=WebhookMetrics(registry=core.registry)
    )
    listener = Listener(application=listening.application(), address="127.0.0.1:0")
    bound = await listener.start()
    async with aiohttp.ClientSession(f"http://127.0.0.1:{bound}", timeout=aiohttp.ClientTimeout(total=10)) as session:
        bank = shop.vendor.sandbox.sberbank.callbacks
        bank.sign = by_secret(SECRET)
        yield Desk(shop=shop, session=session, refusals=refusals, url=str(session._base_url), bank=bank)
    await listener.close()


async def test_a_callback_has_its_payment_looked_at_long_before_it_would_be(desk: Desk, shop: Shop) -> None:
    row = await shop.create()
    shop.vendor.pay(row.vendor_id)
    assert await desk.tell(signed(about(row))) == (200, "")
    await shop.core.outbox.run_due()
    assert (await shop.payment(row.id)).state == PaymentState.CAPTURED
    assert desk.asked == 1


async def test_what_a_callback_says_is_not_believed(desk: Desk, shop: Shop) -> None:
    row = await shop.create()
    assert await desk.tell(signed(about(row, "refunded") | {"amount": "1"})) == (200, "")
    await shop.core.outbox.run_due()
    after = await shop.payment(row.id)
    assert (after.state, after.refunded) == (PaymentState.AWAITING_PAYER, 0)


async def test_many_callbacks_of_an_order_cost_two_looks_and_the_last_one_sees_what_they_told_of(
    desk: Desk, shop: Shop
) -> None:
    row = await shop.create()
    await desk.tell(signed(about(row, "created")))
    await shop.core.outbox.run_due()  # the first look is over before the payer pays
    shop.vendor.pay(row.vendor_id)
    for _ in range(20):
        assert await desk.tell(signed(about(row))) == (200, "")
    await shop.core.outbox.run_due()
    assert desk.asked == 1
    await shop.pass_time(5)
    assert (await shop.payment(row.id)).state == PaymentState.CAPTURED
    assert desk.asked == 2
    assert await desk.jobs() == ["done", "done"]


async def test_a_callback_that_overtakes_the_commit_of_its_order_waits_for_it(desk: Desk, shop: Shop) -> None:
    shop.vendor.fail("create", "answer_lost")
    shop.vendor.fail("status", "status_lags")
    row = await shop.create()
    assert row.state == PaymentState.OUTCOME_UNKNOWN
    (order,) = shop.vendor.orders()
    shop.vendor.pay(order.vendor_id)
    assert await desk.tell(signed(about(row))) == (200, "")
    await shop.core.outbox.run_due()
    assert await desk.jobs() == ["ready"]
    await shop.pass_time(15)
    assert await desk.jobs() == ["done"]
    assert (await shop.payment(row.id)).state == PaymentState.CAPTURED


async def test_unknown_and_forged_callbacks_ask_the_bank_nothing_and_leave_one_record_of_each_kind(
    desk: Desk, shop: Shop
) -> None:
    row = await shop.create()
    for number in range(10):
        unknown = {"mdOrder": f"unknown-{number}", "orderNumber": str(number)}
        assert await desk.tell(signed(unknown)) == (200, "")
        assert await desk.tell(signed(about(row), "another secret")) == (400, "")
        assert await desk.tell(about(row)) == (400, "")
    await shop.core.outbox.run_due()
    assert desk.asked == 0
    assert await desk.jobs() == []
    counts = [("ORDER_UNKNOWN", "10"), ("SIGNATURE_WRONG", "10"), ("UNSIGNED", "10")]
    assert sorted(await desk.audited()) == counts


async def test_an_order_of_another_account_is_unknown_here(desk: Desk, shop: Shop) -> None:
    row = await shop.create()
    other = await shop.core.database.write(
        lambda conn: shop.store.find_payment(conn, account="other", reference=row.vendor_reference), label="test"
    )
    assert other is None


@pytest.mark.parametrize("path", ["/payments/callbacks/none", "/payments/callbacks", "/payments/callbacks/sber/"])
async def test_an_account_without_callbacks_is_no_address(desk: Desk, path: str) -> None:
    async with desk.session.get(path) as got:
        assert got.status == 404


async def test_a_callback_that_is_too_big_is_not_read(desk: Desk) -> None:
    body = b"a=" + b"x" * LARGEST_CALLBACK_BYTES
    async with desk.session.post(callback_path("sber"), data=body) as got:
        assert got.status == 413


async def test_nothing_of_a_callback_is_kept(desk: Desk, shop: Shop) -> None:
    row = await shop.create()
    await desk.tell(signed(about(row)))
    await desk.tell(about(row))
    await shop.core.outbox.run_due()
    await desk.audited()
    await shop.core.database.write(lambda _: None, label="test")
    for file in shop.core.folder.rglob("*"):
        assert not file.is_file() or PAN.encode() not in file.read_bytes()


@pytest.mark.parametrize("count", [400, pytest.param(100_000, marks=pytest.mark.campaign)])
async def test_in_a_flood_of_forged_and_unknown_callbacks_the_real_ones_are_served_and_the_bank_hears_nothing(
    desk: Desk, shop: Shop, count: int
) -> None:
    """Of each four: unsigned, signed by another, about an unknown order, and another path of the listener."""
    rows = [await shop.create(number) for number in range(1, 5)]
    asked_before = desk.asked
    statuses: Counter[int] = Counter()
    numbers = iter(range(count))

    async def strangers() -> None:
        for number in numbers:
            unknown = {"mdOrder": f"order-{number}", "orderNumber": str(number), "maskedPan": PAN}
            told = [unknown, signed(unknown, "another"), signed(unknown), {}][number % 4]
            path = callback_path("sber") if number % 4 < 3 else f"/payments/{number}"
            async with desk.session.get(path, params=told) as got:
                statuses[got.status] += 1
                assert await got.read() == b""

    async def served() -> None:
        for row in rows:
            while sum(statuses.values()) < count * rows.index(row) // len(rows):
                await asyncio.wait([flood], timeout=0.05)
            shop.vendor.pay(row.vendor_id)
            assert await desk.tell(signed(about(row))) == (200, "")
            await shop.core.outbox.run_due()
            assert (await shop.payment(row.id)).state == PaymentState.CAPTURED

    flood = asyncio.gather(*(strangers() for _ in range(32)))
    await served()
    await flood
    assert statuses == {400: count // 2, 200: count // 4, 404: count // 4}
    assert desk.asked - asked_before == len(rows)
    assert len(await desk.jobs()) == len(rows)
    quarter = str(count // 4)
    assert sorted(await desk.audited()) == [
        ("ORDER_UNKNOWN", quarter),
        ("SIGNATURE_WRONG", quarter),
        ("UNSIGNED", quarter),
    ]


@pytest.mark.parametrize("form", CallbackForm)
async def test_the_banks_own_callback_tells_of_a_payment_in_every_form(
    desk: Desk, shop: Shop, form: CallbackForm
) -> None:
    desk.let_bank_call(form)
    row = await shop.create()
    shop.vendor.pay(row.vendor_id)
    assert await desk.heard() == ["created 200", "deposited 200"]
    await shop.pass_time(5)
    assert (await shop.payment(row.id)).state == PaymentState.CAPTURED


async def test_a_callback_that_comes_before_the_answer_it_is_about_does_no_harm(desk: Desk, shop: Shop) -> None:
    desk.let_bank_call()
    early = Fault(kind=FaultKind.CALLBACK_EARLY, operation="sberbank.callback", times=None)
    shop.vendor.sandbox.faults.add(early)
    row = await shop.create(two_stage=True)
    assert row.state == PaymentState.AWAITING_PAYER
    shop.vendor.pay(row.vendor_id)
    await desk.heard()
    await shop.pass_time(5)
    operated = await shop.service.capture_payment(shop.core.call(2), row.id, None)
    assert operated.operation.state == "DONE"
    assert await desk.heard() == ["created 200", "approved 200", "deposited 200"]
    assert (await shop.payment(row.id)).state == PaymentState.CAPTURED


async def test_callbacks_that_come_late_doubled_or_forged_change_nothing_that_is_known(desk: Desk, shop: Shop) -> None:
    desk.let_bank_call()
    row = await shop.create(two_stage=True)
    for kind in (FaultKind.CALLBACK_LATE, FaultKind.CALLBACK_TWICE, FaultKind.CALLBACK_FORGED):
        shop.vendor.sandbox.faults.add(Fault(kind=kind, operation="sberbank.callback", seconds=60))
    shop.vendor.pay(row.vendor_id)  # "approved": late, twice, and forged at once
    await shop.pass_time(20)
    await shop.service.capture_payment(shop.core.call(2), row.id, None)
    await shop.pass_time(60)  # the late ones
    telling = asyncio.ensure_future(desk.heard())
    while not telling.done():  # a forged one is sent thrice, as all that aren't heard, a minute apart
        await asyncio.wait({telling}, timeout=0.05)
        await shop.pass_time(61, step=61)
    told = await telling
    assert sorted(told) == ["approved 200", "approved 200", "created 200", "deposited 200", "forged 400 400 400"]
    await shop.pass_time(5)
    after = await shop.payment(row.id)
    assert (after.state, after.captured) == (PaymentState.CAPTURED, row.minor_units)


async def test_a_refund_in_the_banks_cabinet_is_known_by_its_callback_at_once(desk: Desk, shop: Shop) -> None:
    row = await shop.paid()
    desk.let_bank_call()
    shop.vendor.operate(row.vendor_id, "refund", 5_000)
    assert await desk.heard() == ["refunded 200"]
    await shop.core.outbox.run_due()
    assert (await shop.payment(row.id)).refunded == 5_000
