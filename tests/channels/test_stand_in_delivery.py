"""Updates on their way to a webhook: in order, again until taken, and with everything that goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio
from telegram import Bot

from bot.channels.stand_in import BotApi
from tests.channels.practice_bots import SECRET, TOKEN, Doorstep, application, bare_bot, doorstep, unhurried


@pytest_asyncio.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi(TOKEN, terms=unhurried()) as server:
        yield server


@pytest_asyncio.fixture
async def bot(api: BotApi) -> AsyncIterator[Bot]:
    async with bare_bot(api) as talker:
        yield talker


@pytest_asyncio.fixture
async def door(bot: Bot) -> AsyncIterator[Doorstep]:
    async with doorstep() as receiving:
        await bot.set_webhook(receiving.url, secret_token=SECRET, max_connections=10)
        yield receiving


async def test_a_real_application_answers_through_the_webhook(api: BotApi) -> None:
    app = application(api)
    async with app, doorstep() as door:
        door.app = app
        await app.bot.set_webhook(door.url, secret_token=SECRET)
        maryam, noor = api.user(7, "Maryam"), api.user(8, "Noor")
        maryam.start("x")
        noor.start()
        greeting = await maryam.hears()
        assert (greeting.text, (await noor.hears()).text) == ("Welcome back", "Hello")
        maryam.tap(greeting, "no")
        assert (await maryam.hears()).text == "You said no"
        await api.settled()
        about = await app.bot.get_webhook_info()
        assert (about.url, about.pending_update_count, about.last_error_message) == (door.url, 0, None)
    assert set(door.secrets) == {SECRET}
    assert api.refused == []


async def test_it_comes_again_until_it_is_taken_and_keeps_the_order(api: BotApi, bot: Bot, door: Doorstep) -> None:
    sara = api.user(8, "Sara")
    door.answers = [503, 500, 302, 200]
    for word in ("one", "two", "three"):
        sara.say(word)
    await asyncio.sleep(0.01)
    await api.settled()
    assert door.texts == ["one", "two", "three"]
    assert len(door.secrets) == 6
    about = await bot.get_webhook_info()
    assert about.last_error_message == "Wrong response from the webhook: 302 Found"
    assert about.last_error_date is not None


async def test_what_came_while_nobody_was_there_comes_later(api: BotApi, bot: Bot, door: Doorstep) -> None:
    sara = api.user(8, "Sara")
    await bot.set_webhook("http://127.0.0.1:9/telegram/")
    sara.say("one")
    await asyncio.sleep(0.1)
    about = await bot.get_webhook_info()
    assert about.pending_update_count == 1
    assert about.last_error_message == "Connection failed: ClientConnectorError"
    await bot.set_webhook(door.url, secret_token=SECRET)
    await api.settled()
    assert door.texts == ["one"]
    await bot.delete_webhook()
    sara.say("two")
    assert len(await bot.get_updates()) == 1
    await bot.set_webhook(door.url, secret_token=SECRET, drop_pending_updates=True)
    await api.settled()
    assert door.texts == ["one"]


async def test_a_redirect_leads_nowhere(api: BotApi, door: Doorstep) -> None:
    async with doorstep() as elsewhere:
        door.answers, door.elsewhere = [307], elsewhere.url
        api.user(8, "Sara").say("one")
        await api.settled()
    assert (len(door.secrets), elsewhere.secrets) == (2, [])


async def test_the_same_update_twice(api: BotApi, door: Doorstep) -> None:
    api.faults.twice()
    sara = api.user(8, "Sara")
    sara.say("one")
    sara.say("two")
    await api.settled()
    assert door.texts == ["one", "one", "two"]
    assert door.updates[0]["update_id"] == door.updates[1]["update_id"]


async def test_updates_in_the_wrong_order(api: BotApi, door: Doorstep) -> None:
    api.faults.backwards(3)
    sara, noor = api.user(8, "Sara"), api.user(9, "Noor")
    sara.say("one")
    noor.say("two")
    await asyncio.sleep(0.05)
    assert door.texts == []
    sara.say("three")
    await api.settled()
    assert door.texts == ["three", "two", "one"]


async def test_a_stranger_knocks_with_a_wrong_secret(api: BotApi, door: Doorstep) -> None:
    api.faults.wrong_secret()
    api.user(8, "Sara").say("one")
    await api.settled()
    assert door.secrets == ["not-the-secret", SECRET]
    assert door.texts == ["one"]


async def test_a_webhook_may_answer_with_a_call(api: BotApi, door: Doorstep) -> None:
    sara = api.user(8, "Sara")
    door.reply = {"method": "sendMessage", "chat_id": 8, "text": "at once"}
    sara.say("one")
    assert (await sara.hears()).text == "at once"


async def test_many_chats_at_a_time_but_never_more_than_agreed(api: BotApi, bot: Bot) -> None:
    async with doorstep() as door:
        door.seconds = 0.01
        await bot.set_webhook(door.url, secret_token=SECRET, max_connections=4)
        for number in range(1, 21):
            api.user(number, "A").say(str(number))
        await api.settled()
    assert sorted(door.texts, key=int) == [str(number) for number in range(1, 21)]
    assert door.most_at_once == 4


async def test_a_call_meets_what_was_ordered_for_it(api: BotApi, bot: Bot) -> None:
    api.user(8, "Sara").start()
    api.faults.bad_request("ordered", method="sendPhoto")
    api.faults.forbidden("ordered", chat=9)
    assert await bot.send_message(8, "not meant by either")
    api.faults.clear()
    assert await bot.send_photo(8, b"GIF89a")
