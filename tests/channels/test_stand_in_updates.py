"""Updates for those who ask: who may ask, what they get, and what is lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from telegram.error import Conflict

from bot.channels.stand_in import BotApi
from tests.channels.practice_bots import TOKEN, Day, bare_bot, unhurried


@pytest_asyncio.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi(TOKEN, terms=unhurried()) as server:
        yield server


async def test_two_pollers_are_one_too_many(api: BotApi) -> None:
    sara = api.user(8, "Sara")
    async with bare_bot(api) as one, bare_bot(api) as two:
        waiting = asyncio.create_task(one.get_updates(timeout=5))
        await asyncio.sleep(0.05)
        second = asyncio.create_task(two.get_updates(timeout=5))
        with pytest.raises(Conflict, match="other getUpdates"):
            await waiting
        sara.say("hello")
        assert [u.message.text for u in await second if u.message] == ["hello"]
        again = asyncio.create_task(two.get_updates(offset=-1, timeout=5))
        assert len(await again) == 1
        waiting = asyncio.create_task(one.get_updates(offset=10**9, timeout=5))
        await asyncio.sleep(0.05)
        await two.set_webhook("http://127.0.0.1:9/telegram/")
        with pytest.raises(Conflict, match="setWebhook"):
            await waiting
        with pytest.raises(Conflict, match="webhook is active"):
            await one.get_updates()


async def test_a_poll_confirms_waits_and_picks(api: BotApi) -> None:
    sara = api.user(8, "Sara")
    async with bare_bot(api) as bot:
        for word in ("one", "two", "three"):
            sara.say(word)
        first = await bot.get_updates(limit=2)
        assert [u.message.text for u in first if u.message] == ["one", "two"]
        assert api.waiting == 3
        rest = await bot.get_updates(offset=first[-1].update_id + 1, allowed_updates=["callback_query"])
        assert [u.message.text for u in rest if u.message] == ["three"]
        sara.say("not wanted any more")
        before = time.monotonic()
        assert await bot.get_updates(offset=rest[-1].update_id + 1, timeout=1) == ()
        assert time.monotonic() - before >= 0.9
        api.renumber(5)
        await bot.get_updates(allowed_updates=[])
        sara.say("a week later")
        assert [u.update_id for u in await bot.get_updates()] == [5]


async def test_what_waits_a_day_is_lost() -> None:
    day = Day()
    async with BotApi(TOKEN, clock=day, terms=unhurried()) as api, bare_bot(api) as bot:
        api.user(8, "Sara").say("hello")
        day.now += timedelta(hours=24, seconds=1)
        assert await bot.get_updates() == ()
