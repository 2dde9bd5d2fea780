"""Proves the audit trail unaltered, or names what was done to it, with the public keys alone."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection

from hub.core.audit_chain import Phase, first_hash, record_hash
from hub.core.audit_checkpoints import Checkpoint, Countersignature, key_id
from hub.core.audit_findings import Finding, Problem, Statements, VerifyReport
from hub.core.audit_store import AuditStore, InstanceRow, RawRecord
from hub.core.checkpoint_file import CheckpointFile
from hub.core.segment_check import SegmentCheck

__all__ = ["Finding", "Problem", "VerifyReport", "verify"]

Judge = Callable[[Checkpoint, Countersignature], str]

MAX_FINDINGS = 100  # one hole is enough to know; a million lines help nobody
REORDER_WINDOW = 10_000  # how far from its place a moved record is looked for
_PAYLOAD_HASH = 8  # its place among a record's values


def verify(
    conn: Connection,
    *,
    store: AuditStore,
    file: CheckpointFile,
    public_keys: Sequence[Ed25519PublicKey],
    segments: SegmentCheck | None = None,
    judge: Judge | None = None,
) -> VerifyReport:
    """Check every record, chain, checkpoint and countersignature against each other and against the second place.

    Args:
        conn: A connection to the database, or to a copy of it.
        store: Reads the audit's tables.
        file: The second place of the checkpoints.
        public_keys: The keys that checkpoints may be signed with.
        segments: Checks what was archived; None if the trail is all in the database.
        judge: Says what is wrong with an agent's countersignature, empty if nothing is; None judges none.
    """
    return _Verification(store=store, file=file, public_keys=public_keys, segments=segments, judge=judge).run(conn)


class _Verification:
    """One run over a trail."""

    def __init__(
        self,
        *,
        store: AuditStore,
        file: CheckpointFile,
        public_keys: Sequence[Ed25519PublicKey],
        segments: SegmentCheck | None,
        judge: Judge | None,
    ) -> None:
        self._judge = judge
        self._store = store
        self._segments = segments
        self._file = file
        self._keys = {key_id(key): key for key in public_keys}
        self._findings: list[Finding] = []
        self._exchanges: dict[str, tuple[str, int]] = {}
        self._records = 0
        self._reached: dict[str, int] = {}

    def run(self, conn: Connection) -> VerifyReport:
        """Verify the second place, then each chain against it, then the two places against each other."""
        if self._segments is not None:
            self._segments.read_heads(conn, find=self._find)
        filed = self._read_file()
        kept = self._read_kept(conn)
        instances = self._store.instances(conn)
        stated = {**filed.checkpoints, **kept.checkpoints}
        for row in instances:
            self._check_instance(conn, row, [cp for cp in stated.values() if cp.instance == row.instance])
        self._check_starts(instances, stated)
        self._check_places(instances, filed, kept)
        self._check_exchanges(filed, kept)
        self._check_witnesses(stated, filed, kept)
        if self._segments is not None:
            self._segments.check_unknown(self._reached)
        return VerifyReport(
            records=self._records,
            instances=len(instances),
            checkpoints=len(stated),
            countersignatures=len({**filed.countersignatures, **kept.countersignatures}),
            findings=tuple(self._findings[:MAX_FINDINGS]),
            segments=len(self._segments.heads) if self._segments is not None else 0,
        )

    def _read_file(self) -> Statements:
        read = Statements()
        for number, line in self._file.lines():
            if isinstance(line, Countersignature):
                read.countersignatures[line.checkpoint_digest, line.signer] = line
            elif line is None:
                self._find(Problem.CHECKPOINT_INVALID, f"line {number} of the checkpoint file can't be read")
            elif self._is_signed(line, f"line {number} of the checkpoint file"):
                read.checkpoints[line.digest] = line
        return read

    def _read_kept(self, conn: Connection) -> Statements:
        """Read the checkpoints in the database, and those that went into segments."""
        read = Statements()
        archived = self._segments.statements() if self._segments is not None else ()
        for checkpoint, countersignature in (*archived, *self._store.checkpoints(conn)):
            if self._is_signed(checkpoint, "a checkpoint in the database"):
                read.checkpoints[checkpoint.digest] = checkpoint
            if countersignature is not None:
                read.countersignatures[checkpoint.digest, countersignature.signer] = countersignature
        return read

    def _is_signed(self, checkpoint: Checkpoint, where: str) -> bool:
        key = self._keys.get(checkpoint.key_id)
        try:
            if key is not None:
                key.verify(checkpoint.signature, checkpoint.body)
                return True
            text = f"{where} is signed with key {checkpoint.key_id}, which was not given"
        except InvalidSignature:
            text = f"{where} has a wrong signature"
        self._find(Problem.CHECKPOINT_INVALID, text, checkpoint.instance, checkpoint.count)
        return False

    def _check_instance(self, conn: Connection, row: InstanceRow, checkpoints: Sequence[Checkpoint]) -> None:
        """Recompute one chain and compare it with the row that tells its end and with every checkpoint of it."""
        stated = {checkpoint.count: checkpoint for checkpoint in checkpoints}
        expected, head = 1, first_hash(row.instance, row.previous)
        for record in self._chain(conn, row.instance):
            self._records += 1
            if record.sequence != expected:
                self._find_gap(row.instance, expected, record.sequence)
            elif not self._follows(row.instance, head, record):
                self._find_change(conn, row.instance, head, record)
            self._note_exchange(row.instance, record)
            checkpoint = stated.pop(record.sequence, None)
            if checkpoint is not None and checkpoint.head != record.hash.hex():
                text = f"record {record.sequence} is not the one that the checkpoint of {checkpoint.time} states"
                self._find(Problem.ALTERED, text, row.instance, record.sequence)
            expected, head = record.sequence + 1, record.hash
        self._reached[row.instance] = expected - 1
        self._check_tail(row, expected - 1, head, stated)

    def _chain(self, conn: Connection, instance: str) -> Iterator[RawRecord]:
        """Yield an instance's records: those in segments, then those in the database."""
        if self._segments is not None:
            yield from self._segments.records(instance)
        yield from self._store.records(conn, instance)

    def _follows(self, instance: str, head: bytes, record: RawRecord) -> bool:
        return record_hash(head, instance, record.sequence, record.time_us, record.values) == record.hash

    def _find_gap(self, instance: str, expected: int, found: int) -> None:
        if found < expected:
            self._find(Problem.ALTERED, f"record number {found} is there twice", instance, found)
            return
        if self._segments is not None and self._segments.tells_of(instance, expected):
            return  # their segment is named already
        which = f"record {expected} is" if found == expected + 1 else f"records {expected} to {found - 1} are"
        self._find(Problem.DELETED, f"{which} missing", instance, expected)

    def _find_change(self, conn: Connection, instance: str, head: bytes, record: RawRecord) -> None:
        """Say whether a record that doesn't follow from the one before it was moved or altered."""
        near = self._near(conn, instance, record.sequence) if len(self._findings) < MAX_FINDINGS else {}
        if any(self._follows(instance, before, record) for before in near.values()):
            return  # it is in its place; the one before it was moved, and is named itself
        origin = _origin(instance, near, head, record)
        if origin is None:
            text = f"record {record.sequence} does not follow from the one before it: one of the two was altered"
            self._find(Problem.ALTERED, text, instance, record.sequence)
        else:
            text = f"record {record.sequence} was record {origin}: the order was changed"
            self._find(Problem.REORDERED, text, instance, record.sequence)

    def _near(self, conn: Connection, instance: str, sequence: int) -> Mapping[int, bytes]:
        """Return the hashes around a place by their place; 0 is what the first record follows."""
        previous = next(row.previous for row in self._store.instances(conn) if row.instance == instance)
        places = ((record.sequence, record.hash) for record in self._chain(conn, instance))
        near = {place: digest for place, digest in places if abs(place - sequence) <= REORDER_WINDOW}
        return {0: first_hash(instance, previous), **near}

    def _check_tail(self, row: InstanceRow, last: int, head: bytes, unmet: Mapping[int, Checkpoint]) -> None:
        if self._segments is not None and self._segments.tells_of(row.instance, last + 1):
            return  # what is missing was in a segment, which is named already
        if unmet:
            highest = max(unmet)
            if highest > last:
                text = (
                    f"records {last + 1} to {highest} are missing, which the checkpoint of {unmet[highest].time} states"
                )
                self._find(Problem.TRUNCATED, text, row.instance, last + 1)
        elif row.count > last:
            self._find(Problem.TRUNCATED, f"records {last + 1} to {row.count} are missing", row.instance, last + 1)
        elif row.count != last or row.head != head:
            text = f"the instance's row tells another end than record {last}"
            self._find(Problem.ALTERED, text, row.instance, last)

    def _note_exchange(self, instance: str, record: RawRecord) -> None:
        if record.values[0] == Phase.CHECKPOINT:
            self._exchanges[record.values[_PAYLOAD_HASH]] = (instance, record.sequence)

    def _check_starts(self, instances: Sequence[InstanceRow], stated: Mapping[str, Checkpoint]) -> None:
        """Every instance and every checkpoint but the first follows a checkpoint, and that one must be known."""
        for row in instances:
            if row.previous and row.previous not in stated:
                text = f"the checkpoint {row.previous[:16]}, which the instance follows, is nowhere"
                self._find(Problem.CHECKPOINT_MISSING, text, row.instance)
        for checkpoint in stated.values():
            if checkpoint.previous and checkpoint.previous not in stated:
                text = f"the checkpoint before that of {checkpoint.time} is nowhere"
                self._find(Problem.CHECKPOINT_MISSING, text, checkpoint.instance, checkpoint.count)

    def _check_places(self, instances: Sequence[InstanceRow], filed: Statements, kept: Statements) -> None:
        """Compare the checkpoints in the database with those in the file."""
        known = {row.instance for row in instances}
        newest_kept = max((checkpoint.time for checkpoint in kept.checkpoints.values()), default="")
        reported: set[str] = set()
        for digest, checkpoint in filed.checkpoints.items():
            if digest in kept.checkpoints or checkpoint.instance in reported:
                continue
            if self._segments is not None and self._segments.tells_of(checkpoint.instance, checkpoint.count):
                continue
            reported.add(checkpoint.instance)
            self._find_missing_in_database(checkpoint, known, newest_kept)
        for checkpoint in self._unfiled(filed, kept):
            text = f"the checkpoint of {checkpoint.time} is in the database, not in the checkpoint file"
            self._find(Problem.CHECKPOINT_MISSING, text, checkpoint.instance, checkpoint.count)
        for instance in {checkpoint.instance for checkpoint in kept.checkpoints.values()} - known - reported:
            self._find(Problem.INSTANCE_DROPPED, "all records of the instance are missing", instance)

    def _find_missing_in_database(self, checkpoint: Checkpoint, known: set[str], newest_kept: str) -> None:
        if checkpoint.time > newest_kept:
            text = f"the database is older than the checkpoint of {checkpoint.time}, which it does not know"
            self._find(Problem.ROLLED_BACK, text, checkpoint.instance, checkpoint.count)
        elif checkpoint.instance not in known:
            text = "all records of the instance are missing, though later ones are there"
            self._find(Problem.INSTANCE_DROPPED, text, checkpoint.instance)
        else:
            text = f"the database does not know the checkpoint of {checkpoint.time}"
            self._find(Problem.CHECKPOINT_MISSING, text, checkpoint.instance, checkpoint.count)

    def _unfiled(self, filed: Statements, kept: Statements) -> Iterator[Checkpoint]:
        """Yield kept checkpoints that the file lacks.

        But for an instance's last, since a crash may come between the two places, and for what an anchor in the file
        stands for, since the file is thinned.
        """
        thinned = self._segments.stated_by_anchors(filed.checkpoints) if self._segments is not None else frozenset()
        last = {checkpoint.instance: checkpoint.digest for checkpoint in kept.checkpoints.values()}
        for digest, checkpoint in kept.checkpoints.items():
            if digest not in filed.checkpoints and last[checkpoint.instance] != digest and digest not in thinned:
                yield checkpoint

    def _check_exchanges(self, filed: Statements, kept: Statements) -> None:
        """Each exchange of checkpoints that the chain tells of must be there whole, in one place at least."""
        found = {c.digest() for place in (filed, kept) for c in place.countersignatures.values()}
        for digest, (instance, sequence) in self._exchanges.items():
            if digest not in found:
                text = f"the countersignature that record {sequence} tells of is missing or was altered"
                self._find(Problem.COUNTERSIGNATURE_MISSING, text, instance, sequence)

    def _check_witnesses(self, stated: Mapping[str, Checkpoint], filed: Statements, kept: Statements) -> None:
        """What agents said of our checkpoints must be their own word."""
        if self._judge is None:
            return
        for (digest, signer), word in {**filed.countersignatures, **kept.countersignatures}.items():
            checkpoint = stated.get(digest)
            problem = self._judge(checkpoint, word) if checkpoint is not None else ""
            if checkpoint is not None and problem:
                text = f"the word of agent {signer} for the checkpoint of {checkpoint.time} {problem}"
                self._find(Problem.COUNTERSIGNATURE_INVALID, text, checkpoint.instance, checkpoint.count)

    def _find(self, problem: Problem, text: str, instance: str = "", sequence: int = 0) -> None:
        if len(self._findings) <= MAX_FINDINGS:
            self._findings.append(Finding(problem=problem, instance=instance, sequence=sequence, text=text))


def _origin(instance: str, near: Mapping[int, bytes], head: bytes, record: RawRecord) -> int | None:
    """Return the place that a record was moved from, with its hash or without it; None if no place near by fits."""
    known = {*near.values(), head}
    elsewhere = [place for place in near if place != record.sequence]
    for place in elsewhere:
        before = {near.get(place - 1, near[place]), near[place]}
        if any(record_hash(digest, instance, place, record.time_us, record.values) in known for digest in before):
            return place
    return None
