"""What an acquirer tells of an order when it is asked: how it stands, and the amounts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from hub.core.money import Money


class Standing(StrEnum):
    """How an order stands at an acquirer, in words common to all; the amounts tell the rest."""

    UNPAID = "UNPAID"
    IN_PROGRESS = "IN_PROGRESS"
    """The payer is at it: 3-D Secure, a QR code that was scanned."""
    HELD = "HELD"
    PAID = "PAID"
    """Captured; maybe refunded since, all or a part."""
    REVERSED = "REVERSED"
    """The hold was let go, or a payment undone on its day."""
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"
    CHANGING = "CHANGING"
    """The acquirer has taken a capture, a reversal or a refund and is at it: nothing is concluded yet."""
    UNREADABLE = "UNREADABLE"
    """A word that isn't on the list: nothing is concluded from it."""


class VendorOperationKind(StrEnum):
    """What an acquirer did to an order."""

    PAYMENT = "PAYMENT"
    CAPTURE = "CAPTURE"
    REVERSAL = "REVERSAL"
    REFUND = "REFUND"
    REFUND_UNDER_WAY = "REFUND_UNDER_WAY"
    """Asked for and taken; the money may go back yet, or not."""
    REFUND_FAILED = "REFUND_FAILED"
    """Asked for and taken, and ended without money going back."""
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorOperation:
    """One line of an order's history; `reference` is our number of a refund, where the acquirer keeps it."""

    kind: VendorOperationKind
    minor_units: int
    reference: str = ""
    time: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """An acquirer's last word on an order. Amounts are minor units of `amount.currency`, never negative.

    Attributes:
        vendor_id, reference: Its id and our number.
        standing, vendor_status: How it stands, and the acquirer's word for it.
        amount: What the order was opened for; None where the acquirer tells only what is left of it by now.
        marker: What we sent along (`Order.marker`); None if the acquirer doesn't keep such things.
        held: Held and not captured.
        captured: Captured, not less what went back since.
        refunded: Gone back, whoever asked for it.
        balance: The acquirer's own figure of what is left captured, as it has to be named with a refund; None if it
            has none.
        decline_code: Why the payer's last attempt failed, the acquirer's code.
        capture_before: When a hold is let go if nobody captures it; None if the acquirer doesn't say.
        operations: The history, where it is told.
        only_left: Of the captured money only `balance` is told, what is left of it; see `completed`.
        refunds_keyed: Whether a refund of this order is made once for one number; None: as the account's capabilities
            say.
        payment_url: Where the payer pays, for acquirers that tell it again.
        sbp_payload: As `payment_url`.
    """

    vendor_id: str
    reference: str
    standing: Standing
    vendor_status: str
    amount: Money | None
    marker: str | None = None
    held: int = 0
    captured: int = 0
    refunded: int = 0
    balance: int | None = None
    decline_code: str = ""
    capture_before: datetime | None = None
    operations: Sequence[VendorOperation] = ()
    only_left: bool = False
    refunds_keyed: bool | None = None
    payment_url: str = ""
    sbp_payload: str = ""

    def completed(self, *, captured: int) -> "Observation":
        """Return it with what was captured and went back, where only what is left is told.

        Args:
            captured: What is known to have been captured; else the most that can have been.
        """
        if not self.only_left:
            return self
        left = self.balance or 0
        whole = max(captured, left)
        return replace(self, captured=whole, refunded=whole - left, only_left=False)
