"""Telegram: updates in by webhook or polling, messages out; python-telegram-bot is the transport and the parser.

Its dispatcher, queue and updater are not used: they answer Telegram before the work is kept. Here an update is taken
(200, or the next offset) only when its turn is committed, and what it is answered with is a row of the same commit.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from enum import StrEnum
from typing import Any, TypeVar, cast

from aiohttp import web
from telegram import Bot, ChatMember, InputFile, Message, Update
from telegram.constants import ChatType
from telegram.error import Conflict, TelegramError
from telegram.request import RequestData
from telegram.request._requestparameter import RequestParameter

from bot import messenger
from bot.channels._bot_request import FailureKind, failure
from bot.channels.outbox import Sender
from bot.channels.words import Outgoing
from bot.engine import House
from bot.http.errors import where
from bot.messenger import Inbound, Press, Reply
from bot.recordings import Recording
from bot.talk import Typed
from storage.vault import Store, Tx

T = TypeVar("T")
log = logging.getLogger(__name__)
ALLOWED = ("message", "callback_query", "my_chat_member")
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  (a header's name)
LARGEST_BODY = 256 * 1024
BODY_SECONDS = 10.0
POLL_SECONDS = 25
CODES = "telegram/codes"
_IN_GROUP = (ChatMember.MEMBER, ChatMember.ADMINISTRATOR, ChatMember.RESTRICTED)


class Taken(StrEnum):
    """What became of an update."""

    DONE = "done"
    MALFORMED = "malformed"
    STORE_AWAY = "store_away"


class TelegramLine:
    """The line out. Calls go straight to the request object: what comes back is a number, and no object is needed."""

    def __init__(self, bot: Bot) -> None:
        """`bot` is open for as long as the line is used."""
        self._bot = bot

    async def send(self, chat: int, message: Outgoing) -> int:
        """Send one message; its number. A recording that Telegram refuses becomes the text it was sent with.

        A person may have forbidden voice messages, and then the words must reach her all the same. A refusal (400)
        says for certain that nothing was shown, so the text is still the first and only message.
        """
        sent = await self._voice(chat, message, message.voice) if message.voice is not None else None
        if sent is None:
            sent = await self.call("sendMessage", message.fields(chat))
        return int(cast(dict[str, Any], sent)["message_id"])

    async def _voice(self, chat: int, message: Outgoing, voice: Recording) -> Any:
        try:
            raw = await asyncio.to_thread(voice.path.read_bytes)
        except OSError:
            # It was taken away a moment ago.
            return None
        # The name a file is sent under says nothing of what is said in it.
        file = InputFile(raw, filename=f"voice.{voice.container}")
        try:
            return await self.call("sendVoice", message.voice_fields(chat), voice=file)
        except TelegramError as error:
            if failure(error).kind is not FailureKind.BAD:
                raise
            log.warning("telegram: a recording was refused: %s", failure(error).reason)
            return None

    async def remove(self, chat: int, number: int) -> None:
        """Take a message away."""
        await self.call("deleteMessage", {"chat_id": chat, "message_id": number})

    async def call(self, method: str, fields: Mapping[str, Any], **files: InputFile) -> Any:
        """Any method by its name."""
        parameters = [RequestParameter(name, value, None) for name, value in fields.items()]
        parameters += [RequestParameter(name, None, [file]) for name, file in files.items()]
        return await self._bot.request.post(f"{self._bot.base_url}/{method}", RequestData(parameters))


class Intake:
    """Takes updates, one turn each, and hands the answers to the sender."""

    def __init__(self, store: Store, house: House, bot: Bot, line: TelegramLine, sender: Sender) -> None:
        """All of them are open for as long as updates come."""
        self._store, self._house, self._bot, self._line, self._sender = store, house, bot, line, sender
        self._besides: set[asyncio.Task[None]] = set()

    async def take(self, raw: object) -> Taken:
        """Take one update as JSON; DONE when its turn is committed, or when there is nothing to do."""
        update = _parsed(raw, self._bot)
        if update is None:
            return Taken.MALFORMED
        chat = update.effective_chat
        if chat is None:
            return Taken.DONE
        if chat.type != ChatType.PRIVATE:
            self._leave(update, chat.id)
            return Taken.DONE
        inbound = _inbound(update)
        return await self._turn(update, inbound) if inbound is not None else Taken.DONE

    async def settled(self) -> None:
        """Wait for the small things done besides."""
        while self._besides:
            await asyncio.wait(self._besides)

    async def _turn(self, update: Update, inbound: Inbound) -> Taken:
        worker = self._sender.worker
        try:
            reply = await self._call(lambda tx: messenger.turn(tx, self._house, inbound, worker))
        except Exception as broke:  # the turn was rolled back; what remains is to say so and to tell a worker
            log.error("telegram: a turn failed: %s", where(broke))
            try:
                reply = await self._call(lambda tx: messenger.broke(tx, self._house, inbound, worker))
            except Exception as away:  # nothing can be written: Telegram keeps the update and brings it again
                log.error("telegram: the store cannot write: %s", where(away))
                return Taken.STORE_AWAY
        self._tidy_up(update, reply)
        if reply is not None:
            await self._sender.answer(reply)
        return Taken.DONE

    def _tidy_up(self, update: Update, reply: Reply | None) -> None:
        """Stop the button's spinning; take a code out of the chat again."""
        if update.callback_query is not None:
            self._besides_that("answerCallbackQuery", {"callback_query_id": update.callback_query.id})
        if reply is not None and reply.shown.step == CODES and update.message is not None:
            self._besides_that("deleteMessage", {"chat_id": reply.chat, "message_id": update.message.message_id})

    def _leave(self, update: Update, chat: int) -> None:
        """A group is left without a word."""
        member = update.my_chat_member
        if member is None or member.new_chat_member.status in _IN_GROUP:
            self._besides_that("leaveChat", {"chat_id": chat})

    def _besides_that(self, method: str, fields: Mapping[str, Any]) -> None:
        task = asyncio.create_task(self._quietly(method, fields), name=f"telegram-{method}")
        self._besides.add(task)
        task.add_done_callback(self._besides.discard)

    async def _quietly(self, method: str, fields: Mapping[str, Any]) -> None:
        try:
            await self._line.call(method, fields)
        except TelegramError as error:
            log.info("telegram: %s was not carried out (%s)", method, failure(error).reason)

    async def _call(self, call: Callable[[Tx], T]) -> T:
        return await self._store.ask(call)


def _parsed(raw: object, bot: Bot) -> Update | None:
    if not isinstance(raw, dict) or not isinstance(raw.get("update_id"), int):
        return None
    try:
        return Update.de_json(raw, bot)
    except Exception:  # whatever shape it has, it is not one that Telegram sends
        return None


def _inbound(update: Update) -> Inbound | None:
    """What a private chat said; None for what needs no answer."""
    chat, user = update.effective_chat, update.effective_user
    if chat is None:
        return None
    language = user.language_code if user is not None else None
    if update.callback_query is not None:
        return Inbound(update.update_id, chat.id, Press(update.callback_query.data or ""), language)
    if isinstance(update.message, Message):
        return Inbound(update.update_id, chat.id, Typed(update.message.text or ""), language)
    return None


# --- the two ways in ----------------------------------------------------------------------------------------


def serve_webhook(app: web.Application, intake: Intake, secret: str) -> None:
    """Add `POST /telegram/`. 403: not Telegram; 400: not an update; 503: cannot be kept now, bring it again."""

    async def post(request: web.Request) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode("utf-8", "surrogateescape"), secret.encode()):
            return web.Response(status=403)
        body = await _body(request)
        if body is None:
            return web.Response(status=413)
        try:
            raw: object = json.loads(body)
        except (ValueError, RecursionError):
            return web.Response(status=400)
        match await intake.take(raw):
            case Taken.DONE:
                return web.Response(status=200)
            case Taken.MALFORMED:
                return web.Response(status=400)
            case Taken.STORE_AWAY:
                return web.Response(status=503)

    app.router.add_post("/telegram/", post)


async def _body(request: web.Request) -> bytes | None:
    """The body, unless it is too long or too slow."""
    if (request.content_length or 0) > LARGEST_BODY:
        return None
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for piece in request.content.iter_any():
                body += piece
                if len(body) > LARGEST_BODY:
                    return None
    except TimeoutError:
        return None
    return bytes(body)


async def poll(
    bot: Bot,
    line: TelegramLine,
    intake: Intake,
    stopping: asyncio.Event,
    judge: Callable[[TelegramError], Awaitable[None]],
) -> None:
    """Ask for updates until told to stop. An update is acknowledged by the next question, after its commit.

    `judge` is told of each question that was not answered.
    """
    offset, pause = 0, 1.0
    while not stopping.is_set():
        asked = {"offset": offset, "timeout": POLL_SECONDS, "allowed_updates": list(ALLOWED)}
        try:
            parameters = RequestData([RequestParameter(name, value, None) for name, value in asked.items()])
            question = bot.request.post(f"{bot.base_url}/getUpdates", parameters, read_timeout=POLL_SECONDS + 10.0)
            updates = cast(list[dict[str, Any]], await _unless(stopping, question))
        except Conflict:
            log.critical("telegram: another process asks for this bot's updates")
            updates, pause = [], 30.0
        except TelegramError as error:
            log.warning("telegram: no updates (%s)", failure(error).reason)
            await judge(error)
            updates, pause = [], min(pause * 2, 30.0)
        else:
            pause = 1.0
            if await _take_all(intake, updates):
                offset = max([offset, *(int(one["update_id"]) + 1 for one in updates)])
                continue
        await _unless(stopping, asyncio.sleep(pause))


async def _take_all(intake: Intake, updates: list[dict[str, Any]]) -> bool:
    """Chats side by side, each in its own order; False when something could not be kept and must come again."""
    lanes: dict[object, list[dict[str, Any]]] = {}
    for update in updates:
        lanes.setdefault(_lane(update), []).append(update)

    async def one_after_another(lane: list[dict[str, Any]]) -> bool:
        for update in lane:
            if await intake.take(update) is Taken.STORE_AWAY:
                return False
        return True

    return all(await asyncio.gather(*(one_after_another(lane) for lane in lanes.values())))


def _lane(update: dict[str, Any]) -> object:
    inside = update.get("message") or update.get("callback_query") or {}
    return (inside.get("from") or {}).get("id")


async def _unless(stopping: asyncio.Event, work: Coroutine[Any, Any, Any]) -> Any:
    """The result of the work, or an empty list when told to stop first."""
    doing = asyncio.create_task(work, name="poll")
    told = asyncio.create_task(stopping.wait(), name="told")
    done, _ = await asyncio.wait({doing, told}, return_when=asyncio.FIRST_COMPLETED)
    told.cancel()
    if doing in done:
        return doing.result()
    doing.cancel()
    return []
