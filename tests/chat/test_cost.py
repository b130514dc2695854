"""What a turn may cost: nine statements with one question, one more for each further, six a deed, two commits."""

from __future__ import annotations

import asyncio

from bot import engine
from bot.channels.web import house_of
from bot.talk import Chose, Typed
from storage.vault import Tx
from tests.chat.conftest import House
from tests.storage.counting import counted

MOST, MORE, DEED, COMMITS = 9, 1, 6, 2


async def _token(house: House) -> str:
    browser = await house.sign_in("Elias")
    cookies = browser.http.cookie_jar.filter_cookies(browser.base)
    return cookies["sid"].value


async def test_drawing_a_page_with_one_question(house: House) -> None:
    token, here = await _token(house), house_of(engine.nothing)
    with counted(house.store) as cost:
        await asyncio.wrap_future(house.store.submit(lambda tx: engine.show(tx, here, token)))
    assert 0 < len(cost.statements) <= MOST, cost
    assert cost.commits == 1


async def test_a_turn_with_one_question_and_no_deed(house: House) -> None:
    token, here = await _token(house), house_of(engine.nothing)

    def turn(tx: Tx) -> engine.Moved:
        return engine.turn(tx, here, token, Chose("way"), number)

    number = (await _here(house, token)).turn
    with counted(house.store) as cost:
        await asyncio.wrap_future(house.store.submit(turn))
    assert 0 < len(cost.statements) <= MOST, cost
    assert cost.commits <= COMMITS
    assert (await _here(house, token)).step == "my_way/timeline"


async def test_each_question_more_costs_one_statement_more(house: House) -> None:
    token, here = await _token(house), house_of(engine.nothing)
    await _go(house, token, "adults")
    with counted(house.store) as one:
        shown = await asyncio.wrap_future(house.store.submit(lambda tx: engine.show(tx, here, token)))
    assert shown is not None
    await _go(house, token, shown.screen.rows[0].value)
    with counted(house.store) as two:
        await asyncio.wrap_future(house.store.submit(lambda tx: engine.show(tx, here, token)))
    # One of the grown-ups: the grown-ups as before, what each did, and whether anybody reads what she writes.
    assert len(two.statements) <= len(one.statements) + 2 * MORE, two


async def test_a_deed_costs_at_most_six_more(house: House) -> None:
    token, here = await _token(house), house_of(engine.nothing)
    await _go(house, token, "say")
    number = (await _here(house, token)).turn
    with counted(house.store) as cost:
        await asyncio.wrap_future(
            house.store.submit(lambda tx: engine.turn(tx, here, token, Typed("Hej! Får jag fråga en sak?"), number))
        )
    assert len(cost.statements) <= MOST + DEED, cost
    assert cost.commits <= COMMITS


async def _here(house: House, token: str) -> engine.Here:
    found = await asyncio.wrap_future(house.store.submit(lambda tx: engine.here(tx, house_of(engine.nothing), token)))
    assert found is not None
    return found


async def _go(house: House, token: str, value: str) -> None:
    number = (await _here(house, token)).turn
    await asyncio.wrap_future(
        house.store.submit(lambda tx: engine.turn(tx, house_of(engine.nothing), token, Chose(value), number))
    )
