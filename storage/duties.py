"""Work rows: which duties a change opens or closes, decided purely; the codes say nothing to who reads the table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType

from storage.kinds import KINDS, told_in_person
from storage.projection import child_waits_for
from storage.records import Entry, EntryState, HoldKind, ReaderClass


class Duty(StrEnum):
    """What a worker must do. Values are opaque; `bot` has the words."""

    TELL_MOMENT = "a1"
    TELL = "a2"
    LOOK = "b1"
    LOOK_MISSED = "b2"
    LOOK_CLOSED = "b3"
    LOOK_CLOSED_LATE = "b4"
    QUESTION = "c1"
    ALARM = "c2"
    QUESTION_LATE = "c3"
    ALARM_LATE = "c4"
    DELIVERY = "d1"
    MEETING_ANSWER = "e1"
    INTEGRITY = "f1"
    INCIDENT = "g1"
    INCIDENT_LATE = "g2"
    GROWN_UP = "h1"
    GROWN_UP_LATE = "h2"
    PIN_LOCKED = "i1"
    INVITE_BURNT = "i2"
    UNSURE = "j1"
    WRONG = "q1"
    NOT_MINE = "q2"
    WRONG_ALARM = "q3"
    WRONG_ALARM_LATE = "q4"
    TURN_FAILED = "k1"
    BOT_REFUSED = "l1"
    SECOND_RELEASE = "p1"
    GLASS_BROKEN = "m1"
    GLASS_LATE = "m2"
    GUARDIAN_NO = "n1"
    GUARDIAN_NO_LATE = "n2"
    GUARDIAN_NO_OTHER = "n3"
    SEALED = "o1"
    RING = "r1"
    CONTACT_AGAIN = "v1"
    EXTRACT = "s1"
    COLLEAGUE_BACK = "t1"
    LOG_REVIEW = "u1"
    LOG_REVIEW_LATE = "u2"
    CARRIER_ASK = "x1"
    CARRIER_NONE = "x2"
    CARRIER_END = "x3"
    CARRIER_MONTH = "x4"
    CARRIER_WEEK = "x5"
    CARRIER_LATE = "x6"
    CULL_NEAR = "x7"
    MANY_CASES = "y1"
    BAIT = "y2"
    DAY_0 = "w1"
    DAY_1 = "w2"
    DAY_7 = "w3"
    DAY_30 = "w4"
    DAY_LATE = "w5"


# Known long before its day; until then no list shows it.
ASLEEP = frozenset({Duty.CONTACT_AGAIN, Duty.COLLEAGUE_BACK, Duty.LOG_REVIEW})

# Never a worker's own work: the row keeps a day from which others come (a month before, a week before, too late).
UNSEEN = frozenset({Duty.CARRIER_END})

# Rows that no deed closes by itself: somebody says that it has been seen to. No other is closed by its id.
CLOSED_BY_HAND = frozenset({
    Duty.DELIVERY, Duty.INTEGRITY, Duty.UNSURE, Duty.TURN_FAILED, Duty.MEETING_ANSWER,
    Duty.BOT_REFUSED, Duty.INVITE_BURNT, Duty.SEALED, Duty.RING, Duty.DAY_LATE, Duty.CULL_NEAR,
    Duty.MANY_CASES, Duty.BAIT,
})  # fmt: skip
TELL_DAYS = 7
INCIDENT_HOURS = 72
GLASS_REVIEW = timedelta(hours=72)


@dataclass(frozen=True, slots=True)
class Climb:
    """What the manager has when a duty was not done: as which duty, and how long after the first one's day."""

    late: Duty
    after: timedelta = timedelta(0)


# What was not done in time climbs; the late row goes with the deed that closes the first. A word of danger is due at
# once, and an hour is what a worker may need to see it; a guardian's no has the week of a considered decision; what
# was closed because a copy was put back is looked at within a day.
CLIMBS: Mapping[Duty, Climb] = MappingProxyType({
    Duty.QUESTION: Climb(Duty.QUESTION_LATE),
    Duty.ALARM: Climb(Duty.ALARM_LATE, timedelta(hours=1)),
    Duty.WRONG_ALARM: Climb(Duty.WRONG_ALARM_LATE, timedelta(hours=1)),
    Duty.GUARDIAN_NO: Climb(Duty.GUARDIAN_NO_LATE, timedelta(days=7)),
    Duty.GUARDIAN_NO_OTHER: Climb(Duty.GUARDIAN_NO_LATE, timedelta(days=7)),
    Duty.LOOK_CLOSED: Climb(Duty.LOOK_CLOSED_LATE, timedelta(days=1)),
    Duty.GLASS_BROKEN: Climb(Duty.GLASS_LATE),
    Duty.INCIDENT: Climb(Duty.INCIDENT_LATE),
})  # fmt: skip


def with_late(*duties: Duty) -> tuple[Duty, ...]:
    """Duties together with what each of them climbed to."""
    return (*duties, *(CLIMBS[duty].late for duty in duties if duty in CLIMBS))


@dataclass(frozen=True, slots=True)
class Open:
    """A duty that stands, and when it is due."""

    duty: Duty
    due_at: datetime


def of_entry(entry: Entry, child: str | None, now: datetime) -> tuple[Open, ...]:
    """The duties that stand for one entry as it is now: to tell her, to look again, to handle a take-back."""
    return tuple(_entry_duties(entry, child, now))


def _entry_duties(entry: Entry, child: str | None, now: datetime) -> Iterator[Open]:
    kind = KINDS[entry.kind]
    if entry.taken_back:
        yield Open(Duty.INCIDENT, now + timedelta(hours=INCIDENT_HOURS))
        return
    if entry.refused is not None:
        return
    told = any(line.person == child for line in entry.told)
    hers = ReaderClass.CHILD in entry.listeners and child is not None
    if (
        hers
        and not told
        and entry.state is EntryState.HAPPENED
        and child_waits_for(entry) is not HoldKind.INVESTIGATION
    ):
        if told_in_person(kind, entry.fields):
            yield Open(Duty.TELL_MOMENT, now)
        else:
            yield Open(Duty.TELL, now + timedelta(days=TELL_DAYS))
    hold = entry.hold
    if hold is not None and hold.kind is HoldKind.NOT_YET and not hold.lifted and hold.until is not None:
        yield Open(Duty.LOOK, datetime.combine(hold.until, time(8), tzinfo=now.tzinfo))
