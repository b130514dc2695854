"""The door of the console: which ways in there are, the page that shows them, and how a session begins and ends."""

from __future__ import annotations

import asyncio
import ipaddress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from bot.console.words import Words
from bot.http.cookies import Cookies
from bot.http.oidc import Provider
from bot.http.same_origin import STAMP_DIGITS, stamp_of
from bot.http.slips import Slip, cookie_name, fresh_slip, give_slip, read_slip, slip_key, take_slip
from bot.http.static import StaticFiles
from storage.records import StaffId
from storage.sign_in import Entered, hashed
from storage.staff_sign_in import tying
from storage.vault import Store

BASE = "/console"


@dataclass(frozen=True, slots=True)
class StaffDoor:
    """The ways in. `account` is the municipality's own sign-in.

    `links_enter`: a one-time link opens the console by itself, as in the demo; else it only begins to tie a way in.
    """

    account: Provider | None = None
    links_enter: bool = False


def key_host(public_url: str) -> str | None:
    """The name that passkeys belong to; None when the address is a number, to which none can (WebAuthn, 5.1.2)."""
    host = urlsplit(public_url).hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host or None
    return None


def turned_cookie(*, secure: bool) -> str:
    """The name of the cookie of a tablet that is turned to a child."""
    return "__Host-together" if secure else "together"


@dataclass(frozen=True, slots=True)
class Porch:
    """What the pages at the door need of the house."""

    store: Store
    pages: Any
    static: StaticFiles
    cookies: Cookies
    secure: bool
    public_url: str
    door: StaffDoor

    def slip(self, purpose: str, about: str = "") -> Slip:
        """A new slip."""
        return fresh_slip(slip_key(self.store.keyring["pepper"]), purpose, about, self.store.clock())

    def brought(self, request: web.Request, purpose: str) -> Slip | None:
        """The slip a browser brought back, if it was made for this."""
        value = request.cookies.get(cookie_name(https=self.secure))
        slip = read_slip(slip_key(self.store.keyring["pepper"]), value, self.store.clock())
        return slip if slip is not None and slip.purpose == purpose else None

    async def tying(self, request: web.Request) -> StaffId | None:
        """Who may tie a way in to herself: whoever has just used her link, or is signed in and holds the device.

        While the tablet is turned to a child, nobody: a child's finger must not become a worker's key.
        """
        token = self.cookies.read(request, "console")
        if token is None or turned_cookie(secure=self.secure) in request.cookies:
            return None
        return await asyncio.wrap_future(self.store.submit(lambda tx: tying(tx, hashed(token))))

    async def tying_session(self, request: web.Request) -> str:
        """The mark of the session in which somebody may tie a way in to herself; '' when there is none."""
        token = self.cookies.read(request, "console")
        return hashed(token).hex() if token is not None and await self.tying(request) is not None else ""

    def draw(
        self, request: web.Request, what: str, status: int, *, slip: Slip | None = None, **facts: Any
    ) -> web.Response:
        """A page at the door; with a slip it hands one out, without it takes back what there was."""
        words, key = Words.of(request), key_host(self.public_url)
        shared = {
            "t": words.t,
            "words": words,
            "locale": words.locale,
            "css": BASE + self.static.url("a.css"),
            "js": BASE + self.static.url("a.js"),
            "stamp": f"{stamp_of(self.cookies.read(request, 'console')):0{STAMP_DIGITS}d}",
            "base": BASE,
            "what": what,
            "account": self.door.account is not None,
            "key": key is not None and not self.door.links_enter,
            "options": "",
            "ceremony": "",
        }
        body = self.pages.get_template("sign_in.html").render({**shared, **facts})
        answer = web.Response(text=body, status=status, content_type="text/html")
        if slip is not None:
            give_slip(answer, slip, https=self.secure)
        elif cookie_name(https=self.secure) in request.cookies:
            take_slip(answer, https=self.secure)
        return answer

    def begin(self, request: web.Request, entered: Entered) -> web.Response:
        """A session has begun. The page leads on by itself: a browser on its way back from another site would not
        bring a strict cookie along with a redirect.
        """
        answer = self.draw(request, "welcome", 200)
        self.cookies.give(answer, "console", entered.token)
        return answer
