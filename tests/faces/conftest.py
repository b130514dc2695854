"""One browser for a file of pictures; it is closed before another file wants a loop of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.faces.browser import chromium


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, as Debian ships it."""
    with chromium() as running:
        yield running
