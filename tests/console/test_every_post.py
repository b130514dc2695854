"""Every door of the console that changes something, and what another site's page comes to at each of them."""

from __future__ import annotations

import re

import pytest

from bot.console.routes import OPEN, ROUTES
from bot.http.headers import EVERYWHERE
from storage import _tables as tables
from tests.console.house import House

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
