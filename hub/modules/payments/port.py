"""What the payments module asks of a provider: the port, the values it speaks and the errors it may raise.

Beside it: `order.py` (what is asked for), `observation.py` (what an acquirer tells).
"""

import abc
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.core.errors import HubError, NotFoundError, OutcomeUnknownError, PreconditionError
from hub.core.money import Money
from hub.modules.payments.notice import CallbackReader
from hub.modules.payments.observation import Observation, Standing, VendorOperation, VendorOperationKind
from hub.modules.payments.order import Order, PaymentMethod, Receipt, ReceiptItem
from hub.resilience.policy import Guard

__all__ = [
    "DOMAIN",
    "Capabilities",
    "Observation",
    "Opened",
    "Order",
    "OrderNotFoundError",
    "OrderPage",
    "PaymentMethod",
    "PaymentsPort",
    "Receipt",
    "ReceiptItem",
    "ReferenceTakenError",
    "RefundOrder",
    "RefusedByProviderError",
    "Standing",
    "UnclearRefusalError",
    "UnsupportedByProviderError",
    "VendorOperation",
    "VendorOperationKind",
]

DOMAIN = "landhub.payments.v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """An order that was opened: the acquirer's id of it, and where the payer pays."""

    vendor_id: str
    payment_url: str
    sbp_payload: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundOrder:
    """A refund to be made.

    Attributes:
        vendor_id: Of which order.
        reference: Our number of it, by which an acquirer that keeps such takes it once.
        amount: How much.
        balance: `Observation.balance` just before: an acquirer that takes it makes the refund only if it still is so.
        keyed: `Observation.refunds_keyed` just before.
    """

    vendor_id: str
    reference: str
    amount: Money
    balance: int | None
    keyed: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What an account's acquirer is able to do.

    Attributes:
        reference_length: How long our number of an order may be.
        visibility_window: How long after it was sent something may not show yet.
        keyed_refunds: A refund of one number is made once, so that it may be sent again.
        shows_refund_numbers: The order's history tells that number; else sending it again is the way to find out.
        hold_lasts: How long a hold lasts at the least; None if nobody knows.
        expires_after: How long the payer has if the order doesn't say.
        declines_unpaid: An order that isn't paid can be ended. Else it runs out by itself, and `decline` is refused.
        keyed_changes: What is asked for again with the same key is done once: the provider repeats by itself whatever
            wasn't answered, and a reversal may be sent again.
    """

    reference_length: int
    visibility_window: timedelta
    keyed_refunds: bool
    hold_lasts: timedelta | None
    expires_after: timedelta
    shows_refund_numbers: bool = True
    declines_unpaid: bool = True
    keyed_changes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage:
    """Some of an account's orders, as the acquirer has them.

    Attributes:
        orders: Each with its amounts and how it stands, since these are compared; the history may be left out.
        unreadable: How many there were besides that can't be understood, an order in another currency for example.
        next_page: Asks for the next ones; empty after the last.
    """

    orders: Sequence[Observation]
    unreadable: int = 0
    next_page: str = ""


class OrderNotFoundError(NotFoundError):
    """The acquirer doesn't know an order by its own id (any more)."""

    def __init__(self) -> None:
        super().__init__(
            "The acquirer has no order with this id; ask it what became of it.",
            reason="RESOURCE_NOT_FOUND",
            metadata={"resource": "payments.Payment"},
        )


class UnsupportedByProviderError(PreconditionError):
    """The provider can't carry such a payment. Raised before anything is sent."""

    def __init__(self, *, provider: str, limit: str, at_most: str) -> None:
        super().__init__(
            f"The provider {provider} carries at most {at_most} for {limit}; use another account.",
            reason="UNSUPPORTED_BY_PROVIDER",
            domain=DOMAIN,
            metadata={"provider": provider, "limit": limit, "at_most": at_most},
        )


class RefusedByProviderError(PreconditionError):
    """The acquirer refused for a reason of business; asking again will not help, and nothing was changed."""

    def __init__(self, *, vendor_code: str) -> None:
        super().__init__(
            f"The acquirer refused the request (code {vendor_code}); asking again will not help.",
            reason="REFUSED_BY_PROVIDER",
            domain=DOMAIN,
            metadata={"vendor_code": vendor_code},
        )


class ReferenceTakenError(OutcomeUnknownError):
    """The acquirer has an order under our number already: ours from an earlier time, or nobody knows whose."""

    def __init__(self, *, reference: str) -> None:
        super().__init__(
            "The acquirer already has an order under this number; look it up.",
            reason="REFERENCE_TAKEN",
            domain=DOMAIN,
            metadata={"vendor_reference": reference},
        )


class UnclearRefusalError(OutcomeUnknownError):
    """The acquirer said no by a word that may also mean that it failed: how the order stands tells which."""

    def __init__(self, *, vendor_code: str) -> None:
        super().__init__(
            "The acquirer's answer may mean a refusal or a failure; look the order up.",
            reason="REFUSED_BY_PROVIDER",
            domain=DOMAIN,
            metadata={"vendor_code": vendor_code},
        )


class PaymentsPort(abc.ABC):
    """Take money through one account at one acquirer.

    Every method may raise UnavailableError (down, breaker open, answer unreadable; nothing was changed), ExhaustedError
    (its quota) or PreconditionError with UPSTREAM_CREDENTIALS_REFUSED. Methods that write await `guard` just before
    each time bytes may leave, and may raise OutcomeUnknownError: it may have happened; ask `find` or `get`.
    """

    @property
    @abc.abstractmethod
    def name(self) -> str:
        """The provider's name in settings and resources: "sberbank"."""

    @property
    @abc.abstractmethod
    def capabilities(self) -> Capabilities:
        """What the account's acquirer is able to do."""

    @property
    def callbacks(self) -> CallbackReader | None:
        """How the account's callbacks are read; None if it takes none, and its payments are only asked for in time."""
        return None

    @abc.abstractmethod
    def check_order(self, order: Order) -> None:
        """Say whether the provider can carry this order. Sends nothing.

        Raises:
            UnsupportedByProviderError: it can't, and why.
        """

    @abc.abstractmethod
    async def create(self, reference: str, order: Order, *, guard: Guard | None = None) -> Opened:
        """Open an order under our number, with `order.marker` where the acquirer keeps it.

        Raises:
            RefusedByProviderError: the acquirer said no.
            ReferenceTakenError: it has an order of that number; ask `find`.
            OutcomeUnknownError: it may have been opened; ask `find`.
        """

    @abc.abstractmethod
    async def find(self, reference: str, *, since: datetime | None = None) -> Observation | None:
        """Look an order up by our number. None is no proof before `visibility_window` has passed.

        `since` (aware; None: now) is the earliest it may have been sent, as far as the hub knows: an acquirer that can
        only be asked for lists is asked from then on, and for the time before in which it knows our keys.
        """

    @abc.abstractmethod
    async def get(self, vendor_id: str) -> Observation:
        """Ask how an order stands, by the acquirer's id.

        Raises:
            OrderNotFoundError: not known there; no proof before `visibility_window` has passed.
        """

    @abc.abstractmethod
    async def capture(self, vendor_id: str, amount: Money, *, guard: Guard | None = None) -> None:
        """Take a held amount, or a part of it. Never zero, which means "all" to some acquirers.

        Raises:
            RefusedByProviderError: the acquirer said no.
            UnclearRefusalError, OutcomeUnknownError: `get` tells.
        """

    @abc.abstractmethod
    async def decline(self, vendor_id: str, *, guard: Guard | None = None) -> None:
        """End an order that isn't paid. May be repeated. Raises as `capture`."""

    @abc.abstractmethod
    async def reverse(self, vendor_id: str, *, guard: Guard | None = None) -> int:
        """Let a hold go. Never repeated once bytes may have left, but where `keyed_changes`. Raises as `capture`.

        Returns:
            Minor units it gave back instead, to acquirers that do so if somebody captured the hold meanwhile; else 0.
        """

    @abc.abstractmethod
    async def refund(self, refund: RefundOrder, *, guard: Guard | None = None) -> None:
        """Give captured money back. Repeated only where `keyed_refunds`. Raises as `capture`."""

    async def list_orders(self, since: datetime, until: datetime, *, page: str = "") -> OrderPage | None:
        """List all orders of the account that were opened from `since` to before `until`, whoever opened them.

        Reconciliation asks so for each day that is over. Optional: where this default is left, the acquirer can't list,
        so reconciliation asks for our own orders one by one (`get`) and says that those of others were not looked for.

        Args:
            since: With time zone.
            until: With time zone, a day later at most.
            page: `next_page` of the page before; empty for the first one.

        Returns:
            A page, in an order that doesn't change while it is read; None if the acquirer can't list.
        """
        del since, until, page
        return None

    @abc.abstractmethod
    async def probe(self) -> None:
        """Make one read with the real credentials that changes, costs and discloses nothing.

        Raises:
            HubError: what a read would meet now.
        """

    @abc.abstractmethod
    async def close(self) -> None:
        """Let go of the connections, once, when the module ends."""


def credentials_refused(error: HubError) -> bool:
    """Whether the acquirer refuses our login: a person has to mend it, and nothing was done."""
    return error.reason == "UPSTREAM_CREDENTIALS_REFUSED"
