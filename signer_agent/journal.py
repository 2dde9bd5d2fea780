"""The journal as the agent's event loop uses it: what waits meanwhile is made durable together (group commit)."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from typing import Final

import structlog

from signer_agent.checkpoint import Checkpoint
from signer_agent.errors import COMMON_DOMAIN, ExhaustedError, UnavailableError
from signer_agent.journal_file import Draft, JournalFile, JournalWriteError
from signer_agent.journal_record import Entry, Phase, Record

LOG = structlog.get_logger(__name__)

MAX_WAITING: Final = 8192  # drafts; some 100 ms of the slowest disk we would call a disk
_RETRY: Final = timedelta(seconds=5)  # long enough for a person to make room, short enough to be noticed

# By who counts all of them: only some are recorded
_COUNTED_ELSEWHERE: Final = (Phase.REFUSED, Phase.CALLER_REFUSED)

_Waiting = tuple[Sequence[Draft], asyncio.Future[list[Record]]]


Told = Callable[[Entry], None]
Appending = Callable[[], AbstractContextManager[object]]


def _nobody(_: Entry) -> None:
    pass


class Journal:
    """Appends drafts in the order they are given. One event loop uses it.

    ``told`` hears of each entry that became durable and is no refusal; ``appending`` is entered while a group is
    written.
    """

    def __init__(self, *, file: JournalFile, told: Told = _nobody, appending: Appending = nullcontext) -> None:
        self._file = file
        self._told = told
        self._appending = appending
        self._waiting: list[_Waiting] = []
        self._writing: asyncio.Task[None] | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")

    @property
    def count(self) -> int:
        """How many records are durable."""
        return self._file.count

    @property
    def head(self) -> bytes:
        """The hash of the last of them, 32 bytes."""
        return self._file.head

    @property
    def last_time_ms(self) -> int:
        """When the last of them was made, milliseconds since 1970."""
        return self._file.last_time_ms

    @property
    def size_bytes(self) -> int:
        """How much of the disk it takes, attachments included."""
        return self._file.size_bytes

    @property
    def unstated(self) -> int:
        """How many records no checkpoint covers yet."""
        return self._file.unstated

    @property
    def waiting(self) -> int:
        """How many drafts wait to be durable."""
        return sum(len(drafts) for drafts, _ in self._waiting)

    async def append(self, drafts: Sequence[Draft]) -> list[Record]:
        """Return when all of them are durable.

        Raises:
            UnavailableError: JOURNAL_UNAVAILABLE, none of them was recorded.
            ExhaustedError: too many wait already.
        """
        if not drafts:
            return []
        if self.waiting >= MAX_WAITING:
            raise ExhaustedError(
                "the agent's journal is behind: ask again in a moment",
                reason="OVERLOADED",
                domain=COMMON_DOMAIN,
                retry_after=timedelta(seconds=1),
            )
        done: asyncio.Future[list[Record]] = asyncio.get_running_loop().create_future()
        self._waiting.append((drafts, done))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        return await done

    async def checkpoint(self) -> Checkpoint:
        """Sign how the journal stands and keep that beside it.

        Raises:
            UnavailableError: JOURNAL_UNAVAILABLE, it could not be kept.
        """
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._file.checkpoint)
        except JournalWriteError as error:
            raise _unavailable(error) from error

    async def state(self) -> None:
        """Make a checkpoint if something was recorded since the last one; a disk that is full gets it next time."""
        if not self._file.is_stated:
            await self._keep_checkpoint()

    def countersign(self, checkpoint: Checkpoint) -> Checkpoint:
        """Sign another chain's checkpoint with the journal's key."""
        return self._file.countersign(checkpoint)

    def records(self, *, after: int) -> Iterator[Record]:
        """The durable records after that sequence, oldest first. It reads a file: keep it short."""
        return self._file.records(after=after)

    def attachment(self, record: Record) -> bytes:
        """What was attached to a record; see `JournalFile.attachment`."""
        return self._file.attachment(record)

    async def close(self) -> None:
        """Write what waits, sign how the journal stands and close it."""
        if self._writing is not None:
            await self._writing
        await asyncio.get_running_loop().run_in_executor(self._thread, self._file.close)
        self._thread.shutdown()

    async def _write(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting, []
                await self._write_group(group)
                if self._file.checkpoint_is_due:
                    await self._keep_checkpoint()
        finally:
            self._writing = None

    async def _write_group(self, group: list[_Waiting]) -> None:
        together = [draft for drafts, _ in group for draft in drafts]
        failure: JournalWriteError | None = JournalWriteError("the journal stopped: restart the agent")
        try:
            with self._appending():
                records = await asyncio.get_running_loop().run_in_executor(self._thread, self._file.append, together)
            failure = None
            for draft in together:
                if draft.entry.phase not in _COUNTED_ELSEWHERE:
                    self._told(draft.entry)
            _hand_out(group, records)
        except JournalWriteError as error:
            failure = error
        finally:
            if failure is not None:
                for _, done in group:
                    if not done.done():
                        done.set_exception(_unavailable(failure))

    async def _keep_checkpoint(self) -> None:
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._file.checkpoint)
        except JournalWriteError:
            LOG.warning("checkpoint_not_kept", journal_count=self._file.count)  # the next group tries again


def _hand_out(group: list[_Waiting], records: list[Record]) -> None:
    start = 0
    for drafts, done in group:
        if not done.done():
            done.set_result(records[start : start + len(drafts)])
        start += len(drafts)


def _unavailable(error: JournalWriteError) -> UnavailableError:
    return UnavailableError(str(error), reason="JOURNAL_UNAVAILABLE", retry_after=_RETRY)
