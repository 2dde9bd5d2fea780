"""Compares one day of one account with its acquirer: only reads, nothing is written or told here.

By the acquirer's own list where it has one: each order on it against our payment of its number. What of ours is not on
the list is asked for alone, as all of it is where the acquirer can't list.
"""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from hub.core.clock import Clock
from hub.core.database import Database
from hub.core.errors import HubError
from hub.modules.payments.accounts import Account
from hub.modules.payments.comparing import MismatchKind, compare, compare_given_up, same_order
from hub.modules.payments.day import Day
from hub.modules.payments.ledger import observed
from hub.modules.payments.observation import Observation, Standing
from hub.modules.payments.port import OrderNotFoundError, PaymentsPort
from hub.modules.payments.reconciliations_store import ReconciliationsStore
from hub.modules.payments.states import PaymentState
from hub.modules.payments.store import PaymentRow, PaymentsStore

MOST_PAGES = 5_000
"""Of an acquirer's list; a list that goes on beyond them repeats itself."""
_OURS_AT_ONCE = 500
_ATTEMPTS_LAST = timedelta(days=7)
"""How long after a payment was asked for its order may have been opened anew."""
_UNSETTLED = frozenset({PaymentState.OUTCOME_UNKNOWN, PaymentState.NEEDS_REVIEW})


class Method(StrEnum):
    """How a day was compared; the words are the contract's."""

    LIST = "LIST"
    ORDER_BY_ORDER = "ORDER_BY_ORDER"


class ListTooLongError(Exception):
    """The acquirer's list has no end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A difference as it was found: either side may be missing. `ask_time`: when the acquirer was asked."""

    kind: MismatchKind
    payment: PaymentRow | None
    seen: Observation | None
    ask_time: datetime
    is_given_up: bool = False


@dataclass(slots=True, kw_only=True)
class Comparison:
    """What came of a day.

    Attributes:
        caught_up: What the hub would have asked for soon, and only learned here.
        listed, listed_ids: Our numbers, and the acquirer's ids, of the orders on its list.
    """

    method: Method = Method.LIST
    compared: int = 0
    unsettled: int = 0
    unreadable: int = 0
    differences: list[Difference] = field(default_factory=list)
    caught_up: list[Difference] = field(default_factory=list)
    listed: set[str] = field(default_factory=set)
    listed_ids: set[str] = field(default_factory=set)


class DayComparer:
    """Compares days."""

    def __init__(
        self,
        *,
        store: PaymentsStore,
        reconciliations: ReconciliationsStore,
        database: Database,
        clock: Clock,
        is_followed: Callable[[PaymentRow], bool],
    ) -> None:
        """`is_followed`: whether a payment is asked for from time to time anyway."""
        self._store = store
        self._reconciliations = reconciliations
        self._database = database
        self._clock = clock
        self._is_followed = is_followed

    async def compare(self, account: Account, day: Day) -> Comparison:
        """Compare a day.

        Raises:
            HubError: the acquirer doesn't answer; begin anew later.
            ListTooLongError: its list has no end.
        """
        found = Comparison()
        if not await self._compare_list(account, day, found):
            found.method = Method.ORDER_BY_ORDER
        async for payment_id, reference in self._ours(account, day):
            if reference not in found.listed:
                await self._compare_alone(account.port, payment_id, found)
        return found

    async def _compare_list(self, account: Account, day: Day, found: Comparison) -> bool:
        """Compare what the acquirer lists; False if it can't list."""
        page = ""
        for _ in range(MOST_PAGES):
            ask_time = self._clock.now()
            listed = await account.port.list_orders(day.begins, day.ends, page=page)
            if listed is None:
                return False
            found.unreadable += listed.unreadable
            # An order may come twice, if the list grew while it was read; one of others may have no number at all.
            orders = {seen.vendor_id: seen for seen in listed.orders if seen.vendor_id not in found.listed_ids}
            found.listed_ids |= orders.keys()
            references = {seen.reference for seen in orders.values()}
            found.listed |= references
            known = await self._payments_of(account, day, references)
            for seen in orders.values():
                await self._compare_listed(account, known.get(seen.reference), seen, ask_time, found)
            page = listed.next_page
            if not page:
                return True
        raise ListTooLongError

    async def _payments_of(self, account: Account, day: Day, references: set[str]) -> dict[str, str]:
        def read(conn: Connection) -> dict[str, str]:
            known = self._reconciliations.ids_by_reference(conn, account.name, references)
            if references <= known.keys():
                return known
            earlier = self._reconciliations.ids_by_earlier_attempt(
                conn, account.name, since=day.begins - _ATTEMPTS_LAST, until=day.ends
            )
            return {number: earlier[number] for number in references & earlier.keys()} | known

        return await self._database.read(read)

    async def _compare_listed(
        self, account: Account, payment_id: str | None, seen: Observation, ask_time: datetime, found: Comparison
    ) -> None:
        if payment_id is None:
            if seen.marker or not account.is_shared:
                found.compared += 1
                found.differences.append(
                    Difference(kind=MismatchKind.UNKNOWN_TO_US, payment=None, seen=seen, ask_time=ask_time)
                )
            return
        row, is_settled = await self._read(payment_id)
        if row.vendor_reference != seen.reference or row.vendor_id not in {"", seen.vendor_id}:
            # An earlier attempt's order, or a second one under our number, where numbers may be used twice.
            found.compared += 1
            kind = compare_given_up(seen)
            if kind is not None:
                found.differences.append(
                    Difference(kind=kind, payment=row, seen=seen, ask_time=ask_time, is_given_up=True)
                )
        elif not is_settled or seen.standing is Standing.CHANGING:
            found.unsettled += 1
        elif compare(row, seen) is None:
            found.compared += 1
        else:
            # Lists may be older, and tell less, than an answer about one order.
            await self._compare_alone(account.port, payment_id, found, vendor_id=seen.vendor_id)

    async def _compare_alone(
        self, port: PaymentsPort, payment_id: str, found: Comparison, *, vendor_id: str = ""
    ) -> None:
        row, is_settled = await self._read(payment_id)
        vendor_id = vendor_id or row.vendor_id
        if not is_settled:
            found.unsettled += 1
            return
        if not vendor_id:
            return  # it never came to an order, as far as we know, and the acquirer lists none of its number
        ask_time = self._clock.now()
        try:
            seen = await port.get(vendor_id)
        except OrderNotFoundError:
            if ask_time - row.create_time < port.capabilities.visibility_window:
                found.unsettled += 1
                return
            kind = MismatchKind.UNKNOWN_TO_VENDOR
            found.compared += 1
            found.differences.append(Difference(kind=kind, payment=row, seen=None, ask_time=ask_time))
            return
        except HubError as error:
            if error.reason != "UPSTREAM_ANSWER_INVALID":
                raise
            found.unreadable += 1  # one order that nobody can read doesn't hide the others
            return
        if seen.standing is Standing.CHANGING:
            found.unsettled += 1
            return
        found.compared += 1
        await self._judge(port, payment_id, seen, ask_time, found)

    async def _judge(
        self, port: PaymentsPort, payment_id: str, seen: Observation, ask_time: datetime, found: Comparison
    ) -> None:
        """Compare with the payment as it is now: it may have changed while the acquirer was asked."""
        row, _ = await self._read(payment_id)
        kind = compare(row, seen)
        if kind is None:
            return
        difference = Difference(kind=kind, payment=row, seen=seen, ask_time=ask_time)
        is_news = observed(row, seen, ask_time=ask_time, hold_lasts=port.capabilities.hold_lasts) != row
        if same_order(row, seen) and is_news and row.vendor_id and self._is_followed(row):
            found.caught_up.append(difference)
        else:
            found.differences.append(difference)

    async def _read(self, payment_id: str) -> tuple[PaymentRow, bool]:
        """Return a payment, and whether the hub knows what became of it and of all that was done to it."""

        def read(conn: Connection) -> tuple[PaymentRow, bool]:
            row = self._store.get_payment(conn, payment_id)
            assert row is not None, "payments are never deleted"
            is_open = self._store.get_open_operation(conn, payment_id) is not None
            return row, row.state not in _UNSETTLED and not is_open

        return await self._database.read(read)

    async def _ours(self, account: Account, day: Day) -> AsyncIterator[tuple[str, str]]:
        """Yield (id, number of the order) of the payments of the day."""
        after: tuple[datetime, str] | None = None
        while True:
            place = after
            page = await self._database.read(
                lambda conn, place=place: self._reconciliations.payment_ids(  # type: ignore[misc]
                    conn, account.name, since=day.begins, until=day.ends, after=place, limit=_OURS_AT_ONCE
                )
            )
            for _, payment_id, reference in page:
                yield payment_id, reference
            if len(page) < _OURS_AT_ONCE:
                return
            after = page[-1][:2]
