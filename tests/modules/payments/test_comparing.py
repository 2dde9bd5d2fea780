"""When a payment and its order agree, as a table."""

from dataclasses import replace
from typing import Any

import pytest

from hub.core.clock import FakeClock
from hub.core.money import Money
from hub.modules.payments.comparing import Side, compare, compare_given_up, our_side
from hub.modules.payments.observation import Observation, Standing
from hub.modules.payments.states import PaymentState
from hub.modules.payments.store import PaymentRow

NOW = FakeClock().now()
ROW = PaymentRow(
    id="p-1",
    owner="crm",
    business_reference="ДКП-1",
    account="sber",
    provider="sberbank",
    state=PaymentState.AWAITING_PAYER,
    minor_units=1_000,
    currency="RUB",
    two_stage=False,
    method="PAGE",
    marker="m",
    vendor_references="N1",
    vendor_reference="N1",
    vendor_id="v-1",
    create_time=NOW,
    update_time=NOW,
    job_id="",
)
SEEN = Observation(
    vendor_id="v-1",
    reference="N1",
    standing=Standing.UNPAID,
    vendor_status="0",
    amount=Money(minor_units=1_000, currency="RUB"),
)
PAID: dict[str, Any] = {"standing": Standing.PAID, "captured": 1_000}
CAPTURED: dict[str, Any] = {"state": PaymentState.CAPTURED, "captured": 1_000}


def seen(**changes: Any) -> Observation:
    return replace(SEEN, **changes)


def row(**changes: Any) -> PaymentRow:
    return replace(ROW, **changes)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ({}, {}),
        (CAPTURED, PAID),
        ({**CAPTURED, "state": PaymentState.PARTIALLY_REFUNDED, "refunded": 100}, {**PAID, "refunded": 100}),
        ({**CAPTURED, "state": PaymentState.PAID_AFTER_CANCEL}, PAID),
        ({"state": PaymentState.AUTHORIZED, "held": 900, "was_held": True}, {"standing": Standing.HELD, "held": 900}),
        ({"state": PaymentState.CANCELLED, "was_held": True}, {"standing": Standing.REVERSED}),
        ({"state": PaymentState.CANCELLED, "was_held": True}, {"standing": Standing.DECLINED}),
        ({"state": PaymentState.CANCELLED, "cancel_asked": True}, {"standing": Standing.DECLINED}),
        ({"state": PaymentState.EXPIRED}, {"standing": Standing.DECLINED}),
        ({"state": PaymentState.REFUSED}, {"standing": Standing.EXPIRED}),
        (CAPTURED, {**PAID, "amount": None}),
        ({**CAPTURED, "refunded": 300, "state": PaymentState.PARTIALLY_REFUNDED},
         {"standing": Standing.PAID, "amount": None, "only_left": True, "balance": 700}),
    ],
)  # fmt: skip
def test_they_agree(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    assert compare(row(**ours), seen(**theirs)) is None


@pytest.mark.parametrize(
    ("ours", "theirs", "kind"),
    [
        (CAPTURED, {**PAID, "refunded": 1}, "AMOUNTS_DIFFER"),
        (CAPTURED, {**PAID, "captured": 999}, "AMOUNTS_DIFFER"),
        (CAPTURED, {**PAID, "captured": 1_001}, "AMOUNTS_DIFFER"),
        ({}, PAID, "AMOUNTS_DIFFER"),
        ({}, {"amount": Money(minor_units=999, currency="RUB")}, "AMOUNTS_DIFFER"),
        ({}, {"amount": Money(minor_units=1_000, currency="USD")}, "AMOUNTS_DIFFER"),
        ({**CAPTURED, "refunded": 100}, PAID, "AMOUNTS_DIFFER"),
        (CAPTURED, {"standing": Standing.UNPAID}, "STATE_DIFFERS"),
        (CAPTURED, {"standing": Standing.HELD, "held": 1_000}, "STATE_DIFFERS"),
        (CAPTURED, {"standing": Standing.DECLINED}, "STATE_DIFFERS"),
        (CAPTURED, {"standing": Standing.REVERSED}, "AMOUNTS_DIFFER"),  # undone there: the money went back
        ({"state": PaymentState.CANCELLED}, {"standing": Standing.UNPAID}, "STATE_DIFFERS"),
        ({"state": PaymentState.REFUSED}, {}, "STATE_DIFFERS"),
        ({"state": PaymentState.PENDING}, {}, "STATE_DIFFERS"),
        ({}, {"standing": Standing.EXPIRED}, "STATE_DIFFERS"),
        ({}, {"standing": Standing.UNREADABLE}, "STATE_DIFFERS"),
    ],
)
def test_they_differ(ours: dict[str, Any], theirs: dict[str, Any], kind: str) -> None:
    assert compare(row(**ours), seen(**theirs)) == kind


@pytest.mark.parametrize("standing", list(Standing))
def test_an_order_that_was_given_up_matters_only_with_money(standing: Standing) -> None:
    found = compare_given_up(seen(standing=standing))
    assert found == ("STATE_DIFFERS" if standing in {Standing.HELD, Standing.PAID} else None)


def test_a_side_is_the_same_after_it_was_stored() -> None:
    side = our_side(row(**CAPTURED))
    assert Side.from_json(side.to_json()) == side
