"""The module's table: signatures, ours and foreign, with what must be asked again."""

import hashlib
import json
from base64 import b64decode, b64encode
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Index,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    select,
    update,
)

from hub.core.crypto import KeyRing, SealedColumn
from hub.storage.prepared import Row, inserting, prepared
from hub.storage.types import EncryptedBytes, UtcTime

metadata = MetaData()

signatures = Table(
    "signatures_signatures",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("batch_id", String(64), nullable=False),
    Column("owner", String(128), nullable=False),
    Column("caller", String(128), nullable=False),
    Column("business_reference", String(64), nullable=False),
    Column("state", String(32), nullable=False),
    Column("origin", String(16), nullable=False),
    Column("document_kind", String(64), nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("digest_algorithm", String(32), nullable=False),
    Column("thumbprint", String(40), nullable=False),
    Column("attestation", EncryptedBytes, nullable=True),
    Column("cms", EncryptedBytes, nullable=True),
    Column("certificate", EncryptedBytes, nullable=True),
    Column("signing_time", UtcTime, nullable=True),
    Column("failure_reason", String(64), nullable=False),
    Column("traceparent", String(64), nullable=False),
    Column("create_time", UtcTime, nullable=False),
    Column("expire_time", UtcTime, nullable=True),
    Column("agent", String(64), nullable=False, server_default=""),
    Column("asked_as", String(36), nullable=False, server_default=""),
    Column("format", String(40), nullable=False, server_default="CADES_BES_DETACHED"),
    Column("content", EncryptedBytes, nullable=True),
    Column("existing_cms", EncryptedBytes, nullable=True),
    Column("timestamp_state", String(16), nullable=False, server_default=""),
    Column("timestamp_time", UtcTime, nullable=True),
    Column("timestamp_failure_reason", String(64), nullable=False, server_default=""),
    Column("timestamp_job", String(64), nullable=False, server_default=""),
    Column("xml_element_id", String(128), nullable=False, server_default=""),
    Column("cms_sha256", String(64), nullable=False, server_default=""),
    Index("signatures_signatures_by_batch", "batch_id", "id"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureRow:
    """A signature as it is stored: `cms` and `certificate` DER, `attestation` (statement, signature, key id)."""

    id: str
    batch_id: str
    owner: str
    caller: str
    business_reference: str
    state: str
    origin: str
    document_kind: str
    digest: bytes
    digest_algorithm: str
    thumbprint: str
    create_time: datetime
    attestation: tuple[bytes, bytes, str] | None = field(default=None, repr=False)
    cms: bytes | None = field(default=None, repr=False)
    certificate: bytes | None = field(default=None, repr=False)
    signing_time: datetime | None = None
    failure_reason: str = ""
    traceparent: str = ""
    expire_time: datetime | None = None
    agent: str = ""
    """Who was asked to make it; empty for a foreign one. Nobody else may be, once it may have been asked."""
    asked_as: str = ""
    """The UUID under which the agent is asked; empty for a foreign one, and for one begun by an older release."""
    format: str = "CADES_BES_DETACHED"
    content: bytes | None = field(default=None, repr=False)
    """The document, where the format holds it, until the signature is made."""
    existing_cms: bytes | None = field(default=None, repr=False)
    """The CMS of others that the signature is put beside, until it is made."""
    timestamp_state: str = ""
    timestamp_time: datetime | None = None
    timestamp_failure_reason: str = ""
    timestamp_job: str = ""
    """The job that gets the timestamp, for those who wait for it."""
    xml_element_id: str = ""
    """The element that is signed, in format XMLDSIG_SMEV3; `cms` is then the element ds:Signature."""
    cms_sha256: str = ""
    """Hex, as of the last write; stays when the bytes are erased, since the audit's record is of it."""


_COLUMNS = tuple(item.name for item in fields(SignatureRow))

# Each signature passes all of these.
_INSERT = inserting(signatures)
_REPLACE = prepared(
    update(signatures).where(
        signatures.c.id == bindparam("of"), signatures.c.state.in_([bindparam("either"), bindparam("or_else")])
    ),
    columns=_COLUMNS,
)
_ASSIGN = update(signatures).where(signatures.c.batch_id == bindparam("of")).values(agent=bindparam("to", type_=String))
_ONE = prepared(select(signatures).where(signatures.c.id == bindparam("of")))
_BATCH = prepared(select(signatures).where(signatures.c.batch_id == bindparam("of")).order_by(signatures.c.id))
_TAKEN = prepared(
    select(signatures.c.id).where(signatures.c.batch_id == bindparam("of")).order_by(signatures.c.id).with_for_update()
)
_UNDER = prepared(
    select(signatures).where(signatures.c.business_reference == bindparam("of")).order_by(signatures.c.id)
)


class SignaturesStore:
    """Reads and writes within a given transaction; personal data is sealed here and nowhere else."""

    def __init__(self, *, ring: KeyRing) -> None:
        def sealed(column: str) -> SealedColumn:
            return SealedColumn(ring=ring, table="signatures_signatures", column=column)

        self._attestation = sealed("attestation")
        self._bytes = {name: sealed(name) for name in ("cms", "certificate", "content", "existing_cms")}

    def add(self, conn: Connection, row: SignatureRow) -> None:
        """Insert a new signature."""
        _INSERT.run(conn, self._values(row))

    def replace(self, conn: Connection, row: SignatureRow, *, states: tuple[str, str]) -> bool:
        """Write a signature if it is still in one of these states; says whether it was."""
        either, or_else = states
        return _REPLACE.run(conn, self._values(row) | {"of": row.id, "either": either, "or_else": or_else}) == 1

    def assign(self, conn: Connection, batch_id: str, agent: str) -> None:
        """Write whom a request's signatures are asked of."""
        conn.execute(_ASSIGN, {"of": batch_id, "to": agent})

    def get(self, conn: Connection, signature_id: str) -> SignatureRow | None:
        """Return a signature whoever owns it."""
        found = _ONE.first(conn, {"of": signature_id})
        return None if found is None else self._row(found)

    def batch(self, conn: Connection, batch_id: str) -> list[SignatureRow]:
        """Return the signatures of one request, in its order."""
        return [self._row(found) for found in _BATCH.all(conn, {"of": batch_id})]

    def take_batch(self, conn: Connection, batch_id: str) -> None:
        """Let no other transaction change signatures of a request until this one ends."""
        _TAKEN.all(conn, {"of": batch_id})

    def under(self, conn: Connection, business_reference: str) -> list[SignatureRow]:
        """Return all signatures under a business reference, oldest first."""
        return [self._row(found) for found in _UNDER.all(conn, {"of": business_reference})]

    def _values(self, row: SignatureRow) -> dict[str, object]:
        values: dict[str, object] = {name: getattr(row, name) for name in _COLUMNS}
        if row.cms is not None:
            values["cms_sha256"] = hashlib.sha256(row.cms).hexdigest()
        for name, column in self._bytes.items():
            if values[name] is not None:
                values[name] = column.seal(row.id, getattr(row, name))
        if row.attestation is not None:
            statement, signature, key_id = row.attestation
            plain = json.dumps([b64encode(statement).decode(), b64encode(signature).decode(), key_id]).encode()
            values["attestation"] = self._attestation.seal(row.id, plain)
        return values

    def _row(self, found: Row) -> SignatureRow:
        values: dict[str, Any] = {name: getattr(found, name) for name in _COLUMNS}
        row_id = found.id
        for name, column in self._bytes.items():
            if values[name] is not None:
                values[name] = column.open(row_id, values[name])
        if found.attestation is not None:
            statement, signature, key_id = json.loads(self._attestation.open(row_id, found.attestation))
            values["attestation"] = (b64decode(statement), b64decode(signature), key_id)
        return SignatureRow(**values)
