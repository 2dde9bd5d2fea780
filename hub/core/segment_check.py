"""Checks the audit's segments against each other and against what the database notes of them."""

import hashlib
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Protocol

from sqlalchemy import Connection

from hub.core.audit_checkpoints import Checkpoint, Countersignature
from hub.core.audit_findings import Problem
from hub.core.audit_segments import SegmentError, SegmentFolder, SegmentHead, SegmentRow
from hub.core.audit_store import RawRecord
from hub.core.segment_store import SegmentStore


class Find(Protocol):
    """Takes a finding."""

    def __call__(self, problem: Problem, text: str, instance: str = "", sequence: int = 0) -> None:
        """Note it."""
        ...


class SegmentCheck:
    """One run over the segments; their records are chained and compared with checkpoints by whoever reads them here.

    Args:
        store: The rows of the segments.
        folder: Their files.
    """

    def __init__(self, *, store: SegmentStore, folder: SegmentFolder) -> None:
        self._store = store
        self._folder = folder
        self._find: Find = _forget
        self._rows: Sequence[SegmentRow] = ()
        self._told: dict[int, SegmentRow] = {}
        self._altered: set[int] = set()
        self.heads: dict[int, SegmentHead] = {}

    def read_heads(self, conn: Connection, *, find: Find) -> None:
        """Read what the segments say of themselves, and compare it with their rows; `find` takes all findings."""
        self._find = find
        self._rows = self._store.all(conn)
        expected, previous = 1, ""
        for row in self._rows:
            if row.number != expected or row.previous != previous:
                text = f"segment {row.number} does not follow segment {expected - 1}: one between them was dropped"
                self._find(Problem.SEGMENT_MISSING, text, row.instance, row.first)
            self._read_head(row)
            expected, previous = row.number + 1, row.digest

    def statements(self) -> Iterator[tuple[Checkpoint, Countersignature | None]]:
        """Yield the checkpoints in the segments."""
        for head in self.heads.values():
            yield from head.checkpoints

    def stated_by_anchors(self, filed: Container[str]) -> frozenset[str]:
        """Return the digests of the checkpoints in segments whose anchor, the last of them, is among the filed ones."""
        anchored = (head.checkpoints for head in self.heads.values() if head.checkpoints)
        return frozenset(
            ours.digest for checkpoints in anchored if checkpoints[-1][0].digest in filed for ours, _ in checkpoints
        )

    def records(self, instance: str) -> Iterator[RawRecord]:
        """Yield the archived records of an instance, in order; a segment that can't be read to its end is a finding."""
        for row in self._rows:
            if row.instance == instance and row.number in self.heads:
                yield from self._records(row)

    def tells_of(self, instance: str, sequence: int) -> bool:
        """Whether a record's absence is told by a finding about its segment."""
        return any(row.instance == instance and row.first <= sequence <= row.last for row in self._told.values())

    def check_unknown(self, reached: Mapping[str, int]) -> None:
        """Name files that the database doesn't know and whose records it lacks; `reached` is the end of each chain."""
        known = {row.file for row in self._rows}
        for name in self._folder.names():
            if name in known:
                continue
            try:
                head = self._folder.head(name)
            except SegmentError:
                continue  # left by a crash while it was written; its records are in the database
            if head.last > reached.get(head.instance, 0):
                text = f"{name} holds records that the database does not know: it is older than the segment"
                self._find(Problem.ROLLED_BACK, text, head.instance, head.first)

    def _read_head(self, row: SegmentRow) -> None:
        try:
            head = self._folder.head(row.file)
        except SegmentError as error:
            problem = _problem(error)
            self._tell(row, problem, f"{_range(row)}: {error}")
            return
        if head.number != row.number:
            self._tell(row, Problem.SEGMENT_REORDERED, f"{_range(row)}: the file is segment {head.number}")
        elif (head.previous, head.instance, head.first, head.last) != (row.previous, row.instance, row.first, row.last):
            self._tell(row, Problem.SEGMENT_ALTERED, f"{_range(row)}: the file tells other records or another place")
        else:
            self.heads[row.number] = head

    def _records(self, row: SegmentRow) -> Iterator[RawRecord]:
        digest, last = hashlib.sha256(), row.first - 1
        try:
            for record in self._folder.records(row.file, seen=digest.update):
                yield record
                last = record.sequence
        except SegmentError as error:
            self._tell(row, _problem(error), f"{_range(row)}: {error} after record {last}")
            return
        if last < row.last:
            self._tell(row, Problem.SEGMENT_TRUNCATED, f"{_range(row)}: the file ends at record {last}")
        elif digest.hexdigest() != row.digest and row.number not in self._altered:
            self._altered.add(row.number)  # whoever looks for a moved record reads it again
            self._find(Problem.SEGMENT_ALTERED, f"{_range(row)}: the file was altered", row.instance, row.first)

    def _tell(self, row: SegmentRow, problem: Problem, text: str) -> None:
        if row.number not in self._told:
            self._told[row.number] = row
            self._find(problem, text, row.instance, row.first)


def _range(row: SegmentRow) -> str:
    return f"{row.file} (records {row.first} to {row.last})"


def _problem(error: SegmentError) -> Problem:
    if isinstance(error.__cause__, FileNotFoundError):
        return Problem.SEGMENT_MISSING
    return Problem.SEGMENT_TRUNCATED if isinstance(error.__cause__, EOFError) else Problem.SEGMENT_ALTERED


def _forget(problem: Problem, text: str, instance: str = "", sequence: int = 0) -> None:
    """Take findings before there is anybody to take them."""
