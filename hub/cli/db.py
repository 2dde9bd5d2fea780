"""`hub db migrate`: bring the database to this release's schema."""

import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from hub.cli.main import OK, CommandError
from hub.core.clock import SystemClock
from hub.installation.database import DatabasePlace, database_place
from hub.installation.migration import migrate
from hub.installation.sealed import secrets_of
from hub.settings import load_settings
from hub.storage.backup import BackupError
from hub.storage.files import InstallationLock, InstallationLockedError, make_private_file
from hub.storage.migrate import SchemaTooNewError


def run(arguments: argparse.Namespace) -> int:
    """Back the database up, then migrate it."""
    folder: Path = arguments.folder
    settings = load_settings(folder)
    place = database_place(settings, folder, secrets_of(settings, folder, os.environ))
    try:
        with _alone(place):
            changed, copy = migrate(place, folder=folder / "state", clock=SystemClock(), backup=arguments.backup)
    except (SchemaTooNewError, BackupError) as error:
        raise CommandError(str(error)) from error
    except DatabaseError as error:
        raise CommandError(f"{place} can't be used; is it reachable, and is it the hub's database?") from error
    if copy is not None:
        print(f"backup: {copy}")
    print(f"{place}: {'brought to this release' if changed else 'is up to date'}")
    return OK


@contextmanager
def _alone(place: DatabasePlace) -> Iterator[None]:
    """Hold the lock that lets one program at a time use a SQLite file; PostgreSQL has locks of its own."""
    if place.file is None:
        yield
        return
    make_private_file(place.file)
    try:
        lock = InstallationLock(place.file.with_suffix(".lock"))
    except InstallationLockedError as error:
        raise CommandError(str(error)) from error
    try:
        yield
    finally:
        lock.release()
