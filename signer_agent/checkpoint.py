"""A signed point of a hash chain: how many entries it has and the hash of the last."""

import struct
from dataclasses import dataclass
from typing import Any, Final, Self

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_DOMAIN: Final = b"landhub.checkpoint.v1\x00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """Whose chain, its length, its head (32 bytes), milliseconds since 1970; signature and raw public key, Ed25519."""

    chain: str
    count: int
    head: bytes
    time_ms: int
    signature: bytes = b""
    public_key: bytes = b""

    @classmethod
    def signed(cls, *, key: Ed25519PrivateKey, chain: str, count: int, head: bytes, time_ms: int) -> Self:
        """Make one."""
        signature = key.sign(_signed_bytes(chain, count, head, time_ms))
        public_key = key.public_key().public_bytes_raw()
        return cls(chain=chain, count=count, head=head, time_ms=time_ms, signature=signature, public_key=public_key)

    def is_signed_by(self, key: Ed25519PublicKey) -> bool:
        """Whether that key, and no other it may name, made it."""
        if self.public_key != key.public_bytes_raw():
            return False
        try:
            key.verify(self.signature, _signed_bytes(self.chain, self.count, self.head, self.time_ms))
        except (InvalidSignature, ValueError, struct.error):
            return False
        return True

    def texts(self) -> dict[str, str]:
        """All of it as text, for a journal's details or a line of a file."""
        return {
            "chain": self.chain,
            "count": str(self.count),
            "head": self.head.hex(),
            "time_ms": str(self.time_ms),
            "signature": self.signature.hex(),
            "public_key": self.public_key.hex(),
        }

    def line(self) -> bytes:
        """A line of a file of checkpoints."""
        return orjson.dumps(self.texts(), option=orjson.OPT_SORT_KEYS) + b"\n"

    @classmethod
    def from_texts(cls, texts: Any) -> Self:
        """What `texts` gave.

        Raises:
            ValueError: something is missing or is no number or hex.
        """
        try:
            return cls(
                chain=str(texts["chain"]),
                count=int(texts["count"]),
                head=bytes.fromhex(texts["head"]),
                time_ms=int(texts["time_ms"]),
                signature=bytes.fromhex(texts["signature"]),
                public_key=bytes.fromhex(texts["public_key"]),
            )
        except (KeyError, TypeError) as error:
            raise ValueError("not a checkpoint") from error


def read_checkpoints(data: bytes) -> tuple[Checkpoint, ...]:
    """All checkpoints of a file; a last line that a crash cut short is left out.

    Raises:
        ValueError: another line is no checkpoint.
    """
    complete = data[: data.rfind(b"\n") + 1]
    return tuple(Checkpoint.from_texts(orjson.loads(line)) for line in complete.splitlines() if line)


def _signed_bytes(chain: str, count: int, head: bytes, time_ms: int) -> bytes:
    name = chain.encode()
    return _DOMAIN + name + b"\x00" + struct.pack(">Q", count) + head + struct.pack(">Q", time_ms)
