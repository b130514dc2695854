"""Houses for the tests of the store: one in memory for most, one in a file for those that look at the bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.storage.family import Family, move_in
from tests.storage.house import House, open_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """A house whose store lives in memory."""
    with open_house("sqlite://", tmp_path) as opened:
        yield opened


@pytest.fixture
def file_house(tmp_path: Path) -> Iterator[House]:
    """A house whose store is a file."""
    with open_house(f"sqlite:///{tmp_path}/store.db", tmp_path) as opened:
        yield opened


@pytest.fixture
def family(house: House) -> Family:
    """Mira's case in the house: a mother, a father, a special representative."""
    return move_in(house)
