"""The serving process: how soon it is ready, what it weighs after ten thousand turns in five languages, and later."""

from __future__ import annotations

import asyncio
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median

from storage.keys import FileKeys
from storage.vault import Store
from tests.bench.cases import long_case, signed_in
from tests.bench.load import get, open_line, post
from tests.bench.measure import REPS, Goal, Row, in_turns, rss_mib, seconds
from tests.parts.program import Estate, new_estate

TURNS = 10_000
LOCALES = ("sv", "en", "ar", "ti", "prs")
EACH = 2
MORE_SECONDS, HOUR = 90, 3600
PEER = "import aiohttp, sqlalchemy, cryptography, babel, jinja2, pydantic_settings, typer, apscheduler"
_TURN = re.compile(rb'data-turn="(\d+)"')


def soon_ready(folder: Path, _: Sequence[str]) -> tuple[Row, ...]:
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
    return (Row("ready_s", value, "s", Goal("<=", 2.0), note),)


def weight(folder: Path, wanted: Sequence[str], more: int = MORE_SECONDS) -> tuple[Row, ...]:
    """The memory of a process that serves after ten thousand turns of ten children in five languages, and later on."""
    estate = new_estate(folder / "weight")
    estate.done("migrate")
    tokens = _children(estate)
    with estate.served() as house:
        port = int(house.web.rpartition(":")[2])
        ready = rss_mib(house.process.pid)
        took = seconds(lambda: asyncio.run(_talk(port, tokens, turns=TURNS)))
        first = rss_mib(house.process.pid)
        later = asyncio.run(_talk(port, tokens, seconds=more)) if "rss_growth" in wanted else 0
        last = rss_mib(house.process.pid)
    heavy = f"{ready:.0f} MiB when ready; {TURNS} turns and {TURNS // 4} pages in {took:.0f} s, {', '.join(LOCALES)}"
    scaled = "" if more >= HOUR else f"; the goal speaks of an hour: ARGS=rss_growth={HOUR}"
    grown = f"{first:.1f} to {last:.1f} MiB over {later} more turns in {more} s{scaled}"
    rows = (
        Row("rss_mib", first, "MiB", Goal("<=", 120), heavy),
        Row("rss_growth", (last / first - 1) * 100, "%", Goal("<=", 5), grown),
    )
    return tuple(row for row in rows if row.name in wanted)


def _children(estate: Estate) -> list[str]:
    store = Store(f"sqlite:///{estate.folder / 'store.db'}", FileKeys(estate.key))
    children = [long_case(store, f"{tag}-{n}", 20, tag)[1] for tag in LOCALES for n in range(EACH)]
    tokens = [signed_in(store, child, "my_way/home") for child in children]
    store.close()
    return tokens


async def _talk(port: int, tokens: list[str], *, turns: int = 0, seconds: float = 0.0) -> int:
    """Every child goes to her way and back again, and looks at every fourth page: so many turns, or for so long."""
    until = time.monotonic() + seconds
    each = turns // len(tokens)
    async with asyncio.TaskGroup() as all_of_them:
        tasks = [
            all_of_them.create_task(_to_and_fro(port, token, (lambda n: n < each) if turns else _before(until)))
            for token in tokens
        ]
    return sum(task.result() for task in tasks)


def _before(until: float) -> Callable[[int], bool]:
    return lambda _: time.monotonic() < until


async def _to_and_fro(port: int, token: str, go_on: Callable[[int], bool]) -> int:
    line = await open_line(port)
    turn = await _turn_of(line.ask(get("/", token)))
    n = 0
    # Two by two, so that she ends where she began.
    while n % 2 or go_on(n):
        status, _ = await line.ask(post(token, choice="back" if n % 2 else "way", turn=str(turn + n)))
        if status != 303:
            raise RuntimeError(f"a turn was answered with {status}")
        if n % 4 == 3 and await _turn_of(line.ask(get("/", token))) != turn + n + 1:
            raise RuntimeError("a turn was not taken")
        n += 1
    line.writer.close()
    return n


async def _turn_of(asked: object) -> int:
    status, body = await asked  # type: ignore[misc]
    found = _TURN.search(body)
    if status != 200 or found is None:
        raise RuntimeError("the session to measure with is over")
    return int(found.group(1))
