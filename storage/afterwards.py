"""The days after an event: which of them a grown-up owes a child, and what waits until the way home is told; pure.

After the police interview somebody asks her how she is the same evening, the day after, a week and a month later
(req. 11, 001:523); it is offered, never demanded. The home after the interview is one of the four moments that are
told face to face (req. 12): until that is recorded, nothing of these days is in any reader's part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from storage.duties import Duty, Open
from storage.kinds import KINDS
from storage.projection import PartOf, child_waits_for
from storage.records import (
    CHILD_PART,
    Afterwards,
    DaySaid,
    Entry,
    EntryState,
    EntryView,
    HoldKind,
    PersonId,
    ReaderClass,
)

STOCKHOLM = ZoneInfo("Europe/Stockholm")
MORNING, EVENING = time(8), time(16)
# The journey is the moment "home after the interview".
HOME = "transport"
DAYS: Mapping[int, Duty] = MappingProxyType({0: Duty.DAY_0, 1: Duty.DAY_1, 7: Duty.DAY_7, 30: Duty.DAY_30})
# How long the words of a day can still be said; after that the next day's are the right ones.
LASTS: Mapping[Duty, timedelta] = MappingProxyType({
    Duty.DAY_0: timedelta(days=2), Duty.DAY_1: timedelta(days=6), Duty.DAY_7: timedelta(days=21),
    Duty.DAY_30: timedelta(days=30),
})  # fmt: skip
DAY_DUTIES = (*LASTS, Duty.DAY_LATE)
NOT_NOW = "declined"
_SATURDAY = 5


def days_of(kind: str) -> tuple[int, ...]:
    """The days on which a grown-up owes her a word after an event of this kind; the evening alone is no such series."""
    days = tuple(one.day for one in KINDS[kind].after)
    return days if len(days) > 1 else ()


def due_at(on: date, day: int) -> datetime:
    """When the word of a day falls due: in the morning; what falls on a weekend is said on Monday, but for the day
    itself.
    """
    due = on + timedelta(days=day)
    if day and due.weekday() >= _SATURDAY:
        due += timedelta(days=7 - due.weekday())
    return datetime.combine(due, MORNING, tzinfo=STOCKHOLM)


def is_late(duty: Duty, due: datetime, now: datetime) -> bool:
    """Whether nobody said it in time: by four o'clock, and after an interview before the next morning."""
    if duty is Duty.DAY_0:
        return now >= due + timedelta(days=1)
    return now >= datetime.combine(due.astimezone(STOCKHOLM).date(), EVENING, tzinfo=STOCKHOLM)


def owed(entry: Entry, child: str | None, now: datetime) -> tuple[Open, ...]:
    """The words that stand to be said after an event, also after one that still lies ahead.

    One that was moved is counted from its new day, and one that was cancelled or taken back owes nothing.
    """
    return tuple(_owed(entry, child, now))


def _owed(entry: Entry, child: str | None, now: datetime) -> Iterator[Open]:
    ended = entry.taken_back or entry.refused is not None or entry.state is EntryState.CANCELLED
    if ended or entry.on is None or child is None or ReaderClass.CHILD not in entry.listeners:
        return
    said = {one.day for one in entry.days if one.told.person == child}
    for day in days_of(entry.kind):
        due, duty = due_at(entry.on, day), DAYS[day]
        if day not in said and now < due + LASTS[duty]:
            yield Open(duty, due)


def way_home_untold(event: Entry, entries: tuple[Entry, ...], child: str | None) -> bool:
    """Whether the journey of that day still waits to be told her face to face, or rests under another hold."""
    return any(_untold(one, child) for one in entries if _of_that_day(one, event))


def _of_that_day(one: Entry, event: Entry) -> bool:
    if one.kind != HOME or one.taken_back or one.state is EntryState.CANCELLED or event.on is None:
        return False
    hers = ReaderClass.CHILD in one.listeners
    return hers and (one.on is None or one.on in (event.on, event.on + timedelta(days=1)))


def _untold(one: Entry, child: str | None) -> bool:
    told = any(line.person == child for line in one.told)
    return not told or child_waits_for(one) in (HoldKind.INVESTIGATION, HoldKind.NOT_YET)


def after_parts(entry: Entry, views: tuple[PartOf, ...], child: PersonId | None) -> tuple[PartOf, ...]:
    """What of the days each reader's key opens: one part beside each view, none while the event lies ahead.

    `views` are the parts of the entry itself. Whether she was told something is hers and her lawyer's to see.
    """
    if not KINDS[entry.kind].after or entry.state is not EntryState.HAPPENED or entry.on is None:
        return ()
    heard = tuple(
        DaySaid(one.day, one.told.by, one.told.on)
        for one in entry.days
        if one.told.person == child and one.told.understood != NOT_NOW
    )
    return tuple(_part(entry, entry.on, part, heard) for part in views if isinstance(part.payload, EntryView))


def _part(entry: Entry, on: date, part: PartOf, heard: tuple[DaySaid, ...]) -> PartOf:
    view = part.payload
    who = view.people.get(str(view.fields.get("contact_after"))) if isinstance(view, EntryView) else None
    said = heard if part.compartment == CHILD_PART else ()
    return PartOf(part.compartment, "after", Afterwards(entry.id, entry.kind, on, who, said), on.isoformat())


def after_record(entry: str) -> str:
    """The record under which the days after an entry lie."""
    return f"{entry}.after"
