"""The hub's own recurring work: what it forgets, what it archives, which certificates run out."""

from collections.abc import Callable, Sequence
from datetime import timedelta

from hub.app.core import Core
from hub.app.expiries import Expiries
from hub.app.expiry_watch import ExpiryWatch
from hub.app.prepare import Installation
from hub.app.resealing import Resealing
from hub.core.audit_archive import ArchiveRules, AuditArchive
from hub.core.audit_segments import SegmentFolder
from hub.core.checkpoint_file import CheckpointFile
from hub.core.checkpoint_thinning import CheckpointThinning
from hub.core.erasure import Erasure, PersonalData
from hub.core.retention import Forgetting, Retention
from hub.installation.places import checkpoint_file, segments_folder
from hub.signing.port import SigningPort


def expiry_watch(installation: Installation, core: Core, signing: SigningPort | None) -> ExpiryWatch:
    """Return the watch on certificates, known to the outbox; it looks when it is run."""
    expiries = Expiries(settings=installation.settings, folder=installation.folder, signing=signing)
    return ExpiryWatch(
        read=expiries.read,
        database=core.database,
        outbox=core.outbox,
        events=core.events,
        clock=core.clock,
        metrics=core.metrics,
    )


def register_upkeep(installation: Installation, core: Core, *, personal: Callable[[], Sequence[PersonalData]]) -> None:
    """Make the jobs and their schedules known to the outbox, before it starts."""
    settings = installation.settings
    Forgetting(
        database=core.database,
        outbox=core.outbox,
        jobs=core.outbox_store,
        events=core.event_store,
        keys=core.idempotency_store,
        retention=Retention(),
    )
    Erasure(database=core.database, persons=core.person_store, audit=core.audit, outbox=core.outbox, kinds=personal)
    Resealing(database=core.database, ring=core.keys.columns, audit=core.audit, outbox=core.outbox)
    segments = SegmentFolder(segments_folder(settings, installation.folder))
    AuditArchive(
        database=core.database,
        store=core.audit_store,
        segments=core.segment_store,
        folder=segments,
        outbox=core.outbox,
        rules=ArchiveRules(
            keep=timedelta(days=settings.audit.archive_after_days), most_records=settings.audit.most_records
        ),
        thinning=CheckpointThinning(
            file=CheckpointFile(checkpoint_file(settings, installation.folder)), folder=segments
        ),
    )
