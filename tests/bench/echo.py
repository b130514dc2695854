"""A peer to measure beside, as a process in an environment of its own: the smallest bot there is, on aiogram.

`python tests/bench/echo.py PORT API TOKEN` takes updates at `/telegram/` and says what it heard; `POST /drain` with a
number as its body sends so many messages as fast as it can. It knows nothing of this house.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message
from aiohttp import web

AT_ONCE = 32
WORDS = "x" * 120


async def echo(message: Message) -> None:
    """Say what was heard."""
    await message.answer(message.text or "")


async def drain(bot: Any, many: int) -> None:
    """Send so many messages, `AT_ONCE` on their way at a time."""
    left = iter(range(many))

    async def work() -> None:
        for n in left:
            await bot.send_message(1000 + n % 400, WORDS)

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))


async def main(port: int, api: str, token: str) -> None:
    """Take updates until told to stop."""
    told = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, told.set)
    bot = Bot(token, session=AiohttpSession(api=TelegramAPIServer.from_base(api)))
    dispatcher = Dispatcher()
    dispatcher.message.register(echo)
    tasks = set()

    async def update(request: web.Request) -> web.Response:
        await dispatcher.feed_raw_update(bot, await request.json())
        return web.Response()

    async def send(request: web.Request) -> web.Response:
        task = asyncio.create_task(drain(bot, int(await request.text())))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        return web.Response()

    app = web.Application()
    app.router.add_post("/telegram/", update)
    app.router.add_post("/drain", send)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await told.wait()
    await runner.cleanup()
    await bot.session.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3]))
