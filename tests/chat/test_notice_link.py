"""The link of a notice over HTTP: looking at it uses nothing up, it works once, and it proves nothing by itself."""

from __future__ import annotations

import asyncio

import pytest

from bot import messenger
from bot.channels.web import house_of
from bot.demo.phones import link_phones
from bot.engine import nothing
from storage.commands import AskToBeSent
from storage.consent import Actor, Withheld
from storage.gate import Sitting
from storage.letters import NoticeLetter
from storage.outbox import claim
from storage.queries import CaseMeetings
from storage.records import CaseId, Channel, PersonId, Role, Side, Strength
from storage.vault import Tx
from tests.chat.browser import Browser
from tests.chat.conftest import House

LATE = "Länken har gjort sitt. Du kan komma in med din kod från startsidan."


async def _told(house: House) -> str:
    """Maria tells Amina that there is something to read; the token of the link that left."""
    amina, maria = house.person("Amina"), house.worker("Maria Nyström")
    await asyncio.to_thread(link_phones, house.store, house.cast, content=False)
    case, person = CaseId(amina.case), PersonId(amina.id)

    actor = Actor(maria.id, Strength.STAFF, Side.AID, maria.unit, Role(maria.role), label=maria.name)

    def booked(tx: Tx) -> str:
        with Sitting(tx, actor, Channel.CONSOLE) as sitting:
            found = sitting.ask(CaseMeetings(case))
            assert not isinstance(found, Withheld)
            return found[0].id

    ref = house.store.run(booked)
    house.work(maria.name, AskToBeSent(case, person, ref, house.clock.now))
    return house.store.run(_leaves)


def _leaves(tx: Tx) -> str:
    letters = [messenger.push(tx, house_of(nothing), row, "sender") for row in claim(tx, "sender", 50)]
    (notice,) = [letter for letter in letters if isinstance(letter, NoticeLetter)]
    return notice.token


async def _press(browser: Browser, token: str) -> str:
    """Open the link and press its one button; where that leads."""
    await browser.open(f"/n/{token}")
    return await browser.send(path=f"/n/{token}", choice="/send")


async def test_the_link_leads_to_her_code_and_the_code_to_her_page(house: House) -> None:
    browser, token = house.new_browser(), await _told(house)
    await _press(browser, token)
    assert browser.step == "way_in/pin"
    assert "Amina" not in browser.body
    await browser.write(house.person("Amina").pin)
    assert browser.step == "way_in/phone"
    await browser.tap("shared")
    assert browser.step == "meetings/home"


async def test_whatever_fetches_the_link_by_itself_uses_nothing_up(house: House) -> None:
    browser, token = house.new_browser(), await _told(house)
    for _ in range(3):
        async with browser.http.head(browser.base.with_path(f"/n/{token}")) as looked:
            assert (looked.status, "Set-Cookie" in looked.headers) == (200, False)
        async with browser.http.get(browser.base.with_path(f"/n/{token}")) as got:
            assert (got.status, "Set-Cookie" in got.headers) == (200, False)
            assert got.headers["Cache-Control"] == "no-store"
    await _press(browser, token)
    assert browser.step == "way_in/pin"


async def test_a_link_that_was_used_is_over_and_the_page_says_what_to_do(house: House) -> None:
    token = await _told(house)
    await _press(house.new_browser(), token)
    again = house.new_browser()
    said = await _press(again, token)
    assert again.status == 410
    assert LATE in said


async def test_forwarded_to_somebody_else_it_opens_nothing(house: House) -> None:
    token, friend = await _told(house), house.new_browser()
    await _press(friend, token)
    for _ in range(5):
        assert friend.step == "way_in/pin"
        await friend.write("111119")
    await friend.write(house.person("Amina").pin)
    assert friend.step == "way_in/pin"
    assert "Amina" not in friend.body
    assert "Storgatan" not in friend.body


async def test_after_a_day_it_is_over(house: House) -> None:
    token = await _told(house)
    house.clock.on(hours=24, minutes=1)
    browser = house.new_browser()
    assert LATE in await _press(browser, token)
    assert browser.status == 410


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_used_late_guessed_and_another_sort_of_token_get_the_same_bytes(house: House, method: str) -> None:
    used = await _told(house)
    await _press(house.new_browser(), used)
    amina = house.person("Amina")
    answers = set()
    for token in (used, "A" * 43, "x", "y" * 400, amina.token):
        browser = house.new_browser()
        await browser.open(f"/n/{token}")
        if method == "POST":
            await browser.send(path=f"/n/{token}", choice="/send")
        headers = {name: browser.headers.get(name) for name in ("Set-Cookie", "Cache-Control", "Location")}
        answers.add((browser.status, str(headers), browser.body.replace(f"/n/{token}", "/n/TOKEN")))
    assert len(answers) == 1
    # Looking at a link that works gives no other page than looking at one that does not.
    assert ({status for status, *_ in answers}) == ({200} if method == "GET" else {410})


async def test_looking_tells_a_good_link_from_a_bad_one_to_nobody(house: House) -> None:
    token, pages = await _told(house), set()
    for one in (token, "A" * 43):
        browser = house.new_browser()
        await browser.open(f"/n/{one}")
        pages.add((browser.status, browser.body.replace(f"/n/{one}", "/n/TOKEN")))
    assert len(pages) == 1


async def test_another_site_cannot_press_it(house: House) -> None:
    token, browser = await _told(house), house.new_browser()
    address = browser.base.with_path(f"/n/{token}")
    async with browser.http.post(address, data={"choice": "/send"}, headers={"Sec-Fetch-Site": "cross-site"}) as no:
        assert no.status == 403
    await _press(browser, token)
    assert browser.step == "way_in/pin"
