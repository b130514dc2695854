"""One house, told on each database: a SQLite file, SQLite in memory, PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.vault import Store
from tests.storage.family import Family, move_in
from tests.storage.house import House, open_house


@pytest.fixture(params=["file", "memory", "postgres"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """An empty house on one of the three."""
    urls = {"file": f"sqlite:///{tmp_path}/store.db", "memory": "sqlite://"}
    url = urls.get(request.param) or request.getfixturevalue("postgres_url")
    with open_house(url, tmp_path) as opened:
        yield opened


@pytest.fixture
def store(house: House) -> Store:
    """The house's store."""
    return house.store


@pytest.fixture
def family(house: House) -> Family:
    """Mira's case in the house: a mother, a father, a special representative."""
    return move_in(house)
