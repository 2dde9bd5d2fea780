"""The audit trail: what may change anything is written durably and in a chain before it is answered or sent."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from sqlalchemy import Connection


class Phase(enum.StrEnum):
    """What a record tells."""

    REQUEST = "request"  # a read, or a replay of something already done
    INTENT = "intent"  # about to change something
    OUTCOME = "outcome"  # what became of an intent
    REFUSED = "refused"  # turned away before anything was done
    ADMIN = "admin"  # an administrator's act, with its reason
    CHECKPOINT = "checkpoint"  # another party's checkpoint was exchanged
    DROPPED = "dropped"  # so many records of reads had no room
    START = "start"  # an instance began


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One line of the trail: ids, codes and hashes only, never personal data.

    Attributes:
        phase: What it tells.
        method: The full RPC name, or "hub.<command>" for the local command line.
        caller: The caller's name; callers are systems.
        request_id, business_reference: of the call.
        resource: "<type>/<id>" of what it is about; empty if nothing.
        code: A gRPC status name ("OK", "NOT_FOUND").
        reason: A reason code.
        payload_hash: Keyed hash of the request, or SHA-256 of what is referred to, in hex.
        trace_id: The trace, in hex.
        details: A few more ids and counts.
    """

    phase: Phase
    method: str
    caller: str = ""
    request_id: str = ""
    business_reference: str = ""
    resource: str = ""
    code: str = ""
    reason: str = ""
    payload_hash: str = ""
    trace_id: str = ""
    details: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed statement of how long this instance's chain is and where it ends.

    `body` is what is signed (canonical JSON: instance, count, head, time, previous), `digest` its SHA-256 in hex,
    `signature` Ed25519 over it.
    """

    instance: str
    count: int
    head: str
    time: str
    previous: str
    body: bytes
    digest: str
    signature: bytes


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


class Audit:
    """Writes the chain of this process instance, its checkpoints, and the records of reads in the background."""

    def append(self, conn: Connection, record: AuditRecord) -> None:
        """Write a record in the transaction of what it tells of; durable when that is."""
        raise AssertionError((self, conn, record))

    async def write(self, record: AuditRecord) -> None:
        """Write a record on its own and return when it is durable (refusals of mutating calls, admin acts).

        Raises:
            UnavailableError: it can't be made durable (AUDIT_UNAVAILABLE): refuse the call.
        """
        raise AssertionError((self, record))

    def append_later(self, record: AuditRecord) -> None:
        """Write a read's record soon; never waits. Without room it is dropped, counted, and the count recorded."""
        raise AssertionError((self, record))

    def require_space(self) -> None:
        """Let a new mutation pass only while the disk has room.

        Raises:
            ExhaustedError: the free space is below the watermark (DISK_SPACE_LOW).
        """
        raise AssertionError(self)

    async def checkpoint(self) -> Checkpoint | None:
        """Sign the present head, store it in both places and return it; None if nothing is new since the last."""
        raise AssertionError(self)

    async def countersigned(self, countersignature: Countersignature) -> None:
        """Keep what the agent signed, in both places, with a record of it in the chain."""
        raise AssertionError((self, countersignature))

    async def start(self) -> None:
        """Begin this instance's chain with the hash of the last checkpoint, and the background work."""
        raise AssertionError(self)

    async def close(self) -> None:
        """Flush what waits, write the last checkpoint, stop."""
        raise AssertionError(self)
