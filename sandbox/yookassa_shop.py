"""The shop's books behind the simulated YooKassa: payments, refunds, and the idempotence keys it knows.

Amounts are kopecks. Statuses are the vendor's: pending, waiting_for_capture, succeeded, canceled.
"""

import copy
import dataclasses
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sandbox.clock import SandboxClock
from sandbox.lateness import Lateness

PENDING, HELD, SUCCEEDED, CANCELED = "pending", "waiting_for_capture", "succeeded", "canceled"
KEY_LIFE = timedelta(hours=24)
_HOLD_SECONDS = 7 * 86_400
CARD = "5555555555554444"
"""The payer's, if he writes no other."""


class ShopError(Exception):
    """The API's own error: HTTP status, `code`, text and the parameter at fault."""

    def __init__(self, status: int, code: str, message: str, *, parameter: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.parameter = parameter


def invalid(message: str, parameter: str = "") -> ShopError:
    """Return the error for a request that can't be worked on."""
    return ShopError(400, "invalid_request", message, parameter=parameter)


@dataclasses.dataclass(slots=True, kw_only=True)
class ShopPayment:
    """A payment, as YooKassa knows it. `expires_at`: when it runs out, unpaid; `held_until`: when a hold does."""

    payment_id: str
    amount: int
    two_stage: bool
    created_at: datetime
    expires_at: datetime
    confirmation: str = "redirect"
    return_url: str = ""
    description: str = ""
    client_id: str = ""
    metadata: Mapping[str, str] = dataclasses.field(default_factory=dict)
    status: str = PENDING
    captured: int = 0
    refunded: int = 0
    held_until: datetime | None = None
    captured_at: datetime | None = None
    pan: str = CARD
    party: str = ""
    reason: str = ""

    @property
    def held(self) -> int:
        """What is held and not captured."""
        return self.amount if self.status == HELD else 0


@dataclasses.dataclass(slots=True, kw_only=True)
class ShopRefund:
    """A refund; one that is `pending` comes to its end at `due`."""

    refund_id: str
    payment_id: str
    amount: int
    created_at: datetime
    due: datetime
    metadata: Mapping[str, str] = dataclasses.field(default_factory=dict)
    status: str = PENDING
    reason: str = ""


class ShopBook:
    """All payments of one shop. What is committed late waits for the sandbox's clock.

    Attributes:
        holds_last_seconds: How long a hold lasts that begins now.
        refunds_take_seconds: How long a refund is pending.
        refunds_fail: The reason for which refunds end without money going back; empty: they don't.
        told: Called with the event's name and the payment or refund when something has happened to it.
    """

    def __init__(
        self, *, clock: SandboxClock, session_seconds: float = 3600, make_id: Callable[[], uuid.UUID] = uuid.uuid4
    ) -> None:
        self._clock = clock
        self._make_id = make_id
        self._session = timedelta(seconds=session_seconds)
        self._payments: dict[str, ShopPayment] = {}
        self._refunds: dict[str, ShopRefund] = {}
        self.lateness: Lateness[ShopPayment] = Lateness(clock=clock)
        self.holds_last_seconds: float = _HOLD_SECONDS
        self.refunds_take_seconds = 0.0
        self.refunds_fail = ""
        self.told: Callable[[str, ShopPayment | ShopRefund], None] = lambda _event, _thing: None

    def payments(self) -> list[ShopPayment]:
        """All payments, oldest first, as they truly stand."""
        self._catch_up()
        return list(self._payments.values())

    def get(self, payment_id: str) -> ShopPayment:
        """A payment as it truly stands.

        Raises:
            ShopError: there is none.
        """
        self._catch_up()
        if payment_id not in self._payments:
            raise ShopError(404, "not_found", "Payment doesn't exist or access denied", parameter="payment_id")
        return self._payments[payment_id]

    def shown(self, payment_id: str) -> ShopPayment:
        """The same as reads see it, which may lag behind."""
        shown = self.lateness.shown(payment_id, self.get(payment_id))
        if shown is None:
            raise ShopError(404, "not_found", "Payment doesn't exist or access denied", parameter="payment_id")
        return shown

    def listed(self) -> Iterator[ShopPayment]:
        """All payments as reads see them, newest first."""
        for payment in reversed(self.payments()):
            shown = self.lateness.shown(payment.payment_id, payment)
            if shown is not None:
                yield shown

    def refunds(self) -> list[ShopRefund]:
        """All refunds, newest first."""
        self._catch_up()
        return list(reversed(self._refunds.values()))

    def open(self, amount: int, *, two_stage: bool, **more: Any) -> ShopPayment:
        """Open a payment."""
        now = self._clock.now()
        payment = ShopPayment(
            payment_id=str(self._make_id()),
            amount=amount,
            two_stage=two_stage,
            created_at=now,
            expires_at=now + self._session,
            **more,
        )
        self._payments[payment.payment_id] = payment
        return payment

    def approve(self, payment: ShopPayment) -> None:
        """The payer's money is taken, or held."""
        self._require(payment, PENDING)
        now = self._clock.now()
        if payment.two_stage:
            payment.status, payment.held_until = HELD, now + timedelta(seconds=self.holds_last_seconds)
            self.told("payment.waiting_for_capture", payment)
        else:
            self._succeed(payment, payment.amount)

    def cancel(self, payment: ShopPayment, *, party: str = "merchant", reason: str = "canceled_by_merchant") -> None:
        """End a payment without money: a hold is let go; a pending one ends only by the payer or by time."""
        self._require(payment, HELD if party == "merchant" else payment.status)
        payment.status, payment.party, payment.reason = CANCELED, party, reason
        self.told("payment.canceled", payment)

    def capture(self, payment: ShopPayment, amount: int) -> None:
        """Take what is held, or a part of it; the rest is let go."""
        self._require(payment, HELD)
        if not 0 < amount <= payment.amount:
            raise invalid("Capture amount is greater than authorized", "amount")
        self._succeed(payment, amount)

    def refund(self, payment: ShopPayment, amount: int, *, metadata: Mapping[str, str] | None = None) -> ShopRefund:
        """Give money back, all at once or after its time."""
        self._require(payment, SUCCEEDED)
        under_way = sum(r.amount for r in self._refunds.values() if self._is_under_way(r, payment))
        if not 0 < amount <= payment.captured - payment.refunded - under_way:
            raise invalid("Refund amount exceeds the payment's", "amount")
        now = self._clock.now()
        refund = ShopRefund(
            refund_id=str(self._make_id()),
            payment_id=payment.payment_id,
            amount=amount,
            created_at=now,
            due=now + timedelta(seconds=self.refunds_take_seconds),
            metadata=metadata or {},
        )
        self._refunds[refund.refund_id] = refund
        self._catch_up()
        return refund

    def clear(self) -> None:
        """Forget all."""
        self._payments.clear()
        self._refunds.clear()
        self.lateness.clear()

    def _is_under_way(self, refund: ShopRefund, payment: ShopPayment) -> bool:
        return refund.payment_id == payment.payment_id and refund.status == PENDING

    def _succeed(self, payment: ShopPayment, amount: int) -> None:
        payment.status, payment.captured, payment.captured_at = SUCCEEDED, amount, self._clock.now()
        self.told("payment.succeeded", payment)

    def _require(self, payment: ShopPayment, status: str) -> None:
        if payment.status != status:
            raise invalid(f"Incorrect payment status. Payment status should be {status}", "payment_id")

    def _catch_up(self) -> None:
        self.lateness.catch_up()
        now = self._clock.now()
        for payment in self._payments.values():
            if payment.status == PENDING and now >= payment.expires_at:
                self.cancel(payment, party="yoo_money", reason="expired_on_confirmation")
            elif payment.status == HELD and payment.held_until is not None and now >= payment.held_until:
                self.cancel(payment, party="yoo_money", reason="expired_on_capture")
        for refund in self._refunds.values():
            if refund.status == PENDING and now >= refund.due:
                self._end(refund)

    def _end(self, refund: ShopRefund) -> None:
        if self.refunds_fail:
            refund.status, refund.reason = CANCELED, self.refunds_fail
            return
        refund.status = SUCCEEDED
        self._payments[refund.payment_id].refunded += refund.amount
        self.told("refund.succeeded", refund)


@dataclasses.dataclass(slots=True, kw_only=True)
class _Known:
    fingerprint: bytes
    time: datetime
    answer: bytes | None = None


class KeyBook:
    """The idempotence keys of the last 24 hours, each with the request it came with and what that was answered."""

    def __init__(self, *, clock: SandboxClock, life: timedelta = KEY_LIFE) -> None:
        self._clock = clock
        self._life = life
        self._keys: dict[str, _Known] = {}

    def answer_of(self, key: str, fingerprint: bytes) -> bytes | None:
        """Return what the same request was answered; None if it is the first one.

        Raises:
            ShopError: the key came with another request; or (202) the first one isn't done yet.
        """
        known = self._keys.get(key)
        if known is None or self._clock.now() - known.time >= self._life:
            return None
        if known.fingerprint != fingerprint:
            raise invalid("Idempotence key duplicated", "Idempotence-Key")
        if known.answer is None:
            raise ShopError(202, "processing", "Request accepted, but not processed yet. Retry again")
        return known.answer

    def take(self, key: str, fingerprint: bytes) -> None:
        """Note that a request is worked on."""
        self._keys[key] = _Known(fingerprint=fingerprint, time=self._clock.now())

    def finish(self, key: str, answer: bytes) -> None:
        """Note what it was answered."""
        self._keys[key].answer = answer

    def give_up(self, key: str) -> None:
        """Forget a request that was refused: it may be mended and sent again."""
        self._keys.pop(key, None)

    def clear(self) -> None:
        """Forget all."""
        self._keys.clear()


def snapshot(payment: ShopPayment) -> ShopPayment:
    """A copy that later changes leave alone."""
    return copy.deepcopy(payment)


def pay(book: ShopBook, payment: ShopPayment, outcome: str, *, pan: str = CARD) -> None:
    """Do what the payer does by a card of that number.

    `approve`, `challenge` and `fail` (which nobody is told of), `decline`.

    Raises:
        ShopError: the payment can't be paid any more.
        ValueError: no such outcome.
    """
    payment.pan = pan
    match outcome:
        case "approve":
            book.approve(payment)
        case "challenge" | "fail":
            return  # he is at his bank's page, or may try another card: pending all the while
        case "decline":
            book.cancel(payment, party="payment_network", reason="insufficient_funds")
        case _:
            raise ValueError(f"a payer doesn't {outcome}")


def operate(book: ShopBook, payment: ShopPayment, action: str, amount: int = 0) -> None:
    """Do what somebody does in the cabinet: `refund`, `deposit`, `reverse`.

    Raises:
        ShopError: the payment doesn't stand so.
        ValueError: no such action; a refund that succeeded isn't undone here.
    """
    match action:
        case "refund":
            book.refund(payment, amount)
        case "deposit":
            book.capture(payment, amount or payment.amount)
        case "reverse":
            book.cancel(payment)
        case _:
            raise ValueError(f"an operator doesn't {action}")
