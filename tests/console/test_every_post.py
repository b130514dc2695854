"""Every door of the console that changes something, and what another site's page comes to at each of them."""

from __future__ import annotations

import re

import pytest

from bot.console.routes import OPEN, ROUTES
from bot.http.headers import EVERYWHERE
from storage import _tables as tables
from tests.console.house import House
from tests.console.steps import dropped_case
from tests.console.test_doors import path_of

DOORS = [(route.method, f"/console{route.path}") for route in OPEN]
DOORS += [(route.method, f"/console{route.path}") for route in ROUTES]
POSTS = sorted({path for method, path in DOORS if method == "POST"})
GETS = sorted({path for method, path in DOORS if method == "GET"})
FOREIGN: tuple[dict[str, str], ...] = (
    {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"},
    {"Origin": "null"}, {"Origin": "http://127.0.0.1"}, {}, {"Content-Type": "text/plain"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "{root}"}, {"Referer": "{root}/console/"},
)  # fmt: skip


def filled(path: str) -> str:
    """An address with something in each of its places."""
    return re.sub(r"\{[^}]+\}", "0" * 32, path)


@pytest.mark.parametrize("foreign", FOREIGN, ids=str)
async def test_no_change_is_taken_from_another_page(house: House, foreign: dict[str, str]) -> None:
    """Signing out is a change, too."""
    eva = await house.worker("Eva")
    before = house.store.run(lambda tx: [tx.rows(table.select(), {}) for table in tables.metadata.sorted_tables])
    headers = {name: value.format(root=house.root) for name, value in foreign.items()}
    assert len(POSTS) > 40
    for path in POSTS:
        async with eva.web.post(house.root + filled(path), data={"do": "save"}, headers=headers) as answer:
            assert answer.status == 403, path
    assert before == house.store.run(
        lambda tx: [tx.rows(table.select(), {}) for table in tables.metadata.sorted_tables]
    )
    assert (await eva.get("/")).status == 200, "she is still signed in"


async def test_every_page_and_every_refusal_is_strict_and_kept_nowhere(house: House) -> None:
    eva, nobody = await house.worker("Eva"), house.browser()
    seen = set()
    for who in (eva, nobody):
        for path in (*GETS, *POSTS, "/console/nowhere", "/nowhere"):
            async with who.web.request(
                "POST" if path in POSTS else "GET", house.root + filled(path), allow_redirects=False,
                headers={"Sec-Fetch-Site": "same-origin"},
            ) as answer:  # fmt: skip
                found = {name: answer.headers.get(name) for name in (*EVERYWHERE, "Cache-Control", "Server")}
            assert found == {**EVERYWHERE, "Cache-Control": "no-store", "Server": "web"}, (path, answer.status)
            assert answer.status < 500, path
            seen.add(answer.status)
    assert {200, 303, 401, 403, 404} <= seen


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
async def test_no_day_that_can_be_typed_breaks_a_form(house: House, day: str) -> None:
    """A year half typed is a year: each form is refused or taken, and nobody loses what she wrote to a page of ours."""
    eva = await house.worker("Eva")
    case, child, mother, entry = await dropped_case(eva)
    known = {"case": case, "person": child, "entry": entry, "ref": entry, "kind": "verdict", "at": "0"}
    days = [
        "from",
        "until",
        "on",
        "born",
        "day",
        "next_on",
        "embargo_until",
        "hold_until",
        "carrier_on",
        "carrier_until",
    ]
    every = {
        "name": "X", "kind": "guardian", "status": "none", "decided_by": "X", "why": "X", "locale": "sv", "do": "save",
        "maturity": "X", "guardians_may_know": "yes", "embargo": "until", "yes_by": mother, "yes_for": mother,
        "channel": "telegram", "phone_held": "own", "to": "child", "ground": "own_data", "person": child, "by": "X",
        "how": "phone", "understood": "unsure", "state": "happened", "carrier_kind": "investigation", "clock": "00:10",
        "carrier_ground": "X", "with": "X", "where": "X", "meeting_kind": "phone", "goal": "X", "goal_who": "X",
        "f_outcome": "dropped", "hold": "not_yet", "hold_who": "X", **dict.fromkeys(days, day),
    }  # fmt: skip
    for route in ROUTES:
        # Signed out, or turned to a child, she would be asked to sign in everywhere.
        stays = not route.path.endswith("/out") and "/together" not in route.path
        if route.method == "POST" and stays and set(re.findall(r"{(\w+)}", route.path)) <= known.keys():
            for step, scope in (("begun", "reminders"), ("extended", "telegram_notice"), ("closed", "reminders")):
                typed = {**every, "carrier_step": step, "scope": scope, "purpose": "X"}
                page = await eva.post(path_of(route.path, known), typed)
                assert page.status < 500, (route.path, step, scope)
                assert page.status != 401, route.path
