"""What `hub doctor` looks at on this machine: files, certificates, disk, database, audit."""

import shutil
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import SQLAlchemyError

from hub.app.profile import certificate_files, key_files
from hub.core.checkpoint_file import CheckpointFile
from hub.core.findings import Finding, Verdict, bad, doubtful, expiry, good
from hub.core.secrets import Secrets
from hub.installation.callers import certificates
from hub.installation.database import database_place, maintenance_engine
from hub.installation.places import checkpoint_file, state_folder
from hub.settings import FILE_NAME, Settings, SettingsError
from hub.storage.migrate import SchemaTooNewError, pending
from hub.storage.tables import audit_records

_LARGEST_CHECKED_BYTES = 256 << 20  # a check of pages reads the whole file: a second for so much
_UNSTATED_SECONDS = 60.0  # how far the audit's records may run ahead of a checkpoint before somebody looks
_OTHERS = stat.S_IWGRP | stat.S_IWOTH


def check_private_files(settings: Settings, folder: Path) -> list[Finding]:
    """Judge the modes of keys, secrets and settings."""
    found: list[Finding] = []
    private = {name for _, name in key_files(settings)}
    paths = {folder / name for name in private} | set(folder.glob("keys/*")) | set((folder / "pki").rglob("*.key"))
    present = sorted(path for path in paths if path.is_file() and path.suffix != ".pub")
    for path in present:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            remedy = f"chmod 600 {path}; who could read it may have: renew what it holds"
            found.append(bad("keys", f"{path} is open to others (mode {mode:04o})", remedy))
    for path in (folder, folder / FILE_NAME, folder / "pki", folder / "keys"):
        if path.exists() and path.stat().st_mode & _OTHERS:
            found.append(bad("files", f"{path} can be written by others", f"chmod go-w {path}"))
    return found or [good("keys", f"{len(present)} private files are open to their owner alone")]


def check_certificates(settings: Settings, folder: Path, now: datetime) -> list[Finding]:
    """Judge when certificates of the hub, its CAs, its administrators and callers run out."""
    judged = [
        expiry(f"certificate {name}", certificate.not_valid_after_utc, now, remedy=f"issue {name} anew: {_how(name)}")
        for name, certificate in _certificates(settings, folder)
    ]
    fine = [finding for finding in judged if finding.verdict is Verdict.OK]
    found = [finding for finding in judged if finding.verdict is not Verdict.OK]
    return ([good("certificates", f"{len(fine)} are good for more than 30 days")] if fine else []) + found


def check_disk(settings: Settings, folder: Path) -> list[Finding]:
    """Judge the free space where state and audit are kept."""
    watermark = settings.storage.free_space_watermark_bytes
    found = []
    places = {"state": state_folder(settings, folder), "audit": folder / settings.audit.directory}
    for name, path in places.items():
        usage = shutil.disk_usage(_existing(path))
        told = f"{name}: {usage.free >> 20} MiB free of {usage.total >> 20}"
        if usage.free < watermark:
            remedy = "make room: below storage.free_space_watermark_bytes no new mutation is taken"
            found.append(bad("disk", told, remedy))
        elif usage.free < 4 * watermark or usage.free * 20 < usage.total:
            found.append(doubtful("disk", told, "make room before new mutations are refused"))
        else:
            found.append(good("disk", told))
    return found


def check_database(settings: Settings, folder: Path, secrets: Secrets) -> list[Finding]:
    """Judge whether the database is there, whole and of this release's schema."""
    try:
        place = database_place(settings, folder, secrets)
    except SettingsError as error:
        return [bad("database", problem, "mend it") for problem in error.problems]
    if place.file is not None and not place.file.exists():
        return [doubtful("database", f"{place} is not there yet", f"hub serve {folder} makes it; or restore a backup")]
    engine = maintenance_engine(place, read_only=True)
    try:
        missing = pending(engine)
        with engine.connect() as conn:
            damage = _damage(conn, place.file)
    except SchemaTooNewError as error:
        return [bad("database", str(error), "install the release that made it, or restore the backup made before it")]
    except SQLAlchemyError as error:
        told = f"{place} can't be read ({type(error).__name__})"
        return [bad("database", told, "is it reachable, and the hub's? restore a backup, and keep the damaged file")]
    finally:
        engine.dispose()
    if damage:
        return [bad("database", f"{place} is damaged: {damage}", "stop the hub, keep the file, restore a backup")]
    if missing:
        told = f"{len(missing)} migrations are still to be made"
        return [doubtful("database", told, f"hub db migrate {folder}, which backs up first")]
    return [good("database", f"{place} is whole and of this release")]


def check_audit(
    settings: Settings, folder: Path, secrets: Secrets, *, now: datetime, is_running: bool
) -> list[Finding]:
    """Judge whether the newest records are covered by a checkpoint in its second place."""
    newest = CheckpointFile(checkpoint_file(settings, folder)).newest_checkpoint()
    recorded = _newest_record(settings, folder, secrets)
    if recorded is None:
        return []
    if newest is None:
        remedy = "is audit.directory the one the hub writes to? hub audit verify tells more"
        return [bad("audit", "there are records, and no checkpoint in its second place", remedy)]
    stated = datetime.fromisoformat(newest.time)
    ahead = recorded - stated
    limit = timedelta(seconds=max(_UNSTATED_SECONDS, 3 * settings.audit.checkpoint_seconds))
    told = f"the newest checkpoint is {_seconds(now, stated)} old, the newest record {_seconds(now, recorded)}"
    if ahead <= limit:
        return [good("audit", f"{told}; hub audit verify {folder} proves it")]
    remedy = "look into the hub's log for audit.delayed" if is_running else "serve again; the tail is then stated"
    return [bad("audit", f"{told}: records are not covered by a checkpoint", remedy)]


def _seconds(now: datetime, then: datetime) -> str:
    return f"{(now - then).total_seconds():.0f} s"


def _newest_record(settings: Settings, folder: Path, secrets: Secrets) -> datetime | None:
    try:
        place = database_place(settings, folder, secrets)
        if place.file is not None and not place.file.exists():
            return None
        engine = maintenance_engine(place, read_only=True)
        try:
            with engine.connect() as conn:
                newest: datetime | None = conn.scalar(select(func.max(audit_records.c.time)))
                return newest
        finally:
            engine.dispose()
    except (SQLAlchemyError, SettingsError):
        return None  # told of the database already


def _damage(conn: Connection, file: Path | None) -> str:
    if file is None or file.stat().st_size > _LARGEST_CHECKED_BYTES:
        return ""
    said = str(conn.scalar(text("PRAGMA quick_check(1)")))
    return "" if said == "ok" else said


def _certificates(settings: Settings, folder: Path) -> Iterator[tuple[str, x509.Certificate]]:
    names = dict.fromkeys(name for _, name in certificate_files(settings))
    for name in names:
        try:
            for certificate in x509.load_pem_x509_certificates((folder / name).read_bytes()):
                yield name, certificate
        except (OSError, ValueError):
            continue  # told by the check of the settings
    for caller in certificates(folder):
        name = str(caller.path.relative_to(folder))
        if name not in names:
            yield name, caller.certificate


def _how(name: str) -> str:
    if "callers" in name or name.endswith("client.crt"):
        return "hub callers add DIR NAME"
    if "agent" in name:
        return "by the agent's CA, on the agent's machine"
    return "docs/operations/install.md"


def _existing(path: Path) -> Path:
    while not path.exists():
        path = path.parent
    return path
