"""The rehearsal room: small real bots on python-telegram-bot, for stories with the stand-in."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from aiohttp import web
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from bot.channels._bot_request import BotRequest, Timeouts
from bot.channels.stand_in import SECRET_HEADER, BotApi, Limits, Patience, Terms

TOKEN = "7712345678:AAF_practice-Token_0123456789abcdefgh"
HALF = TOKEN.partition(":")[2]
SECRET = "a-secret_for-the-hook"

PracticeApp = Application[Any, Any, Any, Any, Any, Any]


class Day:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def unhurried() -> Terms:
    """No sending limits, and a webhook that is tried again at once."""
    return Terms(limits=Limits.none(), patience=Patience(first=0.02, most=0.1, answer=2.0))


async def greet(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.effective_chat is not None
    words = "Welcome back" if context.args else "Hello"
    rows = [
        [
            InlineKeyboardButton("Yes", callback_data="yes"),
            InlineKeyboardButton("No", callback_data="no"),
        ]
    ]
    await context.bot.send_message(
        update.effective_chat.id, words, reply_markup=InlineKeyboardMarkup(rows), protect_content=True
    )


async def thank(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    query = update.callback_query
    assert query is not None
    await query.answer("Thank you")
    await query.edit_message_text(f"You said {query.data}")


async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.effective_message is not None
    await context.bot.send_message(update.effective_message.chat_id, f"You wrote {update.effective_message.text}")


def application(api: BotApi, wire: BotRequest | None = None, *, polls: bool = False) -> PracticeApp:
    """A bot that greets, thanks and echoes, on our wire; with `polls` it has PTB's own `Updater`."""
    wire = wire or BotRequest(timeouts=Timeouts(read=2.0))
    builder = Application.builder().token(TOKEN).base_url(api.base_url).job_queue(None)
    builder = builder.request(wire).get_updates_request(wire)
    app = cast("PracticeApp", (builder if polls else builder.updater(None)).build())
    app.add_handler(CommandHandler("start", greet))
    app.add_handler(CallbackQueryHandler(thank))
    app.add_handler(MessageHandler(filters.TEXT & filters.ChatType.PRIVATE, echo))
    return app


@asynccontextmanager
async def polling(api: BotApi) -> AsyncIterator[PracticeApp]:
    """The bot, asking for updates until the block ends."""
    app = application(api, polls=True)
    async with app:
        assert app.updater is not None
        await app.updater.start_polling()
        await app.start()
        try:
            yield app
        finally:
            await app.updater.stop()
            await app.stop()


@asynccontextmanager
async def bare_bot(api: BotApi, timeouts: Timeouts | None = None) -> AsyncIterator[Bot]:
    """A bot that only speaks when told to."""
    wire = BotRequest(timeouts=timeouts or Timeouts(read=2.0))
    bot = Bot(TOKEN, base_url=api.base_url, request=wire, get_updates_request=wire)
    async with bot:
        yield bot


@dataclass(slots=True)
class Doorstep:
    """A webhook's receiving end: what came, and what it answers to each post (then 200), after `seconds`."""

    url: str = ""
    secrets: list[str] = field(default_factory=list)
    updates: list[dict[str, Any]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    reply: dict[str, Any] | None = None
    app: PracticeApp | None = None
    elsewhere: str = ""
    seconds: float = 0.0
    at_once: int = 0
    most_at_once: int = 0

    @property
    def texts(self) -> list[str]:
        return [update["message"]["text"] for update in self.updates if "message" in update]

    async def receive(self, request: web.Request) -> web.Response:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(self.seconds)
        self.at_once -= 1
        secret = request.headers.get(SECRET_HEADER, "")
        self.secrets.append(secret)
        if secret != SECRET:
            return web.Response(status=403)
        status = self.answers.pop(0) if self.answers else 200
        if status != 200:
            return web.Response(status=status, headers={"Location": self.elsewhere})
        update = await request.json()
        self.updates.append(update)
        if self.app is not None:
            await self.app.process_update(Update.de_json(update, self.app.bot))
        return web.json_response(self.reply) if self.reply else web.Response()


@asynccontextmanager
async def doorstep() -> AsyncIterator[Doorstep]:
    """A real HTTP server for webhook posts, on a free loopback port."""
    door = Doorstep()
    app = web.Application()
    app.router.add_post("/telegram/", door.receive)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    door.url = f"http://127.0.0.1:{runner.addresses[0][1]}/telegram/"
    try:
        yield door
    finally:
        await runner.cleanup()


def chain(error: BaseException) -> list[BaseException]:
    """The error, and everything that hangs on it."""
    found: list[BaseException] = []
    todo: list[BaseException | None] = [error]
    while todo:
        now = todo.pop()
        if now is not None and now not in found:
            found.append(now)
            todo += [now.__cause__, now.__context__]
    return found


def tells_nothing(error: BaseException) -> bool:
    """True when neither token nor address is anywhere in the error, its args, chain and traceback."""
    told = "".join(traceback.format_exception(error))
    told += "".join(f"{each!r} {each} {each.args}" for each in chain(error))
    # PTB writes some messages in small letters.
    return HALF.casefold() not in told.casefold() and "127.0.0.1" not in told
