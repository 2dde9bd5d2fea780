"""The second place of the audit's checkpoints: an append-only file, synced line by line."""

import os
from collections.abc import Iterator
from pathlib import Path

from hub.core.audit_checkpoints import Checkpoint, Countersignature, parse_line

_TAIL_BYTES = 1 << 20  # far more than the countersignatures that may follow a checkpoint


class CheckpointFile:
    """Lines of JSON, one checkpoint or countersignature each; private to its owner."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, line: bytes) -> None:
        """Write a line and return when it is on the disk; what can't be written whole leaves nothing.

        Raises:
            OSError: the disk is full or away.
        """
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600), "r+b", buffering=0) as file:
            end = file.seek(0, os.SEEK_END)
            # A crash may have cut the last line; it stays, as evidence, and the new one begins on its own line.
            torn = end > 0 and not _ends_with_newline(file.fileno(), end)
            try:
                _write_all(file.fileno(), b"\n" + line if torn else line)
                os.fsync(file.fileno())
            except OSError:
                os.ftruncate(file.fileno(), end)
                raise

    def newest_checkpoint(self) -> Checkpoint | None:
        """Return the last whole checkpoint in the file, or None."""
        if not self.path.exists():
            return None
        with self.path.open("rb") as file:
            file.seek(max(0, self.path.stat().st_size - _TAIL_BYTES))
            lines = file.read(_TAIL_BYTES).splitlines()
        for line in reversed(lines):
            read = _parsed(line)
            if isinstance(read, Checkpoint):
                return read
        return None

    def lines(self) -> Iterator[tuple[int, Checkpoint | Countersignature | None]]:
        """Yield each line's number, from 1, with what it says; None for one that can't be read."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield number, _parsed(line)


def _parsed(line: bytes) -> Checkpoint | Countersignature | None:
    try:
        return parse_line(line)
    except ValueError:
        return None


def _write_all(descriptor: int, content: bytes) -> None:
    while content:  # a disk that gets full takes a part first
        content = content[os.write(descriptor, content) :]


def _ends_with_newline(descriptor: int, end: int) -> bool:
    return os.pread(descriptor, 1, end - 1) == b"\n"
