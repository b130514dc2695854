"""What the chat and the console share: how long and how much a listener puts up with."""

from __future__ import annotations

import logging

from aiohttp import web

from bot.http.errors import LAST_RESORT, where
from bot.http.forms import LIMIT
from bot.http.headers import EVERYWHERE, NO_TRACE, SERVER

KEEP_ALIVE = 30.0
LINE = 4096
FIELD = 8190
HEADERS = 64
LINGER = 2.0


class WithoutWords(logging.Filter):
    """What aiohttp says about a request that it cannot read quotes the request: an invite, a cookie, an address."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep that it happened, and nothing of it."""
        failure = record.exc_info[1] if record.exc_info else None
        what = where(failure) if failure is not None else "no reason given"
        record.msg, record.args, record.exc_info, record.exc_text = (
            f"web: a request was not read: {what}",
            (),
            None,
            None,
        )
        return True


log = logging.getLogger(__name__)
log.addFilter(WithoutWords())


class _Calm(web.RequestHandler):
    """What aiohttp cannot parse it answers before any app is asked, with its own name and the first line it was sent:
    an invite, perhaps. Here it is answered with the page that stands when all else fails.
    """

    __slots__ = ()

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """The answer to a request that was not read; the line is closed after it."""
        super().handle_error(request, status, exc, message)
        headers = {**EVERYWHERE, "Server": SERVER, "Cache-Control": NO_TRACE}
        answer = web.Response(text=LAST_RESORT, status=status, content_type="text/html", headers=headers)
        answer.force_close()
        return answer


class _Listener(web.Server):
    def __call__(self) -> web.RequestHandler:
        return _Calm(self, loop=self._loop, **self._kwargs)


class _Runner(web.AppRunner):
    async def _make_server(self) -> web.Server:
        made = await super()._make_server()
        # aiohttp has no other place where the class of a line can be said.
        made.__class__ = _Listener
        return made


def make_runner(app: web.Application) -> web.AppRunner:
    """A runner with our limits and no access log: an address may be an invite, and a log outlives it.

    aiohttp has no deadline for the head of a request; the nginx in front has one (`client_header_timeout`).
    The body has one in `read_form`.
    """
    return _Runner(
        app,
        access_log=None,
        logger=log,
        keepalive_timeout=KEEP_ALIVE,
        max_line_size=LINE,
        max_field_size=FIELD,
        max_headers=HEADERS,
        lingering_time=LINGER,
    )


# For `web.Application(client_max_size=BODY)`: a file upload has a route, and a limit, of its own.
BODY = LIMIT
