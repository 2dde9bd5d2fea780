"""Statements that every transaction of the hub passes: built with SQLAlchemy once, then run by the driver itself.

SQLAlchemy takes five to ten times as long over such a statement as SQLite does. What is rare goes through it as usual.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, Executable, Table, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

Values = Mapping[str, Any]
Row = Any
"""A named tuple of a query's columns."""

_Convert = Callable[[Any], Any]


class Prepared:
    """One statement. Bound values are given by name, all of them each time.

    Args:
        build: Returns the statement for a dialect ("sqlite", "postgresql").
        columns: Those that an INSERT or UPDATE sets from the values of their names.
    """

    def __init__(self, build: Callable[[str], Executable], *, columns: Iterable[str] = ()) -> None:
        self._build = build
        self._columns = tuple(columns)
        self._compiled: dict[str, _Compiled] = {}  # a memo: what it holds follows from the statement

    def run(self, conn: Connection, values: Values) -> int:
        """Run it; returns how many rows it touched."""
        compiled = self._for(conn.dialect)
        rowcount: int = _execute(conn, compiled, compiled.bound(values)).rowcount
        return rowcount

    def run_each(self, conn: Connection, rows: Sequence[Values]) -> None:
        """Run it for each of several sets of values."""
        compiled = self._for(conn.dialect)
        _execute(conn, compiled, [compiled.bound(values) for values in rows], many=True)

    def first(self, conn: Connection, values: Values) -> Row | None:
        """Return the first row of a query, or None."""
        compiled = self._for(conn.dialect)
        row = _execute(conn, compiled, compiled.bound(values)).fetchone()
        return None if row is None else compiled.row(row)

    def all(self, conn: Connection, values: Values) -> list[Row]:
        """Return all rows of a query, or of a change that returns them."""
        compiled = self._for(conn.dialect)
        return [compiled.row(row) for row in _execute(conn, compiled, compiled.bound(values)).fetchall()]

    def _for(self, dialect: Dialect) -> "_Compiled":
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _compile(self._build(dialect.name), self._columns, dialect)
        return compiled


def prepared(statement: Executable, *, columns: Iterable[str] = ()) -> Prepared:
    """Prepare a statement that is spelled alike on both databases."""
    return Prepared(lambda _dialect: statement, columns=columns)


def inserting(table: Table, *, but: Iterable[str] = ()) -> Prepared:
    """Prepare the insertion of whole rows, without some columns that the database fills in."""
    return prepared(insert(table).inline(), columns=_names(table, but))


def inserting_new(table: Table) -> Prepared:
    """Prepare the insertion of whole rows; `run` says 0 if a row with an equal key is there."""

    def build(dialect: str) -> Executable:
        spelled = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
        return spelled.on_conflict_do_nothing().inline()

    return Prepared(build, columns=_names(table, ()))


def _names(table: Table, but: Iterable[str]) -> list[str]:
    left_out = set(but)
    return [column.name for column in table.columns if column.name not in left_out]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compiled:
    """The SQL text of one dialect, what it binds in which order, and what becomes of values both ways."""

    sql: str
    positional: bool
    names: tuple[str, ...]
    fixed: Values
    binders: Mapping[str, _Convert]
    make_row: Callable[..., Any]
    readers: tuple[tuple[int, _Convert], ...]

    def bound(self, values: Values) -> Any:
        """Return what the driver binds."""
        merged = {**self.fixed, **values} if self.fixed else values
        binders = self.binders
        if self.positional:
            return tuple([binders[name](merged[name]) if name in binders else merged[name] for name in self.names])
        return {name: binders[name](merged[name]) if name in binders else merged[name] for name in self.names}

    def row(self, found: Sequence[Any]) -> Row:
        """Return a row as the columns' types read it."""
        if not self.readers:
            return self.make_row(*found)
        values = list(found)
        for place, read in self.readers:
            values[place] = read(values[place])
        return self.make_row(*values)


def _compile(statement: Executable, columns: Sequence[str], dialect: Dialect) -> _Compiled:
    compiled = statement.compile(dialect=dialect, column_keys=list(columns) or None)  # type: ignore[attr-defined]  # every executable clause has it
    assert isinstance(compiled, SQLCompiler)
    given = compiled.params
    names = tuple(compiled.positiontup or ()) if compiled.positional else tuple(given)
    binders = {
        name: bind
        for name in names
        if (bind := _of(compiled.binds[name].type, dialect).bind_processor(dialect)) is not None
    }
    found = list(getattr(statement, "exported_columns", ()))  # of a query, or of RETURNING
    readers = [
        (place, read)
        for place, column in enumerate(found)
        if (read := _of(column.type, dialect).result_processor(dialect, None)) is not None
    ]
    return _Compiled(
        sql=compiled.string,
        positional=compiled.positional,
        names=names,
        fixed={name: value for name, value in given.items() if not compiled.binds[name].required},
        binders=binders,
        make_row=namedtuple("Row", [column.key for column in found]),  # noqa: PYI024 - its fields are known only here
        readers=tuple(readers),
    )


def _of(kind: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return kind.dialect_impl(dialect)


def _execute(conn: Connection, compiled: _Compiled, values: Any, *, many: bool = False) -> Any:
    """Run the text on the driver's own cursor in SQLAlchemy's transaction; errors are SQLAlchemy's."""
    if not conn.in_transaction():
        conn.begin()
    cursor = conn.connection.cursor()
    try:
        return _run(cursor, compiled.sql, values, many=many)
    except conn.dialect.loaded_dbapi.Error as error:
        gone = conn.dialect.is_disconnect(error, conn.connection.dbapi_connection, cursor)
        if gone:
            conn.invalidate(error)
        raise DBAPIError.instance(
            compiled.sql,
            None,
            error,
            conn.dialect.loaded_dbapi.Error,
            hide_parameters=True,
            connection_invalidated=gone,
            dialect=conn.dialect,
        ) from error


def _run(cursor: Any, sql: str, values: Any, *, many: bool) -> Any:
    if many:
        cursor.executemany(sql, values)
    else:
        cursor.execute(sql, values)
    return cursor
