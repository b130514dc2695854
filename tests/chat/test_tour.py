"""The README's tour, walked as written: each name and button it prints is on the page when the tour says so."""

from __future__ import annotations

from pathlib import Path

from tests.chat.conftest import House

TOUR = Path(__file__).parents[2].joinpath("README.md").read_text(encoding="utf-8").split("## A tour")[1].split("## ")[0]


def _printed(label: str) -> str:
    """A label the tour prints in italics."""
    assert f"*{label}*" in " ".join(TOUR.split()), f"the tour no longer says {label}"
    return label


async def test_elias_reads_his_way_and_meets_a_card_that_waits(house: House) -> None:
    _printed("Elias")
    browser = await house.sign_in("Elias")
    assert _printed("Läs min väg") in browser.words
    await browser.tap("way")
    assert _printed("Inte än") in browser.words
    await browser.tap(browser.choices[0])
    assert _printed("Läs lite mer") in browser.words
    await browser.tap("more")
    assert _printed("Läs allt") in browser.words
    await browser.tap("more")
    assert "din morfar" in browser.words


async def test_elias_says_something_and_sees_first_who_reads(house: House) -> None:
    browser = await house.sign_in("Elias")
    assert _printed("Jag vill säga något") in browser.words
    await browser.tap("say")
    assert browser.words.index("människa") < browser.words.index("112")


async def test_sanna_reads_what_was_released_and_malin_the_page_of_quiet_times(house: House) -> None:
    assert "Sanna" in TOUR
    assert "Malin" in TOUR
    sanna, malin = await house.sign_in("Sanna"), await house.sign_in("Malin")
    assert '<html lang="en"' in sanna.body
    assert len(sanna.choices) > 5
    assert malin.shown_turn == 0


async def test_hanna_is_at_work_in_the_demo(house: House) -> None:
    assert _printed("Hanna Berg")
    assert house.worker("Hanna Berg").unit == "lindvik"
