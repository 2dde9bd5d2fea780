"""Whether the money of a deal is there: counted in the transaction of each payment and transfer that changes it."""

from dataclasses import replace
from enum import StrEnum

from sqlalchemy import Connection

from hub.core.database import Database
from hub.core.events import Event, Events
from hub.modules.payments.deals_store import DealRow, DealsStore, TransferRow

DEAL = "payments.Deal"
DEAL_CREATED = "payments.deal.created"
DEAL_CHANGED = "payments.deal.state_changed"


class DealState(StrEnum):
    """Whether the money is there; the words are the contract's."""

    AWAITING_MONEY = "AWAITING_MONEY"
    PAID = "PAID"


class Deals:
    """Counts what is there for deals, and tells when it is enough and when it is no more."""

    def __init__(self, *, store: DealsStore, database: Database, events: Events) -> None:
        self._store = store
        self._database = database
        self._events = events

    def recount(self, conn: Connection, *, owner: str, business_reference: str) -> None:
        """Count anew what is there for the deal of a reference, if there is one.

        The deal is locked first: of two payments that are captured at once, the second one counts both.
        """
        row = self._store.lock(conn, owner=owner, business_reference=business_reference)
        if row is not None:
            self.count(conn, row)

    def count(self, conn: Connection, row: DealRow, *, minor_units: int | None = None) -> None:
        """Count what is there for a deal that is locked, or new; `minor_units` is what it asks for from now on."""
        captured, transferred = self._store.captured(conn, row), self._store.transferred(conn, row)
        asked_for = row.minor_units if minor_units is None else minor_units
        is_there = captured + transferred >= asked_for
        now = self._database.now(conn)
        after = replace(
            row,
            minor_units=asked_for,
            state=DealState.PAID if is_there else DealState.AWAITING_MONEY,
            captured=captured,
            transferred=transferred,
            paid_time=row.paid_time or (now if is_there else None),
        )
        if after == row:
            return
        after = replace(after, update_time=now)
        self._store.update(conn, after)
        if after.state != row.state:
            self._events.append(conn, _changed(row, after))

    def take_transfer(self, conn: Connection, transfer: TransferRow) -> None:
        """Count a transfer for the deal of its reference, and no more for the one it belonged to before."""
        earlier = self._store.take_transfer(conn, transfer)
        if earlier is None:
            return
        # In a fixed order, so that two transfers that change places don't wait for each other.
        for reference in sorted({earlier, transfer.business_reference} - {""}):
            self.recount(conn, owner=transfer.owner, business_reference=reference)


def _changed(before: DealRow, after: DealRow) -> Event:
    return Event(
        type=DEAL_CHANGED,
        subject=after.id,
        owner=after.owner,
        business_reference=after.business_reference,
        data={
            "deal_id": after.id,
            "state": str(after.state),
            "previous_state": str(before.state),
            "minor_units": str(after.minor_units),
            "captured": str(after.captured),
            "transferred": str(after.transferred),
            "currency": after.currency,
        },
        traceparent=after.traceparent,
    )
