"""What is said on the days after an event, by a grown-up to the child: written down as it was offered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace as changed
from datetime import timedelta

from storage._desk import Deed, Desk, Done
from storage._duty_rows import open_duty
from storage._entry_parts import all_entries, change_entry
from storage.afterwards import days_of, way_home_untold
from storage.commands import RecordDay
from storage.consent import Grant, Reason, Withheld
from storage.duties import Duty
from storage.projection import child_of
from storage.records import DayTold, Entry, EntryState

# How she took it, where that leaves something to do.
ASKS_MORE = frozenset({"unsure", "wants_to_talk"})


def _record_day(desk: Desk, grant: Grant, deed: RecordDay) -> Done | Withheld:
    """The words of one day were offered: not before that day, and never before the way home is told face to face."""
    standing = desk.known(deed.case)
    child, entries = child_of(standing.ties()), all_entries(desk, grant)

    def add(entry: Entry) -> Entry | Withheld:
        if deed.told.person != child or not _has_come(entry, deed):
            return Withheld(Reason.INVALID)
        if way_home_untold(entry, entries, child):
            return Withheld(Reason.UNTOLD)
        said = DayTold(deed.day, deed.told)
        return entry if said in entry.days else changed(entry, days=(*entry.days, said))

    done = change_entry(desk, grant, deed.case, deed.entry, add)
    if isinstance(done, Done) and done.fresh and deed.told.understood in ASKS_MORE:
        open_duty(desk.tx, standing.unit, deed.case, Duty.UNSURE, deed.told.person, desk.tx.now)
    return done


def _has_come(entry: Entry, deed: RecordDay) -> bool:
    if entry.taken_back or entry.state is not EntryState.HAPPENED or entry.on is None:
        return False
    return deed.day in days_of(entry.kind) and deed.told.on >= entry.on + timedelta(days=deed.day)


AFTER_DEEDS: Mapping[type, Deed] = {RecordDay: _record_day}
