"""Every step of every flow, opened in Chromium: nothing a reader would stumble over, in both directions and themes.

The plain client walks; where it comes to a step that nobody has looked at yet, Chromium opens the page with the same
session. A step that no walk comes to fails the story: the list is the table of flows, and nothing is left out.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page

from bot.channels.eid import BACK, Eid
from bot.channels.practice import Phone
from bot.channels.stand_in import User
from bot.channels.stand_in.chats import Message
from bot.demo.people import PIN
from bot.flows import FLOWS
from bot.http.oidc import Client, Provider
from bot.speech import locale
from bot.talk import Text
from storage.bindings import meet
from storage.commands import AskForLink, PickCodeWord, RefuseEntry, SameWords, SetProfile
from storage.queries import MyLink
from storage.records import CaseId, EntryId, RefusalGround
from tests.channels.telegram_house import AMINA, MARIA, Room, book, consent, moving_in, room
from tests.channels.telegram_house import PHONE as NUMBER
from tests.channels.test_practice import practising
from tests.channels.test_telegram_meetings import THURSDAY
from tests.chat.asking import NUMBER as REQUEST
from tests.chat.asking import TYPED, work, write_unreleased
from tests.chat.browser import Browser
from tests.chat.conftest import Clock, House, open_house
from tests.chat.mothers import a_mother
from tests.chat.walking import PHONE, fault
from tests.parts.chromium import axe
from tests.storage.house import House as Store
from tests.storage.house import signed_in

# The steps of the chat in Telegram are drawn by Telegram; in our own pages they stand on the practice phone.
TELEGRAM = "telegram/"
# A tap by its value; `?` is the first row; `=words` are typed; `!` looks once more where somebody has looked before;
# `^` is a tap that only a chat offers, for what a page of ours unfolds in place.
WALKS = {
    "Elias": "way ? more ! more ! ^words back unclear simpler ! own about wrong =Det_var_en_tisdag. ! back "
             "about ring back about others back about routes back about wanted back about not_mine back "
             "about note =Mina_egna_ord. ! "
             "? drop ! back back back said ? ! back back told ? ! back back back adults ? back more back back "
             "say =Hej_på_er. ! back choices ? back back who_read back /language level back back /ring back /stop back "
             "way ? about not_mine yes !",
    "Selma": "after ? back back",
    "Noa": "way ? pause copy show ! back back refused back choices telegram back choices places ? back back "
           "full back back",
    "Rut Sand": "way ? back back adults back",
    "Malin": "barnahus ! back",
    "Amina": "? come ! back plan back contact back choices telegram back",
}  # fmt: skip
# What is said on the telephone, or the words of the button that is tapped, and what the step that answers is called.
SAID = {
    "telegram/front": ("/start", "welcome.title"),
    "telegram/was_here": ("telegram.go.was_here", "telegram.go.was_here"),
    "telegram/help": ("/help", "telegram.help.title"),
    "telegram/privacy": ("/privacy", "telegram.privacy.title"),
    "telegram/stop": ("/stop", "telegram.stop.title"),
    "telegram/codes": ("246802", "telegram.codes.title"),
    "telegram/now": ("jag vill dö", "telegram.now.title"),
}


@dataclass
class Looking:
    """One reader's Chromium: which steps it has seen, and what was wrong with them."""

    house: House
    tag: str
    page: Page
    seen: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    async def look(self, browser: Browser, *, again: bool = False) -> None:
        """Open the page where this browser stands, unless its step has been seen."""
        step = browser.step
        assert step in FLOWS, browser.words
        if step in self.seen and not again:
            return
        self.seen.add(step)
        cookie = browser.http.cookie_jar.filter_cookies(browser.base).get("sid")
        await self.page.context.clear_cookies()
        if cookie is not None:
            await self.page.context.add_cookies([{"name": "sid", "value": cookie.value, "url": str(browser.base)}])
        await self.page.goto(str(browser.base))
        assert await self.page.get_attribute("main", "data-step") == step
        assert await self.page.get_attribute("html", "lang") == self.tag
        await self.examine(step)

    async def examine(self, step: str) -> None:
        """What stands in Chromium now, light and dark."""
        light = await fault(self.page)
        await self.page.emulate_media(color_scheme="dark")
        dark = await axe(self.page, ["cat.color"])
        await self.page.emulate_media(color_scheme="light")
        self.faults += [light] if light else []
        self.faults += [f"{step}, dark: {one.rule} {one.targets[:2]}" for one in dark]

    async def walk(self, browser: Browser, way: str) -> None:
        """Go this way, and look wherever nobody has looked."""
        await self.look(browser)
        for sign in way.split():
            if sign == "!":
                await self.look(browser, again=True)
                continue
            if sign.startswith("="):
                await browser.write(sign[1:].replace("_", " "))
            else:
                value = browser.choices[0] if sign == "?" else sign.removeprefix("^")
                offered = f'value="{value}"' in browser.body
                assert offered is not sign.startswith("^"), f"{browser.step}: {value}"
                await browser.tap(value)
            await self.look(browser)

    async def begin(self) -> Browser:
        """Somebody new at the front page, in this language."""
        browser = self.house.new_browser()
        await browser.open()
        await browser.tap("/language")
        await browser.tap(self.tag)
        return browser

    async def sign_in(self, name: str) -> Browser:
        """One of the invented people, in this language."""
        browser = await self.house.sign_in(name)
        if f'lang="{self.tag}"' not in browser.body[:60]:
            await browser.tap("/language")
            await browser.tap(self.tag)
        return browser


def _broker(clock: Clock) -> Eid:
    """A broker of e-IDs whom nobody asks anything here."""
    return Eid(Provider(Client("http://127.0.0.1:9", "bredvid", "hush", f"http://us{BACK}"), clock), "number")


@asynccontextmanager
async def _prepared(folder: Path) -> AsyncIterator[tuple[House, str]]:
    """The demo's house with everything that there is a page for; and the receipt code of a mother of whom days tell."""
    async with open_house(f"sqlite:///{folder}/store.db", folder, _broker, content=True) as house:
        noa = CaseId(house.person("Noa").case)
        await write_unreleased(house, noa, "late-1")
        work(house, RefuseEntry(noa, EntryId("late-1"), RefusalGround.OTHER_PERSON))
        yield house, a_mother(house, "BH-2026-900", cleared=True)[0]


@pytest.mark.parametrize("tag", ["sv", "ar"])
async def test_every_step_on_the_web(tmp_path: Path, chromium: Chromium, tag: str) -> None:
    async with _prepared(tmp_path) as (house, mother):
        page = await (await chromium.new_context(viewport=PHONE)).new_page()  # type: ignore[arg-type]
        eye = Looking(house, tag, page)
        await _visits(eye)
        await _comes_in(eye)
        for name, way in WALKS.items():
            await eye.walk(await eye.sign_in(name), way)
        await _near(eye, mother)
        await _links(eye)
        assert [step for step in FLOWS if not step.startswith(TELEGRAM) and step not in eye.seen] == []
        assert eye.faults == []


async def _visits(eye: Looking) -> None:
    """Somebody nobody knows reads, and asks for what was written about her, by each of the ways."""
    visitor = await eye.begin()
    await eye.walk(visitor, "open ? ! back words back back was_here code back was_here ask lindvik")
    for words in TYPED.values():
        await eye.walk(visitor, "=" + words.replace(" ", "_"))
    await eye.walk(visitor, "receipt back eid back in_person ! send")
    number = REQUEST.search(visitor.words)
    assert number is not None, visitor.words
    await eye.walk(visitor, f"kept back was_here number ={number.group().replace(' ', '_')}")


async def _comes_in(eye: Looking) -> None:
    """Tuva, her language set, takes a new slip, chooses six digits and then six pictures, and keeps the code."""
    await eye.sign_in("Tuva")
    tuva, slip = eye.house.new_browser(), eye.house.person("Tuva")
    await tuva.open(f"/i/{slip.token}?l={eye.tag}")
    await tuva.send(path=f"/i/{slip.token}?l={eye.tag}", text=slip.spoken_code)
    await eye.walk(tuva, "pictures ! other digits ! =835021 =835021 ! mine !")


async def _near(eye: Looking, receipt: str) -> None:
    """A mother who was let read: a card, a piece of advice, and what to say on the days after."""
    mother = await eye.begin()
    await mother.tap("code")
    await mother.write(receipt)
    await mother.write(PIN)
    await mother.tap("shared")
    await mother.tap("/language")
    await mother.tap(eye.tag)
    await eye.walk(mother, "! after back tonight back not_ask back")
    await eye.walk(mother, next(value for value in mother.choices if len(value) > 20) + " ! back")


async def _links(eye: Looking) -> None:
    """Amina's chat is met, she says that the words are the same, and picks hers; much later she is asked again."""
    amina = await eye.sign_in("Amina")
    await eye.walk(amina, "choices telegram make !")
    token = amina.body.partition("?start=")[2].partition('"')[0]
    assert eye.house.store.run(lambda tx: meet(tx, token, NUMBER)) is not None
    await eye.walk(amina, "opened ! same ! pick")
    eye.house.clock.on(days=80)
    await eye.walk(await eye.sign_in("Amina"), "change back later")


@pytest.mark.parametrize("tag", ["sv", "ar"])
async def test_every_step_in_telegram_on_the_practice_phone(tmp_path: Path, chromium: Chromium, tag: str) -> None:
    def ready(house: Store) -> None:
        house.done(MARIA, *moving_in(), consent())
        house.done(signed_in(AMINA), SetProfile(AMINA, locale=tag), AskForLink(AMINA))

    async with (
        room(f"sqlite:///{tmp_path}/store.db", tmp_path, ready=ready) as here,
        practising(here, Phone(AMINA, "Amina", tag, NUMBER)) as base,
    ):
        phone, say = here.phone(NUMBER, tag), locale(tag).say
        await phone.hears()
        heard = {}
        for step, (said, title) in SAID.items():
            phone.tap(phone.last, _button(phone.last, say(Text(said)))) if "." in said else phone.say(said)
            heard[step] = (await phone.hears()).text
            assert say(Text(title)) in heard[step]
        heard["telegram/words"] = await _meets(here, phone)
        heard["telegram/answered"] = await _answers(here, phone, say(Text("meetings.answer.come")))
        assert set(heard) == {step for step in FLOWS if step.startswith(TELEGRAM)}

        page = await (await chromium.new_context(viewport=PHONE)).new_page()  # type: ignore[arg-type]
        await page.goto(base)
        faults = [await fault(page)]
        await page.goto(base + AMINA)
        shown = await page.inner_text("main")
        assert [step for step, words in heard.items() if words.split("\n")[0] not in shown] == []
        faults.append(await fault(page))
        assert faults == [None, None]


async def _meets(here: Room, phone: User) -> str:
    """The link on her page is opened on the telephone; four words come, and she says that they are the same."""
    her = signed_in(AMINA)
    token = here.store.see(her, MyLink(AMINA)).token
    assert token is not None
    phone.start(token)
    words = (await phone.hears()).text
    here.store.done(her, SameWords(AMINA), PickCodeWord(AMINA, "boat"))
    return words


async def _answers(here: Room, phone: User, come: str) -> str:
    """A reminder comes, and she says that she comes."""
    here.store.done(MARIA, book(THURSDAY))
    here.clock.now = THURSDAY - timedelta(days=1)
    reminder = await phone.hears()
    phone.tap(reminder, _button(reminder, come))
    return (await phone.hears()).text


def _button(message: Message, words: str) -> str:
    """The button with these words, after whatever stands before them."""
    return next(button.text for row in message.rows for button in row if words in button.text)
