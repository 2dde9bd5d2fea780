"""What a person may settle, and when: never while the hub may be bringing about the contrary."""

import dataclasses
from typing import Any

import pytest
from sqlalchemy import update

from hub.core.errors import InProgressError
from hub.modules.payments.port import PaymentsPort, RefusedByProviderError
from hub.modules.payments.settlement import Finding
from hub.modules.payments.store import payments
from tests.contract.payments_vendor import roubles
from tests.modules.payments.conftest import Shop

NOT_DONE = Finding(happened=False)


async def lost(shop: Shop) -> str:
    """A payment whose order never reached the bank, which nobody knows yet."""
    shop.vendor.fail("create", "reset")
    row = await shop.create()
    assert row.state == "OUTCOME_UNKNOWN"
    return row.id


async def test_that_an_order_was_not_opened_is_nobodys_to_say_before_it_could_be_seen(shop: Shop) -> None:
    payment_id = await lost(shop)
    with pytest.raises(InProgressError) as caught:
        await shop.settlement.resolve_payment(shop.core.call(2), payment_id, NOT_DONE)
    assert caught.value.reason == "PAYMENT_BUSY"
    assert caught.value.retry_after is not None
    assert 0 < caught.value.retry_after.total_seconds() <= 600
    assert (await shop.payment(payment_id)).state == "OUTCOME_UNKNOWN"


async def test_an_order_whose_payment_a_person_settled_in_between_is_not_opened_any_more(
    shop: Shop, port: PaymentsPort, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment_id = await lost(shop)
    create = port.create

    async def settled_first(*arguments: Any, **more: Any) -> Any:
        settled = update(payments).where(payments.c.id == payment_id).values(state="REFUSED")
        await shop.core.database.write(lambda conn: conn.execute(settled), label="test")
        return await create(*arguments, **more)

    monkeypatch.setattr(port, "create", settled_first)
    await shop.pass_time(900, step=30)
    assert (await shop.payment(payment_id)).state == "REFUSED"
    assert shop.vendor.orders() == []


async def test_a_payment_that_a_worker_has_in_hands_is_not_settled(
    shop: Shop, port: PaymentsPort, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment_id = await lost(shop)
    refused: list[str] = []
    find = port.find

    async def settled_meanwhile(reference: str, **more: Any) -> Any:
        try:
            await shop.settlement.resolve_payment(shop.core.call(2), payment_id, Finding(happened=True, vendor_id="x"))
        except InProgressError as error:
            refused.append(error.reason)
        return await find(reference, **more)

    monkeypatch.setattr(port, "find", settled_meanwhile)
    await shop.pass_time(10)
    assert set(refused) == {"PAYMENT_BUSY"}


async def test_a_refund_that_a_person_settled_in_between_is_not_sent(
    shop: Shop, port: PaymentsPort, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = await shop.paid()
    refund = port.refund

    async def settled_first(*arguments: Any, **more: Any) -> Any:
        def change(conn: Any) -> None:
            stored = shop.store.get_open_operation(conn, row.id)
            assert stored
            shop.store.update_operation(conn, dataclasses.replace(stored, state="REFUSED"))

        await shop.core.database.write(change, label="test")
        return await refund(*arguments, **more)

    monkeypatch.setattr(port, "refund", settled_first)
    with pytest.raises(RefusedByProviderError):
        await shop.service.create_refund(shop.core.call(2), row.id, roubles(5_000), "")
    assert shop.vendor.order(row.vendor_id).refunded == 0
