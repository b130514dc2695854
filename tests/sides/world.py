"""A world of its own: the whole house on free ports, with a Telegram, and one human who lives on aid in it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, CookieJar, web
from yarl import URL

from bot.channels.account import Account, Terms
from bot.channels.doorway import Doorway
from bot.channels.stand_in import BotApi, User
from bot.channels.web import house_of, make_chat
from bot.console import make_console
from bot.console.door import StaffDoor
from bot.engine import nothing
from bot.speech import locale
from bot.talk import Text
from bot.verbs import VERBS
from storage import _tables as t
from storage._sql import millis
from storage.bindings import meet
from storage.commands import AskForLink, KeepConsent, PickCodeWord, SameWords
from storage.payloads import CODE_WORDS
from storage.queries import MyLink
from storage.records import CaseId, Channel, PersonId, Role, Side, StaffId
from storage.sign_in import employ, staff_link
from tests.channels.approved import NOTHING, her_own, must_be_approved
from tests.channels.telegram_house import MORNING, SECRET, TOKEN, unhurried, until
from tests.chat.browser import Browser
from tests.console.house import Worker
from tests.console.steps import adult, decide_contact, enrol, open_case, write_entry
from tests.parts.ports import a_free_port
from tests.storage.house import Clock, House, open_house, signed_in, worker

AID, BARNAHUS = "Lindvik Bistånd", "Lindvik Barnahus"
NAME, NUMBER, BORN, TELEGRAM, PIN = "Amina Kanarie", "19810402-2381", "1981-04-02", 7001, "246802"
BARNAHUS_REF = "BH 2026-14"
# What is drawn by lot wherever it stands: ids, tokens and nonces, codes, stamps and turns, and the words of a link.
_BY_LOT = re.compile(
    r"(?P<id>\b[0-9a-f]{32}\b)"
    r"|(?P<token>(?<=/[in]/)[\w-]{43}|(?<=start=)[\w-]{43}|(?<=/in/)[\w-]{43})"
    r"|(?P<nonce>(?<='callback_data': ')[\w-]{22}(?='))"
    r"|(?P<spoken>\b[0-9A-HJKMNP-TV-Z]{4}\s[0-9A-HJKMNP-TV-Z]{4}\b)"
    r"|(?P<receipt>\b\d{4}\s\d{4}\s\d{4}\s\d{4}\b)"
    r"|(?P<stamp>(?<=value=\")\d{12}(?:\d{8})?(?=\"))"
    r"|(?P<drawing>(?<= d=\")M[^\"]{200,}(?=\"))"
    r"|(?P<port>(?<=127\.0\.0\.1:)\d+)"
)
_CODE_WORD = re.compile("|".join(locale("sv").say(Text(f"code_word.{word}")) for word in CODE_WORDS), re.IGNORECASE)


@dataclass
class World:
    """One house, and what was seen in it: each place and its bytes, with what was drawn by lot named in order."""

    store: House
    api: BotApi
    root: str
    sessions: list[ClientSession] = field(default_factory=list)
    seen: list[tuple[str, str]] = field(default_factory=list)
    lots: dict[str, str] = field(default_factory=dict)
    staff: dict[str, StaffId] = field(default_factory=dict)

    def note(self, place: str, text: str) -> None:
        """Keep what stood at a place."""
        self.seen.append((self.plain(place), self.plain(text)))

    def plain(self, text: str) -> str:
        """The text with everything drawn by lot replaced by when it was first seen in this world."""

        def named(found: re.Match[str]) -> str:
            kind = found.lastgroup or ""
            if kind in ("stamp", "drawing", "port"):
                return f"<{kind}>"
            return self.lots.setdefault(found.group(), f"<{kind} {len(self.lots)}>")

        return _BY_LOT.sub(named, text)

    def phone(self) -> User:
        """Her telephone."""
        return self.api.user(TELEGRAM, "Amina", "sv")

    def browser(self) -> Browser:
        """A browser of hers."""
        return Browser(self._session(), URL(self.root + "/"))

    async def close(self) -> None:
        """Close every browser."""
        for session in self.sessions:
            await session.close()

    def _session(self) -> ClientSession:
        self.sessions.append(ClientSession(cookie_jar=CookieJar(unsafe=True), headers={"Accept-Language": "sv"}))
        return self.sessions[-1]

    async def worker(self, name: str, unit: str, side: Side, role: Role = Role.CASE_WORKER) -> Worker:
        """Somebody at work, signed in."""
        staff = self.store.store.run(lambda tx: employ(tx, name, "handläggare", unit, side, role))
        one = Worker(name, self._session(), self.root)
        self.staff[name] = staff
        await self.sign_in(one)
        return one

    async def sign_in(self, one: Worker) -> None:
        """A worker signs in with a new link: a session ends after a rest."""
        staff = self.staff[one.name]
        token = self.store.store.run(lambda tx: staff_link(tx, staff))
        page = await one.get(f"/in/{token}")
        await one.post(f"/in/{token}", page.form(""))

    def verb(self, name: str, **given: Any) -> list[dict[str, Any]]:
        """The rows that a verb of the command line gives to a machine."""
        body: list[dict[str, Any]] = VERBS[name](self.store.store, given).body
        return body

    def link(self, person: str) -> None:
        """Link her telephone to one of her records, by the deeds of the page and the chat."""
        her, one = signed_in(person), PersonId(person)
        self.store.done(her, AskForLink(one))
        token = self.store.see(her, MyLink(one)).token
        assert token is not None
        assert self.store.store.run(lambda tx: meet(tx, token, TELEGRAM)) is not None
        self.store.done(her, SameWords(one), PickCodeWord(one, CODE_WORDS[1]))

    async def told(self, how_many: int) -> None:
        """Wait until so many messages have come to her telephone in all, and what follows from them is done."""
        await until(lambda: len(self.messages()) >= how_many, 8)
        await self.settled()

    async def settled(self) -> None:
        """Wait until nothing that is due is still on its way."""
        await until(lambda: not self._under_way(), 8)

    def _under_way(self) -> list[str]:
        now = millis(self.store.clock.now)
        rows = [row for row in self.store.rows(t.outbox) if row.done_at is None]
        return [row.id for row in rows if row.due_at <= now or row.state != "queued"]

    def messages(self) -> list[str]:
        """Every message that reached her telephone, whole, in order."""
        sent = [call.fields for call in self.api.calls("sendMessage")]
        return [_CODE_WORD.sub("<word>", str(dict(fields))) for fields in sent if fields["chat_id"] == TELEGRAM]


@contextmanager
def _empty(folder: Path) -> Iterator[House]:
    folder.mkdir()
    with open_house(f"sqlite:///{folder}/store.db", folder, Clock(MORNING)) as house:
        yield house


@asynccontextmanager
async def world(folder: Path, *, content: bool = False) -> AsyncIterator[World]:
    """The house, open for as long as the block runs."""
    async with AsyncExitStack() as stack:
        house = stack.enter_context(_empty(folder))
        store = house.store
        api = await stack.enter_async_context(BotApi(TOKEN, clock=house.clock, terms=unhurried()))
        port = a_free_port()
        root = f"http://127.0.0.1:{port}"
        terms = Terms(TOKEN, api.base_url, 0.0, "https://example.test", f"{root}/telegram/", SECRET)
        account = Account(store, replace(house_of(nothing), content=content), terms)
        doorway = Doorway(store)
        stack.callback(doorway.close)
        chat: web.Application = make_chat(store, doorway, secure=False, bot=lambda: account.username)
        chat.add_subapp(
            "/console/",
            make_console(store, secure=False, public_url=root, practice=False, door=StaffDoor(links_enter=True)),
        )
        account.serve(chat)
        runner = web.AppRunner(chat, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", port).start()
        await stack.enter_async_context(account.running())
        await account.ready.wait()
        made = World(house, api, root)
        stack.push_async_callback(made.close)
        yield made
        must_be_approved(api, her_own(store, TELEGRAM) if content else NOTHING)


async def settle_beside(there: World) -> str:
    """Make the same human a barnahus case without looking at the other side: she was a child there, reads her way in
    the browser and in the same telephone, and something waits for a worker. The id of the person.
    """
    hanna = await there.worker("Hanna Berg", BARNAHUS, Side.BARNAHUS)
    case = await open_case(hanna, BARNAHUS_REF)
    person = await enrol(hanna, case, "child", NAME, born=BORN, number=NUMBER)
    await decide_contact(hanna, case)
    anneli = await adult(hanna, case, "Anneli", "prosecutor", "prosecutor")
    await write_entry(hanna, case, "charge_decision", state="happened", on="2026-11-20", f_by=anneli,
                      f_outcome="dropped", f_whom="maternal_grandfather", f_offence="assault",
                      f_reason="evidence_not_enough")  # fmt: skip
    await come_in(there, there.browser(), await slip(hanna, case, person))
    there.link(person)
    yes = KeepConsent(CaseId(case), "yes-full", PersonId(person), PersonId(person), "telegram_full", "read",
                      Channel.TELEGRAM, date(2026, 1, 1), None)  # fmt: skip
    there.store.done(worker("hanna", unit=BARNAHUS), yes)
    return person


async def slip(one: Worker, case: str, person: str) -> tuple[str, str, str]:
    """An invite as the worker's page shows it: its address, its spoken code, and the page."""
    page = await one.fill(f"/cases/{case}/people/{person}", "/invite", f"/cases/{case}/people/{person}/invite")
    return page.find(r"(/i/[\w-]{43})"), page.find(r"\b([0-9A-Z]{4}\s[0-9A-Z]{4})\b"), page.text


async def come_in(there: World, browser: Browser, invite: tuple[str, str, str], noted: str = "") -> None:
    """Open the slip's address, give the spoken code, choose a PIN and use it."""
    address, code, _ = invite

    def note() -> None:
        if noted:
            there.note(f"{noted} {browser.step}", browser.body)

    await browser.open(address)
    note()
    await browser.send(path=address, text=code)
    for deed, said in (("tap", "digits"), ("write", PIN), ("write", PIN), ("tap", "shared"), ("tap", "on")):
        note()
        await (browser.tap(said) if deed == "tap" else browser.write(said))
    note()
    assert browser.step.endswith("/home"), browser.step
