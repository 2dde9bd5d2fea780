"""The state of a payment, derived from what was observed: pure, and drawn in docs/modules/payments.md."""

from dataclasses import dataclass
from enum import StrEnum

from hub.modules.payments.observation import Observation, Standing


class PaymentState(StrEnum):
    """Where a payment stands; the words are the contract's."""

    PENDING = "PENDING"
    AWAITING_PAYER = "AWAITING_PAYER"
    AUTHORIZED = "AUTHORIZED"
    CAPTURED = "CAPTURED"
    PARTIALLY_REFUNDED = "PARTIALLY_REFUNDED"
    REFUNDED = "REFUNDED"
    CANCELLED = "CANCELLED"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"
    REFUSED = "REFUSED"
    PAID_AFTER_CANCEL = "PAID_AFTER_CANCEL"
    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN"
    NEEDS_REVIEW = "NEEDS_REVIEW"

    @property
    def is_open(self) -> bool:
        """Whether the payer or the merchant is expected to do something soon."""
        return self in {self.PENDING, self.AWAITING_PAYER, self.AUTHORIZED, self.OUTCOME_UNKNOWN, self.NEEDS_REVIEW}

    @property
    def has_ended_unpaid(self) -> bool:
        """Whether it ended without money."""
        return self in {self.CANCELLED, self.DECLINED, self.EXPIRED}

    @property
    def has_money(self) -> bool:
        """Whether there is captured money that a refund may be made of."""
        return self in {self.CAPTURED, self.PARTIALLY_REFUNDED, self.REFUNDED, self.PAID_AFTER_CANCEL}

    @property
    def is_at_vendor(self) -> bool:
        """Whether its order is known to stand at the acquirer."""
        return self not in {self.PENDING, self.OUTCOME_UNKNOWN, self.REFUSED, self.NEEDS_REVIEW}


class ReviewReason(StrEnum):
    """What a person has to find out; the words are the contract's."""

    ORDER_DIFFERS = "ORDER_DIFFERS"
    REFUND_AMBIGUOUS = "REFUND_AMBIGUOUS"
    REFUND_NOT_SHOWN = "REFUND_NOT_SHOWN"
    REVERSAL_NOT_SHOWN = "REVERSAL_NOT_SHOWN"
    TOO_MANY_ATTEMPTS = "TOO_MANY_ATTEMPTS"
    ORDER_VANISHED = "ORDER_VANISHED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the hub knows of a payment before it looks again; amounts in minor units.

    `was_held`: a hold was seen once. `cancel_asked`: CancelPayment was sent for it.
    """

    state: PaymentState
    held: int = 0
    captured: int = 0
    refunded: int = 0
    was_held: bool = False
    cancel_asked: bool = False


def derive(known: Known, seen: Observation) -> Known:
    """Return what is known after an observation. One that lags behind what is known changes nothing.

    A payment under review takes on the amounts and keeps its state until a person settled it.
    """
    if lags(known, seen):
        return known
    captured = max(known.captured, seen.captured)
    held = seen.held if seen.standing is Standing.HELD else 0
    state = _state(known, seen, captured)
    if known.state is PaymentState.NEEDS_REVIEW:
        state = PaymentState.NEEDS_REVIEW
    return Known(
        state=state,
        held=held,
        captured=captured,
        refunded=captured if seen.standing is Standing.REVERSED else seen.refunded,  # undone on its day: all of it
        was_held=known.was_held or seen.standing is Standing.HELD,
        cancel_asked=known.cancel_asked,
    )


def state_of(known: Known) -> PaymentState:
    """Return the state that the amounts alone tell, for a payment whose review a person has ended."""
    if known.captured:
        if known.refunded >= known.captured:
            return PaymentState.REFUNDED
        return PaymentState.PARTIALLY_REFUNDED if known.refunded else PaymentState.CAPTURED
    if known.held:
        return PaymentState.AUTHORIZED
    return PaymentState.CANCELLED if known.was_held else PaymentState.AWAITING_PAYER


def lags(known: Known, seen: Observation) -> bool:
    """Whether an answer is older than what is known, or says nothing: orders only go forward."""
    match seen.standing:
        case Standing.UNREADABLE | Standing.CHANGING:
            return True
        case Standing.UNPAID | Standing.IN_PROGRESS:
            return known.was_held or known.captured > 0 or known.state.has_ended_unpaid
        case Standing.HELD:
            # A hold that was let go doesn't come back; one that comes after a decline was never seen before.
            return known.captured > 0 or (known.was_held and known.state.has_ended_unpaid)
        case Standing.DECLINED | Standing.EXPIRED:
            return known.captured > 0 or (known.state is PaymentState.CANCELLED and known.was_held)
    return False


def _state(known: Known, seen: Observation, captured: int) -> PaymentState:
    match seen.standing:
        case Standing.HELD:
            late = known.state.has_ended_unpaid or known.state is PaymentState.PAID_AFTER_CANCEL
            return PaymentState.PAID_AFTER_CANCEL if late else PaymentState.AUTHORIZED
        case Standing.PAID:
            return _paid(known, seen.refunded, captured)
        case Standing.REVERSED:
            return PaymentState.CANCELLED
        case Standing.DECLINED:
            return PaymentState.CANCELLED if known.cancel_asked else _kept_end(known, PaymentState.DECLINED)
        case Standing.EXPIRED:
            return PaymentState.CANCELLED if known.cancel_asked else _kept_end(known, PaymentState.EXPIRED)
    return PaymentState.AWAITING_PAYER


def _paid(known: Known, refunded: int, captured: int) -> PaymentState:
    if 0 < captured <= refunded:
        return PaymentState.REFUNDED
    if known.state.has_ended_unpaid or known.state is PaymentState.PAID_AFTER_CANCEL:
        return PaymentState.PAID_AFTER_CANCEL
    return PaymentState.PARTIALLY_REFUNDED if refunded else PaymentState.CAPTURED


def _kept_end(known: Known, end: PaymentState) -> PaymentState:
    """An end that was told stays: acquirers call an order that ran out declined at times, and the other way round."""
    return known.state if known.state.has_ended_unpaid else end
