"""The reading room: a text with HTML marks becomes plain text and entities, as Telegram counts them.

Only `parse_mode` HTML (and none) is read here; the Markdown modes are refused. Offsets and lengths
are UTF-16 units. Limits are counted in the same units, the narrower reading of "characters": what
passes here passes at Telegram.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from .spec import Refusal, bad

_TOKEN = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)([^<>]*)>|&(#\d+|#[xX][0-9a-fA-F]+|\w+);|[^<&]+|[<&]")
_ATTRIBUTE = re.compile(r"([a-zA-Z-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_NAMED = frozenset({"lt", "gt", "amp", "quot"})
_KINDS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
}
_COMMAND = re.compile(r"(?<![\w/])/[a-zA-Z0-9_]{1,32}(?:@\w{3,32})?")

Entity = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Parsed:
    """Plain text and its entities (objects as in the Bot API's `MessageEntity`)."""

    text: str
    entities: tuple[Entity, ...] = ()


def units(text: str) -> int:
    """The length Telegram counts: UTF-16 units."""
    return len(text) + sum(1 for letter in text if letter > "\uffff")


def parsed(source: str, parse_mode: str) -> Parsed | Refusal:
    """Plain text and entities of an outgoing text; a 400 when its marks are wrong."""
    match parse_mode.lower():
        case "":
            return Parsed(source.strip())
        case "html":
            return _Marks().read(source)
        case _:
            return bad("unsupported parse_mode")


def commands_in(text: str) -> tuple[Entity, ...]:
    """The bot commands a person typed, as entities: clients and libraries look for these."""
    return tuple(
        {"type": "bot_command", "offset": units(text[: found.start()]), "length": units(found[0])}
        for found in _COMMAND.finditer(text)
    )


@dataclass(slots=True)
class _Open:
    tag: str
    offset: int
    extra: Mapping[str, object]


@dataclass(slots=True)
class _Marks:
    """Reads one HTML text from left to right; `_open` is the stack of tags not closed yet."""

    _out: list[str] = field(default_factory=list)
    _length: int = 0
    _open: list[_Open] = field(default_factory=list)
    _spans: list[Entity] = field(default_factory=list)

    def read(self, source: str) -> Parsed | Refusal:
        for token in _TOKEN.finditer(source):
            at = len(source[: token.start()].encode("utf-8"))
            wrong = self._token(token, at)
            if wrong is not None:
                return bad(f"can't parse entities: {wrong}")
        if self._open:
            tag = self._open[-1].tag
            return bad(f"can't parse entities: Can't find end tag corresponding to start tag \"{tag}\"")
        return _trimmed("".join(self._out), self._spans)

    def _token(self, token: re.Match[str], at: int) -> str | None:
        closing, tag, rest, entity = token.groups()
        if tag is not None:
            return self._close(tag.lower(), at) if closing else self._start(tag.lower(), rest, at)
        if token[0] == "<":
            return f'Unsupported start tag "" at byte offset {at}'
        known = entity is not None and (entity.startswith("#") or entity in _NAMED)
        self._put(html.unescape(token[0]) if known else token[0])
        return None

    def _put(self, text: str) -> None:
        self._out.append(text)
        self._length += units(text)

    def _start(self, tag: str, rest: str, at: int) -> str | None:
        given = {m[1].lower(): html.unescape(m[2] or m[3] or m[4] or "") for m in _ATTRIBUTE.finditer(rest)}
        extra: dict[str, object] = {}
        if tag == "a":
            extra["url"] = given.get("href", "")
        spoiler = tag == "span" and given.get("class") == "tg-spoiler"
        if tag not in _KINDS and not spoiler:
            return f'Unsupported start tag "{tag}" at byte offset {at}'
        if tag == "blockquote" and "expandable" in rest:
            extra["type"] = "expandable_blockquote"
        if spoiler:
            extra["type"] = "spoiler"
        self._open.append(_Open(tag, self._length, extra))
        return None

    def _close(self, tag: str, at: int) -> str | None:
        if not self._open:
            return f"Unexpected end tag at byte offset {at}"
        last = self._open.pop()
        if last.tag != tag:
            return f'Unmatched end tag at byte offset {at}, expected "</{last.tag}>", found "</{tag}>"'
        length = self._length - last.offset
        if length:
            kind = _KINDS.get(tag, "spoiler")
            self._spans.append({"type": kind, "offset": last.offset, "length": length, **last.extra})
        return None


def _trimmed(text: str, spans: list[Entity]) -> Parsed:
    """Telegram cuts white space at both ends, and the entities with it."""
    kept = text.strip()
    cut = units(text[: len(text) - len(text.lstrip())])
    whole = units(kept)
    entities: list[Entity] = []
    for span in sorted(spans, key=_place):
        start = max(_number(span, "offset") - cut, 0)
        end = min(_number(span, "offset") + _number(span, "length") - cut, whole)
        if end > start:
            entities.append({**span, "offset": start, "length": end - start})
    return Parsed(kept, tuple(entities))


def _place(span: Entity) -> tuple[int, int]:
    return _number(span, "offset"), -_number(span, "length")


def _number(span: Entity, name: str) -> int:
    value = span[name]
    return value if isinstance(value, int) else 0
