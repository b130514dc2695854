"""A bot to measure as a process of its own, behind a webhook: ours with its store, or a bare echo.

`python -m tests.bench.line KIND PORT API URL KEY RATE` takes updates at `/telegram/` until it is told to stop. KIND is
`ours`, `sender` (ours, whose clock stands still before anything is due), `stock` (python-telegram-bot as it comes) or
`raw` (aiohttp alone); the last two need no store. `POST /drain` has the sender find the next round due, and a peer
send so many messages as its body says.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any

from aiohttp import ClientSession, TCPConnector, web
from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters
from telegram.request import HTTPXRequest

from bot.channels.account import Account, Terms
from bot.channels.web import house_of
from bot.engine import nothing
from storage.keys import FileKeys
from storage.vault import Clock, Store
from tests.bench.readers import MORNING, clock_of_round

TOKEN = "7712345678:AAF_measured-Token_0123456789abcdefgh"
SECRET = "a-secret_for-the-hook"
POOL = 256
WORDS = "x" * 120
# Stock python-telegram-bot drains fastest with few messages on their way at a time.
AT_ONCE = 4


@dataclass(frozen=True)
class Told:
    """What the process was started with."""

    port: int
    api: str
    url: str
    key: Path
    rate: float


@asynccontextmanager
async def _account(app: web.Application, told: Told, clock: Clock | None) -> AsyncIterator[Account]:
    store = Store(told.url, FileKeys(told.key), clock=clock)
    house = replace(house_of(nothing), content=True)
    hook = f"http://127.0.0.1:{told.port}/telegram/"
    terms = Terms(TOKEN, f"{told.api}/bot", told.rate, "https://example.test", hook, SECRET)
    account = Account(store, house, terms)
    account.serve(app)
    async with account.running():
        await account.ready.wait()
        yield account
    await asyncio.to_thread(store.close)


@asynccontextmanager
async def ours(app: web.Application, told: Told) -> AsyncIterator[None]:
    """The house's own account on a store."""
    async with _account(app, told, None):
        yield


@asynccontextmanager
async def sender(app: web.Application, told: Told) -> AsyncIterator[None]:
    """The same, with a clock that stands still and is moved on to the next round."""
    now, rounds = MORNING - timedelta(hours=1), 0

    def clock() -> datetime:
        return now

    async with _account(app, told, clock) as account:

        async def drain(_: web.Request) -> web.Response:
            nonlocal now, rounds
            now, rounds = clock_of_round(rounds), rounds + 1
            account.sender.ring()
            return web.Response()

        app.router.add_post("/drain", drain)
        yield


@asynccontextmanager
async def stock(app: web.Application, told: Told) -> AsyncIterator[None]:
    """The smallest bot there is: it says what it heard, on the transport that comes with the library."""
    request, other = HTTPXRequest(connection_pool_size=POOL), HTTPXRequest()
    builder = Application.builder().token(TOKEN).base_url(f"{told.api}/bot").updater(None).job_queue(None)
    bot: Application[Any, Any, Any, Any, Any, Any] = builder.request(request).get_updates_request(other).build()

    async def echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        if update.message is not None:
            await update.message.reply_text(update.message.text or "")

    async def post(request: web.Request) -> web.Response:
        await bot.process_update(Update.de_json(await request.json(), bot.bot))
        return web.Response()

    bot.add_handler(MessageHandler(filters.TEXT, echo))
    app.router.add_post("/telegram/", post)
    async with bot, _draining(app, lambda n: bot.bot.send_message(1000 + n % 400, WORDS)):
        yield


@asynccontextmanager
async def raw(app: web.Application, told: Told) -> AsyncIterator[None]:
    """No library at all: what aiohttp alone can do."""
    async with ClientSession(connector=TCPConnector(limit=POOL)) as session:

        async def post(request: web.Request) -> web.Response:
            message = json.loads(await request.read())["message"]
            words = {"chat_id": message["chat"]["id"], "text": message["text"]}
            async with session.post(f"{told.api}/bot{TOKEN}/sendMessage", json=words) as answer:
                await answer.read()
            return web.Response()

        app.router.add_post("/telegram/", post)
        yield


@asynccontextmanager
async def _draining(app: web.Application, send: Callable[[int], Awaitable[object]]) -> AsyncIterator[None]:
    """`POST /drain`: so many messages as fast as the library can."""
    tasks: set[asyncio.Task[None]] = set()

    async def work(left: Any) -> None:
        for n in left:
            await send(n)

    async def drain(request: web.Request) -> web.Response:
        left = iter(range(int(await request.text())))
        for _ in range(AT_ONCE):
            task = asyncio.create_task(work(left))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        return web.Response()

    app.router.add_post("/drain", drain)
    yield


Bot = Callable[[web.Application, Told], AbstractAsyncContextManager[None]]
BOTS: Mapping[str, Bot] = MappingProxyType({"ours": ours, "sender": sender, "stock": stock, "raw": raw})


async def main(which: str, told: Told) -> None:
    """Take updates until told to stop."""
    ended = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, ended.set)
    app = web.Application()
    async with BOTS[which](app, told):
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", told.port).start()
        await ended.wait()
        await runner.cleanup()


if __name__ == "__main__":
    given = Told(int(sys.argv[2]), sys.argv[3], sys.argv[4], Path(sys.argv[5]), float(sys.argv[6]))
    asyncio.run(main(sys.argv[1], given))
