"""An installation's database as it is on its disk or server, read beside the hub."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, text

from hub.installation.database import database_place, maintenance_engine
from hub.installation.sealed import secrets_of
from hub.settings import load_settings
from tests.campaign.evidence import Row
from tests.support.databases import disposed

_READ: Final = {
    "audit_records": "time, instance, sequence",
    "events": "sequence",
    "outbox_jobs": "id",
    "payments_payments": "id",
    "payments_operations": "id",
    "rosreestr_registrations": "id",
}
"""The tables, each with its order."""


@contextmanager
def opened(folder: Path) -> Iterator[Connection]:
    """A connection to the database of the installation in the folder."""
    settings = load_settings(folder)
    place = database_place(settings, folder, secrets_of(settings, folder, os.environ))
    with disposed(maintenance_engine(place, read_only=True)) as engine, engine.connect() as conn:
        yield conn


def read_tables(folder: Path) -> Mapping[str, list[Row]]:
    """All rows of the tables that a verdict needs, as SQLite has them: JSON is text."""
    with opened(folder) as conn:
        return {name: _rows(conn, name, order) for name, order in _READ.items()}


def _rows(conn: Connection, name: str, order: str) -> list[Row]:
    found = conn.execute(text(f"select * from {name} order by {order}")).mappings()
    return [{column: _plain(value) for column, value in row.items()} for row in found]


def _plain(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
