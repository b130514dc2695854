"""The days after an interview as she meets them: each from its own day, and nothing of those that lie ahead."""

from __future__ import annotations

import re

from storage.commands import LookAgain, RecordDay
from storage.records import CaseId, EntryId, PersonId, Told
from tests.chat.browser import Browser
from tests.chat.conftest import House


async def test_the_days_that_have_come_stand_there_and_the_next_one_comes_with_its_day(house: House) -> None:
    browser = await house.sign_in("Selma")
    assert "after" in browser.choices
    await browser.tap("after")
    assert browser.step == "after/list"
    week, day_after, evening = browser.choices[:3]
    assert [one.partition("-")[0] for one in (week, day_after, evening)] == ["7", "1", "0"]
    await browser.tap(week)
    assert browser.step == "after/one"
    assert 'data-kind="child_interview"' in browser.body
    assert "Tyst betyder inte att någon har glömt" in browser.words
    assert "Det var" not in browser.words
    await browser.tap("back")
    house.clock.on(days=22)
    browser = await house.sign_in("Selma")
    await browser.tap("after")
    assert not browser.choices[0].startswith("30")
    house.clock.on(days=1)
    browser = await house.sign_in("Selma")
    await browser.tap("after")
    assert browser.choices[0].startswith("30-")
    await browser.tap(browser.choices[0])
    assert "Hjälpen hänger inte på vad polisen kommer fram till." in browser.words


async def test_who_went_through_a_day_with_her_stands_on_it(house: House) -> None:
    browser = await house.sign_in("Selma")
    await browser.tap("after")
    week = browser.choices[0]
    await browser.tap(week)
    assert "gick igenom det här" not in browser.words
    selma, today = house.person("Selma"), house.clock.now.date()
    told = Told(PersonId(selma.id), "Hanna Berg", today, "phone", "understood")
    house.work("Hanna Berg", RecordDay(CaseId(selma.case), EntryId(week.partition("-")[2]), 7, told))
    await browser.open()
    assert re.search(r"Hanna Berg\W* gick igenom det här med dig", browser.words)


async def test_her_question_about_a_day_reaches_the_thread(house: House) -> None:
    browser = await house.sign_in("Selma")
    await browser.tap("after")
    await browser.tap(browser.choices[0])
    await browser.tap("ask")
    assert browser.step == "say/write"


async def test_a_day_that_was_promised_says_the_same_evening_that_it_was_not_kept_and_then_that_it_was(
    house: House,
) -> None:
    browser, case = await house.sign_in("Elias"), CaseId(house.person("Elias").case)
    await browser.tap("way")
    promise = await _promise(browser)
    house.clock.on(days=4, hours=2, minutes=30)
    browser = await house.sign_in("Elias")
    await browser.tap("way")
    await browser.tap(promise)
    assert "Dagen är inte slut än" in browser.words
    house.clock.on(hours=1)
    browser = await house.sign_in("Elias")
    await browser.tap("way")
    await browser.tap(promise)
    assert "Det har inte blivit gjort." in browser.words
    assert "Nu har chefen fått uppgiften." in browser.words
    house.work("Lena Dahl", LookAgain(case, EntryId(promise), yes=True, until=None))
    await browser.open()
    assert "Här stod det ”inte än”" in browser.words


async def _promise(browser: Browser) -> str:
    """The row of her way that opens what may not be read yet."""
    for row in browser.choices:
        await browser.tap(row)
        if 'data-kind="promise"' in browser.body:
            return row
        await browser.tap("back")
    raise AssertionError("no promise on her way")
