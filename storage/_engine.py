"""The database as the settings name it: opened by our rules of the connection, brought to head, or said to be away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import StaticPool

from storage.migrations import UnknownRevision, upgrade

PG_THREADS = 8


class Unreachable(Exception):
    """The database cannot be opened as the settings say; the sentence names no password."""


@contextmanager
def reaching() -> Iterator[None]:
    """What the database's driver says when it cannot be opened, as one sentence."""
    try:
        yield
    except DBAPIError as wrong:
        raise Unreachable(f"The database cannot be opened: {str(wrong.orig).splitlines()[0]}.") from None
    except UnknownRevision:
        raise Unreachable(
            "The database was written by a newer program than this one. Start that program, or restore a backup that "
            "this one made. Nothing was changed."
        ) from None


def bring_to_head(url: str) -> None:
    """Make or change the tables of a database so that this program can work with it."""
    engine = engine_for(url)
    try:
        with reaching():
            upgrade(engine)
    finally:
        engine.dispose()


def checkpoint(engine: Engine) -> None:
    """Bring everything from SQLite's write-ahead log into its file and cut the log to nothing."""
    if engine.dialect.name != "sqlite" or engine.url.database in (None, "", ":memory:"):
        return
    line = engine.raw_connection()
    try:
        busy, _, _ = line.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        line.close()
    if busy:
        raise Unreachable("Somebody else has the database's file open, so its log could not be emptied. Try again.")


def engine_for(url: str) -> Engine:
    """A database engine with our rules of the connection; exceptions never carry what was being written."""
    try:
        backend = make_url(url).get_backend_name()
        if backend != "sqlite":
            return create_engine(url, pool_pre_ping=True, pool_size=PG_THREADS + 2, hide_parameters=True)
    except (ArgumentError, ImportError):
        raise Unreachable("The database's address is not one that this program can read.") from None
    memory = make_url(url).database in (None, "", ":memory:")
    options: dict[str, Any] = {"poolclass": StaticPool} if memory else {}
    engine = create_engine(url, connect_args={"check_same_thread": False}, hide_parameters=True, **options)
    event.listen(engine, "connect", _sqlite_connection)
    event.listen(engine, "begin", _sqlite_begin)
    return engine


def _sqlite_connection(connection: Any, _record: Any) -> None:
    """Own transactions, full durability, deleted bytes overwritten, no trust in what the schema calls."""
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "busy_timeout=30000",
        "foreign_keys=ON",
        "secure_delete=ON",
        "trusted_schema=OFF",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    """Take the write lock at once: a read that turns into a write later would fail with a stale snapshot."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")
