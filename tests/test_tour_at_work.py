"""The last two steps of the README's tour, in a browser and a demo of its own: Selma's days, Hanna's desk."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from tests.chat.test_tour import TOUR
from tests.parts.chromium import axe
from tests.test_demo import Demo, demo


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo whose clock stands at a Monday noon."""
    folder: Path = tmp_path_factory.mktemp("tour")
    (folder / "clock").write_text("2026-11-23T12:00:00+01:00", encoding="utf-8")
    with demo(folder) as running:
        yield running


@pytest.fixture
async def page(chromium: Browser) -> AsyncIterator[Page]:
    """A newcomer's browser."""
    context = await chromium.new_context(locale="sv-SE")
    yield await context.new_page()
    await context.close()


def printed(label: str) -> str:
    """A name or a button as the tour prints it."""
    assert f"*{label}*" in " ".join(TOUR.split()), f"the tour no longer says {label}"
    return label


async def be(page: Page, tried: Demo, name: str) -> None:
    await page.goto(tried.facts["web"])
    await page.click(f'form[action="/practice/as/{tried.person(name)["id"]}"] button')


async def work(page: Page, tried: Demo, name: str) -> None:
    await page.goto(tried.facts["practice"])
    await page.locator('form[action^="/practice/staff/"] button', has_text=name).click()
    await page.locator("main button").first.click()


async def test_selma_reads_how_it_can_be_afterwards(page: Page, tried: Demo) -> None:
    assert "Selma" in TOUR
    await be(page, tried, "Selma")
    await page.get_by_role("button", name=printed("Hur det kan vara efteråt")).click()
    rows = await page.locator("ul.rows button").all_inner_texts()
    assert len(rows) >= 3, rows


async def test_hanna_sees_what_nobody_has_told_and_looks_at_an_entry_in_arabic(page: Page, tried: Demo) -> None:
    await work(page, tried, printed("Hanna Berg"))
    start = await page.inner_text("main")
    assert "Berätta för barnet först" in start
    assert printed("Efter förhöret") in start
    await page.get_by_role("link", name=printed("Ärenden"), exact=True).click()
    await (
        page.locator("main a", has_text="Tuva").or_(page.locator("main li", has_text="Tuva").locator("a")).first.click()
    )
    await page.get_by_role("link", name="Ny händelse").click()
    await page.get_by_role("link", name="Barnförhör").first.click()
    await page.select_option("[name=p_tag]", "ar")
    await page.wait_for_selector('[data-preview] .card[lang="ar"][dir="rtl"]')


@pytest.mark.parametrize("path", ["", "practice/"])
async def test_the_pages_only_the_demo_has_can_be_read_with_other_senses(page: Page, tried: Demo, path: str) -> None:
    answer = await page.goto(f"{tried.serving.web}/{path}")
    assert answer is not None
    assert answer.status == 200
    assert await page.locator(".strip form[action^='/practice/as/']").count() > 0
    assert await axe(page) == ()
