"""The wire to Telegram: what goes wrong, what that means, and that the token is never told."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from telegram import Bot
from telegram.error import (
    BadRequest,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import HTTPXRequest

from bot.channels._bot_request import (
    BotRequest,
    Failure,
    FailureKind,
    NotSent,
    PerhapsSent,
    Timeouts,
    TokenFilter,
    TokenRefused,
    failure,
    without_tokens,
)
from bot.channels.stand_in import BotApi
from tests.channels.practice_bots import HALF, TOKEN, application, chain, polling, tells_nothing, unhurried

QUICK = Timeouts(pool=0.2, connect=0.2, write=0.2, write_files=0.3, read=0.3)

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest_asyncio.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi(TOKEN, terms=unhurried()) as server:
        server.user(7, "Maryam", "fa").start()
        yield server


@asynccontextmanager
async def peer(answer: Answer) -> AsyncIterator[str]:
    """A raw TCP server on loopback that treats each caller with `answer`, then hangs up; gives its base URL."""
    hung_up = asyncio.Event()

    async def treat(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer):
            await answer(reader, writer)
        hung_up.set()

    server = await asyncio.start_server(treat, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/bot"
        await asyncio.wait_for(hung_up.wait(), 5)
    # Both ends hear of it in the next turns of the loop.
    await asyncio.sleep(0.01)


def says(status: str, body: str, *headers: str) -> Answer:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
        writer.write(("\r\n".join(head) + "\r\n\r\n" + body).encode())
        await writer.drain()

    return answer


async def lost(base_url: str, wire: BotRequest, text: str = "hello") -> TelegramError:
    """The error that sending one message ends with."""
    bot = Bot(TOKEN, base_url=base_url, request=wire, get_updates_request=wire)
    try:
        with pytest.raises(TelegramError) as caught:
            await bot.send_message(7, text)
        return caught.value
    finally:
        await wire.shutdown()


async def test_nothing_listens_there_so_trying_again_is_safe() -> None:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    error = await lost(f"http://127.0.0.1:{port}/bot", BotRequest(timeouts=QUICK))
    assert type(error) is NetworkError
    assert str(error) == "ClientConnectorError"
    assert isinstance(error.__cause__, NotSent)
    assert failure(error) == Failure(FailureKind.RETRY_SAFE, "ClientConnectorError")
    assert tells_nothing(error)


async def test_a_connection_that_is_never_taken_is_safe_too() -> None:
    with (
        closing(socket.socket()) as deaf,
        closing(socket.socket()) as one,
        closing(socket.socket()) as two,
    ):
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        for caller in (one, two):
            caller.setblocking(False)
            caller.connect_ex(deaf.getsockname())
        error = await lost(f"http://127.0.0.1:{deaf.getsockname()[1]}/bot", BotRequest(timeouts=QUICK))
    assert type(error) is TimedOut
    assert str(error) == "ConnectionTimeoutError"
    assert failure(error) == Failure(FailureKind.RETRY_SAFE, "ConnectionTimeoutError")
    assert tells_nothing(error)


async def test_no_free_connection_is_safe(api: BotApi) -> None:
    wire = BotRequest(timeouts=QUICK, connections=1)
    async with Bot(TOKEN, base_url=api.base_url, request=wire, get_updates_request=wire) as bot:
        api.faults.slow(1.0)
        first = asyncio.create_task(bot.send_message(7, "one", read_timeout=2))
        await asyncio.sleep(0.05)
        with pytest.raises(TimedOut) as caught:
            await bot.send_message(7, "two")
        assert await first
    assert failure(caught.value).kind is FailureKind.RETRY_SAFE
    assert [call.fields["text"] for call in api.calls("sendMessage")] == ["one"]
    assert tells_nothing(caught.value)


async def test_an_answer_too_late_means_perhaps_sent(api: BotApi) -> None:
    api.faults.slow(1.0)
    error = await lost(api.base_url, BotRequest(timeouts=QUICK))
    assert type(error) is TimedOut
    assert isinstance(error.__cause__, PerhapsSent)
    assert failure(error) == Failure(FailureKind.AMBIGUOUS, "SocketTimeoutError")
    assert len(api.calls("sendMessage")) == 1
    assert tells_nothing(error)


@pytest.mark.parametrize("kept", [True, False])
async def test_a_dropped_connection_means_perhaps_sent(api: BotApi, kept: bool) -> None:
    api.faults.drop(kept=kept)
    error = await lost(api.base_url, BotRequest(timeouts=QUICK))
    assert type(error) is NetworkError
    assert isinstance(error.__cause__, PerhapsSent)
    assert failure(error).kind is FailureKind.AMBIGUOUS
    assert len(api.calls("sendMessage")) == kept
    assert tells_nothing(error)


async def test_a_peer_that_does_not_read_ends_at_the_bound_for_writing() -> None:
    heard_enough = asyncio.Event()

    async def deaf(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await heard_enough.wait()
        writer.transport.abort()

    async with peer(deaf) as base_url:
        wire = BotRequest(timeouts=QUICK)
        bot = Bot(TOKEN, base_url=base_url, request=wire, get_updates_request=wire)
        with pytest.raises(TimedOut) as caught:
            await bot.send_document(7, b"x" * 30_000_000, filename="big.bin")
        await wire.shutdown()
        heard_enough.set()
    assert failure(caught.value).kind is FailureKind.AMBIGUOUS
    assert tells_nothing(caught.value)


PAGE = f"<html>502: /bot{TOKEN}/sendMessage could not be reached</html>"
PROXIES: list[tuple[str, str, tuple[str, ...], FailureKind, type[TelegramError]]] = [
    ("502 Bad Gateway", PAGE, (), FailureKind.AMBIGUOUS, NetworkError),
    ("504 Gateway Timeout", "", (), FailureKind.AMBIGUOUS, NetworkError),
    ("200 OK", PAGE, (), FailureKind.AMBIGUOUS, TelegramError),
    (
        "302 Found",
        "",
        (f"Location: http://127.0.0.1:9/bot{TOKEN}/x",),
        FailureKind.AMBIGUOUS,
        NetworkError,
    ),
    ("413 Request Entity Too Large", PAGE, (), FailureKind.BAD, BadRequest),
    (
        "400 Bad Request",
        f'{{"description": "Bad Request: bot{TOKEN}"}}',
        (),
        FailureKind.BAD,
        BadRequest,
    ),
    ("403 Forbidden", "[]", (), FailureKind.BLOCKED, Forbidden),
    ("401 Unauthorized", "{}", (), FailureKind.BOT_DEAD, InvalidToken),
    ("429 Too Many Requests", PAGE, ("Retry-After: 7",), FailureKind.PAUSE, RetryAfter),
    ("429 Too Many Requests", "", (), FailureKind.PAUSE, RetryAfter),
    ("999 What", "", (), FailureKind.AMBIGUOUS, NetworkError),
]


@pytest.mark.parametrize(("status", "body", "headers", "kind", "sort"), PROXIES)
async def test_what_a_proxy_says_is_understood_and_not_repeated(
    status: str, body: str, headers: tuple[str, ...], kind: FailureKind, sort: type[TelegramError]
) -> None:
    async with peer(says(status, body, *headers)) as base_url:
        error = await lost(base_url, BotRequest(timeouts=QUICK))
    assert type(error) is sort
    judged = failure(error)
    assert judged.kind is kind
    assert judged.retry_after == (None if kind is not FailureKind.PAUSE else 7 if headers else 30)
    assert tells_nothing(error)


async def test_a_refused_token_is_not_spelled_out(api: BotApi) -> None:
    wrong = TOKEN[:-1] + "X"
    for token in (wrong, "without-a-colon"):
        wire = BotRequest()
        bot = Bot(token, base_url=api.base_url, request=wire, get_updates_request=wire)
        with pytest.raises(TokenRefused) as caught:
            await bot.initialize()
        await bot.shutdown()
        assert failure(caught.value).kind is FailureKind.BOT_DEAD
        assert tells_nothing(caught.value)
        assert token not in repr(chain(caught.value))


async def test_a_shared_session_stays_open_and_an_own_one_is_closed(api: BotApi) -> None:
    async with ClientSession() as shared:
        wire = BotRequest(shared)
        async with Bot(TOKEN, base_url=api.base_url, request=wire, get_updates_request=wire) as bot:
            assert await bot.send_message(7, "one")
        assert not shared.closed
    error = await lost(api.base_url, wire)
    assert failure(error) == Failure(FailureKind.RETRY_SAFE, "SessionClosed")

    own = BotRequest()
    for _ in range(2):  # a closed one opens again
        async with Bot(TOKEN, base_url=api.base_url, request=own, get_updates_request=own) as bot:
            assert await bot.send_message(7, "two")
    assert own.read_timeout == Timeouts().read


async def test_no_client_of_the_other_library_is_made(api: BotApi, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*args: object, **kwargs: object) -> None:
        raise AssertionError("an httpx client was made")

    monkeypatch.setattr(HTTPXRequest, "__init__", never)
    async with polling(api) as app:
        assert await app.bot.send_message(7, "one")


async def test_the_token_is_in_no_log_of_any_library(api: BotApi, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("telegram", "telegram.ext", "httpx", "httpcore", "aiohttp", "asyncio"):
        caplog.set_level(logging.DEBUG, logger=name)
    asyncio.get_running_loop().set_debug(True)
    maryam = api.user(7, "Maryam")
    async with polling(api):
        maryam.say("hello")
        await maryam.hears()
        api.faults.broken(502, method="getUpdates")
        api.faults.drop(method="getUpdates")
        maryam.say("again")
        await maryam.hears()
        await api.settled()
    api.faults.drop()
    await lost(api.base_url, BotRequest(timeouts=QUICK))
    async with peer(says("200 OK", PAGE)) as base_url:
        await lost(base_url, BotRequest(timeouts=QUICK))
    await test_a_refused_token_is_not_spelled_out(api)
    said = caplog.text + "".join(f"{record.__dict__}" for record in caplog.records)
    assert HALF.casefold() not in said.casefold()
    assert "<bot token>" in said
    assert {"telegram.Bot", "telegram.ext.ExtBot", "telegram.ext.Updater"} <= {r.name for r in caplog.records}


async def test_the_filter_blacks_out_tokens_wherever_they_stand() -> None:
    try:
        raise ValueError(f"https://api.telegram.org/bot{TOKEN}/getMe")
    except ValueError as exc:
        seen = (ValueError, exc, exc.__traceback__)
    record = logging.LogRecord("x", 10, __file__, 1, "asked %s", (f"/bot{TOKEN}/getMe",), seen)
    assert TokenFilter().filter(record)
    assert HALF not in logging.Formatter().format(record)
    plain = "at 12:30:05 on 2026-11-23, entry 123456:7, 100000001:short"
    assert without_tokens(plain) == plain
    assert without_tokens(f"The token `{TOKEN}` was rejected") == "The token `<bot token>` was rejected"


@pytest.mark.filterwarnings("ignore:Please use 'Bot.sendMessage'")
async def test_what_is_sent_arrives_as_it_was_written(api: BotApi) -> None:
    app = application(api)
    maryam = api.user(7, "Maryam")
    async with app:
        for text in ("سلام، سه‌شنبه", "ሰላም", '😀 & <x> "y" \\ \x07'):
            await app.bot.send_message(7, text)
            assert maryam.last.text == text
        await app.bot.do_api_request("sendMessage", {"chat_id": 7, "text": "raw", "protect_content": True})
        assert maryam.last.protected
        await app.bot.send_document(7, b"\x00\xff" * 1000, filename='ö "b".bin', caption="سند")
    shown = maryam.last
    assert shown.attachment is not None
    assert shown.attachment.file.content == b"\x00\xff" * 1000
    assert (shown.attachment.file.name, shown.text) == ('ö "b".bin', "سند")
