"""The wire to Telegram: python-telegram-bot's requests on one aiohttp session, and what an error means.

PTB's own transport writes the bot token into logs and exceptions and cannot tell a call that never
left from one that perhaps arrived. Here every loss is a `NetworkError` or `TimedOut` whose text is
only the name of what happened, and whose cause is `NotSent` or `PerhapsSent`.

    wire = BotRequest()
    app = Application.builder().token(token).request(wire).get_updates_request(wire).build()
    try:
        await app.bot.send_message(chat_id, text)
    except TelegramError as exc:
        match failure(exc).kind: ...
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from typing import Any, Final, cast

from aiohttp import (
    ClientConnectorError,
    ClientHttpProxyError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    DummyCookieJar,
    FormData,
    InvalidURL,
    Payload,
    ServerFingerprintMismatch,
    TCPConnector,
)
from telegram.error import BadRequest, NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from ._bot_failure import Failure, FailureKind, NotSent, PerhapsSent, TokenRefused, failure

__all__ = [
    "BotRequest",
    "Failure",
    "FailureKind",
    "NotSent",
    "PerhapsSent",
    "Timeouts",
    "TokenFilter",
    "TokenRefused",
    "failure",
    "hide_tokens",
    "without_tokens",
]

# PTB 22 warns at every 429 unless one asks for the types of its next version.
os.environ.setdefault("PTB_TIMEDELTA", "1")

PAUSE_UNSAID: Final = 30
"""Seconds to wait after a 429 that does not say how long (a proxy's, not Telegram's)."""

_TOKEN = re.compile(r"(?:(?<=bot)[0-9]+(?::|%3A)[\w-]+|\b[0-9]{6,}:[\w-]{20,})")
_TALKATIVE = ("telegram.Bot", "telegram.ext.ExtBot", "httpx", "httpcore", "aiohttp.client", "asyncio")
_UNSENT = (ClientConnectorError, ClientHttpProxyError, InvalidURL, ServerFingerprintMismatch)


class TokenFilter(logging.Filter):
    """Blacks out bot tokens in log records, in the message and in a traceback. Lets all of them pass."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        clean = without_tokens(said)
        if clean != said:
            record.msg, record.args = clean, None
        if record.exc_info and not record.exc_text:
            record.exc_text = without_tokens(logging.Formatter().formatException(record.exc_info))
        return True


_FILTER = TokenFilter()


def without_tokens(text: str) -> str:
    """The text with every bot token in it blacked out."""
    return _TOKEN.sub("<bot token>", text)


def hide_tokens() -> None:
    """Keeps the token out of what libraries log, at any level. May be called more than once.

    A filter on a logger sees only what is logged there by name, so each one that is known to name
    addresses gets it; a handler can have a `TokenFilter` besides.
    """
    for name in _TALKATIVE:
        logging.getLogger(name).addFilter(_FILTER)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Default seconds: for a free connection, to connect, to write (with files), and to be answered."""

    pool: float = 5.0
    connect: float = 5.0
    write: float = 5.0
    write_files: float = 30.0
    read: float = 10.0


class BotRequest(BaseRequest):
    """PTB's transport on aiohttp, for both of its request objects.

    A session that is given is shared and left open; without one, a session of its own is made at the
    first call and closed by `shutdown`. Redirects are not followed: they would carry the token away.
    """

    __slots__ = ("_connections", "_own", "_session", "_timeouts")

    def __init__(
        self,
        session: ClientSession | None = None,
        *,
        timeouts: Timeouts | None = None,
        connections: int = 64,
    ) -> None:
        hide_tokens()
        self._session = session
        self._own = session is None
        self._timeouts = timeouts or Timeouts()
        self._connections = connections

    @property
    def read_timeout(self) -> float | None:
        """Seconds an answer may take when a call does not say otherwise."""
        return self._timeouts.read

    async def initialize(self) -> None:
        """Nothing to do: the session is made when it is first needed."""

    async def shutdown(self) -> None:
        """Closes the session if it is our own; a later call makes a new one."""
        if self._own and self._session is not None:
            session, self._session = self._session, None
            await session.close()

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """Reads an answer. PTB's own reader would log a body it can't read, word for word."""
        answer = _read(payload)
        if answer is None:
            raise TelegramError("Invalid server response")
        return answer

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,
        connect_timeout: object = BaseRequest.DEFAULT_NONE,
        pool_timeout: object = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One HTTP exchange: status and body. Timeouts are seconds, None (no bound) or the default.

        Raises `BadRequest` for what cannot be written down, `TokenRefused`, and `NetworkError` or
        `TimedOut` with `NotSent` or `PerhapsSent` as their cause.
        """
        default = self._timeouts
        files = request_data is not None and request_data.contains_files
        read = _or(read_timeout, default.read)
        write = _or(write_timeout, default.write_files if files else default.write)
        connect, pool = _or(connect_timeout, default.connect), _or(pool_timeout, default.pool)
        bounds = ClientTimeout(total=None, connect=_sum(pool, connect), sock_connect=connect, sock_read=read)
        body = _body(request_data)
        if isinstance(body, BadRequest):
            raise body
        # aiohttp bounds connecting and waiting for the answer; writing only this bound around all.
        whole = _sum(pool, connect, write, read)
        answer = await self._exchanged(method, url, body, bounds, whole)
        if isinstance(answer, TelegramError):
            raise answer
        return _tidied(answer, getting_me=url.endswith("/getMe"))

    async def _exchanged(
        self, method: str, url: str, body: _Body, bounds: ClientTimeout, whole: float | None
    ) -> _Answer | TelegramError:
        # Errors are given back, not raised here: aiohttp's exceptions name the address, and one that
        # is raised while another is handled carries it along as its context.
        session = self._open_session()
        if session.closed:
            return _lost(NotSent("SessionClosed"))
        try:
            async with (
                asyncio.timeout(whole),
                session.request(
                    method,
                    url,
                    data=body.content,
                    headers=body.headers,
                    timeout=bounds,
                    allow_redirects=False,
                ) as response,
            ):
                payload = await response.read()
                return _Answer(response.status, payload, response.headers.get("Retry-After", ""))
        except Exception as exc:
            # Broad on purpose: an error nobody foresaw must not carry the address out either.
            return _lost(exc)

    def _open_session(self) -> ClientSession:
        if self._session is None:
            self._session = ClientSession(
                connector=TCPConnector(limit=self._connections),
                cookie_jar=DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
            )
        return self._session


@dataclass(frozen=True, slots=True)
class _Body:
    content: Payload | bytes | None
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    payload: bytes
    wait: str


def _or(given: object, default: float) -> float | None:
    if given is None or isinstance(given, int | float):
        return given
    return default


def _sum(*parts: float | None) -> float | None:
    """The bounds together; without a bound as soon as one of them is."""
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None


def _body(request_data: RequestData | None) -> _Body | BadRequest:
    if request_data is None:
        return _Body(None, {})
    try:
        if not request_data.contains_files:
            # Native JSON: encoded once, and a third of a form's bytes in most scripts.
            content = json.dumps(request_data.parameters, ensure_ascii=False).encode("utf-8")
            return _Body(content, {"Content-Type": "application/json"})
        # Names as they are: percent-encoded ones would be shown so.
        form = FormData(quote_fields=False)
        for name, text in request_data.json_parameters.items():
            form.add_field(name, text)
        for name, (filename, file, mime) in request_data.multipart_data.items():
            # A stream is written in pieces; a large block of bytes would hold up the loop.
            stream = BytesIO(file) if isinstance(file, bytes) else file
            form.add_field(name, stream, filename=filename, content_type=mime)
        return _Body(form(), {})
    except (TypeError, ValueError) as exc:
        return BadRequest(type(exc).__name__)


def _lost(exc: Exception) -> TelegramError:
    """PTB's exception for a lost call: a name for its text, and our word for what became of it."""
    name = str(exc) if isinstance(exc, NotSent) else type(exc).__name__
    error = TimedOut(name) if isinstance(exc, TimeoutError) else NetworkError(name)
    unsent = isinstance(exc, (NotSent, ConnectionTimeoutError, *_UNSENT))
    error.__cause__ = NotSent(name) if unsent else PerhapsSent(name)
    return error


def _tidied(answer: _Answer, *, getting_me: bool) -> tuple[int, bytes]:
    """An answer PTB can raise the right error from, with nothing in it that should not be repeated."""
    status = answer.status
    if status // 100 == HTTPStatus.OK // 100:
        return status, answer.payload
    if getting_me and status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND):
        raise TokenRefused("Telegram does not know this bot")
    # Without Telegram's words it is a proxy's page, which may show the address it was asked for.
    said = _read(answer.payload) or {}
    parameters = cast("dict[str, object]", said.get("parameters") or {})
    if status == HTTPStatus.TOO_MANY_REQUESTS and not parameters.get("retry_after"):
        parameters["retry_after"] = int(answer.wait) if answer.wait.isdecimal() else PAUSE_UNSAID
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        # It will be too large the next time too.
        status = HTTPStatus.BAD_REQUEST
    description = without_tokens(str(said.get("description", f"HTTP status {answer.status}")))
    tidy = {"ok": False, "description": description} | ({"parameters": parameters} if parameters else {})
    return int(status), json.dumps(tidy).encode("utf-8")


def _read(payload: bytes) -> dict[str, Any] | None:
    try:
        answer: object = json.loads(payload.decode("utf-8", "replace"))
    except ValueError:
        return None
    return cast("dict[str, Any]", answer) if isinstance(answer, dict) else None
