"""Planned days as they are kept for guardians: sealed under the tie's own key, reminded of, and gone at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, select

from storage import _tables as t
from storage._chain import add_rule, standing_of
from storage._desk import Deed, Desk, Done
from storage._outbox_rows import SUPERSEDE, Push, queue_push
from storage._reminding import reminders_wanted, safe_hours, take_away
from storage._rule_ties import guardian_shut
from storage._shelf import drop, put, replace, take, take_one
from storage._sql import Tx
from storage.commands import TellOfVisit
from storage.consent import Grant, Reason, Withheld
from storage.records import STAFF_PART, Entry, PlannedVisit, TieKind, guardian_part
from storage.reminders import next_safe
from storage.rules import Tied, VisitOpened
from storage.standing import Standing
from storage.visits import (
    STOCKHOLM,
    once_told_of,
    over_at,
    reminded_at,
    told_of,
    visit_of,
    visit_record,
)

STAFF_ONLY = frozenset({STAFF_PART})
_ALL_VERSIONS = 1 << 30
_LIES = select(t.part.c.version, t.part.c.day).where(
    t.part.c.record == bindparam("of"), t.part.c.compartment == bindparam("at")
)


def _tell_of_visit(desk: Desk, grant: Grant, deed: TellOfVisit) -> Done | Withheld:
    """Open or close one day to one guardian; closing it needs nothing but the wish to."""
    standing = desk.known(deed.case)
    tie = next((tie for tie in standing.ties() if tie.tie == deed.tie and tie.kind is TieKind.GUARDIAN), None)
    part = take_one(desk.tx, grant, deed.entry, "entry", compartments=STAFF_ONLY)
    if tie is None or part is None:
        return Withheld(Reason.NOT_FOUND)
    if deed.told and (no := guardian_shut(tie.person, standing)) is not None:
        return Withheld(no)
    if deed.told and visit_of(part.payload) is None:
        return Withheld(Reason.INVALID)
    if (deed.tie in told_of(standing, deed.entry)) is deed.told:
        return Done(fresh=False)
    add_rule(desk.tx, deed.case, VisitOpened(deed.entry, deed.tie, desk.actor.id, deed.told))
    fresh = standing_of(desk.tx, deed.case, lock=False)
    if fresh is not None:
        keep_visits(desk.tx, fresh, part.payload)
    return Done(rules_changed=True)


def keep_visits(tx: Tx, standing: Standing, entry: Entry) -> None:
    """Make what each guardian has of an entry's day equal to what she is told of it now.

    A day that something of the child's shuts stays shut until a worker opens it anew: were it to come back by itself,
    a guardian would see the hold begin and end.
    """
    once = once_told_of(standing, entry.id)
    told, visit = told_of(standing, entry.id) if once else frozenset(), visit_of(entry)
    for tie in standing.ties():
        if tie.tie in once:
            if visit is None and tie.tie in told:
                add_rule(tx, standing.subject, VisitOpened(entry.id, tie.tie, entry.written_by, opened=False))
            _keep_one(tx, standing, tie, entry, visit if tie.tie in told else None)


def _keep_one(tx: Tx, standing: Standing, tie: Tied, entry: Entry, visit: PlannedVisit | None) -> None:
    """Where nothing of the day is another, nothing at all is done: whatever befalls the entry, she hears nothing."""
    record, compartment = visit_record(entry.id, tie.tie), guardian_part(tie.tie)
    was = tx.row(_LIES, {"of": record, "at": compartment})
    if visit is None if was is None else visit is not None and was.day == _day(visit):
        return
    tx.run(SUPERSEDE, {"of": record, "now_version": _ALL_VERSIONS, "at": tx.now_ms})
    if visit is None:
        drop(tx, record, compartment)
        take_away(tx, standing.subject, record, tx.now)
        return
    if was is None:
        put(tx, standing.subject, compartment, "visit", record, visit, day=_day(visit))
    else:
        replace(tx, standing.subject, compartment, "visit", record, visit, was=was.version, day=_day(visit))
    _remind(tx, standing, tie.person, visit, record, news=was is not None)


def _day(visit: PlannedVisit) -> str | None:
    """What stands in clear beside it; one that was called off has no day."""
    return None if visit.cancelled else visit.on.isoformat()


def _named(record: str, visit: PlannedVisit) -> str:
    """What a row about this day is called, without the hour it ends with."""
    return f"visit:{record}:{_day(visit)}"


def _remind(tx: Tx, standing: Standing, person: str, visit: PlannedVisit, record: str, *, news: bool = False) -> None:
    """Queue what she has said yes to. The rows are questions; they are asked again when they leave."""
    yes = reminders_wanted(standing, person, tx.now)
    if yes is None:
        return
    hours = safe_hours(yes)
    due: set[datetime] = set(reminded_at(visit, tx.now, hours))
    if news:
        due.add(next_safe(tx.now, STOCKHOLM.key, hours))
    for at in sorted(due):
        push = Push(
            dedup=f"{_named(record, visit)}:{int(at.timestamp())}", what="visit", person=person,
            case=standing.subject, ref=record, channel=yes.channel or "telegram", due_at=at,
            not_after=over_at(visit), wall=f"{at.astimezone(STOCKHOLM).isoformat()}[{STOCKHOLM.key}]",
        )  # fmt: skip
        if at < over_at(visit):
            queue_push(tx, push)


def remind_of_visits(
    tx: Tx, grant: Grant, standing: Standing, person: str, *, news: frozenset[str] = frozenset()
) -> None:
    """A yes to reminders that came after a day was opened counts for every such day ahead.

    `news`: names of rows that could not leave; of a day called off meanwhile she is told at once.
    """
    ties = [tie for tie in standing.ties() if tie.person == person and tie.kind is TieKind.GUARDIAN]
    if not ties or not grant.opens(standing.subject, STAFF_PART):
        return
    for part in take(tx, grant, "entry", compartments=STAFF_ONLY, limit=1000):
        visit, told = visit_of(part.payload), told_of(standing, part.payload.id)
        for tie in ties:
            if visit is not None and tie.tie in told:
                record = visit_record(visit.entry, tie.tie)
                untold = visit.cancelled and _named(record, visit) in news
                _remind(tx, standing, person, visit, record, news=untold)


def days_ahead(desk: Desk, grant: Grant, visits: Sequence[PlannedVisit]) -> tuple[PlannedVisit, ...]:
    """Of the days that her own key opened, those to come, where the rules say once more that they are open to her."""
    if grant.tie is None or grant.tie.kind is not TieKind.GUARDIAN:
        return ()
    standing, today, tie = desk.known(grant.subject), desk.tx.now.astimezone(STOCKHOLM).date(), grant.tie.tie
    return tuple(one for one in visits if one.on >= today and tie in told_of(standing, one.entry))


VISIT_DEEDS: Mapping[type, Deed] = {TellOfVisit: _tell_of_visit}
