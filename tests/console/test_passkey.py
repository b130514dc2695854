"""Passkeys in a real browser with an authenticator: tied after a link, used, removed; and what is refused."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, CDPSession, Page

from bot.console.door import StaffDoor, key_host
from storage import _tables as tables
from storage.records import Role, Side, StaffId
from storage.sign_in import dismiss, employ, staff_link
from tests.console.house import Clock, House, open_house
from tests.parts.chromium import axe

AUTHENTICATOR = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
                 "automaticPresenceSimulation": True, "isUserVerified": True}  # fmt: skip


def passkeys_only(_: Clock, __: str) -> StaffDoor:
    return StaffDoor()


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[House]:
    """A console under a name, since a passkey belongs to none that is a number."""
    async with open_house(tmp_path, passkeys_only, "localhost") as house:
        yield house


@pytest.fixture
async def laptop(chromium: Browser) -> AsyncIterator[Page]:
    """A worker's computer; every fault of a page is a fault of the story."""
    context = await chromium.new_context(locale="sv-SE")
    page = await context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("console", lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None)
    yield page
    await context.close()
    assert faults == []


async def with_authenticator(page: Page, **other: Any) -> tuple[CDPSession, str]:
    """Give the computer an authenticator that says yes by itself."""
    line = await page.context.new_cdp_session(page)
    await line.send("WebAuthn.enable")
    made = await line.send("WebAuthn.addVirtualAuthenticator", {"options": {**AUTHENTICATOR, **other}})
    return line, made["authenticatorId"]


def hire(house: House, name: str = "Hanna Berg") -> tuple[StaffId, str]:
    staff = house.store.run(
        lambda tx: employ(tx, name, "socialsekreterare", "Barnahus Norr", Side.BARNAHUS, Role.CASE_WORKER)
    )
    return staff, house.store.run(lambda tx: staff_link(tx, staff))


async def enrol(house: House, page: Page, token: str) -> None:
    """The link, the button, the passkey: by keyboard."""
    await page.goto(f"{house.root}/console/in/{token}")
    await page.get_by_role("button", name="Logga in").press("Enter")
    await page.wait_for_url("**/console/enrol")
    await page.get_by_role("button", name="Skapa en passnyckel").press("Enter")
    await page.wait_for_url("**/console/")


async def use_key(house: House, page: Page) -> None:
    await page.goto(f"{house.root}/console/")
    await page.get_by_role("link", name="Logga in med passnyckel").press("Enter")
    await page.get_by_role("button", name="Fråga efter passnyckeln").press("Enter")


async def sign_out(page: Page) -> None:
    await page.get_by_role("button", name="Logga ut").click()
    await page.get_by_role("heading", name="Du är utloggad").wait_for()


async def test_a_link_a_passkey_and_from_then_on_the_passkey_alone(town: House, laptop: Page) -> None:
    _, token = hire(town)
    line, authenticator = await with_authenticator(laptop)
    await enrol(town, laptop, token)
    assert "Hanna Berg" in await laptop.content()
    kept = (await line.send("WebAuthn.getCredentials", {"authenticatorId": authenticator}))["credentials"]
    assert [(one["rpId"], one["isResidentCredential"]) for one in kept] == [("localhost", True)]
    await sign_out(laptop)
    await use_key(town, laptop)
    await laptop.wait_for_url("**/console/")
    assert "Hanna Berg" in await laptop.content()
    parts = town.store.run(
        lambda tx: [row.sealed for row in tx.rows(tables.part.select(), {}) if row.name == "passkey"]
    )
    assert len(parts) == 1
    assert kept[0]["credentialId"].encode() not in parts[0]


async def test_the_pages_of_the_door_are_fit_for_everybody(town: House, laptop: Page) -> None:
    _, token = hire(town)
    await with_authenticator(laptop)
    await laptop.goto(f"{town.root}/console/key")
    assert await axe(laptop) == ()
    await enrol(town, laptop, token)
    await laptop.goto(f"{town.root}/console/me")
    assert await axe(laptop) == ()


async def test_a_passkey_without_a_finger_a_face_or_a_code_is_refused(town: House, laptop: Page) -> None:
    _, token = hire(town)
    line, authenticator = await with_authenticator(laptop)
    await enrol(town, laptop, token)
    await sign_out(laptop)
    await line.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    await use_key(town, laptop)
    await laptop.get_by_role("alert").wait_for()
    assert "Tryck på knappen och försök igen" in await laptop.content()
    # Somebody changes the page so that the browser does not ask; then the house does.
    await laptop.evaluate("""() => {
        const form = document.querySelector("form");
        form.dataset.options = form.dataset.options.replace('"required"', '"discouraged"');
    }""")
    await laptop.get_by_role("button", name="Fråga efter passnyckeln").press("Enter")
    await laptop.get_by_role("heading", name="Passnyckeln passade inte").wait_for()
    await line.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": True})
    await use_key(town, laptop)
    await laptop.wait_for_url("**/console/")


async def test_a_removed_passkey_opens_nothing_and_every_session_ends(town: House, laptop: Page) -> None:
    _, token = hire(town)
    line, authenticator = await with_authenticator(laptop)
    await enrol(town, laptop, token)
    await laptop.goto(f"{town.root}/console/me")
    assert "Det är ditt enda sätt att komma in" in await laptop.content()
    assert await laptop.get_by_role("button", name="Ta bort").count() == 0
    first = (await line.send("WebAuthn.getCredentials", {"authenticatorId": authenticator}))["credentials"]
    await line.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": authenticator})
    _, second = await with_authenticator(laptop)
    # The keys stand in the order in which they were made: the first on the page is the first she made.
    town.clock.move(timedelta(seconds=1))
    await laptop.get_by_role("link", name="Skapa en passnyckel").click()
    await laptop.get_by_role("button", name="Skapa en passnyckel").press("Enter")
    await laptop.wait_for_url("**/console/")
    await laptop.goto(f"{town.root}/console/me")
    await laptop.get_by_role("button", name="Ta bort").first.click()
    await laptop.get_by_role("heading", name="Du behöver logga in").wait_for()
    await line.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": second})
    _, third = await with_authenticator(laptop)
    await line.send("WebAuthn.addCredential", {"authenticatorId": third, "credential": first[0]})
    await use_key(town, laptop)
    await laptop.get_by_role("heading", name="Passnyckeln passade inte").wait_for()


async def test_whoever_has_left_comes_in_with_no_passkey(town: House, laptop: Page) -> None:
    staff, token = hire(town)
    await with_authenticator(laptop)
    await enrol(town, laptop, token)
    assert town.store.run(lambda tx: dismiss(tx, staff))
    await laptop.reload()
    await laptop.get_by_role("heading", name="Du behöver logga in").wait_for()
    await use_key(town, laptop)
    await laptop.get_by_role("heading", name="Passnyckeln passade inte").wait_for()


async def test_an_answer_that_was_seen_before_or_comes_late_opens_nothing(town: House, laptop: Page) -> None:
    _, token = hire(town)
    await with_authenticator(laptop)
    await enrol(town, laptop, token)
    await sign_out(laptop)
    sent: list[str] = []
    laptop.on("request", lambda one: sent.append(one.post_data or "") if one.method == "POST" else None)
    await laptop.goto(f"{town.root}/console/key")
    slip = next(one for one in await laptop.context.cookies() if one["name"] == "door")["value"]
    await laptop.get_by_role("button", name="Fråga efter passnyckeln").press("Enter")
    await laptop.wait_for_url("**/console/")
    thief = town.browser()
    head = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    there = f"{town.root}/console/key"
    for cookie in (f"door={slip}", ""):
        async with thief.web.post(there, data=sent[0], headers={**head, "Cookie": cookie}) as answer:
            assert answer.status == 403
            assert "redan använd" in await answer.text()
    await laptop.goto(there)
    town.clock.move(timedelta(minutes=10, seconds=1))
    await laptop.get_by_role("button", name="Fråga efter passnyckeln").press("Enter")
    await laptop.get_by_role("heading", name="redan använd").wait_for()


async def test_a_tablet_that_is_turned_to_a_child_ties_no_key_to_anybody(town: House, laptop: Page) -> None:
    _, token = hire(town)
    await with_authenticator(laptop)
    await enrol(town, laptop, token)
    await laptop.goto(f"{town.root}/console/enrol")
    await laptop.get_by_role("button", name="Skapa en passnyckel").wait_for()
    turned = {"name": "together", "value": f"{'0' * 32}.{'1' * 32}.{'2' * 32}", "url": town.root}
    await laptop.context.add_cookies([turned])  # type: ignore[list-item]
    answer = await laptop.goto(f"{town.root}/console/enrol")
    assert answer is not None
    assert answer.status == 401


@pytest.mark.parametrize("said", ["", "{}", "null", "[]", '{"id": 7}', '{"id": "x"}', "[" * 30_000, "x" * 60_000])
async def test_an_answer_that_is_none_is_refused_calmly(town: House, said: str) -> None:
    one = town.browser()
    page = await one.get("/key")
    answer = await one.post("/key", {**page.form(""), "answer": said})
    assert (answer.status, answer.has("Passnyckeln passade inte")) == (403, True)
    _, token = hire(town)
    page = await one.post(f"/in/{token}", (await one.get(f"/in/{token}")).form(""))
    assert json.loads(page.find('data-options="([^"]+)"').replace("&#34;", '"'))["attestation"] == "none"
    answer = await one.post("/enrol", {**page.form(""), "answer": said})
    assert (answer.status, answer.has("Passnyckeln passade inte")) == (403, True)


async def test_a_session_of_a_link_lives_a_quarter_of_an_hour(town: House) -> None:
    one = town.browser()
    _, token = hire(town)
    await one.post(f"/in/{token}", (await one.get(f"/in/{token}")).form(""))
    town.clock.move(timedelta(minutes=15))
    assert (await one.get("/enrol")).status == 200
    town.clock.move(timedelta(seconds=1))
    assert (await one.get("/enrol")).status == 401


@pytest.mark.parametrize(
    ("address", "host"),
    [("https://chat.lindvik.example", "chat.lindvik.example"), ("http://localhost:8080", "localhost"),
     ("http://127.0.0.1:8080", None), ("http://[::1]:8080", None)],
)  # fmt: skip
def test_a_passkey_belongs_to_a_name(address: str, host: str | None) -> None:
    assert key_host(address) == host
