"""The guardian's whole trace: every answer that reaches her browser and every call that reaches her Telegram.

An answer is kept as it came: status, header names and values in their order, the names and attributes of its cookies,
body and length. Left out are `Date`, the value of a cookie, the one hidden field and what she was handed herself (an
invite, a receipt code, a link of 256 bits): those keep their length. Beside each answer stands how long it took.
"""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from http.cookies import SimpleCookie
from typing import Any

from aiohttp import ClientResponse, ClientSession, DummyCookieJar, web
from aiohttp.test_utils import TestServer

from bot.channels.doorway import Doorway
from bot.channels.web import make_chat
from storage.sign_in import make_invite
from tests.storage.family import CASE, MOTHER
from tests.storage.house import House as Stored

PIN = "473829"
MAY_DIFFER = frozenset({b"date", b"set-cookie"})
# What a guardian could try that no page of hers offers: places, people and cards of others, a page of its own.
FORGED = (
    "secret-0", "secret-1", "mira", "father", "case-mira", "tie-father", "way", "say", "ask", "choices", "who_read",
    "notes", "told", "after", "nonsense", "/copy", "/more 5", "leave-not",
)  # fmt: skip
ADDRESSES = ("/help", "/help?l=en", "/copy.json", "/nowhere", "/i/forged", "/l/forged", "/?l=fi")
_TURN = re.compile(r'name="turn" value="(\d{20})"')
_CHOICE = re.compile(r'<button[^>]*name="choice" value="([^"]*)"')
_DIGITS = re.compile(r"\d{4}\s\d{4}\s\d{4}\s\d{4}")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the house, without what may differ."""

    asked: str
    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    cookies: tuple[tuple[str, int, tuple[tuple[str, str], ...]], ...]
    body: str
    length: int


@dataclass
class Trace:
    """What one guardian got to see in one world, and in seconds how long each answer took."""

    pages: list[Answer] = field(default_factory=list)
    seconds: list[tuple[str, float]] = field(default_factory=list)
    # What the Bot API was asked, when, and what became of the rows that asked it.
    calls: list[tuple[object, ...]] = field(default_factory=list)
    rows: list[tuple[object, ...]] = field(default_factory=list)
    links: list[str] = field(default_factory=list)

    def differences(self, other: Trace) -> Iterator[str]:
        """Where two traces part, in words."""
        if len(self.pages) != len(other.pages):
            yield f"{len(self.pages)} answers and {len(other.pages)}"
        for one, two in zip(self.pages, other.pages, strict=False):
            for name in ("asked", "status", "headers", "cookies", "length", "body"):
                if getattr(one, name) != getattr(two, name):
                    yield f"{name} of {one.asked}"
                    break
        if self.calls != other.calls:
            yield f"Telegram got {len(self.calls)} calls and {len(other.calls)}, or not the same"
        if self.rows != other.rows:
            yield "the rows that are sent to her"


@dataclass
class Phone:
    """Her browser: keeps its cookie, and writes down every answer."""

    http: ClientSession
    server: TestServer
    trace: Trace
    stage: str = ""
    cookie: str = ""
    turn: str = ""
    choices: tuple[str, ...] = ()
    own: list[str] = field(default_factory=list)

    async def get(self, asked: str, path: str = "/") -> None:
        """Open an address."""
        await self._ask(asked, "GET", path, None)

    async def post(self, asked: str, path: str = "/", **fields: str) -> None:
        """Send the page's form, and open the page that follows."""
        form = {"turn": self.turn, **fields}
        if await self._ask(asked, "POST", path, form) == 303:
            await self._ask(f"{asked} →", "GET", "/", None)

    async def tap(self, value: str) -> None:
        """Press a button, or what would be one."""
        await self.post(value, choice=value)

    async def write(self, asked: str, words: str, path: str = "/") -> None:
        """Type into the page's field."""
        await self.post(asked, path, choice="/send", text=words)

    async def _ask(self, asked: str, method: str, path: str, form: Mapping[str, str] | None) -> int:
        headers = {"Accept-Language": "sv", "Sec-Fetch-Site": "same-origin"}
        headers |= {"Cookie": f"sid={self.cookie}"} if self.cookie else {}
        label, began = f"{self.stage} {asked}", time.perf_counter()
        address = self.server.make_url(path)
        async with self.http.request(method, address, data=form, headers=headers, allow_redirects=False) as got:
            raw = await got.read()
            took = time.perf_counter() - began
        self.trace.seconds.append((label, took))
        self._keep(label, got, raw)
        return got.status

    def _keep(self, label: str, got: ClientResponse, raw: bytes) -> None:
        headers = tuple((name, value) for name, value in got.raw_headers if name.lower() not in MAY_DIFFER)
        cookies = tuple(_cookie(line) for line in got.headers.getall("Set-Cookie", ()))
        for line in got.headers.getall("Set-Cookie", ()):
            self.cookie = next((one.value for one in SimpleCookie(line).values()), "")
        body = raw.decode()
        if found := _TURN.search(body):
            self.turn = found.group(1)
        self.choices = tuple(dict.fromkeys(unescape(one) for one in _CHOICE.findall(body)))
        self.trace.pages.append(Answer(label, got.status, headers, cookies, self._spared(body), len(raw)))

    def _spared(self, body: str) -> str:
        for own in self.own:
            body = body.replace(own, "x" * len(own))
        return _DIGITS.sub("0000 0000 0000 0000", _TURN.sub('name="turn" value=""', body))


def _cookie(line: str) -> tuple[str, int, tuple[tuple[str, str], ...]]:
    """A cookie's name, how long its value is, and its attributes in their order."""
    pair, *rest = (one.strip() for one in line.split(";"))
    name, _, value = pair.partition("=")
    return name, len(value), tuple((one.partition("=")[0], one.partition("=")[2]) for one in rest)


@asynccontextmanager
async def phone(house: Stored, trace: Trace, planted: Sequence[Any] = ()) -> AsyncIterator[Phone]:
    """Her browser before the open chat. `planted` are middlewares that tell what nobody may."""
    doorway = Doorway(house.store)
    app: web.Application = make_chat(house.store, doorway, secure=False)
    app.middlewares.extend(planted)
    server = TestServer(app)
    await server.start_server()
    try:
        async with ClientSession(cookie_jar=DummyCookieJar()) as session:
            yield Phone(session, server, trace)
    finally:
        await server.close()
        doorway.close()


async def come_in(her: Phone, house: Stored, *, erring: bool) -> None:
    """By the invite and its spoken code, with a PIN of her own, to the first page that is hers."""
    token, code = house.store.run(lambda tx: make_invite(tx, MOTHER, CASE, by_letter=True))
    her.own += [token, code]
    her.stage = "in"
    await her.get("front")
    await her.get("invite", f"/i/{token}")
    await her.post("invite taken", f"/i/{token}", text=code)
    await her.tap("digits")
    await her.write("PIN chosen", PIN)
    if erring:
        await her.write("wrong PIN", "918273")
    await her.write("PIN given", PIN)
    await her.tap("shared")
    await her.tap("on")


async def walk(her: Phone, stage: str, forged: Sequence[str], addresses: Sequence[str]) -> None:
    """Every button of the first page and of each page behind it; what no page offers; an old page; an address."""
    her.stage = stage
    await her.get("home")
    old, offered = her.turn, [one for one in her.choices if one not in ("leave", "/send")]
    for number, value in enumerate(offered):
        her.stage = f"{stage} {number}"
        await her.tap(value)
        if "back" in her.choices:
            await her.tap("back")
        else:
            await her.get("home again")
    her.stage = stage
    for value in forged:
        await her.tap(value)
    await her.write("words", "hallå?")
    await her.post("old page", choice="tonight", turn=old)
    await her.post("no page", choice="tonight", turn="1" * 20)
    for path in addresses:
        await her.get(path, path)


async def leave(her: Phone, stage: str) -> None:
    """Out by the button, and a look at what is there then."""
    her.stage = stage
    await her.get("home")
    await her.tap("leave")
    await her.get("after")


async def follow(her: Phone, stage: str) -> None:
    """Open the links that came to her Telegram, the old one and the new one, and press what is there."""
    her.stage = stage
    for number, token in enumerate(her.trace.links):
        her.own.append(token)
        await her.get(f"link {number}", f"/n/{token}")
        await her.post(f"link {number} pressed", f"/n/{token}", choice="/send")
    if her.trace.links:
        await her.write("PIN given", PIN)
        await her.get("home")
