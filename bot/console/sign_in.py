"""The door of the console: a single-use link becomes a session, and a session ends."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.console.errand import BASE, Errand, House
from bot.console.words import Words
from bot.http.headers import forget
from bot.http.same_origin import STAMP_DIGITS, stamp_of
from storage.sign_in import enter_as_staff, leave


async def show_door(house: House, request: web.Request) -> web.StreamResponse:
    """One button. Opening the page uses nothing up, so a mail program that looks at links cannot spend it."""
    return _draw(house, request, "door", 200)


async def enter(house: House, request: web.Request) -> web.StreamResponse:
    """Use the link and begin a session under a new token."""
    token = request.match_info["token"]
    entered = await asyncio.wrap_future(house.store.submit(lambda tx: enter_as_staff(tx, token)))
    if entered is None:
        return _draw(house, request, "spent", 403)
    answer = web.Response(status=303, headers={"Location": f"{BASE}/"})
    house.cookies.give(answer, "console", entered.token)
    return answer


async def sign_out(errand: Errand) -> web.StreamResponse:
    """End the session here and in the store."""
    token = errand.house.cookies.read(errand.request, "console")
    if token:
        await asyncio.wrap_future(errand.house.store.submit(lambda tx: leave(tx, token)))
    answer = _draw(errand.house, errand.request, "left", 200)
    errand.house.cookies.take(answer, "console")
    forget(answer)
    return answer


def ask_to_sign_in(house: House, request: web.Request) -> web.Response:
    """What everybody gets who is not signed in, whatever they asked for."""
    return _draw(house, request, "needed", 401)


def _draw(house: House, request: web.Request, what: str, status: int) -> web.Response:
    words = Words.of(request)
    stamp = f"{stamp_of(house.cookies.read(request, 'console')):0{STAMP_DIGITS}d}"
    css = BASE + house.static.url("a.css")
    body = house.pages.get_template("sign_in.html").render(
        t=words.t, locale=words.locale, css=css, what=what, stamp=stamp, base=BASE
    )
    return web.Response(text=body, status=status, content_type="text/html")
