"""The room of measures: how hard a text is to read, counted the Swedish way (LIX) and by the length of sentences."""

from __future__ import annotations

import re

_END = re.compile(r"[.!?:؟።፧]+[\"”»\u2069)]*(?:\s+|$)|\n+")
# A hyphen, an apostrophe and the joiner that Persian writes inside a word do not part it.
# Vowel signs written above or below a letter (Arabic, Hebrew) are part of the word they stand in.
_SIGN = "\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670"
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{_SIGN}])*(?:[-'’\u200c][^\W_](?:[^\W_]|[{_SIGN}])*)*")
LONG = 6


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


def choppy(text: str, *, run: int = 5, under: int = 4) -> bool:
    """Whether `run` sentences in a row have fewer than `under` words: it reads like a telegram."""
    streak = 0
    for one in sentences(text):
        streak = streak + 1 if len(words(one)) < under else 0
        if streak >= run:
            return True
    return False
