"""The days after: what is said the same evening, the next day, a week and a month later, in keys; pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bot.story.keys import CHILDREN, tells
from bot.story.telling import PHONES
from bot.story.values import adult_slot
from bot.talk import Name, Slot, Text
from storage.kinds import KINDS, AfterDay
from storage.records import Afterwards, DaySaid, Listener


@dataclass(frozen=True, slots=True)
class Day:
    """One of the days after, as one listener gets it. `closing` names who answers now."""

    after: Afterwards
    day: int
    on: date
    headline: Text
    lines: tuple[Text, ...]
    closing: tuple[Text, ...] = ()


def days_come(after: Afterwards, listener: Listener, today: date) -> tuple[Day, ...]:
    """The days that have come, oldest first; one that lies ahead is nowhere."""
    there = (tell_day(after, one, listener) for one in KINDS[after.kind].after)
    return tuple(day for day in there if day.on <= today and day.lines)


def day_of(after: Afterwards, number: int, listener: Listener) -> Day | None:
    """One day by its number; None when this kind has no such day."""
    found = next((one for one in KINDS[after.kind].after if one.day == number), None)
    return tell_day(after, found, listener) if found is not None else None


def tell_day(after: Afterwards, one: AfterDay, listener: Listener) -> Day:
    """What is said on one day."""
    kind = KINDS[after.kind]
    headline, *lines = (line for line in one.lines if tells(kind, line, listener))
    stem = f"{kind.code}.{listener}"
    said: list[Text] = []
    for line in lines:
        slots: dict[str, Slot] = {}
        if line.needs:
            if after.who is None:
                continue
            slots = {name: adult_slot(after.who, listener) for name in line.needs}
        said.append(Text(f"{stem}.{line.part}", slots))
    on = after.on + timedelta(days=one.day)
    told = tuple(_told(after, one.day)) if listener in CHILDREN else ()
    return Day(after, one.day, on, Text(f"{stem}.{headline.part}"), (*said, *told), tuple(_closing(listener)))


def _told(after: Afterwards, day: int) -> Iterator[Text]:
    said: tuple[DaySaid, ...] = tuple(one for one in after.said if one.day == day)
    if said:
        yield Text("told.by", {"by": Name(said[-1].by), "on": said[-1].on})


def _closing(listener: Listener) -> Iterator[Text]:
    if listener in CHILDREN:
        yield Text(f"closing.{listener}.again")
    if listener in PHONES:
        yield Text(f"closing.{listener}.number", {"phone": Name(PHONES[listener])})


def said_aloud(day: Day, listener: Listener, by: str, again: date | None) -> tuple[Text, ...]:
    """The words of a day as a grown-up says them by telephone or face to face.

    Who it is and that she may say no come first, the day's own words then, and when somebody asks again last.
    `listener` is one of the four that are the child herself.
    """
    end = Text(f"offer.{listener}.next", {"on": again}) if again else Text(f"offer.{listener}.last")
    words = tuple(line for line in day.lines if line.key != "told.by")
    return (Text(f"offer.{listener}.hello", {"by": Name(by)}), *words, end)
