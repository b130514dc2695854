"""Nobody comes in who is not at work here: every route, without a session and from another unit."""

from __future__ import annotations

from datetime import timedelta

import pytest
from aiohttp import web

from bot.console import make_console
from bot.console.door import StaffDoor
from bot.console.keys import all_keys
from bot.console.routes import OPEN, ROUTES
from bot.console.start import GROUPS
from bot.speech import locale
from storage import _tables as tables
from storage import commands, queries
from storage.duties import UNSEEN, Duty
from storage.gate import ANSWERS, DEEDS
from storage.records import Side
from tests.console.house import House, Worker
from tests.console.steps import dropped_case, open_case


def path_of(pattern: str, known: dict[str, str]) -> str:
    for name, value in known.items():
        pattern = pattern.replace("{" + name + "}", value)
    return pattern


async def test_every_route_of_the_application_is_in_the_table(house: House) -> None:
    app = make_console(house.store, secure=False, public_url="http://x", practice=True, door=StaffDoor())
    found = {
        (route.method, route.resource.canonical)
        for route in app.router.routes()
        if route.resource is not None and route.method != "HEAD" and not isinstance(route.resource, web.StaticResource)
    }
    table = {(route.method, route.path) for route in ROUTES} | {(route.method, route.path) for route in OPEN}
    assert found - table == {("GET", "/s/{mark}/{name}")}
    assert table <= found
    assert len(table) == len(OPEN) + len(ROUTES)


def test_every_route_names_questions_and_changes_the_door_knows() -> None:
    for route in ROUTES:
        assert set(route.speaks) <= ANSWERS.keys() | DEEDS.keys(), route.path
        assert route.method == "POST" or not [one for one in route.speaks if issubclass(one, commands.Command)]
        assert all(issubclass(one, (commands.Command, queries.Query)) for one in route.speaks)


async def _is_asked_to_sign_in(browser: Worker) -> None:
    known = dict.fromkeys(("case", "person", "entry", "adult", "meeting", "objection", "task", "ref"), "0" * 32)
    known |= {"kind": "verdict", "at": "0", "claim": "0" * 32, "answer": "nothing"}
    for route in ROUTES:
        path = path_of(route.path, known)
        page = await browser.get(path) if route.method == "GET" else await browser.post(path, {})
        assert page.status == 401, (route.path, page.status)
        assert page.has("Du behöver logga in")


async def test_without_a_session_every_route_asks_to_sign_in(house: House) -> None:
    await _is_asked_to_sign_in(house.browser())


async def test_with_a_session_row_that_was_changed_every_route_asks_to_sign_in(house: House) -> None:
    """Made longer behind the program's back, the row is nobody's: no page, and nothing breaks."""
    eva = await house.worker("Eva")
    assert (await eva.get("/")).status == 200
    longer = tables.session.update().values(expires_at=tables.session.c.expires_at + 1)
    assert house.store.run(lambda tx: tx.run(longer, {})) > 0
    await _is_asked_to_sign_in(eva)


@pytest.mark.parametrize(("unit", "side"), [("Barnahus Syd", Side.BARNAHUS), ("Barnahus Norr", Side.AID)])
async def test_another_units_worker_is_refused_everywhere(house: House, unit: str, side: Side) -> None:
    eva = await house.worker("Eva")
    case, child, _, entry = await dropped_case(eva)
    other = await house.worker("Olle", unit=unit, side=side)
    known = {"case": case, "person": child, "entry": entry, "adult": "0" * 32, "meeting": "0" * 32, "ref": entry,
             "kind": "verdict", "at": "0"}  # fmt: skip
    for route in ROUTES:
        if "{case}" not in route.path:
            continue
        path = path_of(route.path, known)
        filled = {
            "name": "X", "kind": "guardian", "status": "none", "from": "2026-01-01", "decided_by": "X", "why": "X",
            "label": "X", "role": "police", "authority": "police", "locale": "sv", "until": "2027-01-01", "do": "save",
            "maturity": "X", "on": "2026-11-01", "guardians_may_know": "yes", "embargo": "none", "active": "no",
            "yes_by": child, "yes_for": child, "scope": "telegram_notice", "purpose": "x", "to": "child",
            "ground": "own_data", "person": child, "by": "X", "how": "phone", "understood": "unsure", "yes": "yes",
            "state": "moved", "state_on": "2027-01-01", "take_back_why": "x", "own": "x", "goal": "x",
            "goal_who": "x", "sealed": "yes",
        }  # fmt: skip
        page = await other.get(path) if route.method == "GET" else await other.post(path, filled)
        assert page.status == 404, (route.method, route.path, page.status)
        assert not page.has("Moa")
    assert (await eva.get(f"/cases/{case}")).has("Moa")
    for words in ("Moa", "BH 2026-14"):
        assert (await other.post("/find", {"words": words})).has("Inget ärende på din enhet")
        assert (await eva.post("/find", {"words": words})).has(case)
    assert not (await other.get("/")).has("BH 2026-14")
    assert not (await other.get("/cases")).has("BH 2026-14")


async def test_another_units_case_and_one_that_nobody_has_are_refused_in_the_same_words(house: House) -> None:
    eva = await house.worker("Eva")
    case = await open_case(eva)
    other = await house.worker("Olle", unit="Barnahus Syd", side=Side.BARNAHUS)
    there, nowhere = [await other.get(f"/cases/{id_}") for id_ in (case, "0" * 32)]
    assert there.status == nowhere.status == 404
    assert there.text.replace(case, "") == nowhere.text.replace("0" * 32, "")


@pytest.mark.parametrize("odd", ["²", "٣", "-1", "9" * 5, "1e3"])
async def test_a_page_number_that_is_none_breaks_nothing(house: House, odd: str) -> None:
    eva = await house.worker("Eva")
    assert (await eva.get(f"/cases?page={odd}")).status == 200


async def test_a_form_from_another_site_changes_nothing(house: House) -> None:
    eva = await house.worker("Eva")
    page = await eva.get("/cases/new")
    fields = page.form("") | {"ref": "BH 1"}
    there, foreign = f"{eva.root}/console/cases/new", {"Sec-Fetch-Site": "cross-site"}
    async with eva.web.post(there, data=fields, headers=foreign) as no:
        assert no.status == 403
    async with eva.web.post(there, data={"ref": "BH 1"}) as no:
        assert no.status == 403
    assert (await eva.post("/cases/new", fields, stamp=False)).status == 200


async def test_a_link_is_used_once_and_a_rest_ends_the_session(house: House) -> None:
    token = house.hire("Eva")
    one, two = house.browser(), house.browser()
    for _ in range(2):
        assert (await one.get(f"/in/{token}")).status == 200
    assert (await one.post(f"/in/{token}", {})).path == "/"
    assert (await two.post(f"/in/{token}", {})).status == 403
    assert (await one.get("/")).status == 200
    house.clock.move(timedelta(minutes=16))
    assert (await one.get("/")).status == 401


async def test_signing_out_ends_it(house: House) -> None:
    eva = await house.worker("Eva")
    page = await eva.get("/")
    assert (await eva.post("/out", page.form("/out"))).has("Du är utloggad")
    assert (await eva.get("/")).status == 401


@pytest.mark.parametrize("tag", ["sv", "en"])
def test_every_key_has_words(tag: str) -> None:
    spoken = locale(tag)
    assert sorted(key for key in all_keys() if not spoken.speaks(key)) == []


def test_every_duty_stands_in_one_group() -> None:
    grouped = [duty for _, duties in GROUPS for duty in duties]
    assert sorted([*grouped, *UNSEEN]) == sorted(Duty)
