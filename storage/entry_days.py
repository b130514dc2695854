"""Do the days of an entry contradict the calendar, or the other entries of its case? Pure; a fault says which.

An event that is not in the log contradicts nothing: a log may begin late. What was written before is left in peace
until somebody writes its day again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from storage.entry_check import Fault, FaultKind
from storage.kinds import KINDS, Follows
from storage.records import Entry, EntryState, Told

# What was moved or cancelled says nothing about when it happened.
_DATED = (EntryState.HAPPENED, EntryState.PLANNED)
# What cannot be before the child was born: she is there, or it is decided of her (LVU and SoL know no unborn child).
# What is said and done among grown-ups may: a report of concern, a talk, help to whoever expects her.
WITH_HER = frozenset({
    "child_talk", "child_interview", "child_informed", "child_wish", "medical_exam", "right_not_to_testify",
    "special_representative", "immediate_care", "care_order", "placement", "family_contact",
})  # fmt: skip
# The other way round: for each kind, the kinds that come after it, each with its row.
LATER: dict[str, tuple[tuple[str, Follows], ...]] = {
    code: tuple((kind.code, row) for kind in KINDS.values() for row in kind.follows if code in row.kinds)
    for code in KINDS
}


def has_order(kind: str) -> bool:
    """Whether anything comes before or after this kind, so that the other entries must be read."""
    return bool(LATER.get(kind)) or bool(KINDS[kind].follows) or KINDS[kind].one_answer is not None


def day_faults(
    entry: Entry, today: date, saved: Entry | None = None, *, born: date | None, carried: bool = False
) -> tuple[Fault, ...]:
    """What an entry's own days contradict: today, its state, the child's birth, or the days when somebody told it.

    `today` is the day in Stockholm; `saved` the same entry as it stands: days that are not written anew are not asked
    about anew. `born`: the child's birthday, None where nobody has written it. What was told while it lay ahead was
    told in time, also once it has happened. `carried`: it comes from another system, where a day may have passed since
    it was planned; whoever works here says what came of it.
    """
    if saved is not None and _said(saved) == _said(entry):
        return ()
    found = [fault for fault in _calendar(entry, today) if not (carried and fault.kind is FaultKind.PASSED)]
    if born is not None and entry.kind in WITH_HER and _counts(entry) and _day(entry) < born:
        found.append(Fault("on", FaultKind.UNBORN, day=born))
    for line in (*entry.told, *(one.told for one in entry.days)):
        wrong = told_fault(entry, line, today)
        if wrong is not None and wrong not in found and not _stood(line, saved, today):
            found.append(wrong)
    return tuple(found)


def _calendar(entry: Entry, today: date) -> Iterator[Fault]:
    if entry.on is None:
        return
    if entry.state is EntryState.HAPPENED and entry.on > today:
        yield Fault("on", FaultKind.AHEAD)
    if entry.state is EntryState.PLANNED and entry.on < today:
        yield Fault("on", FaultKind.PASSED)


def _stood(line: Told, saved: Entry | None, today: date) -> bool:
    """Whether it stood so already: told while the event lay ahead, or on a day that was wrong before."""
    if saved is None or line not in (*saved.told, *(one.told for one in saved.days)):
        return False
    return saved.state is not EntryState.HAPPENED or told_fault(saved, line, today) is not None


def told_fault(entry: Entry, told: Told, today: date) -> Fault | None:
    """What is wrong with the day on which somebody says to have told an event; None: nothing."""
    if told.on > today:
        return Fault("told", FaultKind.TOLD_AHEAD, day=told.on)
    if entry.state is EntryState.HAPPENED and entry.on is not None and told.on < entry.on:
        return Fault("told", FaultKind.TOLD_BEFORE, day=told.on)
    return None


def order_faults(entry: Entry, others: Sequence[Entry], saved: Entry | None = None) -> tuple[Fault, ...]:
    """Which other entries of the case lie on the wrong side of this one.

    Only where every entry that should come first comes later: with one that came first in the log, a later one is
    another round of the matter. Two entries that name different people are of different matters.
    """
    if entry.on is None or entry.state not in _DATED or entry.taken_back:
        return ()
    if saved is not None and _said(saved) == _said(entry):
        return ()
    there: dict[str, list[Entry]] = {}
    for one in others:
        if one.id != entry.id and _counts(one):
            there.setdefault(one.kind, []).append(one)
    return (*_answers(entry, there.get(entry.kind, ())), *_order(entry, there))


def _answers(entry: Entry, same: Sequence[Entry]) -> Iterator[Fault]:
    """Another answer of the same day to the same question, where a day gives only one."""
    rule = KINDS[entry.kind].one_answer
    if rule is None or _outcome(entry) not in rule.outcomes:
        return
    about = [entry.fields.get(name) for name in rule.alike]
    for one in same:
        other = _outcome(one) in rule.outcomes and _outcome(one) != _outcome(entry)
        if other and one.on == entry.on and all(about) and about == [one.fields.get(name) for name in rule.alike]:
            yield Fault("on", FaultKind.TWO_ANSWERS, other=one.kind, day=one.on)
            return


def _order(entry: Entry, there: Mapping[str, Sequence[Entry]]) -> Iterator[Fault]:
    for row in KINDS[entry.kind].follows:
        first = _too_late(_firsts(row, there), entry) if _mine(row, entry) else None
        if first is not None:
            yield Fault("on", FaultKind.COMES_AFTER, other=first.kind, day=first.on)
    for code, row in LATER[entry.kind]:
        if not _names(row, entry):
            continue
        firsts = _firsts(row, {**there, entry.kind: (*there.get(entry.kind, ()), entry)})
        early = (one for one in there.get(code, ()) if _day(one) < _day(entry) and _mine(row, one))
        if (wrong := next((one for one in early if _too_late(firsts, one) is not None), None)) is not None:
            yield Fault("on", FaultKind.COMES_BEFORE, other=wrong.kind, day=wrong.on)


def _firsts(row: Follows, there: Mapping[str, Sequence[Entry]]) -> dict[Any, Entry]:
    """The first of the entries that a row names, for each person they are about; None: they say nobody."""
    firsts: dict[Any, Entry] = {}
    for kind in row.kinds:
        for one in there.get(kind, ()):
            about = one.fields.get("whom")
            if _names(row, one) and (about not in firsts or _day(one) < _day(firsts[about])):
                firsts[about] = one
    return firsts


def _too_late(firsts: Mapping[Any, Entry], entry: Entry) -> Entry | None:
    """The first of those that should have come before an entry, when all of its matter come after it; else None."""
    about = entry.fields.get("whom")
    of = [one for whom, one in firsts.items() if one is not entry and (not whom or not about or whom == about)]
    first = min(of, key=_day, default=None)
    return first if first is not None and _day(first) > _day(entry) else None


def _counts(entry: Entry) -> bool:
    return entry.on is not None and entry.state in _DATED and not entry.taken_back and entry.kind in KINDS


def _day(entry: Entry) -> date:
    return entry.on or date.max


def _outcome(entry: Entry) -> Any:
    return entry.fields.get(KINDS[entry.kind].variant or "")


def _mine(row: Follows, entry: Entry) -> bool:
    return not row.mine or _outcome(entry) in row.mine


def _names(row: Follows, entry: Entry) -> bool:
    return entry.kind in row.kinds and (not row.outcomes or _outcome(entry) in row.outcomes)


def _said(entry: Entry) -> tuple[Any, ...]:
    return entry.state, entry.on, _outcome(entry), entry.told, entry.days
