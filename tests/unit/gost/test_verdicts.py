"""A chain is judged once between two dates that matter, and anew on the other side of each."""

from datetime import UTC, datetime, timedelta

from gost.report import Chain
from gost.verdicts import MAX_VERDICTS, Judgement, Verdicts

ISSUED = datetime(2026, 1, 1, tzinfo=UTC)
EXPIRES = datetime(2026, 2, 1, tzinfo=UTC)
MOMENTS = frozenset({ISSUED, EXPIRES})


class Judge:
    """Counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> Judgement:
        self.asked += 1
        return Judgement(chain=Chain(elements=(), is_anchored=True), moments=MOMENTS)


def test_between_two_dates_the_chain_is_judged_once() -> None:
    verdicts, judge = Verdicts(), Judge()
    for day in range(1, 20):
        verdicts.get("leaf", ISSUED + timedelta(days=day), judge)
    assert judge.asked == 1


def test_on_the_other_side_of_a_date_it_is_judged_anew() -> None:
    verdicts, judge = Verdicts(), Judge()
    for at in (ISSUED - timedelta(days=1), ISSUED + timedelta(days=1), EXPIRES + timedelta(days=1)):
        verdicts.get("leaf", at, judge)
    assert judge.asked == 3


def test_beside_a_date_nothing_is_kept() -> None:
    verdicts, judge = Verdicts(), Judge()
    for seconds in (-1, -0.5, 0, 0.5, 1):
        verdicts.get("leaf", EXPIRES + timedelta(seconds=seconds), judge)
    assert judge.asked == 5


def test_one_chain_is_not_taken_for_another_and_the_oldest_is_forgotten() -> None:
    verdicts, judge = Verdicts(), Judge()
    at = ISSUED + timedelta(days=1)
    for number in range(MAX_VERDICTS + 1):
        verdicts.get(number, at, judge)
    assert judge.asked == MAX_VERDICTS + 1
    verdicts.get(MAX_VERDICTS, at, judge)
    verdicts.get(0, at, judge)
    assert judge.asked == MAX_VERDICTS + 2
