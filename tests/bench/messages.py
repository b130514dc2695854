"""Telegram: a whole turn of somebody who reads her own story there, beside a bare echo on stock PTB."""

from __future__ import annotations

import asyncio
import itertools
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bot import messenger
from bot.channels.web import house_of
from bot.engine import House, nothing
from bot.messenger import Inbound, Press
from bot.talk import Typed
from storage.bindings import meet
from storage.commands import AskForLink, KeepConsent, PickCodeWord, SameWords
from storage.consent import TELEGRAM_FULL, Actor, Withheld
from storage.gate import Sitting
from storage.queries import MyLink
from storage.records import CaseId, Channel, PersonId, Role, Side, Strength
from storage.vault import Store, Tx
from tests.bench.cases import long_case
from tests.bench.cloud import Cloud, cloud
from tests.bench.line import SECRET
from tests.bench.load import Line, open_line
from tests.bench.measure import Goal, Row, cpu_seconds, in_turns, middle, spread
from tests.bench.pages import a_store
from tests.parts.ports import a_free_port
from tests.parts.program import TREE

CHATS = 40
FEW = 4
WINDOW = 2.0
GROWN = "2003-02-11"
_updates = itertools.count(1_000_000)


def turn_beside_echo(folder: Path) -> Row:
    """A turn of forty people at once against a bare echo of the same library, as it comes."""
    pairs, cpu = _measured(folder, ("ours", CHATS), ("stock", CHATS))
    ours, stock = (sum(rates) / len(rates) for rates in zip(*pairs, strict=True))
    note = (
        f"{ours:.0f} against {stock:.0f} a second, {cpu['ours']:.0f} against {cpu['stock']:.0f} µs of processor; "
        f"{CHATS} chats, a page of 20 cards; {spread(pairs)}"
    )
    return Row("turn_over_stock_ptb_echo", middle(pairs), "ratio", Goal(">=", 3), note)


def many_beside_few(folder: Path) -> Row:
    """Forty people at once against four."""
    pairs, _ = _measured(folder, ("ours", CHATS), ("ours", FEW))
    many, few = (sum(rates) / len(rates) for rates in zip(*pairs, strict=True))
    note = f"{many:.0f} a second from {CHATS} chats at once, {few:.0f} from {FEW}; {spread(pairs)}"
    return Row("turn_c40_over_c4", middle(pairs), "ratio", Goal(">=", 0.9), note)


def _measured(
    folder: Path, one: tuple[str, int], other: tuple[str, int]
) -> tuple[list[tuple[float, float]], dict[str, float]]:
    """Both bots in turns: turns a second, and the processor time of each turn in µs."""
    readers(folder / "line")
    api = a_free_port()
    used: dict[str, list[float]] = {"ours": [0.0, 0.0], "stock": [0.0, 0.0]}
    with asyncio.Runner() as loop, bots({one[0], other[0]}, api, folder / "line") as running:
        # One cloud for all rounds: the bots keep their lines to it open.
        heard = loop.run(cloud(api))

        def rush(which: str, at_once: int) -> float:
            bot = running[which]
            before = cpu_seconds(bot.process.pid)
            rate = loop.run(_rush(heard, bot.port, at_once))
            used[which][0] += cpu_seconds(bot.process.pid) - before
            used[which][1] += rate * WINDOW
            return rate

        for bot in running.values():
            loop.run(_up(bot))
        pairs = in_turns(lambda: rush(*one), lambda: rush(*other))
    return pairs, {which: cpu / count * 1e6 for which, (cpu, count) in used.items() if count}


@dataclass
class Running:
    """A bot as a process."""

    port: int
    process: subprocess.Popen[bytes]


@contextmanager
def bots(which: set[str], api: int, folder: Path) -> Iterator[dict[str, Running]]:
    """The processes, ended with the block."""
    running = {}
    for name in sorted(which):
        port = a_free_port()
        words = (name, str(port), f"http://127.0.0.1:{api}/bot", str(folder))
        command = [sys.executable, "-m", "tests.bench.line", *words]
        running[name] = Running(port, subprocess.Popen(command, cwd=TREE))
    try:
        yield running
    finally:
        for bot in running.values():
            bot.process.send_signal(signal.SIGINT)
        for bot in running.values():
            bot.process.wait(60)


async def _up(bot: Running) -> None:
    """Wait until a bot takes a line; it asks the cloud who it is first."""
    until = time.monotonic() + 60
    while True:
        try:
            line = await open_line(bot.port)
        except OSError:
            if bot.process.poll() is not None or time.monotonic() > until:
                raise
            await asyncio.sleep(0.05)
        else:
            line.writer.close()
            return


async def _rush(heard: Cloud, port: int, at_once: int) -> float:
    """Turns a second: one counts when its 200 was read and its message has reached the cloud."""
    lines = [await open_line(port) for _ in range(at_once)]
    until = time.perf_counter() + WINDOW
    async with asyncio.TaskGroup() as all_of_them:
        tasks = [all_of_them.create_task(_talk(heard, line, 1000 + n, until)) for n, line in enumerate(lines)]
    for line in lines:
        line.writer.close()
    return sum(task.result() for task in tasks) / WINDOW


async def _talk(heard: Cloud, line: Line, chat: int, until: float) -> int:
    event = heard.heard[chat] = asyncio.Event()
    turns = 0
    while time.perf_counter() < until:
        event.clear()
        status, _ = await line.ask(_update(chat))
        if status != 200:
            raise RuntimeError(f"an update was answered with {status}")
        await asyncio.wait_for(event.wait(), 30)
        turns += 1
    return turns


def _update(chat: int) -> bytes:
    """One update as Telegram posts it."""
    number = next(_updates)
    who = {"id": chat, "is_bot": False, "first_name": "A", "language_code": "sv"}
    message = {"message_id": number, "date": 1_790_000_000, "chat": {"id": chat, "type": "private", "first_name": "A"},
               "from": who, "text": "Hej"}  # fmt: skip
    body = json.dumps({"update_id": number, "message": message})
    head = (
        f"POST /telegram/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return (head + body).encode()


# --- who reads --------------------------------------------------------------------------------------------------------


def readers(folder: Path) -> None:
    """Forty grown-ups who have linked a chat, said yes to reading there, and stand at the list of their cards."""
    store = a_store(folder)
    house = replace(house_of(nothing), content=True)
    for n in range(CHATS):
        case, person = long_case(store, f"LINE-{n}", 20, born=GROWN)
        _linked(store, case, person, 1000 + n)
        store.run(lambda tx, n=n: _at_her_cards(tx, house, n))  # type: ignore[misc]
    store.close()


def _linked(store: Store, case: CaseId, person: PersonId, number: int) -> None:
    def link(tx: Tx) -> None:
        with Sitting(tx, Actor(person, Strength.PIN), Channel.WEB, lock=True) as herself:
            herself.do(AskForLink(person))
            facts = herself.ask(MyLink(person))
            if isinstance(facts, Withheld) or facts.token is None:
                raise RuntimeError("a chat to measure with got no link")
            meet(tx, facts.token, number)
            herself.do(SameWords(person))
            herself.do(PickCodeWord(person, "boat"))
        worker = Actor("import", Strength.STAFF, Side.BARNAHUS, "lindvik", Role.COORDINATOR)
        yes = KeepConsent(case, f"{person}.telegram", person, person, TELEGRAM_FULL, "read here", Channel.TELEGRAM,
                          tx.now.date(), None)  # fmt: skip
        with Sitting(tx, worker, Channel.CONSOLE, lock=True) as sitting:
            sitting.do(yes)

    store.run(link)


def _at_her_cards(tx: Tx, house: House, n: int) -> None:
    """Two turns: hello, and on to her way; from then on every word of hers shows the page again."""
    chat = 1000 + n
    hello = messenger.turn(tx, house, Inbound(10 * n, chat, Typed("/start"), "sv"), "bench")
    nonce = hello.nonces.get("way") if hello is not None else None
    there = messenger.turn(tx, house, Inbound(10 * n + 1, chat, Press(nonce or ""), "sv"), "bench")
    again = messenger.turn(tx, house, Inbound(10 * n + 2, chat, Typed("Hej"), "sv"), "bench")
    if there is None or again is None or again.shown.step != "my_way/timeline" or len(again.shown.screen.rows) != 20:
        raise RuntimeError("a chat to measure with does not show its cards")
