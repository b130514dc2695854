"""What a house loads when it opens, and what it leaves lying until somebody needs it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from storage.migrations import head, revision_of, upgrade
from storage.migrations.upgrading import configured

# Telegram's library with its transport, the migrations with theirs, and what only an import, a demo or a passkey needs.
LATER = ("telegram", "httpx", "alembic", "mako", "pygments", "rich", "jsonschema", "psycopg", "webauthn",
         "bot.demo", "bot.channels.account", "bot.channels.stand_in")  # fmt: skip


@pytest.mark.parametrize("name", LATER)
def test_a_house_without_telegram_does_not_load(name: str, loaded: frozenset[str]) -> None:
    """Each costs a start some time, and the house some memory for as long as it serves."""
    assert name not in loaded


def test_a_house_loads_its_own_rooms(loaded: frozenset[str]) -> None:
    """The list above would say nothing if this one were empty."""
    assert {"bot.app", "bot.channels.web", "bot.console", "storage.vault"} <= loaded


@pytest.fixture(scope="module")
def loaded() -> frozenset[str]:
    """The modules of a process that has all it serves with."""
    said = "import sys, bot.cli; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", said], check=True, capture_output=True, text=True)
    return frozenset(done.stdout.split())


def test_the_revision_that_is_needed_is_the_last_one() -> None:
    """It is written down beside the revisions, so that Alembic need not be asked."""
    assert head() == ScriptDirectory.from_config(configured()).get_current_head()


def test_a_database_says_where_it_stands() -> None:
    """Nowhere before its tables are made, at head after."""
    engine = create_engine("sqlite://")
    assert revision_of(engine) is None
    upgrade(engine)
    assert revision_of(engine) == head()
    engine.dispose()
