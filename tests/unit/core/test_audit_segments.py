"""Old records leave the database for segments: nothing is lost, and whatever is done to a segment is named."""

import gzip
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from hub.core.audit import AuditRecord, Countersignature, Phase
from hub.core.audit_archive import EVERY, ArchiveRules, AuditArchive
from hub.core.audit_segments import SegmentFolder
from hub.core.audit_store import AuditPlace
from hub.core.audit_trail import AuditTrail
from hub.core.audit_verify import Problem, VerifyReport, verify
from hub.core.checkpoint_file import CheckpointFile
from hub.core.checkpoint_thinning import CheckpointThinning
from hub.core.clock import FakeClock
from hub.core.segment_check import SegmentCheck
from hub.storage.audit_store import SqlAuditStore
from hub.storage.segment_store import SqlSegmentStore
from tests.support.core_fixtures import Core, open_core, public_key
from tests.support.databases import execute, keep_copy, tool_engine

DAY = 86_400.0
RULES = ArchiveRules(keep=timedelta(days=30))


def folder_of(folder: Path) -> SegmentFolder:
    return SegmentFolder(folder / "segments")


def checkpoints_of(folder: Path) -> CheckpointFile:
    return CheckpointFile(folder / "audit" / "checkpoints.jsonl")


def verified(folder: Path) -> VerifyReport:
    engine = tool_engine(folder)
    try:
        with engine.connect() as conn:
            return verify(
                conn,
                store=SqlAuditStore(),
                file=checkpoints_of(folder),
                public_keys=[public_key()],
                segments=SegmentCheck(store=SqlSegmentStore(), folder=folder_of(folder)),
            )
    finally:
        engine.dispose()


def problems(folder: Path) -> list[Problem]:
    return [finding.problem for finding in verified(folder).findings]


def archive_of(core: Core, rules: ArchiveRules = RULES) -> AuditArchive:
    return AuditArchive(
        database=core.database,
        store=core.stores.audit,
        segments=core.stores.segments,
        folder=folder_of(core.folder),
        outbox=core.outbox,
        rules=rules,
        thinning=CheckpointThinning(file=checkpoints_of(core.folder), folder=folder_of(core.folder)),
    )


def trail_of(core: Core) -> AuditTrail:
    return AuditTrail(
        database=core.database, store=core.stores.audit, segments=core.stores.segments, folder=folder_of(core.folder)
    )


async def write(core: Core, count: int, reference: str = "ДКП-1") -> None:
    for number in range(count):
        core.clock.jump(1)
        await core.audit.write(
            AuditRecord(phase=Phase.OUTCOME, method=f"{reference}/{number}", caller="crm", business_reference=reference)
        )
    await core.audit.checkpoint()


@asynccontextmanager
async def aged(folder: Path) -> AsyncIterator[Core]:
    """Two closed instances of 40 days ago with two checkpoints each, and a running one that wrote today."""
    clock = FakeClock()
    for seed in (1, 2):
        async with open_core(folder, clock=clock, seed=seed) as old:
            await write(old, 5, f"old-{seed}")
            await write(old, 5, f"old-{seed}")
    clock.jump(40 * DAY)
    async with open_core(folder, clock=clock, seed=3) as core:
        await write(core, 5, "new")
        yield core


async def archived(folder: Path) -> list[str]:
    """Archive what is old; returns the names of the segments."""
    async with aged(folder) as core:
        archive = archive_of(core)
        while await archive.archive_one():
            pass
    return list(folder_of(folder).names())


async def test_old_records_leave_the_database_and_the_whole_is_still_proven(tmp_path: Path) -> None:
    names = await archived(tmp_path)
    assert len(names) == 2
    report = verified(tmp_path)
    assert report.findings == ()
    assert (report.records, report.instances, report.segments) == (28, 3, 2)
    engine = tool_engine(tmp_path)
    with engine.connect() as conn:
        assert SqlAuditStore().record_count(conn) == 6
        assert len(list(SqlAuditStore().checkpoints(conn))) < report.checkpoints
    engine.dispose()


async def test_the_hourly_job_archives_once_for_all_replicas_and_young_records_stay(tmp_path: Path) -> None:
    async with aged(tmp_path) as core:
        archive_of(core)
        await core.outbox.run_due()  # the first slot of all begins the schedule
        core.clock.jump(EVERY.total_seconds())
        assert await core.outbox.run_due() == 1
        rows = await core.database.read(core.stores.segments.all)
        assert [row.number for row in rows] == [1, 2]
        assert await core.outbox.run_due() == 0
        assert await core.database.read(core.stores.audit.record_count) == 6


async def test_with_too_many_records_even_young_ones_leave(tmp_path: Path) -> None:
    async with open_core(tmp_path) as core:
        await write(core, 30)
        archive = archive_of(core, ArchiveRules(most_records=10))
        assert await archive.archive_one()
        assert not await archive.archive_one()
        assert await core.database.read(core.stores.audit.record_count) <= 10
        await write(core, 30)
        assert await archive.archive_one()
    assert problems(tmp_path) == []


async def test_a_segment_that_was_written_before_a_crash_is_written_again_the_same(tmp_path: Path) -> None:
    async with aged(tmp_path) as core:
        archive = archive_of(core)
        planned = await core.database.read(archive._plan)
        assert planned is not None
        name, digest = folder_of(tmp_path).write(planned.head, planned.records)
        before = (tmp_path / "segments" / name).read_bytes()
        assert problems(tmp_path) == []  # the records are still in the database
        assert await archive.archive_one()
        row = await core.database.read(core.stores.segments.newest)
        assert row is not None
        assert (row.file, row.digest) == (name, digest)
        assert (tmp_path / "segments" / name).read_bytes() == before


async def test_records_that_somebody_changed_are_not_archived(tmp_path: Path) -> None:
    async with aged(tmp_path) as core:
        rows = await core.database.read(core.stores.audit.instances)
        await core.database.write(
            lambda conn: conn.exec_driver_sql(
                f"update audit_records set caller='x' where instance='{rows[0].instance}' and sequence=3"
            ),
            label="test",
        )
        archive = archive_of(core)
        assert await archive.archive_one()
        assert not await archive.archive_one()
        segments = await core.database.read(core.stores.segments.all)
        assert [row.instance for row in segments] == [rows[1].instance]
    assert problems(tmp_path) == [Problem.ALTERED]


async def test_a_countersignature_goes_along_with_its_checkpoint(tmp_path: Path) -> None:
    clock = FakeClock()
    async with open_core(tmp_path, clock=clock) as core:
        checkpoint = await core.audit.checkpoint()
        assert checkpoint is not None
        await core.audit.countersigned(Countersignature(checkpoint.digest, "agent", "k", b"signature", b"theirs"))
        await write(core, 3)
        clock.jump(40 * DAY)
        assert await archive_of(core).archive_one()
    (tmp_path / "audit" / "checkpoints.jsonl").write_text(
        "".join(
            line
            for line in (tmp_path / "audit" / "checkpoints.jsonl").read_text().splitlines(keepends=True)
            if "peer_" not in line
        )
    )
    assert problems(tmp_path) == []


def changed(path: Path, old: bytes, new: bytes) -> None:
    content = gzip.decompress(path.read_bytes())
    assert old in content
    path.chmod(0o600)
    path.write_bytes(gzip.compress(content.replace(old, new, 1)))


async def test_an_altered_record_in_a_segment_is_named_with_its_file(tmp_path: Path) -> None:
    names = await archived(tmp_path)
    changed(tmp_path / "segments" / names[0], b'"crm"', b'"crn"')
    findings = verified(tmp_path).findings
    assert {finding.problem for finding in findings} == {Problem.ALTERED, Problem.SEGMENT_ALTERED}
    assert any(names[0] in finding.text for finding in findings)


async def test_an_altered_head_of_a_segment_is_named(tmp_path: Path) -> None:
    names = await archived(tmp_path)
    changed(tmp_path / "segments" / names[1], b'"last":11', b'"last":10')
    (finding,) = verified(tmp_path).findings
    assert finding.problem is Problem.SEGMENT_ALTERED
    assert names[1] in finding.text


async def test_a_missing_segment_is_named_once(tmp_path: Path) -> None:
    names = await archived(tmp_path)
    (tmp_path / "segments" / names[0]).unlink()
    (finding,) = verified(tmp_path).findings
    assert finding.problem is Problem.SEGMENT_MISSING
    assert names[0] in finding.text


@pytest.mark.parametrize("part", [0.3, 0.9])
async def test_a_truncated_segment_is_named_once(tmp_path: Path, part: float) -> None:
    names = await archived(tmp_path)
    path = tmp_path / "segments" / names[0]
    content = path.read_bytes()
    path.chmod(0o600)
    path.write_bytes(content[: int(len(content) * part)])
    (finding,) = verified(tmp_path).findings
    assert finding.problem is Problem.SEGMENT_TRUNCATED
    assert names[0] in finding.text


async def test_a_segment_cut_to_fewer_whole_records_is_named(tmp_path: Path) -> None:
    names = await archived(tmp_path)
    path = tmp_path / "segments" / names[0]
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    path.chmod(0o600)
    path.write_bytes(gzip.compress(b"".join(lines[:-2])))
    (finding,) = verified(tmp_path).findings
    assert finding.problem is Problem.SEGMENT_TRUNCATED


async def test_exchanged_segments_are_named(tmp_path: Path) -> None:
    names = await archived(tmp_path)
    one, other = (tmp_path / "segments" / name for name in names)
    shutil.move(one, tmp_path / "kept")
    shutil.move(other, one)
    shutil.move(tmp_path / "kept", other)
    assert problems(tmp_path) == [Problem.SEGMENT_REORDERED, Problem.SEGMENT_REORDERED]


async def test_a_segment_dropped_from_folder_and_database_is_noticed(tmp_path: Path) -> None:
    names = await archived(tmp_path)
    (tmp_path / "segments" / names[0]).unlink()
    execute(tmp_path, "delete from audit_segments where number = 1")
    found = problems(tmp_path)
    assert Problem.SEGMENT_MISSING in found
    assert Problem.TRUNCATED in found


async def test_a_database_older_than_its_segments_is_named(tmp_path: Path) -> None:
    clock = FakeClock()
    async with open_core(tmp_path, clock=clock):
        pass
    restore = keep_copy(tmp_path)
    async with open_core(tmp_path, clock=clock, seed=2) as core:
        await write(core, 5)
        clock.jump(40 * DAY)
        archive = archive_of(core)
        while await archive.archive_one():
            pass
    restore()
    findings = verified(tmp_path).findings
    assert Problem.ROLLED_BACK in {finding.problem for finding in findings}
    assert any(".jsonl.gz" in finding.text for finding in findings)


async def test_the_list_reads_on_into_the_segments_page_by_page(tmp_path: Path) -> None:
    async with aged(tmp_path) as core:
        whole = (await trail_of(core).list(limit=100)).records
        archive = archive_of(core)
        while await archive.archive_one():
            pass
        trail = trail_of(core)
        assert (await trail.list(limit=100)).records == whole
        seen, before = list[str](), None
        while page := (await trail.list(caller="crm", before=before, limit=3)).records:
            seen += [row.record.method for row in page]
            before = AuditPlace(page[-1].time, page[-1].instance, page[-1].sequence)
        assert seen == [row.record.method for row in whole if row.record.caller == "crm"]
        of_one = await trail.list(business_reference="old-1", limit=100)
        assert [row.record.method for row in of_one.records] == [
            row.record.method for row in whole if row.record.business_reference == "old-1"
        ]


async def test_a_segment_that_can_not_be_read_is_told_to_whoever_needs_it_and_to_nobody_else(tmp_path: Path) -> None:
    async with aged(tmp_path) as core:
        archive = archive_of(core)
        while await archive.archive_one():
            pass
        names = folder_of(tmp_path).names()
        (tmp_path / "segments" / names[0]).unlink()
        assert (await trail_of(core).list(business_reference="old-1")).missing == [names[0]]
        assert (await trail_of(core).list(business_reference="old-2")).missing == []
