"""The checkpoint file loses what segments keep, and the audit can be cut short as little as before."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from hub.core.audit import Countersignature
from hub.core.audit_checkpoints import Checkpoint
from hub.core.audit_verify import Problem
from hub.core.checkpoint_file import CheckpointFile
from hub.core.clock import FakeClock
from tests.support.core_fixtures import Core, open_core
from tests.support.databases import execute
from tests.unit.core.test_audit_segments import DAY, archive_of, checkpoints_of, folder_of, problems, verified, write

CHECKPOINTS = 6  # of one instance


@asynccontextmanager
async def old_and_new(folder: Path) -> AsyncIterator[Core]:
    """An instance of 40 days ago with many checkpoints, one countersigned, and a running one that wrote today."""
    clock = FakeClock()
    async with open_core(folder, clock=clock, seed=1) as old:
        for number in range(CHECKPOINTS):
            await write(old, 5, f"old-{number}")
        newest = checkpoints_of(folder).newest_checkpoint()
        assert newest is not None
        word = Countersignature(checkpoint_digest=newest.digest, signer="main", key_id="k", signature=b"s")
        await old.audit.countersigned(word)
    clock.jump(40 * DAY)
    async with open_core(folder, clock=clock, seed=2) as core:
        await write(core, 5, "new")
        yield core


async def thinned(folder: Path) -> tuple[list[str], list[str]]:
    """Archive what is old and thin the file; returns its digests before and after."""
    async with old_and_new(folder) as core:
        archive = archive_of(core)
        while await archive.archive_one():
            pass
        before = digests(folder)
        await archive.thin(above_bytes=0)
        return before, digests(folder)


def digests(folder: Path) -> list[str]:
    lines = [line for _, line in checkpoints_of(folder).lines()]
    return [line.digest if isinstance(line, Checkpoint) else line.digest() for line in lines if line is not None]


async def test_what_segments_keep_goes_and_the_audit_is_proven_as_before(tmp_path: Path) -> None:
    before, after = await thinned(tmp_path)
    assert len(before) - len(after) >= CHECKPOINTS - 1
    assert [digest for digest in before if digest in after] == after
    assert verified(tmp_path).findings == ()


async def test_nothing_goes_while_the_file_is_small_or_its_records_are_in_the_database(tmp_path: Path) -> None:
    async with old_and_new(tmp_path) as core:
        before, archive = digests(tmp_path), archive_of(core)
        await archive.thin(above_bytes=0)
        assert digests(tmp_path) == before
        while await archive.archive_one():
            pass
        await archive.thin(above_bytes=1 << 20)
        assert digests(tmp_path) == before


async def test_a_segment_that_is_dropped_with_its_row_is_still_named(tmp_path: Path) -> None:
    await thinned(tmp_path)
    for name in folder_of(tmp_path).names():
        (tmp_path / "segments" / name).unlink()
    execute(tmp_path, "DELETE FROM audit_segments")
    assert {Problem.TRUNCATED, Problem.INSTANCE_DROPPED, Problem.CHECKPOINT_MISSING} & set(problems(tmp_path))


async def test_records_cut_off_behind_the_last_segment_are_still_named(tmp_path: Path) -> None:
    await thinned(tmp_path)
    newest = "(SELECT instance FROM audit_records ORDER BY time DESC LIMIT 1)"
    execute(tmp_path, f"DELETE FROM audit_records WHERE instance = {newest} AND sequence > 3")
    assert Problem.TRUNCATED in problems(tmp_path)


async def test_a_stretch_whose_anchor_is_taken_out_too_is_named(tmp_path: Path) -> None:
    await thinned(tmp_path)
    path = checkpoints_of(tmp_path).path
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[1:]))
    assert Problem.CHECKPOINT_MISSING in problems(tmp_path)


async def test_a_line_that_is_added_meanwhile_is_not_lost(tmp_path: Path) -> None:
    await thinned(tmp_path)
    file = checkpoints_of(tmp_path)
    line = file.path.read_bytes().splitlines(keepends=True)[-1]
    adding = threading.Thread(target=lambda: CheckpointFile(file.path).append(line))

    def plan(statements: object) -> object:
        adding.start()
        adding.join(0.2)
        assert adding.is_alive(), "another process's line waits its turn"
        return lambda _: True

    file.thin(plan)  # type: ignore[arg-type]  # reads nothing and lets all go
    adding.join()
    assert file.path.read_bytes() == line
