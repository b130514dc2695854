"""A process that is killed after a turn's commit and before its answer left: the present step is shown, and once."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.channels.stand_in import BotApi
from storage import _tables as t
from tests.channels.approved import must_be_approved
from tests.channels.telegram_house import MORNING, TOKEN, texts, unhurried, until
from tests.parts.ports import a_free_port
from tests.storage.house import Clock, open_house


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.db"
    found: str = request.getfixturevalue("postgres_url")
    return found


class Webhooks:
    """Webhook processes on one port, each ended by its own number."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder, self.port = url, folder, a_free_port()
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self, api: BotApi, stop: str) -> None:
        command = [sys.executable, "-m", "tests.channels.webhook_process", self.url, str(self.folder), api.base_url,
                   MORNING.isoformat(), str(self.port), stop]  # fmt: skip
        self.running.append(subprocess.Popen(command, cwd=Path(__file__).parents[2]))

    def kill(self) -> None:
        process = self.running.pop()
        process.send_signal(signal.SIGKILL)
        process.wait(10)

    def stopped(self) -> bool:
        return (self.folder / "stopped").exists()

    def rows(self) -> list[Any]:
        """The answers, as they lie between two processes."""
        with open_house(self.url, self.folder, Clock(MORNING)) as house:
            return [row for row in house.rows(t.outbox) if row.sort == "answer"]


@pytest.fixture
def webhooks(url: str, tmp_path: Path) -> Iterator[Webhooks]:
    with open_house(url, tmp_path, Clock(MORNING)):
        made = Webhooks(url, tmp_path)
    yield made
    while made.running:
        made.kill()


@pytest.mark.parametrize("stop", ["before_200", "before_send"])
async def test_killed_between_the_commit_and_the_send_the_step_is_shown_once(webhooks: Webhooks, stop: str) -> None:
    async with BotApi(TOKEN, clock=lambda: MORNING, terms=unhurried()) as api:
        phone = api.user(1, "A", "sv")
        webhooks.start(api, stop)
        phone.say("/privacy")
        await until(webhooks.stopped, 20)
        # Telegram has been told that the update is taken, or has not: either way it is one turn.
        await until(lambda: api.waiting == (1 if stop == "before_200" else 0), 5)
        webhooks.kill()
        assert [(row.state, row.attempt) for row in await asyncio.to_thread(webhooks.rows)] == [("sending", 1)]
        assert texts(api) == []

        webhooks.start(api, "nowhere")
        await until(lambda: texts(api), 20)
        await until(lambda: api.waiting == 0, 5)
        await asyncio.sleep(2.5)
        (shown,) = texts(api)
        assert shown.startswith("Vad som sparas")
        phone.tap(phone.last, "Tillbaka")
        await until(lambda: len(texts(api)) == 2, 5)
        await asyncio.sleep(0.5)
        webhooks.kill()
        assert [row.state for row in await asyncio.to_thread(webhooks.rows)] == ["sent", "sent"]
        must_be_approved(api)
