"""Measuring: what can be counted of every kind as every listener is told it in every language, on usual facts.

What is measured is the kind's own text on a card, its slots filled: without the headline, the day, a person's own words
and the lines that every card has, which would lend it a connective. The figures are a floor and never a verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.proofreading import WORDS_A_SENTENCE, gates, lacking
from bot.speech import FSI, PDI, Locale, locale
from bot.story import Card, readability
from bot.story.readability import Figures
from bot.story.samples import told
from bot.talk import Text
from storage.kinds import KINDS
from storage.records import Listener

WORST = 20


@dataclass(frozen=True, slots=True)
class Measured:
    """One text and its figures. `outcome` says which of a kind's texts it is, where what came of it makes another."""

    kind: str
    outcome: str
    listener: Listener
    tag: str
    figures: Figures

    @property
    def limit(self) -> int:
        """The longest sentence that the listener can hold, in words."""
        return WORDS_A_SENTENCE[self.listener]

    @property
    def listed(self) -> bool:
        """Whether somebody should look at it: no connective in two sentences or more, or five very short in a row."""
        return self.figures.choppy or (self.figures.sentences > 1 and not self.figures.joined)

    @property
    def strain(self) -> float:
        """How heavy it is beside what its listener can hold; to be compared within one language only."""
        return self.figures.mean / self.limit + self.figures.long_share / 100

    @property
    def name(self) -> str:
        """The text as it is named in a report: kind, what came of it, and who listens."""
        return f"{self.kind}{f'_{self.outcome}' if self.outcome else ''}.{self.listener}"


def measured_kind(code: str, listener: Listener, tag: str) -> tuple[Measured, ...]:
    """The figures of one kind for one listener in one language; none when it is not told, or not in that language."""
    if code in lacking(tag):
        return ()
    one = locale(tag)
    return tuple(
        Measured(code, outcome or "", listener, tag, counted(own_words_of(card, one), one))
        for outcome, card in told(KINDS[code], listener)
    )


@lru_cache(maxsize=64)
def measured(tag: str) -> tuple[Measured, ...]:
    """The figures of every text of a language, in the order of the kinds."""
    return tuple(text for code in KINDS for listener in Listener for text in measured_kind(code, listener, tag))


def worst(texts: Iterable[Measured], count: int = WORST) -> tuple[Measured, ...]:
    """The heaviest texts of one language, heaviest first."""
    return tuple(sorted(texts, key=lambda text: (-text.strain, text.name))[:count])


def counted(text: str, one: Locale) -> Figures:
    """The figures of a text in a language. LIX is a Nordic measure (domain 3.1)."""
    return readability.figures(text, gates(one.folder).connectives, nordic=one.cldr == "sv")


def own_words_of(card: Card, one: Locale) -> str:
    """What a card says of its kind alone, as it is read in a language: a paragraph a line."""
    said = "\n".join(one.say(part) for part in card.blocks if isinstance(part, Text) and _of(part, card))
    return said.replace(FSI, "").replace(PDI, "")


def line_of(text: Measured) -> str:
    """One line of a report."""
    return f"{text.tag}: {text.name}: {'; '.join(figures_said(text.figures, text.limit))}."


def figures_said(found: Figures, limit: int) -> Iterator[str]:
    """The figures of a text in words, for whoever stands at a terminal."""
    yield f"{found.words} words in {found.sentences} sentences"
    yield f"longest {found.longest} of {limit}, mean {found.mean}"
    yield f"{found.long_share} % long words"
    yield f"{found.joined} connectives"
    if found.lix is not None:
        yield f"LIX {found.lix}"
    if found.choppy:
        yield "five sentences under four words in a row"


def _of(part: Text, card: Card) -> bool:
    return part.key.startswith((f"{card.kind}.", f"{card.kind}_"))
