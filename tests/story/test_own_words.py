"""No two kinds say the same, in any language: a sentence that fits everywhere says nothing anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from functools import cache
from itertools import combinations

import pytest

from bot.catalogues import catalogue_of
from bot.proofreading import fragment, listener_of
from bot.speech import FOLDER, SOURCE, locales
from bot.story import readability
from bot.story.keys import catalogue, prefix, variants
from bot.story.noes import NOES
from storage.kinds import KINDS
from storage.records import Listener

TAGS = tuple(one.tag for one in locales())
HEADS = {prefix(kind, one): code for code, kind in KINDS.items() for one in (None, *variants(kind))}
# What a "no" does not mean is said in fixed words, of each kind that says no.
FIXED = frozenset(prefix(KINDS[code], outcome) if KINDS[code].variant else code for code, outcome in NOES)
# Shorter sentences are the joints of a language.
OWN = 5
# Easy Swedish explains a hard word wherever it stands, each time in the same words.
EXPLAINED = {
    "sv-lattlast": {
        "Akten är alla papper om dig", "BUP är psykologer och läkare för barn", "Det är en utredning om brott",
        "Det betyder att någon inte får ta kontakt med dig",
    },
}  # fmt: skip
_ENDS = re.compile(r"(?<=[.!?:؟።፦])\s+")
_SLOT = re.compile(r"{\w+}")
_JOINTS = ("och", "men", "så", "för")
ALIKE = 0.75


def _sentences(words: str) -> Iterator[str]:
    """The sentences of a text that are long enough to be one's own; not those that lead in to what is said aloud."""
    for one in _ENDS.split(words):
        if one.rstrip('"”»').endswith((":", "፦")):
            continue
        if len(readability.words(_SLOT.sub("", one))) > OWN:
            yield one.strip(' .”»"')


@cache
def clauses(words: str) -> tuple[tuple[str, ...], ...]:
    """What a Swedish text says between its stops and commas, without the word that joins it on."""
    said = []
    for clause in re.split(r"[.!?:,]\s*", _SLOT.sub(" ", words)):
        one = [word.casefold() for word in readability.words(clause)]
        while one and one[0] in _JOINTS:
            one = one[1:]
        if len(one) > 2:
            said.append(tuple(one))
    return tuple(said)


def alike(one: str, other: str) -> bool:
    """Whether two Swedish texts have a clause in common, but for a word or two."""
    return any(
        SequenceMatcher(None, mine, theirs, autojunk=False).ratio() >= ALIKE
        for mine in clauses(one)
        for theirs in clauses(other)
    )


def shared(
    forms: Mapping[str, tuple[str, ...]], listener: Listener, fixed: frozenset[str] = frozenset()
) -> dict[str, list[str]]:
    """Each sentence that stands in more than one kind for a listener, and a key of each; what is `fixed` apart."""
    where: dict[str, dict[str, str]] = {}
    for key in catalogue():
        head = key.partition(".")[0]
        if head not in HEADS or fragment(key) or listener_of(key) is not listener:
            continue
        if head in fixed and ".means" in key:
            continue
        for one in _sentences(" ".join(forms.get(key, ()))):
            where.setdefault(one, {})[HEADS[head]] = key
    return {one: sorted(keys.values()) for one, keys in where.items() if len(keys) > 1}


@pytest.mark.parametrize("listener", Listener)
def test_in_the_source_a_sentence_stands_in_one_kind(listener: Listener) -> None:
    # To the smallest, what stands before the fixed words after a no may be the same: one short sentence about her.
    fixed = FIXED if listener is Listener.UNDER_7 else frozenset[str]()
    assert shared(catalogue_of(FOLDER / SOURCE).forms, listener, fixed) == {}


@pytest.mark.parametrize("listener", Listener)
@pytest.mark.parametrize("tag", [tag for tag in TAGS if tag != SOURCE])
def test_a_language_says_alike_only_what_the_source_says_alike(tag: str, listener: Listener) -> None:
    source = {key: forms[0] for key, forms in catalogue_of(FOLDER / SOURCE).forms.items()}
    faults = {
        one: keys
        for one, keys in shared(catalogue_of(FOLDER / tag).forms, listener, FIXED).items()
        if one not in EXPLAINED.get(tag, ()) and not all(alike(source[a], source[b]) for a, b in combinations(keys, 2))
    }
    assert faults == {}


def test_what_easy_swedish_explains_is_still_explained_there() -> None:
    said = " ".join(words for forms in catalogue_of(FOLDER / "sv-lattlast").forms.values() for words in forms)
    assert [one for one in EXPLAINED["sv-lattlast"] if said.count(one) < 2] == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("De vuxna bestämmer sedan, men du får säga vad du vill.", "De ska tänka, och du får säga vad du vill.", True),
        ("Du får fråga hur långt de har kommit.", "Du kan fråga hur långt de har kommit.", True),
        ("Barnet har tilldömts skadestånd.", "Skadestånd till barnet är utdömt.", False),
        ("Du har inte gjort något fel.", "Inget av det här är ditt fel.", False),
    ],
)
def test_what_counts_as_said_alike(one: str, other: str, same: bool) -> None:
    assert alike(one, other) is same
