"""Every page of the console: who may open it by her role, and what a reader with other senses finds wrong with it."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser

from bot.console.routes import GET, ROUTES
from storage.records import Role
from tests.console.house import House
from tests.console.steps import dropped_case
from tests.console.test_doors import path_of
from tests.parts.chromium import axe

PAGES = tuple(route for route in ROUTES if route.method == GET)


async def _known(house: House) -> dict[str, str]:
    """A case with a child, her mother and a decision, by the names that addresses have."""
    eva = await house.worker("Eva")
    case, child, _, entry = await dropped_case(eva)
    await eva.fill(f"/cases/{case}/entries/{entry}", "/release")
    nobody = dict.fromkeys(("adult", "meeting", "objection", "task", "claim"), "0" * 32)
    return {**nobody, "case": case, "person": child, "entry": entry, "ref": entry, "kind": "verdict", "at": "0",
            "answer": "nothing"}  # fmt: skip


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


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_every_page_can_be_read_with_other_senses(house: House, chromium: Browser, *, dark: bool) -> None:
    known = await _known(house)
    context = await chromium.new_context(locale="sv-SE", color_scheme="dark" if dark else "light")
    page = await context.new_page()
    await page.goto(f"{house.root}/console/in/{house.hire('Bo', role=Role.MANAGER)}")
    await page.click("main button")
    seen, wrong = 0, {}
    for route in PAGES:
        if Role.MANAGER not in route.roles:
            continue
        answer = await page.goto(f"{house.root}/console{path_of(route.path, known)}")
        assert answer is not None
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        seen += answer.status == 200
        if found := await axe(page):
            wrong[route.path] = found
    await context.close()
    assert wrong == {}
    assert seen > 20
