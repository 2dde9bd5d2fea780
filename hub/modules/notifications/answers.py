"""What a provider answers: taken, refused and why, what became of it, what it costs.

The vendor's own words stay in `vendor_code`, which never holds personal data.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hub.core.money import Money


class Refusal(StrEnum):
    """Why a provider says no. Whatever it is, nothing was sent; the words are the contract's FailureReason.

    What follows is the module's: a refusal of the *message* moves on to the next step, or FAILED. One of the *account*
    or of the *moment* (`may_pass`) moves on to the next step, or waits until the notification expires.
    """

    RECIPIENT_INVALID = "RECIPIENT_INVALID"
    """No such number, mailbox, chat; other steps of the same channel are left out."""
    RECIPIENT_OPTED_OUT = "RECIPIENT_OPTED_OUT"
    """A stop-list, an unsubscription, a blocked bot; other steps of the same channel are left out."""
    RECIPIENT_UNREACHABLE = "RECIPIENT_UNREACHABLE"
    """No route, an operator that refuses, a bot the person never started."""
    SENDER_NOT_ALLOWED = "SENDER_NOT_ALLOWED"
    """The sender's name isn't registered (with this operator)."""
    CONTENT_REFUSED = "CONTENT_REFUSED"
    """The text, the file, the kind of message; also a request the provider calls malformed."""
    DUPLICATE = "DUPLICATE"
    """The provider refuses a repetition of what *another* message said just before. A repetition of this very reference
    is no refusal: raise OutcomeUnknownError, it was probably taken."""
    OTHER = "OTHER"
    """The provider gave a code that its sheet doesn't have (count it: `Upstream.surprise`)."""
    NO_MONEY = "NO_MONEY"
    """Of the account: there is no money left."""
    CREDENTIALS_REFUSED = "CREDENTIALS_REFUSED"
    """Of the account: key, password or our address refused."""
    RATE_LIMITED = "RATE_LIMITED"
    """Of the moment: too many, of ours or to this recipient; `retry_after` as told."""
    PROVIDER_UNAVAILABLE = "PROVIDER_UNAVAILABLE"
    """Of the moment: greylisted, closed, "try later"; `retry_after` as told."""

    @property
    def is_of_channel(self) -> bool:
        """Whether another account of the same channel would not help, or must not be tried."""
        return self in {self.RECIPIENT_INVALID, self.RECIPIENT_OPTED_OUT}

    @property
    def may_pass(self) -> bool:
        """Whether the same message may go through later, unchanged."""
        return self.is_of_account or self in {self.RATE_LIMITED, self.PROVIDER_UNAVAILABLE}

    @property
    def is_of_account(self) -> bool:
        """Whether every other message by this account would be refused, too: then it is spared for a while."""
        return self in {self.NO_MONEY, self.CREDENTIALS_REFUSED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A provider took a message.

    Attributes:
        vendor_id: Its id of it, by which `reports` asks; empty if it gives none.
        vendor_code: Its own word, kept raw (a queue id, "100"); no personal data.
        cost: What it bills; None if it doesn't tell now.
        parts: In how many parts; 0 if it doesn't tell.
    """

    vendor_id: str = ""
    vendor_code: str = ""
    cost: Money | None = None
    parts: int = 0


class Fate(StrEnum):
    """What became of a message that was taken."""

    NOT_FOUND = "NOT_FOUND"
    """The provider doesn't know it: no proof before `Capabilities.visibility_window`, and never of a taken one."""
    UNDER_WAY = "UNDER_WAY"
    """Queued, moderated, passed to the operator: asked again later."""
    DELIVERED = "DELIVERED"
    """It reached the recipient (read, clicked: the same)."""
    NOT_DELIVERED = "NOT_DELIVERED"
    """It didn't and won't; `refusal` says why where the code tells."""
    EXPIRED = "EXPIRED"
    """The provider gave up when its time was over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which message is asked for. `vendor_id` is empty after a lost answer; then `reference` and `address` tell it."""

    reference: str
    vendor_id: str = ""
    address: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a provider tells of a message, asked or by callback.

    Attributes:
        reference: Ours, if it tells that; either this or `vendor_id` must be there.
        vendor_id: Its own.
        fate: What became of it.
        refusal: With NOT_DELIVERED: why, as far as its code tells; else OTHER.
        vendor_code: Its code.
        time: When it reached the recipient, as the provider says; None: it doesn't.
        cost, parts: As billed; None and 0: not told, what is known stays.
    """

    reference: str = ""
    vendor_id: str = ""
    fate: Fate
    refusal: Refusal = Refusal.OTHER
    vendor_code: str = ""
    time: datetime | None = None
    cost: Money | None = None
    parts: int = 0

    @property
    def is_found(self) -> bool:
        """Whether the provider knows the message at all."""
        return self.fate is not Fate.NOT_FOUND


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What is left on an account: money, or messages by contract; None: not told."""

    money: Money | None = None
    messages: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a provider would bill for a message, in how many parts; it sends nothing."""

    cost: Money | None
    parts: int
