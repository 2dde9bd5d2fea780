"""One record of the audit and its place in the chain: what a hash is made over, for writing and verifying alike."""

import enum
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

import orjson

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DOMAIN = b"landhub.audit.v1\n"  # nothing else that is hashed or signed begins like this


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
        method: The full RPC name, "job/<kind>", or "hub.<command>" for the local command line.
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


def record_values(record: AuditRecord) -> tuple[str, ...]:
    """Return a record's fields as the table keeps them: cut to the columns' lengths, details as JSON."""
    details = orjson.dumps(dict(record.details), option=orjson.OPT_SORT_KEYS).decode()
    return (
        record.phase.value,
        record.method[:200],
        record.caller[:200],
        record.request_id[:100],
        record.business_reference[:64],
        record.resource[:200],
        record.code[:40],
        record.reason[:100],
        record.payload_hash[:64],
        record.trace_id[:32],
        details if len(details) <= 2000 else "{}",
    )


def record_hash(previous: bytes, instance: str, sequence: int, time_us: int, values: tuple[str, ...]) -> bytes:
    """Return the hash of a record in its place after `previous`.

    Over the hash of its content, so that evidence can show the records beside its own as hashes alone.
    """
    content = record_content(instance, sequence, time_us, values)
    return hashlib.sha256(previous + hashlib.sha256(content).digest()).digest()


def record_content(instance: str, sequence: int, time_us: int, values: tuple[str, ...]) -> bytes:
    """Return what is hashed of a record."""
    return orjson.dumps((instance, sequence, time_us, values))


def first_hash(instance: str, previous_checkpoint: str) -> bytes:
    """Return what an instance's first record follows: its name and the last checkpoint before it."""
    return hashlib.sha256(_DOMAIN + orjson.dumps((instance, previous_checkpoint))).digest()


def microseconds(time: datetime) -> int:
    """Return whole microseconds since 1970, as times are hashed."""
    return (time - _EPOCH) // _MICROSECOND


def from_microseconds(count: int) -> datetime:
    """Return the time that `microseconds` counted."""
    return _EPOCH + timedelta(microseconds=count)
