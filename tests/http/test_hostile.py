"""A house that is served, and those who wish it ill: bodies, heads and floods over bare sockets, and exact headers.

What is nginx's job is said where it is: the process has no deadline for the head of a request (`deploy/nginx.conf`
has one), so here it is only shown that whoever sleeps over a head holds nobody else up.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import ClientSession, TCPConnector
from aiohttp.test_utils import TestClient, TestServer

from bot.channels.doorway import Doorway
from bot.channels.stand_in import SECRET_HEADER, BotApi
from bot.channels.telegram import LARGEST_BODY
from bot.channels.web import make_chat
from bot.console import make_console
from bot.console.door import StaffDoor
from bot.faces.frame import AWAY
from storage.keys import FileKeys
from storage.vault import Store
from tests.parts.program import Estate, Serving

TOKEN = "7712345678:AAF_practice-Token_0123456789abcdefgh"
SECRET = "a-secret_for-the-hook"
STRICT = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "connect-src 'self'; media-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Content-Type": "text/html; charset=utf-8",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": (
        "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), display-capture=(), fullscreen=(), "
        "geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
    ),
    "Referrer-Policy": "no-referrer",
    "Server": "web",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
MOVING = {"Content-Length", "Date"}


@dataclass(frozen=True)
class Fort:
    """A served house with a webhook."""

    house: Serving
    port: int

    @property
    def hook(self) -> str:
        return f"{self.house.web}/telegram/"

    def resident(self) -> int:
        """How much memory the process holds now, in bytes."""
        pages = Path(f"/proc/{self.house.process.pid}/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    async def say(self, raw: bytes, *, patience: float = 15.0) -> bytes:
        """Say bytes on a line of one's own; what comes back until the line closes, or the first of it."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(raw)
            await writer.drain()
            return await asyncio.wait_for(reader.read(4096), patience)
        except (ConnectionError, TimeoutError):
            return b""
        finally:
            writer.close()

    async def status(self, raw: bytes) -> int:
        """The status of the answer; 0 when the line was cut instead."""
        said = await self.say(raw)
        return int(said.split()[1]) if said.startswith((b"HTTP/1.1 ", b"HTTP/1.0 ")) else 0

    def post(self, body: bytes, *more: str, path: str = "/telegram/", length: bool = True) -> bytes:
        """A whole request by hand."""
        head = [f"POST {path} HTTP/1.1", "Host: house", f"{SECRET_HEADER}: {SECRET}", *more]
        head += [f"Content-Length: {len(body)}"] if length else []
        return "\r\n".join([*head, "", ""]).encode("utf-8", "surrogateescape") + body


@pytest.fixture
async def fort(estate: Estate) -> AsyncIterator[Fort]:
    """A house with a Telegram of its own on loopback."""
    async with BotApi(TOKEN) as api:
        estate.settings |= {
            "BREDVID_TELEGRAM__TOKEN": TOKEN,
            "BREDVID_TELEGRAM__MODE": "webhook",
            "BREDVID_TELEGRAM__WEBHOOK_SECRET": SECRET,
            "BREDVID_TELEGRAM__API_BASE": api.base_url.removesuffix("/bot"),
        }
        await asyncio.to_thread(estate.done, "migrate")
        opened = estate.served()
        house = await asyncio.to_thread(opened.__enter__)
        try:
            yield Fort(house, int(house.web.rpartition(":")[2]))
            assert house.process.poll() is None, house.said.read_text(encoding="utf-8")
        finally:
            await asyncio.to_thread(opened.__exit__, None, None, None)


def update(number: int) -> bytes:
    """What Telegram sends when somebody says hello."""
    person = {"id": 7000 + number, "is_bot": False, "first_name": "A", "language_code": "sv"}
    chat = {"id": 7000 + number, "type": "private", "first_name": "A"}
    message = {"message_id": 1, "date": 1_800_000_000, "chat": chat, "from": person, "text": "hej"}
    return json.dumps({"update_id": number, "message": message}).encode()


# --- the webhook ------------------------------------------------------------------------------------------------------


async def test_bodies_that_are_too_large_too_deep_or_no_text_are_refused_and_cost_little(fort: Fort) -> None:
    assert await fort.status(fort.post(update(1))) == 200
    before = fort.resident()
    bomb = gzip.compress(b" " * 200_000_000)
    assert len(bomb) < LARGEST_BODY
    assert await fort.status(fort.post(b" " * LARGEST_BODY)) == 400
    for _ in range(3):
        assert await fort.status(fort.post(b" " * (LARGEST_BODY + 1))) == 413
        assert await fort.status(fort.post(b"[" * 100_000)) == 400
        assert await fort.status(fort.post(b'{"a":' * 40_000 + b"1" + b"}" * 40_000)) == 400
        assert await fort.status(fort.post(b'{"update_id": 2, "message": "\xff\xfe"}')) == 400
        assert await fort.status(fort.post(bomb, "Content-Encoding: gzip")) in (400, 413)
    assert fort.resident() - before < 20_000_000
    assert await fort.status(fort.post(update(3))) == 200


async def test_a_head_that_can_be_read_in_two_ways_is_refused(fort: Fort) -> None:
    """What two programs read differently lets one request hide in another."""
    body = update(4)
    twice = fort.post(body, "Content-Length: 5", f"Content-Length: {len(body)}", length=False)
    both = fort.post(body, "Transfer-Encoding: chunked", f"Content-Length: {len(body)}", length=False)
    for raw in (
        twice, both,
        fort.post(body, "Content-Length: +5", length=False),
        fort.post(body, "Content-Length: 0x5", length=False),
        fort.post(body, "Transfer-Encoding: xchunked", length=False),
        fort.post(b"zz\r\n", "Transfer-Encoding: chunked", length=False),
        b"GET / HTTP/1.1\r\nHost : house\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: house\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: house\r\nX: a\x00b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: house\r\n" + b"".join(b"X%d: y\r\n" % n for n in range(200)) + b"\r\n",
        b"GET /" + b"x" * 10_000 + b" HTTP/1.1\r\nHost: house\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: house\r\nCookie: " + b"x" * 20_000 + b"\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 100,
    ):  # fmt: skip
        assert await fort.status(raw) == 400, raw[:80]
    with_secrets = b"GET /i/hush-hush HTTP/1.1\r\nHost: house\r\nCookie: sid=hush-hush\r\nX: hush-hush\x00\r\n\r\n"
    assert await fort.status(with_secrets) == 400
    said = fort.house.said.read_text(encoding="utf-8")
    assert not any(word in said for word in ("hush", "Traceback", "127.0.0.1", "Host"))


async def test_what_cannot_be_read_is_answered_calmly_with_the_strict_headers_and_without_an_echo(fort: Fort) -> None:
    """Through nginx, too: it lets a verb pass that nobody knows, and a body in an encoding that nobody has."""
    hush = b"/i/hush-hush HTTP/1.1\r\nHost: house\r\n"
    for raw in (
        b"FOO " + hush + b"\r\n", b"GET " + hush + b"Host : x\r\n\r\n", b"GET /i/hush-hush FOO/9\r\n\r\n",
        b"POST " + hush + b"Content-Encoding: br\r\nContent-Length: 4\r\n\r\nhush",
        b"GET " + hush + b"Cookie: " + b"x" * 20_000 + b"\r\n\r\n",
    ):  # fmt: skip
        head, _, body = (await fort.say(raw)).partition(b"\r\n\r\n")
        lines = dict(line.split(": ", 1) for line in head.decode().splitlines()[1:])
        assert {name: value for name, value in lines.items() if name not in MOVING | {"Connection"}} == STRICT, raw
        assert (b" 400 " in head, b"hush" in body, body.endswith(b"</html>")) == (True, False, True)


async def test_a_second_host_is_not_believed(fort: Fort) -> None:
    """Two are refused, and no link that a page writes comes from the Host line."""
    two = b"Host: house\r\nHost: elsewhere.example\r\n"
    assert await fort.status(b"GET / HTTP/1.1\r\n" + two + b"\r\n") == 400
    assert await fort.status(b"POST / HTTP/1.1\r\n" + two + b"Origin: http://elsewhere.example\r\n\r\n") == 400
    said = await fort.say(b"GET /i/token HTTP/1.1\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n")
    assert b" 200 " in said
    assert b"elsewhere" not in said


async def test_signs_that_are_no_text_in_a_head_break_nothing(fort: Fort) -> None:
    raw = fort.post(update(5)).replace(SECRET.encode(), b"\xff\xfe\xff")
    assert await fort.status(raw) in (400, 403)
    for head in (
        b"Cookie: sid=\xff\xfe",
        b"Cookie: staff=\xff\xfe",
        b"Accept-Language: \xff",
        b"Cookie: door=\xff.1.a.b.c",
    ):
        for path in (b"/", b"/console/", b"/console/back?code=\xff", b"/i/%FF", b"/help?l=%ff%fe", b"/console/in/%ff"):
            said = await fort.status(b"GET " + path + b" HTTP/1.1\r\nHost: house\r\n" + head + b"\r\n\r\n")
            assert said in (200, 400, 401, 403, 404), (path, head, said)


async def test_two_thousand_updates_under_a_wrong_secret_are_refused_without_a_word(fort: Fort) -> None:
    """Each is refused before its body is read, and whoever is at the house meanwhile is served."""
    served = 0

    async def neighbour(web: ClientSession) -> None:
        nonlocal served
        while True:
            async with web.get(f"{fort.house.web}/help") as page:
                assert page.status == 200
                await page.read()
            served += 1
            await asyncio.sleep(0.01)

    async def spoof(web: ClientSession, number: int) -> tuple[int, bytes]:
        headers = {SECRET_HEADER: secrets.token_urlsafe(16)}
        async with web.post(fort.hook, data=update(number), headers=headers) as answer:
            return answer.status, await answer.read()

    async with ClientSession(connector=TCPConnector(limit=50)) as many, ClientSession() as one:
        living = asyncio.create_task(neighbour(one))
        found = await asyncio.gather(*(spoof(many, number) for number in range(2_000)))
        async with one.post(fort.hook, data=update(9_000), headers={SECRET_HEADER: SECRET}) as real:
            assert real.status == 200
        living.cancel()
    assert set(found) == {(403, b"")}
    assert served > 2


async def test_whoever_sleeps_over_a_head_or_a_body_holds_nobody_up(fort: Fort) -> None:
    async def sleeper(raw: bytes) -> asyncio.StreamWriter:
        _, writer = await asyncio.open_connection("127.0.0.1", fort.port)
        writer.write(raw)
        await writer.drain()
        return writer

    head = b"GET / HTTP/1.1\r\nHost: house\r\nX-Slow: "
    half = fort.post(b" " * 100)[:-50]
    asleep = [await sleeper(raw) for raw in [head] * 150 + [half] * 150]
    try:
        for _ in range(5):
            assert await fort.status(b"GET /help HTTP/1.1\r\nHost: house\r\n\r\n") == 200
    finally:
        for writer in asleep:
            writer.close()
    began = time.monotonic()
    said = await fort.say(half, patience=60.0)
    assert said.split()[1] == b"413", "half a body is waited for ten seconds"
    assert time.monotonic() - began > 8


async def test_forms_that_are_too_large_or_packed_change_nothing(fort: Fort) -> None:
    before, ours = fort.resident(), ("Content-Type: application/x-www-form-urlencoded", "Sec-Fetch-Site: same-origin")
    bomb = gzip.compress(b"text=" + b"x" * 100_000_000)
    for path in ("/", "/i/token", "/console/find", "/console/key", "/console/enrol", "/console/in/x"):
        for body, more in ((b"text=" + b"x" * 300_000, ()), (bomb, ("Content-Encoding: gzip",)),
                           (b"text=%FF%FE", ()), (b"\xff" * 100, ()), (b"text=1&text=2", ())):  # fmt: skip
            status = await fort.status(fort.post(body, *ours, *more, path=path))
            assert status in (0, 303, 400, 401, 403, 413, 422), (path, body[:10], status)
    assert fort.resident() - before < 20_000_000


# --- headers ----------------------------------------------------------------------------------------------------------


@asynccontextmanager
async def dressed(folder: Path, *, https: bool) -> AsyncIterator[TestClient]:  # type: ignore[type-arg]
    """Chat and console as the house mounts them."""
    store = Store(f"sqlite:///{folder}/store.db", FileKeys(folder / "root.key", make=True), migrate=True)
    doorway = Doorway(store)
    chat = make_chat(store, doorway, secure=https)
    address = "https://chat.lindvik.example" if https else "http://127.0.0.1:8080"
    console = make_console(store, secure=https, public_url=address, practice=False, door=StaffDoor())
    chat.add_subapp("/console/", console)
    async with TestClient(TestServer(chat)) as client:
        yield client
    doorway.close()
    await asyncio.to_thread(store.close)


@pytest.mark.parametrize("https", [False, True])
async def test_every_page_has_exactly_these_headers(tmp_path: Path, https: bool) -> None:
    promised = STRICT | ({"Strict-Transport-Security": "max-age=63072000"} if https else {})
    async with dressed(tmp_path, https=https) as client:
        for path, status in (("/", 200), ("/help", 200), ("/i/no-such-token", 200), ("/nowhere", 404),
                             ("/console/", 401), ("/console/nowhere", 404), ("/console/in/x", 200)):  # fmt: skip
            async with client.get(path) as answer:
                assert answer.status == status
                found = {name: value for name, value in answer.headers.items() if name not in MOVING}
            assert found == promised, path
        if https:
            async with client.get("/console/key") as answer:
                slip = answer.headers.getall("Set-Cookie")
            assert len(slip) == 1
            assert slip[0].startswith("__Host-door=")
            assert slip[0].endswith("; HttpOnly; Max-Age=600; Path=/; SameSite=Lax; Secure")
        async with client.get("/out", allow_redirects=False) as answer:
            found = {name: value for name, value in answer.headers.items() if name not in MOVING}
        assert (answer.status, found.pop("Location")) == (303, AWAY)
        assert found.pop("Clear-Site-Data") == '"cache", "cookies", "storage"'
        assert found.pop("Set-Cookie").startswith("__Host-sid=" if https else "sid=")
        assert found == {name: value for name, value in promised.items() if name != "Content-Type"}


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_another_page_cannot_sign_anybody_out_by_asking_for_the_way_out(tmp_path: Path, site: str) -> None:
    """The cookie stays at home then, but a browser obeys `Clear-Site-Data` on a mere picture."""
    async with dressed(tmp_path, https=True) as client:
        async with client.get("/out", headers={"Sec-Fetch-Site": site}, allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, AWAY)
            assert not {"Clear-Site-Data", "Set-Cookie"} & set(answer.headers)
        async with client.get("/out", headers={"Sec-Fetch-Site": "none"}, allow_redirects=False) as answer:
            assert {"Clear-Site-Data", "Set-Cookie"} < set(answer.headers)
