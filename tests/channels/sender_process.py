"""A sender as a process of its own, to be killed: `python -m tests.channels.sender_process URL FOLDER BASE INSTANT`."""

from __future__ import annotations

import asyncio
import sys
from datetime import datetime
from pathlib import Path

from bot.channels import outbox as sending
from bot.channels.account import Account, Terms
from bot.channels.web import house_of
from bot.engine import nothing
from storage import outbox
from storage.keys import FileKeys
from storage.vault import Store
from tests.channels.telegram_house import SECRET, TOKEN


async def main(url: str, folder: str, base: str, at: str) -> None:
    """Send until killed. Leases are short, so that a story need not wait half a minute for what a kill left."""
    outbox.LEASE_MS, outbox._BACKOFF_MS, sending.HOLD_MS = 1500, 200, 1000
    sending.HOLD_EVERY, sending.SWEEP_EVERY = 0.3, 0.2
    now = datetime.fromisoformat(at)
    store = Store(url, FileKeys(Path(folder) / "root.key"), clock=lambda: now)
    account = Account(store, house_of(nothing), Terms(TOKEN, base, 0.0, "https://example.test", None, SECRET))
    await account.sender.run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
