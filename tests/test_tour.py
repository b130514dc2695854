"""The README's tour, walked as it is written: every sentence of it is said here, and then done in a real browser.

One demo, one browser. `Tour.says` takes the next words off the README's tour, so a tour that was changed without its
walk is red, and so is a walk that leaves words over.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, Route
from playwright.async_api import TimeoutError as NotInTime

from bot.faces.frame import AWAY
from tests.parts.chromium import axe
from tests.test_demo import Demo, demo

README = Path(__file__).parents[1] / "README.md"
# Milliseconds for what the clock has made due to be sent, and how often it may be moved before the reminder.
ARRIVED, MOST = 5_000, 6
_HIDDEN = re.compile(r'(name="turn" value=")\d{20}"')


@dataclass
class Tour:
    """The words of the tour that are still to be walked, and the browser that walks them."""

    left: str
    page: Page
    web: str

    def says(self, words: str) -> None:
        """The next words of the README; everything until the next call is what they promise."""
        assert self.left.startswith(words), f"the README goes on otherwise: {self.left[:200]}"
        self.left = self.left.removeprefix(words).strip()

    async def press(self, label: str) -> None:
        """A button, by the name that the tour prints."""
        await self.page.get_by_role("button", name=label, exact=True).click()

    async def follow(self, label: str) -> None:
        """A link, by the name that the tour prints."""
        await self.page.get_by_role("link", name=label, exact=True).first.click()

    async def strip(self) -> None:
        """The page where the strip always stands."""
        await self.page.goto(f"{self.web}/practice/")

    async def rows(self) -> list[str]:
        """What the list on the page says."""
        return await self.page.locator("ul.rows button").all_inner_texts()

    async def words(self) -> str:
        """What the page says."""
        return await self.page.inner_text("main")


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo whose clock stands at a Monday noon."""
    folder: Path = tmp_path_factory.mktemp("tour")
    (folder / "clock").write_text("2026-11-23T12:00:00+01:00", encoding="utf-8")
    with demo(folder) as running:
        yield running


@pytest.fixture
async def tour(chromium: Browser, tried: Demo) -> AsyncIterator[Tour]:
    """A newcomer with the README in her hand. The weather service answers from here: no network is needed."""
    context = await chromium.new_context(locale="sv-SE", viewport={"width": 390, "height": 844})
    context.set_default_timeout(15_000)

    async def weather(route: Route) -> None:
        await route.fulfill(body="Väder", content_type="text/html; charset=utf-8")

    await context.route(f"{AWAY}**", weather)
    text = README.read_text(encoding="utf-8").split("## A tour in five minutes")[1].split("\n## ")[0]
    yield Tour(" ".join(text.split()), await context.new_page(), tried.serving.web)
    await context.close()


async def test_the_tour_is_as_the_readme_says(tour: Tour, tried: Demo) -> None:
    tour.says("Start the demo and open the first page. The strip at its top lets you be anyone, and moves the clock.")
    await tour.page.goto(tour.web)
    assert await tour.page.locator(".strip form[action^='/practice/as/']").count() == len(tried.facts["people"])
    assert await tour.page.locator(".strip form[action^='/practice/clock/']").count() == 3
    tour.says("While you are somebody the first page is hers: open `/practice/`, where the strip always stands, to be")
    tour.says("somebody else. The strip and the console follow your browser's language, Swedish below; each person has")
    tour.says("her own.")
    await _elias_reads_his_way(tour)
    await _elias_has_something_to_say(tour)
    await _sanna_reads_what_was_let_out(tour)
    await _malin_and_a_stranger_get_the_same(tour)
    await _selma_reads_of_the_days_after(tour)
    await _hanna_starts_her_day(tour)
    await _hanna_writes_and_tuva_reads(tour)
    await _amina_is_reminded_and_answers(tour)
    assert tour.left == ""


async def _elias_reads_his_way(tour: Tour) -> None:
    tour.says("1. **Elias, nine.** Press *Elias*, then *Läs min väg*.")
    await tour.press("Elias")
    await tour.press("Läs min väg")
    tour.says("The cards stand in date order.")
    rows = await tour.rows()
    days = [_day(row) for row in rows]
    assert len(days) > 10
    assert days == sorted(days)
    tour.says("Open the first: it is heavy, so it starts with its headline.")
    await tour.page.locator("ul.rows button").first.click()
    assert "morfar" not in await tour.words()
    assert rows[0].split(",")[0] in await tour.words()
    tour.says("*Läs lite mer*, then *Läs allt*, tells it whole.")
    await tour.press("Läs lite mer")
    await tour.press("Läs allt")
    assert "din morfar har gjort sexuella saker mot dig" in await tour.words()
    tour.says("*Till vägen* leads back.")
    await tour.press("Till vägen")
    assert await tour.rows() == rows
    tour.says("Near the end of the way stands *Inte än*: a card that may not be read yet, with the day somebody looks")
    tour.says("again.")
    assert rows[-2].replace("\n", " ") == "Inte än. Någon ser efter igen fredag 27 november 2026"


async def _elias_has_something_to_say(tour: Tour) -> None:
    tour.says("2. **What he wants to say.** *Tillbaka* leads home. Press *Jag vill säga något*.")
    await tour.press("Tillbaka")
    await tour.press("Jag vill säga något")
    tour.says("Who reads, and when, stands before the box.")
    before = (await tour.words()).partition("112")[0]
    assert "En människa" in before
    told = await tour.page.locator("main p", has_text="människa").first.bounding_box()
    box = await tour.page.locator("[name=text]").bounding_box()
    assert told is not None
    assert box is not None
    assert told["y"] + told["height"] <= box["y"]
    tour.says("*Lämna* takes him away at once, and whoever opens the first page after him meets the strip again.")
    await tour.follow("Lämna")
    await tour.page.wait_for_url(AWAY)
    # She leaves first, and the house is told after.
    async with asyncio.timeout(5):
        while await tour.page.locator(".strip").count() == 0:
            await tour.page.goto(tour.web)
    assert "Elias" not in await tour.words()


async def _sanna_reads_what_was_let_out(tour: Tour) -> None:
    tour.says("3. **Sanna, his mother, cleared by two people.** Press *Sanna, förälder*.")
    await tour.press("Sanna, förälder")
    tour.says("In English she reads what was released to her.")
    tour.says("Below it stand three rows of advice: what to say tonight, what not to ask, whom to call.")
    assert await tour.page.get_attribute("html", "lang") == "en"
    heads = [row.partition(",")[0].replace("\n", " ") for row in await tour.rows()]
    assert heads == [
        "A report of concern", "A report to the police", "Support and treatment for the child",
        "The prosecutor has brought charges", "The investigation has ended", "A guilty verdict",
        "Planned: Support and treatment for the child",
        "What you can say tonight", "What not to ask", "Whom you can call",
    ]  # fmt: skip


async def _malin_and_a_stranger_get_the_same(tour: Tour) -> None:
    tour.says("4. **Malin, a suspected mother.** Press *Malin, förälder*.")
    await tour.strip()
    await tour.press("Malin, förälder")
    tour.says("She gets the page of quiet times: what to say tonight, what not to ask, whom to ring.")
    for label in ("Det du kan säga i kväll", "Det du inte ska fråga", "Vem du kan ringa"):
        assert await tour.page.get_by_role("button", name=label, exact=True).is_visible()
    malin = await _whole(tour)
    tour.says("It is the same to the letter for a stranger.")
    # His tie to the child ends: nobody in the house stands further off.
    await _work(tour, "Hanna Berg")
    await _open_case(tour, "Tuva")
    await tour.follow("Oskar")
    end = tour.page.get_by_role("region", name="Avsluta kopplingen")
    await end.locator("[name=until]").fill("2026-11-22")
    await end.get_by_role("button").click()
    assert "till och med söndag 22 november 2026" in await tour.words()
    await tour.strip()
    await tour.press("Oskar, förälder")
    assert await _whole(tour) == malin


async def _selma_reads_of_the_days_after(tour: Tour) -> None:
    tour.says("5. **Selma, ten, a week after her interview.** Press *Selma*, then *Hur det kan vara efteråt*: the")
    tour.says("evening, the day after and the week.")
    await tour.strip()
    await tour.press("Selma")
    await tour.press("Hur det kan vara efteråt")
    rows = await tour.rows()
    assert [row.split(" ")[0] for row in rows] == ["En", "Dagen", "Kvällen"]


async def _hanna_starts_her_day(tour: Tour) -> None:
    await tour.page.locator("ul.rows button").first.click()
    hers = [line for line in (await tour.words()).splitlines() if line.startswith("Nu har det gått en vecka")]
    tour.says("6. **Hanna, at work.** Press *Hanna Berg* and then *Logga in*.")
    await _work(tour, "Hanna Berg")
    tour.says("Under *Berätta för barnet först* stands what nobody has told yet.")
    first = tour.page.locator("section", has=tour.page.get_by_role("heading", name="Berätta för barnet först"))
    assert await first.locator("li").count() == 4
    tour.says("Under *Efter förhöret*, *En vecka efter förhöret: hör av dig* has the words that Selma reads, to say by")
    tour.says("telephone.")
    assert await tour.page.get_by_role("heading", name="Efter förhöret").is_visible()
    await tour.follow("En vecka efter förhöret: hör av dig")
    assert len(hers) == 1
    assert hers[0] in await tour.words()


async def _hanna_writes_and_tuva_reads(tour: Tour) -> None:
    page = tour.page
    tour.says("Under *Ärenden*, open Tuva's case, *Ny händelse*, *Barnets önskan*.")
    await _open_case(tour, "Tuva")
    await tour.follow("Ny händelse")
    await page.get_by_role("link", name="Barnets önskan").click()
    tour.says("Fill in the day, who listened and *Följdes*.")
    await page.fill("[name=on]", "2026-11-23")
    listened = page.locator(".box", has_text="Vem lyssnade på barnet").locator("select")
    await listened.select_option(label="Hanna Berg, socialsekreterare")
    await page.get_by_label("Följdes", exact=True).check()
    tour.says("Choose *العربية* beside the form and look at it as a child, in Arabic, before anyone gets it.")
    await page.select_option("[name=p_tag]", label="العربية")
    await page.wait_for_selector('[data-preview] .card[lang="ar"][dir="rtl"]')
    assert "Hanna Berg" in await page.inner_text("[data-preview]")
    tour.says(
        "*Spara händelsen* keeps it, and nobody reads it yet; *Släpp till läsaren* under Tuva's name lets it out."
    )
    await tour.press("Spara händelsen")
    tuva = page.locator("article.reader", has=page.get_by_role("heading", name="Tuva"))
    assert "Inte släppt än" in await tuva.inner_text()
    await tuva.get_by_role("button", name="Släpp till läsaren", exact=True).click()
    assert "Kan läsa nu" in await tuva.inner_text()
    tour.says("Press *Tuva*, then *Läs min väg*: the last card is *Du sa vad du vill*.")
    await tour.strip()
    await tour.press("Tuva")
    await tour.press("Läs min väg")
    assert (await tour.rows())[-1].replace("\n", " ") == "Du sa vad du vill, måndag 23 november 2026"
    await page.locator("ul.rows button").last.click()
    assert "Hanna Berg" in await tour.words()


async def _amina_is_reminded_and_answers(tour: Tour) -> None:
    tour.says("7. **Amina, who lives on aid, and the clock.** Open *Övningstelefon: Amina*: a locked phone that speaks")
    tour.says("Arabic.")
    await _phone(tour)
    assert await tour.page.get_attribute("html", "lang") == "ar"
    assert await tour.page.locator("[data-lock]").is_visible()
    tour.says("At `/practice/` press *Till nästa sak som ska hända* a few times, looking at the phone each time, until")
    tour.says("it has a line with three answers below it: the word she chose, and a time, with no name and no place.")
    locked = await _reminded(tour)
    assert re.fullmatch(r"قارب: الخميس الساعة \W*10:00\W*", locked), locked
    tour.says("Tap the answer with ✓, and a receipt comes.")
    last = tour.page.locator("article.theirs").last
    assert await last.get_by_role("button").count() == 3
    await last.get_by_role("button", name="✓").click()
    await tour.page.locator("article.theirs", has_text="ستأتي").wait_for()
    tour.says("*Maria Nyström* sees *Kommer* beside that meeting, under *Möten och plan* in Amina's case.")
    await _work(tour, "Maria Nyström")
    await _open_case(tour, "Amina")
    await tour.follow("Möten och plan")
    row = tour.page.locator("li.row", has_text="torsdag 26 november 2026 10:00")
    assert "Kommer" in await row.inner_text()


async def _reminded(tour: Tour) -> str:
    """Move the clock until the phone has a line to answer; the line of the locked screen."""
    answers = tour.page.locator("article.theirs", has=tour.page.get_by_role("button", name="✓"))
    for _ in range(MOST):
        await tour.strip()
        await tour.press("Till nästa sak som ska hända")
        assert tour.page.url == f"{tour.web}/practice/"
        await _phone(tour)
        try:
            await answers.first.wait_for(timeout=ARRIVED)
        except NotInTime:
            continue
        return await tour.page.inner_text("[data-lock] p")
    raise AssertionError("no reminder has come")


async def _phone(tour: Tour) -> None:
    await tour.strip()
    await tour.follow("Övningstelefon: Amina")


async def _work(tour: Tour, name: str) -> None:
    await tour.strip()
    await tour.press(name)
    await tour.press("Logga in")


async def _open_case(tour: Tour, name: str) -> None:
    await tour.follow("Ärenden")
    await tour.page.locator("main li", has_text=name).get_by_role("link").first.click()


async def _whole(tour: Tour) -> tuple[int, list[tuple[str, str]], str]:
    """The page of quiet times as it was sent; the date, a cookie's value and the hidden digits may differ."""
    answer = await tour.page.context.request.get(tour.web)
    headers = [
        (one["name"], one["value"].partition("=")[0] if one["name"].lower() == "set-cookie" else one["value"])
        for one in answer.headers_array
        if one["name"].lower() != "date"
    ]
    return answer.status, headers, _HIDDEN.sub(r'\1"', await answer.text())


_MONTHS = ("januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober",
           "november", "december")  # fmt: skip


def _day(row: str) -> tuple[int, int, int]:
    """Year, month and day at the end of a row."""
    day, month, year = row.split()[-3:]
    return int(year), _MONTHS.index(month), int(day)


@pytest.mark.parametrize("path", ["", "practice/"])
async def test_the_pages_only_the_demo_has_can_be_read_with_other_senses(tour: Tour, path: str) -> None:
    answer = await tour.page.goto(f"{tour.web}/{path}")
    assert answer is not None
    assert answer.status == 200
    assert await tour.page.locator(".strip form[action^='/practice/as/']").count() > 0
    assert await axe(tour.page) == ()
