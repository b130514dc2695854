"""The room of measures: how hard a text is to read, counted the Swedish way (LIX) and by the length of sentences."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_END = re.compile(r"[.!?:؟።፦፧]+[\"”»\u2069)]*(?:\s+|$)|\n+")
# A hyphen, an apostrophe and the joiner that Persian writes inside a word do not part it.
# Vowel signs written above or below a letter (Arabic, Hebrew) are part of the word they stand in.
_SIGN = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670"
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{_SIGN}])*(?:[-'’\u200c][^\W_](?:[^\W_]|[{_SIGN}])*)*")
LONG = 6
# LIX on fewer words than these is noise (domain 3.1).
ENOUGH_FOR_LIX = 100
RUN, SHORT = 5, 4


@dataclass(frozen=True, slots=True)
class Figures:
    """What can be counted of a text. They are a floor: a text that passes may still be a bad one.

    `mean` is words a sentence, `long_share` the words of more than six letters in per cent, `joined` how many words
    join one thing to another (because, so, but), `choppy` whether five sentences in a row have under four words each.
    `lix` is there for a Nordic text of at least a hundred words, and else None.
    """

    words: int
    sentences: int
    longest: int
    mean: float
    long_share: int
    joined: int
    choppy: bool
    lix: int | None


def figures(text: str, connectives: tuple[str, ...], *, nordic: bool) -> Figures:
    """Every figure of one text. A connective that ends in a hyphen stands for any ending."""
    said, parts = words(text), sentences(text)
    long = sum(len(word) > LONG for word in said)
    return Figures(
        len(said),
        len(parts),
        longest(text),
        round(len(said) / len(parts), 1) if parts else 0.0,
        round(100 * long / len(said)) if said else 0,
        len(_joining(connectives).findall(text)) if connectives else 0,
        choppy(text),
        round(lix(text)) if nordic and len(said) >= ENOUGH_FOR_LIX else None,
    )


@lru_cache(maxsize=64)
def _joining(connectives: tuple[str, ...]) -> re.Pattern[str]:
    ways = "|".join(re.escape(one.removesuffix("-")) + ("" if one.endswith("-") else r"(?!\w)") for one in connectives)
    return re.compile(rf"(?<!\w)(?:{ways})", re.IGNORECASE)


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text; full stop (also ።), question mark, exclamation mark, colon and line break end one."""
    return tuple(part.strip() for part in _END.split(text) if _WORD.search(part))


def words(text: str) -> tuple[str, ...]:
    """The words of a text; a hyphen does not part a word."""
    return tuple(_WORD.findall(text))


def longest(text: str) -> int:
    """Words in the longest sentence."""
    return max((len(words(one)) for one in sentences(text)), default=0)


def lix(text: str) -> float:
    """Words a sentence plus the share, in per cent, of words longer than six letters. Only for the Nordic tongues."""
    said = words(text)
    if not said:
        return 0.0
    long = sum(len(word) > LONG for word in said)
    return len(said) / len(sentences(text)) + 100 * long / len(said)


def choppy(text: str, *, run: int = RUN, under: int = SHORT) -> bool:
    """Whether `run` sentences in a row have fewer than `under` words: it reads like a telegram."""
    streak = 0
    for one in sentences(text):
        streak = streak + 1 if len(words(one)) < under else 0
        if streak >= run:
            return True
    return False
