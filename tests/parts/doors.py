"""Coming in at the doors of a house that is served: an invite with its spoken code, and a worker's link.

Fixture: ``new_browser`` makes browsers with cookie jars of their own, each for a house at an address.
"""

import re
from collections.abc import AsyncIterator, Callable

import pytest
from aiohttp import ClientSession, CookieJar
from yarl import URL

from tests.chat.browser import Browser

PIN = "836194"
_STAMP = re.compile(r'name="stamp" value="(\d+)"')


@pytest.fixture
async def new_browser() -> AsyncIterator[Callable[[str], Browser]]:
    """Browsers with cookie jars of their own, for a house at an address."""
    sessions: list[ClientSession] = []

    def make(web: str) -> Browser:
        session = ClientSession(cookie_jar=CookieJar(unsafe=True), headers={"Accept-Language": "sv"})
        sessions.append(session)
        return Browser(session, URL(web))

    yield make
    for session in sessions:
        await session.close()


async def come_in(phone: Browser, address: str, spoken: str) -> None:
    """Take an invite with its spoken code, choose six digits, type them once more; the phone is shared."""
    await phone.open(address)
    await phone.send(path=URL(address).path, text=spoken)
    assert phone.step == "way_in/choose", phone.words
    await phone.tap("digits")
    await phone.write(PIN)
    assert phone.step == "way_in/pin", phone.words
    await phone.write(PIN)
    assert phone.step == "way_in/phone", phone.words
    await phone.tap("shared")
    while phone.step.startswith("way_in/"):
        await phone.tap(phone.choices[0])


async def enter(browser: Browser, link: str) -> int:
    """Press the button of the door, and look at the console; the status of the door's answer."""
    await browser.open(link)
    stamp = _STAMP.search(browser.body)
    assert stamp is not None
    async with browser.http.post(link, data={"stamp": stamp.group(1)}, allow_redirects=False) as answer:
        status = answer.status
    if status == 303:
        await browser.open("/console/")
    return status
