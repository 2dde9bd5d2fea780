"""What the notifications module asks of a provider: the port, its capabilities and the errors it may raise.

Beside it: `message.py` (what is to be sent), `answers.py` (what a provider tells), `wording.py` (where texts are from).

A provider is a file in `providers/` with `Settings` and `build(settings, ctx, *, account) -> NotificationsPort`. It
opens one upstream, "notifications.<account>", whose `Policy.rate` is the vendor's published limit as a dated preset
(the pace: calls queue for their turn in the order of priority, as few at a time as the account's `concurrency` allows).
"""

import abc
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType

from hub.core.errors import HubError, InvalidRequestError, PreconditionError
from hub.modules.notifications.answers import Accepted, Balance, Estimate, Fate, Refusal, Report, Sought
from hub.modules.notifications.message import Attachment, Channel, Content, Message, VendorTemplate, number_of
from hub.resilience.policy import Guard, Rate

__all__ = [
    "DOMAIN",
    "Accepted",
    "Attachment",
    "Balance",
    "Callback",
    "CallbackRead",
    "Capabilities",
    "Channel",
    "Content",
    "ContentNotCarriedError",
    "Estimate",
    "Fate",
    "Guard",
    "Message",
    "NotToldError",
    "NotificationsPort",
    "Refusal",
    "RefusedError",
    "Report",
    "Sought",
    "VendorTemplate",
    "number_of",
]

DOMAIN = "landhub.notifications.v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What an account's provider is able to do.

    Attributes:
        found_by_reference: `find` can be asked by our own id after a lost answer. If not, OUTCOME_UNKNOWN is final.
        visibility_window: How long after it was sent `find` may say None of a message that was taken.
        dedupes_for: Within this time after a sending the provider takes a second one of the same reference for the
            first (and tells so, or answers the same); None: never. Only then may a lost answer be sent again as it was.
        reports: `reports` may be asked by `vendor_id`. If neither this nor `callbacks`, SENT is final.
        reports_at_once: How many messages one call of `reports` asks of.
        report_pace: How long between two questions about one message, at the least.
        reports_for: How long after its sending the provider still tells; then SENT stays.
        callbacks: It tells by callback; polling then is slower.
        recipient_rates: How many messages to one recipient in which time, by the vendor's published figures.
        vendor_templates: It fills in templates that it keeps.
        senders: Another sender than the account's own may be named.
        estimates: `estimate` tells a price.
    """

    found_by_reference: bool = False
    visibility_window: timedelta = timedelta()
    dedupes_for: timedelta | None = None
    reports: bool = False
    reports_at_once: int = 1
    report_pace: timedelta = timedelta(seconds=15)
    reports_for: timedelta = timedelta(days=3)
    callbacks: bool = False
    recipient_rates: tuple[Rate, ...] = ()
    vendor_templates: bool = False
    senders: bool = True
    estimates: bool = False


class RefusedError(PreconditionError):
    """The provider said no, and nothing was sent. `vendor_code` is its code, and holds no personal data."""

    def __init__(self, refusal: Refusal, *, vendor_code: str, retry_after: timedelta | None = None) -> None:
        super().__init__(
            f"The provider refused the message: {refusal} (code {vendor_code}).",
            reason="REFUSED_BY_PROVIDER",
            domain=DOMAIN,
            metadata={"refusal": refusal.value, "vendor_code": vendor_code},
            retry_after=retry_after,
        )
        self.refusal = refusal
        self.vendor_code = vendor_code


class ContentNotCarriedError(InvalidRequestError):
    """The provider can't carry such content. Raised before anything is sent."""

    def __init__(self, *, account: str, limit: str, at_most: str) -> None:
        super().__init__(
            f"The account {account} carries at most {at_most} for {limit}.",
            reason="CONTENT_NOT_CARRIED",
            domain=DOMAIN,
            metadata={"account": account, "limit": limit, "at_most": at_most},
        )


class NotToldError(PreconditionError):
    """The account's provider doesn't tell this at all."""

    def __init__(self, *, account: str) -> None:
        super().__init__(
            f"The provider of the account {account} doesn't tell this.",
            reason="NOT_TOLD_BY_PROVIDER",
            domain=DOMAIN,
            metadata={"account": account},
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """A request that came to the public listener. Header names are in small letters; `query` is parsed, in order."""

    method: str
    headers: Mapping[str, str] = field(repr=False)
    query: Sequence[tuple[str, str]] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackRead:
    """What a callback says, and the answer its sender expects once that is durable.

    `trusted` is False where the vendor doesn't sign: then each report only has the message asked for sooner.
    """

    reports: tuple[Report, ...]
    trusted: bool
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


class NotificationsPort(abc.ABC):
    """Send through one account at one provider; an account is of one channel.

    Every method may raise UnavailableError (down, breaker open, answer unreadable; nothing was sent), ExhaustedError
    (its quota or our pace; nothing was sent) or PreconditionError with UPSTREAM_CREDENTIALS_REFUSED.
    """

    @property
    @abc.abstractmethod
    def name(self) -> str:
        """The provider's name in settings and resources: "smsc"."""

    @property
    @abc.abstractmethod
    def channel(self) -> Channel:
        """The channel of this account."""

    @property
    @abc.abstractmethod
    def capabilities(self) -> Capabilities:
        """What the account's provider is able to do."""

    @abc.abstractmethod
    def check(self, content: Content, *, sender: str) -> None:
        """Say whether the provider can carry such content from such a sender. Sends nothing.

        Raises:
            ContentNotCarriedError: it can't, and why.
        """

    @abc.abstractmethod
    async def send(self, message: Message, *, guard: Guard | None = None) -> Accepted:
        """Send one message, with our reference where the provider takes one. Never repeated once bytes may have left.

        Awaits `guard` just before each time bytes may leave (pass it to `Upstream.call` with Safety.ASK_STATUS_FIRST).

        Raises:
            RefusedError: the provider said no; nothing was sent.
            OutcomeUnknownError: it may have been sent, or was before (the provider calls this reference a repetition).
        """

    @abc.abstractmethod
    async def find(self, sought: Sought) -> Report | None:
        """Look a message up by our reference and its address, after a lost answer; `vendor_id` is in the report.

        None is no proof before `visibility_window` has passed. Only asked where `found_by_reference`.
        """

    @abc.abstractmethod
    async def reports(self, sought: Sequence[Sought]) -> Sequence[Report]:
        """Ask what became of messages by the provider's ids, `reports_at_once` at most.

        Those it is silent of are left out. Only asked where `reports`.
        """

    @abc.abstractmethod
    def read_callback(self, callback: Callback) -> CallbackRead | None:
        """Read a callback, its signature checked; None if it is forged or none of this vendor's. Calls nobody."""

    @abc.abstractmethod
    async def balance(self) -> Balance:
        """Ask what is left on the account.

        Raises:
            NotToldError: this provider has no such question.
        """

    @abc.abstractmethod
    async def estimate(self, message: Message) -> Estimate:
        """Ask what a message would cost. Only asked where `estimates`; sends nothing, may raise RefusedError."""

    @abc.abstractmethod
    async def probe(self) -> None:
        """Make one read with the real credentials that changes, costs and discloses nothing.

        Raises:
            HubError: what a read would meet now.
        """

    @abc.abstractmethod
    async def close(self) -> None:
        """Let go of the connections, once, when the module ends."""


def refusal_of(error: HubError) -> Refusal | None:
    """Return why nothing was sent, in the contract's words, of an error that proves it; None if it proves nothing."""
    if isinstance(error, RefusedError):
        return error.refusal
    if error.reason == "UPSTREAM_CREDENTIALS_REFUSED":
        return Refusal.CREDENTIALS_REFUSED
    if "upstream" not in error.metadata:
        return None  # the database's refusal to note an outcome, say: bytes may have left by then
    return Refusal.RATE_LIMITED if error.reason == "UPSTREAM_QUOTA_EXCEEDED" else Refusal.PROVIDER_UNAVAILABLE
