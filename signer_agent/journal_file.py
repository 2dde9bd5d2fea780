"""The journal on disk: records, what they attach, and checkpoints, each in an append-only file made durable by fsync.

    journal.jsonl      one record a line, chained by SHA-256
    attachments.bin    signatures, one after another; the record says where and what they hash to
    checkpoints.jsonl  the chain's length and head, signed, so that a cut or rolled-back journal is seen

A record is told of only after it is durable, so a last line that a crash cut short was never told of and is dropped.
"""

import hashlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from signer_agent.checkpoint import Checkpoint, checkpoint_line, journal_checkpoint, read_checkpoints
from signer_agent.clock import Clock, milliseconds
from signer_agent.journal_record import (
    GENESIS,
    Entry,
    LineError,
    Record,
    chained,
    is_unaltered,
    read_line,
    with_details,
)

JOURNAL_NAME: Final = "journal.jsonl"
ATTACHMENTS_NAME: Final = "attachments.bin"
CHECKPOINTS_NAME: Final = "checkpoints.jsonl"
_LOCKED_AT: Final = 1 << 40  # on Windows; no journal gets that long

MAX_LINE_BYTES: Final = 64 * 1024  # a record has some 600 bytes
CHECKPOINT_EVERY: Final = 256  # records; what a cut could hide from the agent's own check
_INDEX_EVERY: Final = 256  # records between two remembered places: 16 bytes a place


class JournalDamagedError(Exception):
    """The journal is not as it was written. The message names the place; nothing may be signed on top of it."""


class JournalWriteError(Exception):
    """The journal could not be made durable; what was to be recorded must not happen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An entry to be recorded, and the bytes that belong to it."""

    entry: Entry
    attachment: bytes = b""


class JournalFile:
    """The journal of one agent. One thread at a time appends; reading is safe beside it."""

    def __init__(self, *, folder: Path, chain: str, key: Ed25519PrivateKey, clock: Clock) -> None:
        self._folder = folder
        self._chain = chain
        self._key = key
        self._clock = clock
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._journal = _open_append(folder / JOURNAL_NAME)
        self._attachments = _open_append(folder / ATTACHMENTS_NAME)
        self._checkpoints = _open_append(folder / CHECKPOINTS_NAME)
        _sync_folder(folder)
        self._broken = False
        self._places: list[int] = []
        self._checkpointed = 0
        self.count = 0
        """How many records are durable."""
        self.head = GENESIS
        """The hash of the last of them."""
        self.last_time_ms = 0
        """When it was made; no record is older than one before it."""

    @classmethod
    def open(
        cls, *, folder: Path, chain: str, key: Ed25519PrivateKey, clock: Clock, on_record: Callable[[Record], None]
    ) -> Self:
        """Open the journal, or begin one, and tell of every record in it.

        Raises:
            JournalDamagedError: it was altered, cut or rolled back, or another agent has it open.
        """
        journal = cls(folder=folder, chain=chain, key=key, clock=clock)
        try:
            _lock(journal._journal, folder)
            journal._recover(on_record)
        except BaseException:
            journal._close_files()
            raise
        return journal

    def append(self, drafts: Sequence[Draft]) -> list[Record]:
        """Make all of them durable, in this order, and return them in their places.

        Raises:
            JournalWriteError: none of them was recorded.
        """
        if self._broken:
            raise JournalWriteError("an earlier write could not be made sure of: restart the agent on a sound disk")
        entries = self._attach(drafts)
        records = self._chained(entries)
        lines = [record.line() for record in records]
        size = self._write(self._journal, b"".join(lines))
        self._sync(self._journal)
        for record, line in zip(records, lines, strict=True):
            self._take(record, at=size)
            size += len(line)
        return records

    @property
    def checkpoint_is_due(self) -> bool:
        """Whether so many records were made since the last checkpoint that it is time for one."""
        return self.count - self._checkpointed >= CHECKPOINT_EVERY

    @property
    def is_stated(self) -> bool:
        """Whether a checkpoint covers the last record."""
        return self.count == self._checkpointed

    @property
    def unstated(self) -> int:
        """How many records no checkpoint covers yet."""
        return self.count - self._checkpointed

    @property
    def size_bytes(self) -> int:
        """Size of journal and attachments."""
        return os.fstat(self._journal).st_size + os.fstat(self._attachments).st_size

    def checkpoint(self) -> Checkpoint:
        """Sign how the journal stands, keep that beside it, and return it.

        Raises:
            JournalWriteError: it could not be kept.
        """
        made = journal_checkpoint(
            key=self._key,
            chain=self._chain,
            count=self.count,
            head=self.head,
            time_ms=max(milliseconds(self._clock.now()), self.last_time_ms),
        )
        self._write(self._checkpoints, checkpoint_line(made))
        self._sync(self._checkpoints)
        self._checkpointed = self.count
        return made

    def countersign(self, checkpoint: Checkpoint) -> Checkpoint:
        """Sign another chain's checkpoint, as the word of this agent that it has seen it."""
        if not checkpoint.is_of_audit():
            raise ValueError("only the journal itself makes its checkpoints")
        return checkpoint.signed_again(self._key)

    def records(self, *, after: int) -> Iterator[Record]:
        """The durable records whose sequence is greater than ``after``, oldest first."""
        last = self.count
        if after >= last:
            return
        with (self._folder / JOURNAL_NAME).open("rb") as file:
            file.seek(self._places[after // _INDEX_EVERY])
            for line in file:
                record = read_line(line)
                if record.sequence > after:
                    yield record
                if record.sequence >= last:
                    return

    def attachment(self, record: Record) -> bytes:
        """What was attached to a record.

        Raises:
            JournalDamagedError: it is not what was attached.
        """
        details = record.entry.details
        try:
            with (self._folder / ATTACHMENTS_NAME).open("rb") as file:
                file.seek(int(details["attachment_offset"]))
                content = file.read(int(details["attachment_size"]))
        except (OSError, KeyError, ValueError) as error:
            raise JournalDamagedError(f"the attachment of record {record.sequence} can't be read") from error
        if hashlib.sha256(content).hexdigest() != details.get("attachment_sha256"):
            raise JournalDamagedError(f"the attachment of record {record.sequence} was altered")
        return content

    def close(self) -> None:
        """Sign how it stands and close the files. Nothing may be called afterwards.

        Raises:
            JournalWriteError: the last checkpoint could not be kept; the files are closed all the same.
        """
        try:
            if self.count > self._checkpointed and not self._broken:
                self.checkpoint()
        finally:
            self._close_files()

    def _attach(self, drafts: Sequence[Draft]) -> list[Entry]:
        start = offset = os.fstat(self._attachments).st_size
        entries = []
        for draft in drafts:
            entry = draft.entry
            if draft.attachment:
                entry = with_details(
                    entry,
                    attachment_offset=str(offset),
                    attachment_size=str(len(draft.attachment)),
                    attachment_sha256=hashlib.sha256(draft.attachment).hexdigest(),
                )
                offset += len(draft.attachment)
            entries.append(entry)
        if offset > start:
            self._write(self._attachments, b"".join(draft.attachment for draft in drafts))
            self._sync(self._attachments)
        return entries

    def _chained(self, entries: Sequence[Entry]) -> list[Record]:
        time_ms = max(milliseconds(self._clock.now()), self.last_time_ms)
        records = []
        head = self.head
        for sequence, entry in enumerate(entries, self.count + 1):
            record = chained(entry, sequence=sequence, time_ms=time_ms, previous_hash=head)
            head = record.hash
            records.append(record)
        return records

    def _take(self, record: Record, *, at: int) -> None:
        if (record.sequence - 1) % _INDEX_EVERY == 0:
            self._places.append(at)
        self.count, self.head, self.last_time_ms = record.sequence, record.hash, record.time_ms

    def _write(self, file: int, data: bytes) -> int:
        """Append all of it and return where it begins, or leave the file as it was."""
        size = os.fstat(file).st_size
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(file, view) :]
        except OSError as error:
            self._broken = True  # unless the file can be brought back
            os.ftruncate(file, size)
            self._broken = False
            raise JournalWriteError("the journal can't be written: make room on its disk") from error
        return size

    def _sync(self, file: int) -> None:
        try:
            os.fsync(file)
        except OSError as error:
            # After a failed fsync nobody knows what is on the disk, and the next one may succeed all the same.
            self._broken = True
            raise JournalWriteError(
                "the journal could not be made durable: restart the agent on a sound disk"
            ) from error

    def _recover(self, on_record: Callable[[Record], None]) -> None:
        heads = {point.count: point for point in self._own_checkpoints()}
        size = 0
        with (self._folder / JOURNAL_NAME).open("rb") as file:
            while line := file.readline(MAX_LINE_BYTES):
                if not line.endswith(b"\n") and not file.read(1):
                    break  # cut short by a crash: never durable, never told of
                record = self._next_record(line)
                self._take(record, at=size)
                size += len(line)
                point = heads.pop(record.sequence, None)
                if point is not None and point.head != record.hash:
                    raise JournalDamagedError(f"record {record.sequence} is not the one that was checkpointed")
                on_record(record)
        heads.pop(0, None)
        if heads:
            longest = max(heads)
            raise JournalDamagedError(
                f"{self._folder / JOURNAL_NAME} has {self.count} records and had {longest}: it was cut or rolled back. "
                "Restore it whole; don't go on signing beside a journal that forgot"
            )
        os.ftruncate(self._journal, size)
        self._sync(self._journal)  # what a killed agent wrote and didn't sync is built upon from here on

    def _own_checkpoints(self) -> tuple[Checkpoint, ...]:
        try:
            content = (self._folder / CHECKPOINTS_NAME).read_bytes()
            points = read_checkpoints(content)
        except ValueError as error:
            raise JournalDamagedError(f"{CHECKPOINTS_NAME} can't be read: restore it") from error
        public_key = self._key.public_key()
        if not all(
            point.chain == self._chain and point.is_of_journal() and point.is_signed_by(public_key) for point in points
        ):
            raise JournalDamagedError(f"{CHECKPOINTS_NAME} holds a checkpoint that this agent's key didn't sign")
        os.ftruncate(self._checkpoints, content.rfind(b"\n") + 1)
        self._checkpointed = max((point.count for point in points), default=0)
        return points

    def _next_record(self, line: bytes) -> Record:
        place = f"{JOURNAL_NAME}, line {self.count + 1}"
        try:
            record = read_line(line)
        except LineError as error:
            raise JournalDamagedError(f"{place}: {error}. Restore the journal whole") from error
        if not is_unaltered(record):
            raise JournalDamagedError(f"{place}: it was altered. Restore the journal whole")
        if record.sequence != self.count + 1 or record.previous_hash != self.head:
            raise JournalDamagedError(f"{place}: it doesn't follow the line before. Restore the journal whole")
        return record

    def _close_files(self) -> None:
        for file in (self._journal, self._attachments, self._checkpoints):
            os.close(file)


def _open_append(path: Path) -> int:
    # O_BINARY is Windows', O_NOFOLLOW and O_CLOEXEC are not
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND
    for name in ("O_BINARY", "O_NOFOLLOW", "O_CLOEXEC"):
        flags |= getattr(os, name, 0)
    return os.open(path, flags, 0o600)


def _sync_folder(folder: Path) -> None:
    if sys.platform != "win32":  # a new file's name is durable only when its folder is
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _lock(file: int, folder: Path) -> None:
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - only Windows has it

            os.lseek(file, _LOCKED_AT, os.SEEK_SET)  # what is locked there can't even be read, so beyond the end
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - Windows has none

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise JournalDamagedError(f"another agent has {folder} open: one journal belongs to one agent") from error
