"""The chat in a real browser, in both directions: nothing a reader would stumble over, and no trace outside."""

from __future__ import annotations

import asyncio

import pytest

from tests.chat.browser import Browser
from tests.chat.conftest import House
from tests.chat.walking import PHONE, fault, sit_down, tap

CHILD = ("way", "?", "more", "more", "ask", "back", "adults", "?", "back", "more", "back", "back", "choices", "?",
         "back", "back", "who_read", "back", "stop", "back", "/language", "level", "back", "back")  # fmt: skip
WALKS = {
    "Elias": CHILD,
    "Noa": ("way", "?", "more", "back", "back", "adults", "back"),
    "Rut Sand": ("way", "?", "back", "back"),
    "Sanna": ("?", "back", "tonight", "back"),
    "Malin": ("barnahus", "back", "ring", "back", "/language", "back"),
    "Amina": ("?", "come", "back", "plan", "back", "contact", "back"),
}


@pytest.mark.parametrize("tag", ["sv", "ar"])
@pytest.mark.parametrize("name", list(WALKS))
async def test_every_page_on_a_walk_can_be_read_by_everybody(
    house: House, chromium: object, name: str, tag: str
) -> None:
    browser = await house.sign_in(name)
    await browser.tap("/language")
    await browser.tap(tag)
    context = await chromium.new_context(viewport=PHONE)  # type: ignore[attr-defined]
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = await sit_down(context, house, browser)
    assert await page.get_attribute("html", "dir") == ("rtl" if tag == "ar" else "ltr")
    faults = [await fault(page)]
    for value in WALKS[name]:
        await tap(page, value)
        faults.append(await fault(page))
    await context.close()
    assert [wrong for wrong in faults if wrong] == []
    assert {url.split("/")[2] for url in asked} == {f"{browser.base.host}:{browser.base.port}"}


@pytest.mark.parametrize("tag", ["sv", "ar"])
async def test_the_open_pages_can_be_read_by_everybody(house: House, chromium: object, tag: str) -> None:
    context = await chromium.new_context(viewport=PHONE, locale=tag)  # type: ignore[attr-defined]
    page = await context.new_page()
    base = str(house.server.make_url("/"))
    faults = []
    await page.goto(base)
    for value in ("", "open", "?", "back", "back", "was_here", "back"):
        await tap(page, value)
        faults.append(await fault(page))
    for path in ("help", f"i/{house.person('Tuva').token}", "nowhere"):
        await page.goto(base + path)
        faults.append(await fault(page))
    await context.close()
    assert [wrong for wrong in faults if wrong] == []


async def test_nothing_stays_in_the_history_but_the_one_address(house: House, chromium: object) -> None:
    browser = await house.sign_in("Elias")
    context = await chromium.new_context(viewport=PHONE)  # type: ignore[attr-defined]
    page = await sit_down(context, house, browser)
    for value in ("way", "?", "more"):
        await tap(page, value)
        assert page.url == str(browser.base)
    await context.close()


async def test_shift_three_times_leaves_and_the_session_is_over(house: House, chromium: object) -> None:
    browser = await house.sign_in("Elias")
    context = await chromium.new_context(viewport=PHONE)  # type: ignore[attr-defined]
    await context.route("**smhi.se/**", lambda route: route.fulfill(body="weather", content_type="text/html"))
    page = await sit_down(context, house, browser)
    async with page.expect_navigation(url="**smhi.se/**"):
        for _ in range(3):
            await page.keyboard.press("Shift")
    await _until_out(browser)
    await context.close()


async def _until_out(browser: Browser) -> None:
    """The page leaves first and tells the server after: the word of it may arrive a moment later than she is gone."""
    async with asyncio.timeout(10):
        while browser.step != "welcome/front":
            await asyncio.sleep(0.02)
            await browser.open()
