"""A house to measure as a process of its own: the real chat, and beside it the same page drawn from memory.

`python -m tests.bench.house DIR PORT TOKEN` serves the store in DIR until it is told to stop. `/bare` answers with the
page that TOKEN's conversation shows now: the same template, the same words, and no store behind it.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

from aiohttp import web

from bot import engine
from bot.channels.doorway import Doorway
from bot.channels.web import house_of, make_chat
from bot.engine import Shown
from bot.faces.frame import Frame
from bot.faces.web import page
from bot.http.listening import make_runner
from bot.http.same_origin import stamp_of
from bot.http.static import static_files
from bot.speech import locale
from storage.keys import FileKeys
from storage.vault import Store


def bare(shown: Shown, token: str) -> web.Response:
    """The page of the chat, drawn from what is in memory."""
    static = static_files("bot.faces")
    frame = Frame(static.url("a.css"), static.url("a.js"), static.url("a.svg"), stamp=stamp_of(token))
    drawn = page(shown.screen, locale(shown.locale), step=shown.step, turn=shown.turn, hidden_turn=False, frame=frame)
    return web.Response(text=drawn, content_type="text/html", charset="utf-8")


async def main(folder: Path, port: int, token: str) -> None:
    """Serve until told to stop."""
    store = Store(f"sqlite:///{folder / 'store.db'}", FileKeys(folder / "root.key"))
    doorway = Doorway(store)
    app = make_chat(store, doorway, secure=False)
    house = house_of(engine.nothing)
    shown = await asyncio.wrap_future(store.submit(lambda tx: engine.show(tx, house, token)))
    if shown is None:
        raise RuntimeError("the session to measure with is over")
    remembered: Shown = shown

    async def from_memory(_: web.Request) -> web.Response:
        return bare(remembered, token)

    app.router.add_get("/bare", from_memory)
    runner = make_runner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    told = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, told.set)
    await told.wait()
    await runner.cleanup()
    doorway.close()
    await asyncio.to_thread(store.close)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
