"""Encrypted values wherever they are: found by their form in every table, of modules that are off as well."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, LargeBinary, and_, column, func, inspect, select, table, update

from hub.core.crypto import MAGIC

_KEY = "id"  # what a SealedColumn is told as the row's id


@dataclass(frozen=True, slots=True, order=True)
class SealedPlace:
    """A column that may hold sealed values."""

    table: str
    column: str


def sealed_places(conn: Connection) -> Iterator[SealedPlace]:
    """Yield the columns of bytes in tables with an `id`."""
    inspector = inspect(conn)
    for name in sorted(inspector.get_table_names()):
        columns = {found["name"]: found["type"] for found in inspector.get_columns(name)}
        if _KEY in columns:
            yield from (SealedPlace(name, one) for one, kind in columns.items() if isinstance(kind, LargeBinary))


def sealed_otherwise(
    conn: Connection, place: SealedPlace, *, head: bytes, after: str, limit: int
) -> Sequence[tuple[str, bytes]]:
    """Return (id, value) of values that don't begin with the head of the present key, by id after one."""
    row_id: Any = column(_KEY)
    value: Any = column(place.column)
    query = (
        select(row_id, value)
        .select_from(table(place.table))
        .where(_is_sealed(value), func.substr(value, 1, len(head)) != head, row_id > after)
        .order_by(row_id)
        .limit(limit)
    )
    return [(row[0], bytes(row[1])) for row in conn.execute(query)]


def count_sealed(conn: Connection, place: SealedPlace, *, head: bytes) -> int:
    """Return how many values begin with a key's head."""
    value: Any = column(place.column)
    query = select(func.count()).select_from(table(place.table)).where(func.substr(value, 1, len(head)) == head)
    return int(conn.scalar(query) or 0)


def replace_sealed(conn: Connection, place: SealedPlace, row_id: str, *, old: bytes, new: bytes) -> bool:
    """Put a value in the place of another, unless it changed meanwhile."""
    target = table(place.table, column(_KEY), column(place.column))
    same = and_(target.c[_KEY] == row_id, target.c[place.column] == old)
    return conn.execute(update(target).where(same).values({place.column: new})).rowcount == 1


def _is_sealed(value: Any) -> ColumnElement[bool]:
    return and_(value.is_not(None), func.substr(value, 1, len(MAGIC)) == MAGIC)
