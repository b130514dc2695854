"""Several people send the same request over HTTP, and what each of them gets is compared sign by sign."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from aiohttp import ClientSession, CookieJar
from yarl import URL

from tests.chat.conftest import House

# The one hidden field: twelve digits that prove the page and eight of the turn.
_HIDDEN = re.compile(rb'(name="turn" value=")(\d{20})"')
_COOKIE = re.compile(rb"^([^=]+)=([^;]*)")
_CHOICE = re.compile(r'<button[^>]*name="choice" value="([^"]*)"')
_ADDRESS = re.compile(r'<a [^>]*?href="(/[^"]*)"')
_STEP = re.compile(r'data-step="([^"]*)"')
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
OURS = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Somebody:
    """One person with a browser of her own, and the ids that only she could know of."""

    name: str
    receipt: str
    pin: str
    ids: Mapping[str, str]
    http: ClientSession
    turn: str = ""
    older: str = ""


Body = bytes | Mapping[str, str] | None
Fill = Callable[[Somebody], Body]


@dataclass(frozen=True)
class Answer:
    """What came back, without what may differ: the date, the value of a cookie, the digits of the hidden field."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    length: int
    body: bytes

    @property
    def text(self) -> str:
        """The page as it was sent."""
        return self.body.decode()

    @property
    def step(self) -> str:
        """Where the page says it stands."""
        found = _STEP.search(self.text)
        return found.group(1) if found else ""

    @property
    def choices(self) -> tuple[str, ...]:
        """The value of every button, the fixed line's too."""
        return tuple(dict.fromkeys(unescape(value) for value in _CHOICE.findall(self.text)))

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every link into our own house."""
        return tuple(dict.fromkeys(unescape(value) for value in _ADDRESS.findall(self.text)))


@dataclass
class Alike:
    """Everybody who must be answered alike. `asked` counts the requests of each."""

    base: URL
    everybody: list[Somebody]
    asked: int = 0
    seen: dict[str, int] = field(default_factory=dict)

    async def ask(self, method: str, path: str, fill: Fill | None = None, **headers: str) -> Answer:
        """The same request from everybody; the answer that everybody got."""
        answers = await asyncio.gather(*(self._one(one, method, path, fill, headers) for one in self.everybody))
        self.asked += 1
        first = answers[0]
        for one, answer in zip(self.everybody, answers, strict=True):
            unlike = f"{method} {path}, request {self.asked}: {one.name} is answered otherwise"
            assert answer == first, f"{unlike}\n{_difference(first, answer)}"
        self.seen[first.step] = self.seen.get(first.step, 0) + 1
        return first

    async def _one(
        self, one: Somebody, method: str, path: str, fill: Fill | None, headers: Mapping[str, str]
    ) -> Answer:
        at = URL(str(self.base.join(URL(path.format_map(one.ids)))), encoded=True)
        given: Any = fill(one) if fill else None
        named = {"Accept-Language": "sv", **{name.replace("_", "-"): value for name, value in headers.items()}}
        async with one.http.request(method, at, data=given, headers=named, allow_redirects=False) as got:
            raw = await got.read()
            hidden = _HIDDEN.findall(raw)
            assert len(hidden) <= 1
            if hidden:
                one.older, one.turn = one.turn or hidden[0][1].decode(), hidden[0][1].decode()
            kept = tuple((name, _told(name, value)) for name, value in got.raw_headers if name.lower() != b"date")
            # The door of an invite has its own address in its form: that is what was asked, not what is known.
            asked = f'"{at.raw_path}'.encode()
            body = _HIDDEN.sub(rb'\1"', raw).replace(asked, f'"{path}'.encode())
            return Answer(got.status, kept, len(raw), body)

    async def alone(self, one: Somebody, *taps: Mapping[str, str]) -> Answer:
        """One of them goes on without the others: what she sees is compared with nobody's."""
        for tap in taps:
            await self._one(one, "POST", "/", lambda her, tap=tap: {"turn": her.turn, **tap}, {})  # type: ignore[misc]
            await self._one(one, "GET", "/", None, {})
        return await self._one(one, "GET", "/", None, {})

    async def look(self) -> Answer:
        """The page where everybody stands."""
        return await self.ask("GET", "/")

    async def tap(self, value: str) -> Answer:
        """Everybody presses a button of the present page; the page that follows."""
        await self.ask("POST", "/", lambda one: {"turn": one.turn, "choice": value})
        return await self.look()

    async def write(self, words: Callable[[Somebody], str]) -> Answer:
        """Everybody types into the present page's field; the page that follows."""
        await self.ask("POST", "/", lambda one: {"turn": one.turn, "choice": "/send", "text": words(one)})
        return await self.look()

    async def sign_in(self, phone: str = "shared") -> Answer:
        """Everybody comes back with her receipt code and her PIN."""
        await self.look()
        await self.tap("code")
        await self.write(lambda one: one.receipt)
        await self.write(lambda one: one.pin)
        return await self.tap(phone)


def _told(name: bytes, value: bytes) -> bytes:
    if name.lower() != b"set-cookie":
        return value
    return _COOKIE.sub(lambda found: found.group(1) + b"=" + b"*" * len(found.group(2)), value)


def _difference(one: Answer, other: Answer) -> str:
    if (one.status, one.headers, one.length) != (other.status, other.headers, other.length):
        return f"{one.status} {one.headers} {one.length}\n{other.status} {other.headers} {other.length}"
    at = next(n for n, (a, b) in enumerate(zip(one.body, other.body, strict=True)) if a != b)
    return f"{one.body[max(0, at - 80) : at + 80]!r}\n{other.body[max(0, at - 80) : at + 80]!r}"


@asynccontextmanager
async def all_alike(house: House, people: Mapping[str, tuple[str, str, Mapping[str, str]]]) -> AsyncIterator[Alike]:
    """Each with a browser of her own where she is not signed in. `people`: name to receipt code, PIN and ids."""
    async with AsyncExitStack() as open_browsers:
        everybody = []
        for name, (receipt, pin, ids) in people.items():
            session = ClientSession(cookie_jar=CookieJar(unsafe=True))
            everybody.append(Somebody(name, receipt, pin, ids, await open_browsers.enter_async_context(session)))
        yield Alike(house.server.make_url("/"), everybody)
