"""Segments of the audit: old records as compressed files, each chained to the one before and anchored by a checkpoint.

A file is gzip over lines of JSON: the head, the checkpoints of its range (the last one anchors the segment: it states
the hash of the last record), then the records as [sequence, time in microseconds, values, hash].
"""

import gzip
import hashlib
import os
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from hub.core.audit_checkpoints import (
    Checkpoint,
    Countersignature,
    checkpoint_line,
    countersignature_line,
    parse_line,
)
from hub.core.audit_store import RawRecord

_TYPE = "landhub.audit.segment.v1"
_LARGEST_LINE_BYTES = 1 << 20  # a record has some hundred bytes; a file that was tampered with shall not fill memory
_KEY_BYTES = 4  # of a hash: of a thousand keys asked of ten thousand, one in a thousand is a false alarm
_REFERENCE, _CALLER = 4, 2  # their places among a record's values


class SegmentError(Exception):
    """A segment's file is missing, cut short or no segment; the message says which, for operators."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentHead:
    """What a segment says of itself.

    Attributes:
        number, previous: Its place among all segments, from 1, and the digest of the one before.
        instance, follows: Whose records, and the checkpoint that the instance began with.
        first, last, before: Which records, and the hash that the first one follows, in hex.
        checkpoints: The instance's checkpoints from `first` to `last`, with what agents signed; the last one anchors.
    """

    number: int
    previous: str
    instance: str
    follows: str
    first: int
    last: int
    before: str
    checkpoints: Sequence[tuple[Checkpoint, Countersignature | None]] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentRow:
    """What the database knows of a segment.

    Attributes:
        number, previous, instance, first, last: As its head says.
        first_time, last_time: Of its records.
        file, digest: Its name in the folder, and SHA-256 of its uncompressed content, in hex.
        keys: Sorted short hashes of the business references and callers in it; see `may_hold`.
    """

    number: int
    previous: str
    instance: str
    first: int
    last: int
    first_time: datetime
    last_time: datetime
    file: str
    digest: str
    keys: bytes = field(repr=False)

    def may_hold(self, *, business_reference: str = "", caller: str = "") -> bool:
        """Whether records of the reference and of the caller (empty is any) may be in it; a no is certain."""
        wanted = [_key("reference", business_reference)] if business_reference else []
        wanted += [_key("caller", caller)] if caller else []
        known = {self.keys[at : at + _KEY_BYTES] for at in range(0, len(self.keys), _KEY_BYTES)}
        return known.issuperset(wanted)


class SegmentFolder:
    """The folder of the segments. A file there is written once, whole or not at all, and never changed."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, head: SegmentHead, records: Sequence[RawRecord]) -> tuple[str, str]:
        """Write a segment durably, the same again as the same file; returns its name and its content's digest."""
        content = b"".join(_lines(head, records))
        name = f"{head.number:08d}-{head.instance}-{head.first}-{head.last}.jsonl.gz"
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = self.path / f".{name}.new"
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(gzip.compress(content, compresslevel=6, mtime=0))
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o400)
        os.replace(temporary, self.path / name)  # noqa: PTH105 - Path.replace does the same and reads like str.replace
        _sync_folder(self.path)
        return name, hashlib.sha256(content).hexdigest()

    def names(self) -> Sequence[str]:
        """Return the segments' files in the order of their numbers."""
        return sorted(path.name for path in self.path.glob("[0-9]*.jsonl.gz"))

    def head(self, name: str) -> SegmentHead:
        """Return what a segment says of itself; raises SegmentError."""
        return _head(self._opened(name))

    def records(self, name: str, *, seen: Callable[[bytes], object] = len) -> Iterator[RawRecord]:
        """Yield a segment's records, one in memory at a time; `seen` gets every line of the content.

        Raises:
            SegmentError: at any record.
        """
        lines = self._opened(name, seen)
        _head(lines)
        for line in lines:
            yield _record(line)

    def _opened(self, name: str, seen: Callable[[bytes], object] = len) -> Iterator[bytes]:
        """Yield a file's lines."""
        try:
            with gzip.open(self.path / Path(name).name, "rb") as file:
                while line := file.readline(_LARGEST_LINE_BYTES):
                    seen(line)
                    yield line
        except FileNotFoundError as error:
            raise SegmentError("the file is missing") from error
        except EOFError as error:
            raise SegmentError("the file is cut short") from error
        except (OSError, zlib.error) as error:
            raise SegmentError("the file can't be read: it is damaged") from error


def keys_of(records: Iterable[RawRecord]) -> bytes:
    """Return the sorted short hashes of what one looks records up by."""
    references = {_key("reference", record.values[_REFERENCE]) for record in records if record.values[_REFERENCE]}
    callers = {_key("caller", record.values[_CALLER]) for record in records if record.values[_CALLER]}
    return b"".join(sorted(references | callers))


def _key(kind: str, text: str) -> bytes:
    return hashlib.sha256(f"{kind}\n{text}".encode()).digest()[:_KEY_BYTES]


def _lines(head: SegmentHead, records: Sequence[RawRecord]) -> Iterator[bytes]:
    told = {
        "type": _TYPE,
        "number": head.number,
        "previous": head.previous,
        "instance": head.instance,
        "follows": head.follows,
        "first": head.first,
        "last": head.last,
        "before": head.before,
        "statements": sum(1 if theirs is None else 2 for _, theirs in head.checkpoints),
    }
    yield orjson.dumps(told, option=orjson.OPT_SORT_KEYS) + b"\n"
    for ours, theirs in head.checkpoints:
        yield checkpoint_line(ours)
        if theirs is not None:
            yield countersignature_line(theirs)
    for record in records:
        yield orjson.dumps((record.sequence, record.time_us, record.values, record.hash.hex())) + b"\n"


def _head(lines: Iterator[bytes]) -> SegmentHead:
    try:
        told: dict[str, Any] = orjson.loads(next(lines, b""))
        if told["type"] != _TYPE:
            raise SegmentError("the file is no segment of this release")
        statements = [parse_line(next(lines, b"")) for _ in range(told["statements"])]
        return SegmentHead(
            number=told["number"],
            previous=told["previous"],
            instance=told["instance"],
            follows=told["follows"],
            first=told["first"],
            last=told["last"],
            before=told["before"],
            checkpoints=_paired(statements),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise SegmentError("the file's head can't be read: it was altered") from error


def _paired(statements: Iterable[Checkpoint | Countersignature]) -> list[tuple[Checkpoint, Countersignature | None]]:
    paired: list[tuple[Checkpoint, Countersignature | None]] = []
    for statement in statements:
        if isinstance(statement, Checkpoint):
            paired.append((statement, None))
        elif paired:
            paired[-1] = (paired[-1][0], statement)
    return paired


def _record(line: bytes) -> RawRecord:
    try:
        sequence, time_us, values, digest = orjson.loads(line)
        return RawRecord(int(sequence), int(time_us), tuple(values), bytes.fromhex(digest))
    except (ValueError, TypeError) as error:
        raise SegmentError("a line of the file can't be read: it was altered") from error


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
