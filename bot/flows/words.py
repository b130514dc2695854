"""The hard words: in the open part, each at every level; and in a chat, those of one card, and back to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

from bot.manners import BACK, refused, stay, told_as
from bot.story import Depth, tell
from bot.story.words import EXPLAINED_ROLES, LEVELS, WORDS, explained, level_of, title_of
from bot.talk import Block, Choice, Chose, Event, Facts, Go, Me, Screen, Text, Turn
from storage.consent import Withheld
from storage.queries import OneEntry, Query
from storage.records import EntryId, EntryView, Listener

A_PAGE = 20
_OF = {"words": WORDS, "who": EXPLAINED_ROLES}


@dataclass(frozen=True, slots=True)
class Open:
    """The words, or who is who, twenty at a time; `word` opened at a level. For anyone, without sign-in."""

    name: ClassVar[str] = "open/words"
    version: ClassVar[int] = 1
    topic: str = "words"
    page: int = 0
    word: str = ""
    level: str = ""

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """Nothing."""
        return ()

    def screen(self, me: Me, facts: Facts) -> Screen:
        """A row for each word; or one word, with simpler and fuller words beside it."""
        if self.word in self._all:
            (told,) = explained((self.word,), self._level)
            here = LEVELS.index(self._level)
            simpler = (Choice("simpler", Text("words.simpler")),) if here else ()
            fuller = (Choice("fuller", Text("words.fuller")),) if here < len(LEVELS) - 1 else ()
            return Screen(title_of(self.word), (Block(told.lines),), choices=(*simpler, *fuller, BACK))
        shown = self._all[self.page * A_PAGE : (self.page + 1) * A_PAGE]
        more = (Choice("more", Text("face.more")),) if self._more else ()
        rows = tuple(Choice(word, title_of(word)) for word in shown)
        lead = Block((Text("words.lead"),))
        return Screen(Text(f"open.{self._topic}.title"), (lead,), rows=rows, choices=(*more, BACK))

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Open a word, say it in other words, turn the page, or back."""
        opened, here = self.word in self._all, LEVELS.index(self._level)
        match event:
            case Chose("back") if opened or self.page:
                return Turn(self._at(page=self.page if opened else self.page - 1))
            case Chose("back"):
                return Turn(Go("open/menu"))
            case Chose("simpler") if opened and here:
                return Turn(self._at(word=self.word, level=LEVELS[here - 1]))
            case Chose("fuller") if opened and here < len(LEVELS) - 1:
                return Turn(self._at(word=self.word, level=LEVELS[here + 1]))
            case Chose("more") if self._more:
                return Turn(self._at(page=self.page + 1))
            case Chose(value) if value in self._all:
                return Turn(self._at(word=value))
            case _:
                return Turn(self._at(word=self.word, level=self.level), line=Text("line.choose"))

    @property
    def _topic(self) -> str:
        return self.topic if self.topic in _OF else "words"

    @property
    def _all(self) -> tuple[str, ...]:
        return _OF[self._topic]

    @property
    def _level(self) -> Listener:
        """A visitor may be anyone: a word begins as it is told at nine, and goes on from there."""
        return Listener(self.level) if self.level in LEVELS else Listener.CHILD

    @property
    def _more(self) -> bool:
        return (self.page + 1) * A_PAGE < len(self._all)

    def _at(self, *, page: int | None = None, word: str = "", level: str = "") -> Go:
        return Go(self.name, {"topic": self.topic, "page": self.page if page is None else page,
                              "word": word, "level": str(level)})  # fmt: skip


@dataclass(frozen=True, slots=True)
class OfCard:
    """The hard words of one card, where no page can unfold them under it; `word` is the one opened."""

    name: ClassVar[str] = "card/words"
    version: ClassVar[int] = 1
    entry: str = ""
    page: int = 0
    depth: str = ""
    word: str = ""

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """The card itself: what explains its words says what it is about."""
        return (OneEntry(me.case, EntryId(self.entry)),)

    def screen(self, me: Me, facts: Facts) -> Screen:
        """A row for each of its words, and the one she opened."""
        found = facts[OneEntry(me.case, EntryId(self.entry))]
        if isinstance(found, Withheld):
            return refused(me, found)
        words = self._words(me, facts)
        told = explained((self.word,), level_of(me.listener)) if self.word in words else ()
        blocks = tuple(replace(one, tone="plain") for one in told) or (Block((Text("words.lead_card"),)),)
        rows = tuple(Choice(word, title_of(word)) for word in words if word != self.word)[:A_PAGE]
        return Screen(Text("words.title"), blocks, rows=rows, choices=(Choice("back", Text("about.card")),))

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Open one, or back to the card."""
        card = {"entry": self.entry, "page": self.page, "depth": self.depth}
        match event:
            case Chose("back"):
                return Turn(Go("card/one", card))
            case Chose(value) if value in self._words(me, facts):
                return Turn(Go(self.name, {**card, "word": value}))
            case _:
                return stay(event, Go(self.name, {**card, "word": self.word}))

    def _words(self, me: Me, facts: Facts) -> tuple[str, ...]:
        found = facts[OneEntry(me.case, EntryId(self.entry))]
        if not isinstance(found, EntryView) or me.lacks_signed(found.kind):
            return ()
        depth = Depth(self.depth) if self.depth in tuple(Depth) else Depth.FULL
        return tell(found, told_as(me, found.kind), depth).words


STEPS = (Open, OfCard)
