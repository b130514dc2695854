"""Statements as SQLite takes them: compiled once, handed to the driver as they are, and rows with names out of it.

SQLAlchemy builds, compiles, begins and commits; only the way from a compiled statement to the driver is our own, since
it is most of what a small statement costs. Whoever listens at the engine for statements hears of these too.
"""

from __future__ import annotations

import logging
import sqlite3
from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import BigInteger, Connection, Executable, Integer, LargeBinary, Row, String
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import ClauseElement

log = logging.getLogger(__name__)
_MOST = 1024
# What these hold, the driver takes and gives as it is.
_PLAIN = (String, Integer, BigInteger, LargeBinary)
Values = Mapping[str, Any]
Rows = Sequence[Row[Any]]


class Prepared:
    """One compiled statement: its text, its values in their order, and the names of what it gives."""

    def __init__(self, compiled: SQLCompiler) -> None:
        """`compiled` for SQLite, whose marks are question marks."""
        self.text = str(compiled)
        names = tuple(compiled.positiontup or ())
        binds = compiled.binds
        self._fixed = {name: binds[name].effective_value for name in names if not binds[name].required}
        self._pick = _picker(names)
        self._named: Callable[[Any], Any] | None = None

    def places(self, values: Values) -> tuple[Any, ...]:
        """The values in the order of the marks."""
        return self._pick({**self._fixed, **values} if self._fixed else values)

    def rows(self, cursor: sqlite3.Cursor) -> Rows:
        """What a cursor still has, each a tuple whose places have the columns' names."""
        if self._named is None:
            columns = [column[0] for column in cursor.description]
            self._named = partial(tuple.__new__, _row_of(columns))
        return cast("Rows", list(map(self._named, cursor.fetchall())))


def _row_of(columns: list[str]) -> type[tuple[Any, ...]]:
    """A tuple whose places have names, and which can be had as a mapping, as a row of SQLAlchemy's can."""
    plain = namedtuple("Row", columns, rename=True)  # type: ignore[misc]
    return type("Row", (plain,), {"__slots__": (), "_mapping": property(plain._asdict)})


def _picker(names: tuple[str, ...]) -> Callable[[Values], tuple[Any, ...]]:
    if not names:
        return lambda _: ()
    if len(names) == 1:
        (name,) = names
        return lambda values: (values[name],)
    return cast("Callable[[Values], tuple[Any, ...]]", itemgetter(*names))


_known: dict[tuple[Executable, tuple[str, ...]], Prepared | None] = {}


def prepared(conn: Connection, statement: Executable, values: Values) -> Prepared | None:
    """The statement for values of these names; None for one whose text depends on the values themselves."""
    at = (statement, tuple(values))
    try:
        return _known[at]
    except KeyError:
        if len(_known) >= _MOST:
            _known.clear()
        made = _known[at] = _compiled(conn, statement, list(values))
        return made


def _compiled(conn: Connection, statement: Executable, names: list[str]) -> Prepared | None:
    if not isinstance(statement, ClauseElement):
        return None
    compiled = cast("SQLCompiler", statement.compile(dialect=conn.dialect, column_keys=names))
    late = compiled.post_compile_params | compiled.literal_execute_params
    plain = all(isinstance(bind.type, _PLAIN) or bind.type._isnull for bind in compiled.binds.values())
    return Prepared(compiled) if plain and not late else None


def execute(conn: Connection, ready: Prepared, values: Values | Sequence[Values]) -> sqlite3.Cursor:
    """Hand a statement to the driver, once, or once for each of several values. `DBAPIError` as SQLAlchemy has it."""
    line = cast("sqlite3.Connection", conn.connection.dbapi_connection)
    cursor = line.cursor()
    many = not isinstance(values, Mapping)
    places: Any = ready.places(values) if isinstance(values, Mapping) else [ready.places(one) for one in values]
    for told in conn.engine.dispatch.before_cursor_execute:
        told(conn, cursor, ready.text, places, None, many)
    # The text and never the values.
    log.debug("%s", ready.text)
    try:
        return cursor.executemany(ready.text, places) if many else cursor.execute(ready.text, places)
    except sqlite3.Error as error:
        raise DBAPIError.instance(
            ready.text, None, error, sqlite3.Error, hide_parameters=True, dialect=conn.dialect
        ) from error
