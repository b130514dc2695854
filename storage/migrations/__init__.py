"""Migrations: the tables over time. They never touch sealed bytes; payloads have versions and upcasters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Engine, String, column, inspect, select, table

from storage.later import Later

# A house that serves never needs it: 9 MiB, and a tenth of the time to start.
if TYPE_CHECKING:
    from storage.migrations import upgrading
else:
    upgrading = Later("storage.migrations.upgrading")

# The last of `versions`, written here too: whoever only asks whether a database is at head need not load Alembic.
_HEAD = "0001"
_KEPT = "alembic_version"


class UnknownRevision(Exception):
    """The database stands at a revision that this program does not have."""


def head() -> str:
    """The revision this program needs."""
    return _HEAD


def revision_of(engine: Engine) -> str | None:
    """The revision a database stands at."""
    with engine.connect() as connection:
        if not inspect(connection).has_table(_KEPT):
            return None
        found = connection.execute(select(column("version_num", String)).select_from(table(_KEPT))).scalars()
        return ", ".join(found) or None


def upgrade(engine: Engine) -> None:
    """Bring a database to head, in one transaction; two programs at once wait for each other."""
    upgrading.to_head(engine)
