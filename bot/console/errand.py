"""The errand: one request of a worker who has signed in, from the door to the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar, overload

from aiohttp import web
from jinja2 import Environment

from bot.console.door import BASE, StaffDoor
from bot.console.forms import Problem, Typed
from bot.console.refusals import Refusal, refusal, status_of
from bot.console.words import Words
from bot.http.cookies import Cookies
from bot.http.same_origin import STAMP_DIGITS, stamp_of
from bot.http.static import StaticFiles
from bot.speech import ZONE
from storage._sql import Tx
from storage.commands import Command
from storage.consent import Actor, Withheld
from storage.gate import Sitting
from storage.queries import Query
from storage.records import CaseId, Channel, EntryId, PersonId
from storage.vault import Store

T = TypeVar("T")
T1 = TypeVar("T1")
T2 = TypeVar("T2")
T3 = TypeVar("T3")
T4 = TypeVar("T4")
T5 = TypeVar("T5")


class NotDeclared(RuntimeError):
    """A page spoke a question or a change that its row in the table of routes does not name."""


@dataclass(frozen=True, slots=True)
class House:
    """What every page of the console shares. `secure` is whether the public address is https."""

    store: Store
    pages: Environment
    static: StaticFiles
    cookies: Cookies
    secure: bool
    public_url: str
    practice: bool
    door: StaffDoor


class Errand:
    """One request: who asks, what was typed, and the ways to the door and to a page."""

    def __init__(self, house: House, request: web.Request, actor: Actor, speaks: frozenset[type], typed: Typed) -> None:
        """`speaks` is what the route's row allows; `typed` is the form, empty for a GET."""
        self.house = house
        self.request = request
        self.actor = actor
        self.typed = typed
        self.words = Words.of(request)
        self._speaks = speaks

    @property
    def case(self) -> CaseId:
        """The case in the address."""
        return CaseId(self.request.match_info["case"])

    @property
    def person(self) -> PersonId:
        """The person in the address."""
        return PersonId(self.request.match_info["person"])

    @property
    def entry(self) -> EntryId:
        """The entry in the address."""
        return EntryId(self.request.match_info["entry"])

    @property
    def unit(self) -> str:
        """The worker's own unit."""
        return self.actor.unit or ""

    def now(self) -> datetime:
        """The house's clock, in Stockholm."""
        return self.house.store.clock().astimezone(ZONE)

    def turned_to(self) -> int:
        """The page of a long list that was asked for: the first, where nothing sensible was."""
        asked = self.request.query.get("page", "0")
        return int(asked) if asked.isdecimal() and len(asked) < 5 else 0

    def today(self) -> date:
        """The day it is in Stockholm."""
        return self.now().date()

    # --- the door -------------------------------------------------------------------------------------------

    async def sit(self, call: Callable[[Seat], T]) -> T:
        """One sitting at the door, in one transaction; no page is drawn before it has been committed."""

        def in_transaction(tx: Tx) -> T:
            with Sitting(tx, self.actor, Channel.CONSOLE, lock=self.request.method == "POST") as sitting:
                return call(Seat(sitting, self._speaks))

        return await self.house.store.ask(in_transaction)

    @overload
    async def ask(self, one: Query[T1], /) -> tuple[T1] | Withheld: ...
    @overload
    async def ask(self, one: Query[T1], two: Query[T2], /) -> tuple[T1, T2] | Withheld: ...
    @overload
    async def ask(self, one: Query[T1], two: Query[T2], three: Query[T3], /) -> tuple[T1, T2, T3] | Withheld: ...
    @overload
    async def ask(
        self, one: Query[T1], two: Query[T2], three: Query[T3], four: Query[T4], /
    ) -> tuple[T1, T2, T3, T4] | Withheld: ...
    @overload
    async def ask(
        self, one: Query[T1], two: Query[T2], three: Query[T3], four: Query[T4], five: Query[T5], /
    ) -> tuple[T1, T2, T3, T4, T5] | Withheld: ...

    async def ask(self, *queries: Query[Any]) -> tuple[Any, ...] | Withheld:
        """The answers in order, or the first refusal."""

        def all_of_them(seat: Seat) -> tuple[Any, ...] | Withheld:
            answers = []
            for query in queries:
                answer = seat.ask(query)
                if isinstance(answer, Withheld):
                    return answer
                answers.append(answer)
            return tuple(answers)

        return await self.sit(all_of_them)

    async def do(self, command: Command) -> Withheld | None:
        """Carry out one change; None when it was made."""
        return await self.sit(lambda seat: seat.do(command))

    # --- the way out ----------------------------------------------------------------------------------------

    def page(self, template: str, /, *, status: int = 200, **facts: Any) -> web.Response:
        """A page in the worker's language."""
        query = self.request.query
        shared: Mapping[str, Any] = {
            "t": self.words.t,
            "stamp": f"{stamp_of(self.house.cookies.read(self.request, 'console')):0{STAMP_DIGITS}d}",
            "css": BASE + self.house.static.url("a.css"),
            "js": BASE + self.house.static.url("a.js"),
            "words": self.words,
            "locale": self.words.locale,
            "actor": self.actor,
            "base": BASE,
            "here": self.request.path,
            "practice": self.house.practice,
            "today": self.today(),
            "now": self.now(),
            "said": query.get("said", "") if self.request.method == "GET" else "",
            "typed": self.typed,
            "problems": (),
            "case_id": self.request.match_info.get("case", ""),
        }
        body = self.house.pages.get_template(template).render({**shared, **facts})
        return web.Response(text=body, content_type="text/html", status=status)

    def go(self, path: str, said: str = "") -> web.Response:
        """On to another page of the console, which says in one line what was done."""
        where = f"{BASE}{path}" + (f"?said={said}" if said else "")
        return web.Response(status=303, headers={"Location": where})

    def to_case(self, rest: str = "", said: str = "") -> web.Response:
        """On to a page of the case in the address."""
        return self.go(f"/cases/{self.case}{rest}", said)

    def refuse(self, no: Withheld, about: type | None = None) -> web.Response:
        """The page that says why not and what to do."""
        say: Refusal = refusal(no.reason, about)
        return self.page("refused.html", status=status_of(no.reason), refusal=say)

    def problem_of(self, no: Withheld, about: type, at: str) -> tuple[Problem, ...]:
        """A refusal as a line of the form's error summary, so that what was typed stays."""
        return (Problem(at, refusal(no.reason, about).say),)


@dataclass(frozen=True, slots=True)
class Seat:
    """A sitting that lets through only what the route's row names."""

    sitting: Sitting
    speaks: frozenset[type]

    def ask(self, query: Query[T]) -> T | Withheld:
        """A declared question."""
        self._declared(type(query))
        return self.sitting.ask(query)

    def do(self, command: Command) -> Withheld | None:
        """A declared change; None when it was made or had been made before."""
        self._declared(type(command))
        done = self.sitting.do(command)
        return done if isinstance(done, Withheld) else None

    @property
    def tx(self) -> Tx:
        """The transaction, for what is not kept behind the rule: invite tokens."""
        return self.sitting.tx

    def _declared(self, what: type) -> None:
        if what not in self.speaks:
            raise NotDeclared(what.__name__)
