"""A bot to measure as a process of its own, behind a webhook: ours with its store, or a bare echo on stock PTB.

`python -m tests.bench.line ours|stock PORT API FOLDER` takes updates at `/telegram/` until it is told to stop.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from aiohttp import web
from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters
from telegram.request import HTTPXRequest

from bot.channels.account import Account, Terms
from bot.channels.web import house_of
from bot.engine import nothing
from storage.keys import FileKeys
from storage.vault import Store

TOKEN = "7712345678:AAF_measured-Token_0123456789abcdefgh"
SECRET = "a-secret_for-the-hook"
POOL = 256


@asynccontextmanager
async def ours(app: web.Application, api: str, port: int, folder: Path) -> AsyncIterator[None]:
    """The house's own account on the store in a folder, without a pace."""
    store = Store(f"sqlite:///{folder / 'store.db'}", FileKeys(folder / "root.key"))
    house = replace(house_of(nothing), content=True)
    hook = f"http://127.0.0.1:{port}/telegram/"
    account = Account(store, house, Terms(TOKEN, api, 0.0, "https://example.test", hook, SECRET))
    account.serve(app)
    async with account.running():
        await account.ready.wait()
        yield
    await asyncio.to_thread(store.close)


@asynccontextmanager
async def stock(app: web.Application, api: str, _port: int, _folder: Path) -> AsyncIterator[None]:
    """The smallest bot there is: it says what it heard, on the transport that comes with the library."""
    request, other = HTTPXRequest(connection_pool_size=POOL), HTTPXRequest()
    builder = Application.builder().token(TOKEN).base_url(api).updater(None).job_queue(None)
    bot: Application[Any, Any, Any, Any, Any, Any] = builder.request(request).get_updates_request(other).build()

    async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        if update.message is not None:
            await update.message.reply_text(update.message.text or "")

    async def post(request: web.Request) -> web.Response:
        await bot.process_update(Update.de_json(await request.json(), bot.bot))
        return web.Response()

    bot.add_handler(MessageHandler(filters.TEXT, echo))
    app.router.add_post("/telegram/", post)
    async with bot:
        yield


Bot = Callable[[web.Application, str, int, Path], AbstractAsyncContextManager[None]]
BOTS: Mapping[str, Bot] = MappingProxyType({"ours": ours, "stock": stock})


async def main(which: str, port: int, api: str, folder: Path) -> None:
    """Take updates until told to stop."""
    told = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, told.set)
    app = web.Application()
    async with BOTS[which](app, api, port, folder):
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", port).start()
        await told.wait()
        await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3], Path(sys.argv[4])))
