"""E-ID in the web chat, for grown-ups who come back: it proves who asks; a person decides what opens.

Nobody is let in here by an e-ID alone. It is kept with a request that is being written, or it opens what a worker
has released to exactly this e-ID. Somebody under eighteen is sent on kindly, whatever waits (security T2).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.faces.frame import Frame
from bot.faces.web import page
from bot.http.cookies import Cookies
from bot.http.oidc import Failed, Identity, Provider
from bot.http.slips import Slip, cookie_name, fresh_slip, give_slip, read_slip, slip_key, take_slip
from bot.speech import Locale
from bot.talk import Block, Choice, Screen, Text
from storage.commands import ShowEid
from storage.consent import Actor, Withheld, is_of_age
from storage.eid import born_on, enter_by_eid
from storage.gate import Sitting
from storage.payloads import TalkState
from storage.records import VISITOR, Channel, ClaimToken, Strength
from storage.sign_in import Entered
from storage.staff_sign_in import spend_slip
from storage.talks import open_talk, state_text
from storage.vault import Store, Tx

BACK = "/eid/back"
FOR_CLAIM, TO_COME_IN = "eidclaim", "eidin"
STEP = "show_eid/claim"
# Why it came to nothing, and the status of the page that says so.
NO = {"down": 503, "said_no": 403, "tampered": 403, "level": 403, "minor": 403, "not_open": 403, "gone": 403}
_ZONE = ZoneInfo("Europe/Stockholm")
Look = Callable[[web.Request], tuple[Locale, Frame]]


@dataclass(frozen=True, slots=True)
class Eid:
    """The broker, and the claim in which it gives the personal number."""

    broker: Provider
    number: str


@dataclass(frozen=True, slots=True)
class _Hall:
    eid: Eid
    store: Store
    cookies: Cookies
    look: Look

    def slip(self, request: web.Request) -> Slip | None:
        value = request.cookies.get(cookie_name(https=self.cookies.https))
        slip = read_slip(slip_key(self.store.keyring["pepper"]), value, self.store.clock())
        return slip if slip is not None and slip.purpose in (FOR_CLAIM, TO_COME_IN) else None

    def say(self, request: web.Request, what: str, status: int) -> web.Response:
        """A page with one button, which leads on to the conversation."""
        locale, frame = self.look(request)
        title = Text("eid.yes" if status == 200 else "eid.no")
        screen = Screen(title, (Block((Text(f"eid.{what}"),)),), choices=(Choice("on", Text("eid.on")),))
        drawn = page(screen, locale, step="eid", turn=0, hidden_turn=False, frame=frame, action="/eid/on")
        answer = web.Response(text=drawn, status=status, content_type="text/html", charset="utf-8")
        take_slip(answer, https=self.cookies.https)
        return answer


def serve_eid(app: web.Application, eid: Eid, store: Store, cookies: Cookies, look: Look) -> None:
    """Add the four addresses. `look` gives the language and the frame of a page."""
    hall = _Hall(eid, store, cookies, look)

    async def for_claim(request: web.Request) -> web.StreamResponse:
        """Away to the broker, for the request that stands at this step in this browser."""
        token = cookies.read(request, "chat")
        claim = await asyncio.wrap_future(store.submit(lambda tx: _claim_at(tx, token))) if token else ""
        return await _away(hall, request, FOR_CLAIM, claim) if claim else _on()

    async def to_come_in(request: web.Request) -> web.StreamResponse:
        return await _away(hall, request, TO_COME_IN, "")

    async def back(request: web.Request) -> web.StreamResponse:
        return await _back(hall, request)

    async def on(_: web.Request) -> web.StreamResponse:
        return _on()

    app.router.add_get("/eid/claim", for_claim)
    app.router.add_get("/eid/in", to_come_in)
    app.router.add_get(BACK, back)
    app.router.add_post("/eid/on", on)


def _on() -> web.Response:
    return web.Response(status=303, headers={"Location": "/"})


def _claim_at(tx: Tx, token: str) -> str:
    """The secret of the request whose e-ID is asked for just now; '' at any other step."""
    talk = open_talk(tx, token, write=False)
    state = talk.state if talk is not None and talk.person is None else None
    return str(state.fields.get("claim", "")) if state is not None and state.step == STEP else ""


async def _away(hall: _Hall, request: web.Request, purpose: str, about: str) -> web.Response:
    slip = fresh_slip(slip_key(hall.store.keyring["pepper"]), purpose, about, hall.store.clock())
    address = await hall.eid.broker.address(slip)
    if isinstance(address, Failed):
        return hall.say(request, address, NO[address])
    answer = web.Response(status=303, headers={"Location": address})
    give_slip(answer, slip, https=hall.cookies.https)
    return answer


async def _back(hall: _Hall, request: web.Request) -> web.Response:
    slip = hall.slip(request)
    if slip is None or not await asyncio.wrap_future(hall.store.submit(lambda tx: spend_slip(tx, slip.value))):
        return hall.say(request, Failed.TAMPERED, 403)
    who = await hall.eid.broker.identify(dict(request.query), slip)
    if isinstance(who, Failed):
        return hall.say(request, who, NO[who])
    number = str(who.claims.get(hall.eid.number, ""))
    born = born_on(number)
    if born is None or not is_of_age(born, hall.store.clock().astimezone(_ZONE).date()):
        return hall.say(request, "said_no" if born is None else "minor", 403)
    if slip.purpose == FOR_CLAIM:
        kept = await asyncio.wrap_future(hall.store.submit(lambda tx: _keep(tx, slip, number, who)))
        return hall.say(request, "kept", 200) if kept else hall.say(request, "gone", 403)
    entered = await asyncio.wrap_future(hall.store.submit(lambda tx: enter_by_eid(tx, number, _fresh(hall, request))))
    return _welcome(hall, request, entered) if entered is not None else hall.say(request, "not_open", 403)


def _keep(tx: Tx, slip: Slip, number: str, who: Identity) -> bool:
    """Seal it in the claim, at the door, as whoever holds the claim's secret."""
    names = (str(who.claims.get(part, "")) for part in ("given_name", "family_name"))
    holder = str(who.claims.get("name", "")) or " ".join(name for name in names if name)
    with Sitting(tx, Actor(VISITOR, Strength.NONE), Channel.WEB, lock=True) as sitting:
        return not isinstance(sitting.do(ShowEid(ClaimToken(slip.about), number, holder)), Withheld)


def _welcome(hall: _Hall, request: web.Request, entered: Entered) -> web.Response:
    answer = hall.say(request, "welcome", 200)
    keep = int(entered.lives / timedelta(seconds=1)) if entered.lives else None
    hall.cookies.give(answer, "chat", entered.token, keep=keep)
    return answer


def _fresh(hall: _Hall, request: web.Request) -> str:
    locale, _ = hall.look(request)
    return state_text(TalkState("way_in/choose", 1, {}, locale=locale.tag))
