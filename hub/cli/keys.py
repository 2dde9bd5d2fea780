"""`hub keys`: under which of its keys the hub's encrypted columns are, so that one can tell when an old key may go."""

import argparse
import os

from hub.app.keys import open_keys
from hub.cli.main import OK, CommandError
from hub.core.clock import SystemClock
from hub.core.ids import Ids
from hub.installation.database import database_place, maintenance_engine
from hub.installation.sealed import secrets_of
from hub.settings import load_settings
from hub.storage.sealed_rows import count_sealed, sealed_places


def run(arguments: argparse.Namespace) -> int:
    """Count the values under each key of `storage.column_keys`."""
    settings = load_settings(arguments.folder)
    secrets = secrets_of(settings, arguments.folder, os.environ)
    ring = open_keys(settings, secrets=secrets, ids=Ids(clock=SystemClock())).columns
    place = database_place(settings, arguments.folder, secrets)
    if place.file is not None and not place.file.exists():
        raise CommandError(f"{place} does not exist: this hub has not served yet, or its database is gone")
    engine = maintenance_engine(place, read_only=True)
    try:
        with engine.connect() as conn:
            places = list(sealed_places(conn))
            counts = {name: sum(count_sealed(conn, one, head=head) for one in places) for name, head in ring.heads()}
    finally:
        engine.dispose()
    for (name, count), reference in zip(counts.items(), dict.fromkeys(settings.storage.column_keys), strict=False):
        state = "seals" if name == next(iter(counts)) else "opens" if count else "opens nothing any more: it may go"
        print(f"{reference}  {name}  {count} values  {state}")
    return OK
