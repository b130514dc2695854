"""A child's planned days as a guardian is told of them: each opened by a worker to one tie, from the start none; pure.

A guardian who is suspected must not be warned by a reminder, so that a day is told of is decided for each day and each
guardian by itself (req. 45, policy P69). What she is told is the day, and whether it still stands.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from storage.projection import child_waits_for
from storage.records import Entry, EntryState, PlannedVisit, TieId
from storage.reminders import SafeHours, reminder_times
from storage.rules import Blocked, StatusSet, VisitOpened
from storage.standing import Standing

STOCKHOLM = ZoneInfo("Europe/Stockholm")
# An entry has a day and no clock time; its reminders are counted from noon, and are over with the day.
NOON = time(12)
_AHEAD = frozenset({EntryState.PLANNED, EntryState.MOVED, EntryState.CANCELLED})


def visit_of(entry: Entry) -> PlannedVisit | None:
    """What a guardian may be told of an entry's day; None: it does not lie ahead, or something of it waits."""
    if entry.state not in _AHEAD or entry.on is None or entry.taken_back or child_waits_for(entry) is not None:
        return None
    return PlannedVisit(entry.id, entry.on, entry.state is EntryState.CANCELLED)


def visit_record(entry: str, tie: str) -> str:
    """The id of what one guardian is told of one entry; nobody sees by it that two are about the same."""
    return sha256(f"visit|{entry}|{tie}".encode()).hexdigest()[:32]


def told_of(standing: Standing, entry: str) -> frozenset[TieId]:
    """The guardians' ties to which this entry's day is open; a change of status or a block closes it."""
    ties: set[TieId] = set()
    for recorded in standing.rules:
        match recorded.rule:
            case VisitOpened(entry=of, tie=tie, opened=opened) if of == entry:
                ties = ties | {tie} if opened else ties - {tie}
            case StatusSet(tie=tie) | Blocked(tie=tie):
                ties.discard(tie)
            case _:
                pass
    return frozenset(ties)


def once_told_of(standing: Standing, entry: str) -> frozenset[TieId]:
    """Every tie to which this entry's day was ever open."""
    rules = (one.rule for one in standing.rules)
    return frozenset(rule.tie for rule in rules if isinstance(rule, VisitOpened) and rule.entry == entry)


def is_told(standing: Standing, person: str, record: str) -> bool:
    """Whether the day that lies under this record is open to this person now."""
    entries = {one.rule.entry for one in standing.rules if isinstance(one.rule, VisitOpened)}
    ties = {tie.tie for tie in standing.tied(person)}
    return any(visit_record(of, tie) == record for of in entries for tie in ties & told_of(standing, of))


def reminded_at(visit: PlannedVisit, now: datetime, hours: SafeHours) -> tuple[datetime, ...]:
    """When a guardian is reminded of a day that is ahead."""
    starts = datetime.combine(visit.on, NOON, tzinfo=STOCKHOLM)
    return () if visit.cancelled else reminder_times(starts, STOCKHOLM.key, now, hours)


def over_at(visit: PlannedVisit) -> datetime:
    """When the day is over, after which nothing is sent about it."""
    return datetime.combine(visit.on + timedelta(days=1), time(), tzinfo=STOCKHOLM)
