"""A hold that somebody captures in the cabinet just before our `Cancel`: T-Bank gives it back, and the hub says so."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hub.core.errors import InProgressError
from hub.modules.payments.port import PaymentsPort, RefusedByProviderError
from hub.modules.payments.store import PaymentRow
from hub.resilience.policy import Guard
from sandbox.app import Sandbox
from tests.contract.payments_vendor import roubles
from tests.contract.provider_context import make_context
from tests.contract.sberbank_vendor import sandbox_settings
from tests.contract.tbank_vendor import TBankVendor, connect
from tests.modules.payments.conftest import Shop


@pytest.fixture
async def vendor(tmp_path: Path) -> AsyncIterator[TBankVendor]:
    async with Sandbox.start(sandbox_settings(tmp_path)) as sandbox:
        yield TBankVendor(sandbox)


@pytest.fixture
async def port(vendor: TBankVendor, tmp_path: Path) -> AsyncIterator[PaymentsPort]:
    connected = connect(make_context(tmp_path), vendor.sandbox, policy={"failure_threshold": 1000})
    yield connected
    await connected.close()


class Cabinet:
    """Somebody at work there, between the hub's look at an order and what it then sends."""

    def __init__(self, patch: pytest.MonkeyPatch, port: PaymentsPort, vendor: TBankVendor) -> None:
        self._patch, self._port, self._vendor = patch, port, vendor

    def overtakes(self, *work: tuple[str, int]) -> None:
        reverse = self._port.reverse

        async def overtaken(vendor_id: str, *, guard: Guard | None = None) -> int:
            for action, kopecks in work:
                self._vendor.operate(vendor_id, action, kopecks)
            return await reverse(vendor_id, guard=guard)

        self._patch.setattr(self._port, "reverse", overtaken)


@pytest.fixture
def cabinet(monkeypatch: pytest.MonkeyPatch, port: PaymentsPort, vendor: TBankVendor) -> Cabinet:
    return Cabinet(monkeypatch, port, vendor)


async def ended(shop: Shop) -> list[dict[str, str]]:
    """What events tell of the hub's operations at the payment that ended."""
    told = await shop.core.events.list(owner="crm", types=["payments.payment.operation_changed"])
    return [{name: stored.event.data.get(name, "") for name in ("kind", "state", "given_back")} for stored in told]


def equal(row: PaymentRow, vendor: TBankVendor) -> bool:
    """Whether ledger and bank have the same amounts."""
    true = vendor.order(row.vendor_id)
    return (row.held, row.captured, row.refunded) == (true.held, true.captured, true.refunded)


@pytest.mark.parametrize("kopecks", [0, 15_000])
async def test_a_hold_that_is_captured_before_our_cancel_is_given_back_and_the_cancellation_says_so(
    shop: Shop, vendor: TBankVendor, cabinet: Cabinet, kopecks: int
) -> None:
    row = await shop.paid(two_stage=True)
    cabinet.overtakes(("deposit", kopecks))
    operated = await shop.service.cancel_payment(shop.core.call(2), row.id)
    back = kopecks or 19_900
    assert (operated.operation.state, operated.operation.minor_units) == ("DONE", back)
    assert (operated.payment.state, operated.payment.captured, operated.payment.refunded) == ("REFUNDED", back, back)
    assert await ended(shop) == [{"kind": "CANCEL", "state": "DONE", "given_back": str(back)}]
    await shop.pass_time(700, step=60)
    assert equal(await shop.payment(row.id), vendor)


@pytest.mark.parametrize("fault", ["answer_lost", "cut_body"])
async def test_the_same_after_a_lost_answer_is_no_refusal(
    shop: Shop, vendor: TBankVendor, cabinet: Cabinet, fault: str
) -> None:
    row = await shop.paid(two_stage=True)
    cabinet.overtakes(("deposit", 0))
    vendor.fail("reverse", fault)
    await shop.service.cancel_payment(shop.core.call(2), row.id)
    await shop.pass_time(700, step=60)
    assert (await ended(shop))[-1] == {"kind": "CANCEL", "state": "DONE", "given_back": "19900"}
    operated = await shop.service.cancel_payment(shop.core.call(2), row.id)
    assert (operated.operation.state, operated.operation.minor_units) == ("DONE", 19_900)
    assert operated.payment.state == "REFUNDED"
    assert equal(operated.payment, vendor)
    assert vendor.calls("reverse") == 1


async def test_a_cancel_on_its_way_is_not_told_as_refused_while_it_may_give_back_what_was_captured(
    shop: Shop, vendor: TBankVendor
) -> None:
    row = await shop.paid(two_stage=True)
    vendor.fail("reverse", "commit_late", seconds=300)
    await shop.service.cancel_payment(shop.core.call(2), row.id)
    vendor.operate(row.vendor_id, "deposit")
    await shop.pass_time(120, step=10)
    shown = await shop.shown(row.id)
    assert shown.payment.state == "CAPTURED"
    assert shown.operation
    assert shown.operation.state == "OUTCOME_UNKNOWN"
    with pytest.raises(InProgressError):  # it would race with the Cancel
        await shop.service.create_refund(shop.core.call(3), row.id, roubles(100), "")
    await shop.pass_time(600, step=60)
    operated = await shop.service.cancel_payment(shop.core.call(2), row.id)
    assert (operated.operation.state, operated.operation.minor_units) == ("DONE", 19_900)
    assert operated.payment.state == "REFUNDED"
    assert equal(operated.payment, vendor)


async def test_a_cancel_that_never_arrived_is_refused_once_that_is_known(shop: Shop, vendor: TBankVendor) -> None:
    row = await shop.paid(two_stage=True)
    vendor.fail("reverse", "reset")
    await shop.service.cancel_payment(shop.core.call(2), row.id)
    vendor.operate(row.vendor_id, "deposit")
    await shop.pass_time(60, step=10)
    vendor.operate(row.vendor_id, "refund", 4_000)
    await shop.pass_time(700, step=60)
    with pytest.raises(RefusedByProviderError):
        await shop.service.cancel_payment(shop.core.call(2), row.id)
    row = await shop.payment(row.id)
    assert row.state == "PARTIALLY_REFUNDED"
    assert equal(row, vendor)
    assert vendor.calls("reverse") == 1
