"""Opens the core of one hub process: database, audit, outbox, effects, events, in the order they need each other."""

import asyncio
import shutil
from dataclasses import dataclass
from datetime import timedelta

from prometheus_client import CollectorRegistry

from hub.app.keys import Keys
from hub.app.prepare import Installation
from hub.core.attempt_store import AttemptStore
from hub.core.audit import Audit, Checkpoint, CheckpointKey
from hub.core.audit_segments import SegmentFolder
from hub.core.audit_store import AuditStore
from hub.core.audit_trail import AuditTrail
from hub.core.checkpoint_file import CheckpointFile
from hub.core.clock import Clock
from hub.core.database import Database
from hub.core.effects import Effects
from hub.core.event_store import EventStore
from hub.core.events import Events
from hub.core.health import HealthRegistry
from hub.core.idempotency import Idempotency, IdempotencyStore
from hub.core.ids import Ids
from hub.core.job_runs import JobRuns
from hub.core.metrics import CoreMetrics
from hub.core.outbox import Outbox
from hub.core.outbox_store import OutboxStore
from hub.core.person_store import PersonStore
from hub.core.segment_store import SegmentStore
from hub.core.telemetry import Telemetry
from hub.core.vendor_reference import VendorReferences
from hub.installation.database import database_place, open_database
from hub.installation.migration import bring_up
from hub.installation.places import checkpoint_file, segments_folder, state_folder
from hub.resilience.upstream import Upstreams
from hub.storage.attempt_store import SqlAttemptStore
from hub.storage.audit_store import SqlAuditStore
from hub.storage.engine import SqliteDatabase
from hub.storage.event_store import SqlEventStore
from hub.storage.idempotency_store import SqlIdempotencyStore
from hub.storage.outbox_store import SqlOutboxStore
from hub.storage.person_store import SqlPersonStore
from hub.storage.postgres import PostgresDatabase
from hub.storage.segment_store import SqlSegmentStore

_OF_A_LEASE = 0.8  # how much of it an attempt at a write may take; the rest is for writing down what came of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """What everything else in the process stands on."""

    instance: str
    clock: Clock
    ids: Ids
    keys: Keys
    telemetry: Telemetry
    metrics: CollectorRegistry
    health: HealthRegistry
    database: SqliteDatabase | PostgresDatabase
    audit_store: AuditStore
    outbox_store: OutboxStore
    event_store: EventStore
    idempotency_store: IdempotencyStore
    segment_store: SegmentStore
    person_store: PersonStore
    attempt_store: AttemptStore
    audit: Audit
    trail: AuditTrail
    outbox: Outbox
    effects: Effects
    events: Events
    upstreams: Upstreams

    async def newest_checkpoint(self) -> Checkpoint | None:
        """Return this process instance's newest checkpoint."""
        kept = await self.database.read(self.audit_store.newest_checkpoint)
        return kept if kept is not None and kept.instance == self.instance else None


async def open_core(
    installation: Installation,
    *,
    instance: str,
    clock: Clock,
    ids: Ids,
    telemetry: Telemetry,
    metrics: CollectorRegistry,
) -> Core:
    """Bring the database to this release and open the core on it; nothing runs yet.

    Raises:
        InstallationLockedError: another hub serves from this database.
        SchemaTooNewError, SchemaTooOldError: see hub.installation.migration.
    """
    keys = installation.keys
    core_metrics = CoreMetrics(registry=metrics)
    database = await _open_database(installation, clock=clock, ids=ids, metrics=core_metrics)
    audit_store, outbox_store, event_store = SqlAuditStore(), SqlOutboxStore(), SqlEventStore()
    idempotency_store, segment_store = SqlIdempotencyStore(), SqlSegmentStore()
    audit = _audit(
        installation, instance=instance, database=database, store=audit_store, clock=clock, metrics=core_metrics
    )
    runs = JobRuns(
        database=database,
        store=outbox_store,
        audit=audit,
        clock=clock,
        ids=ids,
        telemetry=telemetry,
        metrics=core_metrics,
        holder=instance,
        longest_lease=timedelta(seconds=installation.settings.storage.lease_seconds),
    )
    outbox = Outbox(database=database, store=outbox_store, runs=runs, clock=clock, ids=ids, holder=instance)
    return Core(
        instance=instance,
        clock=clock,
        ids=ids,
        keys=keys,
        telemetry=telemetry,
        metrics=metrics,
        health=HealthRegistry(),
        database=database,
        audit_store=audit_store,
        outbox_store=outbox_store,
        event_store=event_store,
        idempotency_store=idempotency_store,
        segment_store=segment_store,
        person_store=SqlPersonStore(),
        attempt_store=SqlAttemptStore(),
        audit=audit,
        trail=_trail(installation, database, audit_store, segment_store),
        outbox=outbox,
        effects=_effects(
            keys, database=database, outbox=outbox, store=idempotency_store, audit=audit, clock=clock, ids=ids
        ),
        events=Events(database=database, store=event_store, outbox=outbox, clock=clock, ids=ids),
        upstreams=_upstreams(installation, clock=clock, ids=ids, metrics=metrics),
    )


def _upstreams(installation: Installation, *, clock: Clock, ids: Ids, metrics: CollectorRegistry) -> Upstreams:
    longest = _OF_A_LEASE * installation.settings.storage.lease_seconds
    return Upstreams(clock=clock, ids=ids, registry=metrics, longest_write_seconds=longest)


def _trail(
    installation: Installation, database: Database, store: SqlAuditStore, segments: SqlSegmentStore
) -> AuditTrail:
    folder = SegmentFolder(segments_folder(installation.settings, installation.folder))
    return AuditTrail(database=database, store=store, segments=segments, folder=folder)


def _effects(
    keys: Keys,
    *,
    database: Database,
    outbox: Outbox,
    store: SqlIdempotencyStore,
    audit: Audit,
    clock: Clock,
    ids: Ids,
) -> Effects:
    return Effects(
        database=database,
        outbox=outbox,
        idempotency=Idempotency(store=store, fingerprints=keys.hashes),
        references=VendorReferences(key=keys.reference),
        audit=audit,
        clock=clock,
        ids=ids,
    )


async def _open_database(
    installation: Installation, *, clock: Clock, ids: Ids, metrics: CoreMetrics
) -> SqliteDatabase | PostgresDatabase:
    place = database_place(installation.settings, installation.folder, installation.secrets)
    database = open_database(place, clock=clock, ids=ids, metrics=metrics)
    try:
        await asyncio.to_thread(bring_up, place, clock=clock)
    except BaseException:
        await database.close()
        raise
    return database


def _audit(
    installation: Installation,
    *,
    instance: str,
    database: Database,
    store: SqlAuditStore,
    clock: Clock,
    metrics: CoreMetrics,
) -> Audit:
    settings, folder = installation.settings, installation.folder
    data_folder = state_folder(settings, folder)
    data_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Audit(
        database=database,
        store=store,
        clock=clock,
        instance=instance,
        key=CheckpointKey(key=installation.keys.audit),
        file=CheckpointFile(checkpoint_file(settings, folder)),
        metrics=metrics,
        free_bytes=lambda: shutil.disk_usage(data_folder).free,
        low_space_bytes=settings.storage.free_space_watermark_bytes,
        checkpoint_seconds=settings.audit.checkpoint_seconds,
    )
