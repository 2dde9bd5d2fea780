"""Identifiers and randomness come from here and from nowhere else, so that a run can be replayed from a seed."""

import base64
import random
import secrets
import threading
import uuid
from collections.abc import Callable

from hub.core.clock import Clock

_LARGEST_COUNT = (1 << 12) - 1


class Ids:
    """Makes resource ids, tokens and jitter from one source of random bytes."""

    def __init__(self, *, clock: Clock, entropy: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self._clock = clock
        self._entropy = entropy
        self._lock = threading.Lock()  # transactions make ids too, in the database's thread
        self._milliseconds = 0
        self._count = 0

    def resource_id(self) -> str:
        """Return a UUIDv7 (RFC 9562): ordered by creation within this process, and not guessable."""
        milliseconds, count = self._moment()
        value = milliseconds << 80 | 0x7 << 76 | count << 64 | 0x2 << 62 | int.from_bytes(self._entropy(8), "big") >> 2
        return str(uuid.UUID(int=value))

    def _moment(self) -> tuple[int, int]:
        """Return the time in milliseconds and a 12-bit count of the ids made in it; too many borrow from the next."""
        with self._lock:
            now = int(self._clock.now().timestamp() * 1000)
            if now > self._milliseconds:
                self._milliseconds, self._count = now, 0
            elif self._count < _LARGEST_COUNT:
                self._count += 1
            else:
                self._milliseconds, self._count = self._milliseconds + 1, 0
            return self._milliseconds, self._count

    def token(self, length_bytes: int) -> str:
        """Return that many random bytes as unpadded base64url."""
        return base64.urlsafe_b64encode(self._entropy(length_bytes)).rstrip(b"=").decode()

    def random_bytes(self, length: int) -> bytes:
        """Return that many random bytes."""
        return self._entropy(length)

    def fraction(self) -> float:
        """Return a number in [0, 1), for jitter."""
        return (int.from_bytes(self._entropy(7), "big") >> 3) / (1 << 53)


class SeededIds(Ids):
    """Ids that repeat from run to run; for tests and campaigns only."""

    def __init__(self, *, clock: Clock, seed: int = 0) -> None:
        super().__init__(clock=clock, entropy=random.Random(seed).randbytes)  # noqa: S311 - repeatable on purpose
