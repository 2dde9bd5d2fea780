"""Files that nobody else may touch: read with their mode checked, replaced whole or not at all."""

import contextlib
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

if sys.platform != "win32":
    import fcntl

MAX_BYTES = 1 << 20  # all secrets of an installation are far smaller


class SealedError(Exception):
    """Something of the sealed secrets can't be used; the message says what and what to do, never a value."""


def read_checked(path: Path, *, forbidden_mode: int, remedy: str) -> bytes:
    """Return a file's bytes.

    Args:
        path: The file.
        forbidden_mode: Mode bits that refuse it.
        remedy: What to run when the mode is refused.

    Raises:
        SealedError: it is missing, too big, no regular file, or its mode is refused.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise SealedError(f"{path} can't be read ({error.strerror})") from error
    try:
        status = os.fstat(descriptor)  # the open file is judged, not its name
        if not stat.S_ISREG(status.st_mode):
            raise SealedError(f"{path} is not a regular file")
        if os.name == "posix" and status.st_mode & forbidden_mode:
            raise SealedError(f"{path} has mode {stat.S_IMODE(status.st_mode):04o}; run: {remedy} {path}")
        content = os.read(descriptor, MAX_BYTES + 1)
    finally:
        os.close(descriptor)
    if len(content) > MAX_BYTES:
        raise SealedError(f"{path} is larger than {MAX_BYTES} bytes; is it the right file?")
    return content


def replace(path: Path, content: bytes, *, mode: int) -> None:
    """Write the whole file or none of it, durably: a crash leaves the old content or the new."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.new")
    temporary.unlink(missing_ok=True)  # of an interrupted run: it may be read-only
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        if sys.platform != "win32":
            os.fchmod(descriptor, mode)
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    os.replace(temporary, path)  # noqa: PTH105 - Path.replace does the same and reads like str.replace
    if os.name == "posix":
        _sync_folder(path.parent)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock that lets one writer at a time change the file; the system drops it when the process dies."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path.with_name(f".{path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if sys.platform != "win32":
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
