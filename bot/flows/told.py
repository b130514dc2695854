"""What I want to be told of in the criminal matter: each thing one is to be asked about, with yes, no or no answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from bot.manners import BACK, refused, stay
from bot.talk import Block, Choice, Chose, Event, Facts, Failed, Go, Me, Screen, Text, Turn
from storage.commands import ChooseTold
from storage.consent import Withheld
from storage.her_words import TellOf, ToldAbout
from storage.queries import MyToldAbout, Query


@dataclass(frozen=True, slots=True)
class Told:
    """The list (FUK 13 b). `of`: one of them, opened. `home`, `entry`: she came from her own page, or from a card."""

    name: ClassVar[str] = "choices/told"
    version: ClassVar[int] = 1
    of: str = ""
    home: bool = False
    entry: str = ""

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """What she has answered."""
        return (MyToldAbout(me.case),)

    def screen(self, me: Me, facts: Facts) -> Screen:
        """One row for each, and what holds whatever she answers; or the question about one."""
        told = facts[MyToldAbout(me.case)]
        if isinstance(told, Withheld):
            return refused(me, told)
        if self.of in tuple(TellOf):
            ways = (Choice("yes", Text("told.yes")), Choice("no", Text("told.no")), BACK)
            return Screen(Text(f"told.what.{self.of}"), (Block((Text("told.ask"), Text("told.stays"))),), choices=ways)
        rows = tuple(Choice(of, _row(of, told)) for of in TellOf)
        lines = (Text("told.lead"), Text("told.open_is_yes"), Text("told.always"), Text("told.stays"))
        blocks = (Block(lines), Block((Text("told.safety"),), tone="closing"))
        return Screen(Text("told.title"), blocks, rows=rows, choices=(BACK,))

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Open one, answer it, or go back."""
        there = Go(self.name, {"home": self.home, "entry": self.entry})
        match event:
            case Chose("yes" | "no" as answer) if self.of in tuple(TellOf):
                deed = ChooseTold(me.case, TellOf(self.of), answer == "yes")
                return Turn(there, (deed,), line=Text("told.kept"))
            case Chose("back") if self.of:
                return Turn(there)
            case Chose("back") if self.entry:
                return Turn(Go("card/one", {"entry": self.entry}))
            case Chose("back"):
                return Turn(Go("my_way/mine" if self.home else "choices/list"))
            case Chose(value) if value in tuple(TellOf):
                return Turn(Go(self.name, {"of": value, "home": self.home, "entry": self.entry}))
            case Failed():
                return Turn(there, line=Text("notes.failed"))
            case _:
                return stay(event, there)


def _row(of: TellOf, told: ToldAbout | None) -> Text:
    answer = told.answers.get(of) if told is not None else None
    said = "open" if answer is None else "yes" if answer else "no"
    return Text(f"told.row.{said}", {"what": Text(f"told.what.{of}")})


STEPS = (Told,)
