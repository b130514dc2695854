"""Every page of the console: who may open it by her role, and what a reader with other senses finds wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, Page

from bot.console.routes import GET, ROUTES, Route
from storage.records import Role, Side
from tests.console.house import HEX, House, open_house
from tests.console.steps import adult, dropped_case, enrol, open_case, write_entry
from tests.console.test_doors import path_of
from tests.console.test_requests import ask_as_visitor
from tests.parts.chromium import Violation, axe

PAGES = tuple(route for route in ROUTES if route.method == GET)
AFTER = "/cases/{case}/entries/{entry}/after"
# Both are of a browser that was turned to the child: see `_reads_together`.
TURNED = ("/cases/{case}/together/read/{at}", "/cases/{case}/together/close")
# What has to stand on a page, that it is not examined empty.
STANDS = {
    AFTER: "[data-day='7']",
    "/cases/{case}/meetings": "[name=meeting_kind]",
    "/cases/{case}/meetings/{meeting}": "button.danger",
    "/cases/{case}/adults/{adult}": "#label[value=Lise]",
    "/cases/{case}/together": "[name^='cards.']",
}
AID = "Bistånd"
Known = dict[str, str]
Faults = dict[str, tuple[Violation, ...]]


def _of(role: Role) -> list[Route]:
    return [route for route in PAGES if role in route.roles and route.path not in TURNED]


MEETINGS = [route for route in PAGES if "/meetings" in route.path]
BO = [route for route in _of(Role.MANAGER) if route not in MEETINGS]


async def _known(house: House) -> Known:
    """A case with a child, her mother, a decision, an interview and a request, by the names that addresses have."""
    eva = await house.worker("Eva")
    case, child, _, entry = await dropped_case(eva)
    await eva.fill(f"/cases/{case}/entries/{entry}", "/release")
    lise = await adult(eva, case, "Lise", "police_interviewer", "police")
    interview, _ = await write_entry(eva, case, "child_interview", state="happened", on="2026-11-23", hold="none",
                                     f_by=lise, f_place="barnahus", f_filmed="yes",
                                     **{f"f_listeners__{lise}": "yes", "f_contact_after": lise})  # fmt: skip
    claim, _ = ask_as_visitor(house)
    nobody = dict.fromkeys(("meeting", "objection", "task"), "0" * 32)
    return {**nobody, "case": case, "person": child, "entry": entry, "ref": entry, "kind": "verdict", "at": "0",
            "answer": "nothing", "adult": lise, "claim": claim, "interview": interview}  # fmt: skip


async def _meeting(house: House) -> Known:
    """A case of the aid side with a booked meeting."""
    ali = await house.worker("Ali", unit=AID, side=Side.AID)
    case = await open_case(ali, "EB 7")
    await enrol(ali, case, "recipient", "Johan")
    path = f"/cases/{case}/meetings"
    page = await ali.fill(path, "/meetings", path, day="2026-12-03", clock="9.30", where="Mottagningen",
                          meeting_kind="first")  # fmt: skip
    return {"case": case, "meeting": page.find(rf"/meetings/({HEX})")}


@pytest.mark.parametrize("role", Role)
async def test_a_page_opens_to_the_roles_its_row_names_and_to_no_other(house: House, role: Role) -> None:
    known = await _known(house)
    token, somebody = house.hire("Olle", role=role), house.browser("Olle")
    await somebody.post(f"/in/{token}", (await somebody.get(f"/in/{token}")).form(""))
    # Last of all she signs out, everywhere and then here, where nobody is signed in any more.
    for route in sorted(ROUTES, key=lambda one: one.path.endswith("/out")):
        path = path_of(route.path, known)
        page = await somebody.get(path) if route.method == GET else await somebody.post(path, {})
        if role not in route.roles:
            # The auditor's start is the log.
            assert page.status == 403 or (route.path, page.path) == ("/", "/audit"), (route.path, page.status)
            assert not page.has("Moa")
        elif not route.path.endswith("/out"):
            assert page.status < 500, (route.method, route.path, page.status)


@pytest.mark.parametrize(("dark", "practice"), [(False, False), (True, True)], ids=["light", "dark in the demo"])
async def test_every_page_can_be_read_with_other_senses(
    tmp_path: Path, chromium: Browser, *, dark: bool, practice: bool
) -> None:
    async with open_house(tmp_path, practice=practice) as house:
        known, meeting = await _known(house), await _meeting(house)
        faults: Faults = {}
        for token, routes, names in (
            (house.hire("Ann", AID, Side.AID, Role.MANAGER), MEETINGS, meeting),
            (house.hire("Rut", role=Role.AUDITOR), _of(Role.AUDITOR), known),
            (house.hire("Bo", role=Role.MANAGER), BO, known),
        ):
            context = await chromium.new_context(locale="sv-SE", color_scheme="dark" if dark else "light")
            page = await context.new_page()
            await page.goto(f"{house.root}/console/in/{token}")
            await page.click("main button")
            assert (await page.locator("header .strip").count() == 1) is practice
            for route in routes:
                faults |= await _walked(page, house.root, route, names)
            if routes is BO:
                faults |= await _slip(page, house.root, known)
                faults |= await _reads_together(page, house.root, known)
            await context.close()
        assert faults == {}


def test_no_page_is_left_out() -> None:
    walked = {route.path for route in (*MEETINGS, *BO, *_of(Role.AUDITOR))}
    assert {route.path for route in PAGES} - walked == set(TURNED)


async def _walked(page: Page, root: str, route: Route, names: Known) -> Faults:
    """What is wrong with one page, which is there."""
    names = {**names, "entry": names["interview"]} if route.path == AFTER else names
    answer = await page.goto(f"{root}/console{path_of(route.path, names)}")
    assert answer is not None
    assert answer.status == 200, (route.path, answer.status)
    assert "text/html" in answer.headers["content-type"], route.path
    assert await page.locator(STANDS.get(route.path, "main")).count() > 0, route.path
    return _named(route.path, await axe(page))


async def _slip(page: Page, root: str, known: Known) -> Faults:
    """The slip that the child is let in with."""
    await page.goto(f"{root}/console/cases/{known['case']}/people/{known['person']}")
    await page.locator("form[action$='/invite'] button").first.click()
    assert await page.locator(".slip").count() == 1
    return _named("slip", await axe(page))


async def _reads_together(page: Page, root: str, known: Known) -> Faults:
    """The child's own pages on a tablet that was turned to her, to the end."""
    await page.goto(f"{root}/console/cases/{known['case']}/together")
    await page.check(f"[name='cards.{known['entry']}']")
    await page.locator("main form button").click()
    faults: Faults = {}
    for where, leave in (("/read/0", "a[href*='/close']"), ("/close", "[name=understood]"), ("/close", "")):
        assert where in page.url
        faults |= _named(f"together{where} {leave}", await axe(page))
        if leave:
            await page.locator(leave).first.click()
    assert await page.locator(".way-out").count() == 1
    return faults


def _named(path: str, found: tuple[Violation, ...]) -> Faults:
    return {path: found} if found else {}
