"""The link of a notice: `/n/TOKEN` works once and leads to the field for her code; it proves nothing by itself."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.channels.sounds import Sounds
from bot.faces.frame import Frame
from bot.faces.web import page
from bot.http.cookies import Cookies
from bot.http.languages import asked_language
from bot.http.same_origin import stamp_of
from bot.http.static import static_files
from bot.speech import locale, locales
from bot.talk import Block, Choice, Screen, Text
from storage.letters import use_look
from storage.payloads import TalkState
from storage.sign_in import Entered, pend
from storage.talks import state_text
from storage.vault import Store, Tx

LONGEST_TOKEN = 100


def serve_looks(app: web.Application, store: Store, cookies: Cookies, sounds: Sounds) -> None:
    """Add the two addresses. A GET uses nothing up: phones and chats fetch links by themselves."""
    static = static_files("bot.faces")

    def draw(request: web.Request, *, late: bool) -> web.Response:
        tags = tuple(one.tag for one in locales())
        spoken = locale(asked_language(request.query.get("l") or request.headers.get("Accept-Language"), tags))
        lines = (Text("linking.look.late" if late else "linking.look.lead"),)
        ways = () if late else (Choice("/send", Text("linking.look.go"), symbol="on"),)
        screen = Screen(Text("linking.look.title"), (Block(lines, symbol="letter"),), choices=ways)
        stamp = stamp_of(cookies.read(request, "chat"))
        css, js, icon = map(static.url, ("a.css", "a.js", "a.svg"))
        frame = Frame(css, js, icon, stamp=stamp, locales=locales(), hear=sounds.hear)
        words = page(screen, spoken, step="look", turn=0, hidden_turn=False, frame=frame, action=request.path)
        return web.Response(text=words, content_type="text/html", charset="utf-8", status=410 if late else 200)

    async def show(request: web.Request) -> web.Response:
        return draw(request, late=False)

    async def use(request: web.Request) -> web.Response:
        token = request.match_info["token"]
        entered = None
        if len(token) <= LONGEST_TOKEN:
            entered = await asyncio.wrap_future(store.submit(lambda tx: _enter(tx, token)))
        if entered is None:
            return draw(request, late=True)
        response = web.Response(status=303, headers={"Location": "/"})
        cookies.give(response, "chat", entered.token)
        return response

    app.router.add_get("/n/{token}", show)
    app.router.add_post("/n/{token}", use)


def _enter(tx: Tx, token: str) -> Entered | None:
    person = use_look(tx, token)
    return pend(tx, person, state_text(TalkState("way_in/pin", 1, {}))) if person is not None else None
