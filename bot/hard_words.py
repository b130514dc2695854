"""Hard words: which Swedish texts use which word of the law, found once and kept as the story's table.

`bot/locales/sv/words.toml` has each word as it stands in Swedish; `bot/story/words_in.toml` has the keys of the texts
that use it. The first is written by people, the second only ever by `bredvid locale words`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from bot.catalogues import catalogue_of
from bot.proofreading import whole_word
from bot.speech import SOURCE, locale
from bot.story.keys import catalogue

TABLE = Path(__file__).parent / "story" / "words_in.toml"
# What explains is not explained; who is who has a page of its own; what closes a card is at every card alike.
_NOT_IN = ("word.", "role.", "authority.", "did.", "closing.")
_HEAD = """\
# Which texts use which hard word: found in the Swedish texts by `bredvid locale words`, which writes this file.
"""


@lru_cache(maxsize=1)
def as_they_stand() -> Mapping[str, tuple[str, ...]]:
    """Word → the ways it stands in a Swedish text; one that ends in a hyphen, with whatever ending."""
    whole = tomllib.loads((locale(SOURCE).folder / "words.toml").read_text(encoding="utf-8"))
    return {word: tuple(ways) for word, ways in whole.items()}


def found() -> Mapping[str, tuple[str, ...]]:
    """Word → the keys of the texts that use it today, in the order of the words."""
    texts = dict(_texts())
    return {
        word: tuple(key for key, words in texts.items() if any(whole_word(way).search(words) for way in ways))
        for word, ways in as_they_stand().items()
    }


def table_of(words: Mapping[str, tuple[str, ...]]) -> str:
    """The table as it lies in its file."""
    lists = (f"{word} = [\n" + "".join(f'  "{key}",\n' for key in keys) + "]\n" for word, keys in words.items())
    return _HEAD + "".join(lists)


def _texts() -> Iterator[tuple[str, str]]:
    """The texts of cards with the Swedish words, by key."""
    forms = catalogue_of(locale(SOURCE).folder).forms
    for key in sorted(catalogue()):
        if key in forms and not key.startswith(_NOT_IN):
            yield key, " ".join(forms[key])
