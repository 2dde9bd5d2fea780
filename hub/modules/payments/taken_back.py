"""Refunds that the bank takes back: how much of what we reserved for them is free again. Pure.

An acquirer may say that a refund was made and undo it days later, since there was no money to make it of. What is asked
for then is free to be asked for again, but no more than what was seen to have gone and to have come back: a refund
that never showed may still go out, and stays reserved.
"""

from hub.modules.payments.observation import Observation, Standing
from hub.modules.payments.store import PaymentRow


def reserved_after(row: PaymentRow) -> int:
    """Return what stays reserved once what came back is released, in minor units.

    Whose refund came back can't be told where the acquirer keeps no numbers. It needn't be: never less stays reserved
    than is refunded now, of which ours may be all.
    """
    came_back = max(0, row.most_refunded - row.refunded)
    return min(row.reserved, max(row.refunded, row.reserved - came_back))


def confirms(row: PaymentRow, seen: Observation) -> bool:
    """Whether an acquirer tells anew that so much is refunded as is known, and no more."""
    return seen.standing is Standing.PAID and seen.refunded == row.refunded and reserved_after(row) < row.reserved
