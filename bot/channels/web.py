"""The web chat: one address, a reading turn for each GET, a moving turn for each POST, and always 303 between them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from aiohttp import web
from markupsafe import Markup

from bot import engine
from bot.channels.doorway import Doorway, Tried
from bot.channels.eid import Eid, serve_eid
from bot.channels.look import serve_looks
from bot.channels.own_copy import copy_file
from bot.channels.sounds import Sounds
from bot.engine import Here, House, Shown
from bot.faces.frame import AWAY, Frame
from bot.faces.helplines import error_page, help_page
from bot.faces.reply import read_reply
from bot.faces.web import page
from bot.http.cookies import Cookies
from bot.http.errors import calm_errors, where
from bot.http.forms import BadForm, read_form
from bot.http.headers import forget, guard_headers
from bot.http.languages import asked_language
from bot.http.listening import BODY
from bot.http.same_origin import from_our_page, same_origin, stamp_of
from bot.http.static import StaticFiles, static_files
from bot.proofreading import lacking
from bot.recordings import Recordings
from bot.speech import Locale, locale, locales
from bot.talk import Ask, Block, Choice, Door, Event, Screen, Text, Typed
from storage.payloads import TalkState
from storage.sign_in import CHAT_IDLE, Entered, leave, trust, visit_open
from storage.talks import state_text
from storage.vault import Store, Tx

T = TypeVar("T")
log = logging.getLogger(__name__)
LONGEST_TOKEN = 100
StripOf = Callable[[web.Request], Markup]


@dataclass(frozen=True, slots=True)
class Chat:
    """What the chat is made of. `strip` draws what stands above the front page, in the demo only."""

    store: Store
    house: House
    cookies: Cookies
    static: StaticFiles
    doorway: Doorway
    sounds: Sounds
    strip: StripOf | None = None

    async def call(self, call: Callable[[Tx], T]) -> T:
        """Hand a call to the store and wait for its commit."""
        return await self.store.ask(call)


def house_of(unsigned: Callable[[str], frozenset[str]], default: str = "sv") -> House:
    """The languages of the house, and what nobody has signed in them."""
    return House(tuple((one.tag, one.own_name) for one in locales()), default, lambda tag: unsigned(tag) | lacking(tag))


def draw_first(now: datetime) -> None:
    """Draw the page that everybody sees first, for nobody: whoever comes first need not wait while templates, words
    and dates are read.
    """
    house = house_of(engine.nothing)
    shown = engine.front(house, house.default_locale, now)
    page(shown.screen, locale(shown.locale), step=shown.step, turn=1, hidden_turn=False, frame=Frame("", "", ""))


def make_chat(
    store: Store,
    doorway: Doorway,
    *,
    secure: bool,
    house: House | None = None,
    strip: StripOf | None = None,
    bot: Callable[[], str | None] = engine.nobody,
    eid: Eid | None = None,
    recordings: Recordings | None = None,
) -> web.Application:
    """The chat as an application to listen with at `/`. `secure`: the public address is https. `house` is what the
    engine knows of it; without one nothing is unsigned.

    `bot` gives the name of the Telegram bot that grown-ups may link, once it is known; `eid` is the broker of e-IDs;
    `recordings` is what was read aloud here.
    """
    cookies, sounds = Cookies(secure), Sounds(recordings or Recordings(), store.keyring["pepper"])
    chat = Chat(
        store,
        replace(house if house is not None else house_of(engine.nothing), bot=bot, eid=eid is not None),
        cookies,
        static_files("bot.faces"),
        doorway,
        sounds,
        strip,
    )

    def draw(request: web.Request, status: int) -> str:
        return error_page(_locale(request), status, _frame(chat, request))

    ours = same_origin(cookies, unstamped=("/practice/",) if strip else ())
    app = web.Application(middlewares=[calm_errors(draw), ours], client_max_size=BODY)
    guard_headers(app, https=secure)
    for method, path, answer in ROUTES:
        app.router.add_route(method, path, _with(chat, answer))
    serve_looks(app, store, cookies, sounds)
    sounds.serve(app)
    if eid is not None:
        serve_eid(app, eid, store, cookies, lambda request: (_locale(request), _frame(chat, request)))
    chat.static.serve(app)
    return app


def _with(chat: Chat, answer: Page) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answered(request: web.Request) -> web.StreamResponse:
        return await answer(chat, request)

    return answered


async def _show(chat: Chat, request: web.Request) -> web.Response:
    """Draw where the conversation stands. Whoever has none gets the first page, and a session at the first tap."""
    token = chat.cookies.read(request, "chat")
    shown = await _shown(chat, token) if token else None
    if shown is not None:
        return _page(chat, request, shown, token)
    response = _page(chat, request, engine.front(chat.house, _locale(request).tag, chat.store.clock()), None)
    if token:
        chat.cookies.take(response, "chat")
    return response


async def _shown(chat: Chat, token: str) -> Shown | None:
    return await chat.call(lambda tx: engine.show(tx, chat.house, token))


async def _here(chat: Chat, token: str) -> Here | None:
    return await chat.call(lambda tx: engine.here(tx, chat.house, token))


async def _enter(chat: Chat, request: web.Request, line: str | None = None) -> Entered:
    state = state_text(TalkState("welcome/front", 1, {}, line=line, locale=_locale(request).tag))
    return await chat.call(lambda tx: visit_open(tx, state))


async def _take(chat: Chat, request: web.Request) -> web.Response:
    """Take one event in. Whatever comes of it, the answer is the same 303 to the one address."""
    form = await read_form(request)
    response = web.Response(status=303, headers={"Location": "/"})
    token = chat.cookies.read(request, "chat")
    if isinstance(form, BadForm):
        if token is not None:
            await chat.call(partial(engine.unread, house=chat.house, token=token))
        return response
    reply = read_reply(form)
    if reply.event is None or reply.turn is None:
        return response
    event: Event | None = reply.event
    if token is None:
        entered = await _enter(chat, request)
        token = entered.token
        _give(chat, response, entered)
    if isinstance(event, Typed):
        # A code is typed, so only typed words need to know first where they would go.
        here = await _here(chat, token)
        tried = await chat.doorway.try_words(token, here, event) if here and here.turn == reply.turn else Tried(event)
        if tried.entered is not None:
            token = tried.entered.token
            _give(chat, response, tried.entered)
        event = tried.event
    if event is not None:
        await _turn(chat, request, response, token, event, reply.turn)
    return response


async def _turn(
    chat: Chat, request: web.Request, response: web.Response, token: str, event: Event, number: int
) -> None:
    try:
        moved = await chat.call(lambda tx: engine.turn(tx, chat.house, token, event, number))
    except Exception as broke:  # the turn was rolled back; what remains is to say so and to tell a worker
        log.error("chat: a turn failed: %s", where(broke))
        await chat.call(lambda tx: engine.failed(tx, chat.house, token, event, number))
        return
    if moved.gone:
        chat.cookies.take(response, "chat")
    elif moved.late:
        await _rest(chat, request, response, token)
    elif moved.door is Door.LEAVE:
        await chat.call(lambda tx: leave(tx, token))
        chat.cookies.take(response, "chat")
    elif moved.door is Door.TRUST:
        here = await _here(chat, token)
        person = here.person if here else None
        if person is not None:
            _give(chat, response, await chat.call(lambda tx: trust(tx, token, person)))


async def _rest(chat: Chat, request: web.Request, response: web.Response, token: str) -> None:
    """Words came after the session had rested: they are kept. A phone that is only hers asks for the PIN next; on
    any other the session is over, and the first page says that the words arrived.
    """
    if await _here(chat, token) is None:
        await chat.call(lambda tx: leave(tx, token))
        _give(chat, response, await _enter(chat, request, line="line.kept_and_rested"))


def _give(chat: Chat, response: web.Response, entered: Entered) -> None:
    keep = int(entered.lives / timedelta(seconds=1)) if entered.lives else None
    chat.cookies.give(response, "chat", entered.token, keep=keep)


async def _invite(chat: Chat, request: web.Request) -> web.Response:
    """The door of an invite: a field and a button. It looks nothing up and uses nothing up."""
    return _door(chat, request, None)


async def _accept(chat: Chat, request: web.Request) -> web.Response:
    token, form = request.match_info["token"], await read_form(request)
    if isinstance(form, BadForm) or len(token) > LONGEST_TOKEN:
        return _door(chat, request, Text("invite.wrong"))
    code = form.get("text") or form.get("code", "")
    entered = await chat.doorway.accept(token, code[:LONGEST_TOKEN], _asked(request))
    if entered is None:
        return _door(chat, request, Text("invite.wrong"))
    response = web.Response(status=303, headers={"Location": "/"})
    _give(chat, response, entered)
    return response


def _door(chat: Chat, request: web.Request, line: Text | None) -> web.Response:
    screen = Screen(
        Text("invite.title"),
        (Block((Text("invite.lead"),), symbol="paper"),),
        ask=Ask(Text("invite.label"), limit=8, secret=True),
        choices=(Choice("/send", Text("invite.button"), symbol="key"),),
        note=line,
    )
    drawn = page(
        screen,
        _locale(request),
        step="invite",
        turn=0,
        hidden_turn=False,
        frame=replace(_frame(chat, request), locales=locales()),
        action=request.path,
    )
    return web.Response(text=drawn, status=422 if line else 200, content_type="text/html", charset="utf-8")


async def _help(chat: Chat, request: web.Request) -> web.Response:
    drawn = help_page(_locale(request), replace(_frame(chat, request), locales=locales()))
    return web.Response(text=drawn, content_type="text/html", charset="utf-8")


async def _out(chat: Chat, request: web.Request) -> web.Response:
    """Leave first: the browser is sent away whatever becomes of the session, and the session ends.

    A picture on somebody else's page may ask for this address too, and its answer would take her own phone's key away.
    """
    token = chat.cookies.read(request, "chat")
    response = web.Response(status=303, headers={"Location": AWAY})
    if from_our_page(request.headers, request.headers.get("Host", ""), https=chat.cookies.https) is False:
        return response
    chat.cookies.take(response, "chat")
    forget(response)
    if token:
        try:
            await asyncio.wait_for(chat.call(lambda tx: leave(tx, token)), timeout=2)
        except Exception as broke:  # she must get away even when the store cannot write
            log.error("chat: a session could not be ended on the way out: %s", where(broke))
    return response


async def _copy(chat: Chat, request: web.Request) -> web.Response:
    """A grown-up's own copy as a file; whoever may not have it is sent to where she stands, and learns nothing."""
    token = chat.cookies.read(request, "chat")
    own = await chat.call(lambda tx: engine.own_copy(tx, chat.house, token)) if token else None
    if own is None:
        return web.Response(status=303, headers={"Location": "/"})
    headers = {"Content-Disposition": 'attachment; filename="copy.json"'}
    body = copy_file(own, locale(own.me.locale))
    return web.Response(body=body, headers=headers, content_type="application/json", charset="utf-8")


def _page(chat: Chat, request: web.Request, shown: Shown, token: str | None) -> web.Response:
    spoken = locale(shown.locale)
    strip = chat.strip(request) if chat.strip and shown.step == "welcome/front" else Markup()
    idle = int(CHAT_IDLE / timedelta(seconds=1)) if not shown.step.startswith(("welcome/", "open/")) else None
    frame = replace(_frame(chat, request), stamp=stamp_of(token), strip=strip, idle=idle, ring=shown.ring)
    screen = replace(shown.screen, note=shown.line) if shown.line else shown.screen
    drawn = page(screen, spoken, step=shown.step, turn=shown.turn, hidden_turn=shown.quiet, frame=frame)
    return web.Response(text=drawn, content_type="text/html", charset="utf-8")


def _frame(chat: Chat, request: web.Request) -> Frame:
    static = chat.static
    stamp = stamp_of(chat.cookies.read(request, "chat"))
    return Frame(static.url("a.css"), static.url("a.js"), static.url("a.svg"), stamp=stamp, hear=chat.sounds.hear)


def _locale(request: web.Request) -> Locale:
    tags = tuple(one.tag for one in locales())
    return locale(asked_language(_asked(request) or request.headers.get("Accept-Language"), tags))


def _asked(request: web.Request) -> str | None:
    """A language picked on a page that has no conversation: `?l=tag`."""
    tag = request.query.get("l")
    return tag if tag in {one.tag for one in locales()} else None


Page = Callable[[Chat, web.Request], Awaitable[web.Response]]
ROUTES: tuple[tuple[str, str, Page], ...] = (
    ("GET", "/", _show),
    ("POST", "/", _take),
    ("GET", "/i/{token}", _invite),
    ("POST", "/i/{token}", _accept),
    ("GET", "/help", _help),
    ("GET", "/copy.json", _copy),
    ("GET", "/out", _out),
    ("POST", "/out", _out),
)
