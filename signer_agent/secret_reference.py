"""Secrets are named in the settings, never written there: `file:PATH`, `env:NAME`, `credential:NAME` (systemd)."""

import os
import stat
import sys
from pathlib import Path
from typing import Final

from signer_agent.errors import SettingsError

_MAX_BYTES: Final = 64 * 1024  # a passphrase or a key is far smaller


def resolve(reference: str, *, directory: Path) -> bytes:
    """The bytes that a reference names, without the newline at their end.

    Raises:
        SettingsError: there is nothing, or others may read it. The message names the reference, never a value.
    """
    kind, _, name = reference.partition(":")
    if kind == "env" and name:
        value = os.environ.get(name)
        if not value:
            raise SettingsError(f"{reference}: the environment variable is not set")
        return value.encode()
    if kind == "file" and name:
        return read_private(directory / name).rstrip(b"\r\n")
    if kind == "credential" and name:
        folder = os.environ.get("CREDENTIALS_DIRECTORY", "")
        if not folder or Path(name).name != name:
            raise SettingsError(f"{reference}: no such credential; name it in LoadCredential= of the systemd unit")
        return _read(Path(folder) / name).rstrip(b"\r\n")
    raise SettingsError("a secret is named as file:PATH, env:NAME or credential:NAME, and never written out")


def read_private(path: Path) -> bytes:
    """Read a file that only its owner may read.

    Raises:
        SettingsError: it is missing, too big, no plain file, or open to others.
    """
    check_private(path)
    return _read(path)


def check_private(path: Path) -> None:
    """Refuse a file that others than its owner may read or write.

    Raises:
        SettingsError: it is missing, no plain file, or open to others.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise SettingsError(f"{path} can't be read: {error.strerror}") from error
    if not stat.S_ISREG(status.st_mode):
        raise SettingsError(f"{path} is no plain file")
    if sys.platform != "win32" and stat.S_IMODE(status.st_mode) & 0o077:
        raise SettingsError(f"{path} is open to others: chmod 600 {path}")


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise SettingsError(f"{path} can't be read: {error.strerror}") from error
    if len(content) > _MAX_BYTES:
        raise SettingsError(f"{path} is bigger than {_MAX_BYTES} bytes: is it the right file?")
    return content
