"""The state machine, row by row of docs/modules/payments.md; and that no order of answers breaks its promises."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.money import Money
from hub.modules.payments.observation import Observation, Standing, VendorOperation, VendorOperationKind
from hub.modules.payments.operations import OperationKind, Sent, Verdict, allowed, judge
from hub.modules.payments.states import Known, PaymentState, ReviewReason, derive

S, P = Standing, PaymentState


def see(standing: Standing, captured: int = 0, refunded: int = 0, *refunds: str, held: int = 0) -> Observation:
    if standing is S.HELD:
        held = held or 100
    return Observation(
        vendor_id="v",
        reference="r",
        standing=standing,
        vendor_status="?",
        amount=Money(100, "RUB"),
        held=held,
        captured=captured,
        refunded=refunded,
        operations=[VendorOperation(kind=VendorOperationKind.REFUND, minor_units=10, reference=n) for n in refunds],
    )


OPEN = Known(state=P.AWAITING_PAYER)
HELD = Known(state=P.AUTHORIZED, held=100, was_held=True)
PAID = Known(state=P.CAPTURED, captured=100)
HALF = Known(state=P.PARTIALLY_REFUNDED, captured=100, refunded=50)
BACK = Known(state=P.REFUNDED, captured=100, refunded=100)
GONE = Known(state=P.CANCELLED, cancel_asked=True)
LET_GO = Known(state=P.CANCELLED, was_held=True, cancel_asked=True)
LATE = Known(state=P.PAID_AFTER_CANCEL, captured=100, cancel_asked=True)
REVIEWED = Known(state=P.NEEDS_REVIEW, captured=100)


@pytest.mark.parametrize("known", [PAID, HALF, LATE])
def test_of_a_payment_that_was_undone_all_that_was_captured_went_back(known: Known) -> None:
    after = derive(known, see(S.REVERSED))
    assert (after.state, after.held, after.captured, after.refunded) == (P.CANCELLED, 0, 100, 100)


@pytest.mark.parametrize(
    ("known", "seen", "state"),
    [
        (Known(state=P.PENDING), see(S.UNPAID), P.AWAITING_PAYER),
        (Known(state=P.OUTCOME_UNKNOWN), see(S.IN_PROGRESS), P.AWAITING_PAYER),
        (OPEN, see(S.HELD), P.AUTHORIZED),
        (OPEN, see(S.PAID, 100), P.CAPTURED),
        (OPEN, see(S.DECLINED), P.DECLINED),
        (OPEN, see(S.EXPIRED), P.EXPIRED),
        (Known(state=P.AWAITING_PAYER, cancel_asked=True), see(S.DECLINED), P.CANCELLED),
        (Known(state=P.AWAITING_PAYER, cancel_asked=True), see(S.EXPIRED), P.CANCELLED),
        (Known(state=P.EXPIRED), see(S.DECLINED), P.EXPIRED),
        (HELD, see(S.UNPAID), P.AUTHORIZED),
        (HELD, see(S.PAID, 70), P.CAPTURED),
        (HELD, see(S.REVERSED), P.CANCELLED),
        (PAID, see(S.HELD), P.CAPTURED),
        (PAID, see(S.UNPAID), P.CAPTURED),
        (PAID, see(S.DECLINED), P.CAPTURED),
        (PAID, see(S.PAID, 100, 50), P.PARTIALLY_REFUNDED),
        (PAID, see(S.PAID, 100, 100), P.REFUNDED),
        (PAID, see(S.REVERSED), P.CANCELLED),
        (HALF, see(S.PAID, 100, 0), P.CAPTURED),
        (BACK, see(S.PAID, 100, 0), P.CAPTURED),
        (BACK, see(S.PAID, 100, 30), P.PARTIALLY_REFUNDED),
        (GONE, see(S.PAID, 100), P.PAID_AFTER_CANCEL),
        (GONE, see(S.HELD), P.PAID_AFTER_CANCEL),
        (GONE, see(S.UNPAID), P.CANCELLED),
        (LET_GO, see(S.HELD), P.CANCELLED),
        (LET_GO, see(S.PAID, 100), P.PAID_AFTER_CANCEL),
        (Known(state=P.EXPIRED), see(S.PAID, 100), P.PAID_AFTER_CANCEL),
        (LATE, see(S.PAID, 100, 50), P.PAID_AFTER_CANCEL),
        (LATE, see(S.PAID, 100, 100), P.REFUNDED),
        (REVIEWED, see(S.PAID, 100, 50), P.NEEDS_REVIEW),
        (PAID, see(S.UNREADABLE), P.CAPTURED),
        (HELD, see(S.CHANGING), P.AUTHORIZED),
        (PAID, see(S.CHANGING), P.CAPTURED),
    ],
)
def test_each_row_of_the_table_holds(known: Known, seen: Observation, state: PaymentState) -> None:
    assert derive(known, seen).state is state


def test_amounts_are_taken_as_told_even_under_review() -> None:
    after = derive(REVIEWED, see(S.PAID, 100, 50))
    assert (after.captured, after.refunded) == (100, 50)


SEEN = st.builds(
    lambda standing, captured, refunded: see(standing, captured, refunded) if standing is S.PAID else see(standing),
    st.sampled_from(list(Standing)),
    st.integers(1, 100),
    st.integers(0, 120),
)


@given(st.lists(SEEN, max_size=12), st.booleans())
def test_whatever_is_told_in_whatever_order_money_once_seen_stays_seen(
    told: list[Observation], cancel_asked: bool
) -> None:
    known = Known(state=P.AWAITING_PAYER, cancel_asked=cancel_asked)
    for seen in told:
        after = derive(known, seen)
        assert after.captured >= known.captured, "what reservations are bounded by never goes down"
        assert derive(after, seen).state is after.state, "told again, it changes nothing"
        if after.captured and after.state.has_ended_unpaid:
            assert seen.standing is S.REVERSED or after == known
        known = after


def sent(kind: OperationKind, amount: int = 50, *, was_held: bool = False, refunded: int = 0) -> Sent:
    return Sent(kind=kind, minor_units=amount, reference="R1", was_held=was_held, refunded=refunded)


CAPTURE, CANCEL, REFUND = OperationKind.CAPTURE, OperationKind.CANCEL, OperationKind.REFUND


@pytest.mark.parametrize(
    ("operation", "seen", "early", "late"),
    [
        (sent(CAPTURE), see(S.PAID, 50), Verdict.DONE, Verdict.DONE),
        (sent(CAPTURE), see(S.PAID, 60), Verdict.REFUSED, Verdict.REFUSED),
        (sent(CAPTURE), see(S.HELD), Verdict.WAIT, Verdict.SEND_AGAIN),
        (sent(CAPTURE), see(S.REVERSED), Verdict.REFUSED, Verdict.REFUSED),
        (sent(CAPTURE), see(S.UNPAID), Verdict.WAIT, Verdict.WAIT),
        (sent(CANCEL), see(S.DECLINED), Verdict.DONE, Verdict.DONE),
        (sent(CANCEL), see(S.PAID, 100), Verdict.REFUSED, Verdict.REFUSED),
        (sent(CANCEL), see(S.UNPAID), Verdict.WAIT, Verdict.SEND_AGAIN),
        (sent(CANCEL), see(S.HELD), Verdict.SEND_AGAIN, Verdict.SEND_AGAIN),
        (sent(CANCEL, was_held=True), see(S.HELD), Verdict.WAIT, Verdict.REVIEW),
        (sent(CANCEL, was_held=True), see(S.REVERSED), Verdict.DONE, Verdict.DONE),
        (sent(CANCEL, was_held=True), see(S.PAID, 100), Verdict.WAIT, Verdict.REFUSED),
        (sent(CANCEL, was_held=True), see(S.PAID, 100, 40), Verdict.WAIT, Verdict.REFUSED),
        (sent(CANCEL, was_held=True), see(S.PAID, 100, 100), Verdict.DONE, Verdict.DONE),
        (sent(CANCEL), see(S.PAID, 100, 100), Verdict.REFUSED, Verdict.REFUSED),
        (sent(REFUND), see(S.PAID, 100, 50, "R1"), Verdict.DONE, Verdict.DONE),
        (sent(REFUND), see(S.PAID, 100, 50, "other"), Verdict.WAIT, Verdict.SEND_AGAIN),
        (sent(REFUND), see(S.PAID, 100, 0), Verdict.WAIT, Verdict.SEND_AGAIN),
        (sent(REFUND), see(S.PAID, 100, 60, "other"), Verdict.WAIT, Verdict.REFUSED),
        (sent(REFUND), see(S.UNREADABLE), Verdict.WAIT, Verdict.WAIT),
        (sent(CAPTURE), see(S.CHANGING), Verdict.WAIT, Verdict.WAIT),
        (sent(CANCEL, was_held=True), see(S.CHANGING), Verdict.WAIT, Verdict.WAIT),
        (sent(REFUND), see(S.CHANGING), Verdict.WAIT, Verdict.WAIT),
    ],
)
def test_what_became_of_an_operation_is_judged_by_what_shows(
    operation: Sent, seen: Observation, early: Verdict, late: Verdict
) -> None:
    assert judge(operation, seen, shown=False, keyed=True).verdict is early
    assert judge(operation, seen, shown=True, keyed=True).verdict is late


def test_a_hold_is_let_go_again_where_the_acquirer_knows_our_keys() -> None:
    operation = sent(CANCEL, was_held=True)
    assert judge(operation, see(S.HELD), shown=False, keyed=True, keyed_changes=True).verdict is Verdict.WAIT
    assert judge(operation, see(S.HELD), shown=True, keyed=True, keyed_changes=True).verdict is Verdict.SEND_AGAIN


@pytest.mark.parametrize(
    ("kind", "verdict"),
    [
        (VendorOperationKind.REFUND, Verdict.DONE),
        (VendorOperationKind.REFUND_UNDER_WAY, Verdict.WAIT),
        (VendorOperationKind.REFUND_FAILED, Verdict.REFUSED),
    ],
)
@pytest.mark.parametrize("shown", [False, True])
def test_a_refund_that_the_acquirer_took_is_what_its_history_says(
    kind: VendorOperationKind, verdict: Verdict, shown: bool
) -> None:
    line = VendorOperation(kind=kind, minor_units=50, reference="R1")
    seen = replace(see(S.PAID, 100), operations=[line])
    assert judge(sent(REFUND), seen, shown=shown, keyed=True).verdict is verdict
    assert allowed(sent(REFUND), seen, keyed=True).verdict is verdict


@pytest.mark.parametrize(
    ("seen", "shown", "reason"),
    [
        (see(S.PAID, 100, 50), False, ReviewReason.REFUND_AMBIGUOUS),
        (see(S.PAID, 100, 10), False, ReviewReason.REFUND_AMBIGUOUS),
        (see(S.PAID, 100, 100), False, ReviewReason.REFUND_AMBIGUOUS),
        (see(S.PAID, 100, 0), True, ReviewReason.REFUND_NOT_SHOWN),
    ],
)
def test_a_refund_without_a_number_is_never_guessed(seen: Observation, shown: bool, reason: ReviewReason) -> None:
    assert judge(sent(REFUND), seen, shown=shown, keyed=False).reason is reason


@pytest.mark.parametrize(
    ("operation", "seen", "verdict"),
    [
        (sent(CAPTURE), see(S.HELD), Verdict.SEND_AGAIN),
        (sent(CAPTURE, 101), see(S.HELD), Verdict.REFUSED),
        (sent(CAPTURE), see(S.PAID, 50), Verdict.DONE),
        (sent(CAPTURE), see(S.UNPAID), Verdict.REFUSED),
        (sent(CANCEL), see(S.UNPAID), Verdict.SEND_AGAIN),
        (sent(CANCEL), see(S.EXPIRED), Verdict.DONE),
        (sent(CANCEL), see(S.PAID, 100), Verdict.REFUSED),
        (sent(REFUND), see(S.PAID, 100), Verdict.SEND_AGAIN),
        (sent(REFUND), see(S.PAID, 100, 60), Verdict.REFUSED),
        (sent(REFUND), see(S.PAID, 100, 50, "R1"), Verdict.DONE),
        (sent(REFUND), see(S.HELD), Verdict.REFUSED),
        (sent(CANCEL), see(S.CHANGING), Verdict.REFUSED),
        (sent(REFUND), see(S.CHANGING), Verdict.REFUSED),
    ],
)
def test_an_operation_leaves_only_where_the_order_stands_so(
    operation: Sent, seen: Observation, verdict: Verdict
) -> None:
    assert allowed(operation, seen, keyed=True).verdict is verdict


@pytest.mark.parametrize("seen", [see(S.PAID, 100, 0), see(S.PAID, 100, 50), see(S.PAID, 100, 100), see(S.REVERSED)])
def test_a_refund_whose_number_no_history_tells_is_asked_of_the_acquirer_by_that_number(seen: Observation) -> None:
    for shown in (False, True):
        judgement = judge(sent(REFUND), seen, shown=shown, keyed=True, numbered=False)
        assert judgement.verdict is Verdict.SEND_AGAIN


def test_a_refund_that_an_older_database_forgot_is_asked_of_the_acquirer_by_its_number() -> None:
    seen = see(S.PAID, 100, 60)
    assert allowed(sent(REFUND), seen, keyed=True, numbered=False).verdict is Verdict.SEND_AGAIN
    assert allowed(sent(REFUND, refunded=60), seen, keyed=True, numbered=False).verdict is Verdict.REFUSED


@pytest.mark.parametrize(("known", "left", "refunded"), [(100, 30, 70), (100, 0, 100), (20, 30, 0)])
def test_what_went_back_is_told_from_what_is_left(known: int, left: int, refunded: int) -> None:
    told = replace(see(S.PAID), balance=left, only_left=True)
    seen = told.completed(captured=known)
    assert (seen.captured, seen.refunded, seen.only_left) == (max(known, left), refunded, False)
    assert see(S.PAID, 100, 5).completed(captured=7) == see(S.PAID, 100, 5), "amounts that are told are believed"
