"""The encrypted file of secrets: one Fernet token over all of them, so that none can be moved, dropped or put back."""

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from cryptography.fernet import InvalidToken

from sealed.files import SealedError, locked, read_checked
from sealed.files import replace as replace_file
from sealed.master_key import MasterKey, new_key

NAME = re.compile(r"[a-z][a-z0-9._-]{0,62}")
MAX_VALUE_BYTES = 64 * 1024  # a key or a chain of certificates is far smaller
_FORMAT = 1
_FILE_MODE = 0o600
_FORBIDDEN_MODE = 0o077


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedSecret:
    """One secret. `candidate` is a new value that is being tried; `previous` the one before the last rotation."""

    value: bytes = field(repr=False)
    set_at: str
    candidate: bytes | None = field(default=None, repr=False)
    previous: bytes | None = field(default=None, repr=False)


class SealedFile:
    """The secrets of one installation. Nothing is kept in memory: each call reads the file and the key.

    Args:
        path: The encrypted file.
        master_key: Where its key is.
    """

    def __init__(self, *, path: Path, master_key: MasterKey) -> None:
        self.path = path
        self.master_key = master_key

    def get(self, name: str, *, candidate: bool = False) -> bytes:
        """Return a secret, or the new value that is being tried for it.

        Raises:
            SealedError: no such secret, or the file can't be opened.
        """
        found = self.secrets().get(name)
        if found is None:
            raise SealedError(f"there is no sealed secret {name!r}; set it with `sealed set DIR {name}`")
        value = found.candidate if candidate else found.value
        if value is None:
            raise SealedError(f"no new value is being tried for the sealed secret {name!r}")
        return value

    def secrets(self) -> Mapping[str, SealedSecret]:
        """Return all secrets by name; empty if there is no file yet. Raises SealedError."""
        if not self.path.exists():
            return {}
        token = read_checked(self.path, forbidden_mode=_FORBIDDEN_MODE, remedy="chmod 600")
        try:
            content = json.loads(self.master_key.cipher().decrypt(token.strip()))
            if content["format"] != _FORMAT:
                raise SealedError(f"{self.path} was written by a newer release; use that one")
            return {name: _secret(entry) for name, entry in content["secrets"].items()}
        except InvalidToken as error:
            raise SealedError(
                f"{self.path} can't be opened with {self.master_key.path}: it was altered, or that is another key"
            ) from error
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise SealedError(f"{self.path} holds no secrets of ours") from error

    def put(self, name: str, value: bytes, *, now: datetime) -> None:
        """Set a secret; raises SealedError (a bad name, an empty or too big value, an unusable file)."""
        _check(name, value)
        with locked(self.path):
            secrets = dict(self.secrets())
            secrets[name] = SealedSecret(value=value, set_at=now.isoformat(timespec="seconds"))
            self._write(secrets)

    def remove(self, name: str) -> None:
        """Remove a secret; raises SealedError."""
        with locked(self.path):
            secrets = dict(self.secrets())
            if secrets.pop(name, None) is None:
                raise SealedError(f"there is no sealed secret {name!r}")
            self._write(secrets)

    def stage(self, name: str, value: bytes) -> None:
        """Keep a new value to be tried beside the one in use; raises SealedError."""
        _check(name, value)
        self._change(name, lambda secret: replace(secret, candidate=value))

    def promote(self, name: str, *, now: datetime) -> None:
        """Put the tried value in use and keep the one before it; raises SealedError if none is being tried."""

        def promoted(secret: SealedSecret) -> SealedSecret:
            if secret.candidate is None:
                raise SealedError(f"no new value is being tried for the sealed secret {name!r}")
            set_at = now.isoformat(timespec="seconds")
            return SealedSecret(value=secret.candidate, set_at=set_at, previous=secret.value)

        self._change(name, promoted)

    def discard(self, name: str) -> None:
        """Forget the value that was tried; the one in use stays. Raises SealedError."""
        self._change(name, lambda secret: replace(secret, candidate=None))

    def rotate(self) -> bool:
        """Seal everything under a new master key and drop the old one; crash-safe at every step, and repeatable.

        First both keys are valid, then the file is sealed anew, then the old key goes. What was interrupted is
        finished by the next run, with the key that was already made.

        Returns:
            True if this finished an interrupted rotation instead of beginning one.

        Raises:
            SealedError: the file or the key can't be used.
        """
        with locked(self.path):
            keys: Sequence[bytes] = self.master_key.keys()
            secrets = self.secrets()
            resumed = len(keys) > 1
            if not resumed:
                keys = [new_key(), *keys]
                self.master_key.write(keys)
            self._write(secrets)
            self.master_key.write(keys[:1])
        return resumed

    def _change(self, name: str, change: Callable[[SealedSecret], SealedSecret]) -> None:
        with locked(self.path):
            secrets = dict(self.secrets())
            if name not in secrets:
                raise SealedError(f"there is no sealed secret {name!r}; set it with `sealed set DIR {name}`")
            secrets[name] = change(secrets[name])
            self._write(secrets)

    def _write(self, secrets: Mapping[str, SealedSecret]) -> None:
        content = {"format": _FORMAT, "secrets": {name: _entry(secret) for name, secret in secrets.items()}}
        token = self.master_key.cipher().encrypt(json.dumps(content, sort_keys=True).encode())
        replace_file(self.path, token + b"\n", mode=_FILE_MODE)


def _check(name: str, value: bytes) -> None:
    if not NAME.fullmatch(name):
        raise SealedError(f"{name!r} can't be a secret's name: small letters, digits, . _ - and a letter first")
    if not 0 < len(value) <= MAX_VALUE_BYTES:
        raise SealedError(f"a secret has 1 to {MAX_VALUE_BYTES} bytes")


def _secret(entry: Mapping[str, str]) -> SealedSecret:
    return SealedSecret(
        value=base64.b64decode(entry["value"], validate=True),
        set_at=entry["set_at"],
        candidate=_optional(entry.get("candidate")),
        previous=_optional(entry.get("previous")),
    )


def _optional(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text, validate=True)


def _entry(secret: SealedSecret) -> Mapping[str, str]:
    values = {"value": secret.value, "candidate": secret.candidate, "previous": secret.previous}
    texts = {key: base64.b64encode(value).decode() for key, value in values.items() if value is not None}
    return {**texts, "set_at": secret.set_at}
