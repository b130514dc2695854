"""Who has read about me: when, who, and for what; newest first. And where what they read is kept, and how long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from bot.manners import BACK, home, refused, stay
from bot.talk import Block, Chose, Event, Facts, Go, Me, Name, Screen, Text, Turn
from storage.consent import Withheld
from storage.queries import Kept, Query, WhereKept, WhoRead
from storage.records import Listener, TieKind


@dataclass(frozen=True, slots=True)
class Visits:
    """The list."""

    name: ClassVar[str] = "who_read/list"
    version: ClassVar[int] = 1

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """The newest visits about her; and where it is kept, when it is a child's own log."""
        return (WhoRead(me.case), WhereKept(me.case)) if me.kind is TieKind.CHILD else (WhoRead(me.case),)

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
        blocks.extend(_kept(me, facts))
        blocks.append(Block(closing, tone="closing"))
        return Screen(Text("who_read.title"), tuple(blocks), choices=(BACK,))

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Home."""
        if isinstance(event, Chose) and event.value == "back":
            return Turn(home(me))
        return stay(event, Go(self.name))


def _kept(me: Me, facts: Facts) -> Iterator[Block]:
    """Where it is kept and how long; the youngest hear that it is kept, and that they may ask when they are big."""
    kept = facts[WhereKept(me.case)] if me.kind is TieKind.CHILD else None
    if not isinstance(kept, Kept):
        return
    heading = Text("kept.title")
    if me.listener is Listener.UNDER_7:
        yield Block((Text("kept.where.u7"),), heading=heading)
        return
    lines = [Text(f"kept.where.{kept.where}.{me.listener}")]
    if kept.thirty and kept.until is not None:
        lines.append(Text(f"kept.long.thirty.{me.listener}"))
    elif kept.until is not None:
        lines.append(Text(f"kept.long.until.{me.listener}", {"on": kept.until}))
    yield Block(tuple(lines), heading=heading)


STEPS = (Visits,)
