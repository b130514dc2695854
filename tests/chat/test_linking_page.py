"""The page that links a Telegram, in a real browser: a link to press, a picture for a camera, four words, and a yes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page

from storage.bindings import meet
from storage.queries import MyChoices
from storage.records import CaseId
from tests.chat.conftest import BOT, House
from tests.chat.walking import PHONE, fault, sit_down, tap
from tests.storage.house import House as Store
from tests.storage.house import signed_in

NUMBER = 700_001
# Smaller than this, a telephone at arm's length does not read the picture.
SMALLEST_PICTURE = 180
LOOK = """(where) => {
    const box = document.querySelector(where).getBoundingClientRect();
    const style = getComputedStyle(document.querySelector(where));
    return {left: box.left, right: box.right, width: box.width, height: box.height,
            behind: style.backgroundColor, direction: style.direction, screen: document.documentElement.clientWidth};
}"""


@dataclass
class Box:
    """Where a thing stands on the page, and how it is drawn."""

    left: float
    right: float
    width: float
    height: float
    behind: str
    direction: str
    screen: float

    @property
    def inside(self) -> bool:
        """Whether all of it can be seen without moving the page sideways."""
        return self.left >= 0 and self.right <= self.screen


async def _box(page: Page, where: str) -> Box:
    found: dict[str, Any] = await page.evaluate(LOOK, where)
    return Box(**found)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("tag", ["sv", "ar"])
async def test_the_link_and_the_picture_can_be_read_on_an_old_phone(
    house: House, chromium: Chromium, tag: str, theme: Literal["light", "dark"]
) -> None:
    browser = await house.sign_in("Amina")
    await browser.tap("/language")
    await browser.tap(tag)
    context = await chromium.new_context(viewport=PHONE, color_scheme=theme)  # type: ignore[arg-type]
    page = await sit_down(context, house, browser)
    faults = []
    for value in ("choices", "telegram", "make"):
        await tap(page, value)
        faults.append(await fault(page))
    assert faults == [None] * 3

    address = await page.get_attribute(".link a", "href") or ""
    assert address.startswith(f"https://t.me/{BOT}?start=")
    link, picture, frame = [await _box(page, where) for where in (".link a", ".qr svg", ".qr")]
    assert link.inside
    assert link.height >= 48
    assert link.direction == "ltr"
    assert picture.inside
    assert picture.width >= SMALLEST_PICTURE
    assert abs(picture.width - picture.height) < 1
    assert frame.behind == "rgb(255, 255, 255)"

    _open(house, address)
    for value in ("opened", "same", "pick"):
        await tap(page, value)
        faults.append(await fault(page))
    await context.close()
    assert faults == [None] * 6


async def test_her_yes_to_reminders_is_one_button(house: House) -> None:
    browser = await house.sign_in("Amina")
    amina = house.person("Amina")
    case = CaseId(amina.case)
    (given,) = [one for one, scope, *_ in _choices(house, amina.id, case) if scope == "reminders"]
    # What came with the case is taken back first: the yes of this story is her own.
    await browser.tap("choices")
    await browser.tap(given)
    await browser.tap("withdraw")
    assert "reminders" not in _scopes(house, amina.id, case)

    for value in ("telegram", "make"):
        await browser.tap(value)
    _open(house, browser.body.partition('<p class="link"><a href="')[2].partition('"')[0])
    for value in ("opened", "same"):
        await browser.tap(value)
    assert "remind" in browser.choices
    await browser.tap("remind")
    assert "remind" not in browser.choices
    assert _scopes(house, amina.id, case).count("reminders") == 1


def _open(house: House, address: str) -> None:
    """What her Telegram does with the link."""
    token = address.partition("?start=")[2]
    assert house.store.run(lambda tx: meet(tx, token, NUMBER)) is not None


def _choices(house: House, person: str, case: CaseId) -> tuple[Any, ...]:
    seen = Store(house.store, house.clock, "", None).see(signed_in(person), MyChoices(case))  # type: ignore[arg-type]
    return seen.given


def _scopes(house: House, person: str, case: CaseId) -> list[str]:
    return [scope for _, scope, *_ in _choices(house, person, case)]
