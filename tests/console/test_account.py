"""Signing in with the municipality's account: against a real provider, to the console's door and back."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from yarl import URL

from bot.console.account import BACK
from bot.console.door import StaffDoor
from bot.http.oidc import Client, Provider
from bot.http.slips import fresh_slip, read_slip
from storage import _tables as tables
from storage.records import Role, Side, StaffId
from storage.sign_in import dismiss, employ, staff_link
from storage.staff_sign_in import tie_account
from tests.console.house import Clock, House, Worker, open_house
from tests.parts.provider import RunningProvider


@pytest.fixture
async def town(tmp_path: Path, provider: RunningProvider) -> AsyncIterator[House]:
    """A console whose staff come in through the provider, at the provider's own time."""

    def door(clock: Clock, address: str) -> StaffDoor:
        return StaffDoor(Provider(Client(provider.issuer, "bredvid", "hush", f"{address}{BACK}"), clock))

    async with open_house(tmp_path, door) as house:
        house.clock.now = datetime.now(UTC)
        yield house


def hire(house: House, name: str = "Hanna Berg") -> StaffId:
    return house.store.run(
        lambda tx: employ(tx, name, "socialsekreterare", "Barnahus Norr", Side.BARNAHUS, Role.CASE_WORKER)
    )


def tied(house: House, provider: RunningProvider, sub: str, name: str = "Hanna Berg") -> StaffId:
    staff = hire(house, name)
    assert house.store.run(lambda tx: tie_account(tx, staff, provider.issuer, sub, "maintenance"))
    return staff


async def leave(one: Worker, query: str = "") -> URL:
    """Press the button, and see where the browser is sent."""
    async with one.web.get(f"{one.root}/console/go{query}", allow_redirects=False) as answer:
        assert answer.status == 303, await answer.text()
        return URL(answer.headers["Location"])


async def come_back(one: Worker, where: URL) -> tuple[int, str]:
    async with one.web.get(where, allow_redirects=False) as answer:
        return answer.status, await answer.text()


async def sign_in(one: Worker, provider: RunningProvider, sub: str, query: str = "") -> tuple[int, str]:
    return await come_back(one, await provider.prove(str(await leave(one, query)), sub))


async def test_she_presses_one_link_and_is_at_her_start_page(town: House, provider: RunningProvider) -> None:
    tied(town, provider, "hanna@lindvik.example")
    hanna = town.browser()
    assert (await hanna.get("/")).has("Logga in med ditt arbetskonto")
    status, page = await sign_in(hanna, provider, "hanna@lindvik.example")
    assert (status, "Du är inloggad" in page) == (200, True)
    assert '<meta http-equiv="refresh" content="0;url=/console/">' in page
    start = await hanna.get("/")
    assert start.status == 200
    assert start.has("Hanna Berg")


async def test_the_browser_is_sent_with_pkce_a_state_and_a_nonce_that_are_new_each_time(
    town: House, provider: RunningProvider
) -> None:
    first, second = await leave(town.browser()), await leave(town.browser())
    assert first.origin() == URL(provider.issuer)
    asked = first.query
    assert (asked["response_type"], asked["client_id"], asked["scope"]) == ("code", "bredvid", "openid")
    assert asked["redirect_uri"] == f"{town.root}/console/back"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    for name in ("state", "nonce", "code_challenge"):
        assert len(asked[name]) == 43
        assert asked[name] != second.query[name]
    assert len({asked[name] for name in ("state", "nonce", "code_challenge")}) == 3
    assert "code_verifier" not in asked


def test_the_challenge_is_the_hash_of_the_verifier_and_nothing_of_it_lies_in_the_cookie() -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    slip = fresh_slip(b"k" * 32, "account", "", now)
    raw = hashlib.sha256(slip.verifier.encode()).digest()
    assert slip.code_challenge == base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    assert not any(made in slip.value for made in (slip.verifier, slip.nonce, slip.state, slip.code_challenge))
    assert read_slip(b"k" * 32, slip.value, now + timedelta(minutes=10)) == slip
    assert read_slip(b"k" * 32, slip.value, now + timedelta(minutes=10, seconds=1)) is None
    assert read_slip(b"x" * 32, slip.value, now) is None
    assert read_slip(b"k" * 32, slip.value.replace(".account.", ".addkey."), now) is None


async def test_the_slip_lies_in_a_cookie_for_ten_minutes_that_no_script_reads(town: House) -> None:
    one = town.browser()
    async with one.web.get(f"{one.root}/console/go", allow_redirects=False) as answer:
        cookie = SimpleCookie(answer.headers["Set-Cookie"])["door"]
    assert (cookie["samesite"], cookie["httponly"], cookie["path"], cookie["max-age"]) == ("Lax", True, "/", "600")


async def test_going_to_the_provider_writes_nothing(town: House) -> None:
    before = town.store.run(lambda tx: [tx.rows(table.select(), {}) for table in tables.metadata.sorted_tables])
    for _ in range(5):
        await leave(town.browser())
    assert before == town.store.run(lambda tx: [tx.rows(table.select(), {}) for table in tables.metadata.sorted_tables])


async def test_an_account_nobody_added_is_told_whom_to_ask_and_nothing_is_made(
    town: House, provider: RunningProvider
) -> None:
    stranger = town.browser()
    status, page = await sign_in(stranger, provider, "olle@lindvik.example")
    assert status == 403
    assert "Säg till din chef" in page
    assert (await stranger.get("/")).status == 401
    assert not town.store.run(lambda tx: tx.rows(tables.subject.select(), {}))


async def test_her_link_first_then_her_account_and_from_then_on_the_account_alone(
    town: House, provider: RunningProvider
) -> None:
    staff = hire(town)
    token = town.store.run(lambda tx: staff_link(tx, staff))
    hanna = town.browser()
    page = await hanna.get(f"/in/{token}")
    page = await hanna.post(f"/in/{token}", page.form(""))
    assert (page.status, page.path) == (200, "/enrol")
    assert page.has("Knyt ditt arbetskonto", "/console/go?tie")
    assert (await hanna.get("/")).status == 401, "the link alone opens nothing"
    assert (await sign_in(hanna, provider, "hanna", "?tie"))[0] == 200
    assert (await hanna.get("/")).status == 200
    elsewhere = town.browser()
    assert (await sign_in(elsewhere, provider, "hanna"))[0] == 200
    assert (await elsewhere.get("/")).has("Hanna Berg")
    assert (await elsewhere.post(f"/in/{token}", page.form("") if "<form" in page.text else {})).status == 403


async def test_an_account_is_one_persons(town: House, provider: RunningProvider) -> None:
    tied(town, provider, "hanna")
    other = hire(town, "Olle Ek")
    token = town.store.run(lambda tx: staff_link(tx, other))
    olle = town.browser()
    await olle.post(f"/in/{token}", (await olle.get(f"/in/{token}")).form(""))
    status, page = await sign_in(olle, provider, "hanna", "?tie")
    assert status == 403
    assert "Det gick inte att knyta" in page
    assert (await olle.get("/")).status == 401


async def test_whoever_has_left_is_out_at_the_next_request_and_stays_out(
    town: House, provider: RunningProvider
) -> None:
    staff = tied(town, provider, "hanna")
    hanna = town.browser()
    await sign_in(hanna, provider, "hanna")
    assert (await hanna.get("/")).status == 200
    assert town.store.run(lambda tx: dismiss(tx, staff))
    assert (await hanna.get("/")).status == 401
    status, page = await sign_in(hanna, provider, "hanna")
    assert (status, "Du har inget konto här" in page) == (403, True)


async def test_a_row_that_was_moved_to_somebody_else_lets_nobody_in(town: House, provider: RunningProvider) -> None:
    """Whoever can write in the database cannot make one worker's account open another's desk."""
    tied(town, provider, "eva", "Eva Lund")
    chief = hire(town, "Ulla Ström")
    town.store.run(lambda tx: tx.run(tables.search.update().values(subject=chief), {}))
    eva = town.browser()
    status, page = await sign_in(eva, provider, "eva")
    assert (status, "Du har inget konto här" in page) == (403, True)


# --- what does not come back as it should -----------------------------------------------------------------------------


async def test_who_says_no_at_the_provider_reads_so_and_may_try_again(town: House, provider: RunningProvider) -> None:
    tied(town, provider, "hanna")
    hanna = town.browser()
    went = await leave(hanna)
    no = await provider.refuse(str(went))
    # This provider forgets the state when it says no, which the standard forbids (RFC 6749, 4.1.2.1).
    status, page = await come_back(hanna, no.update_query(state=went.query["state"]))
    assert status == 403
    assert "Inloggningen blev inte av" in page
    assert 'href="/console/go"' in page
    assert (await sign_in(hanna, provider, "hanna"))[0] == 200


async def test_the_same_answer_twice_opens_once(town: House, provider: RunningProvider) -> None:
    tied(town, provider, "hanna")
    hanna, thief = town.browser(), town.browser()
    went = await leave(hanna)
    async with hanna.web.get(f"{town.root}/console/back?code=x&state=y", allow_redirects=False) as wrong:
        assert wrong.status == 403
    cookie = hanna.web.cookie_jar.filter_cookies(URL(town.root))
    assert "door" not in cookie, "a slip is taken back whatever came of it"
    went = await leave(hanna)
    slip = hanna.web.cookie_jar.filter_cookies(URL(town.root))["door"].value
    back = await provider.prove(str(went), "hanna")
    assert (await come_back(hanna, back))[0] == 200
    async with thief.web.get(back, headers={"Cookie": f"door={slip}"}, allow_redirects=False) as again:
        assert again.status == 403
        assert "redan använd" in await again.text()
    assert (await thief.get("/")).status == 401


async def test_an_answer_in_another_browser_opens_nothing(town: House, provider: RunningProvider) -> None:
    """Somebody sends her a link with his own answer in it, so that she would write in his desk."""
    tied(town, provider, "mallory")
    mallory, hanna = town.browser(), town.browser()
    back = await provider.prove(str(await leave(mallory)), "mallory")
    assert (await come_back(hanna, back))[0] == 403
    await leave(hanna)
    status, page = await come_back(hanna, back)
    assert (status, "gick inte att lita på" in page) == (403, True)
    assert (await hanna.get("/")).status == 401


async def test_after_ten_minutes_the_answer_comes_too_late(town: House, provider: RunningProvider) -> None:
    tied(town, provider, "hanna")
    hanna = town.browser()
    back = await provider.prove(str(await leave(hanna)), "hanna")
    town.clock.move(timedelta(minutes=10, seconds=1))
    assert (await come_back(hanna, back))[0] == 403


async def test_a_provider_that_is_down_is_a_sentence_and_a_button(town: House, provider: RunningProvider) -> None:
    tied(town, provider, "hanna")
    hanna = town.browser()
    back = await provider.prove(str(await leave(hanna)), "hanna")
    provider.end()
    status, page = await come_back(hanna, back)
    assert (status, "svarar inte just nu" in page, 'href="/console/go"' in page) == (503, True, True)
    town.clock.move(timedelta(hours=2))
    async with hanna.web.get(f"{hanna.root}/console/go", allow_redirects=False) as answer:
        assert answer.status == 503
        assert "svarar inte just nu" in await answer.text()


async def test_no_code_and_no_name_is_logged(
    town: House, provider: RunningProvider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    back = await provider.prove(str(await leave(one := town.browser())), "hanna.berg")
    await come_back(one, back.update_query(state="another"))
    await sign_in(one, provider, "hanna.berg")
    assert back.query["code"] not in caplog.text
    assert "hanna.berg" not in caplog.text


async def test_without_a_provider_there_is_no_way_to_one(tmp_path: Path) -> None:
    async with open_house(tmp_path) as house:
        one = house.browser()
        assert [(await one.get(path)).status for path in ("/go", "/back?code=x&state=y")] == [404, 404]
