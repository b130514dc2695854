"""The way in to the console: the guard that refuses by default, and the application the house mounts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from bot.console import auditing, sign_in, together
from bot.console.door import BASE, Porch, StaffDoor
from bot.console.errand import Errand, House
from bot.console.forms import Typed
from bot.console.routes import OPEN, ROUTES, Route
from bot.console.words import Words
from bot.http.cookies import Cookies
from bot.http.errors import calm_errors
from bot.http.forms import BadForm, read_form
from bot.http.headers import guard_headers
from bot.http.same_origin import same_origin
from bot.http.static import static_files
from bot.http.templates import make_environment
from storage.records import Role
from storage.sign_in import staff_of
from storage.vault import Store

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def make_console(store: Store, *, secure: bool, public_url: str, practice: bool, door: StaffDoor) -> web.Application:
    """The console, to be mounted at `/console/`. `secure`: the public address is https; it is written without a
    slash at its end. `practice` puts a strip on every page that says nothing here is real. `door`: the ways in.
    """
    cookies, static = Cookies(secure), static_files("bot.console")
    pages = make_environment("bot.console", "templates")
    house = House(store, pages, static, cookies, secure, public_url.rstrip("/"), practice, door)

    def draw(request: web.Request, status: int) -> str:
        return _plain_page(house, request, "not_found" if status in (404, 405) else "broken")

    app = web.Application(middlewares=[calm_errors(draw), same_origin(cookies)])
    guard_headers(app, https=secure)
    for open_ in OPEN:
        app.router.add_route(open_.method, open_.path, _open(sign_in.porch_of(house), open_.page))
    for route in ROUTES:
        app.router.add_route(route.method, route.path, _guarded(house, route))
    static.serve(app)
    return app


def _open(porch: Porch, page: Callable[[Porch, web.Request], Awaitable[web.StreamResponse]]) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        return await page(porch, request)

    return answer


def _guarded(house: House, route: Route) -> Handler:
    """Let nobody reach a page who is not at work here now, in a role that the route names."""

    async def answer(request: web.Request) -> web.StreamResponse:
        token = house.cookies.read(request, "console")
        actor = await house.store.ask(lambda tx: staff_of(tx, token)) if token else None
        if actor is None:
            return sign_in.ask_to_sign_in(house, request)
        if actor.role is Role.AUDITOR and route.path == "/":
            return web.Response(status=303, headers={"Location": auditing.HOME})
        if actor.role not in route.roles:
            return _page(house, request, "not_allowed", 403)
        if (away := together.confined(house, request)) is not None:
            return away
        form = await read_form(request) if request.method == "POST" else {}
        if isinstance(form, BadForm):
            return _page(house, request, "bad_form", 400)
        return await route.page(Errand(house, request, actor, frozenset(route.speaks), Typed(form)))

    return answer


def _page(house: House, request: web.Request, what: str, status: int) -> web.Response:
    return web.Response(text=_plain_page(house, request, what), status=status, content_type="text/html")


def _plain_page(house: House, request: web.Request, what: str) -> str:
    words = Words.of(request)
    css = BASE + house.static.url("a.css")
    return house.pages.get_template("plain.html").render(t=words.t, locale=words.locale, css=css, base=BASE, what=what)
