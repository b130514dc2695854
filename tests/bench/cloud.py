"""A Telegram that costs next to nothing: it takes every call, says yes, and knows when a chat was written to."""

from __future__ import annotations

import asyncio
import json
import re
import time

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_CHAT = re.compile(rb"chat_id\W+(\d+)")
_END = b"\r\n\r\n"
_US = {"id": 7712345678, "is_bot": True, "first_name": "Bredvid", "username": "bredvid_bot"}


class Cloud:
    """What was heard: each chat's event, and the instant and chat of every message. Answers come after `delay` seconds.

    `full` is set when as many messages have come as were waited for.
    """

    def __init__(self, delay: float = 0.0) -> None:
        """Nothing yet."""
        self.delay = delay
        self.heard: dict[int, asyncio.Event] = {}
        self.came: list[tuple[float, int]] = []
        self.full = asyncio.Event()
        self._wanted = self._number = 0

    def expect(self, many: int) -> None:
        """Forget what came, and wait for so many messages."""
        self.came.clear()
        self.full.clear()
        self._wanted = many

    def answer(self, path: bytes, body: bytes) -> bytes:
        """The result of one call, as bytes of a whole response."""
        result: object = True
        if path.endswith(b"/getMe"):
            result = _US
        elif path.endswith(b"/sendMessage"):
            result = self._message(body)
        raw = json.dumps({"ok": True, "result": result}).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(raw)}\r\n\r\n"
        return head.encode() + raw

    def _message(self, body: bytes) -> dict[str, object]:
        found = _CHAT.search(body)
        chat = int(found.group(1)) if found else 0
        self.came.append((time.perf_counter(), chat))
        if len(self.came) == self._wanted:
            self.full.set()
        if chat in self.heard:
            self.heard[chat].set()
        self._number += 1
        return {"message_id": self._number, "date": 1, "chat": {"id": chat, "type": "private"}, "text": "x"}


class Wire(asyncio.Protocol):
    """One connection to it."""

    def __init__(self, cloud: Cloud) -> None:
        """The cloud behind it."""
        self._cloud = cloud
        self._bytes = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer every whole request there is."""
        self._bytes += data
        while self._transport is not None and (at := self._bytes.find(_END)) >= 0:
            head = self._bytes[:at]
            length = _LENGTH.search(head)
            end = at + len(_END) + (int(length.group(1)) if length else 0)
            if len(self._bytes) < end:
                return
            body, self._bytes = self._bytes[at + len(_END) : end], self._bytes[end:]
            said = self._cloud.answer(head.split(b" ", 2)[1], body)
            if self._cloud.delay:
                asyncio.get_running_loop().call_later(self._cloud.delay, self._transport.write, said)
            else:
                self._transport.write(said)


async def cloud(port: int, delay: float = 0.0) -> Cloud:
    """One on a port of this machine, there until the loop ends."""
    one = Cloud(delay)
    await asyncio.get_running_loop().create_server(lambda: Wire(one), "127.0.0.1", port)
    return one
