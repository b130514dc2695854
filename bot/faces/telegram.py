"""Faces: a Screen becomes Telegram messages: plain text, isolated names, rows of buttons."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bot.faces.lock_screen import MeetingNotice, Notice, TrialNotice, lock_line
from bot.faces.time_signs import clock_sign
from bot.speech import FSI, PDI, Locale
from bot.talk import Block, Choice, Name, Screen, Text, Written

LIMIT = 4096
LABEL = 60
ROWS = 5
CAPTION = 1024
MORE = "/more"
# A button in a chat can hold no drawing of ours: the nearest sign that every phone has stands before the words.
SIGNS: Mapping[str, str] = MappingProxyType({"yes": "✓", "clock": "🕒", "phone": "☎"})
_RLM = "\u200f"
_RTL = frozenset({"R", "AL"})


@dataclass(frozen=True, slots=True)
class Button:
    """A label and the value it stands for; the channel puts a nonce in its place."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Said:
    """One message: text of at most 4096 signs as Telegram counts them, and rows of buttons under it."""

    text: str
    buttons: tuple[tuple[Button, ...], ...] = ()


def said(screen: Screen, locale: Locale, *, start: int = 0) -> tuple[Said, ...]:
    """The screen as one message, or several when it is long; the buttons stand under the last.

    Of the rows, five are shown from `start` on; then a row leads on (`/more 5`) or, at the end, back (`/more 0`).
    No parse mode: nobody's words can become markup.
    """
    parts = [locale.say(screen.note)] if screen.note else []
    parts.append(_said(screen.title, locale))
    parts += [_block(block, locale) for block in screen.blocks]
    if screen.ask:
        parts += _ask(screen, locale)
    texts = _split([_directed(part, locale) for part in parts if part], LIMIT)
    buttons = (*_rows(screen, locale, start), *_choices(screen.choices, locale))
    return (*(Said(text) for text in texts[:-1]), Said(texts[-1], buttons))


def said_notice(notice: Notice | MeetingNotice | TrialNotice, locale: Locale) -> Said:
    """A notice as a message: exactly the line that a locked phone shows, and nothing more."""
    return Said(lock_line(notice, locale))


def _ask(screen: Screen, locale: Locale) -> list[str]:
    ask = screen.ask
    if ask is None:
        return []
    if ask.secret:
        # A chat keeps what was typed; codes belong on our own page.
        return [locale.say(Text("face.only_web"))]
    danger, child = locale.say(Text("face.danger")), locale.say(Text("face.child_line"))
    return [locale.say(ask.label), f"{danger} {FSI}112{PDI}\n{child} {FSI}116\u00a0111{PDI}"]


def _block(block: Block, locale: Locale) -> str:
    heading = [_said(block.heading, locale)] if block.heading else []
    signs = [clock_sign(block.ahead.starts)] if block.ahead else []
    return "\n".join([*heading, *(_said(line, locale) for line in block.lines), *signs])


def _said(part: Text | Written | Name, locale: Locale) -> str:
    words = locale.say(part)
    if (
        isinstance(part, Name)
        and locale.dir == "ltr"
        and any(unicodedata.bidirectional(sign) in _RTL for sign in words)
    ):
        return f"{FSI}{words}{PDI}"
    return words


def _directed(words: str, locale: Locale) -> str:
    # Telegram takes a line's direction from its first strong sign, which may be a Latin name.
    if locale.dir != "rtl":
        return words
    return "\n".join(_RLM + line if line else line for line in words.split("\n"))


def _rows(screen: Screen, locale: Locale, start: int) -> tuple[tuple[Button, ...], ...]:
    start = start if 0 <= start < len(screen.rows) else 0
    shown = tuple((_button(row, locale),) for row in screen.rows[start : start + ROWS])
    if start + ROWS < len(screen.rows):
        return (*shown, (Button(locale.say(Text("face.more")), f"{MORE} {start + ROWS}"),))
    if start:
        return (*shown, (Button(locale.say(Text("face.from_start")), f"{MORE} 0"),))
    return shown


def _choices(choices: tuple[Choice, ...], locale: Locale) -> tuple[tuple[Button, ...], ...]:
    return tuple((_button(choice, locale),) for choice in choices)


def _button(choice: Choice, locale: Locale) -> Button:
    return Button(label_of(choice, locale), choice.value)


def label_of(choice: Choice, locale: Locale) -> str:
    """What stands on a button: the sign of its drawing, when there is one, and as many words as there is room for."""
    found = SIGNS.get(choice.symbol or "")
    sign = f"{found} " if found else ""
    words = _said(choice.label, locale)
    # A label that a catalogue lacks stays empty, so that whoever sends it can leave the button out.
    return _directed(sign + _cut(words, LABEL - 1 - units(sign)), locale) if words.strip() else words


def _cut(words: str, longest: int) -> str:
    """The words, or as many whole ones as there is room for. An isolate that loses its end is closed."""
    if units(words) <= longest:
        return words
    kept = words
    while units(kept) > longest - 2:
        kept = kept[:-1]
    kept = kept.rsplit(" ", 1)[0] if " " in kept[longest // 2 :] else kept
    return kept.rstrip(" ,;:–-") + "…" + PDI * max(0, kept.count(FSI) - kept.count(PDI))


def units(words: str) -> int:
    """Length as Telegram counts: UTF-16 units."""
    return len(words.encode("utf-16-le")) // 2


def _split(parts: list[str], limit: int) -> list[str]:
    """Whole parts as long as they fit; else lines, else sentences, else words."""
    texts = [""]
    for part in (piece for whole in parts for piece in _pieces(whole, limit)):
        joined = f"{texts[-1]}\n\n{part}" if texts[-1] else part
        if units(joined) <= limit:
            texts[-1] = joined
        else:
            texts.append(part)
    return texts


def _pieces(part: str, limit: int) -> list[str]:
    if units(part) <= limit:
        return [part]
    for seam in (r"(?<=\n)", r"(?<=[.!?؟።]) ", r" "):
        pieces = re.split(seam, part)
        if len(pieces) > 1 and all(units(piece) <= limit for piece in pieces):
            return _packed(pieces, limit, " " if seam != r"(?<=\n)" else "")
    step = limit // 2
    return [part[at : at + step] for at in range(0, len(part), step)]


def _packed(pieces: list[str], limit: int, glue: str) -> list[str]:
    packed = [pieces[0]]
    for piece in pieces[1:]:
        joined = packed[-1] + glue + piece
        if units(joined) <= limit:
            packed[-1] = joined
        else:
            packed.append(piece)
    return [piece.strip() for piece in packed if piece.strip()]
