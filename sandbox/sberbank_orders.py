"""The bank's own books behind the simulated RBS gateway: orders, and the money that moves on them.

Amounts are kopecks. Statuses are the vendor's: 0 registered, 1 held, 2 paid, 3 reversed, 4 refunded, 5 at the issuer's
ACS, 6 declined.
"""

import copy
import dataclasses
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sandbox.clock import SandboxClock

REGISTERED, HELD, PAID, REVERSED, REFUNDED, AT_ACS, DECLINED = range(7)
FAILED, SUCCEEDED = 0, 1
"""Whether an operation that is told of came to something."""

EXPIRED_CODE = -2007
NOT_TRIED_CODE = -100
DECLINED_CODE = 116  # not enough money
_UNPAID = {REGISTERED, AT_ACS}


class BankError(Exception):
    """The gateway's own error: `errorCode` and its text."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class BankOperation:
    """A line of an order's history."""

    type: str
    amount: int
    time: datetime
    action_code: int = 0
    external_id: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What the payer writes on the payment page."""

    pan: str = "4111111111111111"
    holder: str = "TEST"


@dataclasses.dataclass(slots=True, kw_only=True)
class BankOrder:
    """An order, as the bank knows it."""

    number: str
    order_id: str
    amount: int
    two_stage: bool
    created_at: datetime
    expires_at: datetime
    description: str = ""
    currency: str = "643"
    return_url: str = ""
    params: Mapping[str, str] = dataclasses.field(default_factory=dict)
    status: int = REGISTERED
    action_code: int = NOT_TRIED_CODE
    approved: int = 0
    captured: int = 0
    refunded: int = 0
    was_reversal_tried: bool = False
    card: Card = Card()
    operations: list[BankOperation] = dataclasses.field(default_factory=list)

    @property
    def left(self) -> int:
        """What of the captured money did not go back."""
        return self.captured - self.refunded

    @property
    def paid_at(self) -> datetime | None:
        """When it was paid, or the money held; None if never."""
        return next((line.time for line in self.operations if not line.action_code), None)


class OrderBook:
    """All orders of one merchant. What is committed late waits for the sandbox's clock."""

    def __init__(self, *, clock: SandboxClock, make_id: Callable[[], object] = uuid.uuid4) -> None:
        """`make_id` makes the gateway's own ids of orders: UUIDs."""
        self._clock = clock
        self._make_id = make_id
        self._orders: dict[str, BankOrder] = {}
        self._by_number: dict[str, BankOrder] = {}
        self._hidden_until: dict[str, datetime] = {}
        self._shown_as: dict[str, tuple[datetime, BankOrder]] = {}
        self._late: list[tuple[datetime, Callable[[], object]]] = []
        self.told: Callable[[BankOrder, str, int], None] = lambda *_: None
        """Called with each operation on an order, in the words of callbacks, and its status there."""

    def orders(self) -> list[BankOrder]:
        """All orders, oldest first, as they truly stand."""
        self._catch_up()
        return list(self._orders.values())

    def find(self, key: str) -> BankOrder | None:
        """The order of a gateway's id or a merchant's number, as it truly stands."""
        self._catch_up()
        return self._orders.get(key) or self._by_number.get(key)

    def shown(self, key: str) -> BankOrder | None:
        """The same as status requests see it, which may lag behind."""
        order = self.find(key)
        now = self._clock.now()
        if order is None or now < self._hidden_until.get(order.order_id, now):
            return None
        until, before = self._shown_as.get(order.order_id, (now, order))
        return before if now < until else order

    def listed(self) -> list[BankOrder]:
        """All orders, oldest first, as lists show them: like status requests, they may lag behind."""
        return [shown for order in self.orders() if (shown := self.shown(order.order_id)) is not None]

    def register(self, number: str, amount: int, *, two_stage: bool, lives_seconds: int, **more: Any) -> BankOrder:
        """Open an order.

        Raises:
            BankError: the number was used before; numbers are used once, for ever.
        """
        self._catch_up()
        if number in self._by_number:
            raise BankError(1, "Заказ с таким номером уже обработан")
        now = self._clock.now()
        order = BankOrder(
            number=number,
            order_id=str(self._make_id()),
            amount=amount,
            two_stage=two_stage,
            created_at=now,
            expires_at=now + timedelta(seconds=lives_seconds),
            **more,
        )
        self._orders[order.order_id] = self._by_number[number] = order
        return order

    def pay(self, order: BankOrder, card: Card | None = None) -> None:
        """The payer's card is charged, or his money held.

        Raises:
            BankError: the order can't be paid any more.
        """
        self._catch_up()
        if order.status not in _UNPAID:
            raise BankError(7, "Заказ не может быть оплачен")
        order.action_code, order.approved, order.card = 0, order.amount, card or Card()
        if order.two_stage:
            order.status = HELD
            self._note(order, "PREAUTHORIZATION", order.amount)
            self.told(order, "approved", SUCCEEDED)
        else:
            order.status, order.captured = PAID, order.amount
            self._note(order, "AUTHORIZATION", order.amount)
            self.told(order, "deposited", SUCCEEDED)

    def challenge(self, order: BankOrder) -> None:
        """The payer is sent to his bank's ACS."""
        if order.status == REGISTERED:
            order.status = AT_ACS

    def fail(self, order: BankOrder, *, last: bool = False) -> None:
        """The payer's attempt is declined; he may try again, unless it was his last."""
        if order.status not in _UNPAID:
            raise BankError(7, "Заказ не может быть оплачен")
        order.action_code = DECLINED_CODE
        order.status = DECLINED if last else REGISTERED
        self._note(order, "AUTHORIZATION", order.amount, action_code=DECLINED_CODE)
        self.told(order, "approved" if order.two_stage else "deposited", FAILED)

    def deposit(self, order: BankOrder, amount: int) -> None:
        """Capture a hold; 0 is all of it."""
        if order.status != HELD:
            raise BankError(7, "Платёж должен быть в корректном состоянии")
        if amount > order.approved:
            raise BankError(5, "Неверная сумма")
        order.status, order.captured = PAID, amount or order.approved
        self._note(order, "COMPLETION", order.captured)
        self.told(order, "deposited", SUCCEEDED)

    def reverse(self, order: BankOrder) -> None:
        """Let a hold go, or undo a payment of the same day. One try an order."""
        if order.was_reversal_tried or order.status not in {HELD, PAID}:
            order.was_reversal_tried = True
            raise BankError(7, "Операция невозможна для текущего состояния платежа")
        order.was_reversal_tried = True
        self._note(order, "REVERSAL", order.captured or order.approved)
        order.status, order.approved, order.captured = REVERSED, 0, 0
        self.told(order, "reversed", SUCCEEDED)

    def decline(self, order: BankOrder) -> None:
        """End an order that is not paid."""
        if order.status == DECLINED:
            return
        if order.status not in _UNPAID:
            raise BankError(7, "Операция невозможна для текущего состояния платежа")
        order.status = DECLINED

    def refund(self, order: BankOrder, amount: int, *, external_id: str = "", expected: int | None = None) -> None:
        """Give money back; 0 is all of it. Of one external id it is done once."""
        earlier = [line for line in order.operations if external_id and line.external_id == external_id]
        if earlier:
            if earlier[0].amount != (amount or order.left):
                raise BankError(7, "Параметры возврата отличаются от переданных ранее")
            return
        if order.status not in {PAID, REFUNDED}:
            raise BankError(7, "Платёж должен быть в корректном состоянии")
        amount = amount or order.left
        if amount > order.left or not amount:
            raise BankError(7, "Сумма возврата превышает сумму списания")
        if expected is not None and expected != order.left:
            raise BankError(7, "Сумма заказа изменилась")
        order.status = REFUNDED
        order.refunded += amount
        self._note(order, "REFUND", amount, external_id=external_id)
        self.told(order, "refunded", SUCCEEDED)

    def undo_refund(self, order: BankOrder, amount: int) -> None:
        """The bank takes a refund back: there was no money on the merchant's account."""
        order.refunded -= amount
        order.status = REFUNDED if order.refunded else PAID

    def later(self, seconds: float, work: Callable[[], object]) -> None:
        """Have work done only then, though its caller gave up long before."""
        self._late.append((self._clock.now() + timedelta(seconds=seconds), work))

    def hide(self, order: BankOrder, seconds: float) -> None:
        """Let status requests know of an order only later."""
        self._hidden_until[order.order_id] = self._clock.now() + timedelta(seconds=seconds)

    def show_as_before(self, before: BankOrder, seconds: float) -> None:
        """Let status requests see an order as it was (a copy of it) for a while."""
        self._shown_as[before.order_id] = self._clock.now() + timedelta(seconds=seconds), before

    def clear(self) -> None:
        """Forget all."""
        for part in (self._orders, self._by_number, self._hidden_until, self._shown_as, self._late):
            part.clear()

    def _catch_up(self) -> None:
        now = self._clock.now()
        due = [work for time, work in self._late if time <= now]
        self._late = [(time, work) for time, work in self._late if time > now]
        for work in due:
            work()
        for order in self._orders.values():
            if order.status in _UNPAID and now >= order.expires_at:
                order.status, order.action_code = DECLINED, EXPIRED_CODE
                self.told(order, "declinedByTimeout", SUCCEEDED)

    def _note(self, order: BankOrder, kind: str, amount: int, *, action_code: int = 0, external_id: str = "") -> None:
        line = BankOperation(
            type=kind, amount=amount, time=self._clock.now(), action_code=action_code, external_id=external_id
        )
        order.operations.append(line)


def snapshot(order: BankOrder) -> BankOrder:
    """A copy that later changes leave alone."""
    return copy.deepcopy(order)
