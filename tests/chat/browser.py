"""A plain HTTP client that reads our pages as an old phone without script does."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape

from aiohttp import ClientResponse, ClientSession
from yarl import URL

_MAIN = re.compile(r'<main id="main"[^>]*data-step="([^"]*)" data-turn="(\d+)"')
_CHOICE = re.compile(r'<button[^>]*name="choice" value="([^"]*)"')
_TURN = re.compile(r'name="turn" value="(\d+)"')
_TAGS = re.compile(r"<(script|style|svg)[\s\S]*?</\1>|<[^>]+>")


@dataclass
class Browser:
    """One browser with a cookie jar of its own."""

    http: ClientSession
    base: URL
    status: int = 0
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    async def open(self, path: str = "/") -> str:
        """Open a page; what it says in plain words."""
        async with self.http.get(self.base.join(URL(path)), allow_redirects=True) as answer:
            await self._take(answer)
        return self.words

    async def tap(self, value: str, **more: str) -> str:
        """Press a button of the present page."""
        return await self.send(choice=value, **more)

    async def write(self, words: str) -> str:
        """Type into the present page's field and send."""
        return await self.send(choice="/send", text=words)

    async def send(self, *, turn: str | None = None, path: str = "/", **fields: str) -> str:
        """Post the present page's form with these fields, and read the page that follows."""
        fields["turn"] = turn if turn is not None else self.turn_field
        async with self.http.post(self.base.join(URL(path)), data=fields, allow_redirects=False) as answer:
            self.status = answer.status
            self.headers = dict(answer.headers)
            if answer.status != 303:
                await self._take(answer)
                return self.words
        return await self.open("/")

    async def _take(self, answer: ClientResponse) -> None:
        self.status, self.body, self.headers = answer.status, await answer.text(), dict(answer.headers)

    @property
    def step(self) -> str:
        """Where the page says it stands."""
        found = _MAIN.search(self.body)
        return found.group(1) if found else ""

    @property
    def shown_turn(self) -> int:
        """The turn the page shows."""
        found = _MAIN.search(self.body)
        return int(found.group(2)) if found else -1

    @property
    def turn_field(self) -> str:
        """The one hidden field."""
        found = _TURN.search(self.body)
        return found.group(1) if found else ""

    @property
    def choices(self) -> list[str]:
        """The values of the buttons that lead on, without the fixed line's."""
        found = [unescape(value) for value in _CHOICE.findall(self.body)]
        return [value for value in dict.fromkeys(found) if not value.startswith("/")]

    @property
    def words(self) -> str:
        """The page's words, without marks."""
        return " ".join(unescape(_TAGS.sub(" ", self.body)).split())
