"""The audit's segments as rows in SQL."""

import dataclasses
from collections.abc import Sequence

from sqlalchemy import Connection, select

from hub.core.audit_segments import SegmentRow
from hub.core.segment_store import SegmentStore
from hub.storage.inserts import insert_new
from hub.storage.tables import audit_segments as segments


class SqlSegmentStore(SegmentStore):
    """See SegmentStore."""

    def newest(self, conn: Connection) -> SegmentRow | None:
        """See SegmentStore.newest."""
        row = conn.execute(select(segments).order_by(segments.c.number.desc()).limit(1)).first()
        return None if row is None else SegmentRow(**row._asdict())

    def add(self, conn: Connection, row: SegmentRow) -> bool:
        """See SegmentStore.add."""
        return insert_new(conn, segments, {name.name: getattr(row, name.name) for name in dataclasses.fields(row)})

    def all(self, conn: Connection) -> Sequence[SegmentRow]:
        """See SegmentStore.all."""
        return [SegmentRow(**row._asdict()) for row in conn.execute(select(segments).order_by(segments.c.number))]
