"""A session on the web: its cookie, who may bring a form with it, how it changes hands, and how it is ended."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import Any

import pytest
from sqlalchemy import select
from yarl import URL

from bot.faces.frame import AWAY
from storage import _tables as t
from storage.commands import ShutSignIn
from storage.duties import Duty
from storage.records import CaseId, PersonId, Shutting
from tests.chat.browser import Browser
from tests.chat.conftest import House

FOREIGN = ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"},
           {"Sec-Fetch-Site": "cross-site", "Origin": "null"})  # fmt: skip
# Safari before 16.4 and Firefox before 90, on a page that sends no referrer.
OLD_PHONE = {"Origin": "null"}


def sid(browser: Browser) -> str:
    jar = browser.http.cookie_jar.filter_cookies(browser.base)
    return jar["sid"].value if "sid" in jar else ""


async def test_a_session_that_somebody_laid_in_her_browser_is_worth_nothing_when_she_signs_in(house: House) -> None:
    """Fixation: a thief gives her a session of his own and waits; at each step up the token is another."""
    elias, thief, hers = house.person("Elias"), house.new_browser(), house.new_browser()
    await thief.open()
    await thief.tap("code")
    laid = sid(thief)
    assert laid
    hers.http.cookie_jar.update_cookies({"sid": laid}, hers.base)
    await hers.open()
    await hers.write(elias.receipt_code)
    assert hers.step == "way_in/pin"
    pended = sid(hers)
    await hers.write(elias.pin)
    assert hers.step == "way_in/phone"
    assert len({laid, pended, sid(hers)}) == 3
    for stolen in (laid, pended):
        thief.http.cookie_jar.update_cookies({"sid": stolen}, thief.base)
        await thief.open()
        assert thief.step in ("welcome/front", "way_in/come_back"), thief.step
        assert "Elias" not in thief.words


async def test_a_made_up_session_is_no_session(house: House) -> None:
    browser = house.new_browser()
    for made_up in ("x", "0" * 43, "A" * 4000, "%00", '"quoted"'):
        browser.http.cookie_jar.update_cookies({"sid": made_up}, browser.base)
        await browser.open()
        assert (browser.status, browser.step) == (200, "welcome/front")


async def test_no_other_site_can_press_a_button_or_sign_her_out(house: House) -> None:
    elias = await house.sign_in("Elias")
    await elias.open()
    before, turn = elias.step, elias.turn_field
    for foreign in FOREIGN:
        for path, form in (("/", {"choice": "way", "turn": turn}), ("/i/token", {"text": "x"})):
            async with elias.http.post(elias.base.join(URL(path)), data=form, headers=foreign) as answer:
                assert answer.status == 403, (foreign, path)
        out = elias.base.join(URL("/out"))
        async with elias.http.post(out, headers=foreign, allow_redirects=False) as answer:
            assert not {"Clear-Site-Data", "Set-Cookie"} & set(answer.headers), foreign
    await elias.open()
    assert elias.step == before
    # A link or a picture on another site leads to /out without the cookie, since that is strict.
    async with elias.http.get(elias.base.join(URL("/out")), allow_redirects=False) as answer:
        assert answer.headers["Location"] == AWAY
        gone = SimpleCookie(answer.headers["Set-Cookie"])["sid"]
    assert (gone.value, gone["samesite"], gone["max-age"], gone["httponly"]) == ("", "Strict", "0", True)


async def test_an_old_phone_that_cannot_say_whose_page_it_was_gives_the_stamp_of_hers(house: House) -> None:
    elias = await house.sign_in("Elias")
    await elias.open()
    turn = elias.turn_field
    for made_up in ("", "0" * 20, str(int(turn) + 10**8)[-20:]):
        form = {"choice": "way", "turn": made_up}
        async with elias.http.post(elias.base, data=form, headers=OLD_PHONE, allow_redirects=False) as answer:
            assert answer.status == 403, made_up
    form = {"choice": "way", "turn": turn}
    async with elias.http.post(elias.base, data=form, headers=OLD_PHONE, allow_redirects=False) as answer:
        assert answer.status == 303
    await elias.open()
    assert elias.step == "my_way/timeline"


async def test_the_beacon_of_an_old_phone_ends_the_session_on_her_way_out(house: House) -> None:
    elias = await house.sign_in("Elias")
    token = sid(elias)
    out = elias.base.join(URL("/out"))
    async with elias.http.post(out, data=b"", headers=OLD_PHONE, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, AWAY)
    elias.http.cookie_jar.update_cookies({"sid": token}, elias.base)
    await elias.open()
    assert elias.step == "welcome/front"


async def test_the_cookie_lives_until_the_browser_closes_unless_the_phone_is_only_hers(house: House) -> None:
    browser, elias = house.new_browser(), house.person("Elias")
    await browser.open()
    async with browser.http.post(
        browser.base, data={"choice": "code", "turn": browser.turn_field}, allow_redirects=False
    ) as answer:
        cookie = SimpleCookie(answer.headers["Set-Cookie"])["sid"]
    assert (cookie["max-age"], cookie["samesite"], cookie["httponly"], cookie["path"]) == ("", "Strict", True, "/")
    assert len(cookie.value) == 43
    await browser.open()
    await browser.write(elias.receipt_code)
    await browser.write(elias.pin)
    async with browser.http.post(
        browser.base, data={"choice": "mine", "turn": browser.turn_field}, allow_redirects=False
    ) as answer:
        kept = SimpleCookie(answer.headers["Set-Cookie"])["sid"]
    assert kept["max-age"] == str(90 * 24 * 3600)


async def test_she_ends_the_library_from_her_own_phone(house: House) -> None:
    house.clock.on(minutes=31)  # what the demo opened while it moved in is over
    library, phone = await house.sign_in("Elias"), await house.sign_in("Elias")
    for browser in (library, phone):
        await browser.open()
        assert browser.step == "my_way/home", browser.step
    house.clock.on(minutes=1)
    for step in ("choices", "places"):
        await phone.open()
        await phone.tap(step)
    assert phone.step == "places/list", phone.step
    rows = [value for value in phone.choices if value != "back"]
    assert len(rows) == 2
    await phone.tap(rows[1])
    assert "Logga ut där?" in phone.words
    await phone.tap("end")
    assert (phone.step, "Nu är det utloggat där" in phone.words) == ("places/list", True)
    await library.open()
    assert library.step == "welcome/front"
    await phone.open()
    assert phone.step == "places/list"


async def test_what_her_worker_shuts_is_over_at_the_next_tap(house: House) -> None:
    elias = await house.sign_in("Elias")
    await elias.open()
    one = house.person("Elias")
    house.work("Hanna Berg", ShutSignIn(CaseId(one.case), PersonId(one.id), Shutting.SUSPEND))
    await elias.tap("way")
    assert elias.step == "welcome/front"
    again = house.new_browser()
    await again.open()
    await again.tap("code")
    await again.write(one.receipt_code)
    await again.write(one.pin)
    assert again.step == "way_in/pin"
    assert "försök" in again.words
    assert "Elias" not in again.words


async def test_what_is_too_long_to_be_read_is_said_to_be_and_nothing_of_it_is_kept(house: House) -> None:
    browser = await house.sign_in("Elias")
    await browser.tap("say")
    step, turn = browser.step, browser.shown_turn
    form = {"choice": "/send", "text": "långt " * 20_000, "turn": browser.turn_field}
    whose = {"Sec-Fetch-Site": "same-origin"}
    async with browser.http.post(browser.base, data=form, headers=whose, allow_redirects=False) as answer:
        assert answer.status == 303
    await browser.open()
    assert "för långt" in browser.words
    assert (browser.step, browser.shown_turn) == (step, turn)
    await browser.write("Jag vill veta när mötet är.")
    assert "för långt" not in browser.words


async def test_when_a_turn_breaks_she_reads_one_kind_line_a_worker_has_the_task_and_she_may_try_again(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    elias = await house.sign_in("Elias")
    broken = elias.turn_field

    def breaks(*_: Any) -> Any:
        raise RuntimeError("KANARIE")

    with monkeypatch.context() as patch:
        patch.setattr("bot.engine.carry_out", breaks)
        for _ in range(2):
            await elias.tap("adults")
            assert (elias.status, elias.step) == (200, "my_way/home")
            assert "Något gick sönder här, och det är inte ditt fel." in elias.words
    failed = house.store.run(lambda tx: tx.rows(select(t.inbox).where(t.inbox.c.state == "failed"), {}))
    tasks = house.store.run(lambda tx: tx.rows(select(t.task).where(t.task.c.code == Duty.TURN_FAILED), {}))
    assert len(failed) == 2
    assert {task.ref for task in tasks} == {row.inbound[:80] for row in failed}
    assert {task.case_id for task in tasks} == {house.person("Elias").case}
    assert "KANARIE" not in caplog.text
    await elias.tap("adults", turn=broken)
    assert elias.step == "my_way/home", "the one that broke is not done behind her back"
    await elias.tap("adults")
    assert elias.step == "adults/list"
