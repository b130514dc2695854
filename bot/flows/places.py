"""Where I am signed in: each phone and computer with the time it was used, each ended with one tap."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from bot.manners import BACK, refused, stay
from bot.talk import Block, Choice, Chose, Event, Facts, Failed, Go, Me, Screen, Text, Turn
from storage.commands import EndPlace
from storage.consent import Withheld
from storage.queries import MyPlaces, Query
from storage.records import PersonId

CHOICES = Go("choices/list")


def _who(me: Me) -> PersonId:
    return me.person or PersonId("")


@dataclass(frozen=True, slots=True)
class Places:
    """The list."""

    name: ClassVar[str] = "places/list"
    version: ClassVar[int] = 1

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """Her open sessions on the web."""
        return (MyPlaces(_who(me)),)

    def screen(self, me: Me, facts: Facts) -> Screen:
        """One row for each, the one used last first; a tap asks whether to end it."""
        found = facts[MyPlaces(_who(me))]
        if isinstance(found, Withheld):
            return refused(me, found)
        rows = tuple(
            Choice(
                one.name,
                Text("places.kept" if one.trusted else "places.row", {"at": one.seen.astimezone(me.now.tzinfo)}),
            )
            for one in found
        )
        return Screen(Text("places.title"), (Block((Text("places.lead"),)),), rows=rows, choices=(BACK,))

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """End one, after asking."""
        found = facts[MyPlaces(_who(me))]
        names = () if isinstance(found, Withheld) else tuple(one.name for one in found)
        match event:
            case Chose("back"):
                return Turn(CHOICES)
            case Chose(which) if which in names:
                return Turn(Go("places/sure", {"which": which}))
            case _:
                return stay(event, Go(self.name))


@dataclass(frozen=True, slots=True)
class Sure:
    """End it? One tap, and no reason is asked for."""

    name: ClassVar[str] = "places/sure"
    version: ClassVar[int] = 1
    which: str = ""

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """Nothing: the list has said which."""
        return ()

    def screen(self, me: Me, facts: Facts) -> Screen:
        """What happens, and the two ways."""
        return Screen(
            Text("places.sure"),
            (Block((Text("places.what_happens"),)),),
            choices=(Choice("end", Text("places.end")), BACK),
        )

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """End it, or leave it."""
        match event:
            case Chose("end"):
                return Turn(Go("places/list"), (EndPlace(_who(me), self.which),), line=Text("places.ended"))
            case Failed():
                return Turn(Go("places/list"), line=Text("places.gone"))
            case _:
                return stay(event, Go("places/list"))


STEPS = (Places, Sure)
