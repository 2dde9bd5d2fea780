"""The one insert that both databases spell in their own dialect."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_new(conn: Connection, table: Table, values: Mapping[str, Any]) -> bool:
    """Insert a row unless one with an equal key is there; True if it was inserted."""
    # The values go beside the statement, not into it: that costs a third of building them in.
    if conn.dialect.name == "postgresql":
        insert = postgresql.insert(table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
        return conn.execute(insert, dict(values)).rowcount == 1
    return conn.execute(sqlite.insert(table).on_conflict_do_nothing(), dict(values)).rowcount == 1
