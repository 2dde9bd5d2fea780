"""The module's tables and queries: registrations, additions of documents, and what must be sent again, encrypted."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    RowMapping,
    String,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)

from hub.core.crypto import KeyRing, SealedColumn
from hub.storage.owned import newest_first
from hub.storage.types import EncryptedBytes, UtcTime

metadata = MetaData()

registrations = Table(
    "rosreestr_registrations",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("owner", String(128), nullable=False),
    Column("business_reference", String(64), nullable=False),
    Column("state", String(32), nullable=False),
    Column("provider", String(64), nullable=False),
    Column("vendor_reference", String(64), nullable=False, unique=True),
    Column("vendor_id", String(128), nullable=False),
    Column("vendor_status", String(128), nullable=False),
    Column("refusal_code", String(64), nullable=False),
    Column("status_reason", EncryptedBytes, nullable=True),
    Column("status_time", UtcTime, nullable=True),
    Column("suspended_until", UtcTime, nullable=True),
    Column("duty_uin", String(64), nullable=False),
    Column("duty_minor_units", BigInteger, nullable=False),
    Column("registration_number", String(128), nullable=False),
    Column("cadastral_numbers", Text, nullable=False),
    Column("contract_number", String(64), nullable=False),
    Column("document_count", Integer, nullable=False),
    Column("transfer", EncryptedBytes, nullable=True),
    Column("traceparent", String(64), nullable=False),
    Column("create_time", UtcTime, nullable=False),
    Column("update_time", UtcTime, nullable=False),
    Index("rosreestr_registrations_by_owner", "owner", "create_time", "id"),
    Index("rosreestr_registrations_by_state", "state"),
)

additions = Table(
    "rosreestr_document_additions",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("registration_id", String(64), ForeignKey("rosreestr_registrations.id"), nullable=False),
    Column("owner", String(128), nullable=False),
    Column("business_reference", String(64), nullable=False),
    Column("state", String(32), nullable=False),
    Column("vendor_reference", String(64), nullable=False, unique=True),
    Column("refusal_code", String(64), nullable=False),
    Column("traceparent", String(64), nullable=False),
    Column("create_time", UtcTime, nullable=False),
    Column("update_time", UtcTime, nullable=False),
)

withdrawals = Table(
    "rosreestr_withdrawals",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("registration_id", String(64), ForeignKey("rosreestr_registrations.id"), nullable=False),
    Column("owner", String(128), nullable=False),
    Column("business_reference", String(64), nullable=False),
    Column("state", String(32), nullable=False),
    Column("refusal_code", String(64), nullable=False),
    Column("reason", EncryptedBytes, nullable=True),
    Column("traceparent", String(64), nullable=False),
    Column("create_time", UtcTime, nullable=False),
    Column("update_time", UtcTime, nullable=False),
)

documents = Table(
    "rosreestr_documents",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("holder_id", String(64), nullable=False),  # a registration's or an addition's id
    Column("position", Integer, nullable=False),
    Column("description", EncryptedBytes, nullable=False),
    Column("content", EncryptedBytes, nullable=False),
    Index("rosreestr_documents_by_holder", "holder_id", "position"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationRow:
    """A registration as it is stored; times are UTC, `cadastral_numbers` joined by blanks, `transfer` JSON."""

    id: str
    owner: str
    business_reference: str
    state: str
    provider: str
    vendor_reference: str
    cadastral_numbers: str
    contract_number: str
    create_time: datetime
    update_time: datetime
    version: int = 1
    vendor_id: str = ""
    vendor_status: str = ""
    refusal_code: str = ""
    status_reason: str = field(default="", repr=False)
    status_time: datetime | None = None
    suspended_until: datetime | None = None
    duty_uin: str = ""
    duty_minor_units: int = 0
    registration_number: str = ""
    document_count: int = 0
    transfer: bytes | None = field(default=None, repr=False)
    traceparent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdditionRow:
    """Documents that are being added to a registration."""

    id: str
    registration_id: str
    owner: str
    business_reference: str
    state: str
    vendor_reference: str
    create_time: datetime
    update_time: datetime
    refusal_code: str = ""
    traceparent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalRow:
    """A registration that is being withdrawn; `reason` is for the register and forgotten once it has it."""

    id: str
    registration_id: str
    owner: str
    business_reference: str
    state: str
    create_time: datetime
    update_time: datetime
    reason: str = field(default="", repr=False)
    refusal_code: str = ""
    traceparent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRow:
    """A document kept until the register has it: `description` is JSON (kind, file name, signatures)."""

    id: str
    description: Any = field(repr=False)
    content: bytes = field(repr=False)


class StaleVersionError(Exception):
    """The registration changed since it was read: what was found out then may be old. Read it again."""


_REGISTRATION_COLUMNS = tuple(item.name for item in fields(RegistrationRow))
_ADDITION_COLUMNS = tuple(item.name for item in fields(AdditionRow))
_WITHDRAWAL_COLUMNS = tuple(item.name for item in fields(WithdrawalRow))


class RosreestrStore:
    """Reads and writes within a given transaction; personal data is sealed here and nowhere else."""

    def __init__(self, *, ring: KeyRing) -> None:
        self._transfer = SealedColumn(ring=ring, table="rosreestr_registrations", column="transfer")
        self._reason = SealedColumn(ring=ring, table="rosreestr_registrations", column="status_reason")
        self._wish = SealedColumn(ring=ring, table="rosreestr_withdrawals", column="reason")
        self._description = SealedColumn(ring=ring, table="rosreestr_documents", column="description")
        self._content = SealedColumn(ring=ring, table="rosreestr_documents", column="content")

    def add_registration(self, conn: Connection, row: RegistrationRow) -> None:
        """Insert a new registration."""
        conn.execute(insert(registrations).values(self._registration_values(row)))

    def update_registration(self, conn: Connection, row: RegistrationRow) -> None:
        """Write a registration read before, unless it changed in between.

        Raises:
            StaleVersionError: it did.
        """
        values = self._registration_values(replace(row, version=row.version + 1))
        statement = update(registrations).where(registrations.c.id == row.id, registrations.c.version == row.version)
        if conn.execute(statement.values(values)).rowcount != 1:
            raise StaleVersionError

    def get_registration(self, conn: Connection, registration_id: str) -> RegistrationRow | None:
        """Return a registration whoever owns it."""
        found = conn.execute(select(registrations).where(registrations.c.id == registration_id)).mappings().first()
        return None if found is None else self._registration(found)

    def list_registrations(
        self,
        conn: Connection,
        *,
        owner: str,
        business_reference: str = "",
        states: Sequence[str] = (),
        before: tuple[datetime, str] | None = None,
        limit: int,
    ) -> list[RegistrationRow]:
        """Return an owner's registrations, newest first; `before` is the last one of the page before."""
        query = newest_first(
            registrations, owner=owner, business_reference=business_reference, states=states, before=before, limit=limit
        )
        return [self._registration(found) for found in conn.execute(query).mappings()]

    def list_by_state(self, conn: Connection, state: str, *, limit: int) -> list[RegistrationRow]:
        """Return registrations in a state, oldest first, whoever owns them."""
        query = select(registrations).where(registrations.c.state == state)
        query = query.order_by(registrations.c.create_time).limit(limit)
        return [self._registration(found) for found in conn.execute(query).mappings()]

    def add_addition(self, conn: Connection, row: AdditionRow) -> None:
        """Insert a new addition of documents."""
        conn.execute(insert(additions).values({name: getattr(row, name) for name in _ADDITION_COLUMNS}))

    def settle_addition(
        self, conn: Connection, addition_id: str, *, state: str, now: datetime, refusal_code: str = ""
    ) -> None:
        """Move an addition to a state."""
        values = {"state": state, "update_time": now, "refusal_code": refusal_code}
        conn.execute(update(additions).where(additions.c.id == addition_id).values(values))

    def get_addition(self, conn: Connection, addition_id: str) -> AdditionRow | None:
        """Return an addition whoever owns it."""
        found = conn.execute(select(additions).where(additions.c.id == addition_id)).mappings().first()
        return None if found is None else AdditionRow(**{name: found[name] for name in _ADDITION_COLUMNS})

    def list_additions_by_state(self, conn: Connection, state: str, *, limit: int) -> list[AdditionRow]:
        """Return additions in a state, oldest first, whoever owns them."""
        query = select(additions).where(additions.c.state == state).order_by(additions.c.create_time).limit(limit)
        rows = conn.execute(query).mappings()
        return [AdditionRow(**{name: found[name] for name in _ADDITION_COLUMNS}) for found in rows]

    def add_withdrawal(self, conn: Connection, row: WithdrawalRow) -> None:
        """Insert a new withdrawal."""
        values = {name: getattr(row, name) for name in _WITHDRAWAL_COLUMNS}
        values["reason"] = self._wish.seal(row.id, row.reason.encode()) if row.reason else None
        conn.execute(insert(withdrawals).values(values))

    def settle_withdrawal(
        self, conn: Connection, withdrawal_id: str, *, state: str, now: datetime, refusal_code: str = ""
    ) -> None:
        """Move a withdrawal to a state; its reason is kept as long as it may have to be sent again."""
        values: dict[str, Any] = {"state": state, "update_time": now, "refusal_code": refusal_code[:64]}
        if state not in {"PENDING", "OUTCOME_UNKNOWN"}:
            values["reason"] = None
        conn.execute(update(withdrawals).where(withdrawals.c.id == withdrawal_id).values(values))

    def get_withdrawal(self, conn: Connection, withdrawal_id: str) -> WithdrawalRow | None:
        """Return a withdrawal whoever owns it."""
        found = conn.execute(select(withdrawals).where(withdrawals.c.id == withdrawal_id)).mappings().first()
        if found is None:
            return None
        values: dict[str, Any] = {name: found[name] for name in _WITHDRAWAL_COLUMNS}
        reason = values["reason"]
        values["reason"] = "" if reason is None else self._wish.open(withdrawal_id, reason).decode()
        return WithdrawalRow(**values)

    def add_documents(self, conn: Connection, holder_id: str, rows: Sequence[DocumentRow]) -> None:
        """Keep documents, in order, for a registration or an addition."""
        for position, row in enumerate(rows):
            values = {
                "id": row.id,
                "holder_id": holder_id,
                "position": position,
                "description": self._description.seal_json(row.id, row.description),
                "content": self._content.seal(row.id, row.content),
            }
            conn.execute(insert(documents).values(values))

    def get_documents(self, conn: Connection, holder_id: str) -> list[DocumentRow]:
        """Return the documents kept for a registration or an addition, in order."""
        query = select(documents).where(documents.c.holder_id == holder_id).order_by(documents.c.position)
        return [
            DocumentRow(
                id=found["id"],
                description=self._description.open_json(found["id"], found["description"]),
                content=self._content.open(found["id"], found["content"]),
            )
            for found in conn.execute(query).mappings()
        ]

    def forget_documents(self, conn: Connection, holder_id: str) -> None:
        """Delete documents that need not be sent any more."""
        conn.execute(delete(documents).where(documents.c.holder_id == holder_id))

    def _registration_values(self, row: RegistrationRow) -> dict[str, object]:
        values: dict[str, object] = {name: getattr(row, name) for name in _REGISTRATION_COLUMNS}
        values["transfer"] = None if row.transfer is None else self._transfer.seal(row.id, row.transfer)
        values["status_reason"] = self._reason.seal(row.id, row.status_reason.encode()) if row.status_reason else None
        return values

    def _registration(self, found: RowMapping) -> RegistrationRow:
        values: dict[str, Any] = {name: found[name] for name in _REGISTRATION_COLUMNS}
        row_id, transfer, reason = values["id"], values["transfer"], values["status_reason"]
        values["transfer"] = None if transfer is None else self._transfer.open(row_id, transfer)
        values["status_reason"] = "" if reason is None else self._reason.open(row_id, reason).decode()
        return RegistrationRow(**values)
