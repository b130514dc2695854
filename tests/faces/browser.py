"""Debian's Chromium, closed off from every network, for tests and for looking."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
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


@contextmanager
def house(whole: str) -> Iterator[tuple[str, list[str]]]:
    """A server on loopback with `whole` as its every page: its origin, and what it has been asked.

    A request sent while a page goes away is sometimes not seen by a browser's own interception; a server sees it.
    """
    asked: list[str] = []

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(f"{self.command} {self.path}")
            path = STATIC / self.path.rpartition("/")[2]
            static = "/s/" in self.path and path.is_file()
            body = path.read_bytes() if static else whole.encode()
            self.send_response(200)
            self.send_header("Content-Type", TYPES[path.suffix] if static else "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            asked.append(f"{self.command} {self.path}")
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_said: object) -> None:  # said nowhere: the list is the record
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
