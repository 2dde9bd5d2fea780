"""T-Bank's own books behind its simulated gateway: payments of a terminal, and the money that moves on them.

Amounts are kopecks, statuses the vendor's words.
"""

import copy
import dataclasses
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sandbox.clock import SandboxClock
from sandbox.lateness import Lateness

UNPAID = frozenset({"NEW", "FORM_SHOWED", "AUTH_FAIL", "3DS_CHECKING"})
HELD = frozenset({"AUTHORIZED", "PARTIAL_REVERSED"})
PAID = frozenset({"CONFIRMED", "PARTIAL_REFUNDED"})
BY_CARD, BY_QR = "cards", "qrsbp"
CARD = "4300000000000777"
"""The payer's, if he writes no other."""

_FIRST_ID = 3_091_639_000
_DECLINED = "1051"  # not enough money
_BAD_AMOUNT = 251
_WRONG_STATUS = 8


class TBankError(Exception):
    """The gateway's own error: `ErrorCode` and its text."""

    def __init__(self, code: int, message: str, details: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.details = details


@dataclasses.dataclass(slots=True, kw_only=True)
class TBankPayment:
    """A payment, as T-Bank knows it. `source` is how it was paid, empty until it was."""

    payment_id: str
    order_id: str
    amount: int
    two_stage: bool
    created_at: datetime
    expires_at: datetime
    description: str = ""
    success_url: str = ""
    notification_url: str = ""
    data: Mapping[str, str] = dataclasses.field(default_factory=dict)
    status: str = "NEW"
    error_code: str = "0"
    source: str = ""
    pan: str = CARD
    has_qr: bool = False
    held: int = 0
    captured: int = 0
    refunded: int = 0
    cancels: dict[str, int] = dataclasses.field(default_factory=dict)
    """What was cancelled by its `ExternalRequestId`: how much of captured money that gave back."""

    @property
    def left(self) -> int:
        """What of the captured money did not go back."""
        return self.captured - self.refunded

    @property
    def current(self) -> int:
        """The current amount, as answers tell it."""
        if self.captured:
            return self.left
        return self.held if self.status in {*HELD, "REVERSED"} else self.amount


class PaymentBook:
    """All payments of one terminal. `told` is called with each that changed; notifications are made of it."""

    def __init__(
        self, *, clock: SandboxClock, takes_order_ids_again: bool = False, asynchronous_seconds: float = 0.0
    ) -> None:
        """With `takes_order_ids_again` a second payment of one OrderId is opened rather than refused; refunds by QR
        code take `asynchronous_seconds`.
        """
        self._clock = clock
        self._takes_order_ids_again = takes_order_ids_again
        self._asynchronous_seconds = asynchronous_seconds
        self._payments: dict[str, TBankPayment] = {}
        self.lateness: Lateness[TBankPayment] = Lateness(clock=clock)
        self.told: Callable[[TBankPayment], object] = lambda _payment: None

    def payments(self) -> list[TBankPayment]:
        """All payments, oldest first, as they truly stand."""
        self._catch_up()
        return list(self._payments.values())

    def find(self, payment_id: str) -> TBankPayment | None:
        """One of them."""
        self._catch_up()
        return self._payments.get(payment_id)

    def get(self, payment_id: str) -> TBankPayment:
        """One of them.

        Raises:
            TBankError: there is none.
        """
        found = self.find(payment_id)
        if found is None:
            raise TBankError(255, "Неверные параметры", "Платёж не найден")
        return found

    def seen(self, payment_id: str) -> TBankPayment:
        """The same as status requests see it, which may lag behind."""
        shown = self.lateness.shown(payment_id, self.get(payment_id))
        if shown is None:
            raise TBankError(255, "Неверные параметры", "Платёж не найден")
        return shown

    def of_order(self, order_id: str) -> list[TBankPayment]:
        """The payments of a merchant's order, as status requests see them.

        Raises:
            TBankError: there are none.
        """
        theirs = [self.lateness.shown(one.payment_id, one) for one in self.payments() if one.order_id == order_id]
        shown = [payment for payment in theirs if payment is not None]
        if not shown:
            raise TBankError(335, "Неверные параметры", f"OrderId {order_id} не найден")
        return shown

    def init(self, order_id: str, amount: int, *, two_stage: bool, due: datetime, **more: Any) -> TBankPayment:
        """Open a payment.

        Raises:
            TBankError: the OrderId was used before.
        """
        self._catch_up()
        if not self._takes_order_ids_again and any(one.order_id == order_id for one in self._payments.values()):
            raise TBankError(20, "Ошибка повторного идентификатора заказа")
        payment = TBankPayment(
            payment_id=str(_FIRST_ID + len(self._payments)),
            order_id=order_id,
            amount=amount,
            two_stage=two_stage,
            created_at=self._clock.now(),
            expires_at=due,
            **more,
        )
        self._payments[payment.payment_id] = payment
        return payment

    def show_form(self, payment: TBankPayment) -> None:
        """The payer opens the page."""
        if payment.status == "NEW":
            payment.status = "FORM_SHOWED"

    def pay(self, payment: TBankPayment) -> None:
        """The payer's card is charged, or his money held; by the QR code if he has one.

        Raises:
            TBankError: it can't be paid any more.
        """
        self._require_unpaid(payment)
        payment.source = BY_QR if payment.has_qr else BY_CARD
        payment.error_code, payment.held = "0", payment.amount
        self._become(payment, "AUTHORIZED")
        if not payment.two_stage:
            payment.held, payment.captured = 0, payment.amount
            self._become(payment, "CONFIRMED")

    def challenge(self, payment: TBankPayment) -> None:
        """The payer is sent to his bank's page."""
        self._require_unpaid(payment)
        payment.status = "3DS_CHECKING"

    def fail(self, payment: TBankPayment, *, last: bool = False) -> None:
        """The payer's attempt is declined; he may try again, unless it was his last."""
        self._require_unpaid(payment)
        payment.error_code = _DECLINED
        self._become(payment, "REJECTED" if last else "AUTH_FAIL")

    def confirm(self, payment: TBankPayment, amount: int | None) -> None:
        """Capture a hold, or a part of it; None is all of it."""
        if payment.status not in HELD:
            raise TBankError(_WRONG_STATUS, "Неверный статус транзакции")
        taken = payment.held if amount is None else amount
        if not 0 < taken <= payment.held:
            raise TBankError(_BAD_AMOUNT, "Неверная сумма")
        payment.captured, payment.held = taken, 0
        self._become(payment, "CONFIRMED")

    def cancel(self, payment: TBankPayment, amount: int | None, *, key: str = "") -> None:
        """End an unpaid payment, let a hold go, or give captured money back: whichever its state is. None is all.

        Under a key that was used, nothing is done again, but for payments by QR code, where keys are overlooked.
        """
        self._catch_up()
        if key and payment.source != BY_QR and key in payment.cancels:
            return
        back = 0
        if payment.status in {"NEW", "FORM_SHOWED", "AUTH_FAIL"}:
            self._become(payment, "CANCELED")  # whatever the amount
        elif payment.status in HELD:
            payment.held -= self._checked(amount, payment.held)
            self._become(payment, "PARTIAL_REVERSED" if payment.held else "REVERSED")
        elif payment.status in PAID:
            back = self._checked(amount, payment.left)
            self._refund(payment, back)
        else:
            raise TBankError(_WRONG_STATUS, "Неверный статус транзакции")
        if key:
            payment.cancels[key] = back

    def undo_refund(self, payment: TBankPayment, amount: int) -> None:
        """The bank takes a refund back and tells nobody: there was no money on the merchant's account."""
        payment.refunded -= amount
        payment.status = "PARTIAL_REFUNDED" if payment.refunded else "CONFIRMED"

    def clear(self) -> None:
        """Forget all."""
        self._payments.clear()
        self.lateness.clear()

    def _refund(self, payment: TBankPayment, amount: int) -> None:
        def arrive() -> None:
            payment.refunded += amount
            self._become(payment, "PARTIAL_REFUNDED" if payment.left else "REFUNDED")

        if payment.source == BY_QR and self._asynchronous_seconds:
            payment.status = "ASYNC_REFUNDING"
            self.lateness.later(self._asynchronous_seconds, arrive)
        else:
            arrive()

    def _checked(self, amount: int | None, most: int) -> int:
        if amount is None:
            return most
        if not 0 < amount <= most:
            raise TBankError(_BAD_AMOUNT, "Неверная сумма")
        return amount

    def _require_unpaid(self, payment: TBankPayment) -> None:
        self._catch_up()
        if payment.status not in UNPAID:
            raise TBankError(_WRONG_STATUS, "Неверный статус транзакции")

    def _become(self, payment: TBankPayment, status: str) -> None:
        payment.status = status
        self.told(payment)

    def _catch_up(self) -> None:
        self.lateness.catch_up()
        now = self._clock.now()
        for payment in self._payments.values():
            if payment.status in UNPAID and now >= payment.expires_at:
                self._become(payment, "DEADLINE_EXPIRED")


def pay(book: PaymentBook, payment: TBankPayment, outcome: str, *, pan: str = CARD) -> None:
    """Do what the payer does by a card of that number.

    `approve`, `challenge` (goes to his bank's page), `fail` (may try again), `decline`.

    Raises:
        TBankError: it can't be paid any more.
        ValueError: no such outcome.
    """
    payment.pan = pan
    match outcome:
        case "approve":
            book.pay(payment)
        case "challenge":
            book.challenge(payment)
        case "fail":
            book.fail(payment)
        case "decline":
            book.fail(payment, last=True)
        case _:
            raise ValueError(f"a payer doesn't {outcome}")


def operate(book: PaymentBook, payment: TBankPayment, action: str, amount: int = 0) -> None:
    """Do what somebody does in the cabinet (`refund`, `deposit`, `reverse`), or the bank (`undo_refund`).

    Raises:
        TBankError: its state forbids it.
        ValueError: no such action.
    """
    match action:
        case "refund":
            book.cancel(payment, amount or None)
        case "reverse":
            book.cancel(payment, None)
        case "deposit":
            book.confirm(payment, amount or None)
        case "undo_refund":
            book.undo_refund(payment, amount)
        case _:
            raise ValueError(f"an operator doesn't {action}")


def snapshot(payment: TBankPayment) -> TBankPayment:
    """A copy that later changes leave alone."""
    return copy.deepcopy(payment)


def due(told: datetime | None, now: datetime, *, session_seconds: float) -> datetime:
    """Until when a payment may be paid.

    Raises:
        TBankError: that is nearer than a minute or farther than 90 days.
    """
    if told is None:
        return now + timedelta(seconds=session_seconds)
    if not timedelta(seconds=55) <= told - now <= timedelta(days=90, seconds=5):
        raise TBankError(12, "Неверный параметр RedirectDueDate")
    return told
