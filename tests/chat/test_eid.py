"""A grown-up who comes back shows an e-ID to a real provider: it proves who asks, and a person decides what opens."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from yarl import URL

from bot.channels.eid import BACK, Eid
from bot.http.oidc import Client, Provider
from storage import _tables as tables
from storage.eid import born_on, eid_mark, enter_by_eid, wait_for_eid
from storage.queries import ClaimSheet, OneClaim
from storage.records import CaseId, PersonId
from tests.chat.asking import TYPED, claim_of_hers, see
from tests.chat.browser import Browser
from tests.chat.conftest import Clock, House, open_house
from tests.parts.provider import RunningProvider

NUMBER = "https://id.oidc.se/claim/personalIdentityNumber"
LOA3 = "http://id.elegnamnden.se/loa/1.0/loa3"
NOA, CHILD = "200306211239", "201505049876"


@pytest.fixture
async def town(tmp_path: Path, provider: RunningProvider) -> AsyncIterator[House]:
    """The chat with a broker of e-IDs, who knows Noa and a child."""

    def eid(clock: Clock) -> Eid:
        client = Client(provider.issuer, "bredvid", "hush", f"http://us{BACK}", "openid profile", (LOA3,), (NUMBER,))
        clock.now = datetime.now(UTC)
        return Eid(Provider(client, clock), NUMBER)

    await provider.know("noa", **{NUMBER: NOA, "acr": LOA3, "name": "Noa Strand"})
    await provider.know("child", **{NUMBER: CHILD, "acr": LOA3})
    async with open_house(f"sqlite:///{tmp_path}/store.db", tmp_path, eid) as house:
        yield house


async def at_the_eid(house: House) -> Browser:
    """Somebody has written a request and chosen to show an e-ID."""
    browser = house.new_browser()
    await browser.open()
    for value in ("was_here", "ask", "lindvik"):
        await browser.tap(value)
    for words in TYPED.values():
        await browser.write(words)
    await browser.tap("eid")
    assert browser.step == "show_eid/claim", browser.words
    assert 'href="/eid/claim"' in browser.body
    assert "download" not in browser.body
    return browser


async def away(browser: Browser, path: str) -> str:
    async with browser.http.get(browser.base.join(URL(path)), allow_redirects=False) as answer:
        assert answer.status == 303
        return answer.headers["Location"]


async def back(browser: Browser, provider: RunningProvider, went: str, sub: str) -> tuple[int, str]:
    came = await provider.prove(went, sub)
    async with browser.http.get(browser.base.join(URL(came.path_qs, encoded=False)), allow_redirects=False) as answer:
        return answer.status, await answer.text()


async def show(browser: Browser, provider: RunningProvider, sub: str, path: str = "/eid/claim") -> tuple[int, str]:
    return await back(browser, provider, await away(browser, path), sub)


def mark_of(house: House, number: str) -> str:
    return house.store.run(lambda tx: eid_mark(tx, number).hex())


async def test_an_eid_is_kept_with_the_request_and_opens_nothing(town: House, provider: RunningProvider) -> None:
    browser = await at_the_eid(town)
    went = await away(browser, "/eid/claim")
    asked = URL(went).query
    assert (asked["acr_values"], asked["code_challenge_method"]) == (LOA3, "S256")
    assert NUMBER in asked["claims"]
    status, said = await back(browser, provider, went, "noa")
    assert (status, "E-legitimationen är visad" in said) == (200, True)
    await browser.open()
    assert browser.step == "show_eid/claim"
    await browser.tap("on")
    assert browser.step == "come_back/send"
    await browser.tap("send")
    assert browser.step == "come_back/receipt"
    found: ClaimSheet = see(town, OneClaim(claim_of_hers(town)))
    assert found.eid is not None
    assert found.eid.name == "Noa Strand"
    everything = town.store.run(lambda tx: [repr(tuple(row)) for t in tables.metadata.sorted_tables
                                            for row in tx.rows(t.select(), {})])  # fmt: skip
    assert not any(NOA in line for line in everything), "the number itself is not kept"
    # The request is sent; the e-ID alone still opens nothing.
    status, said = await show(town.new_browser(), provider, "noa", "/eid/in")
    assert (status, "Inget väntar" in said) == (403, True)


async def test_a_childs_eid_opens_nothing_though_the_child_is_known_here(
    town: House, provider: RunningProvider
) -> None:
    """Whoever makes her show it learns nothing: no session, no name, no word of whether she is here (T2)."""
    elias = town.person("Elias")
    browser = await at_the_eid(town)
    for path in ("/eid/claim", "/eid/in"):
        before = town.store.run(lambda tx: len(list(tx.rows(tables.session.select(), {}))))
        status, said = await show(browser, provider, "child", path)
        assert (status, "fyllt arton" in said) == (403, True)
        assert elias.name not in said
        assert before == town.store.run(lambda tx: len(list(tx.rows(tables.session.select(), {}))))
        await browser.open()
        assert browser.step == "show_eid/claim"
    # Even when a worker has by mistake let a minor's case wait for a grown-up's e-ID, the rule holds at the door.
    mark = mark_of(town, NOA)
    noa = town.person("Noa")
    town.store.run(lambda tx: wait_for_eid(tx, mark, PersonId(noa.id), CaseId(noa.case)))
    assert town.store.run(lambda tx: enter_by_eid(tx, CHILD, "{}")) is None


async def test_what_waits_by_mistake_for_a_childs_case_opens_to_no_grown_ups_eid(
    town: House, provider: RunningProvider
) -> None:
    """A guardian says that he was here as a child, and a worker picks the wrong case of that name."""
    elias, mark = town.person("Elias"), mark_of(town, NOA)
    town.store.run(lambda tx: wait_for_eid(tx, mark, PersonId(elias.id), CaseId(elias.case)))
    his = town.new_browser()
    status, said = await show(his, provider, "noa", "/eid/in")
    assert (status, "Inget väntar" in said, "Elias" in said) == (403, True, False)
    await his.open()
    assert his.step == "welcome/front"


async def test_released_by_a_person_she_comes_in_with_the_same_eid_once(town: House, provider: RunningProvider) -> None:
    noa = town.person("Noa")
    mark = mark_of(town, NOA)
    town.store.run(lambda tx: wait_for_eid(tx, mark, PersonId(noa.id), CaseId(noa.case)))
    hers, thief = town.new_browser(), town.new_browser()
    status, said = await show(hers, provider, "noa", "/eid/in")
    assert (status, "Du är inne" in said) == (200, True)
    await hers.open()
    assert hers.step == "way_in/choose"
    status, _ = await show(thief, provider, "noa", "/eid/in")
    assert status == 403
    await thief.open()
    assert thief.step == "welcome/front"


async def test_what_waits_is_over_after_a_month(town: House, provider: RunningProvider) -> None:
    noa = town.person("Noa")
    mark = mark_of(town, NOA)
    town.store.run(lambda tx: wait_for_eid(tx, mark, PersonId(noa.id), CaseId(noa.case)))
    town.clock.on(days=30, seconds=1)
    assert town.store.run(lambda tx: enter_by_eid(tx, NOA, "{}")) is None


async def test_a_low_level_is_not_enough_and_a_number_that_is_none_is_refused(
    town: House, provider: RunningProvider
) -> None:
    await provider.know("low", **{NUMBER: NOA, "acr": "http://id.elegnamnden.se/loa/1.0/loa2"})
    await provider.know("none", acr=LOA3)
    await provider.know("odd", **{NUMBER: "20030621-1239", "acr": LOA3})
    browser = await at_the_eid(town)
    for sub, word in (("low", "räcker inte"), ("none", "avbröts"), ("odd", "avbröts")):
        status, said = await show(browser, provider, sub)
        assert (status, word in said) == (403, True), sub


async def test_an_eid_is_asked_for_only_where_a_request_stands(town: House, provider: RunningProvider) -> None:
    nobody = town.new_browser()
    assert await away(nobody, "/eid/claim") == "/"
    elias = await town.sign_in("Elias")
    assert await away(elias, "/eid/claim") == "/"
    browser = await at_the_eid(town)
    went = await away(browser, "/eid/claim")
    await browser.tap("back")
    await browser.tap("in_person")
    await browser.tap("send")
    status, said = await back(browser, provider, went, "noa")
    assert (status, "redan skickad" in said) == (403, True)
    provider.end()
    town.clock.on(hours=2)
    async with browser.http.get(browser.base.join(URL("/eid/in")), allow_redirects=False) as answer:
        assert (answer.status, "svarar inte" in await answer.text()) == (503, True)


@pytest.mark.parametrize(
    ("number", "born"),
    [("200306211239", date(2003, 6, 21)), ("200306811239", date(2003, 6, 21)), ("20030621123", None),
     ("200302301239", None), ("2003062112٣9", None), ("", None)],
)  # fmt: skip
def test_the_birth_date_in_a_number(number: str, born: date | None) -> None:
    assert born_on(number) == born
