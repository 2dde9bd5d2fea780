"""Opens the hub's own keys, all of them before anything starts, so that a missing one is told at once."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric import ed25519

from hub.core.crypto import KeyedHash, KeyRing
from hub.core.ids import Ids
from hub.core.secrets import Secret, SecretError, Secrets
from hub.installation.private_keys import open_key, symmetric_key
from hub.settings import Settings, SettingsError

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The opened keys. `passphrase` opens the private keys of TLS, if they are encrypted."""

    passphrase: Secret | None = field(repr=False)
    columns: KeyRing = field(repr=False)
    reference: Secret = field(repr=False)
    hashes: KeyedHash = field(repr=False)
    audit: ed25519.Ed25519PrivateKey = field(repr=False)


def open_keys(settings: Settings, *, secrets: Secrets, ids: Ids) -> Keys:
    """Open them.

    Raises:
        SettingsError: one or more can't be; each with the path of its setting.
    """
    problems: list[str] = []

    def tried(path: str, opening: Callable[[], T]) -> T | None:
        try:
            return opening()
        except SecretError as error:
            problems.append(f"{path}: {error}")
            return None

    def symmetric(path: str, reference: str) -> Secret | None:
        return tried(path, lambda: symmetric_key(secrets.resolve(reference), name=reference))

    storage = settings.storage
    passphrase = open_passphrase(settings, secrets)
    columns = [symmetric("storage.column_keys", reference) for reference in storage.column_keys]
    reference = symmetric("storage.reference_key", storage.reference_key)
    pseudonym = symmetric("storage.pseudonym_key", storage.pseudonym_key)
    audit = tried("audit.signing_key", lambda: _audit_key(settings.audit.signing_key, secrets, passphrase))
    if not columns:
        problems.append("storage.column_keys: name at least one key")
    if problems or reference is None or pseudonym is None or audit is None:
        raise SettingsError(*problems)
    return Keys(
        passphrase=passphrase,
        columns=_ring([key for key in columns if key], ids),
        reference=reference,
        hashes=KeyedHash(key=pseudonym, key_id=_key_id(pseudonym)),
        audit=audit,
    )


def open_passphrase(settings: Settings, secrets: Secrets) -> Secret | None:
    """Return the passphrase of the private keys, if the settings name one.

    Raises:
        SettingsError: it can't be read.
    """
    if settings.keys.passphrase is None:
        return None
    try:
        return secrets.resolve(settings.keys.passphrase)
    except SecretError as error:
        raise SettingsError(f"keys.passphrase: {error}") from error


def _ring(keys: Sequence[Secret], ids: Ids) -> KeyRing:
    named = {_key_id(key): key for key in keys}
    return KeyRing(keys=named, active=_key_id(keys[0]), random_bytes=ids.random_bytes)


def _key_id(key: Secret) -> str:
    """Name a key by what it is, so that the order in the settings may change."""
    return hashlib.sha256(b"landhub.key_id\0" + key.reveal()).hexdigest()[:8]


def _audit_key(reference: str, secrets: Secrets, passphrase: Secret | None) -> ed25519.Ed25519PrivateKey:
    key = open_key(secrets.resolve(reference).reveal(), name=reference, passphrase=passphrase)
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise SecretError(f"{reference} is no Ed25519 key; checkpoints are signed with Ed25519")
    return key
