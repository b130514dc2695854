"""Every rule of the stand-in is seen to refuse, in Telegram's words, over plain HTTP."""

from __future__ import annotations

import json
import random
from collections.abc import AsyncIterator
from io import BytesIO
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import ClientSession, FormData

from bot.channels.stand_in import BotApi, Limits
from bot.channels.stand_in.entities import Parsed, parsed, units
from bot.channels.stand_in.methods import METHODS
from bot.channels.stand_in.pace import Pace
from bot.channels.stand_in.rules import file_fits
from bot.channels.stand_in.spec import fields_of
from tests.channels.practice_bots import TOKEN, unhurried


class Line:
    """A plain HTTP line to a stand-in where person 7 has started the bot."""

    def __init__(self, api: BotApi, http: ClientSession) -> None:
        self.api = api
        self.http = http

    async def ask(self, method: str, fields: dict[str, Any], token: str = TOKEN) -> tuple[int, Any]:
        async with self.http.post(f"{self.api.base_url}{token}/{method}", json=fields) as answer:
            body = await answer.json()
        assert body["ok"] is (answer.status == 200)
        assert body["ok"] or body["error_code"] == answer.status
        return answer.status, body["result"] if body["ok"] else body["description"]


@pytest_asyncio.fixture
async def line() -> AsyncIterator[Line]:
    async with BotApi(TOKEN, terms=unhurried()) as api, ClientSession() as http:
        api.user(7, "Maryam", "fa").start()
        yield Line(api, http)


def inline(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"inline_keyboard": [[button] for button in buttons]}


def pick(**action: Any) -> dict[str, Any]:
    return {"text": "Pick", **action}


TEXTS: list[tuple[dict[str, Any], str | None]] = [
    ({"text": "x" * 4096}, None),
    ({"text": "<b>" + "x" * 4096 + "</b>", "parse_mode": "HTML"}, None),
    ({"text": "x" * 4097}, "message is too long"),
    ({"text": "😀" * 2049}, "message is too long"),
    ({"text": ""}, "message text is empty"),
    ({"text": " \n "}, "message text is empty"),
    ({"text": "<b> </b>", "parse_mode": "HTML"}, "message text is empty"),
    ({"text": "<b>x", "parse_mode": "HTML"}, "can't parse entities: Can't find end tag"),
    ({"text": "<b>x</i>", "parse_mode": "HTML"}, "can't parse entities: Unmatched end tag"),
    ({"text": "x</b>", "parse_mode": "HTML"}, "can't parse entities: Unexpected end tag"),
    ({"text": "<h1>x</h1>", "parse_mode": "HTML"}, "can't parse entities: Unsupported start tag"),
    ({"text": "1 < 2", "parse_mode": "HTML"}, "can't parse entities: Unsupported start tag"),
    ({"text": "1 &lt; 2 &amp; 3", "parse_mode": "html"}, None),
    ({"text": "*x*", "parse_mode": "MarkdownV2"}, "unsupported parse_mode"),
    ({"text": "\ud800"}, "strings must be encoded in UTF-8"),
    ({"text": 5}, 'field "text" must be of type String'),
    ({}, "message text is empty"),
]


@pytest.mark.parametrize(("fields", "why"), TEXTS)
async def test_texts(line: Line, fields: dict[str, Any], why: str | None) -> None:
    status, said = await line.ask("sendMessage", {"chat_id": 7, **fields})
    assert (status, why is None) in ((200, True), (400, False))
    assert why is None or str(said).startswith(f"Bad Request: {why}")
    assert len(line.api.accepted) == (why is None)
    assert len(line.api.refused) == (why is not None)


BUTTONS: list[tuple[object, str | None]] = [
    (inline(pick(callback_data="x" * 64)), None),
    (inline(pick(callback_data="é" * 32)), None),
    (inline(pick(callback_data="x" * 65)), "BUTTON_DATA_INVALID"),
    (inline(pick(callback_data="é" * 33)), "BUTTON_DATA_INVALID"),
    (inline(pick(callback_data="")), "BUTTON_DATA_INVALID"),
    (inline(*[pick(callback_data="x")] * 100), None),
    (inline(*[pick(callback_data="x")] * 101), "reply markup is too long"),
    (inline(pick(url="https://example.org/i/a")), None),
    (inline(pick(url="http://127.0.0.1:8080/i/a")), None),
    (inline(pick(url="tg://resolve?domain=x")), None),
    (inline(pick(url="http://localhost/i/a")), "inline keyboard button URL is invalid: Wrong HTTP"),
    (inline(pick(url="javascript:alert(1)")), "inline keyboard button URL is invalid: Unsupported"),
    (inline(pick(url="http://[")), "inline keyboard button URL is invalid: Wrong HTTP"),
    (inline(pick()), "can't parse inline keyboard button: Text buttons are unallowed"),
    (
        inline(pick(url="https://a.se", callback_data="x")),
        "can't parse inline keyboard button: exactly one",
    ),
    (inline({"text": " ", "callback_data": "x"}), "can't parse inline keyboard button: button text"),
    (inline({"callback_data": "x"}), "can't parse inline keyboard button: Can't find field"),
    (inline({"text": 1, "callback_data": "x"}), 'field "reply_markup.inline_keyboard[0][0].text"'),
    ({"inline_keyboard": "x"}, 'field "reply_markup.inline_keyboard" must be of type Array'),
    ("not json", "can't parse reply markup JSON object"),
    ("[]", "object expected as reply markup"),
    (json.dumps(inline(pick(callback_data="x"))), None),
    ({"keyboard": [[{"text": "Yes"}]], "is_persistent": True}, None),
    ({"remove_keyboard": True}, None),
]


@pytest.mark.parametrize(("markup", "why"), BUTTONS)
async def test_buttons(line: Line, markup: object, why: str | None) -> None:
    status, said = await line.ask("sendMessage", {"chat_id": 7, "text": "x", "reply_markup": markup})
    assert (status, why is None) in ((200, True), (400, False)), said
    assert why is None or str(said).startswith(f"Bad Request: {why}"), said


CALLS: list[tuple[str, dict[str, Any], int, str]] = [
    ("sendNothing", {}, 404, "Not Found"),
    ("getChat", {"chat_id": 7}, 400, "Bad Request: getChat is not spoken"),
    ("sendMessage", {"text": "x"}, 400, "Bad Request: chat_id is empty"),
    ("sendMessage", {"chat_id": "@name", "text": "x"}, 400, "Bad Request: chat not found"),
    ("sendMessage", {"chat_id": True, "text": "x"}, 400, 'Bad Request: field "chat_id"'),
    ("sendMessage", {"chat_id": 7, "text": "x", "protect_content": "maybe"}, 400, "Bad Request: field"),
    (
        "sendMessage",
        {"chat_id": 7, "text": "x", "reply_parameters": {"message_id": 99}},
        400,
        "Bad Request: message to be replied not found",
    ),
    ("editMessageText", {"text": "x"}, 400, "Bad Request: chat_id is empty"),
    ("editMessageText", {"chat_id": 7, "text": "x"}, 400, "Bad Request: message identifier is not"),
    ("editMessageText", {"inline_message_id": "a", "text": "x"}, 400, "Bad Request: MESSAGE_ID_INVALID"),
    ("deleteMessage", {"chat_id": 7}, 400, "Bad Request: message identifier is not specified"),
    ("deleteMessage", {"chat_id": 7, "message_id": "x"}, 400, 'Bad Request: field "message_id"'),
    ("answerCallbackQuery", {}, 400, "Bad Request: query is too old"),
    ("sendDocument", {"chat_id": 7}, 400, "Bad Request: there is no document in the request"),
    (
        "sendPhoto",
        {"chat_id": 7, "photo": "x", "caption": "x" * 1025},
        400,
        "Bad Request: message caption",
    ),
    ("setWebhook", {"url": "https://example.org/"}, 400, "Bad Request: bad webhook"),
    ("setWebhook", {"url": "http://10.0.0.1/"}, 400, "Bad Request: bad webhook"),
    ("setWebhook", {"url": "ftp://127.0.0.1/"}, 400, "Bad Request: bad webhook"),
    ("setWebhook", {"url": "http://[/"}, 400, "Bad Request: bad webhook"),
    ("setWebhook", {"url": "http://127.0.0.1/", "secret_token": "no space"}, 400, "Bad Request: secret"),
    ("setWebhook", {"url": "http://127.0.0.1/", "max_connections": 101}, 400, "Bad Request: max_conn"),
    ("setMyName", {"name": "x" * 65}, 400, "Bad Request: name is too long"),
    ("setMyDescription", {"description": "x" * 513}, 400, "Bad Request: description is too long"),
    ("setMyCommands", {"commands": [{"command": "a"}]}, 400, "Bad Request: can't parse bot command"),
    (
        "setMyCommands",
        {"commands": [{"command": "a", "description": " "}]},
        400,
        "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID",
    ),
    (
        "setMyCommands",
        {"commands": [{"command": "a", "description": "b"}] * 101},
        400,
        "Bad Request: BOT_COMMANDS_TOO_MUCH",
    ),
]


@pytest.mark.parametrize(("method", "fields", "status", "why"), CALLS)
async def test_calls(line: Line, method: str, fields: dict[str, Any], status: int, why: str) -> None:
    answered, said = await line.ask(method, fields)
    assert (answered, str(said)[: len(why)]) == (status, why)
    assert line.api.accepted == []


async def test_only_the_right_token_opens_the_door(line: Line) -> None:
    assert await line.ask("getMe", {}, token="7712345678:another") == (401, "Unauthorized")
    assert await line.ask("getMe", {}, token="no-token") == (404, "Not Found")
    status, me = await line.ask("GETME", {})
    assert (status, me["username"], me["is_bot"]) == (200, "practice_bot", True)


async def test_unknown_parameters_are_let_through_and_reported(line: Line) -> None:
    markup = inline({"text": "Yes", "callback_data": "y", "colour": "red"})
    fields = {"chat_id": 7, "text": "x", "silent": True, "reply_markup": markup}
    status, _ = await line.ask("sendMessage", fields)
    assert status == 200
    assert line.api.unknown_fields == (
        "sendMessage.silent",
        "sendMessage.reply_markup.inline_keyboard[0][0].colour",
    )


async def test_a_query_a_form_and_json_say_the_same(line: Line) -> None:
    address = f"{line.api.base_url}{TOKEN}/sendMessage"
    said = {"chat_id": "7", "text": "x", "disable_notification": "true"}
    form = FormData(said, default_to_multipart=True)
    for asked in (
        line.http.get(address, params=said),
        line.http.post(address, data=said),
        line.http.post(address, data=form),
        line.http.post(address, json=said),
        line.http.post(address, json={"chat_id": 7, "text": "x", "disable_notification": True}),
    ):
        async with asked as answer:
            assert answer.status == 200
    fields = {tuple(sorted(call.fields.items())) for call in line.api.accepted}
    assert fields == {(("chat_id", 7), ("disable_notification", True), ("text", "x"))}


async def test_what_is_not_a_request_at_all_is_refused(line: Line) -> None:
    address = f"{line.api.base_url}{TOKEN}/sendMessage"
    for body in (b"{", b"[1]", b"\xff"):
        async with line.http.post(address, data=body, headers={"Content-Type": "application/json"}) as answer:
            assert answer.status == 400
    big = FormData({"chat_id": "7"})
    big.add_field("document", BytesIO(b"x" * (50 * 1024 * 1024 + 1)), filename="big.bin")
    async with line.http.post(f"{line.api.base_url}{TOKEN}/sendDocument", data=big) as answer:
        assert answer.status == 413


async def test_a_picture_may_have_10_mb_and_another_file_50() -> None:
    picture = b"GIF89a".ljust(10 * 1024 * 1024, b"x")
    assert file_fits("photo", picture) is None
    too_large = file_fits("photo", picture + b"x")
    assert too_large is not None
    assert too_large.code == 413
    assert file_fits("document", picture + b"x") is None


async def test_a_group_gets_twenty_messages_a_minute() -> None:
    pace = Pace(Limits())
    for second in range(0, 40, 2):
        assert pace.wait(-100, second) <= 0
        pace.note(-100, second)
    assert pace.wait(-100, 40.0) == pytest.approx(20.0)
    assert pace.wait(7, 40.0) <= 0
    assert pace.wait(-100, 60.0) <= 0


async def test_marks_become_entities_counted_in_utf16() -> None:
    read = parsed(" <b>a😀</b> <i>b</i> <a href='https://a.se?x=1&amp;y=2'>c</a> &lt;&nbsp; ", "HTML")
    assert isinstance(read, Parsed)
    assert (read.text, units(read.text)) == ("a😀 b c <&nbsp;", 15)
    assert [(e["type"], e["offset"], e["length"]) for e in read.entities] == [
        ("bold", 0, 3),
        ("italic", 4, 1),
        ("text_link", 6, 1),
    ]
    assert read.entities[2]["url"] == "https://a.se?x=1&y=2"
    kinds = "<blockquote expandable>a</blockquote><span class='tg-spoiler'>b</span><pre>c</pre><u></u>"
    nested = parsed(kinds, "HTML")
    assert isinstance(nested, Parsed)
    assert [e["type"] for e in nested.entities] == ["expandable_blockquote", "spoiler", "pre"]


async def test_no_junk_brings_it_down(line: Line) -> None:
    dice = random.Random(7)
    junk: list[Any] = [
        None,
        True,
        -1,
        2**70,
        0.5,
        "",
        "7",
        "x" * 70,
        [],
        [[]],
        {},
        [{}],
        "[[[",
        "{}",
        "attach://x",
    ]
    values = {
        "chat_id": 7,
        "text": "<b>x</b>",
        "message_id": 1,
        "reply_markup": inline(pick(url="https://a.se")),
    }
    for method in METHODS:
        names = [*fields_of(method), "attach"]
        for _ in range(40):
            fields = {n: dice.choice(junk) for n in dice.sample(names, min(len(names), 3))}
            status, _said = await line.ask(method, {**values, **fields})
            assert status in (200, 400, 403), (method, fields)
    for kind in (
        "application/x-www-form-urlencoded; charset=nonsense",
        "multipart/form-data",
        "text/plain",
    ):
        address = f"{line.api.base_url}{TOKEN}/sendMessage"
        async with line.http.post(address, data=b"a=\xff", headers={"Content-Type": kind}) as answer:
            assert answer.status == 400
