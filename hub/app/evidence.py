"""Makes files of evidence from an installation's files and agents, whether its hub serves or not."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

from opentelemetry.trace import NoOpTracer
from prometheus_client import CollectorRegistry
from sqlalchemy import Connection

from evidence.chains import Run, runs_to_checkpoints
from evidence.container import EvidenceError, NotStatedError
from hub.app.agents import signing_agents
from hub.app.keys import open_keys
from hub.core.audit_chain import Phase, first_hash, record_content
from hub.core.audit_checkpoints import Checkpoint
from hub.core.audit_segments import SegmentError, SegmentFolder
from hub.core.audit_store import RawRecord, StoredRecord
from hub.core.audit_trail import Wanted, page_of
from hub.core.clock import Clock, SystemClock
from hub.core.ids import Ids
from hub.core.mode import Mode
from hub.core.telemetry import Telemetry
from hub.installation.database import database_place, maintenance_engine
from hub.installation.places import segments_folder
from hub.installation.sealed import secrets_of
from hub.module_api import Evidence, EvidenceContext, load_module
from hub.resilience.upstream import Upstreams
from hub.settings import Settings, validate_module
from hub.storage.audit_store import SqlAuditStore
from hub.storage.segment_store import SqlSegmentStore

MAX_RECORDS = 10_000  # of one business reference
_LAST = 2**62
_LOOK_AGAIN_SECONDS = 0.5


async def evidence_under(
    settings: Settings, folder: Path, business_reference: str, environment: Mapping[str, str]
) -> Sequence[Evidence]:
    """Return what can be proven under a business reference, and what can't with the reason.

    Raises:
        SettingsError: a key or file of the installation can't be used.
    """
    secrets, clock = secrets_of(settings, folder, environment), SystemClock()
    ids = Ids(clock=clock)
    keys = open_keys(settings, secrets=secrets, ids=ids)
    engine = maintenance_engine(database_place(settings, folder, secrets), read_only=True)
    async with AsyncExitStack() as closing:
        closing.callback(engine.dispose)
        signing = signing_agents(
            settings,
            folder,
            passphrase=keys.passphrase,
            upstreams=Upstreams(clock=clock, ids=ids, registry=CollectorRegistry()),
            telemetry=Telemetry(tracer=NoOpTracer()),
            clock=clock,
        )
        if signing is not None:
            closing.push_async_callback(signing.close)
        conn = closing.enter_context(engine.connect())
        trail = _Trail(conn, SegmentFolder(segments_folder(settings, folder)))
        patience = 2 * settings.audit.checkpoint_seconds + 1
        context = EvidenceContext(
            business_reference=business_reference,
            conn=conn,
            columns=keys.columns,
            path=lambda path: folder / path,
            signing=signing,
            audited=partial(_once_stated, clock, patience, trail, business_reference),
        )
        found: list[Evidence] = []
        for name, module in settings.modules.items():
            spec = load_module(name) if module.mode is not Mode.OFF else None
            if spec is not None and spec.evidence is not None:
                found += await spec.evidence(validate_module(name, module.table, spec.settings), context)
        return found


async def _once_stated(
    clock: Clock, patience_seconds: float, trail: "_Trail", *wanted: *tuple[str, Sequence[str], str]
) -> Sequence[Run]:
    """Return the runs, waiting for the checkpoint that a running hub is about to make."""
    until = clock.monotonic() + patience_seconds
    while True:
        try:
            return trail.runs(*wanted)
        except NotStatedError:
            if clock.monotonic() >= until:
                raise
        await clock.sleep(_LOOK_AGAIN_SECONDS)


class _Trail:
    """The audit, to be shown in pieces."""

    def __init__(self, conn: Connection, folder: SegmentFolder) -> None:
        self._conn = conn
        self._folder = folder
        self._store = SqlAuditStore()
        self._segments = SqlSegmentStore()

    def runs(self, business_reference: str, resources: Sequence[str], payload_hash: str) -> Sequence[Run]:
        """Return what proves the intent and the outcome of a resource.

        Raises:
            EvidenceError: a record is missing, or no checkpoint covers it yet.
        """
        self._conn.rollback()  # what was written since the last look
        wanted = Wanted(business_reference=business_reference, limit=MAX_RECORDS)
        page = page_of(self._conn, store=self._store, segments=self._segments, folder=self._folder, wanted=wanted)
        ours = [stored for stored in page.records if stored.record.resource in resources]
        intent = next((stored for stored in ours if stored.record.phase is Phase.INTENT), None)
        outcome = next((stored for stored in ours if _states(stored, payload_hash)), None)
        if intent is None or outcome is None:
            raise EvidenceError("the audit does not tell of it, or of other signatures of the same request besides")
        places: dict[str, list[int]] = {}
        for stored in (intent, outcome):
            places.setdefault(stored.instance, []).append(stored.sequence)
        try:
            return [run for instance, shown in places.items() for run in self._of_instance(instance, shown)]
        except SegmentError as error:
            raise EvidenceError(f"a segment of the audit can't be read: {error}") from error

    def _of_instance(self, instance: str, shown: Sequence[int]) -> Sequence[Run]:
        points = [point for sequence in shown if (point := self._covering(instance, sequence)) is not None]
        checkpoints = [(point.count, point.body.decode(), point.signature) for point in points]
        return runs_to_checkpoints(shown, checkpoints, partial(self._between, instance))

    def _covering(self, instance: str, sequence: int) -> Checkpoint | None:
        """Return the first checkpoint that states a record: in the database, or in a segment."""
        found = [
            checkpoint
            for row in self._segments.all(self._conn)
            if row.instance == instance and row.first <= sequence <= row.last
            for checkpoint, _ in self._folder.head(row.file).checkpoints
            if checkpoint.count >= sequence
        ]
        kept = self._store.checkpoints_of(self._conn, instance, first=sequence, last=_LAST)
        first = next(kept, None)
        if first is not None:
            found.append(first[0])
        return min(found, key=lambda checkpoint: checkpoint.count, default=None)

    def _between(self, instance: str, start: int, end: int) -> Sequence[tuple[int, bytes, bytes]]:
        previous = self._before(instance, start)
        told = []
        for record in self._records(instance, start, end):
            content = record_content(instance, record.sequence, record.time_us, record.values)
            told.append((record.sequence, previous, content))
            previous = record.hash
        return told

    def _before(self, instance: str, sequence: int) -> bytes:
        """Return the hash that a record follows."""
        if sequence > 1:
            return next((record.hash for record in self._records(instance, sequence - 1, sequence - 1)), b"")
        rows = self._store.instances(self._conn)
        return next((first_hash(instance, row.previous) for row in rows if row.instance == instance), b"")

    def _records(self, instance: str, start: int, end: int) -> Iterator[RawRecord]:
        last = 0
        for row in self._segments.all(self._conn):
            if row.instance == instance and row.first <= end and row.last >= start:
                for record in self._folder.records(row.file):
                    if start <= record.sequence <= end:
                        yield record
                        last = record.sequence
        yield from self._store.records(self._conn, instance, first=max(start, last + 1), last=end)


def _states(stored: StoredRecord, payload_hash: str) -> bool:
    record = stored.record
    return record.phase is Phase.OUTCOME and record.payload_hash == payload_hash
