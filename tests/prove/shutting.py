"""How soon a shutting is felt: from the press of the button to a page that is closed and a message that stays.

Somebody has a page open, is signed in, and a notice to her waits to leave. A worker blocks her, shuts her sign-in or
seals the case. What is timed ends when the next request of the open page shows nothing and the sender has let nothing
go (security D.3, S5). Real SQLite in a file, the real chat over loopback.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

from aiohttp import ClientSession, CookieJar
from aiohttp.test_utils import TestServer

from bot.channels.doorway import Doorway
from bot.channels.web import make_chat
from storage._sql import Tx
from storage.commands import AskToBeSent, BlockGuardian, ClearGuardian, Command, KeepConsent, SealCase, ShutSignIn
from storage.letters import NoticeLetter, decide_letter
from storage.outbox import claim
from storage.payloads import TalkState
from storage.records import Channel, EntryId, PersonId, ReaderClass, Role, Shutting, TieId, TieKind
from storage.sign_in import pend, proven
from storage.talks import state_text
from tests.channels.telegram_house import link
from tests.chat.browser import Browser
from tests.storage.family import CASE, HANNA, OLLE, SINCE, Family, enrol, full_entry, move_in, release
from tests.storage.house import House, open_house

NADIA, NADIAS, TALK = PersonId("nadia"), TieId("tie-nadia"), EntryId("open-to-nadia")
ULLA = replace(OLLE, role=Role.MANAGER)
YES = KeepConsent(CASE, "yes", NADIA, NADIA, "telegram_notice", "09:00-19:00", Channel.TELEGRAM, SINCE, None)
SHUTS: Mapping[str, Command] = MappingProxyType({
    "block": BlockGuardian(CASE, NADIAS, blocked=True),
    "sign-in": ShutSignIn(CASE, NADIA, Shutting.SUSPEND),
    "seal": SealCase(CASE, sealed=True),
})  # fmt: skip


@dataclass
class Found:
    """How long each took in seconds, and what was still open afterwards."""

    seconds: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def p99(self) -> float:
        """The time within which ninety-nine of a hundred were felt."""
        return sorted(self.seconds)[max(0, -(-len(self.seconds) * 99 // 100) - 1)]


def _open(house: House, how: str) -> None:
    """Two open again what one has shut, and she is cleared and linked as before."""
    match how:
        case "block":
            for one in (HANNA, ULLA):
                house.done(one, BlockGuardian(CASE, NADIAS, blocked=False))
            for one in (HANNA, OLLE):
                house.done(one, ClearGuardian(CASE, NADIAS, "No part in it."))
        case "seal":
            for one in (HANNA, OLLE):
                house.done(one, SealCase(CASE, sealed=False))
        case _:
            house.done(HANNA, ShutSignIn(CASE, NADIA, Shutting.OPEN))


def _begin(house: House) -> None:
    family = move_in(house)
    family.contact()
    house.done(HANNA, enrol(NADIA, NADIAS, TieKind.GUARDIAN, born=date(1985, 5, 5)))
    family.clear(NADIAS)
    family.write(full_entry("child_talk", TALK, releases=(release(ReaderClass.GUARDIAN, NADIAS),)))
    _written_to(family, 0)


def _written_to(family: Family, n: int) -> None:
    """She says yes anew, since a sign-in that was shut ended what she had said, and her chat is linked."""
    family.house.done(HANNA, replace(YES, consent=f"yes-{n}"))
    link(family.house, NADIA)


def _leaves(house: House) -> int:
    def call(tx: Tx) -> int:
        letters = [decide_letter(tx, row, "sender") for row in claim(tx, "sender", 20)]
        return sum(isinstance(letter, NoticeLetter) for letter in letters)

    return house.store.run(call)


async def _round(house: House, server: TestServer, how: str) -> tuple[float, str]:
    """One shutting: how long until it was felt everywhere, and where it was not."""
    state = state_text(TalkState("near/home", 1, {}))
    began = house.store.run(lambda tx: pend(tx, NADIA, state))
    jar = CookieJar(unsafe=True)
    jar.update_cookies({"sid": house.store.run(lambda tx: proven(tx, began.token, NADIA)).token}, server.make_url("/"))
    async with ClientSession(cookie_jar=jar, headers={"Accept-Language": "sv"}) as session:
        browser = Browser(session, server.make_url("/"))
        await browser.open()
        if TALK not in browser.choices:
            return 0.0, f"{how}: the page was not open before"
        house.clock.move(minutes=1)
        house.done(HANNA, AskToBeSent(CASE, NADIA, TALK, house.clock()))
        start = time.perf_counter()
        await asyncio.to_thread(house.done, HANNA, SHUTS[how])
        await browser.open()
        went = await asyncio.to_thread(_leaves, house)
        took = time.perf_counter() - start
        shown = TALK in browser.body or TALK in browser.choices
    return took, f"{how}: {'page open' if shown else ''} {went} sent" if shown or went else ""


def run(rounds: int) -> Found:
    """So many shuttings, each way in turn."""
    found = Found()

    async def all_of_them(house: House) -> None:
        doorway = Doorway(house.store)
        server = TestServer(make_chat(house.store, doorway, secure=False))
        await server.start_server()
        for n in range(rounds):
            how = list(SHUTS)[n % len(SHUTS)]
            took, wrong = await _round(house, server, how)
            found.seconds.append(took)
            found.wrong += [wrong] if wrong else []
            _open(house, how)
            if how == "sign-in":
                _written_to(Family(house), n + 1)
        await server.close()
        doorway.close()

    with tempfile.TemporaryDirectory() as folder, open_house(f"sqlite:///{folder}/store.db", Path(folder)) as house:
        _begin(house)
        asyncio.run(all_of_them(house))
    return found
