"""The safety net under free text: plain words that mean help is needed now. Deterministic, and never an answer.

The lists are `locales/<tag>/safety.toml`: for each alarm the phrases that must fire, in that language. A text is
compared with the lists of every locale, since a child writes in the language she has at hand.

How a phrase is written: `(han|hon) slår (mig|mej)` stands for all four; `(en |)` may be left out; a final `*` stands
for any ending; a first `=` says that the whole message is no more than this.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import product
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "locales"
SOURCE = "sv"
_LONG_VOWELS = re.compile(r"(\w)\1{2,}")
# "I'm" and "im" are one word, and so are Ukrainian words with their apostrophe and without it.
_APOSTROPHES = re.compile(r"(?<=\w)['’ʼ`´](?=\w)")
_NOT_LETTERS = re.compile(r"[^\w\s]")
_CHOICE = re.compile(r"\(([^()]*)\)")
# One letter written in several ways: alif with and without its signs, the two ya, ta marbuta, waw and ya under hamza;
# the Turkish i without its dot.
_ALIKE = str.maketrans("أإآٱىیئؤةکı", "اااايييوهكi")


class Alarm(StrEnum):
    """What the words may mean, most urgent first."""

    DANGER = "danger"
    SUICIDE = "suicide"
    HURT = "hurt"
    RUNAWAY = "runaway"
    SAFE_WORD = "safe_word"


@dataclass(frozen=True, slots=True)
class _Index:
    """The phrases of one alarm as they are looked up: a whole message, a stretch of words, or how a stretch begins."""

    messages: frozenset[str]
    stretches: frozenset[str]
    starts: frozenset[str]


def alarm_in(words: str, tag: str) -> Alarm | None:
    """The most urgent alarm that the words contain, if any.

    Her own language and Swedish are asked first: the same letters may mean more than one thing. Then all others.
    """
    plain = plainly(words)
    own = dict.fromkeys((tag, SOURCE))
    return _alarm_among(plain, tuple(own)) or _alarm_among(plain, tuple(one for one in _tags() if one not in own))


def _alarm_among(plain: str, tags: tuple[str, ...]) -> Alarm | None:
    many, letters = _longest(tags)
    said = _stretches(plain, many)
    begun = frozenset(beginning for stretch in said for beginning in _beginnings(stretch, letters))
    indexes = [_indexed(one) for one in tags]
    for alarm in Alarm:
        for one in (index[alarm] for index in indexes if alarm in index):
            if plain in one.messages or not said.isdisjoint(one.stretches) or not begun.isdisjoint(one.starts):
                return alarm
    return None


@lru_cache(maxsize=1)
def _tags() -> tuple[str, ...]:
    return tuple(sorted(path.parent.name for path in FOLDER.glob("*/safety.toml")))


def _stretches(plain: str, longest: int) -> frozenset[str]:
    """Every run of words in a text, up to the longest phrase."""
    words = plain.split()
    return frozenset(" ".join(words[at : at + count]) for at in range(len(words)) for count in range(1, longest + 1))


def _beginnings(stretch: str, letters: int) -> Iterator[str]:
    """A stretch with its last word whole or cut short, up to so many letters in all."""
    return (stretch[:end] for end in range(stretch.rfind(" ") + 2, min(len(stretch), letters) + 1))


@lru_cache(maxsize=64)
def _indexed(tag: str) -> Mapping[Alarm, _Index]:
    return {
        alarm: _Index(
            frozenset(phrase[1:] for phrase in phrases if phrase.startswith("=")),
            frozenset(phrase for phrase in phrases if phrase[0] != "=" and phrase[-1] != "*"),
            frozenset(phrase[:-1] for phrase in phrases if phrase.endswith("*")),
        )
        for alarm, phrases in net(tag).items()
    }


@lru_cache(maxsize=64)
def _longest(tags: tuple[str, ...]) -> tuple[int, int]:
    """Of all phrases of some locales, how many words and how many letters the longest has."""
    phrases = [phrase for tag in tags for some in net(tag).values() for phrase in some]
    return max((len(one.split()) for one in phrases), default=0), max(map(len, phrases), default=0)


def plainly(words: str) -> str:
    """Words as the lists have them: lower case, no signs or vowel marks, one form of a letter, drawn out ones short."""
    # NFC keeps the Swedish letters whole; marks that stand alone, as in Arabic, are dropped, and so is the tatweel.
    folded = unicodedata.normalize("NFC", words.casefold()).replace("\u0640", "")
    kept = "".join(sign for sign in folded if not unicodedata.combining(sign)).translate(_ALIKE)
    return " ".join(_NOT_LETTERS.sub(" ", _LONG_VOWELS.sub(r"\1", _APOSTROPHES.sub("", kept))).split())


@lru_cache(maxsize=64)
def net(tag: str) -> Mapping[Alarm, tuple[str, ...]]:
    """The phrases of one locale, written out, as plainly as what they are compared with; `=` and `*` stay on them."""
    path = FOLDER / tag / "safety.toml"
    if not path.exists():
        return {}
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        Alarm(name): tuple(dict.fromkeys(one for phrase in phrases for one in _written_out(phrase)))
        for name, phrases in table.items()
    }


def _written_out(phrase: str) -> Iterator[str]:
    """Every phrase that one with choices stands for."""
    parts = _CHOICE.split(phrase.removeprefix("=").removesuffix("*"))
    whole, ending = "=" * phrase.startswith("="), "*" * phrase.endswith("*")
    for chosen in product(*(part.split("|") if at % 2 else (part,) for at, part in enumerate(parts))):
        yield f"{whole}{plainly(''.join(chosen))}{ending}"
