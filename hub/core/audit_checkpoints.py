"""Checkpoints of the audit: what is signed, by whom, and how a line of the checkpoint file reads."""

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed statement of how long an instance's chain is and where it ends.

    Attributes:
        instance, count, head, time, previous: What it states; head and previous are SHA-256 in hex.
        body: The exact bytes that are signed: canonical JSON of the above.
        digest: SHA-256 of the body, in hex.
        key_id: Which key signed it.
        signature: Ed25519 over the body.
        public_key: The raw 32 bytes of the key, for those who have it not yet; a verifier trusts its own copy.
    """

    instance: str
    count: int
    head: str
    time: str
    previous: str
    body: bytes
    digest: str
    key_id: str
    signature: bytes
    public_key: bytes = b""


@dataclass(frozen=True, slots=True)
class Countersignature:
    """The signer agent's word that it saw our checkpoint, and its own checkpoint for us to keep.

    Attributes:
        checkpoint_digest: Checkpoint.digest of ours that was signed.
        signer: Who: the agent's name.
        key_id: Which of its keys.
        signature: Its signature over our checkpoint's body.
        peer_checkpoint: The checkpoint of its own journal, as it gave it, serialised.
    """

    checkpoint_digest: str
    signer: str
    key_id: str
    signature: bytes
    peer_checkpoint: bytes = b""

    def digest(self) -> str:
        """Return the SHA-256 over all of it, in hex; the chain's record of the exchange holds it."""
        parts = [self.checkpoint_digest, self.signer, self.key_id, self.signature.hex(), self.peer_checkpoint.hex()]
        return hashlib.sha256(b"landhub.audit.countersignature.v1\n" + orjson.dumps(parts)).hexdigest()


class CheckpointKey:
    """The Ed25519 key of this installation's checkpoints."""

    def __init__(self, *, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public_bytes = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.key_id = key_id(key.public_key())

    def sign(self, *, instance: str, count: int, head: bytes, time: datetime, previous: str) -> Checkpoint:
        """State that the instance's chain had `count` records and ended in `head`."""
        stated = {
            "count": count,
            "head": head.hex(),
            "instance": instance,
            "previous": previous,
            "time": time.isoformat(),
            "type": "landhub.audit.checkpoint.v1",
        }
        body = json.dumps(stated, separators=(",", ":"), sort_keys=True).encode()
        signature = self._key.sign(body)
        return parse_checkpoint(body, key_id=self.key_id, signature=signature, public_key=self.public_bytes)


def key_id(key: Ed25519PublicKey) -> str:
    """Return a public key's id: the first 16 hex letters of its SHA-256."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def parse_checkpoint(body: bytes, *, key_id: str, signature: bytes, public_key: bytes = b"") -> Checkpoint:
    """Read a checkpoint's body; the signature is not judged here.

    Raises:
        ValueError: it is no checkpoint.
    """
    try:
        stated = json.loads(body)
        return Checkpoint(
            instance=str(stated["instance"]),
            count=int(stated["count"]),
            head=str(stated["head"]),
            time=str(stated["time"]),
            previous=str(stated["previous"]),
            body=body,
            digest=hashlib.sha256(body).hexdigest(),
            key_id=key_id,
            signature=signature,
            public_key=public_key,
        )
    except (KeyError, TypeError) as error:
        raise ValueError("this is no checkpoint") from error


def checkpoint_line(checkpoint: Checkpoint) -> bytes:
    """Return a checkpoint as a line of the checkpoint file."""
    line = {
        "checkpoint": checkpoint.body.decode(),
        "key_id": checkpoint.key_id,
        "signature": base64.b64encode(checkpoint.signature).decode(),
    }
    return orjson.dumps(line, option=orjson.OPT_SORT_KEYS) + b"\n"


def countersignature_line(countersignature: Countersignature) -> bytes:
    """Return a countersignature as a line of the checkpoint file."""
    line = {
        "countersignature": countersignature.checkpoint_digest,
        "key_id": countersignature.key_id,
        "peer_checkpoint": base64.b64encode(countersignature.peer_checkpoint).decode(),
        "signature": base64.b64encode(countersignature.signature).decode(),
        "signer": countersignature.signer,
    }
    return orjson.dumps(line, option=orjson.OPT_SORT_KEYS) + b"\n"


def parse_line(line: bytes) -> Checkpoint | Countersignature:
    """Read a line of the checkpoint file.

    Raises:
        ValueError: it is neither.
    """
    try:
        read: dict[str, Any] = orjson.loads(line)
        signature = base64.b64decode(read["signature"], validate=True)
        if "checkpoint" in read:
            return parse_checkpoint(read["checkpoint"].encode(), key_id=read["key_id"], signature=signature)
        return Countersignature(
            checkpoint_digest=read["countersignature"],
            signer=read["signer"],
            key_id=read["key_id"],
            signature=signature,
            peer_checkpoint=base64.b64decode(read["peer_checkpoint"], validate=True),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("this line is neither a checkpoint nor a countersignature") from error
