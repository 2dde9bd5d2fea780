"""`hub db migrate`: bring the database to this release's schema."""

import argparse

from hub.cli.main import OK, CommandError
from hub.installation.places import database_file
from hub.settings import load_settings
from hub.storage.engine import sqlite_engine
from hub.storage.files import InstallationLock, InstallationLockedError, make_private_file
from hub.storage.migrate import SchemaTooNewError, pending, upgrade


def run(arguments: argparse.Namespace) -> int:
    """Migrate; `hub serve` does the same when it starts."""
    path = database_file(load_settings(arguments.folder), arguments.folder)
    make_private_file(path)
    try:
        lock = InstallationLock(path.with_suffix(".lock"))
    except InstallationLockedError as error:
        raise CommandError(str(error)) from error
    engine = sqlite_engine(path, pool_size=1, read_only=False)
    try:
        missing = pending(engine)
        if missing:
            upgrade(engine)
    except SchemaTooNewError as error:
        raise CommandError(str(error)) from error
    finally:
        engine.dispose()
        lock.release()
    print(f"{path}: {'brought to this release' if missing else 'is up to date'}")
    return OK
