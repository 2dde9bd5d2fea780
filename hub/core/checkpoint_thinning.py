"""Which lines of the checkpoint file say nothing any more that a segment of the audit and a later line don't."""

from bisect import bisect_left
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from typing import TypeGuard

from hub.core.audit_checkpoints import Checkpoint, Countersignature
from hub.core.audit_segments import SegmentError, SegmentFolder, SegmentRow
from hub.core.checkpoint_file import CheckpointFile, Statement

_Place = tuple[str, int]


class CheckpointThinning:
    """Keeps the file in proportion to what is not archived yet.

    Of an archived stretch the file keeps the checkpoint that anchors it, which states all of it: the others are in the
    segment itself. So a stretch or a tail that is cut off afterwards is still named by `hub audit verify`.
    """

    def __init__(self, *, file: CheckpointFile, folder: SegmentFolder) -> None:
        self._file = file
        self._folder = folder

    def size_bytes(self) -> int:
        """Return how large the file is."""
        return self._file.size_bytes()

    def thin(self, rows: Sequence[SegmentRow]) -> int:
        """Take such lines out; returns how many. Blocks.

        Raises:
            OSError: the disk is full or away; nothing has changed.
        """
        return self._file.thin(lambda statements: self._planned(rows, statements))

    def _planned(self, rows: Sequence[SegmentRow], statements: Iterator[Statement]) -> Callable[[Statement], bool]:
        by_instance: dict[str, list[SegmentRow]] = {}
        for row in rows:
            by_instance.setdefault(row.instance, []).append(row)
        anchors = {(row.instance, row.last) for row in rows}
        filed, touched = set[str](), dict[int, SegmentRow]()
        for statement in statements:
            if isinstance(statement, Checkpoint):
                if (statement.instance, statement.count) in anchors:
                    filed.add(statement.digest)
                    continue
                segment = _covering(by_instance.get(statement.instance, ()), statement.count)
                if segment is not None:
                    touched[segment.number] = segment
        return _MayGo(kept=self._kept(touched.values(), filed), anchors=anchors)

    def _kept(self, rows: Iterable[SegmentRow], filed: Container[str]) -> frozenset[str]:
        """Return the digests of what those segments state whose anchor is filed: checkpoints and countersignatures."""
        kept = set[str]()
        for row in rows:
            try:
                head = self._folder.head(row.file)
            except SegmentError:
                continue  # what is not there for certain stays in the file
            anchor = head.checkpoints[-1][0] if head.checkpoints else None
            if anchor is not None and anchor.digest in filed and anchor.count == row.last:
                kept.update(ours.digest for ours, _ in head.checkpoints)
                kept.update(theirs.digest() for _, theirs in head.checkpoints if theirs is not None)
        return frozenset(kept)


class _MayGo:
    """Tells line by line; a countersignature may go after its checkpoint did."""

    def __init__(self, *, kept: frozenset[str], anchors: set[_Place]) -> None:
        self._kept = kept
        self._anchors = anchors
        self._gone = set[str]()

    def __call__(self, statement: Statement) -> bool:
        if isinstance(statement, Countersignature):
            return statement.checkpoint_digest in self._gone and statement.digest() in self._kept
        if not self._is_redundant(statement):
            return False
        self._gone.add(statement.digest)
        return True

    def _is_redundant(self, statement: Statement) -> TypeGuard[Checkpoint]:
        return (
            isinstance(statement, Checkpoint)
            and statement.digest in self._kept
            and (statement.instance, statement.count) not in self._anchors
        )


def _covering(rows: Sequence[SegmentRow], count: int) -> SegmentRow | None:
    """Return which of an instance's segments, in their order, has the record."""
    at = bisect_left(rows, count, key=lambda row: row.last)
    return rows[at] if at < len(rows) and rows[at].first <= count else None
