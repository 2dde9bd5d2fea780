"""Brings an installation's database to this release: what `serve` does by itself, and what an operator decides."""

from datetime import datetime
from pathlib import Path

from hub.core.clock import Clock
from hub.installation.database import DatabasePlace, maintenance_engine
from hub.storage.backup import copy_sqlite, dump_postgres
from hub.storage.migrate import is_empty, pending, upgrade


class SchemaTooOldError(Exception):
    """The database waits for an operator's `hub db migrate`."""


def bring_up(place: DatabasePlace, *, clock: Clock) -> None:
    """Make the schema of a new database; bring an older SQLite file to this release, backed up first.

    An older PostgreSQL database is left alone: other replicas may be using it.

    Raises:
        SchemaTooNewError: a newer hub used it.
        SchemaTooOldError: it is an older one on PostgreSQL.
        BackupError: it could not be backed up.
    """
    engine = maintenance_engine(place, read_only=False)
    try:
        if not pending(engine):
            return
        if is_empty(engine):
            upgrade(engine)
        elif place.file is not None:
            copy_sqlite(place.file, backup_file(place.file.parent, clock.now(), suffix="db"))
            upgrade(engine)
        else:
            raise SchemaTooOldError(
                f"{place} has the schema of an older release; run: hub db migrate DIR, which makes a backup first"
            )
    finally:
        engine.dispose()


def migrate(place: DatabasePlace, *, folder: Path, clock: Clock, backup: bool) -> tuple[bool, Path | None]:
    """Back the database up and bring it to this release.

    Args:
        place: The database; no server uses it if it is a file.
        folder: Where the backup of a PostgreSQL database goes; that of a SQLite file goes beside it.
        clock: Names the backup.
        backup: False if the operator has made one by other means.

    Returns:
        Whether anything was to be done, and the backup's file.

    Raises:
        SchemaTooNewError: a newer hub used it.
        BackupError: it could not be backed up, and was not changed.
    """
    engine = maintenance_engine(place, read_only=False)
    try:
        if not pending(engine):
            return False, None
        copy = None
        if backup and not is_empty(engine):
            copy = _backed_up(place, folder, clock.now())
        upgrade(engine)
        return True, copy
    finally:
        engine.dispose()


def _backed_up(place: DatabasePlace, folder: Path, time: datetime) -> Path:
    if place.file is not None:
        target = backup_file(place.file.parent, time, suffix="db")
        copy_sqlite(place.file, target)
    else:
        target = backup_file(folder, time, suffix="dump")
        dump_postgres(place.url, target, password=place.password)
    return target


def backup_file(folder: Path, time: datetime, *, suffix: str) -> Path:
    """Return the file of a backup made before a migration."""
    return folder / f"landhub-before-migration-{time:%Y%m%dT%H%M%SZ}.{suffix}"
