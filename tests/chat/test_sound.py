"""Recordings in a real browser: played where somebody has read the words as they stand, and by nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page

from bot.recordings import TABLE, Recordings
from storage.maintenance import all_tasks
from tests.chat.browser import Browser
from tests.chat.conftest import House, open_house
from tests.chat.walking import PHONE, fault, sit_down, tap
from tests.parts.sounds import keep, mp3, opus

FRONT = ("welcome.title", "welcome.what", "welcome.robot")
CHOOSE = ("way_in.choose.title", "way_in.choose.why", "way_in.choose.secret")
ANSWERS = ("meetings.answer.come", "meetings.answer.other_time", "meetings.answer.call_me")
_PLAYED = """async (one) => {
    one.muted = true;
    const ended = new Promise((yes, no) => { one.onended = yes; one.onerror = () => no(one.error.message); });
    await one.play();
    await ended;
    return one.duration;
}"""


@pytest.fixture
def recordings(tmp_path: Path) -> Recordings:
    """The municipality's own folder: the first page in one go, the choice of a code in pieces, the answers."""
    own = Recordings(tmp_path / "audio")
    keep(own, "sv", FRONT, mp3(0.5))
    for key in CHOOSE:
        keep(own, "sv", (key,), opus(0.4))
    for key in ANSWERS:
        keep(own, "sv", (key,), mp3(0.3))
    return own


@pytest.fixture
async def heard(tmp_path: Path, recordings: Recordings) -> AsyncIterator[House]:
    """The house with recordings in it."""
    async with open_house(f"sqlite:///{tmp_path}/store.db", tmp_path, recordings=recordings) as opened:
        yield opened


async def _open(chromium: Chromium, house: House, *, script: bool = True) -> tuple[Page, list[str], list[str]]:
    context = await chromium.new_context(viewport=PHONE, locale="sv-SE", java_script_enabled=script)  # type: ignore[arg-type]
    page, asked, complaints = await context.new_page(), list[str](), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda line: complaints.append(line.text))
    await page.goto(str(house.server.make_url("/")))
    return page, asked, complaints


async def _amina(house: House) -> Browser:
    """Amina, who has chosen Swedish today."""
    browser = await house.sign_in("Amina")
    await browser.tap("/language")
    await browser.tap("sv")
    return browser


async def test_the_first_page_plays_and_fetches_nothing_before_it_is_pressed(heard: House, chromium: Chromium) -> None:
    page, asked, complaints = await _open(chromium, heard)
    (player,) = await page.locator(".whole audio").all()
    assert not [url for url in asked if "/a/" in url]
    assert await player.evaluate(_PLAYED) == pytest.approx(0.5, abs=0.1)
    assert [url for url in asked if "/a/" in url]
    assert await fault(page) is None
    assert complaints == []


async def test_opus_plays_too_and_pieces_follow_each_other(heard: House, chromium: Chromium) -> None:
    tuva = heard.person("Tuva")
    page, _, complaints = await _open(chromium, heard)
    await page.goto(f"{heard.server.make_url('/')}i/{tuva.token}")
    await page.fill("#text", tuva.spoken_code or "")
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
    assert await page.get_attribute("main", "data-step") == "way_in/choose"
    players = page.locator(".whole audio")
    assert await players.count() == len(CHOOSE)
    await players.first.evaluate("one => { one.muted = true; return one.play(); }")
    await page.wait_for_function("() => [...document.querySelectorAll('.whole audio')].every(one => one.ended)")
    assert await fault(page) is None
    assert complaints == []


@pytest.mark.parametrize("script", [True, False])
async def test_each_answer_can_be_heard_before_it_is_given(heard: House, chromium: Chromium, script: bool) -> None:
    browser = await _amina(heard)
    context = await chromium.new_context(viewport=PHONE, java_script_enabled=script)  # type: ignore[arg-type]
    page = await sit_down(context, heard, browser)
    await tap(page, "?")
    assert await page.get_attribute("main", "data-step") == "meetings/one"
    # The page itself names a day and a person: nobody has read that, and half of it is not played.
    assert await page.locator(".whole").count() == 0
    names = [await one.get_attribute("aria-label") for one in await page.locator(".replies audio").all()]
    assert names == ["Lyssna: Jag kommer", "Lyssna: Jag behöver en annan tid", "Lyssna: Ring mig"]
    # The drawing of each answer stands before its words.
    assert await page.locator(".replies button[value] svg:first-child").count() == len(ANSWERS) + 1
    if script:
        assert await page.locator(".replies .play").count() == len(ANSWERS)
        await page.locator(".replies .play").first.click()
        await page.wait_for_function("() => document.querySelector('.replies audio').ended")
        assert await fault(page) is None
    await tap(page, "come")
    assert "Ditt svar är sparat" in (await page.text_content(".note") or "")
    await context.close()


async def test_a_changed_text_is_played_no_more(heard: House, recordings: Recordings) -> None:
    browser = heard.new_browser()
    await browser.open()
    assert browser.body.count('class="hear whole"') == 1
    table = recordings.own / "sv" / TABLE  # type: ignore[operator]
    table.write_text(table.read_text().replace('mark = "sv-', 'mark = "sv-0'))
    await browser.open()
    assert "<audio" not in browser.body


async def test_an_address_says_nothing_and_asks_for_nobody(heard: House, recordings: Recordings) -> None:
    browser = heard.new_browser()
    await browser.open()
    (address,) = [part.split('"')[0] for part in browser.body.split('src="/a/')[1:]]
    assert not any(word in address for word in ("welcome", "sv"))
    async with browser.http.get(heard.server.make_url(f"/a/{address}"), headers={"Range": "bytes=0-1"}) as answer:
        assert (answer.status, await answer.read()) == (206, mp3(0.5)[:2])
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Type"] == "audio/mpeg"
        assert "media-src 'self'" in answer.headers["Content-Security-Policy"]
    for wrong in ("0" * 24 + ".mp3", "../audio.toml", "0" * 24 + ".toml"):
        async with browser.http.get(heard.server.make_url(f"/a/{wrong}")) as answer:
            assert answer.status == 404


async def test_with_neither_a_reading_nor_a_voice_she_asks_to_be_rung_up(heard: House) -> None:
    browser = await _amina(heard)
    assert 'value="/ring"' in browser.body
    await browser.tap("/ring")
    assert browser.step == "ring/ask"
    await browser.tap("yes")
    assert "Det är sparat" in browser.words
    await browser.tap("/ring")
    await browser.tap("yes")
    lines = [row for row in heard.store.run(all_tasks) if row["code"] == "r1"]
    assert len(lines) == 1


async def test_outside_nobody_is_offered_a_call(heard: House) -> None:
    browser = await heard.sign_in("Malin")
    assert 'value="/ring"' not in browser.body
    await browser.tap("/ring")
    assert browser.step == "near/home"
    assert [row for row in heard.store.run(all_tasks) if row["code"] == "r1"] == []
