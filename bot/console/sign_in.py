"""The door of the console: the one-time link, the page for whoever is not signed in, and a session's end."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.console.door import BASE, Porch
from bot.console.errand import Errand, House
from bot.http.headers import forget
from storage.sign_in import end_sessions, enter_as_staff, leave
from storage.staff_sign_in import enrol_by_link


async def show_door(porch: Porch, request: web.Request) -> web.StreamResponse:
    """One button. Opening the page uses nothing up, so a mail program that looks at links cannot spend it."""
    return porch.draw(request, "door", 200)


async def enter(porch: Porch, request: web.Request) -> web.StreamResponse:
    """Use the link: it begins to tie a way in to her; in the demo it lets her in."""
    token, opens = request.match_info["token"], porch.door.links_enter
    call = enter_as_staff if opens else enrol_by_link
    entered = await asyncio.wrap_future(porch.store.submit(lambda tx: call(tx, token)))
    if entered is None:
        return porch.draw(request, "spent", 403)
    answer = web.Response(status=303, headers={"Location": f"{BASE}/" if opens else f"{BASE}/enrol"})
    porch.cookies.give(answer, "console", entered.token)
    return answer


async def sign_out(errand: Errand) -> web.StreamResponse:
    """End the session here and in the store."""
    token = errand.house.cookies.read(errand.request, "console")
    if token:
        await asyncio.wrap_future(errand.house.store.submit(lambda tx: leave(tx, token)))
    return _left(errand)


async def sign_out_everywhere(errand: Errand) -> web.StreamResponse:
    """End every session of hers, on every device."""
    await asyncio.wrap_future(errand.house.store.submit(lambda tx: end_sessions(tx, errand.actor.id)))
    return _left(errand)


def _left(errand: Errand) -> web.StreamResponse:
    answer = porch_of(errand.house).draw(errand.request, "left", 200)
    errand.house.cookies.take(answer, "console")
    forget(answer)
    return answer


def ask_to_sign_in(house: House, request: web.Request) -> web.Response:
    """What everybody gets who is not signed in, whatever they asked for."""
    return porch_of(house).draw(request, "needed", 401)


def porch_of(house: House) -> Porch:
    """The house as its door sees it."""
    return Porch(house.store, house.pages, house.static, house.cookies, house.secure, house.public_url, house.door)
