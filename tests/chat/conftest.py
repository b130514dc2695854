"""A whole house on loopback: the demo's invented people, the real chat, real SQLite, and a clock that can be moved."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import ClientSession, CookieJar, web
from aiohttp.test_utils import TestServer

from bot.channels.doorway import Doorway
from bot.channels.eid import Eid
from bot.channels.web import house_of, make_chat
from bot.demo.people import UNITS, Cast, Tried, Worker, settle
from bot.engine import nothing
from bot.recordings import Recordings
from storage.commands import Command
from storage.consent import Actor, Withheld
from storage.gate import Sitting
from storage.keys import FileKeys
from storage.records import Channel, Role, Side, Strength
from storage.vault import Store
from tests.chat.browser import Browser

BOT = "bredvid_practice_bot"


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: datetime = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def on(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)


@dataclass
class House:
    """Everything a story needs."""

    store: Store
    cast: Cast
    clock: Clock
    server: TestServer
    new_browser: Callable[[], Browser]

    def person(self, name: str) -> Tried:
        """One of the invented people."""
        return next(one for one in self.cast.people if one.name == name)

    def worker(self, name: str) -> Worker:
        """One of the invented workers."""
        return next(one for one in self.cast.staff if one.name == name)

    def work(self, name: str, command: Command) -> object:
        """Let a worker do one deed at the door."""
        worker = self.worker(name)
        side = Side.AID if worker.unit.endswith("stod") else Side.BARNAHUS
        actor = Actor(worker.id, Strength.STAFF, side, worker.unit, Role(worker.role), label=worker.name)

        def do(tx: object) -> object:
            with Sitting(tx, actor, Channel.CONSOLE, lock=True) as sitting:  # type: ignore[arg-type]
                return sitting.do(command)

        done = self.store.run(do)
        assert not isinstance(done, Withheld), done
        return done

    async def sign_in(self, name: str) -> Browser:
        """Come back with the receipt code and the PIN, as on another device."""
        browser, one = self.new_browser(), self.person(name)
        await browser.open()
        await browser.tap("code")
        await browser.write(one.receipt_code)
        assert browser.step == "way_in/pin"
        await browser.write(one.pin)
        assert browser.step == "way_in/phone", browser.words
        await browser.tap("shared")
        return browser


@asynccontextmanager
async def open_house(
    url: str,
    folder: Path,
    eid: Callable[[Clock], Eid | None] = lambda _: None,
    recordings: Recordings | None = None,
    *,
    content: bool = False,
) -> AsyncIterator[House]:
    """The house on one database, open for as long as the block runs."""
    clock = Clock()
    store = Store(url, FileKeys(folder / "root.key", make=True), clock=clock, migrate=True)
    store.units = UNITS
    cast = await asyncio.to_thread(settle, store, folder)
    doorway = Doorway(store)
    known = replace(house_of(nothing), content=content)
    app: web.Application = make_chat(
        store, doorway, secure=False, house=known, bot=lambda: BOT, eid=eid(clock), recordings=recordings
    )
    server = TestServer(app)
    await server.start_server()
    sessions: list[ClientSession] = []

    def new_browser() -> Browser:
        session = ClientSession(cookie_jar=CookieJar(unsafe=True), headers={"Accept-Language": "sv"})
        sessions.append(session)
        return Browser(session, server.make_url("/"))

    yield House(store, cast, clock, server, new_browser)
    for session in sessions:
        await session.close()
    await server.close()
    doorway.close()
    await asyncio.to_thread(store.close)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """The house on SQLite."""
    async with open_house(f"sqlite:///{tmp_path}/store.db", tmp_path) as opened:
        yield opened


@pytest.fixture
async def house_on_postgres(tmp_path: Path, postgres_url: str) -> AsyncIterator[House]:
    """The house on PostgreSQL."""
    async with open_house(postgres_url, tmp_path) as opened:
        yield opened
