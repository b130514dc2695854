"""The composition root: the only file that knows every room. It opens the house in order and closes it in reverse."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web
from pydantic import SecretStr

from bot import control, signing
from bot.channels.doorway import Doorway
from bot.channels.eid import BACK as EID_BACK
from bot.channels.eid import Eid
from bot.channels.web import StripOf, draw_first, house_of, make_chat
from bot.console import make_console
from bot.console.account import BACK
from bot.console.door import StaffDoor
from bot.engine import House
from bot.http.cookies import Cookies
from bot.http.listening import make_runner
from bot.http.oidc import Client, Provider
from bot.jobs.anchors import Anchors
from bot.jobs.ops import make_ops
from bot.jobs.ticks import Ticks
from bot.recordings import Recordings
from bot.settings import KeySource, Oidc, Settings, TelegramMode
from bot.signing import Signatures
from bot.units import nameless
from storage.escrow import ask_for_receipt
from storage.keys import CredentialKeys, FileKeys, KeyProvider, KeysAway
from storage.later import Later
from storage.replay import replay
from storage.transit import Transit, TransitKeys
from storage.units import unnamed
from storage.vault import Clock, Store

# A house without Telegram, and one that is no demo, never load what those two need: 25 MiB, a quarter of a second.
if TYPE_CHECKING:
    from bot.channels import account, practice, stand_in
    from bot.demo import clock as demo_clock
    from bot.demo import pages as demo_pages
    from bot.demo import people as demo_people
    from bot.demo import phones as demo_phones
else:
    account, practice = Later("bot.channels.account"), Later("bot.channels.practice")
    stand_in, demo_clock = Later("bot.channels.stand_in"), Later("bot.demo.clock")
    demo_pages, demo_people = Later("bot.demo.pages"), Later("bot.demo.people")
    demo_phones = Later("bot.demo.phones")

log = logging.getLogger(__name__)
KEYS_AGAIN = 2.0


class NotSet(Exception):
    """A setting that production needs was not given."""


def key_provider(settings: Settings, *, demo: bool) -> KeyProvider:
    """Where the root key is. Production names its provider; only the demo makes a key of its own."""
    if demo:
        return FileKeys(settings.keys.path or settings.dir / "root.key", make=True)
    match settings.keys.provider:
        case None:
            raise NotSet("Say where the root key is: BREDVID_KEYS__PROVIDER and BREDVID_KEYS__PATH.")
        case KeySource.FILE:
            return FileKeys(_key_path(settings, "the root key's file"))
        case KeySource.SYSTEMD:
            given = os.environ.get("CREDENTIALS_DIRECTORY")
            return CredentialKeys(Path(given) if given else None, _key_path(settings, "the folder of wrapped keys"))
        case KeySource.VAULT:
            keys = settings.keys
            if keys.address is None or (keys.token is None and keys.token_file is None):
                raise NotSet("The provider 'vault' needs BREDVID_KEYS__ADDRESS and BREDVID_KEYS__TOKEN_FILE.")
            token = keys.token.get_secret_value() if keys.token else ""
            service = Transit(keys.address, token, keys.token_file, keys.name, keys.mount, keys.ca)
            return TransitKeys(service, _key_path(settings, "the folder of wrapped keys"))


def _key_path(settings: Settings, what: str) -> Path:
    if settings.keys.path is None:
        raise NotSet(f"The provider '{settings.keys.provider}' needs BREDVID_KEYS__PATH, {what}.")
    return settings.keys.path


def open_store(settings: Settings, *, demo: bool = False, clock: Clock | None = None, wait: float = 0.0) -> Store:
    """The store, at head and told what the safety log knows. The demo brings its own tables up.

    `wait` is how many seconds the key service may be away: after a power cut it may come up later than we do.
    """
    settings.dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    until = time.monotonic() + wait
    while (store := _try_to_open(settings, clock, demo=demo, last=time.monotonic() >= until)) is None:
        time.sleep(min(KEYS_AGAIN, max(0.0, until - time.monotonic())))
    try:
        replayed = replay(store)
    except BaseException:
        store.close()
        raise
    if replayed.told or replayed.restored:
        log.warning("The safety log told this store %d things; %d messages expired.", replayed.told, replayed.expired)
    return store


def _try_to_open(settings: Settings, clock: Clock | None, *, demo: bool, last: bool) -> Store | None:
    try:
        provider = key_provider(settings, demo=demo)
        store = Store(
            settings.database_url, provider, clock=clock, migrate=demo, safety=settings.safety_dir,
            ages=settings.ages.table(), telegram_full=settings.telegram.content or demo,
        )  # fmt: skip
    except KeysAway as away:
        if last:
            raise
        log.warning("%s Waiting for it.", away)
        return None
    store.terms, store.law = settings.terms.table(), settings.carriers.law()
    store.units = demo_people.UNITS if demo else settings.units
    return store


async def serve(settings: Settings) -> None:
    """The production process: chat, console, ticks and the control socket, until it is told to stop."""
    async with AsyncExitStack() as stack:
        if settings.is_sqlite:
            stack.enter_context(control.holding(settings.dir))
        store = await asyncio.to_thread(open_store, settings, wait=settings.keys.wait)
        stack.callback(store.close)
        if missing := await asyncio.to_thread(store.run, unnamed):
            raise NotSet(nameless(missing))
        ask_for_receipt(key_provider(settings, demo=False), settings.dir, trial=settings.on_trial)
        signatures = Signatures()

        async def refresh() -> None:
            signatures.unsigned = await asyncio.wrap_future(store.submit(signing.unsigned_kinds))
            with suppress(KeysAway):
                # Another process may have culled: what it destroyed is not to be held here either.
                await asyncio.to_thread(store.keyring.refresh)

        await refresh()
        await stack.enter_async_context(_listening(settings, store, signatures, refresh, None))
        await _until_told(store)


async def demo(settings: Settings, *, clock_file: Path | None, facts_file: Path | None) -> None:
    """The demo: the same house with invented people in it, a clock that can be moved, and drafts shown."""
    async with AsyncExitStack() as stack:
        stack.enter_context(control.holding(settings.dir))
        clock = demo_clock.DemoClock(clock_file)
        store = open_store(settings, demo=True, clock=clock)
        stack.callback(store.close)
        moved_in = await asyncio.to_thread(demo_people.settle, store, settings.dir)
        cast = await asyncio.to_thread(
            lambda: demo_phones.link_phones(store, moved_in, content=settings.telegram.content)
        )
        pages = demo_pages.DemoPages(store, cast, clock, Cookies(settings.web.secure), settings.telegram.token is None)
        if settings.telegram.token is not None and settings.telegram.mode is TelegramMode.OFF:
            # Whoever hands a token to the demo wants to see it used, and a laptop has no address to be called at.
            settings.telegram.mode = TelegramMode.POLLING
        secret = settings.telegram.webhook_secret
        settings.telegram.webhook_secret = secret or SecretStr(account.new_secret())
        await stack.enter_async_context(_listening(settings, store, Signatures(), None, pages))
        if facts_file is not None:
            links = await asyncio.to_thread(demo_people.staff_links, store, cast, settings.web.public_url)
            _write_facts(facts_file, settings, cast, links)
        print(f"Bredvid is here: {settings.web.public_url}  (Ctrl-C ends it)", flush=True)
        await _until_told(store)


def _client(given: Oidc, back: str) -> Client | None:
    """What we are to a provider, as the settings say; None when they name none."""
    if given.issuer is None:
        return None
    secret = given.client_secret.get_secret_value() if given.client_secret else None
    return Client(given.issuer, given.client_id, secret, back)


def _eid(settings: Settings, store: Store) -> Eid | None:
    """The broker of e-IDs for grown-ups who come back, when there is one."""
    given = settings.eid
    client = _client(given, f"{settings.web.public_url}{EID_BACK}")
    if client is None:
        return None
    client = replace(client, scope=given.scope, levels=given.acr, wanted=(given.number,))
    return Eid(Provider(client, store.clock), given.number)


def _console(settings: Settings, store: Store, *, practice: bool) -> web.Application:
    """The console, and how members of staff come in: by the municipality's sign-in when it is set, and by passkeys;
    in practice by link.
    """
    address = settings.web.public_url
    client = None if practice else _client(settings.oidc, f"{address}{BACK}")
    door = StaffDoor(Provider(client, store.clock) if client is not None else None, links_enter=practice)
    return make_console(store, secure=settings.web.secure, public_url=address, practice=practice, door=door)


@asynccontextmanager
async def _listening(
    settings: Settings,
    store: Store,
    signatures: Signatures,
    refresh: Callable[[], Awaitable[None]] | None,
    pages: demo_pages.DemoPages | None,
) -> AsyncIterator[None]:
    """Everything that listens or ticks, open for as long as the block runs."""
    async with AsyncExitStack() as stack:
        doorway = Doorway(store)
        stack.callback(doorway.close)
        strip: StripOf | None = pages.strip if pages else None
        phones = await _practice(stack, settings, store, signatures, pages)
        telegram = _telegram(settings, store, signatures, phones)
        chat = make_chat(
            store,
            doorway,
            secure=settings.web.secure,
            house=_house(settings, signatures),
            strip=strip,
            bot=lambda: telegram.username if telegram is not None else None,
            eid=_eid(settings, store),
            recordings=Recordings(settings.audio.dir),
        )
        if pages is not None:
            pages.serve(chat)
        chat.add_subapp("/console/", _console(settings, store, practice=pages is not None))
        if telegram is not None:
            telegram.serve(chat)
        if phones is not None:
            phones.serve(chat)
        ticks = Ticks(store, _read_and_anchor(refresh, Anchors(store, settings.anchor_dir)))
        await ticks.start()
        stack.push_async_callback(ticks.stop)
        await _listen(stack, make_ops(store, ticks, telegram), settings.ops.bind)
        await _listen(stack, chat, settings.web.bind)
        if phones is not None:
            phones.switch_on()  # a bot may not write to whoever has never pressed Start
        if telegram is not None:
            await stack.enter_async_context(telegram.running())
        server = await control.listen(store, settings.dir, settings.told(), refresh)
        stack.callback(server.close)
        stack.callback((settings.dir / control.SOCKET).unlink, missing_ok=True)
        _draw_first(stack, store)
        yield


def _draw_first(stack: AsyncExitStack, store: Store) -> None:
    """Have the first page drawn while nobody waits for it."""
    drawing = asyncio.create_task(asyncio.to_thread(draw_first, store.clock()), name="first-page")
    stack.push_async_callback(asyncio.wait, [drawing])


def _read_and_anchor(refresh: Callable[[], Awaitable[None]] | None, anchors: Anchors) -> Callable[[], Awaitable[None]]:
    """What each tick does beside its jobs: reads anew what is kept in memory, and keeps today's anchor."""

    async def both() -> None:
        if refresh is not None:
            await refresh()
        await anchors.keep_today()

    return both


async def _practice(
    stack: AsyncExitStack, settings: Settings, store: Store, signatures: Signatures, pages: demo_pages.DemoPages | None
) -> practice.PracticePhones | None:
    """Telegram without a token or a network: for the demo only, and only while no token is given."""
    if pages is None or settings.telegram.token is not None:
        return None
    api = await stack.enter_async_context(stand_in.BotApi(practice.PRACTICE_TOKEN, clock=store.clock))
    phones = [
        practice.Phone(one.id, one.name, one.locale, one.telegram_user_id)
        for one in pages.cast.people
        if one.telegram_user_id is not None
    ]
    return practice.PracticePhones(api, tuple(phones), store, _house(settings, signatures))


def _house(settings: Settings, signatures: Signatures) -> House:
    """What the engine knows of this house, alike on the web and in a chat."""
    return replace(house_of(signatures.of), groups=settings.groups.rows(), content=settings.telegram.content)


def _telegram(
    settings: Settings, store: Store, signatures: Signatures, phones: practice.PracticePhones | None
) -> account.Account | None:
    """The bot's account, when there is one: Telegram's, or the practice phone's."""
    given = settings.telegram
    if phones is None and (given.token is None or given.mode is TelegramMode.OFF):
        return None
    house = _house(settings, signatures)
    secret = given.webhook_secret.get_secret_value() if given.webhook_secret else account.new_secret()
    hook, recordings = f"{settings.web.public_url}/telegram/", Recordings(settings.audio.dir)
    if phones is not None:
        token, base, hooked = phones.token, phones.base_url, True
    else:
        token = given.token.get_secret_value() if given.token is not None else ""
        base, hooked = f"{given.api_base.rstrip('/')}/bot", given.mode is TelegramMode.WEBHOOK
    terms = account.Terms(
        token, base, given.rate, settings.web.public_url, hook if hooked else None, secret, recordings
    )
    return account.Account(store, house, terms)


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


def _write_facts(file: Path, settings: Settings, cast: demo_people.Cast, links: list[dict[str, str]]) -> None:
    """Say where everything is, for whoever drives the demo from outside."""
    web_url, secret = settings.web.public_url, settings.telegram.webhook_secret
    facts = {
        "v": 1,
        "web": web_url,
        "ops": f"http://{settings.ops.bind}",
        "practice": f"{web_url}/practice/",
        "telegram_webhook": f"{web_url}/telegram/",
        "telegram_secret": secret.get_secret_value() if secret else None,
        "people": [asdict(one) for one in cast.people],
        "staff": links,
    }
    scratch = file.with_name(f".{file.name}.part")
    scratch.write_text(json.dumps(facts, ensure_ascii=False, indent=1), encoding="utf-8")
    scratch.replace(file)
