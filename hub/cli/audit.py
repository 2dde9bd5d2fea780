"""`hub audit verify`: prove the audit trail whole, or name what was done to it."""

import argparse
import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from sqlalchemy.exc import DatabaseError

from hub.app.agents import journal_keys
from hub.cli.main import FAILED, OK, CommandError
from hub.core.audit_segments import SegmentFolder
from hub.core.audit_verify import VerifyReport, verify
from hub.core.checkpoint_file import CheckpointFile
from hub.core.segment_check import SegmentCheck
from hub.installation.database import database_place, maintenance_engine
from hub.installation.places import checkpoint_file, segments_folder
from hub.installation.sealed import secrets_of
from hub.settings import Settings, load_settings
from hub.signing.witness import Witnesses
from hub.storage.audit_store import SqlAuditStore
from hub.storage.segment_store import SqlSegmentStore

_PUBLIC_KEY = Path("keys") / "audit.pub"


def run(arguments: argparse.Namespace) -> int:
    """Verify and print each finding; 1 if there is one."""
    report = _verified(arguments.folder, arguments.public_key or arguments.folder / _PUBLIC_KEY)
    for finding in report.findings:
        record = f" record {finding.sequence}" if finding.sequence else ""
        print(f"{finding.problem.value}: {finding.instance}{record}: {finding.text}")
    print(
        f"{report.records} records of {report.instances} instances, {report.checkpoints} checkpoints, "
        f"{report.countersignatures} countersignatures, {report.segments} segments: "
        f"{'whole' if report.ok else 'NOT WHOLE'}"
    )
    return OK if report.ok else FAILED


def _verified(folder: Path, public_key: Path) -> VerifyReport:
    settings = load_settings(folder)
    place = database_place(settings, folder, secrets_of(settings, folder, os.environ))
    if place.file is not None and not place.file.exists():
        raise CommandError(f"{place} does not exist: this hub has not served yet, or its database is gone")
    engine = maintenance_engine(place, read_only=True)
    try:
        with engine.connect() as connection:
            return verify(
                connection,
                store=SqlAuditStore(),
                file=CheckpointFile(checkpoint_file(settings, folder)),
                public_keys=[_public_key(public_key)],
                segments=SegmentCheck(store=SqlSegmentStore(), folder=SegmentFolder(segments_folder(settings, folder))),
                judge=_witnesses(settings, folder).problem,
            )
    except DatabaseError as error:
        raise CommandError(f"{place} can't be read as the hub's database; restore it from a backup") from error
    finally:
        engine.dispose()


def _witnesses(settings: Settings, folder: Path) -> Witnesses:
    try:
        return Witnesses(keys={name: journal_keys(agent, folder) for name, agent in settings.signing.agents.items()})
    except (OSError, ValueError) as error:
        raise CommandError(f"signing.agents.*.journal_key: {error}") from error


def _public_key(path: Path) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(path.read_bytes())
    except ValueError as error:
        raise CommandError(f"{path} holds no public key in PEM") from error
    if not isinstance(key, Ed25519PublicKey):
        raise CommandError(f"{path} is no Ed25519 key; `hub init` writes the right one to keys/audit.pub")
    return key
