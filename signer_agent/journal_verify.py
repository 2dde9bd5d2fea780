"""Verifies a journal from outside, with the public key alone, and names every record that is not as it was written."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from signer_agent.checkpoint import Checkpoint, read_checkpoints
from signer_agent.clock import moment
from signer_agent.errors import SettingsError
from signer_agent.journal_file import ATTACHMENTS_NAME, CHECKPOINTS_NAME, JOURNAL_NAME
from signer_agent.journal_record import GENESIS, LineError, Record, is_unaltered, read_line

MAX_PROBLEMS: Final = 1000  # told one by one; a journal with more is no journal


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalReport:
    """What was found: how many records, the last one's hash and time, and each problem in a sentence.

    ``problems`` is empty if all is well; ``last_time_ms`` is milliseconds since 1970, and 0 where there is no record.
    """

    count: int
    head: bytes
    last_time_ms: int
    checkpoints: int
    problems: tuple[str, ...]


@dataclass(slots=True)
class _Walk:
    """Where the walk along the records stands."""

    count: int = 0
    head: bytes = GENESIS
    time_ms: int = 0


def verify_journal(
    folder: Path, *, chain: str, public_key: Ed25519PublicKey, witnessed: Sequence[Checkpoint] = ()
) -> JournalReport:
    """Check the chain, its checkpoints and its attachments.

    Args:
        folder: The journal's.
        chain: What its checkpoints call it, "journal:<agent>".
        public_key: The journal's.
        witnessed: Checkpoints that somebody else kept, the hub: they show that journal and checkpoints were cut both.

    Raises:
        SettingsError: there is no journal there.
    """
    problems: list[str] = []
    try:
        own = read_checkpoints((folder / CHECKPOINTS_NAME).read_bytes())
    except FileNotFoundError:
        own = ()
        problems.append(f"{CHECKPOINTS_NAME} is missing")
    except ValueError:
        own = ()
        problems.append(f"{CHECKPOINTS_NAME} can't be read")
    points = [*own, *witnessed]
    good = [point for point in points if _is_good(point, chain, public_key)]
    problems += [f"a checkpoint of {point.count} records is not signed by this journal's key"
                 for point in points if point not in good]  # fmt: skip
    heads: dict[int, bytes] = {}
    walk = _Walk()
    for problem in _walk(folder, walk, {point.count for point in good}, heads):
        problems.append(problem)
        if len(problems) >= MAX_PROBLEMS:
            break
    problems += _compare(good, walk, heads)
    found = tuple(dict.fromkeys(problems))
    return JournalReport(
        count=walk.count, head=walk.head, last_time_ms=walk.time_ms, checkpoints=len(good), problems=found
    )


def read_public_key(path: Path) -> Ed25519PublicKey:
    """Read the journal's public key, PEM.

    Raises:
        SettingsError: the file is missing or holds none.
    """
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise SettingsError(f"{path} is no public key in PEM: give the installation's keys/journal.pub") from error
    if not isinstance(key, Ed25519PublicKey):
        raise SettingsError(f"{path} is not Ed25519: give the installation's keys/journal.pub")
    return key


def _is_good(point: Checkpoint, chain: str, public_key: Ed25519PublicKey) -> bool:
    return point.chain == chain and point.is_of_journal() and point.is_signed_by(public_key)


def _walk(folder: Path, walk: _Walk, wanted: set[int], heads: dict[int, bytes]) -> Iterator[str]:
    try:
        journal = (folder / JOURNAL_NAME).open("rb")
        attachments = (folder / ATTACHMENTS_NAME).open("rb")
    except OSError as error:
        raise SettingsError(f"{error.filename} can't be read: {error.strerror}") from error
    with journal, attachments:
        for number, line in enumerate(journal, 1):
            if not line.endswith(b"\n"):
                return  # cut short by a crash: never told of
            try:
                record = read_line(line)
            except LineError as error:
                yield f"line {number}: {error}"
                continue
            yield from _order(record, walk)
            if not is_unaltered(record):
                yield f"record {record.sequence} was altered"
            details = record.entry.details
            if "attachment_offset" in details:
                attachments.seek(int(details["attachment_offset"]))
                content = attachments.read(int(details["attachment_size"]))
                if hashlib.sha256(content).hexdigest() != details["attachment_sha256"]:
                    yield f"the signature of record {record.sequence} was altered or cut"
            if record.sequence in wanted:
                heads[record.sequence] = record.hash
            walk.count, walk.head, walk.time_ms = record.sequence, record.hash, record.time_ms


def _order(record: Record, walk: _Walk) -> Iterator[str]:
    expected = walk.count + 1
    if record.sequence > expected:
        missing = f"{expected}" if record.sequence == expected + 1 else f"{expected} to {record.sequence - 1}"
        yield f"record {missing} is missing before record {record.sequence}"
    elif record.sequence < expected:
        yield f"record {record.sequence} is out of order: it stands after record {walk.count}"
    elif record.previous_hash != walk.head:
        yield f"record {record.sequence} doesn't follow the record before it"
    if record.time_ms < walk.time_ms:
        yield f"record {record.sequence} is older than the record before it"


def _compare(points: Sequence[Checkpoint], walk: _Walk, heads: dict[int, bytes]) -> Iterator[str]:
    for point in points:
        if point.count > walk.count:
            time = moment(point.time_ms).isoformat(timespec="seconds")
            yield f"the journal ends at record {walk.count}; at {time} it had {point.count}: it was cut or rolled back"
        elif point.count and heads.get(point.count) != point.head:
            yield f"record {point.count} is not the one that was checkpointed"
