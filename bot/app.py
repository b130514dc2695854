"""The composition root: the only file that knows every room. It opens the house in order and closes it in reverse."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from aiohttp import web

from bot import control, signing
from bot.channels.doorway import Doorway
from bot.channels.web import StripOf, make_chat
from bot.console import make_console
from bot.demo.clock import DemoClock
from bot.demo.pages import DemoPages
from bot.demo.people import Cast, settle, staff_links
from bot.http.cookies import Cookies
from bot.http.listening import make_runner
from bot.jobs.ops import make_ops
from bot.jobs.ticks import Ticks
from bot.settings import KeySource, Settings
from storage.keys import FileKeys, KeyProvider
from storage.vault import Clock, Store

log = logging.getLogger(__name__)


class NotSet(Exception):
    """A setting that production needs was not given."""


@dataclass(slots=True)
class Signatures:
    """Which heavy kinds are unsigned in each language, as the running house knows it."""

    unsigned: dict[str, frozenset[str]] = field(default_factory=dict)

    def of(self, tag: str) -> frozenset[str]:
        """The unsigned heavy kinds of a language."""
        return self.unsigned.get(tag, frozenset())


def key_provider(settings: Settings, *, demo: bool) -> KeyProvider:
    """Where the root key is. Production names its provider; only the demo makes a key of its own."""
    if demo:
        return FileKeys(settings.keys.path or settings.dir / "root.key", make=True)
    match settings.keys.provider:
        case None:
            raise NotSet("Say where the root key is: BREDVID_KEYS__PROVIDER and BREDVID_KEYS__PATH.")
        case KeySource.FILE:
            if settings.keys.path is None:
                raise NotSet("The provider 'file' needs BREDVID_KEYS__PATH, the root key's file.")
            return FileKeys(settings.keys.path)


def open_store(settings: Settings, *, demo: bool = False, clock: Clock | None = None) -> Store:
    """The store, at head. The demo brings its own tables up."""
    settings.dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Store(settings.database_url, key_provider(settings, demo=demo), clock=clock, migrate=demo)


async def serve(settings: Settings) -> None:
    """The production process: chat, console, ticks and the control socket, until it is told to stop."""
    async with AsyncExitStack() as stack:
        if settings.is_sqlite:
            stack.enter_context(control.holding(settings.dir))
        store = open_store(settings)
        stack.callback(store.close)
        signatures = Signatures()

        async def refresh() -> None:
            signatures.unsigned = await asyncio.wrap_future(store.submit(signing.unsigned_kinds))

        await refresh()
        await stack.enter_async_context(_listening(settings, store, signatures, refresh, None))
        await _until_told(store)


async def demo(settings: Settings, *, clock_file: Path | None, facts_file: Path | None) -> None:
    """The demo: the same house with invented people in it, a clock that can be moved, and drafts shown."""
    async with AsyncExitStack() as stack:
        stack.enter_context(control.holding(settings.dir))
        clock = DemoClock(clock_file)
        store = open_store(settings, demo=True, clock=clock)
        stack.callback(store.close)
        cast = await asyncio.to_thread(settle, store, settings.dir)
        pages = DemoPages(store, cast, clock, Cookies(settings.web.secure))
        await stack.enter_async_context(_listening(settings, store, Signatures(), None, pages))
        if facts_file is not None:
            links = await asyncio.to_thread(staff_links, store, cast, settings.web.public_url)
            _write_facts(facts_file, settings, cast, links)
        print(f"Bredvid is here: {settings.web.public_url}  (Ctrl-C ends it)", flush=True)
        await _until_told(store)


@asynccontextmanager
async def _listening(
    settings: Settings,
    store: Store,
    signatures: Signatures,
    refresh: Callable[[], Awaitable[None]] | None,
    pages: DemoPages | None,
) -> AsyncIterator[None]:
    """Everything that listens or ticks, open for as long as the block runs."""
    async with AsyncExitStack() as stack:
        doorway = Doorway(store)
        stack.callback(doorway.close)
        strip: StripOf | None = pages.strip if pages else None
        secure = settings.web.secure
        chat = make_chat(store, doorway, secure=secure, unsigned=signatures.of, strip=strip)
        if pages is not None:
            pages.serve(chat)
        console = make_console(store, secure=secure, public_url=settings.web.public_url, practice=pages is not None)
        chat.add_subapp("/console/", console)
        ticks = Ticks(store)
        ticks.start()
        stack.push_async_callback(ticks.stop)
        await _listen(stack, make_ops(store, ticks), settings.ops.bind)
        await _listen(stack, chat, settings.web.bind)
        server = await control.listen(store, settings.dir, refresh)
        stack.callback(server.close)
        stack.callback((settings.dir / control.SOCKET).unlink, missing_ok=True)
        yield


async def _listen(stack: AsyncExitStack, app: web.Application, bind: str) -> None:
    runner = make_runner(app)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    host, _, port = bind.rpartition(":")
    await web.TCPSite(runner, host, int(port)).start()


async def _until_told(_: Store) -> None:
    """Wait for Ctrl-C or the service manager."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, told.set)
    await told.wait()


def _write_facts(file: Path, settings: Settings, cast: Cast, links: list[dict[str, str]]) -> None:
    """Say where everything is, for whoever drives the demo from outside."""
    web_url = settings.web.public_url
    facts = {
        "v": 1,
        "web": web_url,
        "ops": f"http://{settings.ops.bind}",
        "practice": f"{web_url}/practice/",
        "telegram_webhook": None,
        "telegram_secret": None,
        "people": [asdict(one) for one in cast.people],
        "staff": links,
    }
    scratch = file.with_name(f".{file.name}.part")
    scratch.write_text(json.dumps(facts, ensure_ascii=False, indent=1), encoding="utf-8")
    scratch.replace(file)
