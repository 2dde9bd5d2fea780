"""Secrets are named in the settings, never written there; this resolves the names and keeps the values out of sight."""

import hmac
import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

from sealed.files import SealedError
from sealed.master_key import credential_path

SCHEMES = frozenset({"env", "file", "credential", "sealed"})
MAX_SECRET_BYTES = 1 << 20  # a key or a chain of certificates is far smaller


class SecretError(Exception):
    """A reference can't be resolved; the message names the reference and what to do, never a value."""


class Secret:
    """Bytes that show in no repr, log, format or pickle. Ask for them with `reveal`, as late as possible."""

    __slots__ = ("_value",)

    def __init__(self, value: bytes) -> None:
        self._value = value

    def reveal(self) -> bytes:
        """Return the bytes."""
        return self._value

    def text(self) -> str:
        """Return the bytes as UTF-8 without the line end that editors leave."""
        return self._value.decode().rstrip("\r\n")

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._value, other.reveal())

    def __hash__(self) -> int:
        return id(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled or copied")


class Secrets:
    """Resolves `env:NAME`, `file:PATH`, `credential:NAME` and `sealed:NAME`; relative paths start at the folder.

    Args:
        base: The installation's folder.
        environment: The process environment.
        allow_environment: False refuses `env:` (a profile may: the environment is inherited and shows in /proc).
        sealed: Returns a sealed secret by name, or raises SealedError; None if the installation has none.
    """

    def __init__(
        self,
        *,
        base: Path,
        environment: Mapping[str, str],
        allow_environment: bool = True,
        sealed: Callable[[str], bytes] | None = None,
    ) -> None:
        self._base = base
        self._environment = environment
        self._allow_environment = allow_environment
        self._sealed = sealed

    def resolve(self, reference: str) -> Secret:
        """Return the secret that a reference names.

        Raises:
            SecretError: an unknown scheme, nothing there, or a file that others can read.
        """
        scheme, _, name = reference.partition(":")
        if scheme == "env" and name:
            return self._from_environment(name)
        if scheme == "file" and name:
            return Secret(read_private_file(self._base / name))
        if scheme == "credential" and name:
            return self._from_credential(name)
        if scheme == "sealed" and name:
            return self._from_sealed_file(name)
        raise SecretError(
            "a secret is given as file:PATH, sealed:NAME, credential:NAME or env:NAME; write a reference there, never "
            "the value itself"
        )

    def trying(self, name: str, value: Secret) -> "Secrets":
        """Return the same, but that `sealed:NAME` is a new value which is being tried."""
        known = self._sealed

        def sealed(asked: str) -> bytes:
            if asked == name:
                return value.reveal()
            if known is None:
                raise SealedError("there are no other sealed secrets")
            return known(asked)

        return Secrets(
            base=self._base,
            environment=self._environment,
            allow_environment=self._allow_environment,
            sealed=sealed,
        )

    def _from_credential(self, name: str) -> Secret:
        try:
            # systemd alone can make files there, and may give the hub its access by an ACL: the mode says nothing.
            return Secret(credential_path(name, self._environment).read_bytes())
        except SealedError as error:
            raise SecretError(str(error)) from error
        except OSError as error:
            raise SecretError(f"credential:{name} can't be read ({error.strerror})") from error

    def _from_sealed_file(self, name: str) -> Secret:
        if self._sealed is None:
            raise SecretError(f"sealed:{name}: this installation has no sealed secrets; run: hub sealed init DIR")
        try:
            return Secret(self._sealed(name))
        except SealedError as error:
            raise SecretError(f"sealed:{name}: {error}") from error

    def _from_environment(self, name: str) -> Secret:
        if not self._allow_environment:
            raise SecretError(
                f"env:{name} is not allowed by this profile; keep the secret in a file and name file:PATH"
            )
        value = self._environment.get(name)
        if not value:
            raise SecretError(f"env:{name} is not set; set it, or name file:PATH")
        return Secret(value.encode())


def references_in(value: object) -> frozenset[str]:
    """Return the references to secrets in a table of the settings, at any depth."""
    if isinstance(value, str):
        return frozenset({value}) if value.partition(":")[0] in SCHEMES else frozenset()
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return frozenset().union(*(references_in(part) for part in parts))


def read_private_file(path: Path) -> bytes:
    """Return the bytes of a file that only its owner may touch.

    Raises:
        SecretError: it is missing, too big, no regular file (symbolic links are followed to what they name), or open
            to the group or to others.
    """
    try:
        # Without waiting: a pipe that nobody writes to would hold the start up for ever.
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        reason = error.strerror
        raise SecretError(f"{path} can't be read ({reason}); create it, mode 0600, owned by the hub's user") from error
    try:
        # The open file is judged, not its name: nobody can swap it between the look and the read.
        _require_private(path, os.fstat(descriptor))
        content = os.read(descriptor, MAX_SECRET_BYTES + 1)
    finally:
        os.close(descriptor)
    if len(content) > MAX_SECRET_BYTES:
        raise SecretError(f"{path} is larger than any secret; is it the right file?")
    if not content:
        raise SecretError(f"{path} is empty")
    return content


def _require_private(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise SecretError(f"{path} is not a regular file")
    if os.name == "posix" and status.st_mode & 0o077:
        raise SecretError(f"{path} is open to others; run: chmod 600 {path}")
