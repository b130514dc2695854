"""Where is this kept, and for how long? She asks where she sees who has read."""

from __future__ import annotations

import pytest

from storage.carriers import CarrierKind
from storage.commands import BeginCarrier
from storage.records import CaseId
from tests.chat.conftest import House

THIRTY = "Det sparas tills du fyller 30 år."


async def test_elias_hears_of_the_investigation_and_not_yet_of_the_help_he_waits_for(house: House) -> None:
    browser = await house.sign_in("Elias")
    await browser.tap("who_read")
    assert "Det som står här hör till socialtjänstens utredning." in browser.words
    assert THIRTY in browser.words
    assert "hjälp av socialtjänsten" not in browser.words


async def test_it_says_another_place_from_the_next_time_on(house: House) -> None:
    browser, case = await house.sign_in("Elias"), CaseId(house.person("Elias").case)
    await browser.tap("who_read")
    house.work("Lena Dahl", BeginCarrier(case, CarrierKind.LETTER, house.clock().date(), None, "Lena Dahl", "Beslut 4"))
    await browser.open()
    assert "Därför finns det som står här också i ett brev till dig." in browser.words
    assert "socialtjänstens utredning" not in browser.words


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Tuva", "sparas hos vuxna som har det som jobb"),
        ("Vilja", "Det ligger i din akt, mappen med allt som är skrivet där."),
        ("Noa", "Socialtjänstens arbete är avslutat."),
    ],
)
async def test_each_at_her_own_level(house: House, name: str, said: str) -> None:
    browser = await house.sign_in(name)
    await browser.tap("who_read")
    assert said in browser.words
    assert "Var det sparas och hur länge" in browser.words


async def test_whoever_lives_on_aid_reads_nothing_of_it(house: House) -> None:
    browser = await house.sign_in("Amina")
    await browser.tap("who_read")
    await browser.tap("/language")
    await browser.tap("sv")
    assert "Var det sparas" not in browser.words
