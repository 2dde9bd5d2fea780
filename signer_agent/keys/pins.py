"""Where PINs come from, and the memory that holds what a person gave: nothing of it is ever written or shown."""

import hashlib
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from signer_agent.errors import SettingsError
from signer_agent.keys.port import KeyLockedError, KeyMissingError, Lock
from signer_agent.keys.settings import ASK

MAX_PIN_BYTES: Final = 64

_UNLOCK: Final = "run `signer-agent unlock`"


@dataclass(frozen=True, slots=True)
class _Given:
    pin: bytes = field(repr=False)
    until: float


class Pins:
    """The PIN of each key, from its source or from memory. A PIN that was refused is not given out again.

    Args:
        default: "" (none is needed), "ask", or a reference.
        by_thumbprint: The same for single certificates.
        resolve: Reads a reference; it may raise SettingsError.
        monotonic: Seconds that never go back: setting the clock lengthens no unlocking.
    """

    def __init__(
        self,
        *,
        default: str,
        by_thumbprint: Mapping[str, str],
        resolve: Callable[[str], bytes],
        monotonic: Callable[[], float],
    ) -> None:
        self._default = default
        self._by_thumbprint = dict(by_thumbprint)
        self._resolve = resolve
        self._monotonic = monotonic
        self._mutex = threading.Lock()
        self._given: dict[str, _Given] = {}
        self._refused: dict[str, bytes] = {}
        self._salt = os.urandom(32)

    @property
    def any_needed(self) -> bool:
        """Whether any key has a PIN that is not saved in its container."""
        return bool(self._default) or any(self._by_thumbprint.values())

    def is_needed(self, thumbprint: str) -> bool:
        """Whether this key has one."""
        return bool(self._source(thumbprint))

    def check(self) -> None:
        """Read every reference once, so that a missing one is told at the start. Raises SettingsError."""
        for reference in {self._default, *self._by_thumbprint.values()} - {"", ASK}:
            check_pin(self._resolve(reference))

    def pin(self, thumbprint: str) -> bytes | None:
        """The PIN of a key; None if it needs none.

        Raises:
            KeyLockedError: a person has to give it, or the one there was refused.
        """
        source = self._source(thumbprint)
        if not source:
            return None
        if source == ASK:
            with self._mutex:
                given = self._given.get(thumbprint)
                if given is not None and self._monotonic() < given.until:
                    return given.pin
                self._given.pop(thumbprint, None)
            raise KeyLockedError(f"the key is locked: {_UNLOCK}", cause="PIN_NEEDED")
        try:
            found = check_pin(self._resolve(source))
        except SettingsError as error:
            raise KeyLockedError("the key's PIN can't be read from its source", cause="PIN_NEEDED") from error
        if self._refused.get(thumbprint) == self._mark(found):
            raise KeyLockedError("the PIN was refused and is not tried again: correct its source", cause="PIN_WRONG")
        return found

    def is_locked(self, thumbprint: str) -> bool:
        """Whether `pin` would say that a person is needed. Reads no file: a bad source shows when it is used."""
        source = self._source(thumbprint)
        with self._mutex:
            given = self._given.get(thumbprint)
        return source == ASK and (given is None or self._monotonic() >= given.until)

    def keep(self, thumbprint: str, pin: bytes, *, seconds: float) -> None:
        """Keep what a person gave, and forget that another one was refused."""
        with self._mutex:
            self._given[thumbprint] = _Given(pin, self._monotonic() + seconds)
            self._refused.pop(thumbprint, None)

    def refuse(self, thumbprint: str, pin: bytes) -> None:
        """Never give out this PIN again: what a person gave is forgotten, what a file holds is remembered as wrong."""
        with self._mutex:
            self._given.pop(thumbprint, None)
            self._refused[thumbprint] = self._mark(pin)

    def forget(self, thumbprint: str) -> None:
        """Lock a key."""
        with self._mutex:
            self._given.pop(thumbprint, None)

    def forget_all(self) -> None:
        """Lock all keys."""
        with self._mutex:
            self._given.clear()

    def require_asked(self, thumbprint: str) -> None:
        """Raise KeyMissingError unless a person gives this key's PIN."""
        if self._source(thumbprint) != ASK:
            raise KeyMissingError("this key is not unlocked by a person: see [keys.pins]")

    def locks(self, thumbprints: Sequence[str]) -> Sequence[Lock]:
        """How those stand that a person unlocks."""
        found = []
        for thumbprint in thumbprints:
            if self._source(thumbprint) == ASK:
                with self._mutex:
                    given = self._given.get(thumbprint)
                left = max(0.0, given.until - self._monotonic()) if given is not None else 0.0
                found.append(Lock(thumbprint=thumbprint, seconds_left=left))
        return found

    def _source(self, thumbprint: str) -> str:
        return self._by_thumbprint.get(thumbprint, self._default)

    def _mark(self, pin: bytes) -> bytes:
        """Tells a PIN from another; good for nothing outside this process."""
        return hashlib.blake2b(pin, key=self._salt).digest()


def check_pin(pin: bytes) -> bytes:
    """The same PIN, if a terminal can take it. Raises SettingsError."""
    if not 1 <= len(pin) <= MAX_PIN_BYTES or any(byte < 0x20 or byte == 0x7F for byte in pin):
        raise SettingsError(f"a PIN has 1 to {MAX_PIN_BYTES} bytes and no control characters")
    return pin
