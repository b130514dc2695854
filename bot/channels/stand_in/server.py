"""The front door: a Telegram of one's own on the loopback interface, for practice and for tests.

A real HTTP server that speaks the part of the Bot API this project uses, strict by the schema and by
Telegram's rules, so that python-telegram-bot's own `Application` runs against it unchanged.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import re
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import TracebackType
from typing import Self, cast

from aiohttp import web

from .chats import Chat, Json, Person
from .cloud import Cloud
from .delivery import Delivery, Patience
from .exchange import Accepted, Exchange
from .faults import Faults
from .pace import Limits
from .people import Group, User
from .spec import Refusal, Upload, bad

BODY_BYTES = 55 * 1024 * 1024
_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Terms:
    """What may be set about a stand-in. `pulse` is a monotonic clock in seconds, for the limits."""

    username: str = "practice_bot"
    name: str = "Practice"
    limits: Limits = field(default_factory=Limits)
    patience: Patience = field(default_factory=Patience)
    pulse: Callable[[], float] = time.monotonic
    first_update: int = 100_000_001


class BotApi:
    """The stand-in: `async with BotApi(token) as api`, then `Application...base_url(api.base_url)`.

    `clock` dates messages (aware; the 48 hours of `deleteMessage` are counted by it). Open to read:
    `accepted` and `refused` calls (the last 100,000), `chats` by id, the bot's `profile`, and `faults`,
    by which things go wrong.
    """

    def __init__(self, token: str, *, clock: Callable[[], datetime] = _now, terms: Terms | None = None) -> None:
        if not _TOKEN.fullmatch(token):
            raise ValueError("a bot token is digits, a colon, then letters, digits, _ and -")
        terms = terms or Terms()
        number = int(token.partition(":")[0])
        self.bot = Person(number, terms.name, username=terms.username, is_bot=True)
        self.faults = Faults()
        self._cloud = Cloud(self.bot, clock, terms.pulse, terms.first_update)
        self._exchange = Exchange(self._cloud, self.faults, terms.limits)
        self.accepted = self._exchange.accepted
        self.refused = self._exchange.refused
        self.profile = self._cloud.profile
        self.chats: Mapping[int, Chat] = self._cloud.chats
        self._door = _Door(token, self._exchange)
        self._delivery = Delivery(self._cloud.updates, self.faults, terms.patience, self._exchange.call_back)
        self._posting: asyncio.Task[None] | None = None

    async def start(self, port: int = 0) -> None:
        """Opens the door on 127.0.0.1; port 0 takes a free one. Raises OSError when it is taken."""
        await self._door.open(port)
        self._posting = asyncio.create_task(self._delivery.run(), name="webhook-delivery")

    async def close(self) -> None:
        """Closes the door; polls that wait come home empty. Safe to call twice."""
        self._cloud.updates.close()
        if self._posting is not None:
            self._posting.cancel()
            with suppress(asyncio.CancelledError):
                await self._posting
            self._posting = None
        await self._door.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    @property
    def base_url(self) -> str:
        """What python-telegram-bot's `base_url` wants: everything before the token."""
        return f"http://127.0.0.1:{self._door.port}/bot"

    @property
    def unknown_fields(self) -> tuple[str, ...]:
        """Parameters sent that the schema does not know, as `method.path`. Telegram ignores them."""
        return tuple(f"{call.method}.{path}" for call in self.accepted for path in call.unknown)

    @property
    def waiting(self) -> int:
        """How many updates the bot has not taken yet."""
        return len(self._cloud.updates.pending)

    def user(self, user_id: int, name: str, language_code: str | None = None) -> User:
        """A person with Telegram on her phone; the same id gives the same chat again."""
        chat = self._cloud.chats.get(user_id)
        person = chat.person if chat is not None else None
        if chat is None or person is None:
            person = Person(user_id, name, language_code)
            chat = self._cloud.chats[user_id] = Chat(user_id, "", person)
        return User(self._cloud, person, chat)

    def group(self, group_id: int, title: str) -> Group:
        """A group; its id is negative. The bot is not in it until a member adds it."""
        if group_id >= 0:
            raise ValueError("a group's id is negative")
        chat = self._cloud.chats.setdefault(group_id, Chat(group_id, title, None))
        return Group(self._cloud, chat)

    def calls(self, method: str, chat: int | None = None) -> list[Accepted]:
        """The accepted calls of one method, to one chat when it is given."""
        return [c for c in self.accepted if c.method == method and chat in (None, c.chat)]

    def renumber(self, next_update: int) -> None:
        """Goes on with other update ids, as Telegram does at random after a quiet week."""
        self._cloud.updates.renumber(next_update)

    async def settled(self, within: float = 5.0) -> None:
        """Waits until the bot has taken every update. Raises TimeoutError after `within` seconds."""
        async with asyncio.timeout(within):
            while self.waiting:
                await self._cloud.updates.bell.wait()


class _Door:
    """The HTTP side: who may come in, how parameters are read and answers written."""

    def __init__(self, token: str, exchange: Exchange) -> None:
        self._token = token
        self._exchange = exchange
        self._runner: web.AppRunner | None = None
        self.port = 0

    async def open(self, port: int) -> None:
        app = web.Application(client_max_size=BODY_BYTES)
        app.router.add_route("*", "/bot{token:[^/]*}/{method}", self._serve)
        # No access log: its lines would carry the token. Who hangs up while polling is no longer there.
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0, handler_cancellation=True)
        await runner.setup()
        self._runner = runner
        try:
            await web.TCPSite(runner, "127.0.0.1", port).start()
        except OSError:
            await self.close()
            raise
        self.port = cast("tuple[str, int]", runner.addresses[0])[1]

    async def close(self) -> None:
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        token = request.match_info["token"]
        if not _TOKEN.fullmatch(token):
            return _response(Refusal(404, "Not Found"))
        if not hmac.compare_digest(token, self._token):
            return _response(Refusal(401, "Unauthorized"))
        raw = await _parameters(request)
        if isinstance(raw, Refusal):
            return _response(raw)
        result, fault = await self._exchange.call(request.match_info["method"], raw)
        if fault is not None and fault.seconds:
            await asyncio.sleep(fault.seconds)
        if fault is not None and fault.dropped and request.transport is not None:
            request.transport.abort()
        return _response(result)


async def _parameters(request: web.Request) -> dict[str, object] | Refusal:
    """Parameters from the query and from a JSON, form or multipart body."""
    out: dict[str, object] = dict(request.query)
    try:
        if request.content_type == "application/json":
            came: object = await request.json()
            if not isinstance(came, dict):
                return bad("can't parse JSON object")
            return out | {str(name): value for name, value in came.items()}
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                out[name] = Upload(value.filename, value.content_type, value.file.read())
            else:
                out[name] = value if isinstance(value, str) else bytes(value).decode("utf-8")
    except web.HTTPRequestEntityTooLarge:
        return Refusal(413, "Request Entity Too Large")
    except (ValueError, LookupError, RecursionError):
        return bad("strings must be encoded in UTF-8" if out else "can't parse the request")
    return out


def _response(result: object) -> web.Response:
    if not isinstance(result, Refusal):
        return _json(200, {"ok": True, "result": result})
    body: Json = {"ok": False, "error_code": result.code, "description": result.description}
    if result.retry_after:
        body["parameters"] = {"retry_after": result.retry_after}
    return _json(result.code, body)


def _json(status: int, body: Json) -> web.Response:
    content = json.dumps(body, ensure_ascii=False).encode("utf-8")
    return web.Response(status=status, body=content, content_type="application/json")
