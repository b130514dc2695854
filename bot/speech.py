"""Speech: keys become words in one language, with its dates, plurals, lists and direction."""

from __future__ import annotations

import json
import logging
import re
import string
import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from zoneinfo import ZoneInfo

import babel
from babel.dates import format_date, format_time, get_month_names
from babel.lists import format_list
from babel.numbers import format_decimal

from bot.catalogues import MARK, catalogue_of
from bot.talk import Many, Name, Slot, Text, Written

FOLDER = Path(__file__).parent / "locales"
SOURCE = "sv"
ZONE = ZoneInfo("Europe/Stockholm")
# What opens or closes an embedding, an override or an isolate: in a name it would turn what stands after it.
_TURNS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
FSI, PDI = "\u2068", "\u2069"
GAP = "…"
_GROUPS = re.compile(r"(?<=\d) (?=\d)")
# Before groups of two or three stands a phone number; a case has such a stroke too, and is copied by hand.
_JOINED = re.compile(r"(?<=\d)-(?=\d{2,3}[ \u00a0]\d)")
# Phones and letters from the authorities use these digits, so every text does, whatever the locale's habit is.
LATIN_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")

log = logging.getLogger(__name__)


class SpeechError(LookupError):
    """A text that cannot be said as asked: unknown key, missing slot or foreign slot. It names keys only."""


def source_mark(forms: tuple[str, ...]) -> str:
    """The mark that a translation carries of the Swedish words it was made from, as a PO reference."""
    return MARK + blake2b(json.dumps(forms).encode(), digest_size=4).hexdigest()


@lru_cache(maxsize=8192)
def pieces(template: str) -> tuple[tuple[str, str | None], ...]:
    """A template as (words before, slot) pairs; the last pair may have no slot."""
    return tuple((unbroken(words), name) for words, name, _, _ in string.Formatter().parse(template))


def unbroken(words: str) -> str:
    """Words whose numbers in groups, as 116 111 or 0700-00 00 00, stay on one line, and in order from right to left."""
    return _JOINED.sub("\u2060-\u2060", _GROUPS.sub("\u00a0", words))


def slots_in(template: str) -> frozenset[str]:
    """The names of a template's slots."""
    return frozenset(name for _, name in pieces(template) if name)


@lru_cache(maxsize=4096)
def _kept(folder: Path, key: str) -> tuple[tuple[str, ...], frozenset[str]] | None:
    """A text of a locale that is said often: its forms and their slots; None when the locale has no words for it."""
    forms = catalogue_of(folder).forms.get(key)
    return None if forms is None else (forms, frozenset().union(*map(slots_in, forms)))


@lru_cache(maxsize=4096)
def _day(cldr: str, months: tuple[str, ...], day: date) -> str:
    said = str(format_date(day, "full", locale=cldr)).translate(LATIN_DIGITS)
    if months:
        own = get_month_names("wide", locale=cldr)[day.month]
        said = said.replace(own, months[day.month - 1])
    return said


@lru_cache(maxsize=1440)
def _clock(cldr: str, at: time) -> str:
    return str(format_time(at, "HH:mm", locale=cldr)).translate(LATIN_DIGITS)


@lru_cache(maxsize=512)
def _weekday(cldr: str, day: date) -> str:
    return str(format_date(day, "EEEE", locale=cldr))


def _raised(words: str) -> str:
    """The first letter raised; an isolate in front stays in front."""
    start = next((i for i, sign in enumerate(words) if sign != FSI), 0)
    return words[:start] + words[start : start + 1].upper() + words[start + 1 :]


def _opens(before: str) -> bool:
    """Whether what comes next begins a sentence."""
    return not before or (before.rstrip() != before and before.rstrip()[-1:] in (".", "!", "?", ""))


@dataclass(frozen=True, slots=True)
class Locale:
    """One language as it is spoken here. `strict` makes every slip an error; a running house leaves a gap instead."""

    tag: str
    own_name: str
    dir: str
    cldr: str
    folder: Path
    months: tuple[str, ...] = ()
    strict: bool = False
    partial: bool = False

    def speaks(self, key: str) -> bool:
        """Whether the locale has words of its own for a key."""
        return _kept(self.folder, key) is not None

    def template(self, key: str) -> str:
        """The words of a key with their slots as they stand, for whoever reads or signs them."""
        forms = catalogue_of(self.folder).forms.get(key)
        return " | ".join(forms) if forms else ""

    def say(self, part: Slot | Written) -> str:
        """The words. A key the locale lacks is said in Swedish and marked; raises `SpeechError` only when strict."""
        if isinstance(part, Text):
            return self._text(part)
        if isinstance(part, Written):
            return self._written(part)
        if isinstance(part, Name):
            return self._isolated(unbroken(part.value.translate(_TURNS)))
        if isinstance(part, Many):
            return str(format_list([self.say(item) for item in part.items], locale=self.cldr))
        if isinstance(part, datetime):
            return f"{self.day(part.astimezone(ZONE).date())} {self.clock(part)}"
        if isinstance(part, date):
            return self.day(part)
        if isinstance(part, int):
            return str(format_decimal(part, locale=self.cldr)).translate(LATIN_DIGITS)
        return part

    def day(self, day: date) -> str:
        """A date with weekday and year, in Latin digits."""
        return _day(self.cldr, self.months, day)

    def clock(self, at: datetime) -> str:
        """A time of day in Stockholm, 24 hours, Latin digits, isolated."""
        here = at.astimezone(ZONE)
        return self._isolated(_clock(self.cldr, time(here.hour, here.minute)))

    def weekday(self, day: date) -> str:
        """The name of a day, as it stands by itself."""
        return _weekday(self.cldr, day)

    def _isolated(self, words: str) -> str:
        return f"{FSI}{words}{PDI}" if self.dir == "rtl" else words

    def _written(self, part: Written) -> str:
        words = f"{FSI}{part.words.translate(_TURNS)}{PDI}"
        spoken = babel.Locale.parse(self.cldr).languages.get(part.locale.split("-")[0], part.locale)
        return self._text(Text("written.words", {"words": words, "language": spoken}))

    def _text(self, text: Text) -> str:
        kept = _kept(self.folder, text.key)
        if kept is not None:
            return self._filled(text, *kept)
        source = locale(SOURCE, strict=self.strict)
        if self.tag == SOURCE or not source.speaks(text.key):
            return self._slip(f"no words for {text.key}", "")
        # Words in another language than the page say so, and keep their own direction.
        return f"{FSI}{source.say(text)}{PDI} ({source.own_name})"

    def _filled(self, text: Text, forms: tuple[str, ...], known: frozenset[str]) -> str:
        if not known and not text.slots and text.count is None:
            return "".join(words for words, _ in pieces(forms[0]))
        slots: dict[str, Slot] = dict(text.slots)
        if text.count is not None:
            slots["count"] = text.count
        form = forms[0]
        if text.count is not None and len(forms) > 1:
            form = forms[catalogue_of(self.folder).plural(text.count)]
        if foreign := slots.keys() - known:
            self._slip(f"foreign slots {sorted(foreign)} for {text.key}", "")
        said = ""
        for words, name in pieces(form):
            said += words
            if name is None:
                continue
            inner = self.say(slots[name]) if name in slots else self._slip(f"no slot {name} for {text.key}", GAP)
            said += _raised(inner) if isinstance(slots.get(name), Text | Many) and _opens(said) else inner
        return said

    def _slip(self, what: str, instead: str) -> str:
        if self.strict:
            raise SpeechError(what)
        log.error("speech: %s (%s)", what, self.tag)
        return instead


def _read_locale(folder: Path, strict: bool) -> Locale:
    page = tomllib.loads((folder / "locale.toml").read_text(encoding="utf-8"))
    months = tuple(page.get("months", ()))
    partial = bool(page.get("partial", False))
    return Locale(folder.name, page["own_name"], page["dir"], page["cldr"], folder, months, strict, partial)


@lru_cache(maxsize=4)
def locales(*, strict: bool = False) -> tuple[Locale, ...]:
    """Every locale whose folder is here, Swedish first, then by tag."""
    folders = [path.parent for path in FOLDER.glob("*/locale.toml")]
    folders.sort(key=lambda folder: (folder.name != SOURCE, folder.name))
    return tuple(_read_locale(folder, strict) for folder in folders)


@lru_cache(maxsize=128)
def locale(tag: str, *, strict: bool = False) -> Locale:
    """The locale of a tag; an unknown tag speaks the source language."""
    known = {one.tag: one for one in locales(strict=strict)}
    return known.get(tag, known[SOURCE])
