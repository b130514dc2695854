"""The serving process: how soon it is ready, and what it weighs after ten thousand turns in three languages."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from storage.keys import FileKeys
from storage.vault import Store
from tests.bench.cases import long_case, signed_in
from tests.bench.load import get, open_line, post
from tests.bench.measure import REPS, Goal, Row, in_turns, rss_mib, seconds
from tests.parts.program import Estate, new_estate

TURNS = 10_000
LOCALES = ("sv", "en", "ar")
EACH = 3
PEER = "import aiohttp, sqlalchemy, cryptography, babel, jinja2, pydantic_settings, typer, apscheduler"
_TURN = re.compile(rb'data-turn="(\d+)"')


def soon_ready(folder: Path) -> Row:
    """From starting the process to the first 200 of `/readyz`, on a store that is there."""
    estate = new_estate(folder / "ready")
    estate.done("migrate")
    estate.carry_in("elias", "amina")

    def ours() -> float:
        began = time.perf_counter()
        with estate.served():
            return time.perf_counter() - began

    def peer() -> float:
        return seconds(lambda: subprocess.run([sys.executable, "-c", PEER], check=True))

    pairs = in_turns(ours, peer, REPS)
    value, libraries = (median(times) for times in zip(*pairs, strict=True))
    note = f"the libraries alone take {libraries:.2f} s to import; looked for every 50 ms"
    return Row("ready_s", value, "s", Goal("<=", 2.0), note)


def weight(folder: Path) -> Row:
    """The memory of a process that serves, after ten thousand turns of nine children in three languages."""
    estate = new_estate(folder / "weight")
    estate.done("migrate")
    tokens = _children(estate)
    with estate.served() as house:
        port = int(house.web.rpartition(":")[2])
        before = rss_mib(house.process.pid)
        took = seconds(lambda: asyncio.run(_talk(port, tokens)))
        after = rss_mib(house.process.pid)
    note = f"{before:.0f} MiB when ready; {TURNS} turns and {TURNS // 4} pages in {took:.0f} s, {', '.join(LOCALES)}"
    return Row("rss_mib", after, "MiB", Goal("<=", 120), note)


def _children(estate: Estate) -> list[str]:
    store = Store(f"sqlite:///{estate.folder / 'store.db'}", FileKeys(estate.key))
    children = [long_case(store, f"{tag}-{n}", 20, tag)[1] for tag in LOCALES for n in range(EACH)]
    tokens = [signed_in(store, child, "my_way/home") for child in children]
    store.close()
    return tokens


async def _talk(port: int, tokens: list[str]) -> None:
    """Every child goes to her way and back again, and looks at every fourth page."""
    async with asyncio.TaskGroup() as all_of_them:
        for token in tokens:
            all_of_them.create_task(_to_and_fro(port, token, TURNS // len(tokens) + 1))


async def _to_and_fro(port: int, token: str, turns: int) -> None:
    line = await open_line(port)
    turn = await _turn_of(line.ask(get("/", token)))
    for n in range(turns):
        status, _ = await line.ask(post(token, choice="back" if n % 2 else "way", turn=str(turn + n)))
        if status != 303:
            raise RuntimeError(f"a turn was answered with {status}")
        if n % 4 == 3 and await _turn_of(line.ask(get("/", token))) != turn + n + 1:
            raise RuntimeError("a turn was not taken")
    line.writer.close()


async def _turn_of(asked: object) -> int:
    status, body = await asked  # type: ignore[misc]
    found = _TURN.search(body)
    if status != 200 or found is None:
        raise RuntimeError("the session to measure with is over")
    return int(found.group(1))
