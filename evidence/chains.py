"""Records proven to stand in a hash chain, up to a checkpoint that the chain's keeper signed.

A proof is a run of the chain from the first record that is shown to the checkpoint. Records that are nobody's business
here are in it as the hash of their content: 32 bytes say nothing, and the chain can be followed all the same. What is
hashed is written down here a second time, apart from who writes the chains, since a verifier must not borrow the
writer's mistakes; a test holds the two together.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from evidence.container import EvidenceError, NotStatedError

MAX_LINKS: Final = 1_000_000  # of a run: hours of a busy hub between two checkpoints
HASH_BYTES: Final = 32

_JOURNAL_DOMAIN: Final = b"landhub.journal.v2\x00"

Link = Callable[[bytes, bytes], bytes]
"""The hash of a record by that of the one before and that of its content."""


def journal_link(previous: bytes, content_hash: bytes) -> bytes:
    """The hash of a journal's record."""
    return hashlib.sha256(_JOURNAL_DOMAIN + previous + content_hash).digest()


def audit_link(previous: bytes, content_hash: bytes) -> bytes:
    """The hash of an audit record."""
    return hashlib.sha256(previous + content_hash).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A piece of a chain: the records after `follows` up to the one that the checkpoint states.

    Attributes:
        first: The sequence of the first record.
        follows: The hash of the record before it, 32 bytes.
        contents: For each record its content, or, of one that is not shown, the hash of it (`bytes`, 32 long).
        statement, signature: The checkpoint: canonical JSON, and Ed25519 over it.
    """

    first: int
    follows: bytes
    contents: Sequence[str | bytes]
    statement: str
    signature: bytes

    def head(self, link: Link) -> bytes:
        """The hash of the last record."""
        head = self.follows
        for content in self.contents:
            content_hash = content if isinstance(content, bytes) else hashlib.sha256(content.encode()).digest()
            head = link(head, content_hash)
        return head

    def shown(self) -> Mapping[int, str]:
        """The contents that are shown, by sequence."""
        numbered = enumerate(self.contents, self.first)
        return {sequence: content for sequence, content in numbered if isinstance(content, str)}

    def told(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "first": self.first,
            "follows": self.follows.hex(),
            "records": [
                {"content": content} if isinstance(content, str) else {"hash": content.hex()}
                for content in self.contents
            ],
            "checkpoint": {"statement": self.statement, "signature": self.signature.hex()},
        }

    @classmethod
    def read(cls, told: Any) -> Self:
        """What `told` gave. Raises EvidenceError."""
        try:
            contents = [_content(item) for item in told["records"]]
            run = cls(
                first=int(told["first"]),
                follows=bytes.fromhex(told["follows"]),
                contents=contents,
                statement=str(told["checkpoint"]["statement"]),
                signature=bytes.fromhex(told["checkpoint"]["signature"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise EvidenceError("a run of a chain can't be read") from error
        if not 1 <= len(contents) <= MAX_LINKS or len(run.follows) != HASH_BYTES or run.first < 1:
            raise EvidenceError("a run of a chain has no records, or too many")
        return run


def _content(item: Any) -> str | bytes:
    if "content" in item:
        return str(item["content"])
    digest = bytes.fromhex(item["hash"])
    if len(digest) != HASH_BYTES:
        raise ValueError("a hash has 32 bytes")
    return digest


def runs_of(told: Mapping[str, Any]) -> Sequence[Run]:
    """The runs of a part, `{"runs": […]}`. Raises EvidenceError."""
    try:
        runs = [Run.read(item) for item in told["runs"]]
    except (KeyError, TypeError) as error:
        raise EvidenceError("it holds no runs of a chain") from error
    if not runs or [run.told() for run in runs] != told["runs"]:
        raise EvidenceError("a run of a chain says more than it should")
    return runs


def canonical(data: bytes) -> dict[str, Any]:
    """A part's JSON object, if it is written in the one canonical way. Raises EvidenceError."""
    try:
        told = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise EvidenceError("it is no JSON") from error
    if not isinstance(told, dict) or encoded(told) != data:
        raise EvidenceError("it is not in the canonical form of JSON")
    return told


def encoded(told: Any) -> bytes:
    """JSON in its canonical form: sorted keys, no white space, UTF-8."""
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS)


def signed_by(keys: Sequence[Ed25519PublicKey], run: Run) -> bool:
    """Whether one of the keys signed a run's checkpoint."""
    for key in keys:
        try:
            key.verify(run.signature, run.statement.encode())
        except InvalidSignature:
            continue
        return True
    return False


def runs_to_checkpoints(
    wanted: Sequence[int],
    checkpoints: Sequence[tuple[int, str, bytes]],
    records_between: Callable[[int, int], Sequence[tuple[int, bytes, bytes]]],
) -> Sequence[Run]:
    """Make the runs that prove some records, each up to the first checkpoint that covers it.

    Args:
        wanted: The sequences of the records to be shown.
        checkpoints: Count, statement and signature of each that is known.
        records_between: Returns the records from one sequence to another: sequence, hash of the one before, content.

    Raises:
        EvidenceError: no checkpoint covers a record yet, or the chain can't be followed.
    """
    ordered = sorted(checkpoints, key=lambda point: point[0])
    grouped: dict[tuple[int, str, bytes], list[int]] = {}
    for sequence in sorted(wanted):
        point = next((point for point in ordered if point[0] >= sequence), None)
        if point is None:
            raise NotStatedError(f"no checkpoint covers record {sequence} yet: ask again in a minute")
        grouped.setdefault(point, []).append(sequence)
    runs = []
    for (count, statement, signature), shown in grouped.items():
        records = records_between(shown[0], count)
        if [record[0] for record in records] != list(range(shown[0], count + 1)):
            raise EvidenceError(f"records {shown[0]} to {count} are not all there: verify the chain")
        told: list[str | bytes] = [
            content.decode() if sequence in shown else hashlib.sha256(content).digest()
            for sequence, _, content in records
        ]
        runs.append(Run(first=shown[0], follows=records[0][1], contents=told, statement=statement, signature=signature))
    return runs
