"""Something is wrong: her own note beside a card, kept whatever becomes of it; and everything she has objected to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from bot.manners import BACK, refused, stay
from bot.story.objections import came_of, waits
from bot.story.safety import alarm_in
from bot.talk import Ask, Block, Choice, Chose, Event, Facts, Failed, Go, Me, Name, Screen, Text, Turn, Typed
from storage.commands import SayWrong
from storage.consent import Withheld
from storage.her_words import LONGEST, MOST_OBJECTIONS, Objection, Objects
from storage.queries import MyObjections, MyThread, Query
from storage.records import Channel, EntryId

TO_CARD = Choice("back", Text("about.card"), quiet=True)
MOST = 20


@dataclass(frozen=True, slots=True)
class Wrong:
    """The box, under the words about what becomes of the note and who reads it; then the notes there are."""

    name: ClassVar[str] = "card/wrong"
    version: ClassVar[int] = 1
    entry: str = ""
    page: int = 0
    depth: str = ""
    alarm: str = ""
    told: bool = True

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """What she has objected to, and whether somebody reads here."""
        return (MyObjections(me.case), MyThread(me.case))

    def screen(self, me: Me, facts: Facts) -> Screen:
        """First what becomes of it and who reads, then the notes about this card, then the box."""
        kept, thread = facts[MyObjections(me.case)], facts[MyThread(me.case)]
        if isinstance(kept, Withheld):
            return refused(me, kept)
        if isinstance(thread, Withheld):
            return refused(me, thread)
        if not thread.staffed:
            return Screen(Text("wrong.title"), (Block((Text("say.nobody"), Text("say.now"))),), choices=(TO_CARD,))
        parents = (Text("who_read.parents"),) if me.is_young else ()
        blocks = (
            *self._help(),
            Block((Text("wrong.lead"), Text("wrong.kept_beside"), Text("wrong.right"))),
            Block((Text("wrong.who_reads"), *parents, Text("say.may_act"), Text("say.not_what"))),
            *(block for one in self._here(kept) for block in hers(one, me)),
        )
        ask = Ask(Text("wrong.label"), limit=LONGEST)
        return Screen(Text("wrong.title"), blocks, ask=ask, choices=(TO_CARD,))

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Keep what she wrote, whole; empty words come back with a sentence."""
        kept = facts[MyObjections(me.case)]
        match event:
            case Chose("back"):
                return Turn(Go("card/one", self._fields()))
            case Typed(words) if not words.strip():
                return Turn(Go(self.name, self._fields()), line=Text("say.empty"))
            case Typed(words):
                alarm = alarm_in(words, me.locale)
                full = isinstance(kept, tuple) and len(self._here(kept)) >= MOST_OBJECTIONS
                there = Go(self.name, {**self._fields(), "alarm": alarm or "", "told": not full})
                if full:
                    return Turn(there, line=Text("wrong.full"))
                deed = SayWrong(me.case, EntryId(self.entry), words, alarm)
                return Turn(there, (deed,), line=Text("wrong.kept"))
            case Failed(wanted=wanted):
                # Help does not wait for the store: it is shown although the words could not be kept.
                return Turn(Go(self.name, {**wanted, "told": False}), line=Text("say.failed"))
            case _:
                return stay(event, Go(self.name, self._fields()))

    def _fields(self) -> dict[str, Any]:
        return {"entry": self.entry, "page": self.page, "depth": self.depth}

    def _here(self, kept: tuple[Objection, ...]) -> list[Objection]:
        return [one for one in kept if one.entry == self.entry and one.objects is Objects.WRONG]

    def _help(self) -> tuple[Block, ...]:
        if not self.alarm:
            return ()
        lines = (Text(f"alarm.{self.alarm}"), *((Text("alarm.told"),) if self.told else ()))
        return (Block(lines, tone="alarm", symbol="help"),)


def hers(one: Objection, me: Me) -> tuple[Block, ...]:
    """One objection of hers with what came of it, or by when somebody answers."""
    if one.objects is Objects.WRONG:
        said = Block((Name(one.words),), heading=Text("wrong.yours", {"at": one.at}), tone="mine")
    else:
        said = Block((Text("said.not_mine", {"at": one.at}),))
    came = came_of(one)
    if came is None:
        return (said, Block((waits(one, me.now.date()),), symbol="clock"))
    return (said, Block((came, Text("wrong.ask_why")), tone="theirs"))


@dataclass(frozen=True, slots=True)
class Mine:
    """What is her own: notes to herself, what she has objected to, what she wants to be told of."""

    name: ClassVar[str] = "my_way/mine"
    version: ClassVar[int] = 1

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """Nothing."""
        return ()

    def screen(self, me: Me, facts: Facts) -> Screen:
        """One row for each."""
        notes = (Choice("notes", Text("mine.row.notes")),) if me.channel is Channel.WEB else ()
        rows = (*notes, Choice("said", Text("mine.row.said")), Choice("told", Text("about.row.told")))
        return Screen(Text("mine.title"), (Block((Text("mine.lead"),)),), rows=rows, choices=(BACK,))

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Go where she points."""
        match event:
            case Chose("back"):
                return Turn(Go("my_way/home"))
            case Chose("notes") if me.channel is Channel.WEB:
                return Turn(Go("notes/list"))
            case Chose("said"):
                return Turn(Go("my_way/said"))
            case Chose("told"):
                return Turn(Go("choices/told", {"home": True}))
            case _:
                return stay(event, Go(self.name))


@dataclass(frozen=True, slots=True)
class Said:
    """Everything she has said is wrong or not about her, whatever has become of the cards. `one`: opened."""

    name: ClassVar[str] = "my_way/said"
    version: ClassVar[int] = 1
    one: str = ""

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """What she has objected to."""
        return (MyObjections(me.case),)

    def screen(self, me: Me, facts: Facts) -> Screen:
        """The list, or one of them with what came of it."""
        kept = facts[MyObjections(me.case)]
        if isinstance(kept, Withheld):
            return refused(me, kept)
        opened = next((one for one in kept if one.id == self.one), None)
        if opened is not None:
            ways = (Choice("ask", Text("card.ask")), BACK)
            return Screen(Text("said.title"), hers(opened, me), choices=ways)
        if not kept:
            return Screen(Text("said.title"), (Block((Text("said.none"),)),), choices=(BACK,))
        rows = tuple(Choice(one.id, Text(f"said.row.{one.objects}", {"at": one.at})) for one in kept[:MOST])
        return Screen(Text("said.title"), (Block((Text("said.lead"),)),), rows=rows, choices=(BACK,))

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Open one, ask a person about it, or go back."""
        found = facts[MyObjections(me.case)]
        kept = () if isinstance(found, Withheld) else found
        opened = next((one for one in kept if one.id == self.one), None)
        match event:
            case Chose("back"):
                return Turn(Go(self.name) if self.one else Go("my_way/mine"))
            case Chose("ask") if opened is not None:
                return Turn(Go("say/write", {"about": opened.entry}))
            case Chose(value) if any(one.id == value for one in kept):
                return Turn(Go(self.name, {"one": value}))
            case _:
                return stay(event, Go(self.name))


STEPS = (Wrong, Mine, Said)
