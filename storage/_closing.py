"""Closing: what settling an entry takes away from a reader, told outside the database so that no copy reopens it."""

from __future__ import annotations

from collections.abc import Mapping

from storage import _parts_sql as parts_sql
from storage._chain import tell_outside
from storage._shelf import open_rows, places
from storage._sql import Tx
from storage.consent import Grant
from storage.projection import PartOf, child_waits_for
from storage.records import (
    STAFF_PART,
    Entry,
    EntryView,
    HoldKind,
    Promise,
    shared_part,
    waiting_part,
)
from storage.safety import Closed

# Who stands as the one who did what only the safety log remembers.
FROM_THE_LOG = "safety-log"
HELD = frozenset({HoldKind.INVESTIGATION, HoldKind.NOT_YET})
Shown = EntryView | Promise


def readers_parts(tx: Tx, grant: Grant, entry: str) -> dict[str, Shown]:
    """What each reader has of an entry now; a part that does not open shows nobody anything."""
    taken = open_rows(tx, [grant], parts_sql.PARTS_OF_RECORD, {"owner": grant.subject, "record": entry})
    return {part.compartment: part.payload for part in taken}


def tell_closed(tx: Tx, case: str, entry: Entry, before: Mapping[str, Shown], parts: tuple[PartOf, ...]) -> None:
    """Have the safety log say which readers have less of an entry than before. A take-back has a line of its own."""
    after = {part.compartment: part.payload for part in parts}
    if waiting_part(entry.source) in before and shared_part(entry.source) in after:
        # She has been told: what the representative had alone all of its readers have.
        before = {at: shown for at, shown in before.items() if at != waiting_part(entry.source)}
    less = tuple(sorted(at for at, shown in before.items() if is_less(shown, after.get(at))))
    if less and not entry.taken_back:
        kept = places(tx, entry.id)[STAFF_PART]
        tell_outside(tx, case, 0, Closed(entry.id, less, child_waits_for(entry) in HELD, kept))


def is_less(before: Shown, after: object) -> bool:
    """Whether a reader lost something: the card, a promise, a field of it or the name of a grown-up in it."""
    if isinstance(before, Promise):
        return not isinstance(after, Promise | EntryView)
    if not isinstance(after, EntryView):
        # Put aside by herself has a line of its own.
        return True
    return not (before.fields.keys() <= after.fields.keys() and before.people.keys() <= after.people.keys())
