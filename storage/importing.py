"""Carrying a `case/1` file in: read, turned into deeds, and done in one transaction through the door, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from storage._search import first_time, stable_id
from storage._sql import Tx
from storage.afterwards import STOCKHOLM
from storage.commands import CarryEntry, Command, Enrol
from storage.consent import Actor, Reason, Withheld
from storage.entry_check import FaultKind
from storage.entry_days import day_faults, order_faults
from storage.gate import Sitting
from storage.queries import WholeEntries
from storage.records import CaseId, Channel, Role, Side, Strength, TieKind
from storage.schema.deeds import deeds_of
from storage.schema.reading import Error, read_document

Line = tuple[str, Command]
_SAY = {
    Reason.CONFLICT: "This stands in the way of what is already written about the case.",
    Reason.INVALID: "This does not fit its kind.",
    Reason.OTHER_UNIT: "The case belongs to another unit.",
    Reason.INTEGRITY: "The rules of this case have been changed outside the program. Ask whoever runs it.",
}

_DAYS: Mapping[FaultKind, str] = {
    FaultKind.AHEAD: "This day lies ahead, so it has not happened. Mend the day, or say `planned`.",
    FaultKind.UNBORN: "The child was born on {day}, after this. Mend the day, or the birthday.",
    FaultKind.TOLD_AHEAD: "Nobody has told this yet: {day} lies ahead. Mend the day.",
    FaultKind.TOLD_BEFORE: "It was told on {day}, before it happened. Mend one of the days.",
    FaultKind.COMES_AFTER: "This comes after `{other}`, which is on {day} here. Mend the day; if there was an earlier"
    " one, write that one too.",
    FaultKind.COMES_BEFORE: "This comes before `{other}`, which is on {day} here. Mend the day; if there was an earlier"
    " one of this kind, write that one too.",
    FaultKind.TWO_ANSWERS: "On {day} `{other}` has another answer to the same question here. Mend the day or the"
    " answer; if counts were answered differently, write one entry and say the rest in `own_words`.",
}


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: the case's id, how many deeds changed something, or the faults that stopped it."""

    case: str | None
    changed: int
    errors: tuple[Error, ...] = ()


class _Undo(Exception):
    """Rolls the transaction back and carries the outcome out."""

    def __init__(self, outcome: Imported) -> None:
        super().__init__()
        self.outcome = outcome


def import_case(store: Any, raw: bytes, *, dry_run: bool = False) -> Imported:
    """Import one file into an open `Store`. A dry run does everything and then undoes it."""
    document = read_document(raw)
    if isinstance(document, tuple):
        return Imported(None, 0, document)
    try:
        outcome: Imported = store.run(lambda tx: _carry_in(tx, document, dry_run=dry_run))
    except _Undo as undone:
        return undone.outcome
    return outcome


def _carry_in(tx: Tx, document: dict[str, Any], *, dry_run: bool) -> Imported:
    case = document["case"]
    side = Side(case["sort"])
    actor = Actor("import", Strength.STAFF, side, case["unit"], Role.COORDINATOR)
    today = tx.now.astimezone(STOCKHOLM).date()
    changed, name = 0, stable_id(tx, side, case["ref"], "case")
    with Sitting(tx, actor, Channel.CONSOLE, lock=True) as sitting:
        deeds = tuple(deeds_of(document, lambda *words: stable_id(tx, side, *words), today))
        # A line is carried in once: the same file again undoes nothing that a worker has done since.
        fresh = [(at, deed) for at, deed in deeds if first_time(tx, side, repr(deed), name)]
        if errors := tuple(_contradictions(sitting, CaseId(name), deeds, fresh)):
            raise _Undo(Imported(None, 0, errors))
        for at, deed in fresh:
            done = sitting.do(deed)
            if isinstance(done, Withheld):
                say = _SAY.get(done.reason, f"This was refused ({done.reason}).")
                raise _Undo(Imported(None, 0, (Error(at, say),)))
            changed += done.fresh
    outcome = Imported(name, changed)
    if dry_run:
        raise _Undo(outcome)
    return outcome


def _contradictions(sitting: Sitting, case: CaseId, deeds: Sequence[Line], fresh: Sequence[Line]) -> Iterator[Error]:
    """What the days of the new entries contradict: today, the rest of the file, or what the case has already."""
    new = {deed.entry.id: (at, deed.entry) for at, deed in fresh if isinstance(deed, CarryEntry)}
    if not new:
        return
    entries = {deed.entry.id: deed.entry for _, deed in deeds if isinstance(deed, CarryEntry)}
    if len(fresh) < len(deeds):
        # The case is here, and stands as its worker has mended it since.
        kept = sitting.ask(WholeEntries(case))
        entries |= {} if isinstance(kept, Withheld) else {one.id: one for one in kept if one.id not in new}
    today = sitting.tx.now.astimezone(STOCKHOLM).date()
    born = next((one.born for _, one in deeds if isinstance(one, Enrol) and one.kind is TieKind.CHILD), None)
    for at, entry in new.values():
        for fault in (
            *day_faults(entry, today, born=born, carried=True),
            *order_faults(entry, tuple(entries.values())),
        ):
            yield Error(f"{at}/{fault.at}", _DAYS[fault.kind].format(other=fault.other, day=fault.day))
