"""The master key: one Fernet key a line, newest first, in a systemd credential or a 0400 file elsewhere."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet, MultiFernet

from sealed.files import SealedError, read_checked, replace

CREDENTIALS_VARIABLE = "CREDENTIALS_DIRECTORY"
_FILE_MODE = 0o400
_FILE_FORBIDDEN = 0o7377  # anything but "its owner may read it"
_CREDENTIAL_FORBIDDEN = 0o027  # systemd may give read access by an ACL, which shows as the group's bits
MAX_KEYS = 10  # more are no rotation


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterKey:
    """Where the master key is.

    Attributes:
        path: The file, or the credential that systemd wrote for this process.
        is_credential: True if systemd made it: then it is read here and changed at its source.
    """

    path: Path
    is_credential: bool = False

    def keys(self) -> Sequence[bytes]:
        """Return the keys, the one that seals first.

        Raises:
            SealedError: no such file, its mode is not 0400, or it holds no keys.
        """
        forbidden = _CREDENTIAL_FORBIDDEN if self.is_credential else _FILE_FORBIDDEN
        lines = read_checked(self.path, forbidden_mode=forbidden, remedy="chmod 400").split()
        try:
            for line in lines:
                Fernet(line)
        except ValueError as error:
            raise SealedError(f"{self.path} holds no master key: one Fernet key a line is expected") from error
        if not 1 <= len(lines) <= MAX_KEYS:
            raise SealedError(f"{self.path} holds {len(lines)} keys; 1 to {MAX_KEYS} are expected")
        return lines

    def cipher(self) -> MultiFernet:
        """Return what seals with the newest key and opens with all; raises SealedError."""
        return MultiFernet([Fernet(key) for key in self.keys()])

    def write(self, keys: Sequence[bytes]) -> None:
        """Replace the keys, durably and whole."""
        if self.is_credential:
            raise SealedError("a systemd credential is changed at its source: name that file with --master-key")
        replace(self.path, b"\n".join(keys) + b"\n", mode=_FILE_MODE)


def new_key() -> bytes:
    """Return a new random key."""
    return Fernet.generate_key()


def find_master_key(reference: str, *, base: Path, environment: Mapping[str, str], apart_from: Sequence[Path]) -> Path:
    """Return the path that a reference to a master key (`file:PATH`, `credential:NAME`) names.

    Args:
        reference: What the settings say.
        base: Where relative paths start.
        environment: The process environment, for systemd's folder of credentials; never for the key itself.
        apart_from: Folders the key must not be in, nor below: that of the sealed file, and what backups take along.

    Raises:
        SealedError: the environment, a folder it must be apart from, or no reference at all.
    """
    scheme, _, name = reference.partition(":")
    if scheme == "env":
        raise SealedError(
            f"{reference}: the master key is never kept in the environment, which is inherited and shows in /proc; "
            "name file:PATH or credential:NAME"
        )
    if scheme == "credential" and name:
        return credential_path(name, environment)
    if scheme != "file" or not name:
        raise SealedError("the master key is named as credential:NAME or file:PATH, and never written out")
    path = (base / name).resolve()
    for folder in apart_from:
        if path.is_relative_to(folder.resolve()):
            raise SealedError(
                f"{path} lies in {folder.resolve()}, with what it opens, and would go into every copy of it; "
                "keep the master key elsewhere"
            )
    return path


def credential_path(name: str, environment: Mapping[str, str]) -> Path:
    """Return the file of a systemd credential.

    Raises:
        SealedError: the process was not given any, or the name is none.
    """
    folder = environment.get(CREDENTIALS_VARIABLE, "")
    if not folder or Path(name).name != name or name in {os.curdir, os.pardir}:
        raise SealedError(f"credential:{name}: no such credential; name it in LoadCredential= of the systemd unit")
    return Path(folder) / name
