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
        self._key = key

    def make(self, call: Call, *, shape: ReferenceShape, attempt: int = 1) -> VendorReference:
        """Return the reference of the call's attempt (1 to n), an HMAC over caller, method, request_id and attempt."""
        parts = (call.caller, call.method, call.request_id, str(attempt))
        message = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
        number = int.from_bytes(hmac.new(self._key.reveal(), message, hashlib.sha512).digest(), "big")
        letters = []
        for _ in range(shape.length):
            number, index = divmod(number, len(shape.alphabet))
            letters.append(shape.alphabet[index])
        return VendorReference("".join(letters))
