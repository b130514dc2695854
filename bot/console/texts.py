"""The texts as they stand: any kind for any listener, Swedish beside another language, with what can be counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from aiohttp import web
from babel.numbers import format_decimal

from bot.console.errand import Errand
from bot.measuring import Measured, measured_kind
from bot.proofreading import lacking, stale_keys
from bot.signing import standings
from bot.speech import SOURCE, Locale, locale, locales
from bot.story.keys import parts
from bot.story.shared import shared
from storage.consent import Withheld
from storage.her_words import Unclear
from storage.kinds import KINDS, MATTERS
from storage.queries import UnclearTexts
from storage.records import Listener


@dataclass(frozen=True, slots=True)
class Pair:
    """One text in two languages, and whether the second was made from other Swedish words.

    `part` is the key without what the page's head says already: the kind and the listener.
    """

    key: str
    part: str
    swedish: str
    other: str
    older: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """The figures of one card as it is read, in Swedish and in the other language, where it has the words."""

    outcome: str
    swedish: Measured
    other: Measured | None


async def show_texts(errand: Errand) -> web.StreamResponse:
    """A kind as one listener is told it; what is asked for and is not there falls back to the first there is."""
    asked = errand.request.query
    code = _among(asked.get("kind"), tuple(KINDS))
    listener = Listener(_among(asked.get("as"), tuple(map(str, Listener))))
    tags = tuple(one.tag for one in locales() if one.tag != SOURCE)
    other = locale(_among(asked.get("tag"), tags))
    counted = await errand.ask(UnclearTexts(errand.unit))
    source, kind = locale(SOURCE), KINDS[code]
    stand = await errand.sit(lambda seat: standings(seat.tx, code)) if kind.heavy and not errand.house.practice else {}
    return errand.page(
        "texts.html",
        matters=MATTERS,
        code=code,
        listener=listener,
        listeners=tuple(Listener),
        languages=tuple(one for one in locales() if one.tag != SOURCE),
        other=other,
        pairs=tuple(_pairs(parts(kind, listener), code, listener, other)),
        shared=tuple(_pairs(shared(kind, listener), code, listener, other)),
        stand=[(one, stand[one.tag]) for one in (source, other) if one.tag in stand],
        untold=code in lacking(other.tag),
        spoken=(source, other),
        figures=tuple(_beside(code, listener, other.tag)),
        outcome=partial(errand.words.choice, kind.variant or ""),
        decimal=partial(format_decimal, locale=errand.words.locale.cldr),
        # The aid side has no cards, and is not told how those of the other side are understood.
        unclear=None if isinstance(counted, Withheld) else [_named(one) for one in counted[0]],
    )


@dataclass(frozen=True, slots=True)
class Pressed:
    """A text that was not understood: its kind, the listener, the language's own name, and how often."""

    text: str
    kind: str
    listener: str
    language: str
    many: int


def _named(one: Unclear) -> Pressed:
    head, _, listener = one.text.partition(".")
    kind = max((code for code in KINDS if head == code or head.startswith(f"{code}_")), key=len, default=head)
    return Pressed(one.text, kind, listener, locale(one.locale).own_name, one.many)


def _pairs(keys: Sequence[str], code: str, listener: Listener, other: Locale) -> Iterator[Pair]:
    source, older = locale(SOURCE), stale_keys(other.tag)
    for key in keys:
        yield Pair(key, _part(key, code, listener), source.template(key), other.template(key), key in older)


def _part(key: str, code: str, listener: Listener) -> str:
    return key.removeprefix(code).lstrip("_").replace(f"{listener}.", "", 1).lstrip(".")


def _beside(code: str, listener: Listener, tag: str) -> Iterator[Beside]:
    others = {text.outcome: text for text in measured_kind(code, listener, tag)}
    for text in measured_kind(code, listener, SOURCE):
        yield Beside(text.outcome, text, others.get(text.outcome))


def _among(value: str | None, allowed: tuple[str, ...]) -> str:
    return value if value in allowed else allowed[0]
