"""What the chat and the console share: when something breaks, a calm page with numbers to ring."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import Callable

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

Draw = Callable[[web.Request, int], str]

log = logging.getLogger(__name__)

# Stands when even drawing fails; it needs neither words from a catalogue nor a style.
LAST_RESORT = (
    '<!doctype html><html lang="sv" dir="ltr"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Start</title></head>'
    '<body><main data-step="error" data-turn="0"><h1>Något gick sönder här.</h1>'
    "<p>Det är inte ditt fel. Försök igen om en stund.</p>"
    '<p>Fara nu? <a href="tel:112">112</a></p>'
    '<p>Under 18 år: <a href="tel:116111">116 111</a> (Bris)</p>'
    '<p lang="en">Something broke here. It is not your fault. In danger now? Call 112.</p>'
    '<p><a href="/">Start</a></p></main></body></html>'
)
BROKEN = 500
FIRST_ERROR = 400


def calm_errors(draw: Draw) -> Middleware:
    """Turn refusals and failures into a page drawn by `draw(request, status)`, without details.

    `draw` must not ask the store: it is called when the store is down, too. Put this outermost.
    """

    @web.middleware
    async def catch(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as refusal:
            if refusal.status < FIRST_ERROR:
                raise
            return _page(request, refusal.status, draw, refusal.headers.get("Allow"))
        except (asyncio.CancelledError, ConnectionResetError):
            raise
        except Exception as failure:  # whatever broke, she gets a page
            log.error("web: %s %s failed: %s", request.method, route_of(request), where(failure))
            return _page(request, BROKEN, draw, None)

    return catch


def _page(request: web.Request, status: int, draw: Draw, allow: str | None) -> web.Response:
    try:
        words = draw(request, status)
    except Exception as failure:  # whatever broke, she gets a page
        log.error("web: the page for %s could not be drawn: %s", status, where(failure))
        words = LAST_RESORT
    answer = web.Response(text=words, status=status, content_type="text/html", charset="utf-8")
    if allow:
        answer.headers["Allow"] = allow
    return answer


def route_of(request: web.Request) -> str:
    """The route's pattern and never the address: an address may carry an invite."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "(no route)"


def where(failure: BaseException) -> str:
    """The kind of an exception and the line it came from, without its words: they might be somebody's."""
    frames = traceback.extract_tb(failure.__traceback__)
    place = f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else "?"
    return f"{type(failure).__name__} at {place}"
