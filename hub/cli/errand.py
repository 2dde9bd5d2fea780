"""A job that the command line gives the hub through its database, whether it runs or not, and what came of it."""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from hub.app.offline import LOCAL
from hub.cli.main import CommandError
from hub.core.audit_chain import AuditRecord, Phase
from hub.core.audit_segments import SegmentFolder
from hub.core.audit_trail import Wanted, page_of
from hub.core.clock import SystemClock
from hub.core.ids import Ids
from hub.core.jobs import NewJob
from hub.installation.database import database_place, maintenance_engine
from hub.installation.places import segments_folder
from hub.installation.sealed import secrets_of
from hub.settings import Settings
from hub.storage.audit_store import SqlAuditStore
from hub.storage.outbox_store import SqlOutboxStore
from hub.storage.segment_store import SqlSegmentStore

WAIT_SECONDS = 90.0  # a hub looks for the jobs of others twice a minute
_LOOK_SECONDS = 0.5
_RECORDS = 100  # the newest of the command line's; the one that is looked for was written a moment ago


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What is to be done: a kind of job, the method its audit record tells, and ids for its handler, nothing secret."""

    kind: str
    method: str
    payload: Mapping[str, str]


def run_errand(settings: Settings, folder: Path, errand: Errand, *, wait: bool) -> AuditRecord | None:
    """Write the job and wait until a hub has done it; returns its record in the audit, None if it is not done yet.

    Raises:
        CommandError: there is no database yet.
    """
    clock = SystemClock()
    place = database_place(settings, folder, secrets_of(settings, folder, os.environ))
    if place.file is not None and not place.file.exists():
        raise CommandError(f"{place} does not exist: this hub has not served yet, or its database is gone")
    engine = maintenance_engine(place, read_only=False)
    try:
        job_id = Ids(clock=clock).resource_id()
        job = NewJob(
            kind=errand.kind, payload=errand.payload, caller=LOCAL, method=errand.method, request_id=job_id, priority=0
        )
        with engine.begin() as conn:
            SqlOutboxStore().add(conn, job_id, job, now=clock.now())
        end = clock.monotonic() + (WAIT_SECONDS if wait else 0)
        while (record := _record(engine, settings, folder, job_id)) is None and clock.monotonic() < end:
            time.sleep(_LOOK_SECONDS)
        return record
    finally:
        engine.dispose()


def _record(engine: Engine, settings: Settings, folder: Path, job_id: str) -> AuditRecord | None:
    with engine.connect() as conn:
        found = page_of(
            conn,
            store=SqlAuditStore(),
            segments=SqlSegmentStore(),
            folder=SegmentFolder(segments_folder(settings, folder)),
            wanted=Wanted(caller=LOCAL, limit=_RECORDS),
        )
    records = (row.record for row in found.records)
    return next((one for one in records if one.request_id == job_id and one.phase is Phase.ADMIN), None)
