"""A running console for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.console.house import House, open_house


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with open_house(tmp_path) as running:
        yield running


@pytest.fixture(autouse=True)
def every_word_is_said_whole(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    slips = [record.getMessage() for record in caplog.get_records("call") if record.name == "bot.speech"]
    assert slips == []
