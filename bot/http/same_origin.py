"""What the chat and the console share: a change is only taken from our own pages."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.http.cookies import Cookies, Jar
from bot.http.forms import BadForm, read_form

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
STAMP_FIELD = "stamp"
TURN_FIELD = "turn"
STAMP_DIGITS = 12
STAMPS = 1_000_000_000_000
_FIELD_DIGITS = 20


def stamp_of(cookie: str | None) -> int:
    """Twelve digits that only a page drawn for this cookie knows; without a cookie they are the same for everybody.

    Forty bits of a keyed hash of a 256-bit secret: they prove the page and say nothing about the secret.
    """
    mark = hmac.new((cookie or "").encode(), b"form-stamp", hashlib.sha256).digest()
    return int.from_bytes(mark[:8], "big") % STAMPS


def stamp_in(form: Mapping[str, str]) -> int | None:
    """The stamp a form carries: in its own field, or as the first digits of the chat's hidden turn."""
    own = form.get(STAMP_FIELD, "")
    if own.isascii() and own.isdigit():
        return int(own[:STAMP_DIGITS])
    turn = form.get(TURN_FIELD, "")
    if turn.isascii() and turn.isdigit() and len(turn) == _FIELD_DIGITS:
        return int(turn[:STAMP_DIGITS])
    return None


def from_our_page(headers: Mapping[str, str], host: str, *, https: bool = False) -> bool | None:
    """Whether the browser says the form stood on our own page; None when it says nothing at all.

    `https`: a page of our name over plain http is not ours; on an open network anybody can write one.
    """
    site = headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("Origin")
    # A page that sends no referrer has the origin "null" in its own forms too, for browsers that know no Sec-Fetch-Site
    # (Fetch standard, "append a request Origin header"): on an old phone it says nothing of whose page it was.
    if origin is not None and origin != "null":
        said = urlsplit(origin)
        return bool(host) and said.netloc.lower() == host.lower() and (said.scheme == "https" or not https)
    return None


def same_origin(
    cookies: Cookies, *, open_paths: tuple[str, ...] = ("/telegram/", "/out"), unstamped: tuple[str, ...] = ()
) -> Middleware:
    """Refuse (403) a change that does not come from our page.

    Browsers that name no origin, and plain clients, must give back the stamp of the page they got.
    `open_paths` ask for themselves: a webhook has a secret of its own and no cookie, and the way out must open for the
    beacon of an old phone. Forms for `unstamped` ones carry no stamp (the demo's).
    """

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.method in SAFE_METHODS or request.path.startswith(open_paths):
            return await handler(request)
        said = from_our_page(request.headers, request.headers.get("Host", ""), https=cookies.https)
        if said is None:
            said = request.path.startswith(unstamped) or await _stamped(request, cookies)
        if not said:
            raise web.HTTPForbidden
        return await handler(request)

    return check


async def _stamped(request: web.Request, cookies: Cookies) -> bool:
    form = await read_form(request)
    if isinstance(form, BadForm):
        return False
    given = stamp_in(form)
    jar: Jar = "console" if request.path.startswith("/console") else "chat"
    wanted = stamp_of(cookies.read(request, jar))
    return given is not None and hmac.compare_digest(str(given), str(wanted))
