"""Reading along: what whom the child lets read her own part has of it, beside what is shared (policy P5, P50, P53)."""

from __future__ import annotations

from storage._desk import Desk
from storage._shelf import Taken, take
from storage.consent import Grant
from storage.projection import view_without_places
from storage.records import CHILD_PART, Authority, EntryView, TieKind

MOST = 1000


def reads_along(grant: Grant) -> bool:
    """Whether this is a reader to whom the child's own part is open."""
    reader = grant.tie is not None and grant.tie.kind is TieKind.READER
    return reader and CHILD_PART in grant.compartments


def read_along(desk: Desk, grant: Grant) -> tuple[EntryView, ...]:
    """The cards she has, in day order: each once, and as it is shared where it is shared.

    In the child's part another authority's card is released to the child and to nobody else (P53), and where somebody
    under protection is, is hers alone (P34).
    """
    protected = desk.known(grant.subject).protected()
    shared: dict[str, Taken] = {}
    hers: dict[str, Taken] = {}
    for part in take(desk.tx, grant, "view", limit=MOST):
        (hers if part.compartment == CHILD_PART else shared)[part.record] = part
    open_ = [part for part in hers.values() if part.payload.source is Authority.SOCIAL and part.record not in shared]
    cards = sorted((*shared.values(), *open_), key=lambda part: (part.day or "", part.record))
    views: list[EntryView] = [part.payload for part in cards]
    return tuple(map(view_without_places, views) if protected else views)
