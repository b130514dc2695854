"""Signing: whether a named person has read and signed a kind's texts in a language, as those texts stand now.

A signature is a row of the municipality's own store. It is kept with two digests, one of the kind's own texts and one
of those that it shares with other kinds, so a changed text makes it stale by itself and the row can say which it was.
Where a heavy kind is unsigned the child is told who goes through it with her instead.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from hashlib import blake2b

from bot.catalogues import catalogue_of
from bot.proofreading import lacking, people_keys, stale_keys
from bot.speech import locale, locales
from bot.story.keys import CHILDREN, parts
from bot.story.shared import shared
from storage.kinds import KINDS
from storage.reviews import keep_review, reviews
from storage.tally import unclear
from storage.vault import Tx

_SIZE = 32


class Signed(StrEnum):
    """Whether a kind is signed in a language as it stands, and if not, what has changed since somebody signed it.

    PARTIAL: the signature is from before the words that kinds share lay under it.
    """

    NONE = "none"
    FRESH = "fresh"
    OWN = "own"
    SHARED = "shared"
    BOTH = "both"
    PARTIAL = "partial"


@dataclass(slots=True)
class Signatures:
    """Which heavy kinds are unsigned in each language, as the running house knows it."""

    unsigned: dict[str, frozenset[str]] = field(default_factory=dict)

    def of(self, tag: str) -> frozenset[str]:
        """The unsigned heavy kinds of a language."""
        return self.unsigned.get(tag, frozenset())


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far one locale has come: in messages, in signed kinds, in kinds it lacks, in texts older than the Swedish.

    `why`: how many of the stale signatures are stale for what. `unclear`: the texts that were not understood five times
    or more, each with how often; nobody is in it.
    """

    tag: str
    messages: int
    translated: int
    draft: int
    signed: int
    stale: int
    outdated: int
    lacking: int
    why: dict[str, int]
    unclear: dict[str, int]


@lru_cache(maxsize=1024)
def digest_of(kind: str, tag: str) -> bytes:
    """Two digests in a row, of everything that the kind's cards can say to a child in a language, and of the Swedish it
    was made from: first of the kind's own texts, then of those that it shares with other kinds.
    """
    return _digest(own_keys(kind), tag) + _digest(shared_keys(kind), tag)


def own_keys(kind: str) -> tuple[str, ...]:
    """The kind's own texts to a child, level by level."""
    return tuple(key for listener in CHILDREN for key in parts(KINDS[kind], listener))


@lru_cache(maxsize=256)
def shared_keys(kind: str) -> tuple[str, ...]:
    """The texts that stand on the kind's cards to a child and on those of other kinds, each once."""
    return tuple(sorted({key for listener in CHILDREN for key in shared(KINDS[kind], listener)}))


def _digest(keys: Iterable[str], tag: str) -> bytes:
    digest, keys = blake2b(digest_size=_SIZE), tuple(keys)
    for one in (tag, "sv"):
        forms = catalogue_of(locale(one).folder).forms
        for key in keys:
            digest.update(json.dumps([key, forms.get(key)]).encode())
    return digest.digest()


def sign(tx: Tx, kind: str, tag: str, by: str) -> None:
    """Keep that a named person signs these texts as they stand."""
    keep_review(tx, tag, kind, digest_of(kind, tag), by)


def outdated(kind: str, tag: str) -> bool:
    """Whether what the kind says to a child in a language was made from other Swedish words than today's."""
    return bool(older_keys(kind, tag))


def older_keys(kind: str, tag: str) -> tuple[str, ...]:
    """The texts of the kind's cards to a child that are older than the Swedish, its own first."""
    old = stale_keys(tag)
    return tuple(key for key in (*own_keys(kind), *shared_keys(kind)) if key in old)


def unsigned_kinds(tx: Tx) -> dict[str, frozenset[str]]:
    """For each language the heavy kinds that nobody has signed as they stand now."""
    signed = reviews(tx)
    return {
        one.tag: frozenset(
            kind for kind in heavy() if _stands(signed.get((one.tag, kind)), kind, one.tag) is not Signed.FRESH
        )
        for one in locales()
    }


def standings(tx: Tx, kind: str) -> dict[str, Signed]:
    """For each language, how a kind's signature stands."""
    signed = reviews(tx)
    return {one.tag: _stands(signed.get((one.tag, kind)), kind, one.tag) for one in locales()}


def changed_since(tx: Tx, tag: str) -> dict[str, Signed]:
    """The kinds whose signature in a language is stale, each with what has changed."""
    stood = {kind: _stands(mark, kind, tag) for (one, kind), mark in reviews(tx).items() if one == tag}
    return {kind: why for kind, why in stood.items() if why is not Signed.FRESH}


def _stands(mark: bytes | None, kind: str, tag: str) -> Signed:
    """How a signature stands against today's texts. Where there is none, nothing need be read."""
    if mark is None:
        return Signed.NONE
    now = digest_of(kind, tag)
    if mark == now:
        return Signed.FRESH
    own = mark[:_SIZE] == now[:_SIZE]
    if len(mark) == _SIZE:
        return Signed.PARTIAL if own else Signed.BOTH
    if own:
        return Signed.SHARED
    return Signed.OWN if mark[_SIZE:] == now[_SIZE:] else Signed.BOTH


def heavy() -> Iterator[str]:
    """The kinds whose texts need a signature."""
    return (kind.code for kind in KINDS.values() if kind.heavy)


def coverage(tx: Tx | None) -> tuple[Coverage, ...]:
    """Every locale's figures against Swedish. Where no store is, nobody has signed and nobody has asked."""
    whole = people_keys()
    signed, pressed = (reviews(tx), unclear(tx)) if tx is not None else ({}, ())
    found = []
    for one in locales():
        translated = len(catalogue_of(one.folder).forms.keys() & whole)
        mine = Counter(_stands(mark, kind, tag) for (tag, kind), mark in signed.items() if tag == one.tag)
        fresh, why = mine[Signed.FRESH], {str(how): n for how, n in mine.items() if how is not Signed.FRESH}
        older, untold = len(stale_keys(one.tag)), len(lacking(one.tag))
        asked = {line.text: line.many for line in pressed if line.locale == one.tag}
        counts = (len(whole), translated, translated, fresh, sum(why.values()), older, untold)
        found.append(Coverage(one.tag, *counts, why=why, unclear=asked))
    return tuple(found)
