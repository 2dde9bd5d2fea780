"""One line of the journal: canonical JSON, chained by SHA-256 to the line before.

A record's hash is over the one before and the hash of its content, not the content itself: so one record can be proven
to stand in the chain while its neighbours are shown as their hashes alone (docs/operations/evidence.md).
"""

import enum
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

import orjson

GENESIS: Final = bytes(32)
"""What stands for the hash of the entry before the first."""

_DOMAIN: Final = b"landhub.journal.v2\x00"


class Phase(enum.StrEnum):
    """What an entry tells; the names of landhub.signer.v1.JournalPhase without their prefix."""

    DECIDED = "DECIDED"
    SIGNED = "SIGNED"
    REFUSED = "REFUSED"
    FAILED = "FAILED"
    CALLER_REFUSED = "CALLER_REFUSED"
    STARTED = "STARTED"
    CHECKPOINT = "CHECKPOINT"
    SEEN = "SEEN"
    KEY_UNLOCKED = "KEY_UNLOCKED"
    KEY_LOCKED = "KEY_LOCKED"
    KEY_NOT_UNLOCKED = "KEY_NOT_UNLOCKED"


class LineError(Exception):
    """A line of the journal is not one that the journal wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is told. ``digest`` is hex; ``details`` are ids, hashes and numbers as text, and no personal data."""

    phase: Phase
    caller: str = ""
    request_id: str = ""
    business_reference: str = ""
    digest: str = ""
    digest_algorithm: str = ""
    document_kind: str = ""
    certificate: str = ""
    format: str = ""
    element_id: str = ""
    rule: str = ""
    attested_by: str = ""
    reason: str = ""
    trace_id: str = ""
    details: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


_TEXTS: Final = tuple(name for name in Entry.__slots__ if name not in {"phase", "details"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """An entry in its place: number from 1, milliseconds since 1970, the chain's hashes (32 bytes)."""

    sequence: int
    time_ms: int
    entry: Entry
    previous_hash: bytes
    hash: bytes
    encoded: bytes = field(default=b"", repr=False, compare=False)
    """The line, where it was made together with the hash."""

    def line(self) -> bytes:
        """The line as the file has it, with its newline."""
        if self.encoded:
            return self.encoded
        return _line(_body(self.sequence, self.time_ms, self.entry), self.previous_hash, self.hash)

    def content(self) -> bytes:
        """What is hashed of it: the line without the two hashes."""
        return _encoded(_body(self.sequence, self.time_ms, self.entry))


def chained(entry: Entry, *, sequence: int, time_ms: int, previous_hash: bytes) -> Record:
    """Give an entry its place in the chain."""
    body = _body(sequence, time_ms, entry)
    digest = _hash(previous_hash, _encoded(body))
    return Record(
        sequence=sequence,
        time_ms=time_ms,
        entry=entry,
        previous_hash=previous_hash,
        hash=digest,
        encoded=_line(body, previous_hash, digest),
    )


def with_details(entry: Entry, **details: str) -> Entry:
    """The same entry telling more."""
    return replace(entry, details=MappingProxyType({**entry.details, **details}))


def read_line(line: bytes) -> Record:
    """Read a line, with or without its newline. Its hash is what it says; see `is_unaltered`.

    Raises:
        LineError: it is no line of a journal.
    """
    try:
        body = orjson.loads(line)
        texts = {name: str(body.get(name, "")) for name in _TEXTS}
        details = {str(key): str(value) for key, value in body.get("details", {}).items()}
        entry = Entry(phase=Phase(body["phase"]), details=MappingProxyType(details), **texts)
        record = Record(
            sequence=int(body["sequence"]),
            time_ms=int(body["time_ms"]),
            entry=entry,
            previous_hash=bytes.fromhex(body["previous_hash"]),
            hash=bytes.fromhex(body["hash"]),
        )
    except (orjson.JSONDecodeError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise LineError("not a line of a journal") from error
    if record.line().rstrip(b"\n") != line.rstrip(b"\n"):
        raise LineError("not in the form the journal writes")
    return record


def is_unaltered(record: Record) -> bool:
    """Whether the record's hash is that of its content."""
    return record.hash == _hash(record.previous_hash, record.content())


def _line(body: dict[str, Any], previous_hash: bytes, digest: bytes) -> bytes:
    return _encoded({**body, "previous_hash": previous_hash.hex(), "hash": digest.hex()}) + b"\n"


def _body(sequence: int, time_ms: int, entry: Entry) -> dict[str, Any]:
    body: dict[str, Any] = {name: value for name in _TEXTS if (value := getattr(entry, name))}
    if entry.details:
        body["details"] = dict(entry.details)
    return {
        **body,
        "phase": entry.phase.value,
        "sequence": sequence,
        "time_ms": time_ms,
    }


def _encoded(body: dict[str, Any]) -> bytes:
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS)


def _hash(previous_hash: bytes, content: bytes) -> bytes:
    return hashlib.sha256(_DOMAIN + previous_hash + hashlib.sha256(content).digest()).digest()
