"""Bots as processes, driven side by side: so many updates at once, each followed by the next when it was answered."""

from __future__ import annotations

import asyncio
import itertools
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench.cloud import Cloud, cloud
from tests.bench.line import SECRET, TOKEN
from tests.bench.load import Line, open_line
from tests.bench.measure import REPS, cpu_seconds
from tests.bench.readers import CHATS, FIRST_CHAT, KEY, url_in
from tests.parts.ports import a_free_port
from tests.parts.program import TREE

WINDOW = 2.0
AIOGRAM = TREE / ".venv-peers" / "bin" / "python"
NO_AIOGRAM = "aiogram is not here: deploy/install-venv peers"
_updates = itertools.count(1_000_000)


@dataclass(frozen=True)
class Kind:
    """A bot to run. `ours`, `sender`, `stock` and `raw` as `tests.bench.line` has them, or `aiogram`."""

    which: str
    url: str | None = None
    rate: float = 0.0

    def command(self, port: int, api: str, folder: Path) -> list[str]:
        """How its process is started."""
        if self.which == "aiogram":
            return [str(AIOGRAM), str(TREE / "tests" / "bench" / "echo.py"), str(port), api, TOKEN]
        words = (self.which, str(port), api, self.url or url_in(folder), str(folder / KEY), str(self.rate))
        return [sys.executable, "-m", "tests.bench.line", *words]


def has_aiogram() -> bool:
    """Whether the environment of the peers was made."""
    return AIOGRAM.exists()


@dataclass
class Used:
    """What one way of driving has taken so far."""

    rates: list[float] = field(default_factory=list)
    done: float = 0.0
    cpu: float = 0.0

    @property
    def rate(self) -> float:
        """The mean of a second."""
        return sum(self.rates) / len(self.rates)

    @property
    def micros(self) -> float:
        """Processor time of each, in µs."""
        return self.cpu / self.done * 1e6


@dataclass
class Bot:
    """A bot as a process."""

    port: int
    process: subprocess.Popen[bytes]


class Stage:
    """The bots, the cloud they speak to, and whoever writes to them, all in one loop."""

    def __init__(self, loop: asyncio.Runner, heard: Cloud, bots: Mapping[str, Bot]) -> None:
        """Everything is up."""
        self.loop, self.heard, self.bots = loop, heard, bots

    def turns(self, names: Sequence[str], at_once: int, used: Used | None = None) -> float:
        """Turns a second of so many at once, spread over these bots."""
        before = self.cpu(names)
        rate = self.loop.run(_rush(self.heard, [self.bots[name].port for name in names], at_once))
        if used is not None:
            used.cpu += self.cpu(names) - before
            used.done += rate * WINDOW
            used.rates.append(rate)
        return rate

    def drained(self, name: str, many: int, used: Used | None = None) -> float:
        """Messages a second of a bot that is told to send so many."""
        before = self.cpu([name])
        rate = self.loop.run(_drain(self.heard, self.bots[name].port, many))
        if used is not None:
            used.cpu += self.cpu([name]) - before
            used.done += many
            used.rates.append(rate)
        return rate

    def cpu(self, names: Sequence[str]) -> float:
        """Processor seconds of these bots so far."""
        return sum(cpu_seconds(self.bots[name].process.pid) for name in names)


@contextmanager
def stage(kinds: Mapping[str, Kind], folder: Path, *, delay: float = 0.0) -> Iterator[Stage]:
    """All of these bots up, on the store in a folder, before a cloud that answers after `delay` seconds."""
    # One cloud for all rounds: the bots keep their lines to it open.
    api = a_free_port()
    with asyncio.Runner() as loop:
        heard = loop.run(cloud(api, delay))
        running: dict[str, Bot] = {}
        try:
            for name, kind in kinds.items():
                port = a_free_port()
                command = kind.command(port, f"http://127.0.0.1:{api}", folder)
                running[name] = Bot(port, subprocess.Popen(command, cwd=TREE))
            for bot in running.values():
                loop.run(_up(bot))
            yield Stage(loop, heard, running)
        finally:
            for bot in running.values():
                bot.process.send_signal(signal.SIGINT)
            for bot in running.values():
                # A house says goodbye over the line: the cloud must still be there.
                loop.run(asyncio.to_thread(bot.process.wait, 60))


Way = Callable[[bool], float]


def in_rounds(ways: Mapping[str, Way], *, reps: int = REPS) -> list[dict[str, float]]:
    """Each way once in every round, the order turned about each time; the first round only warms up.

    A way is called with whether its round counts.
    """
    rounds = []
    for rep in range(reps + 1):
        order = list(ways) if rep % 2 else list(ways)[::-1]
        rounds.append({name: ways[name](rep > 0) for name in order})
    return rounds[1:]


async def _up(bot: Bot) -> None:
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


async def _rush(heard: Cloud, ports: Sequence[int], at_once: int) -> float:
    """Turns a second: one counts when its 200 was read and its message has reached the cloud."""
    lines = [await open_line(ports[n % len(ports)]) for n in range(at_once)]
    until = time.perf_counter() + WINDOW
    async with asyncio.TaskGroup() as all_of_them:
        tasks = [
            all_of_them.create_task(_talk(heard, line, range(FIRST_CHAT + n, FIRST_CHAT + CHATS, at_once), until))
            for n, line in enumerate(lines)
        ]
    for line in lines:
        line.writer.close()
    return sum(task.result() for task in tasks) / WINDOW


async def _talk(heard: Cloud, line: Line, chats: Sequence[int], until: float) -> int:
    """One of so many at once: it writes for one of its chats after the other."""
    turns = 0
    for chat in itertools.cycle(chats):
        if time.perf_counter() >= until:
            break
        event = heard.heard[chat] = asyncio.Event()
        status, _ = await line.ask(update(chat))
        if status != 200:
            raise RuntimeError(f"an update was answered with {status}")
        await asyncio.wait_for(event.wait(), 30)
        turns += 1
    return turns


async def _drain(heard: Cloud, port: int, many: int) -> float:
    heard.expect(many)
    line = await open_line(port)
    began = time.perf_counter()
    await line.ask(posted("/drain", str(many)))
    await asyncio.wait_for(heard.full.wait(), 300)
    took = heard.came[-1][0] - began
    await asyncio.sleep(0.3)  # the last ones are still being written down
    line.writer.close()
    return many / took


def update(chat: int, words: str = "Hej") -> bytes:
    """One update as Telegram posts it."""
    number = next(_updates)
    who = {"id": chat, "is_bot": False, "first_name": "A", "language_code": "sv"}
    message = {"message_id": number, "date": 1_790_000_000, "chat": {"id": chat, "type": "private", "first_name": "A"},
               "from": who, "text": words}  # fmt: skip
    return posted("/telegram/", json.dumps({"update_id": number, "message": message}))


def posted(path: str, body: str) -> bytes:
    """A request to a bot."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return (head + body).encode()
