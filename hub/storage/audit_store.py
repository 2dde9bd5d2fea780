"""The audit's rows in SQL."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import BigInteger, Connection, Row, insert, literal, select, tuple_, type_coerce, update

from hub.core.audit_chain import AuditRecord, Phase
from hub.core.audit_checkpoints import Checkpoint, Countersignature, parse_checkpoint
from hub.core.audit_store import AuditPlace, AuditStore, InstanceRow, RawRecord, StoredRecord
from hub.storage.tables import audit_checkpoints as checkpoints
from hub.storage.tables import audit_instances as instances
from hub.storage.tables import audit_records as records

VALUE_COLUMNS = (
    records.c.phase,
    records.c.method,
    records.c.caller,
    records.c.request_id,
    records.c.business_reference,
    records.c.resource,
    records.c.code,
    records.c.reason,
    records.c.payload_hash,
    records.c.trace_id,
    records.c.details,
)
VALUE_NAMES = tuple(column.name for column in VALUE_COLUMNS)
STREAMED_ROWS = 1000


class SqlAuditStore(AuditStore):
    """See AuditStore."""

    def begin(self, conn: Connection, row: InstanceRow) -> None:
        """See AuditStore.begin."""
        conn.execute(
            insert(instances).values(
                instance=row.instance, started_at=row.started_at, previous=row.previous, count=row.count, head=row.head
            )
        )

    def head(self, conn: Connection, instance: str) -> tuple[int, bytes]:
        """See AuditStore.head."""
        query = select(instances.c.count, instances.c.head).where(instances.c.instance == instance).with_for_update()
        count, head = conn.execute(query).one()
        return count, head

    def add(
        self, conn: Connection, instance: str, sequence: int, *, time: datetime, values: tuple[str, ...], digest: bytes
    ) -> None:
        """See AuditStore.add."""
        row = dict(zip(VALUE_NAMES, values, strict=True))
        conn.execute(insert(records).values(instance=instance, sequence=sequence, time=time, hash=digest, **row))
        conn.execute(update(instances).where(instances.c.instance == instance).values(count=sequence, head=digest))

    def add_checkpoint(self, conn: Connection, checkpoint: Checkpoint) -> None:
        """See AuditStore.add_checkpoint."""
        conn.execute(
            insert(checkpoints).values(
                digest=checkpoint.digest,
                instance=checkpoint.instance,
                count=checkpoint.count,
                body=checkpoint.body,
                key_id=checkpoint.key_id,
                signature=checkpoint.signature,
                signer="",
                signer_key_id="",
            )
        )

    def newest_checkpoint(self, conn: Connection) -> Checkpoint | None:
        """See AuditStore.newest_checkpoint."""
        row = conn.execute(select(checkpoints).order_by(checkpoints.c.ordinal.desc()).limit(1)).first()
        return None if row is None else _checkpoint(row)

    def countersign(self, conn: Connection, countersignature: Countersignature) -> bool:
        """See AuditStore.countersign."""
        change = (
            update(checkpoints)
            .where(checkpoints.c.digest == countersignature.checkpoint_digest)
            .values(
                signer=countersignature.signer,
                signer_key_id=countersignature.key_id,
                countersignature=countersignature.signature,
                peer_checkpoint=countersignature.peer_checkpoint,
            )
        )
        return conn.execute(change).rowcount == 1

    def list(
        self,
        conn: Connection,
        *,
        business_reference: str = "",
        caller: str = "",
        before: AuditPlace | None = None,
        limit: int = 50,
    ) -> Sequence[StoredRecord]:
        """See AuditStore.list."""
        query = select(records)
        if business_reference:
            query = query.where(records.c.business_reference == business_reference)
        if caller:
            query = query.where(records.c.caller == caller)
        place = (records.c.time, records.c.instance, records.c.sequence)
        if before is not None:
            time = literal(before.time, records.c.time.type)
            query = query.where(tuple_(*place) < tuple_(time, literal(before.instance), literal(before.sequence)))
        newest_first = query.order_by(*(column.desc() for column in place)).limit(limit)
        return [_stored(row) for row in conn.execute(newest_first)]

    def instances(self, conn: Connection) -> Sequence[InstanceRow]:
        """See AuditStore.instances."""
        query = select(instances).order_by(instances.c.started_at, instances.c.instance)
        return [InstanceRow(**row._asdict()) for row in conn.execute(query)]

    def records(self, conn: Connection, instance: str) -> Iterator[RawRecord]:
        """See AuditStore.records."""
        # The time stays the stored integer: making a datetime of each would cost more than hashing.
        time_us = type_coerce(records.c.time, BigInteger)
        query = select(records.c.sequence, time_us, records.c.hash, *VALUE_COLUMNS).where(
            records.c.instance == instance
        )
        streamed = conn.execution_options(yield_per=STREAMED_ROWS).execute(query.order_by(records.c.sequence))
        for row in streamed:
            yield RawRecord(row[0], row[1], tuple(row[3:]), row[2])

    def checkpoints(self, conn: Connection) -> Iterator[tuple[Checkpoint, Countersignature | None]]:
        """See AuditStore.checkpoints."""
        streamed = conn.execution_options(yield_per=STREAMED_ROWS).execute(
            select(checkpoints).order_by(checkpoints.c.ordinal)
        )
        for row in streamed:
            yield _checkpoint(row), _countersignature(row)


def _stored(row: Row[Any]) -> StoredRecord:
    values = {name: getattr(row, name) for name in VALUE_NAMES}
    record = AuditRecord(**values | {"phase": Phase(row.phase), "details": orjson.loads(row.details)})
    return StoredRecord(instance=row.instance, sequence=row.sequence, time=row.time, record=record, hash=row.hash)


def _checkpoint(row: Row[Any]) -> Checkpoint:
    return parse_checkpoint(row.body, key_id=row.key_id, signature=row.signature)


def _countersignature(row: Row[Any]) -> Countersignature | None:
    if row.countersignature is None:
        return None
    return Countersignature(
        checkpoint_digest=row.digest,
        signer=row.signer,
        key_id=row.signer_key_id,
        signature=row.countersignature,
        peer_checkpoint=row.peer_checkpoint or b"",
    )
