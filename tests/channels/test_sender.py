"""The sender under hardship: killed in the middle, told to be silent, doubled by mistake, refused and cut off."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.channels.outbox import WINDOW
from bot.channels.stand_in import BotApi, Limits, Patience, Terms
from storage import _tables as t
from storage import outbox
from tests.channels.approved import must_be_approved
from tests.channels.telegram_house import (
    CASE,
    MARIA,
    PHONE,
    TOKEN,
    account_for,
    book,
    room,
    settle,
    texts,
    unhurried,
    until,
)
from tests.storage.house import Clock, House, open_house

THURSDAY = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
THE_DAY_BEFORE = THURSDAY - timedelta(days=1) + timedelta(hours=5)
MANY = 200


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.db"
    found: str = request.getfixturevalue("postgres_url")
    return found


def meetings(house: House, count: int) -> None:
    """So many booked times on one day, each at a minute of its own, so that each reminder can be told from the rest."""
    settle(house)
    for n in range(count):
        house.done(MARIA, book(THURSDAY + timedelta(minutes=n), meeting=f"m{n}"))


OPENED: list[BotApi] = []


def opened(api: BotApi) -> None:
    """Her phone has pressed Start before; nobody answers it here."""
    api.user(PHONE, "A", "sv").start()
    OPENED.append(api)


@pytest.fixture(autouse=True)
def _every_text_was_an_approved_one() -> Iterator[None]:
    OPENED.clear()
    yield
    for api in OPENED:
        must_be_approved(api)


class Processes:
    """Sender processes, each ended by its own number."""

    def __init__(self, url: str, folder: Path, api: BotApi) -> None:
        self.command = [sys.executable, "-m", "tests.channels.sender_process", url, str(folder), api.base_url,
                        THE_DAY_BEFORE.isoformat()]  # fmt: skip
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self) -> subprocess.Popen[bytes]:
        self.running.append(subprocess.Popen(self.command, cwd=Path(__file__).parents[2]))
        return self.running[-1]

    def end(self) -> None:
        for process in self.running:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait(10)


async def _sent(api: BotApi, count: int) -> None:
    await until(lambda: len(texts(api)) >= count, 60)


def _rows(url: str, folder: Path) -> list[Any]:
    with open_house(url, folder, Clock(THE_DAY_BEFORE)) as house:
        return [row for row in house.rows(t.outbox, what="reminder") if row.state != "suppressed"]


async def test_killed_in_the_middle_of_two_hundred_none_is_lost(url: str, tmp_path: Path) -> None:
    with open_house(url, tmp_path, Clock(THURSDAY - timedelta(days=2))) as house:
        meetings(house, MANY)
    kills = 3
    async with BotApi(TOKEN, clock=lambda: THE_DAY_BEFORE, terms=unhurried()) as api:
        opened(api)
        api.faults.slow(0.02, method="sendMessage", times=MANY * 2)
        processes = Processes(url, tmp_path, api)
        try:
            for kill in range(kills):
                process = processes.start()
                await _sent(api, 40 * (kill + 1))
                process.send_signal(signal.SIGKILL)
                process.wait(10)
            processes.start()
            await until(lambda: len(set(texts(api))) >= MANY, 60)
            await asyncio.sleep(2.5)
        finally:
            processes.end()
        told = Counter(texts(api))
    twice = sum(times - 1 for times in told.values())
    print(f"\n{MANY} messages, {kills} kills: 0 lost, {twice} duplicates (bound {kills * WINDOW})")
    assert len(told) == MANY
    assert twice <= kills * WINDOW
    # A row that was hit by two kills is not sent a third time: a worker is told that nobody knows.
    assert {row.state for row in _rows(url, tmp_path)} <= {"sent", "ambiguous"}


async def test_two_senders_by_mistake_send_nothing_twice(postgres_url: str, tmp_path: Path) -> None:
    with open_house(postgres_url, tmp_path, Clock(THURSDAY - timedelta(days=2))) as house:
        meetings(house, MANY)
    async with BotApi(TOKEN, clock=lambda: THE_DAY_BEFORE, terms=unhurried()) as api:
        opened(api)
        api.faults.slow(0.01, method="sendMessage", times=MANY * 2)
        processes = Processes(postgres_url, tmp_path, api)
        try:
            for _ in range(2):
                processes.start()
            await _sent(api, MANY)
            await asyncio.sleep(1.5)
        finally:
            processes.end()
        assert Counter(texts(api)).most_common(1)[0][1] == 1
        assert len(texts(api)) == MANY


async def test_two_senders_that_both_believe_they_hold_the_lease(tmp_path: Path) -> None:
    with open_house(f"sqlite:///{tmp_path}/store.db", tmp_path, Clock(THURSDAY - timedelta(days=2))) as house:
        meetings(house, 40)
        house.clock.now = THE_DAY_BEFORE
        async with BotApi(TOKEN, clock=house.clock, terms=unhurried()) as api:
            opened(api)
            accounts = [account_for(house, api, rate=0.0, hook=None, content=False) for _ in range(2)]
            for account in accounts:
                account.sender._hold = lambda _tx: True  # type: ignore[method-assign, assignment]
            async with asyncio.TaskGroup() as group:
                for account in accounts:
                    group.create_task(account.sender.run())
                await _sent(api, 40)
                await asyncio.sleep(0.5)
                for account in accounts:
                    account.sender.stop()
            for account in accounts:
                await account._wire.shutdown()
            assert len(texts(api)) == 40


async def test_a_pause_that_telegram_orders_is_kept_over_a_restart(tmp_path: Path) -> None:
    where = f"sqlite:///{tmp_path}/store.db"
    with open_house(where, tmp_path, Clock(THURSDAY - timedelta(days=2))) as house:
        meetings(house, 3)
        house.clock.now = THE_DAY_BEFORE
        async with BotApi(TOKEN, clock=house.clock, terms=unhurried()) as api:
            opened(api)
            api.faults.too_many(2, method="sendMessage")
            first = account_for(house, api, rate=25.0, hook=None, content=False)
            run = asyncio.create_task(first.sender.run())
            await until(lambda: api.refused, 5)
            ordered = time.monotonic()
            first.sender.stop()
            await run
            await first._wire.shutdown()
            sent_before = len(texts(api))
            second = account_for(house, api, rate=25.0, hook=None, content=False)
            run = asyncio.create_task(second.sender.run())
            await asyncio.sleep(1.0)
            assert len(texts(api)) == sent_before
            await _sent(api, 3)
            assert time.monotonic() - ordered >= 1.95
            second.sender.stop()
            await run
            await second._wire.shutdown()
            assert len(texts(api)) == 3
            assert len(api.refused) == 1


async def test_the_pace_is_kept_and_nobody_is_refused(tmp_path: Path) -> None:
    terms = Terms(limits=Limits(per_second=25, per_chat_seconds=0.0), patience=Patience())
    with open_house(f"sqlite:///{tmp_path}/store.db", tmp_path, Clock(THURSDAY - timedelta(days=2))) as house:
        meetings(house, 4)
        house.clock.now = THE_DAY_BEFORE
        async with BotApi(TOKEN, clock=house.clock, terms=terms) as api:
            opened(api)
            account = account_for(house, api, rate=25.0, hook=None, content=False)
            began = time.monotonic()
            run = asyncio.create_task(account.sender.run())
            await _sent(api, 4)
            # One chat is written to once a second, however many there are for it.
            assert time.monotonic() - began >= 3.0
            account.sender.stop()
            await run
            await account._wire.shutdown()
            assert not api.refused


@pytest.mark.parametrize(
    ("order", "state", "arrived"),
    [
        (lambda api: api.faults.forbidden("bot was blocked by the user"), "blocked", 0),
        (lambda api: api.faults.bad_request("wrong thing", method="sendMessage"), "dead", 0),
        (lambda api: api.faults.drop(method="sendMessage"), "sent", 2),
        (lambda api: api.faults.drop(method="sendMessage", times=2), "ambiguous", 2),
        (lambda api: api.faults.broken(502, method="sendMessage"), "sent", 1),
        (lambda api: api.faults.drop(kept=False, method="sendMessage"), "sent", 1),
    ],
    ids=["blocked", "refused", "cut off", "cut off twice", "bad gateway", "lost"],
)
async def test_what_becomes_of_a_message(tmp_path: Path, order: Any, state: str, arrived: int) -> None:
    async with room(f"sqlite:///{tmp_path}/store.db", tmp_path) as here:
        here.phone().start()
        await here.phone().hears()
        order(here.api)
        here.store.done(MARIA, book(THURSDAY))
        here.clock.now = THE_DAY_BEFORE
        done = ("sent", "blocked", "dead", "ambiguous")

        def over() -> bool:
            return any(row.state in done for row in here.outbox(what="reminder"))

        await here.until(over, 15)
        ended = [row.state for row in here.outbox(what="reminder") if row.state != "suppressed"]
        assert ended == [state]
        assert sum("klockan" in text for text in texts(here.api)) == arrived
        assert ("d1" in here.store.open_codes(CASE)) == (state != "sent")


async def test_words_that_cannot_be_made_end_the_row_and_tell_a_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with room(f"sqlite:///{tmp_path}/store.db", tmp_path) as here:
        here.store.done(MARIA, book(THURSDAY))
        monkeypatch.setattr("bot.channels.words._WORDINGS", {})
        here.clock.now = THE_DAY_BEFORE
        await here.until(lambda: ("reminder", "dead") in here.states())
        assert "d1" in here.store.open_codes(CASE)


async def test_what_nobody_could_send_in_time_becomes_a_task(tmp_path: Path) -> None:
    where = f"sqlite:///{tmp_path}/store.db"
    with open_house(where, tmp_path, Clock(THURSDAY - timedelta(days=2))) as house:
        meetings(house, 1)
        house.clock.now = THURSDAY + timedelta(hours=1)
        house.store.run(outbox.sweep)
        assert {row.state for row in house.rows(t.outbox, what="reminder")} == {"expired"}
        assert "d1" in house.open_codes(CASE)


async def test_an_unsafe_hour_waits_for_the_morning(tmp_path: Path) -> None:
    async with room(f"sqlite:///{tmp_path}/store.db", tmp_path) as here:
        here.phone().start()
        await here.phone().hears()
        here.store.done(MARIA, book(THURSDAY + timedelta(hours=4)))
        here.clock.now = (THURSDAY - timedelta(days=1)).replace(hour=22)
        wanted = ("queued", "suppressed")
        await here.until(lambda: all(row.state in wanted and row.fence for row in here.outbox(what="reminder")))
        assert not any("klockan" in text for text in texts(here.api))
        here.clock.now = THURSDAY + timedelta(minutes=1)
        await here.until(lambda: texts(here.api)[-1] == "Båt: torsdag klockan 13:00.\n🕐")


@pytest.fixture(autouse=True)
def _short_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another try comes soon, so that a story need not wait."""
    monkeypatch.setattr(outbox, "_BACKOFF_MS", 200)
