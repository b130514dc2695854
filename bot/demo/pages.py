"""The demo's own pages: who can be tried, each by one button, and a clock that moves the demo's time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from aiohttp import web
from markupsafe import Markup, escape

from bot.demo.clock import DemoClock
from bot.demo.people import Cast, Tried
from bot.http.cookies import Cookies
from bot.http.languages import asked_language
from bot.http.static import static_files
from bot.speech import Locale, locale, locales
from bot.talk import Name, Text
from storage.maintenance import next_due_at
from storage.payloads import TalkState
from storage.records import PersonId, StaffId
from storage.sign_in import end_sessions, pend, proven, staff_link
from storage.talks import state_text
from storage.vault import Store, Tx

T = TypeVar("T")
STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
# What the clock's buttons on the page of their own have in their address.
ROOM = "?room"
HOMES = {"child": "my_way/home", "special_representative": "my_way/home", "recipient": "meetings/home"}


@dataclass(frozen=True, slots=True)
class DemoPages:
    """What the demo shows above the front page and at `/practice/`."""

    store: Store
    cast: Cast
    clock: DemoClock
    cookies: Cookies
    practice: bool = True

    def serve(self, app: web.Application) -> None:
        """Add the demo's addresses to the chat."""
        app.router.add_get("/practice/", self._room)
        app.router.add_post("/practice/as/{person}", self._be)
        app.router.add_post("/practice/staff/{staff}", self._work)
        app.router.add_post("/practice/clock/{step}", self._move)

    def strip(self, request: web.Request) -> Markup:
        """The strip above the front page."""
        spoken = _spoken(request)
        lead = Markup("<strong>{}</strong> {}").format(_say(spoken, "title"), _say(spoken, "drafts"))
        return self._rows(spoken, lead, "")

    def _rows(self, spoken: Locale, lead: Markup, back: str) -> Markup:
        """`lead` and the people, the staff, the clock, the phones; `back` is added where the clock has to lead back."""
        people = [self._person(spoken, one) for one in self.cast.people]
        staff = [
            _button(f"/practice/staff/{one.id}", spoken.say(Text(f"demo.staff.{one.role}", {"name": Name(one.name)})))
            for one in self.cast.staff
        ]
        steps = [_button(f"/practice/clock/{step}{back}", _say(spoken, f"clock.{step}")) for step in (*STEPS, "due")]
        now = escape(spoken.say(Text("demo.now", {"at": self.clock()})))
        rows = ((lead, people), (escape(_say(spoken, "staff")), staff), (now, steps))
        return Markup("").join(_row(words, buttons) for words, buttons in rows) + self._phones(spoken)

    def _person(self, spoken: Locale, one: Tried) -> Markup:
        return _button(f"/practice/as/{one.id}", spoken.say(Text(f"demo.role.{one.role}", {"name": Name(one.name)})))

    async def _room(self, request: web.Request) -> web.Response:
        """Everything the strip has, on a page of its own."""
        spoken = _spoken(request)
        body = Markup(
            '<!doctype html><html lang="{}" dir="{}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Start</title>'
            '<link rel="stylesheet" href="{}"></head>'
            '<body><main class="page"><h1>{}</h1><div class="strip">{}</div><p><a href="/">{}</a></p></main>'
            "</body></html>"
        ).format(
            spoken.tag, spoken.dir, static_files("bot.faces").url("a.css"), _say(spoken, "title"),
            self._rows(spoken, escape(_say(spoken, "drafts")), ROOM), _say(spoken, "front"),
        )  # fmt: skip
        return web.Response(text=body, content_type="text/html", charset="utf-8")

    def _phones(self, spoken: Locale) -> Markup:
        """The way to each practice phone; with a token of one's own there is a real one instead."""
        link = Markup('<a href="/practice/phone/{}">{}</a>')
        linked = [one for one in self.cast.people if one.telegram] if self.practice else []
        links = [link.format(one.id, spoken.say(Text("phone.of", {"name": Name(one.name)}))) for one in linked]
        return Markup("<div class=strip-row>{}</div>").format(Markup("").join(links)) if links else Markup()

    async def _be(self, request: web.Request) -> web.Response:
        """Open the chat as one of the invented people, past the PIN."""
        one = next((one for one in self.cast.people if one.id == request.match_info["person"]), None)
        if one is None:
            raise web.HTTPNotFound
        person, home = PersonId(one.id), HOMES.get(one.role, "near/home")

        def enter(tx: Tx) -> str:
            end_sessions(tx, person)
            began = pend(tx, person, state_text(TalkState(home, 1, {})))
            return proven(tx, began.token, person).token

        response = web.Response(status=303, headers={"Location": "/"})
        self.cookies.give(response, "chat", await self._call(enter))
        return response

    async def _work(self, request: web.Request) -> web.Response:
        """Open the console as one of the invented workers."""
        worker = next((one for one in self.cast.staff if one.id == request.match_info["staff"]), None)
        if worker is None:
            raise web.HTTPNotFound
        token = await self._call(lambda tx: staff_link(tx, StaffId(worker.id)))
        return web.Response(status=303, headers={"Location": f"/console/in/{token}"})

    async def _move(self, request: web.Request) -> web.Response:
        """Move the demo's time, and lead back to where the button was: elsewhere a person's own page has no clock."""
        step = request.match_info["step"]
        if step == "due":
            then: datetime | None = await self._call(next_due_at)
        elif step in STEPS:
            then = self.clock() + STEPS[step]
        else:
            raise web.HTTPNotFound
        if then is not None:
            self.clock.move_to(then)
        back = "/practice/" if request.query_string == ROOM.removeprefix("?") else "/"
        return web.Response(status=303, headers={"Location": back})

    async def _call(self, call: Callable[[Tx], T]) -> T:
        return await asyncio.wrap_future(self.store.submit(call))


def _button(action: str, words: str) -> Markup:
    return Markup('<form method="post" action="{}"><button>{}</button></form>').format(action, escape(words))


def _row(words: Markup, buttons: list[Markup]) -> Markup:
    return Markup("<p>{}</p><div class=strip-row>{}</div>").format(words, Markup("").join(buttons))


def _say(spoken: Locale, key: str) -> str:
    return spoken.say(Text(f"demo.{key}"))


def _spoken(request: web.Request) -> Locale:
    tags = tuple(one.tag for one in locales())
    return locale(asked_language(request.query.get("l") or request.headers.get("Accept-Language"), tags))
