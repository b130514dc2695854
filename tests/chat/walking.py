"""Walking through the chat in a real browser, on a screen as wide as an old phone's."""

from __future__ import annotations

from playwright.async_api import BrowserContext, Page

from tests.chat.browser import Browser
from tests.chat.conftest import House
from tests.parts.chromium import axe

PHONE = {"width": 360, "height": 740}


async def sit_down(context: BrowserContext, house: House, browser: Browser) -> Page:
    """Go on in Chromium where the plain client has signed in."""
    sid = browser.http.cookie_jar.filter_cookies(browser.base)["sid"].value
    await context.add_cookies([{"name": "sid", "value": sid, "url": str(browser.base)}])
    page = await context.new_page()
    await page.goto(str(browser.base))
    return page


async def fault(page: Page) -> str | None:
    """What is wrong with the page as it stands, in one line; None when nothing is."""
    step = await page.get_attribute("main", "data-step")
    if wrong := await axe(page):
        return f"{step}: {wrong[0].rule} {wrong[0].targets[:2]}"
    if await page.title() != "Start":
        return f"{step}: the title tells"
    wide = await page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return f"{step}: the page is wider than the phone" if wide else None


async def tap(page: Page, value: str) -> None:
    """Press a button by its value, `?` for the first row; nothing when it is not there."""
    buttons = page.locator("ul.rows button, .replies button, .bar button")
    if value == "?":
        target = page.locator("ul.rows button").first
    else:
        target = buttons.and_(page.locator(f'button[value="{value}"]')).first
    if await target.count():
        async with page.expect_navigation():
            await target.click()
