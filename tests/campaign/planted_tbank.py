"""Bugs put into payments through T-Bank on purpose: see planted.py."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from hub.modules.payments.operating import _Run
from hub.modules.payments.operations import Judgement, OperationKind, Verdict


def _judge_refunds_by_amounts() -> None:
    """As if what is left told whose refund it was."""
    judged = _Run._judge

    def judge(run: _Run, seen: Any) -> Judgement:
        operation = run._operation
        if operation.kind != OperationKind.REFUND or operation.sent_time is None:
            return judged(run, seen)
        is_left = seen.captured - seen.refunded >= operation.minor_units
        return Judgement(Verdict.SEND_AGAIN) if is_left else Judgement(Verdict.REFUSED, "MORE_THAN_THERE_IS")

    _Run._judge = judge  # type: ignore[method-assign,assignment]


PLANTED_IN_TBANK: Final[Mapping[str, Callable[[], None]]] = {
    "judge-refunds-by-amounts": _judge_refunds_by_amounts,
}
