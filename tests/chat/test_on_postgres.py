"""The same chat on PostgreSQL, where several threads take turns: one tap acts once, and nobody waits for ever."""

from __future__ import annotations

import asyncio

from storage.audit import verify
from storage.maintenance import visit_links
from tests.chat.conftest import House


async def test_a_child_walks_through_and_says_something(house_on_postgres: House) -> None:
    house = house_on_postgres
    browser = await house.sign_in("Elias")
    await browser.tap("way")
    await browser.tap(browser.choices[0])
    await browser.tap("more")
    await browser.tap("more")
    assert "din morfar" in browser.words
    await browser.tap("ask")
    await browser.write("Vem bestämde det?")
    assert "Vem bestämde det?" in browser.words


async def test_the_same_tap_ten_times_at_once_is_one_tap(house_on_postgres: House) -> None:
    house = house_on_postgres
    browser = await house.sign_in("Elias")
    await browser.tap("say")
    field = browser.turn_field

    async def send() -> int:
        form = {"turn": field, "choice": "/send", "text": "En gång räcker."}
        async with browser.http.post(browser.base, data=form, allow_redirects=False) as answer:
            return answer.status

    assert set(await asyncio.gather(*(send() for _ in range(10)))) == {303}
    await browser.open()
    assert browser.words.count("En gång räcker.") == 1


async def test_twenty_readers_at_once_each_leave_a_visit_and_every_chain_holds(house_on_postgres: House) -> None:
    house = house_on_postgres
    elias, tuva = await house.sign_in("Elias"), await house.sign_in("Tuva")
    before = len(house.store.run(visit_links))
    await asyncio.gather(*(one.http.get(one.base) for one in (elias, tuva) for _ in range(10)))
    links = house.store.run(visit_links)
    assert len(links) >= before + 20
    assert list(verify(house.store.keyring["mac"], links)) == []
