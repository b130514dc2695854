"""A guardian's stories: for whoever may not see more, the page of quiet times is one and the same."""

from __future__ import annotations

import re

import pytest

from storage.commands import BlockGuardian, ClearGuardian, EndTie, SetInvestigation, SetStatus, TakeBack
from storage.records import CaseId, EntryId, GuardianStatus, TieId
from tests.chat.browser import Browser
from tests.chat.conftest import House

_HIDDEN = re.compile(r'name="turn" value="\d{20}"')
_STATIC = ("Date", "Set-Cookie")
PATH = ("barnahus", "back", "tonight", "back", "not_ask", "back", "ring", "back", "nonsense", "/language", "back",
        "/stop", "back")  # fmt: skip


async def _walk(browser: Browser) -> list[tuple[int, dict[str, str], str]]:
    """Every page on a walk through everything there is to tap, without what may differ."""
    pages = [_seen(browser)]
    for value in PATH:
        await browser.tap(value)
        pages.append(_seen(browser))
    await browser.write("hallå?")
    pages.append(_seen(browser))
    return pages


def _seen(browser: Browser) -> tuple[int, dict[str, str], str]:
    headers = {name: value for name, value in browser.headers.items() if name not in _STATIC}
    body = browser.body
    assert _HIDDEN.search(body)
    return browser.status, headers, _HIDDEN.sub("", body)


async def _in_swedish(browser: Browser) -> Browser:
    await browser.tap("/language")
    await browser.tap("sv")
    return browser


@pytest.fixture
async def stranger(house: House) -> list[tuple[int, dict[str, str], str]]:
    """What a signed-in person sees whose tie has ended: nobody to this case, or to any."""
    bo = await _in_swedish(await house.sign_in("Bo"))
    return await _walk(bo)


async def test_not_cleared_sees_what_a_stranger_sees(house: House, stranger: object) -> None:
    assert await _walk(await _in_swedish(await house.sign_in("Malin"))) == stranger


async def test_blocked_at_once_sees_what_a_stranger_sees(house: House, stranger: object) -> None:
    sanna, browser = house.person("Sanna"), await _in_swedish(await house.sign_in("Sanna"))
    assert len(browser.choices) > 5
    house.work("Hanna Berg", BlockGuardian(CaseId(sanna.case), TieId(sanna.tie), blocked=True))
    await browser.open()
    assert await _walk(browser) == stranger


async def test_closed_after_clearing_sees_what_a_stranger_sees(house: House, stranger: object) -> None:
    sanna, browser = house.person("Sanna"), await _in_swedish(await house.sign_in("Sanna"))
    house.work("Hanna Berg", SetStatus(CaseId(sanna.case), TieId(sanna.tie), GuardianStatus.CONFLICT))
    await browser.open()
    assert await _walk(browser) == stranger


async def test_an_ended_tie_sees_what_a_stranger_sees(house: House, stranger: object) -> None:
    sanna, browser = house.person("Sanna"), await _in_swedish(await house.sign_in("Sanna"))
    house.work("Hanna Berg", EndTie(CaseId(sanna.case), TieId(sanna.tie), house.clock().date()))
    house.clock.on(days=1)
    browser = await _in_swedish(await house.sign_in("Sanna"))
    assert await _walk(browser) == stranger


async def test_under_investigation_sees_what_a_stranger_sees(house: House, stranger: object) -> None:
    sanna, browser = house.person("Sanna"), await _in_swedish(await house.sign_in("Sanna"))
    house.work("Hanna Berg", SetInvestigation(CaseId(sanna.case), active=True, review_on=None))
    await browser.open()
    assert await _walk(browser) == stranger


async def test_cleared_with_nothing_open_sees_what_a_stranger_sees(house: House, stranger: object) -> None:
    sanna, browser = house.person("Sanna"), await _in_swedish(await house.sign_in("Sanna"))
    for entry in [value for value in browser.choices if len(value) == 32]:
        house.work("Hanna Berg", TakeBack(CaseId(sanna.case), EntryId(entry), "Prov"))
    await browser.open()
    assert await _walk(browser) == stranger


async def test_an_open_card_closes_at_the_next_request_after_a_block(house: House) -> None:
    sanna, browser = house.person("Sanna"), await house.sign_in("Sanna")
    await browser.tap(browser.choices[0])
    assert browser.step == "near/card"
    house.work("Hanna Berg", BlockGuardian(CaseId(sanna.case), TieId(sanna.tie), blocked=True))
    await browser.open()
    assert "data-entry" not in browser.body
    assert browser.shown_turn == 0


async def test_one_clearing_is_not_enough_and_lifting_a_block_starts_over(house: House) -> None:
    sanna = house.person("Sanna")
    case, tie = CaseId(sanna.case), TieId(sanna.tie)
    house.work("Hanna Berg", BlockGuardian(case, tie, blocked=True))
    house.work("Hanna Berg", BlockGuardian(case, tie, blocked=False))
    house.work("Ulla Ström", BlockGuardian(case, tie, blocked=False))
    house.work("Hanna Berg", ClearGuardian(case, tie, "Nytt samtal"))
    browser = await house.sign_in("Sanna")
    assert browser.shown_turn == 0
    house.work("Lena Dahl", ClearGuardian(case, tie, "Nytt samtal"))
    await browser.open()
    assert len(browser.choices) > 5


async def test_a_cleared_guardian_never_meets_the_childs_words_or_who_reported(house: House) -> None:
    browser = await house.sign_in("Sanna")
    cards = [value for value in browser.choices if len(value) == 32]
    assert cards
    for card in cards:
        await browser.tap(card)
        assert "Elias ville" not in browser.words
        assert "Amir" not in browser.words
        await browser.tap("back")


async def test_the_representative_reads_the_criminal_matter_and_not_the_rest(house: House) -> None:
    browser = await house.sign_in("Rut Sand")
    await browser.tap("way")
    assert "BUP" not in browser.words
    assert "26 januari 2026" in browser.words, "the interview, which the police held"
    assert "19 januari 2026" in browser.words, "the report to the police, which the social services made"
    house.clock.on(days=60)
    browser = await house.sign_in("Rut Sand")
    assert browser.status == 200
    assert "way" not in browser.choices
