"""A whole core over a database in a temporary folder, with time, ids and randomness under the test's control."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from opentelemetry.trace import NoOpTracer
from prometheus_client import CollectorRegistry

from hub.core.audit import Audit, CheckpointKey
from hub.core.call import Call
from hub.core.checkpoint_file import CheckpointFile
from hub.core.clock import FakeClock
from hub.core.crypto import KeyedHash, KeyRing
from hub.core.database import Database
from hub.core.effects import Effects
from hub.core.events import Events
from hub.core.idempotency import Idempotency
from hub.core.ids import Ids, SeededIds
from hub.core.job_runs import JobRuns
from hub.core.metrics import CoreMetrics
from hub.core.outbox import Outbox
from hub.core.persons import Persons
from hub.core.secrets import Secret
from hub.core.telemetry import Telemetry
from hub.core.vendor_reference import VendorReferences
from hub.storage.audit_store import SqlAuditStore
from hub.storage.event_store import SqlEventStore
from hub.storage.idempotency_store import SqlIdempotencyStore
from hub.storage.outbox_store import SqlOutboxStore
from hub.storage.person_store import SqlPersonStore
from hub.storage.segment_store import SqlSegmentStore
from tests.support.databases import on_postgres, open_database

PRIVATE_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PLENTY = 1 << 40


@dataclass(slots=True)
class Disk:
    """The free space that the audit sees."""

    free_bytes: int = PLENTY


@dataclass(frozen=True, slots=True, kw_only=True)
class Core:
    """One process's core. `second` opens another over the same files, on the same clock."""

    folder: Path
    clock: FakeClock
    ids: SeededIds
    database: Database
    audit: Audit
    outbox: Outbox
    events: Events
    effects: Effects
    columns: KeyRing
    hashes: KeyedHash
    persons: Persons
    references: VendorReferences
    telemetry: Telemetry
    disk: Disk
    registry: CollectorRegistry
    stores: "Stores"

    def call(self, number: int = 1, **changes: object) -> Call:
        """Return a mutating call; the same number is the same request_id."""
        fields: dict[str, object] = {
            "caller": "crm",
            "group": "crm",
            "method": "/landhub.test.v1.TestService/CreateThing",
            "request_id": str(UUID(int=number)),
            "business_reference": f"ДКП-{number}",
            "deadline": self.clock.monotonic() + 10,
            "fingerprint": b"content",
        }
        return Call(**fields | changes)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Stores:
    """The stores behind the core's ports."""

    outbox: SqlOutboxStore = field(default_factory=SqlOutboxStore)
    events: SqlEventStore = field(default_factory=SqlEventStore)
    audit: SqlAuditStore = field(default_factory=SqlAuditStore)
    idempotency: SqlIdempotencyStore = field(default_factory=SqlIdempotencyStore)
    persons: SqlPersonStore = field(default_factory=SqlPersonStore)
    segments: SqlSegmentStore = field(default_factory=SqlSegmentStore)


@asynccontextmanager
async def open_core(
    folder: Path,
    *,
    clock: FakeClock | None = None,
    seed: int = 1,
    audited: bool = True,
    wrap: Callable[[Database], Database] = lambda database: database,
) -> AsyncIterator[Core]:
    """Open a core over the folder's database, made on first use. Another seed over the same folder is another process.

    `wrap` may put faults between the core and its database; `audited=False` leaves the audit's start and end out.

    The outbox is not started: call `core.outbox.run_due()`, or start and stop it.
    """
    core = _wire(folder, clock or FakeClock(), seed, wrap)
    if audited:
        await core.audit.start()
    try:
        yield core
    finally:
        if audited:
            await core.audit.close()
        await core.database.close()


def _wire(folder: Path, clock: FakeClock, seed: int, wrap: Callable[[Database], Database]) -> Core:
    ids = SeededIds(clock=clock, seed=seed)
    registry = CollectorRegistry()
    metrics = CoreMetrics(registry=registry)
    database = wrap(open_database(folder, clock=clock, ids=Ids(clock=clock), metrics=metrics))
    stores = Stores()
    disk = Disk()
    telemetry = Telemetry(tracer=NoOpTracer())
    holder = ids.resource_id()
    audit = _audit(folder, database, clock, metrics=metrics, disk=disk, instance=holder)
    runs = JobRuns(
        database=database,
        store=stores.outbox,
        audit=audit,
        clock=clock,
        ids=ids,
        telemetry=telemetry,
        metrics=metrics,
        holder=holder,
    )
    outbox = Outbox(database=database, store=stores.outbox, runs=runs, clock=clock, ids=ids, holder=holder)
    events = Events(database=database, store=stores.events, outbox=outbox, clock=clock, ids=ids)
    references = VendorReferences(key=Secret(b"reference key"))
    hashes = KeyedHash(key=Secret(b"hash key"), key_id="h1")
    effects = Effects(
        database=database,
        outbox=outbox,
        idempotency=Idempotency(store=stores.idempotency, fingerprints=hashes),
        references=references,
        audit=audit,
        clock=clock,
        ids=ids,
    )
    columns = KeyRing(keys={"k1": Secret(bytes(32))}, active="k1", random_bytes=ids.random_bytes)
    return Core(
        folder=folder,
        clock=clock,
        ids=ids,
        database=database,
        audit=audit,
        outbox=outbox,
        events=events,
        effects=effects,
        columns=columns,
        hashes=hashes,
        persons=Persons(store=stores.persons, hashes=hashes),
        references=references,
        telemetry=telemetry,
        disk=disk,
        registry=registry,
        stores=stores,
    )


def _audit(
    folder: Path, database: Database, clock: FakeClock, *, metrics: CoreMetrics, disk: Disk, instance: str
) -> Audit:
    return Audit(
        database=database,
        store=SqlAuditStore(),
        clock=clock,
        instance=instance,
        key=CheckpointKey(key=PRIVATE_KEY),
        file=CheckpointFile(folder / "audit" / "checkpoints.jsonl"),
        metrics=metrics,
        free_bytes=lambda: disk.free_bytes,
        low_space_bytes=1 << 20,
    )


@pytest.fixture
async def core(tmp_path: Path) -> AsyncIterator[Core]:
    """One core in a folder of its own; import this fixture by name."""
    async with open_core(tmp_path) as opened:
        yield opened


async def settled(core: Core) -> None:
    """Let everything that is under way in this process reach its next wait for time, the vendor or the test."""
    for _ in range(30):
        await core.database.write(lambda _: None, label="test")  # after what was queued before
        await _all_read(core)
        for _ in range(10):
            await asyncio.sleep(0)


async def _all_read(core: Core) -> None:
    """Wait until every reader is here, so none is still amid what was read before."""
    readers = 4 if on_postgres() else 2  # as their databases have by default
    here = threading.Barrier(readers, timeout=30)
    await asyncio.gather(*(core.database.read(lambda _: here.wait()) for _ in range(readers)))


def public_key() -> Ed25519PublicKey:
    """Return the key that proves this core's checkpoints."""
    return PRIVATE_KEY.public_key()
