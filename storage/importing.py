"""Carrying a `case/1` file in: read, turned into deeds, and done in one transaction through the door, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from storage._search import first_time, stable_id
from storage._sql import Tx
from storage.consent import Actor, Reason, Withheld
from storage.gate import Sitting
from storage.records import Channel, Role, Side, Strength
from storage.schema.deeds import deeds_of
from storage.schema.reading import Error, read_document

_SAY = {
    Reason.CONFLICT: "This stands in the way of what is already written about the case.",
    Reason.INVALID: "This does not fit its kind.",
    Reason.OTHER_UNIT: "The case belongs to another unit.",
    Reason.INTEGRITY: "The rules of this case have been changed outside the program. Ask whoever runs it.",
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
    today = tx.now.astimezone(ZoneInfo("Europe/Stockholm")).date()
    changed, name = 0, stable_id(tx, side, case["ref"], "case")
    with Sitting(tx, actor, Channel.CONSOLE, lock=True) as sitting:
        for at, deed in deeds_of(document, lambda *words: stable_id(tx, side, *words), today):
            # A line is carried in once: the same file again undoes nothing that a worker has done since.
            if not first_time(tx, side, repr(deed), name):
                continue
            done = sitting.do(deed)
            if isinstance(done, Withheld):
                say = _SAY.get(done.reason, f"This was refused ({done.reason}).")
                raise _Undo(Imported(None, 0, (Error(at, say),)))
            changed += done.fresh
    outcome = Imported(name, changed)
    if dry_run:
        raise _Undo(outcome)
    return outcome
