"""A console on a free port over a store in a folder of its own, and workers who use it as a browser would."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

from aiohttp import ClientSession, CookieJar, web

from bot.console import make_console
from bot.console.door import StaffDoor
from bot.http.headers import guard_headers
from bot.http.listening import make_runner
from storage.keys import FileKeys
from storage.records import Role, Side
from storage.sign_in import employ, staff_link
from storage.vault import Store
from tests.parts.ports import a_free_port

NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
HEX = r"[0-9a-f]{32}"


@dataclass(slots=True)
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def move(self, by: timedelta) -> None:
        self.now += by


class _Form(HTMLParser):
    """The values a browser would send for one form of a page."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.action = ""
        self._left, self._inside, self._area, self._select = number, False, "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        of = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside, self._left = self._left == 0, self._left - 1
            if self._inside:
                self.action = of.get("action", "")
        if not self._inside:
            return
        name = of.get("name", "")
        if tag == "input" and of.get("type") in ("radio", "checkbox"):
            if "checked" in of:
                self.fields[name] = of.get("value", "on")
        elif tag == "input" and name:
            self.fields[name] = of.get("value", "")
        elif tag == "textarea":
            self._area, self.fields[name] = name, ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in of or self._select not in self.fields):
            self.fields[self._select] = of.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea":
            self._area = ""
        elif tag == "select":
            self._select = ""


@dataclass(slots=True)
class Page:
    """An answer as a browser has it."""

    status: int
    path: str
    text: str

    def has(self, *words: str) -> bool:
        return all(word in self.text for word in words)

    def form(self, action: str) -> dict[str, str]:
        """The values of the form that goes to an address ending so; '' is the form that goes to its own page."""
        for number in range(60):
            one = _Form(number)
            one.feed(self.text)
            if one.action.endswith(action) and (action or not one.action) and one.fields:
                return one.fields
        raise AssertionError(f"no form to {action!r} on {self.path}")

    def find(self, pattern: str) -> str:
        found = re.search(pattern, self.text)
        assert found, f"{pattern} is not on {self.path}"
        return found.group(1)

    @property
    def problems(self) -> list[str]:
        return re.findall(r'<li><a href="#([^"]+)">', self.text.partition("problems-title")[2].partition("</ul>")[0])


@dataclass(slots=True)
class Worker:
    """A worker at a browser of her own."""

    name: str
    web: ClientSession
    root: str
    said: list[str] = field(default_factory=list)

    async def get(self, path: str, **headers: str) -> Page:
        async with self.web.get(f"{self.root}/console{path}", headers={"Accept-Language": "sv", **headers}) as answer:
            return Page(answer.status, answer.url.path_qs.removeprefix("/console"), await answer.text())

    async def post(self, path: str, fields: Mapping[str, str], *, stamp: bool = True) -> Page:
        headers = {"Accept-Language": "sv"} | ({"Sec-Fetch-Site": "same-origin"} if stamp else {})
        async with self.web.post(f"{self.root}/console{path}", data=dict(fields), headers=headers) as answer:
            return Page(answer.status, answer.url.path_qs.removeprefix("/console"), await answer.text())

    async def fill(self, path: str, action: str = "", to: str = "", **typed: str) -> Page:
        """Open a page, fill in the form that goes to `action`, and send it."""
        page = await self.get(path)
        assert page.status == 200, (page.status, path)
        fields = {**page.form(action), **{name.replace("__", "."): value for name, value in typed.items()}}
        return await self.post(to or path.partition("?")[0] + action, fields)


@dataclass(slots=True)
class House:
    """The running console."""

    root: str
    store: Store
    clock: Clock
    sessions: list[ClientSession] = field(default_factory=list)

    def hire(self, name: str, unit: str = "Barnahus Norr", side: Side = Side.BARNAHUS,
             role: Role = Role.CASE_WORKER) -> str:  # fmt: skip
        """Employ somebody and give the token of her sign-in link."""
        staff = self.store.run(lambda tx: employ(tx, name, "socialsekreterare", unit, side, role))
        return self.store.run(lambda tx: staff_link(tx, staff))

    def browser(self, name: str = "") -> Worker:
        """A browser that nobody has signed in with."""
        self.sessions.append(ClientSession(cookie_jar=CookieJar(unsafe=True)))
        return Worker(name, self.sessions[-1], self.root)

    async def worker(self, name: str, **where: object) -> Worker:
        """A worker who has signed in with her link."""
        token = self.hire(name, **where)  # type: ignore[arg-type]
        one = self.browser(name)
        page = await one.get(f"/in/{token}")
        assert page.status == 200
        page = await one.post(f"/in/{token}", page.form(""))
        assert (page.status, page.path) == (200, "/"), page.text
        return one


Door = Callable[[Clock, str], StaffDoor]


def by_link(_: Clock, __: str) -> StaffDoor:
    """Everybody comes in with a link, as in the demo: most stories are not about the door."""
    return StaffDoor(links_enter=True)


@asynccontextmanager
async def open_house(
    folder: Path, door: Door = by_link, host: str = "127.0.0.1", *, practice: bool = False
) -> AsyncIterator[House]:
    """A console over an empty store. `door` makes the ways in from the clock and the public address."""
    clock, address = Clock(), f"http://{host}:{(port := a_free_port())}"
    store = Store(f"sqlite:///{folder / 'store.db'}", FileKeys(folder / "root.key", make=True), clock=clock,
                  migrate=True)  # fmt: skip
    root = web.Application()
    guard_headers(root, https=False)
    console = make_console(store, secure=False, public_url=address, practice=practice, door=door(clock, address))
    root.add_subapp("/console/", console)
    runner = make_runner(root)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    house = House(address, store, clock)
    try:
        yield house
    finally:
        for session in house.sessions:
            await session.close()
        await runner.cleanup()
        store.close()
