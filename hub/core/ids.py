"""Identifiers and randomness come from here and from nowhere else, so that a run can be replayed from a seed."""

import base64
import random
import secrets
import uuid
from collections.abc import Callable

from hub.core.clock import Clock


class Ids:
    """Makes resource ids, tokens and jitter from one source of random bytes."""

    def __init__(self, *, clock: Clock, entropy: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self._clock = clock
        self._entropy = entropy

    def resource_id(self) -> str:
        """Return a UUIDv7 (RFC 9562): ordered by creation, to the millisecond, and not guessable."""
        milliseconds = int(self._clock.now().timestamp() * 1000)
        value = int.from_bytes(milliseconds.to_bytes(6, "big") + self._entropy(10), "big")
        value = (value & ~(0xF << 76)) | (0x7 << 76)
        value = (value & ~(0x3 << 62)) | (0x2 << 62)
        return str(uuid.UUID(int=value))

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
