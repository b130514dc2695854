"""Bringing a database to head, by Alembic."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Engine, text

from storage.migrations import UnknownRevision

_PG_LOCK = 0x42726564


def to_head(engine: Engine) -> None:
    """Bring a database to head, in one transaction; two programs at once wait for each other."""
    config = configured()
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _PG_LOCK})
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as unknown:
            raise UnknownRevision from unknown


def configured() -> Config:
    """Where Alembic finds the revisions."""
    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    config.set_main_option("path_separator", "os")
    return config
