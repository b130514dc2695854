"""The municipality's account in the hands of somebody else: what a thief of a slip, a name or an answer comes to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from yarl import URL

from bot.console.account import BACK
from bot.console.door import StaffDoor
from bot.http.oidc import Client, Provider
from bot.http.slips import fresh_slip, slip_key
from storage.sign_in import dismiss, end_sessions, staff_link
from storage.staff_sign_in import tie_account
from tests.console.house import Clock, House, Worker, open_house
from tests.console.test_account import come_back, hire, leave, sign_in, tied
from tests.parts.provider import RunningProvider


@pytest.fixture
async def town(tmp_path: Path, provider: RunningProvider) -> AsyncIterator[House]:
    """A console whose staff come in through the provider, at the provider's own time."""

    def door(clock: Clock, address: str) -> StaffDoor:
        return StaffDoor(Provider(Client(provider.issuer, "bredvid", "hush", f"{address}{BACK}"), clock))

    async with open_house(tmp_path, door) as house:
        house.clock.now = datetime.now(UTC)
        yield house


def slip_of(one: Worker, town: House) -> str:
    return one.web.cookie_jar.filter_cookies(URL(town.root))["door"].value


async def with_slip(town: House, slip: str, where: URL) -> tuple[int, str]:
    async with town.browser().web.get(where, headers={"Cookie": f"door={slip}"}, allow_redirects=False) as answer:
        return answer.status, await answer.text()


@pytest.mark.parametrize("everywhere", [False, True])
async def test_a_slip_taken_from_her_laptop_ties_nothing_once_she_has_signed_out(
    town: House, provider: RunningProvider, everywhere: bool
) -> None:
    """For a minute somebody sat at her desk: he took a slip along that would tie his account to her."""
    staff = tied(town, provider, "hanna")
    hanna = town.browser()
    await sign_in(hanna, provider, "hanna")
    went = await leave(hanna, "?tie")
    slip = slip_of(hanna, town)
    if everywhere:
        town.store.run(lambda tx: end_sessions(tx, staff))
    else:
        await hanna.post("/out", (await hanna.get("/")).form("/console/out"))
    status, page = await with_slip(town, slip, await provider.prove(str(went), "mallory"))
    assert (status, "Du är inloggad" in page) == (403, False)
    mallory = town.browser()
    assert (await sign_in(mallory, provider, "mallory"))[0] == 403


async def test_whoever_left_while_at_the_provider_ties_nothing(town: House, provider: RunningProvider) -> None:
    staff = hire(town)
    token = town.store.run(lambda tx: staff_link(tx, staff))
    hanna = town.browser()
    await hanna.post(f"/in/{token}", (await hanna.get(f"/in/{token}")).form(""))
    went = await leave(hanna, "?tie")
    assert town.store.run(lambda tx: dismiss(tx, staff))
    assert (await come_back(hanna, await provider.prove(str(went), "hanna")))[0] == 403
    assert (await hanna.get("/")).status == 401


async def test_a_name_that_is_used_again_after_somebody_left_opens_the_new_ones_desk_only(
    town: House, provider: RunningProvider
) -> None:
    """A municipality gives `hberg` to the next one of that name."""
    first = tied(town, provider, "hberg", "Hanna Berg")
    assert town.store.run(lambda tx: dismiss(tx, first))
    second = hire(town, "Hugo Berg")
    assert (await sign_in(town.browser(), provider, "hberg"))[0] == 403, "nobody has tied it to him yet"
    assert town.store.run(lambda tx: tie_account(tx, second, provider.issuer, "hberg", "maintenance"))
    hugo = town.browser()
    assert (await sign_in(hugo, provider, "hberg"))[0] == 200
    start = await hugo.get("/")
    assert (start.has("Hugo Berg"), start.has("Hanna Berg")) == (True, False)


async def test_an_address_or_a_name_in_the_answer_is_nobodys_key(town: House, provider: RunningProvider) -> None:
    """Whoever may choose an e-mail address at the provider must not become somebody by it."""
    tied(town, provider, "hanna@lindvik.example")
    claims = {"email": "hanna@lindvik.example", "email_verified": True, "preferred_username": "hanna@lindvik.example"}
    await provider.know("mallory", **claims)
    assert (await sign_in(town.browser(), provider, "mallory"))[0] == 403
    for alike in (
        "Hanna@lindvik.example",
        "hanna@lindvik.example ",
        "hanna@lindvik.example\u200b",
        "ｈanna@lindvik.example",
    ):
        assert (await sign_in(town.browser(), provider, alike))[0] == 403, alike


@pytest.mark.parametrize("purpose", ["eidclaim", "eidin", "addkey", "usekey"])
async def test_a_slip_for_another_door_does_not_fit(town: House, provider: RunningProvider, purpose: str) -> None:
    """An e-ID's broker and the municipality's sign-in may be one and the same provider."""
    staff = tied(town, provider, "hanna")
    slip = fresh_slip(slip_key(town.store.keyring["pepper"]), purpose, staff, town.clock())
    status, page = await with_slip(town, slip.value, URL(f"{town.root}/console/back?code=x&state={slip.state}"))
    assert (status, "gick inte att lita på" in page) == (403, True)


async def test_what_is_said_twice_in_an_answer_is_not_believed_by_its_second_word(
    town: House, provider: RunningProvider
) -> None:
    tied(town, provider, "hanna")
    hanna = town.browser()
    back = await provider.prove(str(await leave(hanna)), "hanna")
    twice = URL(f"{back.with_query(None)}?state=another&{back.query_string}&iss=https://mixed-up.example", encoded=True)
    assert (await come_back(hanna, twice))[0] == 403
    assert (await hanna.get("/")).status == 401


@pytest.mark.parametrize(
    "more",
    ["next=https://evil.example", "next=//evil.example", "tie&next=//evil.example",
     "redirect_uri=https://evil.example", "return=%0d%0aLocation:%20//evil.example"],
)  # fmt: skip
async def test_nothing_in_an_address_says_where_she_is_sent(town: House, provider: RunningProvider, more: str) -> None:
    tied(town, provider, "hanna")
    hanna = town.browser()
    went = await leave(hanna, f"?{more}")
    assert (went.origin(), went.query["redirect_uri"]) == (URL(provider.issuer), f"{town.root}{BACK}")
    back = await provider.prove(str(went), "hanna")
    status, page = await come_back(hanna, URL(f"{back}&{more}", encoded=True))
    assert (status, "evil" in page) == (200, False)
