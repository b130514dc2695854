"""The rules' room: what Telegram refuses beyond the schema, each rule a small pure function.

A rule gives None (or what it read) when it agrees, and a `Refusal` in Telegram's words when not.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from urllib.parse import urlsplit

from .chats import Button, Chat, Markup, MarkupKind, Message, Standing
from .entities import Entity, Parsed, parsed, units
from .spec import Call, Refusal, bad, forbidden

TEXT_UNITS = 4096
CAPTION_UNITS = 1024
NOTICE_LETTERS = 200
DATA_BYTES = 64
BUTTONS = 100
COMMANDS = 100
COMMAND_LETTERS = 256
DELIVERIES_AT_ONCE = 100
DELETABLE_FOR = timedelta(hours=48)
FILE_BYTES = 50 * 1024 * 1024
PHOTO_BYTES = 10 * 1024 * 1024

_START = re.compile(r"[A-Za-z0-9_-]{1,64}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"([a-z]{2})?")
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF", b"GIF8")
_ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
_STANDINGS = {
    Standing.STRANGER: "bot can't initiate conversation with a user",
    Standing.BLOCKED: "bot was blocked by the user",
    Standing.GONE: "user is deactivated",
    Standing.LEFT: "bot is not a member of the group chat",
    Standing.KICKED: "bot was kicked from the group chat",
}


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where updates are posted, with which secret, and how many at a time."""

    url: str
    secret: str
    at_once: int


def start_parameter(payload: str) -> bool:
    """True when a `t.me` link may carry this payload: 1 to 64 of A-Z, a-z, 0-9, _ and -."""
    return _START.fullmatch(payload) is not None


def may_reach(chat: Chat | None) -> Refusal | None:
    """Refuses a chat unknown to Telegram (400) and one where the bot isn't welcome (403)."""
    if chat is None:
        return bad("chat not found")
    why = _STANDINGS.get(chat.standing)
    return None if why is None else forbidden(why)


def text_of(call: Call) -> Parsed | Refusal:
    """The text of a message: 1 to 4096 units after its marks are read."""
    read = _marked(call, "text", "entities")
    if isinstance(read, Refusal):
        return read
    if not read.text:
        return bad("message text is empty")
    return bad("message is too long") if units(read.text) > TEXT_UNITS else read


def caption_of(call: Call) -> Parsed | Refusal:
    """The caption of a file: 0 to 1024 units after its marks are read."""
    read = _marked(call, "caption", "caption_entities")
    if isinstance(read, Refusal):
        return read
    return bad("message caption is too long") if units(read.text) > CAPTION_UNITS else read


def _marked(call: Call, field: str, entities: str) -> Parsed | Refusal:
    given = call.items(entities)
    if given is not None:
        return Parsed(call.text(field), tuple(cast(Sequence[Entity], given)))
    return parsed(call.text(field), call.text("parse_mode"))


def markup_of(call: Call) -> Markup | Refusal | None:
    """The reply markup with its buttons checked; None when the call has none."""
    raw = call.item("reply_markup")
    if raw is None:
        return None
    if "inline_keyboard" in raw:
        return _inline(raw)
    if "keyboard" in raw:
        rows = _rows(raw["keyboard"])
        buttons = tuple(tuple(Button(str(b["text"])) for b in row) for row in rows)
        return Markup(MarkupKind.KEYBOARD, buttons, raw)
    kind = MarkupKind.REMOVE if "remove_keyboard" in raw else MarkupKind.FORCE_REPLY
    return Markup(kind, (), raw)


def _inline(raw: Mapping[str, object]) -> Markup | Refusal:
    rows: list[tuple[Button, ...]] = []
    for row in _rows(raw["inline_keyboard"]):
        read = [_button(button) for button in row]
        for button in read:
            if isinstance(button, Refusal):
                return button
        rows.append(tuple(button for button in read if isinstance(button, Button)))
    if sum(len(row) for row in rows) > BUTTONS:
        return bad("reply markup is too long")
    return Markup(MarkupKind.INLINE, tuple(row for row in rows if row), raw)


def _rows(value: object) -> list[list[Mapping[str, object]]]:
    return cast("list[list[Mapping[str, object]]]", value)


def _button(raw: Mapping[str, object]) -> Button | Refusal:
    actions = [name for name in _ACTIONS if name in raw]
    text, data, url = str(raw["text"]), raw.get("callback_data"), raw.get("url")
    if not text.strip():
        return bad("can't parse inline keyboard button: button text must be non-empty")
    if not actions:
        return bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        return bad("can't parse inline keyboard button: exactly one action is allowed")
    if isinstance(data, str):
        fits = 1 <= len(data.encode("utf-8")) <= DATA_BYTES
        return Button(text, data=data) if fits else bad("BUTTON_DATA_INVALID")
    if isinstance(url, str):
        wrong = _link(url)
        return bad(f"inline keyboard button URL is invalid: {wrong}") if wrong else Button(text, url=url)
    return Button(text)


def _link(url: str) -> str | None:
    """What is wrong with a button's link. Like Telegram it takes an address but no bare host name."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return "Wrong HTTP URL"
    if parts.scheme == "tg":
        return None
    if parts.scheme not in ("http", "https"):
        return "Unsupported URL protocol"
    return None if "." in host.strip(".") or ":" in host else "Wrong HTTP URL"


def may_edit(message: Message | None, bot_id: int) -> Refusal | None:
    """Only what the bot wrote, and what is still there, can be edited."""
    if message is None or message.deleted_at is not None:
        return bad("message to edit not found")
    return None if message.author.id == bot_id else bad("message can't be edited")


def may_delete(chat: Chat, message: Message | None, bot_id: int, now: datetime) -> Refusal | None:
    """Up to 48 hours after it was sent; in a group only what the bot itself wrote."""
    if message is None or message.deleted_at is not None:
        return bad("message to delete not found")
    if chat.is_group and message.author.id != bot_id:
        return bad("message can't be deleted")
    if now - message.at >= DELETABLE_FOR:
        return bad("message can't be deleted for everyone")
    return None


def webhook_of(call: Call) -> Webhook | Refusal | None:
    """The webhook asked for; None when the URL is empty, which takes the webhook away.

    Telegram wants https and a public address. This server runs beside the bot it plays for, so it
    wants a loopback address instead, and never calls another.
    """
    url, secret = call.text("url"), call.text("secret_token")
    at_once = call.number("max_connections")
    if not url:
        return None
    if not _on_loopback(url):
        return bad("bad webhook: this stand-in only calls loopback addresses")
    if secret and not _SECRET.fullmatch(secret):
        return bad("secret token contains unallowed characters")
    if at_once is not None and not 1 <= at_once <= DELIVERIES_AT_ONCE:
        return bad("max_connections must be between 1 and 100")
    return Webhook(url, secret, at_once or 40)


def _on_loopback(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme not in ("http", "https"):
            return False
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def language_of(call: Call) -> str | Refusal:
    """A two-letter language code or nothing: Telegram knows no other tags."""
    code = call.text("language_code")
    return code if _LANGUAGE.fullmatch(code) else bad("invalid language code specified")


def commands_of(call: Call) -> tuple[tuple[str, str], ...] | Refusal:
    """At most 100 commands: 1 to 32 of a-z, 0-9 and _, with 1 to 256 letters that describe each."""
    given = cast("Sequence[Mapping[str, object]]", call.items("commands") or ())
    pairs = tuple((str(item["command"]).removeprefix("/"), str(item["description"])) for item in given)
    if len(pairs) > COMMANDS:
        return bad("BOT_COMMANDS_TOO_MUCH")
    for command, description in pairs:
        if not _COMMAND.fullmatch(command):
            return bad("BOT_COMMAND_INVALID")
        if not 1 <= len(description.strip()) <= COMMAND_LETTERS:
            return bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return pairs


def file_fits(kind: str, content: bytes) -> Refusal | None:
    """Not empty, at most 50 MB (a picture 10), and a picture must be one."""
    if not content:
        return bad("file must be non-empty")
    if len(content) > (PHOTO_BYTES if kind == "photo" else FILE_BYTES):
        return Refusal(413, "Request Entity Too Large")
    if kind == "photo" and not content.startswith(_PICTURES):
        return bad("IMAGE_PROCESS_FAILED")
    return None
