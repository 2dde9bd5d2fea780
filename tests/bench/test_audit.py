"""How fast an audit trail is proved whole."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.core.audit import AuditRecord, Phase
from hub.core.audit_segments import SegmentFolder
from hub.core.audit_verify import verify
from hub.core.checkpoint_file import CheckpointFile
from hub.core.segment_check import SegmentCheck
from hub.storage.audit_store import SqlAuditStore
from hub.storage.engine import sqlite_engine
from hub.storage.segment_store import SqlSegmentStore
from tests.bench.rig.figures import Figures
from tests.support.core_fixtures import Core, open_core, public_key

pytestmark = pytest.mark.bench

_RUNS = 5
_RECORDS = 200_000
_AT_ONCE = 5_000
_METHOD = "/landhub.rosreestr.v1.RosreestrService/GetLandPlot"


async def test_an_audit_trail_of_lookups_is_verified(tmp_path: Path, figures: Figures) -> None:
    async with open_core(tmp_path) as core:
        for start in range(0, _RECORDS, _AT_ONCE):
            await _write(core, start)

    figures.add(
        "audit_verify_per_s",
        [_verified_per_second(tmp_path) for _ in range(_RUNS)],
        baseline=f"a chain of {_RECORDS:,} records in SQLite",
    )


async def _write(core: Core, start: int) -> None:
    """Write as many records at once as would come in some seconds of full load."""
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    batch = [(noon + timedelta(milliseconds=number), _record(number)) for number in range(start, start + _AT_ONCE)]
    await core.database.write(lambda conn: core.audit._append_all(conn, batch), label="bench")


def _record(number: int) -> AuditRecord:
    return AuditRecord(
        phase=Phase.REQUEST,
        method=_METHOD,
        caller="crm",
        business_reference=f"ДКП-2026/{number}",
        code="OK",
        trace_id=f"{number:032x}",
    )


def _verified_per_second(folder: Path) -> float:
    """Do what `hub audit verify` does."""
    engine = sqlite_engine(folder / "landhub.db", pool_size=1, read_only=True)
    segments = SegmentCheck(store=SqlSegmentStore(), folder=SegmentFolder(folder / "segments"))
    try:
        with engine.connect() as conn:
            began = time.perf_counter()
            report = verify(
                conn,
                store=SqlAuditStore(),
                file=CheckpointFile(folder / "audit" / "checkpoints.jsonl"),
                public_keys=[public_key()],
                segments=segments,
            )
            seconds = time.perf_counter() - began
    finally:
        engine.dispose()
    assert report.ok, report.findings[:3]
    assert report.records > _RECORDS
    return report.records / seconds
