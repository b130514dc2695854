"""A webhook as a process to be killed: `python -m tests.channels.webhook_process URL FOLDER BASE AT PORT STOP`.

`STOP` names where it stands still for ever: `before_200` after the turn's commit, before Telegram is told that the
update is taken; `before_send` after that, before the answer's socket is opened; `nowhere`. When it stands there, the
file `stopped` lies in the folder.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.channels import outbox as sending
from bot.channels.account import Account, Terms
from bot.channels.web import house_of
from bot.engine import nothing
from storage import outbox
from storage.keys import FileKeys
from storage.vault import Store
from tests.channels.telegram_house import SECRET, TOKEN


async def main(url: str, folder: str, base: str, at: str, port: str, stop: str) -> None:
    """Serve until killed. Leases are short, so that a story need not wait half a minute for what a kill left."""
    outbox.LEASE_MS, outbox._BACKOFF_MS, sending.HOLD_MS = 1500, 200, 1000
    sending.HOLD_EVERY, sending.SWEEP_EVERY = 0.3, 0.2
    now = datetime.fromisoformat(at)
    store = Store(url, FileKeys(Path(folder) / "root.key"), clock=lambda: now)
    hook = f"http://127.0.0.1:{port}/telegram/"
    account = Account(store, house_of(nothing), Terms(TOKEN, base, 0.0, "https://example.test", hook, SECRET))

    async def stand_still(*_: Any) -> Any:
        await asyncio.to_thread((Path(folder) / "stopped").touch)
        await asyncio.Event().wait()

    if stop == "before_200":
        account.sender.answer = stand_still  # type: ignore[method-assign, assignment]
    elif stop == "before_send":
        account.line.send = stand_still  # type: ignore[method-assign, assignment]
    app = web.Application()
    account.serve(app)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(port)).start()
    async with account.running():
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
