"""Whoever asks: so many lines kept open, each asking again as soon as it was answered, with little work of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

LINES = 8


@dataclass
class Line:
    """One kept-alive connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send one request; the status and the body."""
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        at = head.lower().index(b"content-length:") + len(b"content-length:")
        body = await self.reader.readexactly(int(head[at : head.index(b"\r\n", at)]))
        return int(head[9:12]), body


async def open_line(port: int) -> Line:
    """A connection to a house on this machine."""
    return Line(*await asyncio.open_connection("127.0.0.1", port, limit=1 << 20))


def get(path: str, token: str) -> bytes:
    """A request for a page."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: sid={token}\r\n\r\n".encode()


def post(token: str, **fields: str) -> bytes:
    """A posted form, as a browser sends it that says where the form stood."""
    body = "&".join(f"{name}={value}" for name, value in fields.items())
    head = (
        "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nSec-Fetch-Site: same-origin\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nCookie: sid={token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return (head + body).encode()


def per_second(port: int, request: bytes, seconds: float) -> float:
    """Answers a second over all lines."""
    return asyncio.run(_rush(port, lambda: request, seconds))


async def _rush(port: int, request: Callable[[], bytes], seconds: float) -> float:
    lines = [await open_line(port) for _ in range(LINES)]
    until = time.perf_counter() + seconds
    answered = 0

    async def keep_asking(line: Line) -> None:
        nonlocal answered
        while time.perf_counter() < until:
            status, _ = await line.ask(request())
            if status != 200:
                raise RuntimeError(f"a measured page answered {status}")
            answered += 1

    async with asyncio.TaskGroup() as all_of_them:
        for line in lines:
            all_of_them.create_task(keep_asking(line))
    for line in lines:
        line.writer.close()
    return answered / seconds
