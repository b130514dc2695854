"""Who gets an entry: released on a ground, by two when it is heavy and for somebody else, or refused on a ground."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace as changed

from storage._chain import add_rule
from storage._desk import Deed, Desk, Done
from storage._duty_rows import close_duties, open_duty
from storage._entry_parts import STAFF_ONLY, change_entry
from storage._one_person import has_said_so_too
from storage._shelf import take_one
from storage.commands import RefuseEntry, ReleaseEntry
from storage.consent import Grant, Reason, Withheld, is_of_age
from storage.duties import Duty
from storage.kinds import KINDS, readers_of
from storage.records import Entry, Leave, ReaderClass, Refusal, Release
from storage.rules import Proposed, Refused, Released
from storage.second_reading import takes_two


def _release_entry(desk: Desk, grant: Grant, deed: ReleaseEntry) -> Done | Withheld:
    """The first of two is written down and waits; the second, somebody else, lets it be sealed for the reader."""
    part = take_one(desk.tx, grant, deed.entry, "entry", compartments=STAFF_ONLY)
    if part is None:
        return Withheld(Reason.NOT_FOUND)
    entry, wanted = part.payload, deed.release
    if wanted.leave is Leave.NONE or wanted.to not in readers_of(KINDS[entry.kind]):
        # A kind that has no such reader: the entry could never be written again.
        return Withheld(Reason.INVALID)
    if any((r.to, r.tie) == (wanted.to, wanted.tie) and r.leave in (Leave.WHOLE, wanted.leave) for r in entry.releases):
        # What is released whole is taken back whole; who met and when may become the whole.
        return Done(fresh=False)
    if takes_two(entry, wanted.to):
        by = desk.known(deed.case).proposed(deed.entry, wanted.to, wanted.tie)
        if desk.actor.id in by or has_said_so_too(desk.tx, desk.actor.id, by):
            return Withheld(Reason.NEEDS_SECOND)
        if not by:
            return _propose(desk, grant, deed)
        if deed.seen is not None and deed.seen != entry.version:
            return Withheld(Reason.CONFLICT)
        wanted = changed(wanted, approves=_first(entry, wanted), leave=_agreed(entry, wanted))
    done = change_entry(desk, grant, deed.case, deed.entry, lambda entry: _released(entry, wanted))
    if isinstance(done, Withheld):
        return done
    add_rule(desk.tx, deed.case, Released(deed.entry, wanted.to, desk.actor.id, wanted.ground, tie=wanted.tie))
    if not _waiting(entry, wanted):
        close_duties(desk.tx, deed.case, deed.entry, Duty.SECOND_RELEASE)
    return Done(rules_changed=True)


def _propose(desk: Desk, grant: Grant, deed: ReleaseEntry) -> Done | Withheld:
    wanted = deed.release
    waits = change_entry(
        desk, grant, deed.case, deed.entry, lambda entry: changed(entry, proposed=(*entry.proposed, wanted))
    )
    if isinstance(waits, Withheld):
        return waits
    add_rule(desk.tx, deed.case, Proposed(deed.entry, wanted.to, desk.actor.id, wanted.ground, tie=wanted.tie))
    open_duty(desk.tx, desk.known(deed.case).unit, deed.case, Duty.SECOND_RELEASE, deed.entry, desk.tx.now)
    return Done(rules_changed=True)


def _first(entry: Entry, wanted: Release) -> str | None:
    same = [one.by for one in entry.proposed if (one.to, one.tie) == (wanted.to, wanted.tie)]
    return same[-1] if same else None


def _agreed(entry: Entry, wanted: Release) -> Leave:
    """No more than both have said."""
    said = [one.leave for one in entry.proposed if (one.to, one.tie) == (wanted.to, wanted.tie)]
    return Leave.FACTS if Leave.FACTS in (wanted.leave, *said[-1:]) else wanted.leave


def _released(entry: Entry, release: Release) -> Entry:
    listeners = entry.listeners if release.to in entry.listeners else (*entry.listeners, release.to)
    refused = None if release.to is ReaderClass.CHILD else entry.refused
    waits = _waiting(entry, release)
    before = tuple(one for one in entry.releases if (one.to, one.tie) != (release.to, release.tie))
    releases = (*before, release)
    return changed(entry, releases=releases, listeners=listeners, refused=refused, proposed=waits)


def _waiting(entry: Entry, release: Release) -> tuple[Release, ...]:
    """What waits for a second person when this release does no more."""
    return tuple(one for one in entry.proposed if (one.to, one.tie) != (release.to, release.tie))


def _refuse_entry(desk: Desk, grant: Grant, deed: RefuseEntry) -> Done | Withheld:
    """Only a grown-up is refused with a ground and a way to appeal; a child is told when it can be told."""
    if not is_of_age(desk.known(deed.case).born, desk.tx.now.date()):
        return Withheld(Reason.INVALID)

    def refuse(entry: Entry) -> Entry | Withheld:
        if entry.taken_back or any(release.to is ReaderClass.CHILD for release in entry.releases):
            return Withheld(Reason.CONFLICT)
        return changed(entry, refused=Refusal(desk.actor.label, deed.ground, desk.tx.now.date()))

    done = change_entry(desk, grant, deed.case, deed.entry, refuse)
    if isinstance(done, Withheld) or not done.fresh:
        return done
    add_rule(desk.tx, deed.case, Refused(deed.entry, desk.actor.id, deed.ground))
    return Done(rules_changed=True)


RELEASE_DEEDS: Mapping[type, Deed] = {ReleaseEntry: _release_entry, RefuseEntry: _refuse_entry}
