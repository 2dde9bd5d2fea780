"""Encrypts personal data for the database, and makes keyed hashes."""

import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.core.secrets import Secret

MAGIC = b"LH1"
_NONCE_BYTES = 12


class DecryptionError(Exception):
    """A stored value can't be opened: another row's, altered, or its key is no longer in the ring."""


class KeyRing:
    """AES-256-GCM keys by id; the active one seals, all of them open. Rotating adds a key and moves `active`.

    A sealed value is MAGIC, the key id's length (1 byte), the key id, a 96-bit nonce, the ciphertext with its tag.

    Args:
        keys: Key id (1 to 32 ASCII letters) to a 32-byte key.
        active: The id of the key that seals.
        random_bytes: The source of nonces (Ids.random_bytes).

    Raises:
        ValueError: no such active key, or a key of another length.
    """

    def __init__(self, *, keys: Mapping[str, Secret], active: str, random_bytes: Callable[[int], bytes]) -> None:
        if active not in keys:
            raise ValueError(f"the active key {active!r} is not in the ring")
        if any(not 1 <= len(name.encode()) <= 32 for name in keys):
            raise ValueError("a key id has 1 to 32 letters")
        self._ciphers = {name.encode(): AESGCM(key.reveal()) for name, key in keys.items()}
        self._active = active.encode()
        self._random_bytes = random_bytes

    @property
    def active_head(self) -> bytes:
        """What every value begins with that the active key sealed."""
        return _head(self._active)

    def heads(self) -> Iterator[tuple[str, bytes]]:
        """Yield each key's id with what its values begin with, in the order they were given."""
        for name in self._ciphers:
            yield name.decode(), _head(name)

    def seal(self, value: bytes, *, place: str) -> bytes:
        """Encrypt a value for one place ("table.column.row id"); elsewhere it will not open."""
        nonce = self._random_bytes(_NONCE_BYTES)
        head = _head(self._active)
        return head + nonce + self._ciphers[self._active].encrypt(nonce, value, head + place.encode())

    def open(self, sealed: bytes, *, place: str) -> bytes:
        """Decrypt what `seal` made for the same place.

        Raises:
            DecryptionError: altered, moved, cut short, or its key is gone.
        """
        name_end = len(MAGIC) + 1 + (sealed[len(MAGIC)] if len(sealed) > len(MAGIC) else 0)
        head, nonce, body = (
            sealed[:name_end],
            sealed[name_end : name_end + _NONCE_BYTES],
            sealed[name_end + _NONCE_BYTES :],
        )
        cipher = self._ciphers.get(head[len(MAGIC) + 1 :])
        if not head.startswith(MAGIC) or cipher is None:
            raise DecryptionError(
                f"{place.rsplit('.', 1)[0]}: the key of this value is not in the ring; add it again to read it"
            )
        try:
            return cipher.decrypt(nonce, body, head + place.encode())
        except (InvalidTag, ValueError) as error:
            raise DecryptionError(f"{place.rsplit('.', 1)[0]}: the stored value was altered or moved") from error


def _head(name: bytes) -> bytes:
    return MAGIC + bytes([len(name)]) + name


class SealedColumn:
    """One encrypted column of one table; a module's store has one for each, and its type is storage.EncryptedBytes."""

    def __init__(self, *, ring: KeyRing, table: str, column: str) -> None:
        self._ring = ring
        self._place = f"{table}.{column}"

    def seal(self, row_id: str, value: bytes) -> bytes:
        """Encrypt bytes for one row."""
        return self._ring.seal(value, place=f"{self._place}.{row_id}")

    def open(self, row_id: str, sealed: bytes) -> bytes:
        """Decrypt one row's bytes; raises DecryptionError."""
        return self._ring.open(sealed, place=f"{self._place}.{row_id}")

    def seal_json(self, row_id: str, value: Any) -> bytes:
        """Encrypt a JSON value for one row."""
        return self.seal(row_id, json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())

    def open_json(self, row_id: str, sealed: bytes) -> Any:
        """Decrypt one row's JSON value; raises DecryptionError."""
        return json.loads(self.open(row_id, sealed))


class KeyedHash:
    """HMAC-SHA-256 under one key, for fingerprints and pseudonyms: equal inputs are recognised, none can be guessed."""

    def __init__(self, *, key: Secret, key_id: str) -> None:
        self._keyed = hmac.new(key.reveal(), digestmod="sha256")  # keyed once: that costs more than a digest
        self.key_id = key_id

    def digest(self, purpose: str, *parts: bytes) -> bytes:
        """Return 32 bytes over a purpose and parts, each length-prefixed, so that no two lists read the same."""
        prefixed = [piece for part in (purpose.encode(), *parts) for piece in (len(part).to_bytes(8, "big"), part)]
        keyed = self._keyed.copy()
        keyed.update(b"".join(prefixed))
        return keyed.digest()

    def pseudonym(self, purpose: str, text: str) -> str:
        """Return 32 hex letters that stand for a text."""
        return self.digest(purpose, text.encode()).hex()[:32]
