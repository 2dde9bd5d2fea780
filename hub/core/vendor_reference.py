"""Our own number for a thing at a vendor: the same for the same request for ever, even after a restore."""

import hashlib
import hmac
from dataclasses import dataclass
from typing import NewType

from hub.core.call import Call
from hub.core.secrets import Secret

VendorReference = NewType("VendorReference", str)

BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
DIGITS = "0123456789"


@dataclass(frozen=True, slots=True)
class ReferenceShape:
    """What the vendor takes: how many characters, out of which."""

    length: int = 32
    alphabet: str = BASE32


class VendorReferences:
    """Makes references with a key that never rotates and belongs into the recovery kit."""

    def __init__(self, *, key: Secret) -> None:
        self._keyed = hmac.new(key.reveal(), digestmod=hashlib.sha512)  # keyed once: that costs more than the rest
        self._pairs: dict[str, list[str]] = {}  # a memo, by alphabet

    def make(self, call: Call, *, shape: ReferenceShape, attempt: int = 1) -> VendorReference:
        """Return the reference of the call's attempt (1 to n), an HMAC over caller, method, request_id and attempt."""
        parts = (call.caller, call.method, call.request_id, str(attempt))
        message = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
        keyed = self._keyed.copy()
        keyed.update(message)
        return VendorReference(self._written(int.from_bytes(keyed.digest(), "big"), shape))

    def _written(self, number: int, shape: ReferenceShape) -> str:
        """Write a number's lowest digits in an alphabet, the lowest first, two of them a division."""
        base = len(shape.alphabet)
        pairs = self._pairs.get(shape.alphabet)
        if pairs is None:
            pairs = self._pairs[shape.alphabet] = [low + high for high in shape.alphabet for low in shape.alphabet]
        number %= base**shape.length  # what is beyond is never read, and makes each division slower
        text = ""
        for _ in range((shape.length + 1) // 2):
            number, pair = divmod(number, base * base)
            text += pairs[pair]
        return text[: shape.length]
