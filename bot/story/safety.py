"""The safety net under free text: plain words that mean help is needed now. Deterministic, and never an answer.

The lists are `locales/<tag>/safety.toml`: for each alarm the phrases that must fire, in that language. A text is
compared with the lists of its own locale and of Swedish, since a child writes in the language she has at hand.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "locales"
SOURCE = "sv"
_LONG_VOWELS = re.compile(r"(\w)\1{2,}")
_NOT_LETTERS = re.compile(r"[^\w\s]")
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


def alarm_in(words: str, tag: str) -> Alarm | None:
    """The most urgent alarm that the words contain, if any."""
    plain = f" {plainly(words)} "
    nets = [net(tag), net(SOURCE)]
    for alarm in Alarm:
        if any(f" {phrase} " in plain or (phrase.endswith("*") and f" {phrase[:-1]}" in plain)
               for one in nets for phrase in one.get(alarm, ())):  # fmt: skip
            return alarm
    return None


def plainly(words: str) -> str:
    """Words as the lists have them: lower case, no signs or vowel marks, one form of a letter, drawn out ones short."""
    # NFC keeps the Swedish letters whole; marks that stand alone, as in Arabic, are dropped, and so is the tatweel.
    folded = unicodedata.normalize("NFC", words.casefold()).replace("\u0640", "")
    kept = "".join(sign for sign in folded if not unicodedata.combining(sign)).translate(_ALIKE)
    return " ".join(_NOT_LETTERS.sub(" ", _LONG_VOWELS.sub(r"\1", kept)).split())


@lru_cache(maxsize=64)
def net(tag: str) -> Mapping[Alarm, tuple[str, ...]]:
    """The phrases of one locale, as plainly as what they are compared with; a final * stands for any ending."""
    path = FOLDER / tag / "safety.toml"
    if not path.exists():
        return {}
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        Alarm(name): tuple(plainly(phrase) + ("*" if phrase.endswith("*") else "") for phrase in phrases)
        for name, phrases in table.items()
    }
