"""How long a door takes to say no: to what is there and to what is not, to whoever is shut out and to a stranger.

Everything goes over loopback to the real chat on SQLite on a disk, one request at a time, the cases of a door in turns,
so that a busy machine slows all of them alike. A door's figure is its slowest median over its quickest (security T4).
"""

from __future__ import annotations

import asyncio
import secrets
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from random import Random
from statistics import median
from typing import TypeVar

from aiohttp import ClientSession, DummyCookieJar
from yarl import URL

from bot.faces.reply import turn_field
from bot.http.same_origin import stamp_of
from storage.commands import BeginClaim, BlockGuardian, TakeBack
from storage.consent import Actor, Withheld
from storage.gate import Sitting
from storage.payloads import TalkState
from storage.queries import ClaimDoor
from storage.records import VISITOR, CaseId, Channel, EntryId, PersonId, Strength, TieId
from storage.sign_in import accept_invite, end_sessions, make_invite, pend, proven, unlock, visit_open
from storage.talks import state_text
from storage.vault import Tx
from tests.chat.conftest import House, open_house

T = TypeVar("T")
WRONG_PIN, WRONG_SPOKEN = "111111", "ZZZZZZZZ"
_FRONT = state_text(TalkState("welcome/front", 1, {}))
ENTRY_SIGNS = 32
# What is asked before the first figure is kept: pools fill, and the language's texts are read.
WARM = 10


@dataclass(slots=True)
class Figures:
    """For each door and each case of it, the seconds of every request."""

    seconds: dict[str, dict[str, list[float]]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(list)))

    def medians(self) -> Mapping[str, Mapping[str, float]]:
        """Milliseconds."""
        return {door: {case: 1000 * median(took) for case, took in cases.items()}
                for door, cases in self.seconds.items()}  # fmt: skip

    def ratios(self) -> Mapping[str, float]:
        """Of each door, its slowest median over its quickest."""
        return {door: max(cases.values()) / min(cases.values()) for door, cases in self.medians().items()}


@dataclass(slots=True)
class _Street:
    """Whoever stands before the doors, with a watch."""

    house: House
    web: ClientSession
    figures: Figures
    chance: Random
    kept: bool = False

    def in_turns(self, cases: Mapping[str, T]) -> list[tuple[str, T]]:
        """The cases in an order of their own each time: whoever comes second finds a warmer house."""
        order = list(cases.items())
        self.chance.shuffle(order)
        return order

    async def ask(self, door: str, case: str, token: str, form: Mapping[str, str] | None, path: str = "/") -> str:
        """One request, timed to the last byte of its answer; the cookie that came with it, or the one before."""
        address, headers = self.house.server.make_url("/").join(URL(path)), {"Cookie": f"sid={token}"}
        headers |= {"Sec-Fetch-Site": "same-origin", "Accept-Language": "sv"}
        began = time.perf_counter()
        async with self.web.request(
            "GET" if form is None else "POST", address, data=form, headers=headers, allow_redirects=False
        ) as answer:
            await answer.read()
        took = time.perf_counter() - began
        if self.kept:
            self.figures.seconds[door][case].append(took)
        cookie = SimpleCookie(answer.headers.get("Set-Cookie", ""))
        return cookie["sid"].value if "sid" in cookie and cookie["sid"].value else token

    def run(self, call: Callable[[Tx], str]) -> str:
        """What is made ready behind the doors, between two requests."""
        return self.house.store.run(call)

    def visitor(self, step: str) -> str:
        """A session of somebody unknown who stands at this step."""
        return self.run(lambda tx: visit_open(tx, state_text(TalkState(step, 1, {}, locale="sv"))).token)

    def signed_in(self, name: str) -> str:
        """A session of one of the invented people, with the PIN given."""
        person, home = PersonId(self.house.person(name).id), state_text(TalkState("my_way/home", 1, {}))
        return self.run(lambda tx: proven(tx, pend(tx, person, home).token, person).token)


def _words(token: str, turn: int, words: str) -> Mapping[str, str]:
    return {"turn": turn_field(turn, stamp_of(token)), "choice": "/send", "text": words}


# --- the doors --------------------------------------------------------------------------------------------------------


def _used_invite(street: _Street, name: str) -> str:
    one = street.house.person(name)

    def use(tx: Tx) -> str:
        token, code = make_invite(tx, PersonId(one.id), one.case, by_letter=True)
        assert accept_invite(tx, token, code, _FRONT) is not None
        return token

    return street.run(use)


def _burnt_invite(street: _Street, name: str) -> str:
    one = street.house.person(name)
    token = street.run(lambda tx: make_invite(tx, PersonId(one.id), one.case, by_letter=True)[0])
    for _ in range(5):
        street.run(lambda tx: str(accept_invite(tx, token, WRONG_SPOKEN, _FRONT)))
    return token


class _Invites:
    """A wrong code said to an invite that is waiting, used, burnt or nobody's."""

    def __init__(self, street: _Street) -> None:
        self._street, self._elias = street, street.house.person("Elias")
        self._used, self._burnt = _used_invite(street, "Ronja"), _burnt_invite(street, "Selma")

    def _waiting(self) -> str:
        one = self._elias
        return self._street.run(lambda tx: make_invite(tx, PersonId(one.id), one.case, by_letter=True)[0])

    async def round(self) -> None:
        cases = {"waiting": self._waiting(), "used": self._used, "burnt": self._burnt,
                 "nobody's": secrets.token_urlsafe(32)}  # fmt: skip
        for case, token in self._street.in_turns(cases):
            await self._street.ask("invite", case, "", {"text": WRONG_SPOKEN}, f"/i/{token}")


class _Receipts:
    """A receipt code that is somebody's or made up, the page after it, a wrong PIN, and the page after that."""

    def __init__(self, street: _Street) -> None:
        self._street = street

    async def round(self) -> None:
        elias = self._street.house.person("Elias")
        codes = {"somebody's": elias.receipt_code, "made up": f"{secrets.randbelow(10**16):016d}"}
        for case, code in self._street.in_turns(codes):
            token = self._street.visitor("way_in/come_back")
            token = await self._street.ask("receipt code", case, token, _words(token, 1, code))
            await self._street.ask("page after the code", case, token, None)
            token = await self._street.ask("PIN", case, token, _words(token, 2, WRONG_PIN))
            await self._street.ask("page after the PIN", case, token, None)
        self._street.house.store.run(lambda tx: unlock(tx, PersonId(elias.id)))


class _Claims:
    """The number of a request that was begun and not sent, and of none."""

    def __init__(self, street: _Street) -> None:
        self._street = street

        def begin(tx: Tx) -> str:
            with Sitting(tx, Actor(VISITOR, Strength.NONE), Channel.WEB, lock=True) as sitting:
                door = sitting.ask(ClaimDoor())
                assert not isinstance(door, Withheld)
                assert not isinstance(sitting.do(BeginClaim(door.token, door.number, door.units[0].id, "sv")), Withheld)
                return door.number

        self._unsent = street.run(begin)

    async def round(self) -> None:
        for case, number in self._street.in_turns({"unsent": self._unsent, "none": secrets.token_hex(5).upper()}):
            token = self._street.visitor("come_back/number")
            await self._street.ask("number of a request", case, token, _words(token, 1, number))
            await self._street.ask("page after the number", case, token, None)


class _Outside:
    """The page of quiet times, and a tap on it: a suspect's, a blocked guardian's, that of one who was cleared and to
    whom nothing is open, and somebody's whose tie has ended.
    """

    def __init__(self, street: _Street) -> None:
        self._street = street
        oskar = street.house.person("Oskar")
        street.house.work("Hanna Berg", BlockGuardian(CaseId(oskar.case), TieId(oskar.tie), blocked=True))
        names = {"suspected": "Malin", "blocked": "Oskar", "nothing open": "Sanna", "ended": "Bo"}
        self._tokens = {case: street.signed_in(name) for case, name in names.items()}

    async def round(self) -> None:
        for case, token in self._street.in_turns(self._tokens):
            await self._street.ask("page of quiet times", case, token, None)
            form = {"turn": turn_field(1, stamp_of(token)), "choice": "nonsense"}
            await self._street.ask("tap on it", case, token, form)


class _Cookies:
    """A cookie of a session that was ended, and one that never was."""

    def __init__(self, street: _Street) -> None:
        noa = street.house.person("Noa")
        self._street, self._ended = street, street.signed_in("Noa")
        street.house.store.run(lambda tx: end_sessions(tx, noa.id))

    async def round(self) -> None:
        for case, token in self._street.in_turns({"ended": self._ended, "nobody's": secrets.token_urlsafe(32)}):
            await self._street.ask("cookie", case, token, None)


DOORS = (_Invites, _Receipts, _Claims, _Outside, _Cookies)


@asynccontextmanager
async def _street(folder: Path) -> AsyncIterator[_Street]:
    async with (
        open_house(f"sqlite:///{folder}/store.db", folder) as house,
        ClientSession(cookie_jar=DummyCookieJar()) as web,
    ):
        yield _Street(house, web, Figures(), Random("doors"))


async def _take_everything_back(house: House) -> None:
    """Sanna is cleared, and nothing is open to her."""
    sanna, browser = house.person("Sanna"), await house.sign_in("Sanna")
    for entry in [value for value in browser.choices if len(value) == ENTRY_SIGNS]:
        house.work("Hanna Berg", TakeBack(CaseId(sanna.case), EntryId(entry), "Prov"))


async def _measure(times: int) -> Figures:
    with tempfile.TemporaryDirectory() as folder:
        async with _street(Path(folder)) as street:
            await _take_everything_back(street.house)
            doors = [door(street) for door in DOORS]
            for number in range(WARM + times):
                street.kept = number >= WARM
                for door in doors:
                    await door.round()
            return street.figures


def run(times: int) -> Figures:
    """Stand before every door so many times."""
    return asyncio.run(_measure(times))
