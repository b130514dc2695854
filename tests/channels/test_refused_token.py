"""Telegram refuses the bot's token: the house says that it is not ready and why, and a worker has the task."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.channels.account import Account
from bot.channels.stand_in import BotApi
from bot.jobs.ops import make_ops
from bot.jobs.ticks import Ticks
from storage import _tables as t
from storage.duties import Duty
from storage.queries import WorkList
from storage.records import Role, Side
from storage.sign_in import employ
from tests.channels.telegram_house import (
    MARIA,
    MORNING,
    PHONE,
    TOKEN,
    UNIT,
    account_for,
    book,
    room,
    settle,
    timedelta,
    unhurried,
    until,
)
from tests.storage.house import Clock, House, open_house

OTHER = TOKEN.replace("AAF", "BBF")
SAYS = "Telegram refuses the bot's token (401)."


@asynccontextmanager
async def _asked(house: House, account: Account) -> AsyncIterator[TestClient]:  # type: ignore[type-arg]
    """The ops port of a house that ticks."""
    ticks = Ticks(house.store)
    await ticks.tick()
    async with TestClient(TestServer(make_ops(house.store, ticks, account))) as ops:
        yield ops


async def _ready(ops: TestClient) -> tuple[int, dict[str, object]]:  # type: ignore[type-arg]
    answer = await ops.get("/readyz")
    return answer.status, json.loads(await answer.text())


def _staffed(house: House) -> None:
    settle(house)
    for name, unit, side in (("Maria", UNIT, Side.AID), ("Sara", UNIT, Side.AID), ("Hanna", "norr", Side.BARNAHUS)):
        house.store.run(lambda tx, who=(name, unit, side): employ(tx, who[0], "x", who[1], who[2], Role.CASE_WORKER))  # type: ignore[misc]


def _open(house: House) -> list[str]:
    """The units in which the task stands open."""
    return sorted(row.unit for row in house.rows(t.task, code=Duty.BOT_REFUSED) if row.done_at is None)


@pytest.mark.parametrize("hook", [None, "http://127.0.0.1:1/telegram/"], ids=["polling", "webhook"])
async def test_a_token_that_is_refused_from_the_start(tmp_path: Path, hook: str | None) -> None:
    with open_house(f"sqlite:///{tmp_path}/store.db", tmp_path, Clock(MORNING)) as house:
        _staffed(house)
        async with BotApi(OTHER, clock=house.clock, terms=unhurried()) as api:
            account = account_for(house, api, rate=0.0, hook=hook, content=False)
            async with _asked(house, account) as ops, account.running():
                await until(lambda: account.refused, 5)
                await until(lambda: _open(house), 5)
                assert await _ready(ops) == (200, {"store": True, "tick": True, "telegram": False, "why": SAYS})
        assert _open(house) == ["lindvik-stod", "norr"]
        (line,) = [one for one in house.see(MARIA, WorkList(UNIT)) if one.task.code == Duty.BOT_REFUSED]
        assert (line.task.case, line.ref, line.name) == (None, "", "")

        # With the right token it opens, and the task is over by itself.
        async with BotApi(TOKEN, clock=house.clock, terms=unhurried()) as api:
            account = account_for(house, api, rate=0.0, hook=hook, content=False)
            async with _asked(house, account) as ops, account.running():
                await account.ready.wait()
                assert await _ready(ops) == (200, {"store": True, "tick": True, "telegram": True})
        assert _open(house) == []


async def test_a_token_that_is_refused_when_something_is_sent(tmp_path: Path) -> None:
    async with room(f"sqlite:///{tmp_path}/store.db", tmp_path, ready=_staffed) as here:
        here.phone(PHONE).start()
        await here.phone(PHONE).hears()
        here.api.faults.broken(401, method="sendMessage", times=9)
        here.store.done(MARIA, book(MORNING + timedelta(days=2)))
        here.clock.move(days=1)
        await here.until(lambda: here.account.refused)
        await here.until(lambda: _open(here.store))
        async with _asked(here.store, here.account) as ops:
            status, said = await _ready(ops)
            assert (status, said["telegram"], said["why"]) == (200, False, SAYS)
        # The reminder is not lost: it waits for a bot that is known.
        assert [row.state for row in here.outbox(what="reminder") if row.state != "suppressed"] == ["retry_wait"]


async def test_a_telegram_that_is_only_away_keeps_nobody_out(tmp_path: Path) -> None:
    with open_house(f"sqlite:///{tmp_path}/store.db", tmp_path, Clock(MORNING)) as house:
        _staffed(house)
        async with BotApi(TOKEN, clock=house.clock, terms=unhurried()) as api:
            api.faults.broken(502, times=3)
            account = account_for(house, api, rate=0.0, hook="http://127.0.0.1:1/telegram/", content=False)
            async with _asked(house, account) as ops, account.running():
                await until(lambda: api.refused, 5)
                assert (await _ready(ops))[0] == 200
        assert _open(house) == []
