"""Debian's Chromium, closed off from every network, for tests and for looking."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, Route, sync_playwright

import bot.faces

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
ORIGIN = "http://faces.test"
STATIC = Path(bot.faces.__file__).parent / "static"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running browser."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def serve(page: Page, whole: str, *, asked: list[str] | None = None) -> None:
    """Answer every request of the page from memory: `whole` for pages, our static files, nothing else."""

    def answer(route: Route) -> None:
        address = route.request.url
        if asked is not None:
            asked.append(f"{route.request.method} {address}")
        path = STATIC / address.rpartition("/")[2]
        if "/s/" in address and path.is_file():
            route.fulfill(body=path.read_bytes(), content_type=TYPES[path.suffix])
        else:
            route.fulfill(body=whole, content_type="text/html; charset=utf-8")

    page.route("**/*", answer)
    page.goto(f"{ORIGIN}/")
