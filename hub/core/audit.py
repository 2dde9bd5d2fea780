"""The audit trail: what may change anything is written durably and in a chain before it is answered or sent."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from hub.core.audit_chain import AuditRecord, Phase, first_hash, microseconds, record_hash, record_values
from hub.core.audit_checkpoints import (
    Checkpoint,
    CheckpointKey,
    Countersignature,
    checkpoint_line,
    countersignature_line,
)
from hub.core.audit_store import AuditStore, InstanceRow, RawRecord
from hub.core.checkpoint_file import CheckpointFile
from hub.core.clock import Clock
from hub.core.database import Database, defer, write_deferred_to
from hub.core.errors import ExhaustedError, HubError, NotFoundError
from hub.core.metrics import CoreMetrics

__all__ = ["Audit", "AuditRecord", "Checkpoint", "CheckpointKey", "Countersignature", "Phase"]

log = structlog.get_logger(__name__)

CHECKPOINT_SECONDS = 5.0  # so much of the newest tail can be cut unseen
FLUSH_SECONDS = 0.5  # so much of the reads' records can be lost in a crash
MAX_WAITING_RECORDS = 10_000  # reads' records in memory; some 5 MB
MAX_FLUSHED_RECORDS = 500  # in one transaction, so that mutations don't wait long behind it
RETRY_AFTER_LOW_SPACE = timedelta(minutes=1)
LOOK_AT_SPACE_SECONDS = 0.5  # what is written meanwhile is far less than any watermark
MAX_UNFILED_LINES = 10_000  # half a day of checkpoints, for a second place that is away or full


class Audit:
    """Writes the chain of this process instance, its checkpoints, and the records of reads in the background.

    Args:
        instance: This process instance's id.
        key: Signs the checkpoints.
        file: The second place of the checkpoints.
        metrics: Counts dropped records.
        free_bytes: Tells the free space on the disk of the database.
        low_space_bytes: Below this, new mutations are refused.
        checkpoint_seconds: How often the head is stated while something is written.
    """

    def __init__(
        self,
        *,
        database: Database,
        store: AuditStore,
        clock: Clock,
        instance: str,
        key: CheckpointKey,
        file: CheckpointFile,
        metrics: CoreMetrics,
        free_bytes: Callable[[], int],
        low_space_bytes: int,
        checkpoint_seconds: float = CHECKPOINT_SECONDS,
    ) -> None:
        self.instance = instance
        self._database = database
        self._store = store
        self._clock = clock
        self._key = key
        self._file = file
        self._metrics = metrics
        self._free_bytes = free_bytes
        self._low_space_bytes = low_space_bytes
        self._checkpoint_seconds = checkpoint_seconds
        self._waiting: deque[tuple[datetime, AuditRecord]] = deque()
        metrics.watch_buffer(self._waiting.__len__)
        self._is_waiting = asyncio.Event()
        self._dropped = 0
        self._low_on_space = False
        self._space_known_until = float("-inf")
        self._unfiled: deque[bytes] = deque(maxlen=MAX_UNFILED_LINES)
        self._filing = asyncio.Lock()
        self._checkpointing = asyncio.Lock()
        self._stating: set[asyncio.Task[None]] = set()
        self._stated = 0
        self._exchanges = 0
        self._previous = ""
        self._latest: Checkpoint | None = None
        self._countersigned = ""
        self._loops: list[asyncio.Task[None]] = []

    def append(self, conn: Connection, record: AuditRecord) -> None:
        """Write a record in the transaction of what it tells of; durable when that is."""
        defer(conn, [(self._database.now(conn), record)], self._append_all)

    async def write(self, record: AuditRecord) -> None:
        """Write a record on its own and return when it is durable (refusals of mutating calls, admin acts).

        Raises:
            UnavailableError: it can't be made durable (AUDIT_UNAVAILABLE): refuse the call.
        """
        await self._database.write(lambda conn: self.append(conn, record), label="audit.write")

    def append_later(self, record: AuditRecord) -> None:
        """Write a read's record soon; never waits. Without room, in memory or on disk, it is dropped and counted."""
        no_room = len(self._waiting) >= MAX_WAITING_RECORDS
        if no_room or (record.phase is Phase.REQUEST and self.low_on_space):
            self._dropped += 1
            self._metrics.read_dropped()
        else:
            self._waiting.append((self._clock.now(), record))
        self._is_waiting.set()

    @property
    def low_on_space(self) -> bool:
        """Whether the disk's free space is below the watermark: what is left is kept for work that has begun."""
        now = self._clock.monotonic()
        if now >= self._space_known_until:
            self._low_on_space = self._free_bytes() < self._low_space_bytes
            self._space_known_until = now + LOOK_AT_SPACE_SECONDS
        return self._low_on_space

    def require_space(self) -> None:
        """Let a new mutation pass only while the disk has room.

        Raises:
            ExhaustedError: the free space is below the watermark (DISK_SPACE_LOW).
        """
        if self.low_on_space:
            raise ExhaustedError(
                "the hub's disk is nearly full, so nothing new is begun; tell its operator, and ask again later",
                reason="DISK_SPACE_LOW",
                retry_after=RETRY_AFTER_LOW_SPACE,
            )

    async def checkpoint(self) -> Checkpoint | None:
        """Sign the present head if it is new, store that in both places; return the newest checkpoint.

        None if it has been countersigned already.
        """
        await self._state()
        return None if self._latest is None or self._latest.digest == self._countersigned else self._latest

    async def countersigned(self, countersignature: Countersignature) -> None:
        """Keep what the agent signed, in both places, with a record of it in the chain.

        Raises:
            NotFoundError: it is for no checkpoint of ours.
        """
        await self._database.write(lambda conn: self._countersign(conn, countersignature), label="audit.countersign")
        self._exchanges += 1  # an exchange about a checkpoint alone is no reason for the next one
        self._countersigned = countersignature.checkpoint_digest
        self._unfiled.append(countersignature_line(countersignature))
        await self._file_lines()

    async def start(self) -> None:
        """Begin this instance's chain with the hash of the last checkpoint, and the background work."""
        kept = await self._database.read(self._store.newest_checkpoint)
        filed = await asyncio.to_thread(self._file.newest_checkpoint)
        if filed is not None and (kept is None or kept.digest != filed.digest):
            log.warning("audit.checkpoints_differ", kept=kept and kept.digest, filed=filed.digest)
        last = filed or kept
        self._previous = last.digest if last is not None else ""
        await self._database.write(self._begin, label="audit.begin")
        await self._state()
        self._loops = [asyncio.create_task(self._flush_forever()), asyncio.create_task(self._checkpoint_forever())]

    async def close(self) -> None:
        """Flush what waits, write the last checkpoint, stop."""
        for task in self._loops:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        while self._waiting or self._dropped:
            await self.flush()
        self._exchanges = 0
        await self._state()

    async def flush(self) -> None:
        """Write the oldest waiting records of reads, and how many were dropped.

        Raises:
            UnavailableError: they can't be written now; they wait on.
        """
        batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), MAX_FLUSHED_RECORDS))]
        dropped, self._dropped = self._dropped, 0
        if dropped:
            count = {"count": str(dropped)}
            batch.append((self._clock.now(), AuditRecord(phase=Phase.DROPPED, method="hub.audit", details=count)))
        if not batch:
            return
        try:
            await self._database.write(lambda conn: defer(conn, batch, self._append_all), label="audit.flush")
        except HubError:
            self._dropped += dropped
            self._waiting.extendleft(reversed(batch[:-1] if dropped else batch))
            raise

    def _append_all(self, conn: Connection, batch: Sequence[tuple[datetime, AuditRecord]]) -> None:
        """Chain records to the head: one statement for all of a group of transactions, and of reads by the hundred."""
        count, head = self._store.head(conn, self.instance)
        chained = []
        for sequence, (time, record) in enumerate(batch, start=count + 1):
            time_us, values = microseconds(time), record_values(record)
            head = record_hash(head, self.instance, sequence, time_us, values)
            chained.append(RawRecord(sequence, time_us, values, head))
        self._store.add(conn, self.instance, chained)

    def _begin(self, conn: Connection) -> None:
        now = self._database.now(conn)
        head = first_hash(self.instance, self._previous)
        self._store.begin(conn, InstanceRow(self.instance, now, self._previous, 0, head))
        start = AuditRecord(phase=Phase.START, method="hub.serve", details={"previous": self._previous})
        self._append_all(conn, [(now, start)])

    def _state_head(self, conn: Connection) -> Checkpoint | None:
        write_deferred_to(conn, self._append_all)
        count, head = self._store.head(conn, self.instance)
        if count == self._stated + self._exchanges:
            return None
        made = self._key.sign(
            instance=self.instance, count=count, head=head, time=self._database.now(conn), previous=self._previous
        )
        self._store.add_checkpoint(conn, made)
        return made

    def _countersign(self, conn: Connection, countersignature: Countersignature) -> None:
        if not self._store.countersign(conn, countersignature):
            raise NotFoundError("this countersignature is for no checkpoint of ours")
        details = {"checkpoint": countersignature.checkpoint_digest, "signer": countersignature.signer}
        digest = countersignature.digest()
        record = AuditRecord(phase=Phase.CHECKPOINT, method="hub.audit", payload_hash=digest, details=details)
        self.append(conn, record)

    async def _state(self) -> None:
        """State the head if it is new, in both places, even if whoever waits for it is cancelled half-way."""
        stating = asyncio.create_task(self._state_now())
        self._stating.add(stating)
        stating.add_done_callback(self._stated_or_failed)
        await asyncio.shield(stating)

    def _stated_or_failed(self, stating: asyncio.Task[None]) -> None:
        self._stating.discard(stating)
        if not stating.cancelled():
            stating.exception()  # whoever waits for it is told; the next turn states the head again

    async def _state_now(self) -> None:
        async with self._checkpointing:
            made = await self._database.write(self._state_head, label="audit.checkpoint")
            if made is not None:
                self._unfiled.append(checkpoint_line(made))
                self._stated, self._previous, self._exchanges = made.count, made.digest, 0
                self._latest = made
        await self._file_lines()

    async def _file_lines(self) -> None:
        """Write what waits to the second place, in order; a place that is full or away gets it at the next turn."""
        async with self._filing:
            while self._unfiled:
                try:
                    await asyncio.to_thread(self._file.append, self._unfiled[0])
                except OSError as error:
                    log.warning("audit.second_place_unavailable", error=error.strerror, waiting=len(self._unfiled))
                    return
                self._unfiled.popleft()

    async def _flush_forever(self) -> None:
        while True:
            await self._is_waiting.wait()
            await self._clock.sleep(FLUSH_SECONDS)
            await self._quietly(self.flush)
            if not self._waiting and not self._dropped:
                self._is_waiting.clear()

    async def _checkpoint_forever(self) -> None:
        while True:
            await self._clock.sleep(self._checkpoint_seconds)
            await self._quietly(self._state)

    async def _quietly(self, work: Callable[[], Awaitable[object]]) -> None:
        """Do background work; a database or disk that can't take it now gets it later."""
        try:
            await work()
        except (HubError, OSError) as error:
            log.warning("audit.delayed", error_type=type(error).__name__)
        except Exception:
            # The edge of background work: were the loop to end here, the audit would silently stop stating its head.
            log.exception("audit.background_failed")
