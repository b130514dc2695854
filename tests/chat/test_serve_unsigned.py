"""Where nobody has signed a heavy kind, not even its headline stands in the child's list."""

from __future__ import annotations

import asyncio

from bot import engine
from bot.engine import House as EngineHouse
from bot.talk import Chose, Text
from storage.kinds import KINDS
from storage.records import Listener
from tests.chat.conftest import House

HEAVY = frozenset(kind.code for kind in KINDS.values() if kind.heavy)


async def test_the_list_of_an_unsigned_language_names_no_heavy_card(house: House) -> None:
    browser = await house.sign_in("Elias")
    token = browser.http.cookie_jar.filter_cookies(browser.base)["sid"].value
    unsigned = EngineHouse((("sv", "svenska"),), "sv", lambda _: HEAVY)
    turn = await asyncio.wrap_future(house.store.submit(lambda tx: engine.here(tx, unsigned, token)))
    assert turn is not None
    number = turn.turn
    await asyncio.wrap_future(house.store.submit(lambda tx: engine.turn(tx, unsigned, token, Chose("way"), number)))
    shown = await asyncio.wrap_future(house.store.submit(lambda tx: engine.show(tx, unsigned, token)))
    assert shown is not None
    keys = [row.label.key for row in shown.screen.rows if isinstance(row.label, Text)]
    assert "way.row.unsigned" in keys
    inner = {slot.key.split(".")[0].split("_dropped")[0].split("_charged")[0].split("_convicted")[0]
             for row in shown.screen.rows if isinstance(row.label, Text)
             for slot in row.label.slots.values() if isinstance(slot, Text)}  # fmt: skip
    assert inner
    assert not inner & HEAVY
    assert shown.listener is Listener.CHILD
