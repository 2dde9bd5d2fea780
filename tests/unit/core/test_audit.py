"""The audit: what is written when, and what verification names."""

import asyncio
import errno
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import update

from hub.core.audit import MAX_WAITING_RECORDS, Audit, AuditRecord, Countersignature, Phase
from hub.core.audit_chain import record_hash
from hub.core.audit_verify import Problem, VerifyReport, verify
from hub.core.checkpoint_file import CheckpointFile
from hub.core.clock import FakeClock
from hub.core.errors import NotFoundError
from hub.storage.audit_store import SqlAuditStore
from hub.storage.tables import audit_instances, audit_records
from tests.support.core_fixtures import Core, open_core, public_key, settled
from tests.support.databases import disposed, execute, keep_copy, tool_engine

RECORD = AuditRecord(phase=Phase.OUTCOME, method="/test/Create", caller="crm", business_reference="ДКП-1", code="OK")


def _verify(folder: Path, key: Ed25519PrivateKey | None = None) -> VerifyReport:
    engine = tool_engine(folder)
    try:
        with engine.connect() as conn:
            return verify(
                conn,
                store=SqlAuditStore(),
                file=CheckpointFile(folder / "audit" / "checkpoints.jsonl"),
                public_keys=[key.public_key() if key else public_key()],
            )
    finally:
        engine.dispose()


def _tamper(folder: Path, *statements: str) -> None:
    execute(folder, *statements)


def _rewrite(folder: Path, instance: str, *, first: int) -> None:
    """Alter a record and hash it and all that follow anew, as somebody who can write to the database would."""
    of, place = audit_records.c.instance == instance, audit_records.c.sequence
    engine = tool_engine(folder, read_only=False)
    with disposed(engine), engine.begin() as conn:
        conn.execute(update(audit_records).where(of, place == first).values(caller="x"))
        records = list(SqlAuditStore().records(conn, instance))
        head = records[first - 2].hash
        for record in records[first - 1 :]:
            head = record_hash(head, instance, record.sequence, record.time_us, record.values)
            conn.execute(update(audit_records).where(of, place == record.sequence).values(hash=head))
        conn.execute(update(audit_instances).where(audit_instances.c.instance == instance).values(head=head))


@asynccontextmanager
async def _written(folder: Path, count: int, *, clock: FakeClock, seed: int = 1) -> AsyncIterator[Core]:
    """One process instance that writes records and closes properly; instances follow each other by a minute."""
    async with open_core(folder, clock=clock, seed=seed) as core:
        for _ in range(count):
            clock.jump(1)
            await core.audit.write(RECORD)
        yield core
    clock.jump(60)


async def _trail(folder: Path, instances: int = 3, count: int = 9) -> list[str]:
    clock, names = FakeClock(), []
    for seed in range(1, instances + 1):
        async with _written(folder, count, clock=clock, seed=seed) as core:
            names.append(core.audit.instance)
    return names


def _problems(report: VerifyReport) -> set[Problem]:
    return {finding.problem for finding in report.findings}


async def test_an_untouched_trail_of_several_instances_is_whole(tmp_path: Path) -> None:
    await _trail(tmp_path)
    report = _verify(tmp_path)
    assert report.findings == ()
    assert (report.ok, report.records, report.instances, report.checkpoints) == (True, 30, 3, 6)


@pytest.mark.parametrize("column", ["caller", "method", "code", "time", "phase", "details", "resource", "trace_id"])
async def test_an_altered_record_is_named(tmp_path: Path, column: str) -> None:
    names = await _trail(tmp_path)
    other = 7 if column == "time" else "'other'"
    _tamper(tmp_path, f"update audit_records set {column} = {other} where instance='{names[1]}' and sequence=5")
    report = _verify(tmp_path)
    assert [(f.problem, f.instance, f.sequence) for f in report.findings] == [(Problem.ALTERED, names[1], 5)]


async def test_a_chain_that_was_rewritten_with_fresh_hashes_is_betrayed_by_its_checkpoint(tmp_path: Path) -> None:
    names = await _trail(tmp_path)
    _rewrite(tmp_path, names[1], first=5)
    report = _verify(tmp_path)
    assert [(f.problem, f.instance, f.sequence) for f in report.findings] == [(Problem.ALTERED, names[1], 10)]


async def test_a_deleted_record_is_named(tmp_path: Path) -> None:
    names = await _trail(tmp_path)
    _tamper(tmp_path, f"delete from audit_records where instance='{names[0]}' and sequence in (4, 5)")
    report = _verify(tmp_path)
    assert [(f.problem, f.instance, f.sequence) for f in report.findings] == [(Problem.DELETED, names[0], 4)]
    assert "4 to 5" in report.findings[0].text


@pytest.mark.parametrize(("one", "other"), [(3, 4), (2, 8)])
async def test_reordered_records_are_named(tmp_path: Path, one: int, other: int) -> None:
    names = await _trail(tmp_path)
    row = f"update audit_records set sequence = {{}} where instance='{names[0]}' and sequence = {{}}"
    _tamper(tmp_path, row.format(999, one), row.format(one, other), row.format(other, 999))
    report = _verify(tmp_path)
    assert _problems(report) == {Problem.REORDERED}
    assert {f.sequence for f in report.findings} == {one, other}


async def test_reordered_contents_under_hashes_left_in_place_are_named(tmp_path: Path) -> None:
    names = await _trail(tmp_path)
    copy = "update audit_records set time = (select time from audit_records where instance='{0}' and sequence={2}) "
    where = "where instance='{0}' and sequence={1}"
    _tamper(
        tmp_path,
        f"create temp table kept as select time from audit_records where instance='{names[0]}' and sequence=3",
        (copy + where).format(names[0], 3, 6),
        f"update audit_records set time = (select time from kept) where instance='{names[0]}' and sequence=6",
    )
    report = _verify(tmp_path)
    assert _problems(report) == {Problem.REORDERED}


async def test_a_tail_cut_before_the_last_checkpoint_is_named_even_if_the_instance_agrees(tmp_path: Path) -> None:
    names = await _trail(tmp_path)
    tail = "select hash from audit_records where sequence = 7 and instance = audit_instances.instance"
    _tamper(
        tmp_path,
        f"delete from audit_records where instance='{names[2]}' and sequence > 7",
        f"update audit_instances set count = 7, head = ({tail}) where instance='{names[2]}'",
    )
    report = _verify(tmp_path)
    assert [(f.problem, f.instance, f.sequence) for f in report.findings] == [(Problem.TRUNCATED, names[2], 8)]


async def test_a_tail_cut_together_with_its_checkpoints_in_the_database_is_named(tmp_path: Path) -> None:
    names = await _trail(tmp_path)
    tail = "select hash from audit_records where sequence = 7 and instance = audit_instances.instance"
    _tamper(
        tmp_path,
        f"delete from audit_records where instance='{names[2]}' and sequence > 7",
        f"update audit_instances set count = 7, head = ({tail}) where instance='{names[2]}'",
        f"delete from audit_checkpoints where instance='{names[2]}' and count > 7",
    )
    assert {Problem.TRUNCATED, Problem.ROLLED_BACK} <= _problems(_verify(tmp_path))


@pytest.mark.parametrize("with_checkpoints", [True, False])
async def test_a_dropped_instance_is_named(tmp_path: Path, with_checkpoints: bool) -> None:
    names = await _trail(tmp_path)
    tables = ["audit_records", "audit_instances", *(["audit_checkpoints"] if with_checkpoints else [])]
    _tamper(tmp_path, *(f"delete from {table} where instance='{names[1]}'" for table in tables))
    report = _verify(tmp_path)
    assert [(f.problem, f.instance) for f in report.findings] == [(Problem.INSTANCE_DROPPED, names[1])]


async def test_an_instance_dropped_from_both_places_is_noticed_by_the_one_that_follows_it(tmp_path: Path) -> None:
    names = await _trail(tmp_path)
    tables = ["audit_records", "audit_instances", "audit_checkpoints"]
    _tamper(tmp_path, *(f"delete from {table} where instance='{names[1]}'" for table in tables))
    file = tmp_path / "audit" / "checkpoints.jsonl"
    file.write_text("".join(line for line in file.read_text().splitlines(keepends=True) if names[1] not in line))
    assert _problems(_verify(tmp_path)) == {Problem.CHECKPOINT_MISSING}


async def test_a_rolled_back_database_file_is_named(tmp_path: Path) -> None:
    clock = FakeClock()
    async with _written(tmp_path, 5, clock=clock):
        pass
    restore = keep_copy(tmp_path)
    async with _written(tmp_path, 5, clock=clock, seed=2) as core:
        later = core.audit.instance
    restore()
    report = _verify(tmp_path)
    assert [(f.problem, f.instance) for f in report.findings] == [(Problem.ROLLED_BACK, later)]


async def test_a_rollback_is_still_noticed_after_a_new_instance_began(tmp_path: Path) -> None:
    clock = FakeClock()
    async with _written(tmp_path, 5, clock=clock):
        pass
    restore = keep_copy(tmp_path)
    async with _written(tmp_path, 5, clock=clock, seed=2) as core:
        lost = core.audit.instance
    newest = CheckpointFile(tmp_path / "audit" / "checkpoints.jsonl").newest_checkpoint()
    restore()
    async with _written(tmp_path, 5, clock=clock, seed=3) as core:
        rows = await core.database.read(core.stores.audit.instances)
    assert newest is not None
    assert rows[-1].previous == newest.digest
    report = _verify(tmp_path)
    assert [(f.problem, f.instance) for f in report.findings] == [(Problem.INSTANCE_DROPPED, lost)]


async def test_a_checkpoint_cut_from_the_file_is_named(tmp_path: Path) -> None:
    await _trail(tmp_path)
    file = tmp_path / "audit" / "checkpoints.jsonl"
    file.write_bytes(b"".join(file.read_bytes().splitlines(keepends=True)[2:]))
    assert _problems(_verify(tmp_path)) == {Problem.CHECKPOINT_MISSING}


async def test_a_checkpoint_that_another_key_signed_proves_nothing(tmp_path: Path) -> None:
    await _trail(tmp_path, instances=1)
    report = _verify(tmp_path, Ed25519PrivateKey.from_private_bytes(bytes(32)))
    assert Problem.CHECKPOINT_INVALID in _problems(report)


async def test_a_line_torn_by_a_crash_does_not_swallow_the_next_one(tmp_path: Path) -> None:
    clock = FakeClock()
    async with _written(tmp_path, 2, clock=clock):
        pass
    file = tmp_path / "audit" / "checkpoints.jsonl"
    file.write_bytes(file.read_bytes() + b'{"checkpoint":"{')
    async with _written(tmp_path, 2, clock=clock, seed=2):
        pass
    report = _verify(tmp_path)
    assert [finding.problem for finding in report.findings] == [Problem.CHECKPOINT_INVALID]
    assert report.checkpoints == 4


async def test_a_rolled_back_transaction_leaves_no_record_and_no_gap(core: Core) -> None:
    def refuse(conn: object) -> None:
        core.audit.append(conn, RECORD)  # type: ignore[arg-type]
        raise NotFoundError("no")

    with pytest.raises(NotFoundError):
        await core.database.write(refuse, label="test")
    await core.audit.write(RECORD)
    await core.audit.close()
    assert _verify(core.folder).findings == ()


async def test_reads_are_recorded_soon_and_the_dropped_ones_are_counted(core: Core) -> None:
    read = AuditRecord(phase=Phase.REQUEST, method="/test/Get", caller="crm")
    for _ in range(MAX_WAITING_RECORDS + 7):
        core.audit.append_later(read)
    await core.audit.flush()
    rows = await core.database.read(lambda conn: core.stores.audit.list(conn, limit=2000))
    dropped = [row.record.details for row in rows if row.record.phase is Phase.DROPPED]
    assert dropped == [{"count": "7"}]
    assert sum(row.record.method == "/test/Get" for row in rows) == 500


async def test_the_background_flushes_reads_and_checkpoints_activity_but_not_silence(core: Core) -> None:
    core.audit.append_later(AuditRecord(phase=Phase.REQUEST, method="/test/Get"))
    await core.clock.advance(1)
    await settled(core)
    await core.clock.advance(5)
    await settled(core)
    await core.audit.checkpoint()  # waits for one under way
    kept = await core.database.read(lambda conn: list(core.stores.audit.checkpoints(conn)))
    assert [checkpoint.count for checkpoint, _ in kept] == [1, 2]
    await core.clock.advance(60)
    await settled(core)
    await core.audit.checkpoint()
    assert len(await core.database.read(lambda conn: list(core.stores.audit.checkpoints(conn)))) == 2


async def _countersign(core: Core) -> Countersignature:
    checkpoint = await core.audit.checkpoint()
    assert checkpoint is not None
    signed = Countersignature(checkpoint.digest, "agent", "k", b"signature", b"their checkpoint")
    await core.audit.countersigned(signed)
    return signed


async def test_a_countersignature_is_kept_in_both_places_and_asks_for_no_further_checkpoint(tmp_path: Path) -> None:
    async with open_core(tmp_path) as core:
        await _countersign(core)
        assert await core.audit.checkpoint() is None
    report = _verify(tmp_path)
    assert report.ok
    assert report.countersignatures == 1


async def test_a_second_place_that_was_full_gets_every_checkpoint_once_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full, write = True, os.write

    def write_a_part(descriptor: int, content: bytes) -> int:
        if not full:
            return write(descriptor, content)
        if len(content) < 20:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(descriptor, content[: len(content) - 10])

    async with open_core(tmp_path) as core:
        monkeypatch.setattr(os, "write", write_a_part)
        for _ in range(3):
            await core.audit.write(RECORD)
            await core.audit.checkpoint()
        full = False
        await core.audit.checkpoint()
    monkeypatch.undo()
    assert _verify(tmp_path).findings == ()


async def test_whoever_stops_waiting_for_a_checkpoint_leaves_it_in_both_places(tmp_path: Path) -> None:
    async with open_core(tmp_path) as core:
        await core.audit.write(RECORD)
        waiting = asyncio.create_task(core.audit.checkpoint())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        core.clock.jump(1)
        await core.audit.write(RECORD)
    report = _verify(tmp_path)
    assert report.findings == ()
    assert report.checkpoints == 3


async def test_on_a_nearly_full_disk_reads_are_counted_and_refusals_still_recorded(core: Core) -> None:
    core.disk.free_bytes = 1000
    for _ in range(5):
        core.audit.append_later(AuditRecord(phase=Phase.REQUEST, method="/test/Get"))
    core.audit.append_later(AuditRecord(phase=Phase.REFUSED, method="*"))
    await core.audit.flush()
    rows = await core.database.read(lambda conn: core.stores.audit.list(conn, limit=2))
    assert [(row.record.phase, dict(row.record.details)) for row in rows] == [
        ("dropped", {"count": "5"}),
        ("refused", {}),
    ]


async def test_a_countersignature_that_vanished_or_changed_is_named(tmp_path: Path) -> None:
    async with open_core(tmp_path) as core:
        await _countersign(core)
    _tamper(tmp_path, "update audit_checkpoints set peer_checkpoint = signature where countersignature is not null")
    file = tmp_path / "audit" / "checkpoints.jsonl"
    file.write_text("".join(line for line in file.read_text().splitlines(keepends=True) if "peer_" not in line))
    assert _problems(_verify(tmp_path)) == {Problem.COUNTERSIGNATURE_MISSING}


async def test_a_countersignature_for_a_foreign_checkpoint_is_refused(core: Core) -> None:
    with pytest.raises(NotFoundError):
        await core.audit.countersigned(Countersignature("0" * 64, "agent", "k", b"s"))


async def test_records_are_listed_newest_first_page_by_page(core: Core) -> None:
    for number in range(5):
        core.clock.jump(number % 2)
        await core.audit.write(AuditRecord(phase=Phase.OUTCOME, method=f"m{number}", business_reference="ДКП-9"))
    from hub.core.audit_store import AuditPlace  # noqa: PLC0415 - used here only

    seen, before = [], None
    while True:
        page = await core.database.read(
            lambda conn: core.stores.audit.list(conn, business_reference="ДКП-9", before=before, limit=2)  # noqa: B023
        )
        if not page:
            break
        seen += [row.record.method for row in page]
        before = AuditPlace(page[-1].time, page[-1].instance, page[-1].sequence)
    assert seen == ["m4", "m3", "m2", "m1", "m0"]


def test_the_audit_offers_no_way_to_change_a_record() -> None:
    assert not {name for name in dir(Audit) if "delete" in name or "update" in name}
