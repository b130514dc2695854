"""One house, told on each database: a SQLite file, SQLite in memory, PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest

from storage.vault import Store
from tests.parts.postgres import Postgres
from tests.storage.family import Family, move_in
from tests.storage.house import House, open_house

_ROOMS = count(1)


@contextmanager
def _room(server: Postgres, database: str) -> Iterator[str]:
    """An empty schema as a URL: a fifth of the time that an empty database takes."""
    room = f"room_{next(_ROOMS)}"
    with psycopg.connect(server.conninfo(database), autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {room}".encode())
        yield f"{server.url(database)}?options=-csearch_path%3D{room}"
        connection.execute(f"DROP SCHEMA {room} CASCADE".encode())


@pytest.fixture(scope="session")
def rooms(postgres: Postgres) -> Iterator[tuple[Postgres, str]]:
    """A database in which each story has a room of its own."""
    database = postgres.create_database()
    yield postgres, database
    postgres.drop_database(database)


@pytest.fixture(params=["file", "memory", "postgres"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    """An empty house on one of the three."""
    if request.param == "postgres":
        with _room(*request.getfixturevalue("rooms")) as url, open_house(url, tmp_path) as opened:
            yield opened
        return
    url = "sqlite://" if request.param == "memory" else f"sqlite:///{tmp_path}/store.db"
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
