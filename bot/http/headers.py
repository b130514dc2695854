"""What the chat and the console share: the headers of every answer, strict and telling nothing."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; media-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
EVERYWHERE: Mapping[str, str] = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), fullscreen=(), "
        "geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
# aiohttp announces its version and Python's; this word names neither the software nor what it is for.
SERVER = "web"
NO_TRACE = "no-store"
HSTS = "max-age=63072000"
# Storage and cookies too: whoever leaves in a hurry has no time to ask for it.
FORGET = '"cache", "cookies", "storage"'


def guard_headers(app: web.Application, *, https: bool) -> None:
    """Give every answer of the app, refusals and failures included, the strict headers. Call once per listener.

    A page may be stricter, and a static file may name its own Cache-Control; nothing else is kept of what was set.
    What aiohttp cannot parse at all is answered before any app is asked (`bot.http.listening`).
    """

    async def dress(_: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(EVERYWHERE)
        response.headers["Server"] = SERVER
        response.headers.setdefault("Cache-Control", NO_TRACE)
        if https:
            response.headers["Strict-Transport-Security"] = HSTS

    app.on_response_prepare.append(dress)


def forget(response: web.StreamResponse) -> None:
    """Ask the browser to forget what it kept of this house: for the quick exit and for signing out."""
    response.headers["Clear-Site-Data"] = FORGET
