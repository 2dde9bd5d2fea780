"""Reads the audit as one list, newest first, from the database and from its segments."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection

from hub.core.audit_chain import AuditRecord, Phase, from_microseconds
from hub.core.audit_segments import SegmentError, SegmentFolder, SegmentRow
from hub.core.audit_store import AuditPlace, AuditStore, RawRecord, StoredRecord
from hub.core.database import Database
from hub.core.segment_store import SegmentStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which records: of a business reference and of a caller (empty is any), older than a place, so many at most."""

    business_reference: str = ""
    caller: str = ""
    before: AuditPlace | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Records, newest first, and the segments that may hold more of them and can't be read."""

    records: Sequence[StoredRecord]
    missing: Sequence[str] = ()


class AuditTrail:
    """The whole trail. Old records cost a read of each segment that may hold one."""

    def __init__(self, *, database: Database, store: AuditStore, segments: SegmentStore, folder: SegmentFolder) -> None:
        self._database = database
        self._store = store
        self._segments = segments
        self._folder = folder

    async def list(
        self, *, business_reference: str = "", caller: str = "", before: AuditPlace | None = None, limit: int = 50
    ) -> AuditPage:
        """Return records older than a place, newest first."""
        wanted = Wanted(business_reference=business_reference, caller=caller, before=before, limit=limit)
        kept, rows = await self._database.read(lambda conn: _kept(conn, self._store, self._segments, wanted))
        return await asyncio.to_thread(_page, kept, rows, self._folder, wanted)


def page_of(
    conn: Connection, *, store: AuditStore, segments: SegmentStore, folder: SegmentFolder, wanted: Wanted
) -> AuditPage:
    """Return the same on a connection, for tools that work without a Database."""
    kept, rows = _kept(conn, store, segments, wanted)
    return _page(kept, rows, folder, wanted)


def _kept(
    conn: Connection, store: AuditStore, segments: SegmentStore, wanted: Wanted
) -> tuple[Sequence[StoredRecord], Sequence[SegmentRow]]:
    """Read the database's records first: what is archived right after is then in both, and never in neither."""
    kept = store.list(
        conn,
        business_reference=wanted.business_reference,
        caller=wanted.caller,
        before=wanted.before,
        limit=wanted.limit,
    )
    return kept, [row for row in segments.all(conn) if _is_wanted(row, wanted)]


def _is_wanted(row: SegmentRow, wanted: Wanted) -> bool:
    if wanted.before is not None and row.first_time > wanted.before.time:
        return False
    return row.may_hold(business_reference=wanted.business_reference, caller=wanted.caller)


def _page(kept: Sequence[StoredRecord], rows: Sequence[SegmentRow], folder: SegmentFolder, wanted: Wanted) -> AuditPage:
    found = {(record.instance, record.sequence): record for record in kept}
    missing: list[str] = []
    for row in sorted(rows, key=lambda row: row.last_time, reverse=True):
        newest = _newest(found.values(), wanted.limit)
        if len(newest) == wanted.limit and newest[-1].time > row.last_time:
            break  # nothing in it, or in those before it, is new enough
        try:
            for raw in folder.records(row.file):
                if _matches(raw, row.instance, wanted):
                    found[row.instance, raw.sequence] = _stored(row.instance, raw)
        except SegmentError:
            missing.append(row.file)
    return AuditPage(_newest(found.values(), wanted.limit), missing)


def _newest(records: Iterable[StoredRecord], limit: int) -> Sequence[StoredRecord]:
    return sorted(records, key=lambda record: (record.time, record.instance, record.sequence), reverse=True)[:limit]


def _matches(raw: RawRecord, instance: str, wanted: Wanted) -> bool:
    caller, reference = raw.values[2], raw.values[4]
    if (wanted.caller and caller != wanted.caller) or (
        wanted.business_reference and reference != wanted.business_reference
    ):
        return False
    before = wanted.before
    if before is None:
        return True
    place = (from_microseconds(raw.time_us), instance, raw.sequence)
    return place < (before.time, before.instance, before.sequence)


def _stored(instance: str, raw: RawRecord) -> StoredRecord:
    phase, method, caller, request_id, business_reference, resource, code, reason, payload_hash, trace_id, details = (
        raw.values
    )
    record = AuditRecord(
        phase=Phase(phase),
        method=method,
        caller=caller,
        request_id=request_id,
        business_reference=business_reference,
        resource=resource,
        code=code,
        reason=reason,
        payload_hash=payload_hash,
        trace_id=trace_id,
        details=orjson.loads(details),
    )
    return StoredRecord(instance, raw.sequence, from_microseconds(raw.time_us), record, raw.hash)
