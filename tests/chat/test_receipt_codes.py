"""A receipt code on a slip that somebody found: right or made up, everything she meets before the PIN is the same."""

from __future__ import annotations

import re

import pytest

from tests.chat.browser import Browser
from tests.chat.conftest import House

MADE_UP, WRONG = "1234567890123456", "111111"
# Every button of the page, the fixed ones, what the page does not have, and words where a code is asked for.
TAPS = ("forgot", "nonsense", "/help", "/ring", "/language", "back", "/stop", "back", "code")
_HIDDEN = re.compile(r'name="turn" value="\d{20}"')
Seen = tuple[int, str]


def seen(browser: Browser) -> Seen:
    return browser.status, _HIDDEN.sub("", browser.body)


async def with_code(house: House, code: str, language: str) -> Browser:
    browser = house.new_browser()
    browser.http.headers["Accept-Language"] = language
    await browser.open()
    await browser.tap("code")
    await browser.write(code)
    assert browser.step == "way_in/pin"
    return browser


async def everything(house: House, code: str, language: str) -> list[Seen]:
    """What there is to meet with a code and no PIN: each button, then tries in one browser after another."""
    browser = await with_code(house, code, language)
    pages = [seen(browser)]
    for value in TAPS:
        await browser.tap(value)
        pages.append(seen(browser))
    for tries in (3, 3, 1):
        browser = await with_code(house, code, language)
        for words in ("abc", *[WRONG] * tries):
            await browser.write(words)
            pages.append(seen(browser))
    assert "försök" in browser.words or "tries" in browser.words
    return pages


@pytest.mark.parametrize("language", ["sv", "en"])
async def test_a_right_code_and_a_made_up_one_are_one_walk_to_the_letter(house: House, language: str) -> None:
    """Five tries, then a rest in every other browser, too: else a sixth try elsewhere would tell them apart."""
    stranger = await everything(house, MADE_UP, language)
    for name in ("Elias", "Sanna", "Malin", "Amina"):
        assert await everything(house, house.person(name).receipt_code, language) == stranger, name


async def test_ten_tries_lock_a_made_up_code_as_they_lock_a_right_one(house: House) -> None:
    """Until a worker has met her: a made-up one that opened by itself the next day would be known by it."""
    elias, ends = house.person("Elias").receipt_code, []
    for code in (elias, MADE_UP):
        for _ in range(2):
            browser = await with_code(house, code, "sv")
            for _ in range(5):
                await browser.write(WRONG)
            house.clock.on(minutes=16)
        house.clock.on(days=1)
        browser = await with_code(house, code, "sv")
        await browser.write(WRONG)
        ends.append(seen(browser))
    assert ends[0] == ends[1]


async def test_the_right_code_and_the_pin_open_in_the_language_she_has_here(house: House) -> None:
    browser = await with_code(house, house.person("Sanna").receipt_code, "sv")
    await browser.write(house.person("Sanna").pin)
    assert browser.step == "way_in/phone"
    assert 'lang="en"' in browser.body
