"""Afterwards: what can be good to know on the days after an interview, an examination or a trial; she looks or not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from bot.manners import BACK, refused, stay
from bot.story.afterwards import Day, day_of, days_come
from bot.story.keys import CHILDREN
from bot.story.words import explained, words_of
from bot.talk import Block, Choice, Chose, Event, Facts, Go, Me, Screen, Text, Turn
from storage.consent import Withheld
from storage.kinds import KINDS
from storage.queries import DaysAfter, Query

_MOST = 20
_GONE = Screen(Text("after.title"), (Block((Text("after.gone"),)),), choices=(BACK,))


def _come(me: Me, facts: Facts) -> tuple[Day, ...]:
    """Every day that has come, the newest first: it is the one she comes for."""
    found = facts[DaysAfter(me.case)]
    if isinstance(found, Withheld):
        return ()
    days = (day for one in found for day in days_come(one, me.listener, me.now.date()))
    return tuple(sorted(days, key=lambda day: day.on, reverse=True))[:_MOST]


def _value(day: Day) -> str:
    return f"{day.day}-{day.after.entry}"


@dataclass(frozen=True, slots=True)
class Days:
    """The days that have come, one row each."""

    name: ClassVar[str] = "after/list"
    version: ClassVar[int] = 1

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """The events after which there is something to say, as her key opens them."""
        return (DaysAfter(me.case),)

    def screen(self, me: Me, facts: Facts) -> Screen:
        """A row for each day."""
        found = facts[DaysAfter(me.case)]
        if isinstance(found, Withheld):
            return refused(me, found)
        days = _come(me, facts)
        if not days:
            return _GONE
        tone = "child" if me.listener in CHILDREN else "about"
        rows = tuple(Choice(_value(day), _row(day, me)) for day in days)
        return Screen(Text("after.title"), (Block((Text(f"after.lead.{tone}"),)),), rows=rows, choices=(BACK,))

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Open a day, or go home."""
        days = {_value(day): day for day in _come(me, facts)}
        match event:
            case Chose("back"):
                return Turn(Go("my_way/home"))
            case Chose(value) if value in days:
                return Turn(Go("after/one", {"entry": days[value].after.entry, "day": days[value].day}))
            case _:
                return stay(event, Go(self.name))


def _row(day: Day, me: Me) -> Text:
    if me.lacks_signed(day.after.kind):
        # Nobody has signed its words in her language, and its headline is one of them.
        return Text("way.row.unsigned", {"on": day.on})
    return Text("way.row.happened", {"headline": day.headline, "on": day.on})


@dataclass(frozen=True, slots=True)
class One:
    """What is said on one day."""

    name: ClassVar[str] = "after/one"
    version: ClassVar[int] = 1
    entry: str = ""
    day: int = 0

    def needs(self, me: Me) -> tuple[Query[Any], ...]:
        """The events as her key opens them; the day is one of theirs."""
        return (DaysAfter(me.case),)

    def screen(self, me: Me, facts: Facts) -> Screen:
        """The day's words, a line each, and who answers now."""
        found = facts[DaysAfter(me.case)]
        if isinstance(found, Withheld):
            return refused(me, found)
        day = self._day(me, facts)
        if day is None:
            return _GONE
        if me.lacks_signed(day.after.kind):
            told = Block((Text("card.unsigned"), Text("card.unsigned_ask")), symbol="hands", tone="pause")
            return Screen(Text("card.unsigned_title"), (told,), choices=(*_ask(me), BACK))
        past = (Text("when.happened", {"on": day.on}),) if day.on < me.now.date() else ()
        symbol = KINDS[day.after.kind].symbol
        when = Block(past, symbol=symbol, entry=self.entry, kind=day.after.kind, tone="when")
        lines = tuple(Block((line,)) for line in day.lines)
        closing = (Block(day.closing, tone="closing"),) if day.closing else ()
        words = explained(words_of((day.headline, *day.lines)), me.listener)
        return Screen(day.headline, (when, *lines, *closing), choices=(*_ask(me), BACK), words=words)

    def on(self, me: Me, event: Event, facts: Facts) -> Turn:
        """Ask about it, or back to the list."""
        match event:
            case Chose("back"):
                return Turn(Go("after/list"))
            case Chose("ask") if me.listener in CHILDREN:
                return Turn(Go("say/write", {"about": self.entry}))
            case _:
                return stay(event, Go(self.name, {"entry": self.entry, "day": self.day}))

    def _day(self, me: Me, facts: Facts) -> Day | None:
        come = {_value(day) for day in _come(me, facts)}
        found = facts[DaysAfter(me.case)]
        events = () if isinstance(found, Withheld) else found
        days = (day_of(one, self.day, me.listener) for one in events if one.entry == self.entry)
        return next((day for day in days if day is not None and _value(day) in come), None)


def _ask(me: Me) -> tuple[Choice, ...]:
    return (Choice("ask", Text("card.ask")),) if me.listener in CHILDREN else ()


STEPS = (Days, One)
