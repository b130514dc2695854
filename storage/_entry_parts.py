"""The parts of an entry kept equal to what it is: projected anew when it, an adult or a rule of the case changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace as changed
from typing import Any

from storage._aside import stay_aside
from storage._chain import add_rule
from storage._closing import readers_parts, tell_closed
from storage._desk import Desk, Done
from storage._duty_rows import keep_entry_duties, open_duty
from storage._shelf import drop, places, put, replace, settle, take, take_one
from storage._visiting import keep_visits
from storage.afterwards import HOME, after_parts, after_record, way_home_untold
from storage.consent import Grant, Reason, Withheld
from storage.duties import Duty
from storage.kinds import KINDS
from storage.projection import PartOf, Spared, child_of, project, without_place
from storage.records import (
    CHILD_PART,
    STAFF_PART,
    Adult,
    CaseId,
    Entry,
    EntryView,
    Release,
)
from storage.rules import Proposed, ReleaseEnded
from storage.second_reading import Changed, waiting_anew
from storage.standing import Standing
from storage.visits import once_told_of

# The yes of somebody whom an entry tells about, that it may be told (policy P57).
BE_NAMED = "be_named"
STAFF_ONLY = frozenset({STAFF_PART})


def change_entry(desk: Desk, grant: Grant, case: str, ref: str, change: Any) -> Done | Withheld:
    """Change one entry whole and project it anew."""
    old = take_one(desk.tx, grant, ref, "entry", compartments=STAFF_ONLY)
    if old is None:
        return Withheld(Reason.NOT_FOUND)
    new = change(old.payload)
    if isinstance(new, Withheld):
        return new
    if new == old.payload:
        return Done(fresh=False)
    adults, before = adults_of(desk, grant), desk.known(case)
    entry = ask_anew(desk, before, Changed(old.payload, changed(new, version=old.payload.version + 1), adults))
    keep_entry(desk, grant, entry, adults)
    # A day that was open to a guardian may have been shut by it.
    return Done(rules_changed=entry.proposed != old.payload.proposed or bool(once_told_of(before, entry.id)))


def ask_anew(desk: Desk, standing: Standing, change: Changed, *, carried: bool = False) -> Entry:
    """The entry as it may be kept: what two have let go waits for a second person when its text is another.

    Who changed it is the first of the two.
    """
    waits = waiting_anew(change, standing.ties(), carried=carried)
    if not waits:
        return change.new
    entry, today = change.new, desk.tx.now.date()
    for one in waits:
        add_rule(
            desk.tx, standing.subject, Proposed(entry.id, one.to, desk.actor.id, one.ground, tie=one.tie, anew=True)
        )
    open_duty(desk.tx, standing.unit, standing.subject, Duty.SECOND_RELEASE, entry.id, desk.tx.now)
    again = {(one.to, one.tie): changed(one, by=desk.actor.label, on=today) for one in waits}
    waiting = changed(
        entry,
        releases=tuple(one for one in entry.releases if (one.to, one.tie) not in again),
        proposed=(*(one for one in entry.proposed if (one.to, one.tie) not in again), *again.values()),
    )
    note_ended(desk, standing.subject, entry.releases, waiting)
    return waiting


def note_ended(desk: Desk, case: str, stood: Sequence[Release], entry: Entry) -> None:
    """Keep in the rules what lay open and does not in this text."""
    left = {(one.to, one.tie) for one in entry.releases}
    for one in stood:
        if (one.to, one.tie) not in left:
            add_rule(desk.tx, case, ReleaseEnded(entry.id, one.to, desk.actor.id, one.tie))


def keep_entry(desk: Desk, grant: Grant, entry: Entry, adults: Mapping[str, Adult]) -> None:
    """Make the parts of an entry equal to its projection, and its work rows equal to its duties.

    Where it is the way home, the parts of that day's events follow: nothing of their days shows before it is told.
    """
    kind = KINDS[entry.kind]
    others = all_entries(desk, grant) if kind.after or entry.kind == HOME else ()
    _keep_one(desk, grant, entry, adults, others)
    if entry.kind == HOME:
        others = all_entries(desk, grant)
        for event in others:
            if KINDS[event.kind].after:
                _keep_one(desk, grant, event, adults, others)


def all_entries(desk: Desk, grant: Grant) -> tuple[Entry, ...]:
    """The case's entries, whole."""
    return tuple(part.payload for part in take(desk.tx, grant, "entry", compartments=STAFF_ONLY, limit=1000))


def _keep_one(desk: Desk, grant: Grant, entry: Entry, adults: Mapping[str, Adult], others: tuple[Entry, ...]) -> None:
    case = grant.subject
    standing = desk.known(case)
    ties, child = standing.ties(), child_of(standing.ties())
    waits = bool(KINDS[entry.kind].after) and way_home_untold(entry, others, child)
    parts = project(entry, adults, ties, changed(spared_in(standing), days=waits))
    if CHILD_PART in places(desk.tx, entry.id):
        parts = tuple(stay_aside(desk, grant, entry, {part.compartment: part for part in parts}).values())
    before = readers_parts(desk.tx, grant, entry.id)
    gone = settle(desk.tx, case, entry.id, parts)
    tell_closed(desk.tx, case, entry, before, parts)
    if KINDS[entry.kind].after:
        settle(desk.tx, case, after_record(entry.id), () if waits else after_parts(entry, parts, child))
    for part in parts:
        _show_adults(desk, case, part)
    for compartment in gone:
        _hide_adults(desk, grant, compartment)
    keep_entry_duties(desk.tx, standing.unit, case, entry, child)
    keep_visits(desk.tx, standing, entry)


def spared_in(standing: Standing) -> Spared:
    """Whom a reader's part of this case must spare as the rules stand."""
    allowed = frozenset(yes.by for yes in standing.consents() if yes.scope == BE_NAMED)
    return Spared(allowed, standing.protected())


def project_anew(desk: Desk, grant: Grant, case: CaseId, about: str | None) -> None:
    """Seal every reader's part again of the entries that tell about somebody, or of all."""
    adults = adults_of(desk, grant)
    for part in take(desk.tx, grant, "entry", compartments=STAFF_ONLY, limit=1000):
        if about is None or about in part.payload.about:
            keep_entry(desk, grant, part.payload, adults)


def spare_adults_anew(desk: Desk, grant: Grant, case: CaseId) -> None:
    """Protection was laid or lifted: the grown-ups stand in each reader's list as it is now."""
    for adult in adults_of(desk, grant).values():
        change_adult(desk, case, adult)


def _show_adults(desk: Desk, case: str, part: PartOf) -> None:
    """A grown-up stands in a reader's list once a text that this reader may read has named her."""
    if not isinstance(part.payload, EntryView):
        return
    for adult in part.payload.people.values():
        if part.compartment not in places(desk.tx, adult.id):
            put(desk.tx, case, part.compartment, "adult", adult.id, adult)


def _hide_adults(desk: Desk, grant: Grant, compartment: str) -> None:
    """And leaves the list again when no text of this reader names her any more, as after a take-back."""
    taken = take(desk.tx, grant, "view", "adult", compartments=frozenset({compartment}), limit=1000)
    named = {ref for part in taken if part.name == "view" for ref in part.payload.people}
    for part in taken:
        if part.name == "adult" and part.record not in named:
            drop(desk.tx, part.record, compartment)


def adults_of(desk: Desk, grant: Grant) -> dict[str, Adult]:
    return {part.record: part.payload for part in take(desk.tx, grant, "adult", compartments=STAFF_ONLY)}


def change_adult(desk: Desk, case: str, adult: Adult) -> None:
    """Everywhere she stands; without telephone and office for other readers of somebody under protection."""
    protected = desk.known(case).protected()
    for compartment, version in places(desk.tx, adult.id).items():
        spare = protected and compartment not in (STAFF_PART, CHILD_PART)
        there = without_place(adult) if spare else adult
        replace(desk.tx, case, compartment, "adult", adult.id, there, was=version)
