"""What the verdict of payments makes of a hold that somebody captured just before we let it go, and of nothing else."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.campaign.acquirers.port import BookOrder, Sending
from tests.campaign.acquirers.tbank import TBank
from tests.campaign.evidence import Evidence, Row
from tests.campaign.operations.payments_verdict import Wanted, WantedChange, violations

ALL = 15_000_001
ORDER = BookOrder(
    vendor_id="3091639000",
    reference="A1",
    amount=ALL,
    held=0,
    captured=ALL,
    refunded=ALL,
    is_payable=False,
    is_reversed=False,
    given_back=ALL,
)
WANTED = Wanted(
    number="2026/123",
    account="tbank",
    references=("A1",),
    kopecks=ALL,
    answer=None,
    other_was_taken=False,
    moved_by_others=0,
    was_operated=True,
    was_captured_by_others=True,
    changes=(WantedChange(kind="CANCEL", reference="C1", kopecks=0, answer=None),),
)


class Book:
    """An acquirer with one order."""

    def __init__(self, order: BookOrder) -> None:
        self._order = order

    def orders(self) -> Sequence[BookOrder]:
        return [self._order]

    def pay(self, vendor_id: str, outcome: str) -> bool:
        raise NotImplementedError

    def operate(self, vendor_id: str, action: str, kopecks: int = 0) -> bool:
        raise NotImplementedError

    def sendings(self) -> Sequence[Sending]:
        return []


def found(order: BookOrder, wanted: Wanted, *, told: int) -> list[str]:
    """What the verdict says, if our cancellation is done and tells that so much went back."""
    payment: Row = {
        "id": "p1", "vendor_references": "A1", "vendor_id": order.vendor_id, "state": "REFUNDED", "review_reason": "",
        "unsent_reason": "", "held": 0, "captured": ALL, "refunded": ALL, "two_stage": 1,
    }  # fmt: skip
    cancellation: Row = {
        "payment_id": "p1", "vendor_reference": "C1", "kind": "CANCEL", "state": "DONE", "minor_units": told,
    }  # fmt: skip
    nowhere = Path()
    evidence = Evidence(
        database=nowhere,
        journal=nowhere,
        checkpoints=nowhere,
        answers=(),
        registrations=(),
        gateway_calls=(),
        acquirer=Book(order),
        restored=False,
        told=(),
        errors=(),
        tables={"payments_payments": [payment], "payments_operations": [cancellation]},
    )
    return list(violations(evidence, [wanted], TBank))


def test_what_our_reversal_gave_back_of_a_hold_that_an_operator_captured_is_told_by_the_cancellation() -> None:
    assert found(ORDER, WANTED, told=ALL) == []


@pytest.mark.parametrize(
    ("order", "wanted", "told", "says"),
    [
        (replace(ORDER, given_back=0), WANTED, 0, f"had {ALL} refunded for us there, and 0 are done here"),
        (replace(ORDER, given_back=0), WANTED, ALL, f"gave 0 back there, and says {ALL} here"),
        (replace(ORDER, given_back=ALL - 1), WANTED, ALL - 1, "had 1 refunded for us there, and 0 are done here"),
        (ORDER, WANTED, 0, f"gave {ALL} back there, and says 0 here"),
        (ORDER, replace(WANTED, was_captured_by_others=False), ALL, "and nobody else had captured it"),
    ],
)
def test_anything_else_that_went_back_unasked_is_found(order: BookOrder, wanted: Wanted, told: int, says: str) -> None:
    assert any(says in violation for violation in found(order, wanted, told=told))
