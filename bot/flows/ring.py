"""Ring me in my language: for whoever can neither read the page nor have it read to her by the phone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from bot.manners import BACK, home, stay
from bot.talk import Block, Choice, Chose, Event, Facts, Failed, Go, Me, Screen, Text, Turn
from storage.commands import AskForCall
from storage.queries import Query


@dataclass(frozen=True, slots=True)
class Ring:
    """Who rings and how, before she says yes."""

    name: ClassVar[str] = "ring/ask"
    version: ClassVar[int] = 1

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """Nothing: her language stands where the worker will look."""
        return ()

    def screen(self, me: Me, facts: Facts) -> Screen:
        """What the call is, and for a child that the phone may be heard by others."""
        lines = ("call.how.child", "call.safe.child") if me.is_young else ("call.how.grown", "call.free.grown")
        yes = Choice("yes", Text("call.yes"), symbol="phone")
        return Screen(Text("call.title"), (Block(tuple(map(Text, lines)), symbol="phone"),), choices=(yes, BACK))

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Lay it before a worker. Asking twice is one wish."""
        match event:
            case Chose("yes"):
                return Turn(home(me), (AskForCall(me.case),), line=Text("call.kept"))
            case Chose("back"):
                return Turn(home(me))
            case Failed():
                return Turn(Go(self.name), line=Text("call.failed"))
            case _:
                return stay(event, Go(self.name))


STEPS = (Ring,)
