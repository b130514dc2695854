"""My notes: what I write to myself. Nobody else reads them, nothing is sent; help is shown at once all the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from bot.manners import BACK, refused, stay
from bot.story.safety import alarm_in
from bot.talk import Ask, Block, Choice, Chose, Event, Facts, Failed, Go, Me, Name, Screen, Text, Turn, Typed
from storage.commands import DropNote, KeepNote
from storage.consent import Reason, Withheld
from storage.her_words import LONGEST, Note, NotePage
from storage.queries import MyNotes, Query
from storage.records import EntryId, PersonId, RecordId

START = 40


def _her(me: Me) -> PersonId:
    return me.person or PersonId("")


@dataclass(frozen=True, slots=True)
class Notes:
    """Her notes and the box. `about` is the card she came from; `alarm` what the safety net saw in the last one."""

    name: ClassVar[str] = "notes/list"
    version: ClassVar[int] = 1
    page: int = 0
    about: str = ""
    alarm: str = ""

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """A page of them."""
        return (MyNotes(_her(me), self.page),)

    def screen(self, me: Me, facts: Facts) -> Screen:
        """Who can read it stands before the box; then what she has written."""
        kept = facts[MyNotes(_her(me), self.page)]
        if isinstance(kept, Withheld):
            return refused(me, kept)
        help_now = (
            (Block((Text(f"alarm.{self.alarm}"), Text("notes.alarm")), tone="alarm", symbol="help"),)
            if self.alarm
            else ()
        )
        who = Block((Text("notes.lead"), Text("notes.who"), Text("notes.not_help")), symbol="lock")
        rows = tuple(Choice(note.id, _row(note)) for note in kept.notes)
        say = (Choice("say", Text("notes.say")),) if self.alarm else ()
        ask = Ask(Text("notes.label"), limit=LONGEST)
        return Screen(
            Text("notes.title"), (*help_now, who), rows=rows, ask=ask, choices=(*say, *self._pages(kept), BACK)
        )  # fmt: skip

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Keep what she wrote, open one, turn the page, or go back."""
        found = facts[MyNotes(_her(me), self.page)]
        kept = NotePage((), more=False) if isinstance(found, Withheld) else found
        match event:
            case Chose("back"):
                return Turn(Go("card/one", {"entry": self.about}) if self.about else Go("my_way/mine"))
            case Chose("say"):
                return Turn(Go("say/write"))
            case Chose("later" | "earlier" as way) if kept.more if way == "later" else self.page:
                return Turn(self._at(self.page + (1 if way == "later" else -1)))
            case Chose(value) if any(note.id == value for note in kept.notes):
                return Turn(Go("notes/one", {"note": value, "page": self.page}))
            case Typed(words):
                return self._keep(me, words)
            case Failed(reason=reason, wanted=wanted):
                line = Text("notes.full" if reason == Reason.CONFLICT else "notes.failed")
                return Turn(Go(self.name, wanted), line=line)
            case _:
                return stay(event, self._at(self.page))

    def _keep(self, me: Me, words: str) -> Turn:
        if not words.strip():
            return Turn(self._at(self.page), line=Text("say.empty"))
        alarm = alarm_in(words, me.locale) or ""
        about = EntryId(self.about) if self.about else None
        deed = KeepNote(_her(me), words, about)
        return Turn(Go(self.name, {"about": self.about, "alarm": alarm}), (deed,), line=Text("notes.kept"))

    def _at(self, page: int) -> Go:
        return Go(self.name, {"page": page, "about": self.about})

    def _pages(self, kept: NotePage) -> tuple[Choice, ...]:
        """The way to more of them; the newest stand first."""
        earlier = (Choice("earlier", Text("choice.earlier"), quiet=True),) if self.page else ()
        later = (Choice("later", Text("choice.later"), quiet=True),) if kept.more else ()
        return earlier + later


def _row(note: Note) -> Text:
    words = " ".join(note.words.split())
    start = words if len(words) <= START else words[: START - 1].rstrip() + "…"
    return Text("notes.row", {"at": note.at, "start": Name(start)})


@dataclass(frozen=True, slots=True)
class One:
    """One note, whole. `sure`: she has asked to take it away and is asked once more."""

    name: ClassVar[str] = "notes/one"
    version: ClassVar[int] = 1
    note: str = ""
    page: int = 0
    sure: bool = False

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """The page it stands on."""
        return (MyNotes(_her(me), self.page),)

    def screen(self, me: Me, facts: Facts) -> Screen:
        """When she wrote it, and her words."""
        kept = facts[MyNotes(_her(me), self.page)]
        if isinstance(kept, Withheld):
            return refused(me, kept)
        note = next((one for one in kept.notes if one.id == self.note), None)
        if note is None:
            return Screen(Text("note.title"), (Block((Text("note.gone"),)),), choices=(BACK,))
        ways = (Choice("drop", Text("note.drop")), BACK)
        if self.sure:
            return Screen(Text("note.title"), (Block((Text("note.sure"),), tone="pause"),), choices=ways)
        blocks = (Block((Text("note.at", {"at": note.at}),)), Block((Name(note.words),), tone="mine"))
        return Screen(Text("note.title"), blocks, choices=ways)

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Take it away for good when she has said so twice, or go back."""
        there = Go("notes/list", {"page": self.page})
        match event:
            case Chose("drop") if self.sure:
                deed = DropNote(_her(me), RecordId(self.note))
                return Turn(Go("notes/list"), (deed,), line=Text("note.dropped"))
            case Chose("drop"):
                return Turn(Go(self.name, {"note": self.note, "page": self.page, "sure": True}))
            case Chose("back"):
                return Turn(Go(self.name, {"note": self.note, "page": self.page}) if self.sure else there)
            case Failed():
                return Turn(there, line=Text("note.gone"))
            case _:
                return stay(event, there)


STEPS = (Notes, One)
