"""Compares how the hub has a payment with how its acquirer has the order: pure; see docs/modules/payments.md."""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum

from hub.modules.payments.ledger import amount_of, known_of
from hub.modules.payments.observation import Observation, Standing
from hub.modules.payments.states import PaymentState, derive, lags
from hub.modules.payments.store import PaymentRow


class MismatchKind(StrEnum):
    """How the two sides differ; the words are the contract's."""

    UNKNOWN_TO_US = "UNKNOWN_TO_US"
    UNKNOWN_TO_VENDOR = "UNKNOWN_TO_VENDOR"
    AMOUNTS_DIFFER = "AMOUNTS_DIFFER"
    STATE_DIFFERS = "STATE_DIFFERS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """How one side has an order: its word for the state, and amounts in minor units.

    An acquirer that doesn't tell what an order was opened for has an amount of 0.
    """

    state: str
    currency: str
    amount: int
    held: int
    captured: int
    refunded: int

    def to_json(self) -> str:
        """Return it as it is stored."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, stored: str) -> "Side":
        """Return the side of `to_json`."""
        return cls(**json.loads(stored))


def our_side(row: PaymentRow) -> Side:
    """Return how the hub has a payment."""
    return Side(
        state=str(row.state),
        currency=row.currency,
        amount=row.minor_units,
        held=row.held,
        captured=row.captured,
        refunded=row.refunded,
    )


def their_side(seen: Observation, *, currency: str) -> Side:
    """Return how the acquirer has an order; `currency` is ours, if it doesn't tell what the order was opened for."""
    return Side(
        state=f"{seen.standing} ({seen.vendor_status[:100]})",
        currency=seen.amount.currency if seen.amount else currency,
        amount=seen.amount.minor_units if seen.amount else 0,
        held=seen.held,
        captured=seen.captured,
        refunded=seen.refunded,
    )


def same_order(row: PaymentRow, seen: Observation) -> bool:
    """Whether the order was opened for the payment's amount, as far as the acquirer tells it."""
    return seen.amount is None or seen.amount == amount_of(row)


_OVER_UNPAID = frozenset({Standing.DECLINED, Standing.EXPIRED})


def compare(row: PaymentRow, seen: Observation) -> MismatchKind | None:
    """Say how a payment differs from its order; None if it doesn't.

    They agree if this observation would change nothing, for it tells just what is known. One that lags behind what is
    known agrees by no means: a day later nothing lags any more.
    """
    if not same_order(row, seen):
        return MismatchKind.AMOUNTS_DIFFER
    known, seen = known_of(row), seen.completed(captured=row.captured or row.minor_units)
    if lags(known, seen):
        # Some acquirers call a hold that was let go declined; all else has gone back in time.
        was_let_go = seen.standing in _OVER_UNPAID and not row.captured
        return None if was_let_go else MismatchKind.STATE_DIFFERS
    if known.state is PaymentState.REFUSED and seen.standing in _OVER_UNPAID:
        return None
    after = derive(known, seen)
    paid_otherwise = seen.standing is Standing.PAID and seen.captured != row.captured
    if paid_otherwise or (after.held, after.captured, after.refunded) != (row.held, row.captured, row.refunded):
        return MismatchKind.AMOUNTS_DIFFER
    return MismatchKind.STATE_DIFFERS if after.state is not known.state else None


def compare_given_up(seen: Observation) -> MismatchKind | None:
    """Say whether the order of an earlier attempt, which was declined before the next one was opened, is as it should.

    None but one with money matters: the payer paid where the hub no longer looks.
    """
    return MismatchKind.STATE_DIFFERS if seen.standing in {Standing.HELD, Standing.PAID} else None
