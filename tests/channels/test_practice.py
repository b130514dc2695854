"""The practice phone: a locked screen and a chat in a page, and every tap travels the whole way."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession, web

from bot.channels.practice import Phone, PracticePhones
from bot.channels.web import house_of
from bot.engine import nothing
from bot.recordings import Recordings
from storage.commands import SetProfile
from tests.channels.telegram_house import AMINA, MARIA, PHONE, Room, book, room
from tests.channels.test_telegram_meetings import THURSDAY
from tests.parts.sounds import keep, mp3
from tests.storage.house import signed_in

AMINAS = Phone("amina", "Amina", "sv", PHONE)


@asynccontextmanager
async def practising(here: Room, phone: Phone = AMINAS) -> AsyncIterator[str]:
    """A phone in a page; the address of the phones."""
    practice = PracticePhones(here.api, (phone,), here.store.store, house_of(nothing))
    app = web.Application()
    practice.serve(app)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    practice.switch_on()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/practice/phone/"
    finally:
        await runner.cleanup()


@pytest.fixture
async def phones(tmp_path: Path) -> AsyncIterator[tuple[Room, str]]:
    async with room(f"sqlite:///{tmp_path}/store.db", tmp_path) as here, practising(here) as base:
        yield here, base


async def test_a_lock_screen_a_chat_and_buttons_that_tap(phones: tuple[Room, str]) -> None:
    here, base = phones
    async with ClientSession() as browser:

        async def page() -> str:
            async with browser.get(base + "amina") as answer:
                assert answer.status == 200
                return await answer.text()

        async def do(**form: str) -> None:
            async with browser.post(base + "amina", data=form) as answer:
                assert answer.status == 200

        await here.until(lambda: here.phone().messages[1:])
        assert "Jag var här som barn" in await page()
        here.store.done(MARIA, book(THURSDAY))
        here.clock.now = THURSDAY.replace(day=25)
        await here.until(lambda: "Båt" in here.phone().last.text)
        shown = await page()
        locked = re.search(r'data-lock>.*?<p dir="auto">(.*?)</p>', shown, re.DOTALL)
        assert locked is not None
        assert locked.group(1) == "Båt: torsdag klockan 10:00."
        buttons = dict(re.findall(r'<button dir="auto" name="tap" value="([^"]+)">([^<]+)<', shown))
        (come,) = [value for value, label in buttons.items() if label == "✓ Jag kommer"]
        await do(tap=come)
        await here.until(lambda: "Du kommer torsdag" in here.phone().last.text)
        assert "Du kommer torsdag" in await page()
        await do(text="/help")
        await here.until(lambda: "112" in here.phone().last.text)
        await do(tap="1:nonsense")
        async with browser.get(base + "nobody") as answer:
            assert answer.status == 404
        async with browser.get(base) as answer:
            assert "Amina" in await answer.text()


def _button(shown: str, label: str) -> str:
    """The value of the newest button with this label."""
    found: list[tuple[str, str]] = re.findall(r'<button dir="auto" name="tap" value="([^"]+)">([^<]+)<', shown)
    return [value for value, words in found if label in words][-1]


@pytest.mark.parametrize("way", ["in the chat", "on the web"])
async def test_the_frame_of_the_phone_speaks_what_she_picked(phones: tuple[Room, str], way: str) -> None:
    here, base = phones
    async with ClientSession() as browser:

        async def page(**form: str) -> str:
            async with browser.post(base + "amina", data=form) as answer:
                return await answer.text()

        await here.until(lambda: here.phone().messages[1:])
        shown = await page()
        assert '<html lang="sv" dir="ltr">' in shown
        assert "Låst skärm" in shown
        if way == "in the chat":
            await page(tap=_button(shown, "Byt språk"))
            await here.until(lambda: "العربية" in str(here.phone().last))
            shown = await page()
            await page(tap=_button(shown, "العربية"))
            await here.until(lambda: "مرحب" in here.phone().last.text)
        else:
            here.store.done(signed_in(AMINA), SetProfile(AMINA, locale="ar"))
        shown = await page()
        assert '<html lang="ar" dir="rtl">' in shown
        assert "شاشة مقفلة" in shown
        assert "Låst skärm" not in shown
        if way == "in the chat":
            assert _button(shown, "تغيير اللغة")


async def test_a_voice_message_can_be_played(tmp_path: Path) -> None:
    recordings = Recordings(tmp_path / "audio")
    keep(recordings, "sv", ("sound.meeting.coming",), mp3(1.0))
    url = f"sqlite:///{tmp_path}/store.db"
    async with (
        ClientSession() as browser,
        room(url, tmp_path, recordings=recordings) as here,
        practising(here) as base,
    ):
        await here.until(lambda: here.phone().messages[1:])
        here.store.done(MARIA, book(THURSDAY))
        here.clock.now = THURSDAY.replace(day=25)
        await here.until(lambda: "Båt" in here.phone().last.text)
        async with browser.get(base + "amina") as answer:
            (address,) = re.findall(r'<audio[^>]* src="([^"]+)"', await answer.text())
        async with browser.get(base.removesuffix("/practice/phone/") + address) as answer:
            assert (answer.status, await answer.read()) == (200, mp3(1.0))
        async with browser.get(base + "amina/voice/999") as answer:
            assert answer.status == 404
