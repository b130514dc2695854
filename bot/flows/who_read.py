"""Who has read about me: when, who, and for what; newest first. And where what they read is kept, and how long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from bot.manners import BACK, home, refused, stay
from bot.talk import Block, Choice, Chose, Event, Facts, Go, Me, Name, Screen, Text, Turn
from storage.consent import Withheld
from storage.queries import Kept, Query, WhereKept, WhoRead
from storage.records import Listener, TieKind

SOON = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Visits:
    """The list."""

    name: ClassVar[str] = "who_read/list"
    version: ClassVar[int] = 1
    start: int = 0

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """The newest visits about her; and where it is kept, when it is a child's own log."""
        read = WhoRead(me.case, self.start)
        return (read, WhereKept(me.case)) if me.kind is TieKind.CHILD else (read,)

    def screen(self, me: Me, facts: Facts) -> Screen:
        """One line for each reader, day and purpose."""
        read = facts[WhoRead(me.case, self.start)]
        if isinstance(read, Withheld):
            return refused(me, read)
        lines = tuple(
            Text(
                "who_read.line",
                {"who": Name(visit.who), "on": visit.at.date(), "why": Text(f"purpose.{visit.purpose}")},
            )
            for visit in read.visits
        )
        blocks = [Block((Text("who_read.lead"),), symbol="eye")]
        if lines or (read.then is None and not self.start):
            blocks.append(Block(lines or (Text("who_read.none"),)))
        more = (Choice("more", Text("face.more")),) if read.then is not None else ()
        closing = (Text("who_read.parents"), Text("who_read.wrong")) if me.is_young else (Text("who_read.wrong"),)
        blocks.extend(_kept(me, facts))
        blocks.append(Block(closing, tone="closing"))
        return Screen(Text("who_read.title"), tuple(blocks), choices=(*more, *_copy(me, facts), BACK))

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Further back in time, home, or to the copy she can keep; from further back to the newest."""
        read = facts[WhoRead(me.case, self.start)]
        if event == Chose("more") and not isinstance(read, Withheld) and read.then is not None:
            return Turn(Go(self.name, {"start": read.then}))
        if event == Chose("copy") and _copy(me, facts):
            return Turn(Go("my_way/copy"))
        if isinstance(event, Chose) and event.value == "back":
            return Turn(Go(self.name) if self.start else home(me))
        return stay(event, Go(self.name, {"start": self.start}))


def _copy(me: Me, facts: Facts) -> tuple[Choice, ...]:
    """What a grown-up can do while it is there: take a copy."""
    kept = facts[WhereKept(me.case)] if me.kind is TieKind.CHILD and me.listener is Listener.GROWN else None
    return (Choice("copy", Text("home.row.copy")),) if isinstance(kept, Kept) and _ends_soon(kept, me) else ()


def _kept(me: Me, facts: Facts) -> Iterator[Block]:
    """Where it is kept and how long; the youngest hear that it is kept, and that they may ask when they are big."""
    kept = facts[WhereKept(me.case)] if me.kind is TieKind.CHILD else None
    if not isinstance(kept, Kept):
        return
    heading = Text("kept.title")
    if me.listener is Listener.UNDER_7:
        soon = (Text("ends.soon.u7", {"on": kept.until}),) if kept.until and _ends_soon(kept, me) else ()
        yield Block((Text("kept.where.u7"), *soon), heading=heading)
        return
    lines = [Text(f"kept.where.{kept.where}.{me.listener}")]
    if _ends_soon(kept, me):
        lines.append(Text(f"ends.soon.{me.listener}", {"on": kept.until or me.now.date()}))
    elif kept.thirty and kept.until is not None:
        lines.append(Text(f"kept.long.thirty.{me.listener}"))
    elif kept.until is not None:
        lines.append(Text(f"kept.long.until.{me.listener}", {"on": kept.until}))
    yield Block(tuple(lines), heading=heading)


def _ends_soon(kept: Kept, me: Me) -> bool:
    """Whether it is culled within a year, so that there is time to take a copy."""
    return kept.until is not None and kept.until <= me.now.date() + SOON


STEPS = (Visits,)
