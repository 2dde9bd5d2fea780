"""A signed point of a hash chain: its length and the hash of its last entry. What is signed is a statement in JSON.

The hub's statements have the type `landhub.audit.checkpoint.v1`, the journal's `landhub.journal.checkpoint.v1`; one key
signs both the journal's and, as a witness, the hub's, so the type must be looked at before anything is signed.
"""

from dataclasses import dataclass
from typing import Any, Final, Self

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from signer_agent.clock import moment

AUDIT_TYPE: Final = "landhub.audit.checkpoint.v1"
JOURNAL_TYPE: Final = "landhub.journal.checkpoint.v1"

MAX_STATEMENT_BYTES: Final = 4096  # ours have 250


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """Whose chain, its length, its head (32 bytes), when; the statement that says so and the signature over it.

    ``time_ms`` is milliseconds since 1970, ``public_key`` raw Ed25519: it names a key and proves nothing.
    """

    chain: str
    count: int
    head: bytes
    time_ms: int
    statement: bytes
    signature: bytes
    public_key: bytes = b""

    def is_signed_by(self, key: Ed25519PublicKey) -> bool:
        """Whether that key signed the statement."""
        try:
            key.verify(self.signature, self.statement)
        except InvalidSignature:
            return False
        return True

    def is_of_journal(self) -> bool:
        """Whether the statement is one of a journal and says the same as the fields."""
        return self.statement == _journal_statement(self.chain, self.count, self.head, self.time_ms)

    def is_of_audit(self) -> bool:
        """Whether the statement is one of a hub's audit and says the same as the fields."""
        if len(self.statement) > MAX_STATEMENT_BYTES:
            return False
        try:
            stated = orjson.loads(self.statement)
        except orjson.JSONDecodeError:
            return False
        if not isinstance(stated, dict) or orjson.dumps(stated, option=orjson.OPT_SORT_KEYS) != self.statement:
            return False
        said = (stated.get("type"), f"audit:{stated.get('instance')}", stated.get("count"), stated.get("head"))
        return said == (AUDIT_TYPE, self.chain, self.count, self.head.hex())

    def signed_again(self, key: Ed25519PrivateKey) -> "Checkpoint":
        """The same statement under another key: a witness's word that it has seen it."""
        return Checkpoint(
            chain=self.chain,
            count=self.count,
            head=self.head,
            time_ms=self.time_ms,
            statement=self.statement,
            signature=key.sign(self.statement),
            public_key=key.public_key().public_bytes_raw(),
        )

    def texts(self) -> dict[str, str]:
        """All of it as text, for a journal's details or a line of a file."""
        return {
            "chain": self.chain,
            "count": str(self.count),
            "head": self.head.hex(),
            "time_ms": str(self.time_ms),
            "statement": self.statement.decode(),
            "signature": self.signature.hex(),
            "public_key": self.public_key.hex(),
        }

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
                statement=str(texts["statement"]).encode(),
                signature=bytes.fromhex(texts["signature"]),
                public_key=bytes.fromhex(texts["public_key"]),
            )
        except (KeyError, TypeError) as error:
            raise ValueError("not a checkpoint") from error


def journal_checkpoint(*, key: Ed25519PrivateKey, chain: str, count: int, head: bytes, time_ms: int) -> Checkpoint:
    """Make the checkpoint of a journal."""
    statement = _journal_statement(chain, count, head, time_ms)
    return Checkpoint(
        chain=chain,
        count=count,
        head=head,
        time_ms=time_ms,
        statement=statement,
        signature=key.sign(statement),
        public_key=key.public_key().public_bytes_raw(),
    )


def checkpoint_line(checkpoint: Checkpoint) -> bytes:
    """A line of a file of checkpoints."""
    return orjson.dumps(checkpoint.texts(), option=orjson.OPT_SORT_KEYS) + b"\n"


def read_checkpoints(data: bytes) -> tuple[Checkpoint, ...]:
    """All checkpoints of a file; a last line that a crash cut short is left out.

    Raises:
        ValueError: another line is no checkpoint.
    """
    complete = data[: data.rfind(b"\n") + 1]
    return tuple(Checkpoint.from_texts(orjson.loads(line)) for line in complete.splitlines() if line)


def _journal_statement(chain: str, count: int, head: bytes, time_ms: int) -> bytes:
    stated = {
        "type": JOURNAL_TYPE,
        "chain": chain,
        "count": count,
        "head": head.hex(),
        "time": moment(time_ms).isoformat(timespec="milliseconds"),
    }
    return orjson.dumps(stated, option=orjson.OPT_SORT_KEYS)
