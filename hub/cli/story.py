"""`hub story`: what happened under one business reference, as a timeline."""

import argparse
import asyncio
import json
import os
import sys
from datetime import UTC
from pathlib import Path

from hub.app.evidence import evidence_under
from hub.app.story import MAX_LINES, audit_lines, event_lines, ordered, segment_sources
from hub.cli.administration import TIMEOUT_SECONDS, HubDownError, administration
from hub.cli.main import FAILED, OK, CommandError
from hub.core.audit_segments import SegmentFolder
from hub.core.audit_trail import Wanted, page_of
from hub.core.event_store import EventFilter
from hub.installation.database import database_place, maintenance_engine
from hub.installation.places import segments_folder
from hub.installation.sealed import secrets_of
from hub.rpc.services.ports import Story, StoryLine
from hub.settings import Settings, load_settings
from hub.storage.audit_store import SqlAuditStore
from hub.storage.event_store import SqlEventStore
from hub.storage.segment_store import SqlSegmentStore
from landhub.hub.v1 import hub_service_pb2


def run(arguments: argparse.Namespace) -> int:
    """Ask the hub; if it is down, read its database."""
    settings = load_settings(arguments.folder)
    if arguments.export is not None:
        return _exported(settings, arguments.folder, arguments.reference, arguments.export)
    try:
        story = _asked(settings, arguments.folder, arguments.reference)
    except HubDownError:
        print("hub: the hub is down, so this is what its database alone tells", file=sys.stderr)
        story = _read(settings, arguments.folder, arguments.reference)
    for source in story.missing_sources:
        print(f"hub: {source} could not be asked", file=sys.stderr)
    if not story.lines:
        print(f"hub: nothing is known under {arguments.reference}", file=sys.stderr)
        return FAILED
    for line in story.lines:
        print(_as_json(line) if arguments.json else _as_text(line))
    return OK


def _exported(settings: Settings, folder: Path, reference: str, out: Path) -> int:
    """Write a file for everything that can be proven; 1 if something can't be, or there is nothing."""
    found = asyncio.run(evidence_under(settings, folder, reference, os.environ))
    for made in found:
        if made.problem:
            print(f"hub: {made.name}: {made.problem}", file=sys.stderr)
            continue
        path = out / f"{made.name}.evidence.zip"
        path.write_bytes(made.file)
        print(path)
    if not found:
        print(f"hub: no signature is known under {reference}", file=sys.stderr)
    return OK if found and not any(made.problem for made in found) else FAILED


def _asked(settings: Settings, folder: Path, reference: str) -> Story:
    with administration(settings, folder) as stub:
        request = hub_service_pb2.GetStoryRequest(business_reference=reference)
        answer = stub.GetStory(request, timeout=TIMEOUT_SECONDS)
    lines = [
        StoryLine(
            time=entry.entry_time.ToDatetime(tzinfo=UTC),
            source=entry.source,
            title=entry.title,
            resource=entry.resource,
            state=entry.state,
            trace_id=entry.trace_id,
        )
        for entry in answer.entries
    ]
    return Story(lines=lines, missing_sources=tuple(answer.missing_sources))


def _read(settings: Settings, folder: Path, reference: str) -> Story:
    place = database_place(settings, folder, secrets_of(settings, folder, os.environ))
    if place.file is not None and not place.file.exists():
        raise CommandError(f"{place} does not exist: this hub has not served yet, or its database is gone")
    engine = maintenance_engine(place, read_only=True)
    try:
        with engine.connect() as conn:
            audited = page_of(
                conn,
                store=SqlAuditStore(),
                segments=SqlSegmentStore(),
                folder=SegmentFolder(segments_folder(settings, folder)),
                wanted=Wanted(business_reference=reference, limit=MAX_LINES),
            )
            wanted = EventFilter(owner=None, business_reference=reference)
            rows = SqlEventStore().page(conn, wanted, after=0, limit=MAX_LINES).rows
    finally:
        engine.dispose()
    missing = (*segment_sources(audited), *(f"agent {name}" for name in settings.signing.agents), "upstreams")
    return Story(lines=ordered([*audit_lines(audited.records, {}), *event_lines(rows, {})]), missing_sources=missing)


def _as_text(line: StoryLine) -> str:
    time = line.time.astimezone().isoformat(sep=" ", timespec="milliseconds")
    parts = (line.title, line.state, line.resource)
    return f"{time}  {line.source:<24}  {'  '.join(part for part in parts if part)}"


def _as_json(line: StoryLine) -> str:
    return json.dumps(
        {
            "time": line.time.isoformat(),
            "source": line.source,
            "title": line.title,
            "resource": line.resource,
            "state": line.state,
            "trace_id": line.trace_id,
        },
        ensure_ascii=False,
    )
