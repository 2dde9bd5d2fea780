"""The port to the audit's tables; every method works inside the caller's transaction."""

import abc
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from hub.core.audit_chain import AuditRecord
from hub.core.audit_checkpoints import Checkpoint, Countersignature


@dataclass(frozen=True, slots=True)
class InstanceRow:
    """A process instance's chain: what it follows (a checkpoint's digest), how long it is and where it ends."""

    instance: str
    started_at: datetime
    previous: str
    count: int
    head: bytes


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record in its place."""

    instance: str
    sequence: int
    time: datetime
    record: AuditRecord
    hash: bytes


@dataclass(frozen=True, slots=True)
class RawRecord:
    """A record as hashed, without the cost of a parsed one: for verification."""

    sequence: int
    time_us: int
    values: tuple[str, ...]
    hash: bytes


@dataclass(frozen=True, slots=True)
class AuditPlace:
    """A place in the list of all records, newest first, to go on from."""

    time: datetime
    instance: str
    sequence: int


@dataclass(frozen=True, slots=True)
class Anchor:
    """A checkpoint to which an instance's oldest records in the database can be archived, and the first of them."""

    row: InstanceRow
    first: int
    checkpoint: Checkpoint


class AuditStore(abc.ABC):
    """Rows of `audit_records`, `audit_instances` and `audit_checkpoints`; there is no way to change a record.

    Records leave the tables only for a segment (`hub.core.audit_archive`), in the transaction that notes it.
    """

    @abc.abstractmethod
    def begin(self, conn: Connection, row: InstanceRow) -> None:
        """Write a new instance."""

    @abc.abstractmethod
    def head(self, conn: Connection, instance: str) -> tuple[int, bytes]:
        """Return how many records an instance has, and the last one's hash; locked until the transaction ends."""

    @abc.abstractmethod
    def add(self, conn: Connection, instance: str, records: Sequence[RawRecord]) -> None:
        """Write records that follow the head, at least one, and make the last one the instance's head."""

    @abc.abstractmethod
    def add_checkpoint(self, conn: Connection, checkpoint: Checkpoint) -> None:
        """Write a checkpoint."""

    @abc.abstractmethod
    def newest_checkpoint(self, conn: Connection) -> Checkpoint | None:
        """Return the checkpoint written last, by any instance."""

    @abc.abstractmethod
    def countersign(self, conn: Connection, countersignature: Countersignature) -> bool:
        """Keep a countersignature with its checkpoint; False if there is no such checkpoint."""

    @abc.abstractmethod
    def list(
        self,
        conn: Connection,
        *,
        business_reference: str = "",
        caller: str = "",
        before: AuditPlace | None = None,
        limit: int = 50,
    ) -> Sequence[StoredRecord]:
        """Return records, newest first, older than a place."""

    @abc.abstractmethod
    def instances(self, conn: Connection) -> Sequence[InstanceRow]:
        """Return all instances in the order of their start."""

    @abc.abstractmethod
    def records(
        self, conn: Connection, instance: str, *, first: int = 1, last: int | None = None
    ) -> Iterator[RawRecord]:
        """Yield an instance's records by sequence, from `first` to `last`, a bounded number in memory at a time."""

    @abc.abstractmethod
    def record_count(self, conn: Connection) -> int:
        """Return about how many records are in the database, by what the instances and segments say; cheap."""

    @abc.abstractmethod
    def anchors(self, conn: Connection, *, limit: int) -> Iterator[Sequence[Anchor]]:
        """Yield, instance by instance in the order of their start, its next checkpoints that have records to archive.

        At most `limit` of an instance, in the order of their count.
        """

    @abc.abstractmethod
    def checkpoints_of(
        self, conn: Connection, instance: str, *, first: int, last: int
    ) -> Iterator[tuple[Checkpoint, Countersignature | None]]:
        """Yield an instance's checkpoints with a count from `first` to `last`, in order."""

    @abc.abstractmethod
    def remove_archived(self, conn: Connection, instance: str, *, first: int, last: int) -> int:
        """Delete records from `first` to `last`, and the checkpoints on the way but the one at `last`."""

    @abc.abstractmethod
    def checkpoints(self, conn: Connection) -> Iterator[tuple[Checkpoint, Countersignature | None]]:
        """Yield all checkpoints in the order they were written."""
