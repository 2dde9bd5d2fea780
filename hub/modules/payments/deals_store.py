"""The tables and queries of deals: what each asks for in all, and the bank transfers that belong to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Index,
    RowMapping,
    String,
    Table,
    bindparam,
    func,
    insert,
    select,
    update,
)

from hub.modules.payments.states import PaymentState, ReviewReason
from hub.modules.payments.store import metadata, payments
from hub.storage.inserts import insert_new
from hub.storage.owned import newest_first
from hub.storage.prepared import prepared
from hub.storage.types import UtcTime

deals = Table(
    "payments_deals",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("owner", String(128), nullable=False),
    Column("business_reference", String(64), nullable=False),
    Column("state", String(32), nullable=False),
    Column("minor_units", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("captured", BigInteger, nullable=False),
    Column("transferred", BigInteger, nullable=False),
    Column("paid_time", UtcTime, nullable=True),
    Column("traceparent", String(64), nullable=False),
    Column("create_time", UtcTime, nullable=False),
    Column("update_time", UtcTime, nullable=False),
    CheckConstraint("minor_units > 0", name="deal_amount_is_positive"),
    Index("payments_deals_by_reference", "owner", "business_reference", unique=True),
    Index("payments_deals_by_owner", "owner", "create_time", "id"),
)

transfers = Table(
    "payments_transfers",
    metadata,
    Column("owner", String(128), primary_key=True),
    Column("transaction_id", String(128), primary_key=True),
    Column("business_reference", String(64), nullable=False),
    Column("minor_units", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("is_matched", Boolean, nullable=False),
    Column("position", BigInteger, nullable=False),
    Index("payments_transfers_by_reference", "owner", "business_reference"),
)

_HAS_MONEY = [state.value for state in PaymentState if state.has_money and state is not PaymentState.PAID_AFTER_CANCEL]
_REFUND_IN_DOUBT = [ReviewReason.REFUND_AMBIGUOUS.value, ReviewReason.REFUND_NOT_SHOWN.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class DealRow:
    """A deal as it is stored: times UTC, amounts minor units; `captured` and `transferred` as last counted."""

    id: str
    owner: str
    business_reference: str
    state: str
    minor_units: int
    currency: str
    create_time: datetime
    update_time: datetime
    captured: int = 0
    transferred: int = 0
    paid_time: datetime | None = None
    traceparent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferRow:
    """What was last told of a transfer. `position`: of the event that told it; an older one changes nothing."""

    owner: str
    transaction_id: str
    business_reference: str
    minor_units: int
    currency: str
    is_matched: bool
    position: int


_COLUMNS = tuple(item.name for item in fields(DealRow))
_LOCK = prepared(  # passed by each change of a payment, though few have a deal
    select(deals)
    .where(deals.c.owner == bindparam("whose"), deals.c.business_reference == bindparam("of"))
    .with_for_update()
)


class DealsStore:
    """Reads and writes within a given transaction."""

    def add(self, conn: Connection, row: DealRow) -> None:
        """Insert a deal; its owner has no other one of the reference."""
        conn.execute(insert(deals).values(_values(row)))

    def update(self, conn: Connection, row: DealRow) -> None:
        """Write a deal that was locked before."""
        conn.execute(update(deals).where(deals.c.id == row.id).values(_values(row)))

    def get(self, conn: Connection, deal_id: str) -> DealRow | None:
        """Return a deal whoever owns it."""
        return _deal(conn.execute(select(deals).where(deals.c.id == deal_id)).mappings().first())

    def lock(self, conn: Connection, *, owner: str, business_reference: str) -> DealRow | None:
        """Return an owner's deal of a reference, and keep other transactions from counting it until this one ends."""
        found = _LOCK.first(conn, {"whose": owner, "of": business_reference})
        return None if found is None else _deal(found._asdict())

    def list_deals(
        self,
        conn: Connection,
        *,
        owner: str,
        business_reference: str = "",
        states: Sequence[str] = (),
        before: tuple[datetime, str] | None = None,
        limit: int,
    ) -> list[DealRow]:
        """Return an owner's deals, newest first; `before` is the last one of the page before."""
        query = newest_first(
            deals, owner=owner, business_reference=business_reference, states=states, before=before, limit=limit
        )
        return [DealRow(**{name: found[name] for name in _COLUMNS}) for found in conn.execute(query).mappings()]

    def captured(self, conn: Connection, row: DealRow) -> int:
        """Return what is there by the payments of a deal: captured, less what went back or was asked to go back."""
        columns = payments.c
        query = select(columns.captured, columns.refunded, columns.reserved).where(
            columns.owner == row.owner,
            columns.business_reference == row.business_reference,
            columns.currency == row.currency,
            columns.state.in_(_HAS_MONEY) | columns.review_reason.in_(_REFUND_IN_DOUBT),
        )
        return sum(max(0, found.captured - max(found.refunded, found.reserved)) for found in conn.execute(query))

    def transferred(self, conn: Connection, row: DealRow) -> int:
        """Return what is there by transfers."""
        query = select(func.coalesce(func.sum(transfers.c.minor_units), 0)).where(
            transfers.c.owner == row.owner,
            transfers.c.business_reference == row.business_reference,
            transfers.c.currency == row.currency,
            transfers.c.is_matched.is_(True),
        )
        return int(conn.scalar(query) or 0)

    def take_transfer(self, conn: Connection, row: TransferRow) -> str | None:
        """Keep what is told of a transfer, unless it is older than what is known.

        Returns:
            The reference it belonged to before, empty if it is new; None if nothing was changed.
        """
        values = {item.name: getattr(row, item.name) for item in fields(TransferRow)}
        if insert_new(conn, transfers, values):
            return ""
        its_own = (transfers.c.owner == row.owner, transfers.c.transaction_id == row.transaction_id)
        known = conn.execute(select(transfers).where(*its_own).with_for_update()).first()
        if known is None or known.position >= row.position:
            return None
        conn.execute(update(transfers).where(*its_own).values(values))
        return str(known.business_reference)


def _values(row: DealRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _COLUMNS}


def _deal(found: Mapping[str, Any] | RowMapping | None) -> DealRow | None:
    return None if found is None else DealRow(**{name: found[name] for name in _COLUMNS})
