"""Signing: whether a named person has read and signed a kind's texts in a language, as those texts stand now.

A signature is a row of the municipality's own store. It is kept with a digest of the texts, so a changed text makes
it stale by itself. Where a heavy kind is unsigned the child is told who goes through it with her instead.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

from bot.catalogues import catalogue_of
from bot.proofreading import lacking, people_keys, stale_keys
from bot.speech import locale, locales
from bot.story.keys import CHILDREN, parts
from storage.kinds import KINDS
from storage.reviews import keep_review, reviews
from storage.tally import unclear
from storage.vault import Tx


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far one locale has come: in messages, in signed kinds, in kinds it lacks, in texts older than the Swedish.

    `unclear`: the texts that were not understood five times or more, each with how often; nobody is in it.
    """

    tag: str
    messages: int
    translated: int
    draft: int
    signed: int
    stale: int
    outdated: int
    lacking: int
    unclear: dict[str, int]


@lru_cache(maxsize=1024)
def digest_of(kind: str, tag: str) -> bytes:
    """A digest of everything the kind can say to a child in a language, and of the Swedish it was made from."""
    digest = blake2b(digest_size=32)
    for one in (tag, "sv"):
        forms = catalogue_of(locale(one).folder).forms
        for listener in CHILDREN:
            for key in parts(KINDS[kind], listener):
                digest.update(json.dumps([key, forms.get(key)]).encode())
    return digest.digest()


def sign(tx: Tx, kind: str, tag: str, by: str) -> None:
    """Keep that a named person signs these texts as they stand."""
    keep_review(tx, tag, kind, digest_of(kind, tag), by)


def outdated(kind: str, tag: str) -> bool:
    """Whether what the kind says to a child in a language was made from other Swedish words than today's."""
    old = stale_keys(tag)
    return any(key in old for listener in CHILDREN for key in parts(KINDS[kind], listener))


def unsigned_kinds(tx: Tx) -> dict[str, frozenset[str]]:
    """For each language the heavy kinds that nobody has signed as they stand now."""
    signed = reviews(tx)
    return {
        one.tag: frozenset(kind for kind in heavy() if not _stands(signed.get((one.tag, kind)), kind, one.tag))
        for one in locales()
    }


def _stands(mark: bytes | None, kind: str, tag: str) -> bool:
    """Whether a signature is there and is of today's texts. Where there is none, nothing need be read."""
    return mark is not None and mark == digest_of(kind, tag)


def heavy() -> Iterator[str]:
    """The kinds whose texts need a signature."""
    return (kind.code for kind in KINDS.values() if kind.heavy)


def coverage(tx: Tx) -> tuple[Coverage, ...]:
    """Every locale's figures against Swedish."""
    whole = people_keys()
    signed, pressed = reviews(tx), unclear(tx)
    found = []
    for one in locales():
        translated = len(catalogue_of(one.folder).forms.keys() & whole)
        mine = {kind: mark for (tag, kind), mark in signed.items() if tag == one.tag}
        fresh = sum(1 for kind, mark in mine.items() if mark == digest_of(kind, one.tag))
        older, untold = len(stale_keys(one.tag)), len(lacking(one.tag))
        asked = {line.text: line.many for line in pressed if line.locale == one.tag}
        counts = (len(whole), translated, translated, fresh, len(mine) - fresh, older, untold)
        found.append(Coverage(one.tag, *counts, unclear=asked))
    return tuple(found)
