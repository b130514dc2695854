"""The chat in a real browser, in both directions: nothing a reader would stumble over, and no trace outside."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import BrowserContext, Page

from tests.chat.browser import Browser
from tests.chat.conftest import House
from tests.parts.chromium import axe

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
PHONE = {"width": 360, "height": 740}


async def _sit_down(context: BrowserContext, house: House, browser: Browser) -> Page:
    """Go on in Chromium where the plain client has signed in."""
    sid = browser.http.cookie_jar.filter_cookies(browser.base)["sid"].value
    await context.add_cookies([{"name": "sid", "value": sid, "url": str(browser.base)}])
    page = await context.new_page()
    await page.goto(str(browser.base))
    return page


async def _fault(page: Page) -> str | None:
    """What is wrong with the page as it stands, in one line; None when nothing is."""
    step = await page.get_attribute("main", "data-step")
    if wrong := await axe(page):
        return f"{step}: {wrong[0].rule} {wrong[0].targets[:2]}"
    if await page.title() != "Start":
        return f"{step}: the title tells"
    wide = await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return f"{step}: the page is wider than the phone" if wide else None


async def _tap(page: Page, value: str) -> None:
    buttons = page.locator("ul.rows button, .replies button, .bar button")
    if value == "?":
        target = page.locator("ul.rows button").first
    else:
        target = buttons.and_(page.locator(f'button[value="{value}"]')).first
    if await target.count():
        async with page.expect_navigation():
            await target.click()


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
    page = await _sit_down(context, house, browser)
    assert await page.get_attribute("html", "dir") == ("rtl" if tag == "ar" else "ltr")
    faults = [await _fault(page)]
    for value in WALKS[name]:
        await _tap(page, value)
        faults.append(await _fault(page))
    await context.close()
    assert [fault for fault in faults if fault] == []
    assert {url.split("/")[2] for url in asked} == {f"{browser.base.host}:{browser.base.port}"}


@pytest.mark.parametrize("tag", ["sv", "ar"])
async def test_the_open_pages_can_be_read_by_everybody(house: House, chromium: object, tag: str) -> None:
    context = await chromium.new_context(viewport=PHONE, locale=tag)  # type: ignore[attr-defined]
    page = await context.new_page()
    base = str(house.server.make_url("/"))
    faults = []
    await page.goto(base)
    for value in ("", "open", "?", "back", "back", "was_here", "back"):
        await _tap(page, value)
        faults.append(await _fault(page))
    for path in ("help", f"i/{house.person('Tuva').token}", "nowhere"):
        await page.goto(base + path)
        faults.append(await _fault(page))
    await context.close()
    assert [fault for fault in faults if fault] == []


async def test_nothing_stays_in_the_history_but_the_one_address(house: House, chromium: object) -> None:
    browser = await house.sign_in("Elias")
    context = await chromium.new_context(viewport=PHONE)  # type: ignore[attr-defined]
    page = await _sit_down(context, house, browser)
    for value in ("way", "?", "more"):
        await _tap(page, value)
        assert page.url == str(browser.base)
    await context.close()


async def test_shift_three_times_leaves_and_the_session_is_over(house: House, chromium: object) -> None:
    browser = await house.sign_in("Elias")
    context = await chromium.new_context(viewport=PHONE)  # type: ignore[attr-defined]
    await context.route("**smhi.se/**", lambda route: route.fulfill(body="weather", content_type="text/html"))
    page = await _sit_down(context, house, browser)
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
