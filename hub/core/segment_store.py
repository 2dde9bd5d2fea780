"""The port to the table of the audit's segments; every method works inside the caller's transaction."""

import abc
from collections.abc import Sequence

from sqlalchemy import Connection

from hub.core.audit_segments import SegmentRow


class SegmentStore(abc.ABC):
    """Rows of `audit_segments`."""

    @abc.abstractmethod
    def newest(self, conn: Connection) -> SegmentRow | None:
        """Return the segment with the highest number."""

    @abc.abstractmethod
    def add(self, conn: Connection, row: SegmentRow) -> bool:
        """Write a segment; False if its number is taken, because another process archived."""

    @abc.abstractmethod
    def all(self, conn: Connection) -> Sequence[SegmentRow]:
        """Return all segments in the order of their numbers."""
