"""The audit's rows in SQL."""

from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    Connection,
    Row,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
    tuple_,
    type_coerce,
    update,
)

from hub.core.audit_chain import AuditRecord, Phase, from_microseconds
from hub.core.audit_checkpoints import Checkpoint, Countersignature, parse_checkpoint
from hub.core.audit_store import Anchor, AuditPlace, AuditStore, InstanceRow, RawRecord, StoredRecord
from hub.storage.prepared import inserting, prepared
from hub.storage.tables import audit_checkpoints as checkpoints
from hub.storage.tables import audit_instances as instances
from hub.storage.tables import audit_records
from hub.storage.tables import audit_segments as segments

VALUE_COLUMNS = (
    audit_records.c.phase,
    audit_records.c.method,
    audit_records.c.caller,
    audit_records.c.request_id,
    audit_records.c.business_reference,
    audit_records.c.resource,
    audit_records.c.code,
    audit_records.c.reason,
    audit_records.c.payload_hash,
    audit_records.c.trace_id,
    audit_records.c.details,
)
VALUE_NAMES = tuple(column.name for column in VALUE_COLUMNS)
STREAMED_ROWS = 1000

# Every transaction of the hub passes here.
_OURS = instances.c.instance == bindparam("of")
_INSERT = inserting(audit_records)
_HEAD = prepared(select(instances.c.count, instances.c.head).where(_OURS).with_for_update())
_SET_HEAD = prepared(update(instances).where(_OURS).values(count=bindparam("to"), head=bindparam("end")))


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
        (found,) = _HEAD.all(conn, {"of": instance})
        return found.count, bytes(found.head)

    def add(self, conn: Connection, instance: str, records: Sequence[RawRecord]) -> None:
        """See AuditStore.add."""
        _INSERT.run_each(conn, [_row(instance, record) for record in records])
        last = records[-1]
        _SET_HEAD.run(conn, {"of": instance, "to": last.sequence, "end": last.hash})

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
        query = select(audit_records)
        if business_reference:
            query = query.where(audit_records.c.business_reference == business_reference)
        if caller:
            query = query.where(audit_records.c.caller == caller)
        place = (audit_records.c.time, audit_records.c.instance, audit_records.c.sequence)
        if before is not None:
            time = literal(before.time, audit_records.c.time.type)
            query = query.where(tuple_(*place) < tuple_(time, literal(before.instance), literal(before.sequence)))
        newest_first = query.order_by(*(column.desc() for column in place)).limit(limit)
        return [_stored(row) for row in conn.execute(newest_first)]

    def instances(self, conn: Connection) -> Sequence[InstanceRow]:
        """See AuditStore.instances."""
        query = select(instances).order_by(instances.c.started_at, instances.c.instance)
        return [InstanceRow(**row._asdict()) for row in conn.execute(query)]

    def records(
        self, conn: Connection, instance: str, *, first: int = 1, last: int | None = None
    ) -> Iterator[RawRecord]:
        """See AuditStore.records."""
        # The time stays the stored integer: making a datetime of each would cost more than hashing.
        time_us = type_coerce(audit_records.c.time, BigInteger)
        query = select(audit_records.c.sequence, time_us, audit_records.c.hash, *VALUE_COLUMNS).where(
            audit_records.c.instance == instance, audit_records.c.sequence >= first
        )
        if last is not None:
            query = query.where(audit_records.c.sequence <= last)
        streamed = query.order_by(audit_records.c.sequence).execution_options(yield_per=STREAMED_ROWS)
        with conn.execute(streamed) as rows:  # closes the cursor of a reader that had enough, too
            for row in rows:
                yield RawRecord(row[0], row[1], tuple(row[3:]), row[2])

    def record_count(self, conn: Connection) -> int:
        """See AuditStore.record_count."""
        written = conn.scalar(select(func.coalesce(func.sum(instances.c.count), 0)))
        archived = conn.scalar(select(func.coalesce(func.sum(segments.c.last - segments.c.first + 1), 0)))
        return int(written or 0) - int(archived or 0)

    def anchors(self, conn: Connection, *, limit: int) -> Iterator[Sequence[Anchor]]:
        """See AuditStore.anchors."""
        archived = select(segments.c.instance, func.max(segments.c.last)).group_by(segments.c.instance)
        ends = {row[0]: row[1] for row in conn.execute(archived)}
        for row in self.instances(conn):
            first = int(ends.get(row.instance, 0)) + 1
            if row.count < first:
                continue
            query = (
                select(checkpoints)
                .where(checkpoints.c.instance == row.instance, checkpoints.c.count >= first)
                .order_by(checkpoints.c.count, checkpoints.c.ordinal)
                .limit(limit)
            )
            yield [Anchor(row, first, _checkpoint(found)) for found in conn.execute(query)]

    def checkpoints_of(
        self, conn: Connection, instance: str, *, first: int, last: int
    ) -> Iterator[tuple[Checkpoint, Countersignature | None]]:
        """See AuditStore.checkpoints_of."""
        query = (
            select(checkpoints)
            .where(checkpoints.c.instance == instance, checkpoints.c.count.between(first, last))
            .order_by(checkpoints.c.count, checkpoints.c.ordinal)
        )
        for row in conn.execute(query):
            yield _checkpoint(row), _countersignature(row)

    def remove_archived(self, conn: Connection, instance: str, *, first: int, last: int) -> int:
        """See AuditStore.remove_archived."""
        number = audit_records.c.sequence.between(first, last)
        gone = conn.execute(delete(audit_records).where(audit_records.c.instance == instance, number)).rowcount
        on_the_way = checkpoints.c.count.between(first, last - 1)
        conn.execute(delete(checkpoints).where(checkpoints.c.instance == instance, on_the_way))
        return gone

    def checkpoints(self, conn: Connection) -> Iterator[tuple[Checkpoint, Countersignature | None]]:
        """See AuditStore.checkpoints."""
        streamed = select(checkpoints).order_by(checkpoints.c.ordinal).execution_options(yield_per=STREAMED_ROWS)
        with conn.execute(streamed) as rows:
            for row in rows:
                yield _checkpoint(row), _countersignature(row)


def _row(instance: str, record: RawRecord) -> dict[str, Any]:
    places = {
        "instance": instance,
        "sequence": record.sequence,
        "time": from_microseconds(record.time_us),
        "hash": record.hash,
    }
    return places | dict(zip(VALUE_NAMES, record.values, strict=True))


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
