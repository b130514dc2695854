"""Who has read about me: when, who, and for what; newest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from bot.manners import BACK, home, refused, stay
from bot.talk import Block, Chose, Event, Facts, Go, Me, Name, Screen, Text, Turn
from storage.consent import Withheld
from storage.queries import Query, WhoRead


@dataclass(frozen=True, slots=True)
class Visits:
    """The list."""

    name: ClassVar[str] = "who_read/list"
    version: ClassVar[int] = 1

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """The newest visits about her."""
        return (WhoRead(me.case),)

    def screen(self, me: Me, facts: Facts) -> Screen:
        """One line for each reader, day and purpose."""
        visits = facts[WhoRead(me.case)]
        if isinstance(visits, Withheld):
            return refused(me, visits)
        lines = tuple(
            Text(
                "who_read.line",
                {"who": Name(visit.who), "on": visit.at.date(), "why": Text(f"purpose.{visit.purpose}")},
            )
            for visit in visits
        )
        blocks = [Block((Text("who_read.lead"),), symbol="eye")]
        blocks.append(Block(lines or (Text("who_read.none"),)))
        closing = (Text("who_read.parents"), Text("who_read.wrong")) if me.is_young else (Text("who_read.wrong"),)
        blocks.append(Block(closing, tone="closing"))
        return Screen(Text("who_read.title"), tuple(blocks), choices=(BACK,))

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Home."""
        if isinstance(event, Chose) and event.value == "back":
            return Turn(home(me))
        return stay(event, Go(self.name))


STEPS = (Visits,)
