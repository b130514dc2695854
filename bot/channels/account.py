"""The bot's account: opened in the background, so that a Telegram that is away never keeps the house from opening."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, cast

from aiohttp import web
from telegram.error import TelegramError
from telegram.ext import Application

from bot.channels._bot_request import BotRequest, FailureKind, failure
from bot.channels.outbox import REFUSED, Sender
from bot.channels.telegram import ALLOWED, Intake, TelegramLine, poll, serve_webhook
from bot.engine import House
from bot.http.errors import where
from bot.messenger import COMMANDS
from bot.recordings import Recordings
from bot.speech import locales
from bot.talk import Text
from storage.outbox import bot_refused, bot_taken
from storage.vault import Store

log = logging.getLogger(__name__)
AT_ONCE = 10
# Telegram knows languages by two letters only; who speaks another one chooses it in the chat.
TELEGRAM_TAG = 2
LONGEST_WAIT = 60.0
BotApp = Application[Any, Any, Any, Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Terms:
    """How to reach Telegram. `hook` is the public address of the webhook, None for polling; `base` as PTB takes it.

    `recordings` is what was read aloud here, which goes with the words.
    """

    token: str
    base: str
    rate: float
    public_url: str
    hook: str | None
    secret: str
    recordings: Recordings = Recordings()  # noqa: RUF009  (frozen, and says only where to look)


def new_secret() -> str:
    """A secret for the webhook when none was given."""
    return secrets.token_urlsafe(32)


class Account:
    """One bot: its line out, its way in, its sender."""

    def __init__(self, store: Store, house: House, terms: Terms) -> None:
        """Nothing is asked of Telegram before `running`."""
        self._terms, self._store = terms, store
        self._wire = BotRequest()
        builder = Application.builder().token(terms.token).base_url(terms.base).updater(None).job_queue(None)
        self._app = cast(BotApp, builder.request(self._wire).get_updates_request(self._wire).build())
        self.line = TelegramLine(self._app.bot)
        name = terms.token.partition(":")[0]
        self.sender = Sender(store, house, self.line, name=name, rate=terms.rate, public_url=terms.public_url,
                             recordings=terms.recordings)  # fmt: skip
        self.intake = Intake(store, house, self._app.bot, self.line, self.sender)
        self.username: str | None = None
        self.ready = asyncio.Event()
        self._no: str | None = None
        self._stopping = asyncio.Event()

    @property
    def refused(self) -> str | None:
        """Why Telegram does not take what this bot says; None while it does, and while it is only away."""
        return self._no or self.sender.refused

    def serve(self, app: web.Application) -> None:
        """Add the webhook's address to the public server."""
        serve_webhook(app, self.intake, self._terms.secret)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Open for as long as the block runs; what is on its way is finished before it ends."""
        work = asyncio.create_task(self._run(), name="telegram")
        try:
            yield
        finally:
            self._stopping.set()
            self.sender.stop()
            await work
            await self.sender.settled()
            await self.intake.settled()
            with suppress(TelegramError):
                await self._app.shutdown()
            await self._wire.shutdown()

    async def _run(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self.sender.run(), name="sender")
                group.create_task(self._open(), name="telegram-open")
        except* Exception as broke:  # the house stays open without Telegram
            log.critical("telegram: stopped: %s", "; ".join(where(one) for one in broke.exceptions))

    async def _open(self) -> None:
        wait = 1.0
        while not self._stopping.is_set():
            try:
                await self._introduce()
                break
            except TelegramError as error:
                log.warning("telegram: not open yet (%s)", failure(error).reason)
                await self._judge(error)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), wait)
            wait = min(2 * wait, LONGEST_WAIT)
        if self._terms.hook is None and not self._stopping.is_set():
            await poll(self._app.bot, self.line, self.intake, self._stopping, self._judge)

    async def _judge(self, error: TelegramError) -> None:
        """Keep that the token was refused, and let every unit know; whatever else went wrong passes by itself."""
        judged = failure(error)
        if judged.kind is FailureKind.BOT_DEAD and self._no is None:
            self._no = REFUSED[judged.kind]
            await asyncio.wrap_future(self._store.submit(bot_refused))

    async def _introduce(self) -> None:
        """Say who we are, where updates go, and what can be written in each language."""
        await self._app.initialize()
        self.username = self._app.bot.username
        if self._terms.hook is None:
            await self.line.call("deleteWebhook", {"drop_pending_updates": False})
        else:
            hook = {
                "url": self._terms.hook, "secret_token": self._terms.secret, "allowed_updates": list(ALLOWED),
                "max_connections": AT_ONCE, "drop_pending_updates": False,
            }  # fmt: skip
            await self.line.call("setWebhook", hook)
        for spoken in (one for one in locales() if len(one.tag) == TELEGRAM_TAG):
            said = [{"command": name, "description": spoken.say(Text(f"telegram.command.{name}"))} for name in COMMANDS]
            fields: dict[str, Any] = {"commands": said}
            # The first of ours is for everybody else.
            fields |= {} if spoken is locales()[0] else {"language_code": spoken.tag}
            await self.line.call("setMyCommands", fields)
        self._no = None
        await asyncio.wrap_future(self._store.submit(bot_taken))
        self.ready.set()
