"""`hub erase`: have the hub erase what it keeps of one person. Who that is is read from standard input."""

import argparse
import os
import time
from pathlib import Path

from sqlalchemy import Engine

from hub.app.keys import open_keys
from hub.app.offline import LOCAL
from hub.cli.main import FAILED, OK, CommandError
from hub.cli.sealed import read_value
from hub.core.audit_segments import SegmentFolder
from hub.core.audit_trail import Wanted, page_of
from hub.core.clock import SystemClock
from hub.core.erasure import ERASE, METHOD
from hub.core.ids import Ids
from hub.core.jobs import JobState, NewJob
from hub.core.persons import Identifier, pseudonym
from hub.installation.database import database_place, maintenance_engine
from hub.installation.places import segments_folder
from hub.installation.sealed import secrets_of
from hub.settings import Settings, load_settings
from hub.storage.audit_store import SqlAuditStore
from hub.storage.outbox_store import SqlOutboxStore
from hub.storage.segment_store import SqlSegmentStore

WAIT_SECONDS = 90.0  # a hub looks for jobs of others twice a minute
_LOOK_SECONDS = 0.5
_RECORDS = 100  # the newest of this command's; the one that is looked for was written a moment ago


def run(arguments: argparse.Namespace) -> int:
    """Write the job, and wait until a hub has done it."""
    folder, kind = arguments.folder, Identifier(arguments.kind)
    settings = load_settings(folder)
    secrets = secrets_of(settings, folder, os.environ)
    clock = SystemClock()
    ids = Ids(clock=clock)
    keys = open_keys(settings, secrets=secrets, ids=ids)
    try:
        person = pseudonym(keys.hashes, kind, read_value(f"{kind.value}: ").decode())
    except ValueError as error:
        raise CommandError(f"no {kind.value} was given: {error}") from error
    place = database_place(settings, folder, secrets)
    if place.file is not None and not place.file.exists():
        raise CommandError(f"{place} does not exist: this hub has not served yet, so it keeps nothing")
    engine = maintenance_engine(place, read_only=False)
    try:
        job_id = ids.resource_id()
        job = NewJob(kind=ERASE, payload={"pseudonyms": person}, caller=LOCAL, method=METHOD, request_id=job_id)
        with engine.begin() as conn:
            SqlOutboxStore().add(conn, job_id, job, now=clock.now())
        return _waited(engine, settings, folder, job_id, seconds=WAIT_SECONDS if arguments.wait else 0)
    finally:
        engine.dispose()


def _waited(engine: Engine, settings: Settings, folder: Path, job_id: str, *, seconds: float) -> int:
    clock = SystemClock()
    end = clock.monotonic() + seconds
    while not _is_done(engine, job_id):
        if clock.monotonic() >= end:
            print("it is not done yet: a running hub does it within a minute, a stopped one when it starts")
            return OK if not seconds else FAILED
        time.sleep(_LOOK_SECONDS)
    counts = _counts(engine, settings, folder, job_id)
    print(f"{counts['erased']} resources erased, {counts['waiting']} are still needed and follow when they are final")
    return OK


def _is_done(engine: Engine, job_id: str) -> bool:
    with engine.connect() as conn:
        view = SqlOutboxStore().get(conn, job_id)
    return view is None or view.state is JobState.DONE


def _counts(engine: Engine, settings: Settings, folder: Path, job_id: str) -> dict[str, str]:
    with engine.connect() as conn:
        found = page_of(
            conn,
            store=SqlAuditStore(),
            segments=SqlSegmentStore(),
            folder=SegmentFolder(segments_folder(settings, folder)),
            wanted=Wanted(caller=LOCAL, limit=_RECORDS),
        )
    told = [row.record for row in found.records if row.record.request_id == job_id and row.record.reason == "ERASED"]
    return {"erased": "?", "waiting": "?", **(dict(told[0].details) if told else {})}
