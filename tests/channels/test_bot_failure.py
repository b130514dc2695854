"""The judge of sending errors: each of Telegram's noes, and each error of the library, means one thing."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import timedelta

import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    PassportDecryptionError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from bot.channels._bot_request import Failure, FailureKind, NotSent, TokenRefused, failure
from bot.channels.stand_in import BotApi
from tests.channels.practice_bots import TOKEN, bare_bot, tells_nothing, unhurried


async def test_telegrams_own_noes_are_told_apart() -> None:
    kinds: dict[str, FailureKind] = {}
    async with BotApi(TOKEN, terms=unhurried()) as api, bare_bot(api) as bot:
        sara = api.user(8, "Sara")
        sara.start()
        sent = await bot.send_message(8, "one")

        async def judge(name: str, call: Awaitable[object]) -> Failure:
            with pytest.raises(TelegramError) as caught:
                await call
            assert tells_nothing(caught.value)
            kinds[name] = failure(caught.value).kind
            return failure(caught.value)

        api.faults.too_many(3)
        assert (await judge("pause", bot.send_message(8, "two"))).retry_after == 3.0
        await judge("same", sent.edit_text("one"))
        await judge("nobody", bot.send_message(999, "who"))
        await judge("long", bot.send_message(8, "x" * 5000))
        await judge("unwritable", bot.send_message(8, "\ud800"))
        api.faults.broken(500, kept=True)
        await judge("broken", bot.send_message(8, "three"))
        await judge("unknown", bot.do_api_request("no_such_method"))
        await bot.delete_message(8, sent.message_id)
        await judge("gone", bot.delete_message(8, sent.message_id))
        sara.block()
        await judge("blocked", bot.send_message(8, "four"))
        await bot.set_webhook("http://127.0.0.1:9/")
        await judge("conflict", bot.get_updates())
    assert {name: kind.value for name, kind in kinds.items()} == {
        "pause": "pause",
        "same": "nothing_to_do",
        "nobody": "blocked",
        "long": "bad",
        "unwritable": "bad",
        "broken": "ambiguous",
        "unknown": "bad",
        "gone": "nothing_to_do",
        "blocked": "blocked",
        "conflict": "conflict",
    }


async def test_every_error_of_the_library_is_judged() -> None:
    caused = NetworkError("x")
    caused.__cause__ = NotSent("x")
    judged = {
        RetryAfter(timedelta(seconds=5)): FailureKind.PAUSE,
        Forbidden("x"): FailureKind.BLOCKED,
        InvalidToken(): FailureKind.BOT_DEAD,
        TokenRefused("x"): FailureKind.BOT_DEAD,
        Conflict("x"): FailureKind.CONFLICT,
        BadRequest("x"): FailureKind.BAD,
        EndPointNotFound("x"): FailureKind.BAD,
        ChatMigrated(-100): FailureKind.BAD,
        TimedOut(): FailureKind.AMBIGUOUS,
        NetworkError("x"): FailureKind.AMBIGUOUS,
        caused: FailureKind.RETRY_SAFE,
        PassportDecryptionError("x"): FailureKind.AMBIGUOUS,
    }
    known = {TelegramError, *(type(error) for error in judged)}
    assert {kind for kind in _kinds_of(TelegramError) if kind.__module__ == "telegram.error"} <= known
    assert {error: failure(error).kind for error in judged} == judged
    assert failure(KeyError("result")) == Failure(FailureKind.AMBIGUOUS, "KeyError")


def _kinds_of(kind: type[TelegramError]) -> set[type[TelegramError]]:
    return {kind}.union(*(_kinds_of(sub) for sub in kind.__subclasses__()))
