"""What is done to an open payment, and what became of an operation whose answer was lost: pure."""

from dataclasses import dataclass
from enum import Enum, StrEnum, auto

from hub.modules.payments.observation import Observation, Standing, VendorOperationKind
from hub.modules.payments.states import ReviewReason


class OperationKind(StrEnum):
    """What an operation does; the words are the contract's."""

    CAPTURE = "CAPTURE"
    CANCEL = "CANCEL"
    REFUND = "REFUND"


class OperationState(StrEnum):
    """Where an operation stands; the words are the contract's, but for UNSENT.

    UNSENT: nothing was sent and its caller was told so; the same request begins it anew.
    """

    PENDING = "PENDING"
    UNSENT = "UNSENT"
    DONE = "DONE"
    REFUSED = "REFUSED"
    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN"
    NEEDS_REVIEW = "NEEDS_REVIEW"

    @property
    def is_open(self) -> bool:
        """Whether it keeps others from the payment."""
        return self in {self.PENDING, self.OUTCOME_UNKNOWN, self.NEEDS_REVIEW}


OPEN_STATES = tuple(state.value for state in OperationState if state.is_open)

NOT_ALLOWED = "STATE_NOT_ALLOWED"
"""The refusal code of an operation that the payment's state didn't allow any more when it was sent."""
MORE_THAN_THERE_IS = "MORE_THAN_THERE_IS"
"""The refusal code of an amount that is more than was held, or is left of what was captured."""
REFUND_FAILED = "REFUND_FAILED"
"""The refusal code of a refund that the acquirer took and could not bring to the payer."""


class Verdict(Enum):
    """What became of an operation that was sent: known, not known yet, or not to be found out by asking."""

    DONE = auto()
    REFUSED = auto()
    WAIT = auto()
    SEND_AGAIN = auto()
    REVIEW = auto()


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict; with REFUSED its code, with REVIEW its reason."""

    verdict: Verdict
    code: str = ""
    reason: ReviewReason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """An operation as it was sent. Amounts in minor units; `was_held`, `refunded`: as they were just before."""

    kind: OperationKind
    minor_units: int
    reference: str
    was_held: bool
    refunded: int


_DONE = Judgement(Verdict.DONE)
_WAIT = Judgement(Verdict.WAIT)
_SEND_AGAIN = Judgement(Verdict.SEND_AGAIN)


def allowed(sent: Sent, seen: Observation, *, keyed: bool, numbered: bool = True) -> Judgement:
    """Say before an operation is sent for the first time whether the order is such that it may be.

    A hub that was restored from an older database may have forgotten that it did it once.

    Args:
        sent: The operation; `refunded` is what the hub knew of.
        seen: The order, asked for now.
        keyed: See `judge`.
        numbered: See `judge`.

    Returns:
        SEND_AGAIN if it may be sent, DONE if it is done, REFUSED if it must not be, REVIEW if that can't be told.
    """
    if seen.standing is Standing.CHANGING:
        return Judgement(Verdict.REFUSED, NOT_ALLOWED)
    match sent.kind:
        case OperationKind.CAPTURE:
            return _may_capture(sent, seen)
        case OperationKind.CANCEL:
            if seen.standing in {Standing.DECLINED, Standing.EXPIRED, Standing.REVERSED}:
                return _DONE
            return Judgement(Verdict.REFUSED, NOT_ALLOWED) if seen.standing is Standing.PAID else _SEND_AGAIN
        case OperationKind.REFUND:
            return _may_refund(sent, seen, keyed=keyed, numbered=numbered)


def _may_capture(sent: Sent, seen: Observation) -> Judgement:
    if seen.standing is Standing.PAID and seen.captured == sent.minor_units:
        return _DONE
    if seen.standing is not Standing.HELD:
        return Judgement(Verdict.REFUSED, NOT_ALLOWED)
    return _SEND_AGAIN if sent.minor_units <= seen.held else Judgement(Verdict.REFUSED, MORE_THAN_THERE_IS)


def _may_refund(sent: Sent, seen: Observation, *, keyed: bool, numbered: bool) -> Judgement:
    told = _told(sent, seen)
    if told is not None:
        return told
    if keyed and not numbered and seen.refunded > sent.refunded:
        return _SEND_AGAIN  # it may be this one, before a restore: the acquirer knows it by its number
    if seen.standing is not Standing.PAID:
        return Judgement(Verdict.REFUSED, NOT_ALLOWED)
    if not keyed and seen.refunded > sent.refunded:
        # Money went back that the hub knows nothing of: an operator's refund, or this one before a restore.
        return Judgement(Verdict.REVIEW, reason=ReviewReason.REFUND_AMBIGUOUS)
    return _SEND_AGAIN if sent.minor_units <= _left(seen) else Judgement(Verdict.REFUSED, MORE_THAN_THERE_IS)


def judge(
    sent: Sent, seen: Observation, *, shown: bool, keyed: bool, numbered: bool = True, keyed_changes: bool = False
) -> Judgement:
    """Say what became of an operation from how the order stands now.

    Args:
        sent: The operation.
        seen: The order, asked for after the operation was sent.
        shown: The acquirer's visibility window has passed since, so what doesn't show did not happen.
        keyed: The acquirer takes a refund of one number once, so that it may be sent again.
        numbered: The order's history tells the numbers of its refunds.
        keyed_changes: See `Capabilities`.
    """
    if seen.standing in {Standing.UNREADABLE, Standing.CHANGING}:
        return _WAIT
    match sent.kind:
        case OperationKind.CAPTURE:
            return _judge_capture(sent, seen, shown=shown)
        case OperationKind.CANCEL:
            return _judge_cancel(sent, seen, shown=shown, keyed_changes=keyed_changes)
        case OperationKind.REFUND:
            return _judge_refund(sent, seen, shown=shown, keyed=keyed, numbered=numbered)


def _judge_capture(sent: Sent, seen: Observation, *, shown: bool) -> Judgement:
    """An order is captured once: sent again to one that is, a capture is refused, so it is safe to send again."""
    match seen.standing:
        case Standing.PAID:
            # Of the same amount it is done, whoever did it; of another one, ours came too late.
            return _DONE if seen.captured == sent.minor_units else Judgement(Verdict.REFUSED, NOT_ALLOWED)
        case Standing.REVERSED | Standing.DECLINED | Standing.EXPIRED:
            return Judgement(Verdict.REFUSED, NOT_ALLOWED)
        case Standing.HELD:
            return _SEND_AGAIN if shown else _WAIT
    return _WAIT


def _judge_cancel(sent: Sent, seen: Observation, *, shown: bool, keyed_changes: bool) -> Judgement:
    """A decline may be sent again; a reversal may not, as a rule: banks take one, and an error spoils all others.

    One that meets a hold that somebody captured meanwhile undoes that, or gives it back, to some acquirers. So money on
    such an order is no proof that it was refused before all shows, and once all of it is gone it is done.
    """
    match seen.standing:
        case Standing.REVERSED | Standing.DECLINED | Standing.EXPIRED:
            return _DONE
        case Standing.PAID if sent.was_held and seen.refunded >= seen.captured > 0:
            return _DONE
        case Standing.PAID:
            return Judgement(Verdict.REFUSED, NOT_ALLOWED) if shown or not sent.was_held else _WAIT
        case Standing.HELD if not sent.was_held:
            return _SEND_AGAIN  # paid while it was declined: now it is the hold that has to be let go
        case Standing.HELD if keyed_changes:
            return _SEND_AGAIN if shown else _WAIT
        case Standing.HELD:
            return Judgement(Verdict.REVIEW, reason=ReviewReason.REVERSAL_NOT_SHOWN) if shown else _WAIT
    return _SEND_AGAIN if shown else _WAIT


def _judge_refund(sent: Sent, seen: Observation, *, shown: bool, keyed: bool, numbered: bool) -> Judgement:
    told = _told(sent, seen)
    if told is not None:
        return told
    if keyed and not numbered:
        return _SEND_AGAIN  # no amount tells whose refund it was: the acquirer knows it by its number
    if seen.standing is Standing.REVERSED or (seen.standing is Standing.PAID and _left(seen) < sent.minor_units):
        # Nothing that is left could have been ours to take, unless it was taken by us and can't be told apart.
        if keyed or seen.refunded == sent.refunded:
            return Judgement(Verdict.REFUSED, MORE_THAN_THERE_IS) if shown else _WAIT
        return Judgement(Verdict.REVIEW, reason=ReviewReason.REFUND_AMBIGUOUS)
    if not keyed and seen.refunded != sent.refunded:
        return Judgement(Verdict.REVIEW, reason=ReviewReason.REFUND_AMBIGUOUS)
    if not shown:
        return _WAIT
    return _SEND_AGAIN if keyed else Judgement(Verdict.REVIEW, reason=ReviewReason.REFUND_NOT_SHOWN)


def _told(sent: Sent, seen: Observation) -> Judgement | None:
    """Return what the order's history tells of the refund by our number of it; None if it has no such line."""
    kinds = {line.kind for line in seen.operations if line.reference == sent.reference}
    if VendorOperationKind.REFUND in kinds:
        return _DONE
    if VendorOperationKind.REFUND_UNDER_WAY in kinds:
        return _WAIT
    return Judgement(Verdict.REFUSED, REFUND_FAILED) if VendorOperationKind.REFUND_FAILED in kinds else None


def refunded_by_others(sent: Sent, seen: Observation, *, known: int, ours: int) -> int:
    """Return how much went back before a refund is sent for the first time, and can't be this very one.

    A hub that was restored may have made it, forgotten it, and seen since that money went back.

    Args:
        sent: The refund.
        seen: The order.
        known: What the hub saw go back, whoever did it.
        ours: What it gave back by its other refunds.
    """
    lines = [line for line in seen.operations if line.kind is VendorOperationKind.REFUND]
    alike = not lines or any(line.minor_units == sent.minor_units for line in lines)
    return ours if alike and known - ours >= sent.minor_units else known


def _left(seen: Observation) -> int:
    return seen.captured - seen.refunded
