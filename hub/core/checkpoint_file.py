"""The second place of the audit's checkpoints: a file of lines, synced one by one, and thinned as a whole."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hub.core.audit_checkpoints import Checkpoint, Countersignature, parse_line

if sys.platform != "win32":
    import fcntl

Statement = Checkpoint | Countersignature | None
"""What a line says; None if it can't be read."""

_TAIL_BYTES = 1 << 20  # far more than the countersignatures that may follow a checkpoint


class CheckpointFile:
    """Lines of JSON, one checkpoint or countersignature each; private to its owner. Processes take turns by a lock."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, line: bytes) -> None:
        """Write a line and return when it is on the disk; what can't be written whole leaves nothing.

        Raises:
            OSError: the disk is full or away.
        """
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
        with self._locked(), os.fdopen(os.open(self.path, flags, 0o600), "r+b", buffering=0) as file:
            end = file.seek(0, os.SEEK_END)
            # A crash may have cut the last line; it stays, as evidence, and the new one begins on its own line.
            torn = end > 0 and not _ends_with_newline(file.fileno(), end)
            try:
                _write_all(file.fileno(), b"\n" + line if torn else line)
                os.fsync(file.fileno())
            except OSError:
                os.ftruncate(file.fileno(), end)
                raise

    def size_bytes(self) -> int:
        """Return how large it is; 0 if it is not there."""
        return self.path.stat().st_size if self.path.exists() else 0

    def thin(self, plan: Callable[[Iterator[Statement]], Callable[[Statement], bool]]) -> int:
        """Take lines out, all or none durably; returns how many.

        Args:
            plan: Reads all lines and returns what tells, line by line in the same order, whether one may go.

        Raises:
            OSError: the disk is full or away; nothing has changed.
        """
        if not self.path.exists():
            return 0
        beside, taken = self.path.with_name(f".{self.path.name}.new"), 0
        with self._locked():
            may_go = plan(line for _, line in self.lines())
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with self.path.open("rb") as old, os.fdopen(descriptor, "wb") as new:
                for line in old:
                    if line.strip() and may_go(_parsed(line)):
                        taken += 1
                    else:
                        new.write(line)
                new.flush()
                os.fsync(new.fileno())
            os.replace(beside, self.path)  # noqa: PTH105 - Path.replace does the same and reads like str.replace
            _sync_folder(self.path.parent)
        return taken

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

    def lines(self) -> Iterator[tuple[int, Statement]]:
        """Yield each line's number, from 1, with what it says; None for one that can't be read."""
        if not self.path.exists():
            return
        with self.path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield number, _parsed(line)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep other processes' hands off meanwhile; the lock ends with its process."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self.path.with_name(f".{self.path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if sys.platform != "win32":
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _parsed(line: bytes) -> Statement:
    try:
        return parse_line(line)
    except ValueError:
        return None


def _write_all(descriptor: int, content: bytes) -> None:
    while content:  # a disk that gets full takes a part first
        content = content[os.write(descriptor, content) :]


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _ends_with_newline(descriptor: int, end: int) -> bool:
    return os.pread(descriptor, 1, end - 1) == b"\n"
