"""Moves old records of the audit out of the database into segments, each ending at a checkpoint that anchors it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from hub.core.audit_chain import first_hash, from_microseconds, record_hash
from hub.core.audit_checkpoints import Checkpoint, Countersignature
from hub.core.audit_segments import SegmentFolder, SegmentHead, SegmentRow, keys_of
from hub.core.audit_store import Anchor, AuditStore, RawRecord
from hub.core.checkpoint_thinning import CheckpointThinning
from hub.core.database import Database
from hub.core.jobs import Again, Done, Job, JobKind, Lease, Next
from hub.core.outbox import Outbox
from hub.core.schedules import Schedule
from hub.core.segment_store import SegmentStore

log = structlog.get_logger(__name__)

KIND = "core.archive_audit"
EVERY = timedelta(hours=1)
SEGMENT_RECORDS = 5000  # some 2 MB of text: read in a moment, and deleted in one short transaction
MOST_SEGMENTS_A_RUN = 200  # then the job makes room for others, and goes on
THIN_ABOVE_BYTES = 16 << 20  # two days of checkpoints; read whole in less than a second
ANCHORS_LOOKED_AT = 2000  # an instance's next checkpoints; far more than lead to a full segment


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveRules:
    """How long records stay in the database, and how many at most."""

    keep: timedelta = timedelta(days=30)
    most_records: int = 1_000_000


@dataclass(frozen=True, slots=True)
class _Planned:
    """A segment to be written, and its records."""

    head: SegmentHead
    records: Sequence[RawRecord]


class AuditArchive:
    """An hourly job, once over all replicas.

    A segment's file is durable before its records leave the database, in the transaction that notes the segment: after
    a crash in between, the next run writes the very same file again.
    """

    def __init__(
        self,
        *,
        database: Database,
        store: AuditStore,
        segments: SegmentStore,
        folder: SegmentFolder,
        outbox: Outbox,
        rules: ArchiveRules,
        thinning: CheckpointThinning,
    ) -> None:
        self._database = database
        self._store = store
        self._segments = segments
        self._folder = folder
        self._rules = rules
        self._thinning = thinning
        self._thinned_bytes = 0
        outbox.register(JobKind(name=KIND, handler=self._handle, concurrency=1))
        outbox.schedule(Schedule(name=KIND, every=EVERY, kind=KIND))

    async def archive_one(self) -> bool:
        """Make one segment of the oldest records that are old enough, or too many; False if there are none."""
        planned = await self._database.read(self._plan)
        if planned is None:
            return False
        file, digest = await asyncio.to_thread(self._folder.write, planned.head, planned.records)
        row = _row(planned, file, digest)
        moved = await self._database.write(lambda conn: self._move(conn, row), label="audit.archive")
        log.info("audit.archived", segment=row.number, records=moved, instance=row.instance)
        return moved > 0

    async def thin(self, *, above_bytes: int) -> None:
        """Take out of the checkpoint file what segments keep, if it is larger than that."""
        if await asyncio.to_thread(self._thinning.size_bytes) <= above_bytes:
            return
        rows = await self._database.read(self._segments.all)
        try:
            taken = await asyncio.to_thread(self._thinning.thin, rows)
        except OSError as error:
            log.warning("audit.checkpoints_not_thinned", error=type(error).__name__)
            return
        self._thinned_bytes = await asyncio.to_thread(self._thinning.size_bytes)
        log.info("audit.checkpoints_thinned", lines=taken, size_bytes=self._thinned_bytes)

    async def _handle(self, job: Job, lease: Lease) -> Next:  # noqa: ARG002 - the slot is all there is, and any will do
        for _ in range(MOST_SEGMENTS_A_RUN):
            if not await self.archive_one():
                await self.thin(above_bytes=max(THIN_ABOVE_BYTES, self._thinned_bytes * 5 // 4))
                return Done()
        return Again(delay=timedelta(seconds=1), reason="MORE_TO_ARCHIVE")

    def _plan(self, conn: Connection) -> _Planned | None:
        too_many = self._store.record_count(conn) > self._rules.most_records
        before = self._database.now(conn) - self._rules.keep
        for anchors in self._store.anchors(conn, limit=ANCHORS_LOOKED_AT):
            anchor = _best(anchors, before=None if too_many else before)
            planned = self._planned(conn, anchor) if anchor is not None else None
            if planned is not None:
                return planned
        return None

    def _planned(self, conn: Connection, anchor: Anchor) -> _Planned | None:
        last = anchor.checkpoint.count
        records = list(self._store.records(conn, anchor.row.instance, last=last))
        before = self._before(conn, anchor)
        if not _leads(records, anchor, before):
            # Somebody changed it: it stays where it is, as evidence, and `hub audit verify` names what was done.
            log.error("audit.archive_refused", instance=anchor.row.instance, first=anchor.first, last=last)
            return None
        newest = self._segments.newest(conn)
        head = SegmentHead(
            number=newest.number + 1 if newest is not None else 1,
            previous=newest.digest if newest is not None else "",
            instance=anchor.row.instance,
            follows=anchor.row.previous,
            first=anchor.first,
            last=last,
            before=before.hex(),
            checkpoints=self._statements(conn, anchor),
        )
        return _Planned(head, records)

    def _before(self, conn: Connection, anchor: Anchor) -> bytes:
        """Return the hash that the first record follows: that of the anchor of the instance's segment before."""
        if anchor.first == 1:
            return first_hash(anchor.row.instance, anchor.row.previous)
        last = anchor.first - 1
        heads = [
            bytes.fromhex(cp.head)
            for cp, _ in self._store.checkpoints_of(conn, anchor.row.instance, first=last, last=last)
        ]
        return heads[-1] if heads else b""

    def _statements(self, conn: Connection, anchor: Anchor) -> list[tuple[Checkpoint, Countersignature | None]]:
        instance, last = anchor.row.instance, anchor.checkpoint.count
        return list(self._store.checkpoints_of(conn, instance, first=anchor.first, last=last))

    def _move(self, conn: Connection, row: SegmentRow) -> int:
        if not self._segments.add(conn, row):
            return 0
        return self._store.remove_archived(conn, row.instance, first=row.first, last=row.last)


def _best(anchors: Sequence[Anchor], *, before: datetime | None) -> Anchor | None:
    """Return the farthest anchor that is old enough and makes no segment too large; else the nearest old enough."""
    old = [a for a in anchors if before is None or datetime.fromisoformat(a.checkpoint.time) < before]
    fitting = [a for a in old if a.checkpoint.count - a.first < SEGMENT_RECORDS]
    return fitting[-1] if fitting else next(iter(old), None)


def _leads(records: Sequence[RawRecord], anchor: Anchor, before: bytes) -> bool:
    """Whether the records are whole and lead to what the anchor states."""
    head, expected = before, anchor.first
    for record in records:
        head = record_hash(head, anchor.row.instance, record.sequence, record.time_us, record.values)
        if record.sequence != expected or record.hash != head:
            return False
        expected += 1
    return expected == anchor.checkpoint.count + 1 and head.hex() == anchor.checkpoint.head


def _row(planned: _Planned, file: str, digest: str) -> SegmentRow:
    head, records = planned.head, planned.records
    return SegmentRow(
        number=head.number,
        previous=head.previous,
        instance=head.instance,
        first=head.first,
        last=head.last,
        first_time=from_microseconds(min(record.time_us for record in records)),
        last_time=from_microseconds(max(record.time_us for record in records)),
        file=file,
        digest=digest,
        keys=keys_of(records),
    )
