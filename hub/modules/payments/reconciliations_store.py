"""The tables and queries of reconciliations: one a day and account, and the differences that were found."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    RowMapping,
    String,
    Table,
    Text,
    and_,
    or_,
    select,
    update,
)

from hub.modules.payments.comparing import MismatchKind, Side
from hub.modules.payments.store import metadata, payments
from hub.storage.inserts import insert_new
from hub.storage.types import UtcTime

reconciliations = Table(
    "payments_reconciliations",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("account", String(64), nullable=False),
    Column("day", String(10), nullable=False),
    Column("provider", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("method", String(32), nullable=False),
    Column("failure_reason", String(64), nullable=False),
    Column("run", Integer, nullable=False),
    Column("compared", BigInteger, nullable=False),
    Column("unsettled", BigInteger, nullable=False),
    Column("unreadable", BigInteger, nullable=False),
    Column("start_time", UtcTime, nullable=False),
    Column("complete_time", UtcTime, nullable=True),
    Column("create_time", UtcTime, nullable=False),
    Index("payments_reconciliations_by_day", "day", "id"),
)

mismatches = Table(
    "payments_mismatches",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("reconciliation_id", String(80), ForeignKey("payments_reconciliations.id"), nullable=False),
    Column("key", String(192), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("payment_id", String(64), nullable=False),
    Column("owner", String(128), nullable=False),
    Column("business_reference", String(64), nullable=False),
    Column("vendor_reference", String(128), nullable=False),
    Column("vendor_id", String(128), nullable=False),
    Column("ours", Text, nullable=False),
    Column("theirs", Text, nullable=False),
    Column("is_marked", Boolean, nullable=False),
    Column("run", Integer, nullable=False),
    Column("create_time", UtcTime, nullable=False),
    Index("payments_mismatches_once", "reconciliation_id", "key", unique=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationRow:
    """A day of an account. `run` counts how often it was compared; counts are those of the last run that ended."""

    id: str
    account: str
    day: str
    provider: str
    state: str
    start_time: datetime
    create_time: datetime
    method: str = ""
    failure_reason: str = ""
    run: int = 1
    compared: int = 0
    unsettled: int = 0
    unreadable: int = 0
    complete_time: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MismatchRow:
    """A difference. `key` tells it from the day's others; `run` last saw it; `owner` is empty if it is nobody's."""

    id: str
    reconciliation_id: str
    key: str
    kind: MismatchKind
    payment_id: str
    owner: str
    business_reference: str
    vendor_reference: str
    vendor_id: str
    ours: Side | None
    theirs: Side | None
    is_marked: bool
    run: int
    create_time: datetime


_COLUMNS = tuple(item.name for item in fields(ReconciliationRow))
_MISMATCH_COLUMNS = tuple(item.name for item in fields(MismatchRow))


class ReconciliationsStore:
    """Reads and writes within a given transaction."""

    def add(self, conn: Connection, row: ReconciliationRow) -> bool:
        """Insert a reconciliation unless its day has one; True if it was inserted."""
        return insert_new(conn, reconciliations, _values(row))

    def update(self, conn: Connection, row: ReconciliationRow) -> None:
        """Write a reconciliation."""
        conn.execute(update(reconciliations).where(reconciliations.c.id == row.id).values(_values(row)))

    def get(self, conn: Connection, reconciliation_id: str) -> ReconciliationRow | None:
        """Return a reconciliation."""
        query = select(reconciliations).where(reconciliations.c.id == reconciliation_id)
        return _row(conn.execute(query).mappings().first())

    def lock(self, conn: Connection, reconciliation_id: str) -> ReconciliationRow | None:
        """Return a reconciliation, and keep it from others until the transaction ends."""
        query = select(reconciliations).where(reconciliations.c.id == reconciliation_id).with_for_update()
        return _row(conn.execute(query).mappings().first())

    def list_of(
        self, conn: Connection, *, accounts: Collection[str], before: tuple[str, str] | None, limit: int
    ) -> list[ReconciliationRow]:
        """Return the reconciliations of accounts, the latest day first; `before`: (day, id) of the last one before."""
        columns = reconciliations.c
        query = select(reconciliations).where(columns.account.in_(accounts))
        if before is not None:
            day, row_id = before
            query = query.where(or_(columns.day < day, and_(columns.day == day, columns.id < row_id)))
        query = query.order_by(columns.day.desc(), columns.id.desc()).limit(limit)
        return [
            ReconciliationRow(**{name: found[name] for name in _COLUMNS}) for found in conn.execute(query).mappings()
        ]

    def take_mismatch(self, conn: Connection, row: MismatchRow) -> bool:
        """Keep a difference; True if the day has not had it yet, so that it has to be told."""
        values: dict[str, Any] = {name: getattr(row, name) for name in _MISMATCH_COLUMNS}
        values |= {"ours": row.ours.to_json() if row.ours else "", "theirs": row.theirs.to_json() if row.theirs else ""}
        if insert_new(conn, mismatches, values):
            return True
        its_own = (mismatches.c.reconciliation_id == row.reconciliation_id, mismatches.c.key == row.key)
        conn.execute(
            update(mismatches).where(*its_own).values(run=row.run, ours=values["ours"], theirs=values["theirs"])
        )
        return False

    def mismatches_of(
        self, conn: Connection, reconciliation_id: str, *, owners: Collection[str] | None, limit: int
    ) -> list[MismatchRow]:
        """Return the differences of a day, oldest first; `owners` of None: whoever's."""
        query = select(mismatches).where(mismatches.c.reconciliation_id == reconciliation_id)
        if owners is not None:
            query = query.where(mismatches.c.owner.in_(owners))
        query = query.order_by(mismatches.c.create_time, mismatches.c.id).limit(limit)
        return [_mismatch(found) for found in conn.execute(query).mappings()]

    def first_payment_time(self, conn: Connection, account: str) -> datetime | None:
        """Return when the first payment was made into an account."""
        query = select(payments.c.create_time).where(payments.c.account == account)
        found: datetime | None = conn.scalar(query.order_by(payments.c.create_time).limit(1))
        return found

    def payment_ids(
        self,
        conn: Connection,
        account: str,
        *,
        since: datetime,
        until: datetime,
        after: tuple[datetime, str] | None,
        limit: int,
    ) -> Sequence[tuple[datetime, str, str]]:
        """Return (create_time, id, vendor_reference) of an account's payments of a time, oldest first."""
        columns = payments.c
        query = select(columns.create_time, columns.id, columns.vendor_reference).where(
            columns.account == account, columns.create_time >= since, columns.create_time < until
        )
        if after is not None:
            time, row_id = after
            query = query.where(or_(columns.create_time > time, and_(columns.create_time == time, columns.id > row_id)))
        query = query.order_by(columns.create_time, columns.id).limit(limit)
        return [(found.create_time, found.id, found.vendor_reference) for found in conn.execute(query)]

    def ids_by_reference(self, conn: Connection, account: str, references: Collection[str]) -> dict[str, str]:
        """Return the payments whose present order has one of these numbers, by the number."""
        columns = payments.c
        query = select(columns.vendor_reference, columns.id).where(
            columns.vendor_reference.in_(references), columns.account == account
        )
        return {found.vendor_reference: found.id for found in conn.execute(query)}

    def ids_by_earlier_attempt(
        self, conn: Connection, account: str, *, since: datetime, until: datetime
    ) -> dict[str, str]:
        """Return the payments of a time that were opened anew, by the numbers of their attempts."""
        columns = payments.c
        query = select(columns.vendor_references, columns.id).where(
            columns.account == account, columns.create_time >= since, columns.create_time < until, columns.attempt > 1
        )
        return {number: found.id for found in conn.execute(query) for number in found.vendor_references.split()}


def _values(row: ReconciliationRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _COLUMNS}


def _row(found: RowMapping | None) -> ReconciliationRow | None:
    return None if found is None else ReconciliationRow(**{name: found[name] for name in _COLUMNS})


def _mismatch(found: RowMapping) -> MismatchRow:
    values: dict[str, Any] = {name: found[name] for name in _MISMATCH_COLUMNS}
    values["kind"] = MismatchKind(values["kind"])
    for side in ("ours", "theirs"):
        values[side] = Side.from_json(values[side]) if values[side] else None
    return MismatchRow(**values)
