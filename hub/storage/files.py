"""The hub's files: private ones, and the lock that lets one server at a time use a database file."""

import os
import sys
from pathlib import Path

if sys.platform != "win32":
    import fcntl


class InstallationLockedError(Exception):
    """Another server already uses this database file; stop it first."""


def make_private_file(path: Path) -> None:
    """Create the file, if it isn't there, for its owner alone; close an existing one to others."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    if os.name == "posix":
        path.chmod(0o600)


class InstallationLock:
    """An advisory lock that the system drops when the process dies, however it dies.

    Raises:
        InstallationLockedError: another process has it.
    """

    def __init__(self, path: Path) -> None:
        make_private_file(path)
        self._descriptor = os.open(path, os.O_RDWR)
        if sys.platform == "win32":
            return
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._descriptor)
            raise InstallationLockedError(f"another hub already serves from {path.parent}; stop it first") from error

    def release(self) -> None:
        """Let the next server in. Safe to call twice."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)
