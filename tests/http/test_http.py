"""The web's own rules: headers, origins, forms, cookies, errors and static files, over a real socket."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from http.cookies import SimpleCookie

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestClient, TestServer

from bot.http.cookies import Cookies
from bot.http.errors import calm_errors
from bot.http.forms import LIMIT, BadForm, parse_form, read_form
from bot.http.headers import EVERYWHERE, SERVER, forget, guard_headers
from bot.http.languages import asked_language
from bot.http.listening import make_runner
from bot.http.same_origin import from_our_page, same_origin, stamp_in, stamp_of
from bot.http.static import static_files
from bot.http.templates import make_environment

FORM = "application/x-www-form-urlencoded"
COOKIES = Cookies(https=False)
Client = TestClient[web.Request, web.Application]


async def echo(request: web.Request) -> web.Response:
    """What the form said, or why it was refused."""
    form = await read_form(request)
    return web.Response(text=form.value if isinstance(form, BadForm) else repr(dict(form)))


async def broken(_: web.Request) -> web.Response:
    """Breaks with somebody's words in its mouth."""
    raise RuntimeError("Anna Lind 20120304-1234")


async def leave(_: web.Request) -> web.Response:
    """The quick exit."""
    answer = web.Response(status=303, headers={"Location": "/"})
    forget(answer)
    COOKIES.take(answer, "chat")
    return answer


def make_app(*, https: bool = False, draw_breaks: bool = False) -> web.Application:
    """A small house with every rule on."""

    def draw(_: web.Request, status: int) -> str:
        if draw_breaks:
            raise LookupError("no words")
        return f"<p>calm {status}</p>"

    app = web.Application(middlewares=[calm_errors(draw), same_origin(COOKIES)], client_max_size=LIMIT)
    guard_headers(app, https=https)
    app.router.add_post("/", echo)
    app.router.add_get("/", echo)
    app.router.add_post("/telegram/", echo)
    app.router.add_get("/broken/{token}", broken)
    app.router.add_get("/out", leave)
    static_files("bot.faces").serve(app)
    return app


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """A visitor of the small house."""
    async with TestClient(TestServer(make_app())) as visitor:
        yield visitor


async def test_every_answer_is_dressed_refusals_and_failures_too(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    for address in ("/", "/nowhere", "/broken/x", "/out"):
        answer = await client.get(address, allow_redirects=False)
        for name, value in EVERYWHERE.items():
            assert answer.headers[name] == value
        assert answer.headers["Server"] == SERVER
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Strict-Transport-Security" not in answer.headers


async def test_only_https_promises_https() -> None:
    async with TestClient(TestServer(make_app(https=True))) as client:
        assert "max-age" in (await client.get("/")).headers["Strict-Transport-Security"]


def test_the_policy_is_what_was_decided() -> None:
    assert EVERYWHERE["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
        "connect-src 'self'; media-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    assert "unsafe" not in "".join(EVERYWHERE.values())


async def test_leaving_asks_the_browser_to_forget(client: Client) -> None:
    answer = await client.get("/out", allow_redirects=False)
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'


@pytest.mark.parametrize(
    ("headers", "comes_in"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://house"}, False),
        ({"Origin": "http://house"}, True),
        ({"Origin": "https://HOUSE"}, True),
        ({"Origin": "http://elsewhere"}, False),
        ({"Origin": "http://house.elsewhere"}, False),
        ({"Origin": "null"}, None),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "null"}, False),
        ({}, None),
    ],
)
def test_whose_page_it_was(headers: dict[str, str], comes_in: bool | None) -> None:
    assert from_our_page(headers, "house") is comes_in


async def post(client: Client, body: str, **headers: str) -> tuple[int, str]:
    """Post a body as a plain client would."""
    answer = await client.post("/", data=body, headers={"Content-Type": FORM} | headers)
    return answer.status, await answer.text()


def test_a_page_of_our_name_over_plain_http_is_not_ours_where_we_promise_https() -> None:
    for https, comes_in in ((True, False), (False, True)):
        assert from_our_page({"Origin": "http://our.host"}, "our.host", https=https) is comes_in
    assert from_our_page({"Origin": "https://our.host"}, "our.host", https=True) is True


async def test_another_site_is_refused_even_with_the_right_stamp(client: Client) -> None:
    stamp = f"{stamp_of(None):012d}"
    status, said = await post(client, f"stamp={stamp}", Origin="http://elsewhere")
    assert (status, said) == (403, "<p>calm 403</p>")


async def test_a_client_that_names_no_origin_gives_the_stamp_of_its_page(client: Client) -> None:
    assert (await post(client, "choice=ok"))[0] == 403
    assert (await post(client, "turn=00000000000000000007"))[0] == 403
    assert (await post(client, "turn=7"))[0] == 403
    assert (await post(client, f"stamp={stamp_of(None):012d}"))[0] == 200
    assert (await post(client, f"turn={stamp_of(None):012d}00000007&choice=ok"))[0] == 200


async def test_a_stamp_belongs_to_one_cookie(client: Client) -> None:
    cookie = {"Cookie": "sid=secret-of-hers"}
    assert (await post(client, f"stamp={stamp_of(None):012d}", **cookie))[0] == 403
    assert (await post(client, f"stamp={stamp_of('another'):012d}", **cookie))[0] == 403
    assert (await post(client, f"stamp={stamp_of('secret-of-hers'):012d}", **cookie))[0] == 200


async def test_the_webhook_has_a_secret_of_its_own(client: Client) -> None:
    assert (await client.post("/telegram/", data="a=b", headers={"Content-Type": FORM})).status == 200


def test_stamps_are_read_only_from_digits() -> None:
    assert stamp_in({"stamp": "٣"}) is None
    assert stamp_in({"turn": "12"}) is None
    assert stamp_in({"turn": "000000000012" + "00000007"}) == 12
    assert 0 <= stamp_of("x") < 10**12


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"a=1&b=%C3%A5+x", {"a": "1", "b": "å x"}),
        (b"", {}),
        (b"a=", {"a": ""}),
        (b"a=1%0D%0A2%0D3%00%07%7F", {"a": "1\n2\n3"}),
        # U+0085; an override, an embedding and both ends of an isolate; the mark and the joiner that scripts need stay.
        (
            b"a=1%C2%852%E2%80%AE3%E2%80%AA4%E2%81%A95%E2%81%A86%E2%80%8F7%E2%80%8C8",
            {"a": "123456\u200f7\u200c8"},
        ),
        (b"a=1&a=2", BadForm.TWICE),
        (b"a=%FF", BadForm.BAD_TEXT),
        (b"a=\xff", BadForm.BAD_TEXT),
        (b"a=%ED%A0%80", BadForm.BAD_TEXT),
        (b"&".join(b"x%d=1" % n for n in range(300)), BadForm.NOT_A_FORM),
    ],
)
def test_a_form_is_read_or_refused(body: bytes, said: object) -> None:
    assert parse_form(body) == said


async def test_a_form_that_is_none_or_too_large_is_refused_as_a_value(client: Client) -> None:
    ours = {"Sec-Fetch-Site": "same-origin"}
    assert await post(client, "a=" + "x" * LIMIT, **ours) == (200, "too_large")

    async def in_pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 8192

    answer = await client.post("/", data=in_pieces(), headers={"Content-Type": FORM} | ours)
    assert await answer.text() == "too_large"
    answer = await client.post("/", json={"a": 1}, headers=ours)
    assert await answer.text() == "not_a_form"


def test_two_cookies_with_the_flags_that_were_decided() -> None:
    for https, names in ((True, ("__Host-sid", "__Host-staff")), (False, ("sid", "staff"))):
        cookies, answer = Cookies(https), web.Response()
        cookies.give(answer, "chat", "v", keep=60)
        cookies.give(answer, "console", "w")
        chat, console = (answer.cookies[name] for name in names)
        for one in (chat, console):
            assert (one["path"], one["samesite"], one["httponly"], one["domain"]) == ("/", "Strict", True, "")
            assert bool(one["secure"]) is https
        assert (chat.get("max-age"), console.get("max-age")) == ("60", None)
        cookies.take(answer, "chat")
        assert isinstance(answer.cookies, SimpleCookie)
        assert answer.cookies[names[0]].value == ""


async def test_a_failure_is_a_calm_page_and_a_log_line_without_words(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = await client.get("/broken/a-secret-invite")
    assert (answer.status, await answer.text()) == (500, "<p>calm 500</p>")
    assert "RuntimeError at test_http.py:" in caplog.text
    assert "/broken/{token}" in caplog.text
    for secret in ("Anna", "1234", "a-secret-invite", "Traceback"):
        assert secret not in caplog.text


async def test_what_is_not_there_is_calm_too(client: Client) -> None:
    assert await (await client.get("/wp-admin")).text() == "<p>calm 404</p>"
    answer = await client.delete("/", headers={"Sec-Fetch-Site": "same-origin"})
    assert (answer.status, await answer.text()) == (405, "<p>calm 405</p>")
    assert set(answer.headers["Allow"].split(",")) >= {"GET", "POST"}


async def test_when_even_drawing_fails_there_is_still_a_page_with_numbers(caplog: pytest.LogCaptureFixture) -> None:
    async with TestClient(TestServer(make_app(draw_breaks=True))) as client:
        answer = await client.get("/nowhere")
        whole = await answer.text()
    assert answer.status == 404
    assert 'href="tel:112"' in whole
    assert "<title>Start</title>" in whole


async def test_static_files_have_dull_names_and_stay_in_her_browser(client: Client) -> None:
    ours = static_files("bot.faces")
    assert ours.url("a.css").startswith("/s/")
    answer = await client.get(ours.url("a.css"))
    assert answer.headers["Cache-Control"] == "private, max-age=86400"
    assert answer.content_type == "text/css"
    assert (await client.get("/s/0123456789ab/a.js")).status == 200
    assert (await client.get("/s/0123456789ab/secret.txt")).status == 404
    assert (await client.get("/s/0123456789ab/..%2fweb.py")).status == 404
    with pytest.raises(KeyError):
        ours.url("b.css")


@pytest.mark.parametrize(
    ("header", "tag"),
    [
        ("ar-SY,ar;q=0.9,en;q=0.8", "ar"),
        ("de,en;q=0.7,sv;q=0.9", "sv"),
        ("prs", "prs"),
        ("fa-AF,fa;q=0.9", "prs"),
        ("ku-TR", "kmr"),
        ("ku-IQ", "ckb"),
        ("en;q=0", "sv"),
        ("*;;;,;q=x", "sv"),
        (None, "sv"),
        ("x" * 100_000, "sv"),
    ],
)
def test_the_language_a_browser_asks_for(header: str | None, tag: str) -> None:
    assert asked_language(header, ("sv", "en", "ar", "prs", "kmr", "ckb")) == tag


def test_templates_escape_and_forgive_nothing() -> None:
    made = make_environment("bot.faces")
    assert made.from_string("{{ x }}").render(x="<b>") == "&lt;b&gt;"
    with pytest.raises(Exception, match="undefined"):
        made.from_string("{{ y }}").render()


async def test_a_listener_keeps_no_log_of_addresses_and_refuses_long_ones(caplog: pytest.LogCaptureFixture) -> None:
    runner = make_runner(make_app())
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    with caplog.at_level(logging.INFO):
        async with ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/i/a-secret-invite") as answer:
                assert answer.status == 404
            async with session.get(f"http://127.0.0.1:{port}/{'x' * 10_000}") as answer:
                assert answer.status in (400, 414)
    assert "a-secret-invite" not in caplog.text
    await runner.cleanup()
