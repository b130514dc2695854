"""What reaches the guardian's Telegram: the house's own sender and bot, on the line to a stand-in for Telegram.

Kept is every call that is for her, with its time and its fields, and what became of the rows that asked it. Links and
buttons carry a secret that is new each time: those keep their length.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from telegram.ext import Application

from bot import messenger
from bot.channels._bot_request import BotRequest
from bot.channels.outbox import Sender
from bot.channels.stand_in import BotApi, Limits, Terms
from bot.channels.telegram import TelegramLine
from bot.channels.web import house_of
from bot.channels.words import Outgoing
from bot.engine import House, nothing
from bot.messenger import Inbound, Press
from bot.recordings import Recordings
from bot.talk import Typed
from storage import _tables as t
from tests.prove.guardian_walk import Trace
from tests.storage.family import MOTHER
from tests.storage.house import Clock
from tests.storage.house import House as Stored

PHONE = 7001
TOKEN = "7712345678:AAF_practice-Token_0123456789abcdefgh"
IN_CHAT = ("/start", "/privacy", "/language", "hallå?", "case-mira", "/help", "/start forged")
_SECRET = re.compile(r"[\w-]{43}")
_LINK = re.compile(r"/n/([\w-]{43})")


@dataclass
class Post:
    """The stand-in for Telegram, the line to it, and its clock, which follows that of the house it is open for."""

    api: BotApi
    line: Line
    clock: Clock


class Line(TelegramLine):
    """The line, on which something can happen while a message to her is on its way."""

    meanwhile: Callable[[], None] | None = None

    async def send(self, chat: int, message: Outgoing) -> int:
        """Send it; what is to happen meanwhile happens once, at the first message to her."""
        if chat == PHONE and self.meanwhile is not None and self.sending:
            happens, self.meanwhile = self.meanwhile, None
            await asyncio.to_thread(happens)
        return await super().send(chat, message)

    # Whether the sender is at work, and not an answer to her on its way.
    sending = False


@asynccontextmanager
async def post_office() -> AsyncIterator[Post]:
    """A Telegram that is there for many worlds, one after the other."""
    clock = Clock()
    async with BotApi(TOKEN, clock=clock, terms=Terms(limits=Limits.none())) as api:
        wire = BotRequest()
        builder = Application.builder().token(TOKEN).base_url(api.base_url).updater(None).job_queue(None)
        bot = builder.request(wire).get_updates_request(wire).build().bot
        await wire.initialize()
        try:
            yield Post(api, Line(bot), clock)
        finally:
            await wire.shutdown()


def sender_of(house: Stored, post: Post) -> Sender:
    """The house's own sender on the line to the stand-in."""
    post.clock.now = house.clock.now
    return Sender(house.store, _made(), post.line, name="7712345678", rate=0, public_url="https://example.test",
                  recordings=Recordings())  # fmt: skip


def _made() -> House:
    """The house of the chat, which tells in Telegram whoever may be told there."""
    return replace(house_of(nothing), content=True)


async def send_what_is_due(house: Stored, post: Post, trace: Trace) -> None:
    """Let the sender send until nothing is due, and write down what reached Telegram for her."""
    first, sender = len(post.api.accepted), sender_of(house, post)
    post.line.sending = True
    running = asyncio.create_task(sender.run())
    async with asyncio.timeout(20):
        # Rows say so, and rows wake nobody.
        while _is_due(house):  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    sender.stop()
    await running
    post.line.sending = False
    _write_down(post, first, trace)


def _is_due(house: Stored) -> bool:
    now = int(house.clock.now.timestamp() * 1000)
    waits = ("queued", "retry_wait")
    rows = house.rows(t.outbox)
    return any(row.state in ("claimed", "sending") or (row.state in waits and row.due_at <= now) for row in rows)


async def talk(house: Stored, post: Post, trace: Trace, said: Sequence[str]) -> None:
    """What she writes to the bot and presses there, and what it answers."""
    first, sender, update = len(post.api.accepted), sender_of(house, post), 1
    for words in said:
        reply = await _turn(house, Inbound(update, PHONE, Typed(words), "sv"), sender)
        update += 1
        for nonce in list(reply.nonces.values()) if reply is not None else []:
            await _turn(house, Inbound(update, PHONE, Press(nonce), "sv"), sender)
            update += 1
    await sender.settled()
    _write_down(post, first, trace)


async def _turn(house: Stored, inbound: Inbound, sender: Sender) -> Any:
    made = _made()
    reply = await house.store.ask(lambda tx: messenger.turn(tx, made, inbound, sender.worker))
    if reply is not None:
        await sender.answer(reply)
        await sender.settled()
    return reply


def _write_down(post: Post, first: int, trace: Trace) -> None:
    calls = [one for one in post.api.accepted[first:] if one.chat == PHONE]
    trace.links += _LINK.findall(str([one.fields for one in calls]))
    trace.calls += [(one.method, one.at, _spare(one.fields)) for one in calls]


def _spare(found: object) -> object:
    """What was sent, without what is new each time (a link's secret, a button's) and the stand-in's own numbers."""
    match found:
        case Mapping():
            return tuple((name, _length(value) if name == "callback_data" else _spare(value))
                         for name, value in found.items() if name != "message_id")  # fmt: skip
        case str():
            return _SECRET.sub("x" * 43, found)
        case list() | tuple():
            return tuple(map(_spare, found))
        case _ if hasattr(found, "__slots__"):
            return tuple((name, _spare(getattr(found, name))) for name in found.__slots__)
        case _:
            return found


def _length(value: object) -> int:
    return len(str(value))


def waiting_for_her(house: Stored) -> list[tuple[object, ...]]:
    """The rows of the outbox that are about her: what, when, and what became of them, in the order they came."""
    named = ("sort", "what", "case_id", "ref", "ref_version", "channel", "due_at", "wall", "not_after", "state",
             "attempt", "reason", "created_at", "done_at")  # fmt: skip
    rows = house.rows(t.outbox, person=MOTHER)
    return sorted((tuple(getattr(row, name) for name in named) for row in rows), key=str)
