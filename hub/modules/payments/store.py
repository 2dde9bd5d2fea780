"""The module's tables and queries: payments, and what is done to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    RowMapping,
    String,
    Table,
    Text,
    bindparam,
    literal_column,
    or_,
    select,
    update,
)

from hub.core.crypto import KeyRing, SealedColumn
from hub.modules.payments.operations import OPEN_STATES, OperationKind, OperationState
from hub.modules.payments.states import PaymentState
from hub.storage.owned import newest_first
from hub.storage.prepared import Row, inserting, prepared
from hub.storage.types import EncryptedBytes, UtcTime

metadata = MetaData()

payments = Table(
    "payments_payments",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("owner", String(128), nullable=False),
    Column("business_reference", String(64), nullable=False),
    Column("account", String(64), nullable=False),
    Column("provider", String(64), nullable=False),
    Column("state", String(32), nullable=False),
    Column("review_reason", String(32), nullable=False),
    Column("minor_units", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("two_stage", Boolean, nullable=False),
    Column("method", String(16), nullable=False),
    Column("marker", String(32), nullable=False),
    Column("order_json", EncryptedBytes, nullable=True),
    Column("vendor_references", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("vendor_reference", String(64), nullable=False, unique=True),
    Column("sent_time", UtcTime, nullable=True),
    Column("is_sealing", Boolean, nullable=False),
    Column("vendor_id", String(128), nullable=False),
    Column("vendor_status", String(128), nullable=False),
    Column("decline_code", String(64), nullable=False),
    Column("refusal_code", String(64), nullable=False),
    Column("unsent_reason", String(64), nullable=False),
    Column("job_id", String(64), nullable=False),
    Column("payment_url", Text, nullable=False),
    Column("sbp_payload", Text, nullable=False),
    Column("held", BigInteger, nullable=False),
    Column("captured", BigInteger, nullable=False),
    Column("refunded", BigInteger, nullable=False),
    Column("reserved", BigInteger, nullable=False),
    Column("most_refunded", BigInteger, nullable=False, server_default="0"),
    Column("was_held", Boolean, nullable=False),
    Column("cancel_asked", Boolean, nullable=False),
    Column("observe_time", UtcTime, nullable=True),
    Column("expire_time", UtcTime, nullable=True),
    Column("capture_before_time", UtcTime, nullable=True),
    Column("traceparent", String(64), nullable=False),
    Column("create_time", UtcTime, nullable=False),
    Column("update_time", UtcTime, nullable=False),
    # Ours alone: what the acquirer reports as refunded is observed, and may be anything.
    CheckConstraint("reserved >= 0 AND reserved <= captured", name="reserved_within_captured"),
    CheckConstraint("minor_units > 0", name="amount_is_positive"),
    Index("payments_payments_by_owner", "owner", "create_time", "id"),
    Index("payments_payments_by_state", "state"),
    Index("payments_payments_by_vendor_id", "vendor_id"),
    Index("payments_payments_by_reference", "owner", "business_reference"),
    Index("payments_payments_by_account", "account", "create_time", "id"),
)

operations = Table(
    "payments_operations",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("payment_id", String(64), ForeignKey("payments_payments.id"), nullable=False),
    Column("owner", String(128), nullable=False),
    Column("business_reference", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("state", String(32), nullable=False),
    Column("minor_units", BigInteger, nullable=False),
    Column("vendor_reference", String(64), nullable=False, unique=True),
    Column("sent_time", UtcTime, nullable=True),
    Column("held_before", BigInteger, nullable=False),
    Column("refunded_before", BigInteger, nullable=False),
    Column("balance_before", BigInteger, nullable=True),
    Column("refusal_code", String(64), nullable=False),
    Column("unsent_reason", String(64), nullable=False),
    Column("job_id", String(64), nullable=False),
    Column("reason", EncryptedBytes, nullable=True),
    Column("traceparent", String(64), nullable=False),
    Column("create_time", UtcTime, nullable=False),
    Column("update_time", UtcTime, nullable=False),
    CheckConstraint("minor_units >= 0", name="amount_is_not_negative"),
)

# One operation in doubt at a time: of two, nobody could say which one an amount shows.
Index(
    "payments_operations_one_open",
    operations.c.payment_id,
    unique=True,
    sqlite_where=operations.c.state.in_(OPEN_STATES),
    postgresql_where=operations.c.state.in_(OPEN_STATES),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRow:
    """A payment as it is stored: times UTC, amounts minor units, `vendor_references` joined by blanks.

    `unsent_reason`: nothing was sent, its caller was told so by this reason, and no job works on it. `is_sealing`: the
    order of this attempt is being declined, since where to pay it is lost. `order_json`: what has to be sent (again).
    """

    id: str
    owner: str
    business_reference: str
    account: str
    provider: str
    state: str
    minor_units: int
    currency: str
    two_stage: bool
    method: str
    marker: str
    vendor_references: str
    vendor_reference: str
    create_time: datetime
    update_time: datetime
    job_id: str
    version: int = 1
    attempt: int = 1
    review_reason: str = ""
    order_json: bytes | None = field(default=None, repr=False)
    sent_time: datetime | None = None
    is_sealing: bool = False
    vendor_id: str = ""
    vendor_status: str = ""
    decline_code: str = ""
    refusal_code: str = ""
    unsent_reason: str = ""
    payment_url: str = field(default="", repr=False)
    sbp_payload: str = field(default="", repr=False)
    held: int = 0
    captured: int = 0
    refunded: int = 0
    reserved: int = 0
    most_refunded: int = 0
    was_held: bool = False
    cancel_asked: bool = False
    observe_time: datetime | None = None
    expire_time: datetime | None = None
    capture_before_time: datetime | None = None
    traceparent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationRow:
    """Something done to a payment. `held_before` and its like: as seen just before it was sent.

    `minor_units` is 0 for a capture of all until that is known; of a cancellation, what went back of a captured hold.
    """

    id: str
    payment_id: str
    owner: str
    business_reference: str
    kind: str
    state: str
    minor_units: int
    vendor_reference: str
    create_time: datetime
    update_time: datetime
    job_id: str
    sent_time: datetime | None = None
    held_before: int = 0
    refunded_before: int = 0
    balance_before: int | None = None
    refusal_code: str = ""
    unsent_reason: str = ""
    reason: str = field(default="", repr=False)
    traceparent: str = ""


class StaleVersionError(Exception):
    """The payment changed since it was read: what was concluded from it may be old. Read it again."""


_PAYMENT_COLUMNS = tuple(item.name for item in fields(PaymentRow))
_OPERATION_COLUMNS = tuple(item.name for item in fields(OperationRow))
_FIXED = frozenset(
    {
        "id",
        "owner",
        "business_reference",
        "account",
        "provider",
        "minor_units",
        "currency",
        "two_stage",
        "method",
        "marker",
        "vendor_references",
        "traceparent",
        "create_time",
    }
)
_CHANGING = tuple(name for name in _PAYMENT_COLUMNS if name not in _FIXED | {"version"})

# Each payment passes these once or more.
_PAYMENT = payments.c.id == bindparam("row")
_INSERT = inserting(payments)
_ONE = prepared(select(payments).where(_PAYMENT))
_WRITE = prepared(
    update(payments)
    .where(_PAYMENT, payments.c.version == bindparam("was"))
    .values({"version": bindparam("is_now"), **{name: bindparam(f"to_{name}") for name in _CHANGING}})
)
_MARK_SENT = prepared(
    update(payments)
    .where(_PAYMENT, or_(payments.c.state == bindparam("new"), payments.c.state == bindparam("unknown")))
    .values({name: bindparam(f"to_{name}") for name in ("attempt", "vendor_reference", "is_sealing", "sent_time")})
)
# The states stand in the text: only then does SQLite see that the index of open operations answers it.
_OPEN_OPERATION = prepared(
    select(operations).where(
        operations.c.payment_id == bindparam("of"),
        operations.c.state.in_([literal_column(f"'{state}'") for state in OPEN_STATES]),
    )
)
_ONE_OPERATION = prepared(select(operations).where(operations.c.id == bindparam("row")))
_INSERT_OPERATION = inserting(operations)


class PaymentsStore:
    """Reads and writes within a given transaction; personal data is sealed here and nowhere else."""

    def __init__(self, *, ring: KeyRing) -> None:
        self._order = SealedColumn(ring=ring, table="payments_payments", column="order_json")
        self._reason = SealedColumn(ring=ring, table="payments_operations", column="reason")

    def add_payment(self, conn: Connection, row: PaymentRow) -> None:
        """Insert a new payment."""
        values: dict[str, object] = {name: getattr(row, name) for name in _PAYMENT_COLUMNS}
        _INSERT.run(conn, values | {"order_json": self._sealed_order(row)})

    def update_payment(self, conn: Connection, row: PaymentRow) -> PaymentRow:
        """Write a payment read before, unless it changed in between; what was asked for never changes.

        Returns:
            It as it would be read now.

        Raises:
            StaleVersionError: it did.
        """
        values: dict[str, object] = {f"to_{name}": getattr(row, name) for name in _CHANGING}
        keys = {"row": row.id, "was": row.version, "is_now": row.version + 1}
        if _WRITE.run(conn, values | keys | {"to_order_json": self._sealed_order(row)}) != 1:
            raise StaleVersionError
        return replace(row, version=row.version + 1)

    def get_payment(self, conn: Connection, payment_id: str) -> PaymentRow | None:
        """Return a payment whoever owns it."""
        found = _ONE.first(conn, {"row": payment_id})
        return None if found is None else self._payment(found._asdict())

    def find_payment(
        self, conn: Connection, *, account: str, reference: str = "", vendor_id: str = ""
    ) -> PaymentRow | None:
        """Return an account's payment by our number of its order, else by the acquirer's id, whoever owns it."""
        for column, value in ((payments.c.vendor_reference, reference), (payments.c.vendor_id, vendor_id)):
            if value:
                query = select(payments).where(column == value, payments.c.account == account)
                found = conn.execute(query.limit(1)).mappings().first()
                if found is not None:
                    return self._payment(found)
        return None

    def list_payments(
        self,
        conn: Connection,
        *,
        owner: str,
        business_reference: str = "",
        states: Sequence[str] = (),
        before: tuple[datetime, str] | None = None,
        limit: int,
    ) -> list[PaymentRow]:
        """Return an owner's payments, newest first; `before` is the last one of the page before."""
        query = newest_first(
            payments, owner=owner, business_reference=business_reference, states=states, before=before, limit=limit
        )
        return [self._payment(found) for found in conn.execute(query).mappings()]

    def mark_payment_sent(self, conn: Connection, row: PaymentRow, *, now: datetime) -> None:
        """Note just before it leaves that the order of the row's attempt may have been sent, or is being declined.

        Raises:
            StaleVersionError: its outcome is known meanwhile: a person settled it, and nothing may leave any more.
        """
        values: dict[str, object] = {
            "row": row.id,
            "new": PaymentState.PENDING,
            "unknown": PaymentState.OUTCOME_UNKNOWN,
            "to_attempt": row.attempt,
            "to_vendor_reference": row.vendor_reference,
            "to_is_sealing": row.is_sealing,
            "to_sent_time": now,
        }
        if _MARK_SENT.run(conn, values) != 1:
            raise StaleVersionError

    def mark_observed(self, conn: Connection, payment_id: str, *, ask_time: datetime) -> None:
        """Note that the acquirer, asked then, told nothing new. It changes nothing that others may have read."""
        is_older = (payments.c.observe_time < ask_time) | payments.c.observe_time.is_(None)
        statement = update(payments).where(payments.c.id == payment_id, is_older)
        conn.execute(statement.values(observe_time=ask_time))

    def mark_cancel_asked(self, conn: Connection, payment_id: str) -> None:
        """Note that an end of the payment from now on may be our own doing."""
        conn.execute(update(payments).where(payments.c.id == payment_id).values(cancel_asked=True))

    def list_where(self, conn: Connection, condition: ColumnElement[bool], *, limit: int) -> list[PaymentRow]:
        """Return payments that meet a condition on `payments`, oldest first, whoever owns them."""
        query = select(payments).where(condition).order_by(payments.c.create_time).limit(limit)
        return [self._payment(found) for found in conn.execute(query).mappings()]

    def add_operation(self, conn: Connection, row: OperationRow) -> None:
        """Insert a new operation; its payment must have no other open one."""
        _INSERT_OPERATION.run(conn, self._operation_values(row))

    def update_operation(self, conn: Connection, row: OperationRow) -> None:
        """Write an operation. It changes only in transactions that also write its payment."""
        values = self._operation_values(row)
        conn.execute(update(operations).where(operations.c.id == row.id).values(values))

    def get_operation(self, conn: Connection, operation_id: str) -> OperationRow | None:
        """Return an operation whoever owns it."""
        return self._operation(_ONE_OPERATION.first(conn, {"row": operation_id}))

    def get_open_operation(self, conn: Connection, payment_id: str) -> OperationRow | None:
        """Return the one operation of a payment that is open, if there is one."""
        return self._operation(_OPEN_OPERATION.first(conn, {"of": payment_id}))

    def done_capture(self, conn: Connection, payment_id: str) -> int:
        """Return how much was captured, as operations of ours tell: one that took it, or gave it back; else 0."""
        query = select(operations.c.minor_units).where(
            operations.c.payment_id == payment_id,
            operations.c.kind != OperationKind.REFUND.value,
            operations.c.state == OperationState.DONE.value,
        )
        return max(conn.execute(query).scalars(), default=0)

    def newest_operation_time(self, conn: Connection, payment_id: str) -> datetime | None:
        """Return when an operation of a payment last changed; None if it has none."""
        query = select(operations.c.update_time).where(operations.c.payment_id == payment_id)
        newest: datetime | None = conn.execute(query.order_by(operations.c.update_time.desc()).limit(1)).scalar()
        return newest

    def _operation(self, found: Row | None) -> OperationRow | None:
        if found is None:
            return None
        values: dict[str, Any] = {name: getattr(found, name) for name in _OPERATION_COLUMNS}
        reason = values["reason"]
        values["reason"] = "" if reason is None else self._reason.open(values["id"], reason).decode()
        return OperationRow(**values)

    def _sealed_order(self, row: PaymentRow) -> bytes | None:
        return None if row.order_json is None else self._order.seal(row.id, row.order_json)

    def _payment(self, found: Mapping[str, Any] | RowMapping) -> PaymentRow:
        values: dict[str, Any] = {name: found[name] for name in _PAYMENT_COLUMNS}
        order = values["order_json"]
        values["order_json"] = None if order is None else self._order.open(values["id"], order)
        return PaymentRow(**values)

    def _operation_values(self, row: OperationRow) -> dict[str, object]:
        values: dict[str, object] = {name: getattr(row, name) for name in _OPERATION_COLUMNS}
        values["reason"] = self._reason.seal(row.id, row.reason.encode()) if row.reason else None
        return values
