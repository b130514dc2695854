"""A grown-up who was here as a child: the whole road from asking to a copy of her own, and who may have one."""

from __future__ import annotations

import json

from storage.commands import (
    AnswerClaim,
    ConnectClaim,
    KeepAdult,
    RefuseEntry,
    ReleaseEntry,
)
from storage.queries import CaseAdults
from storage.records import (
    CaseId,
    ClaimAnswer,
    ClaimStage,
    EntryId,
    PersonId,
    ProofWay,
    ReaderClass,
    RefusalGround,
    Release,
)
from storage.sign_in import make_invite
from tests.chat.asking import (
    FUNCTION,
    HANNA,
    asks,
    claim_of_hers,
    comes_back,
    moved,
    see,
    work,
    write_unreleased,
)
from tests.chat.browser import Browser
from tests.chat.conftest import House


async def test_the_whole_road_from_asking_to_reading_a_copy_of_ones_own(house: House) -> None:
    noa = house.person("Noa")
    case = CaseId(noa.case)
    await write_unreleased(house, case, "late-1", "late-2", "late-3")
    asking, number = await asks(house)
    await asking.tap("kept")
    assert asking.step == "come_back/stage"
    assert number not in asking.words
    claim = claim_of_hers(house)

    browser = await comes_back(house, number.lower())
    assert "väntar på att en person läser den" in browser.words
    assert "Barnahus Lindvik" in browser.words
    assert "måndag 30 november 2026" in browser.words
    work(house, moved(house, claim, ClaimStage.PROVING))
    await browser.open()
    assert "ta med legitimation" in browser.words
    assert FUNCTION in browser.words
    assert "onsdag 2 december 2026" in browser.words

    work(house, moved(house, claim, ClaimStage.LOOKING), ConnectClaim(claim, case))
    given = Release(ReaderClass.CHILD, HANNA, "own_data", house.clock().date())
    work(
        house,
        ReleaseEntry(case, EntryId("late-1"), given),
        RefuseEntry(case, EntryId("late-2"), RefusalGround.OTHER_PERSON),
        RefuseEntry(case, EntryId("late-3"), RefusalGround.OTHER_PERSON),
        AnswerClaim(claim, ClaimAnswer.RELEASED, FUNCTION, ProofWay.LETTER),
    )
    await browser.open()
    assert "Det finns något att läsa" in browser.words
    assert "En lapp går med brev" in browser.words
    assert "Noa" not in browser.words

    token, code = house.store.run(lambda tx: make_invite(tx, PersonId(noa.id), noa.case, by_letter=True))
    reading = house.new_browser()
    await reading.open(f"/i/{token}")
    await reading.send(path=f"/i/{token}", text=code)
    for value in ("digits",):
        await reading.tap(value)
    await reading.write("861357")
    await reading.write("861357")
    await reading.tap("shared")
    await reading.tap("on")
    assert reading.step == "my_way/home"
    assert "2 kort har inte lämnats ut" in reading.words
    await _reads(reading)


async def _reads(browser: Browser) -> None:
    """She reads one heavy card, stops, goes on, sees what was refused, and takes a copy."""
    assert "resume" not in browser.choices
    await browser.tap("refused")
    for words in ("2 kort är undantagna", "en annan person", HANNA, "kammarrätten"):
        assert words in browser.words
    assert "late-2" not in browser.body
    await browser.tap("back")
    await browser.tap("way")
    cards = [value for value in browser.choices if value not in ("back", "later", "earlier")]
    assert "late-1" in cards
    assert "late-2" not in cards
    await browser.tap(cards[0])
    assert "Det här kan vara tungt att läsa" in browser.words
    await browser.tap("pause")
    assert browser.step == "my_way/home"
    assert "Platsen är sparad" in browser.words
    await browser.tap("resume")
    assert browser.step == "card/one"
    assert f'data-entry="{cards[0]}"' in browser.body
    await browser.tap("pause")
    await browser.tap("copy")
    assert "data-entry" not in browser.body
    await browser.tap("show")
    assert browser.body.count("data-entry=") == len(cards)
    await _takes_the_file(browser, len(cards))


async def _takes_the_file(browser: Browser, cards: int) -> None:
    await browser.open("/copy.json")
    assert browser.headers["Content-Disposition"].startswith("attachment")
    assert browser.headers["Cache-Control"] == "no-store"
    whole = json.loads(browser.body)
    assert whole["format"] == "bredvid-copy/1"
    assert len(whole["cards"]) == cards
    assert all(card["headline"] and card["texts"] for card in whole["cards"])
    assert {adult["name"] for adult in whole["adults"]} >= {"Gun Strand", "Olle Fors"}
    assert whole["more"]


async def test_the_file_is_for_a_proven_grown_up_and_nobody_else(house: House) -> None:
    for browser in (house.new_browser(), await house.sign_in("Elias"), await house.sign_in("Sanna")):
        await browser.open("/copy.json")
        assert "<main" in browser.body
        assert "bredvid-copy" not in browser.body
    noa = await house.sign_in("Noa")
    house.clock.on(minutes=6)
    await noa.open("/copy.json")
    assert "bredvid-copy" not in noa.body


async def test_a_child_is_not_offered_a_copy_or_a_pause(house: House) -> None:
    browser = await house.sign_in("Elias")
    assert not {"copy", "refused", "resume"} & set(browser.choices)


async def test_adults_who_have_left_are_asked_for_by_their_function(house: House) -> None:
    case = CaseId(house.person("Noa").case)
    gun = next(adult for adult in see(house, CaseAdults(case)) if adult.label == "Gun Strand")
    left = type(gun)(gun.id, gun.label, gun.role, gun.authority, "0700-00 01 02", "Barn och familj, Lindvik", left=True)
    work(house, KeepAdult(case, left))
    browser = await house.sign_in("Noa")
    await browser.tap("adults")
    await browser.tap(gun.id)
    assert "Barn och familj, Lindvik" in browser.words
