"""What two people have let go and one has changed: which readers must wait for a second pair of eyes; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from storage.kinds import KINDS, fields_of
from storage.projection import others_in, sparing, view_for
from storage.records import Adult, Entry, EntryView, ReaderClass, Release, TieId
from storage.rules import Tied


@dataclass(frozen=True, slots=True)
class Changed:
    """An entry before and after a change, and the grown-ups that both name."""

    old: Entry
    new: Entry
    adults: Mapping[str, Adult]


def takes_two(entry: Entry, to: ReaderClass) -> bool:
    """Whether letting this reader have it needs two people: what is heavy, to anybody but the child."""
    return KINDS[entry.kind].heavy and to is not ReaderClass.CHILD


def waiting_anew(change: Changed, ties: tuple[Tied, ...], *, carried: bool) -> tuple[Release, ...]:
    """The releases that somebody else must confirm now, as the first of two would ask for them.

    `carried`: a file brought the entry, with the releases that were decided on its own words; they stand.
    """
    return tuple(_waiting_anew(change, ties, carried=carried))


def _waiting_anew(change: Changed, ties: tuple[Tied, ...], *, carried: bool) -> Iterator[Release]:
    for release in () if carried else change.new.releases:
        stood = takes_two(change.new, release.to) and release in change.old.releases
        if stood and _tells_other(change, release, ties):
            yield replace(release, approves=None, anew=True)
    wanted: dict[tuple[ReaderClass, TieId | None], Release] = {
        (one.to, one.tie): one for one in change.old.proposed if takes_two(change.new, one.to)
    }
    yield from (one for one in wanted.values() if _tells_other(change, one, ties))


def _tells_other(change: Changed, release: Release, ties: tuple[Tied, ...]) -> bool:
    """Whether this reader would read something else than before, now or when nothing is held or left out any more.

    What only takes away is not something else: words that are emptied, or somebody more whom it spares.
    """
    old, new = (_text(change, entry, release) for entry in (change.old, change.new))
    spared_less = others_in(change.old, release, ties) - others_in(change.new, release, ties)
    return bool(spared_less) or not _within(new, old)


def _text(change: Changed, entry: Entry, release: Release) -> EntryView:
    kind = KINDS[entry.kind]
    view = view_for(entry, kind, release.to, change.adults)
    return sparing(view, kind, release, frozenset(), places=False)


def _within(new: EntryView, old: EntryView) -> bool:
    """Whether the new text is the old one, or the old one without something that a card can do without."""
    if (new.state, new.on, new.source) != (old.state, old.on, old.source):
        return False
    kind = KINDS[new.kind]
    needed = {field.name for field in fields_of(kind) if field.required} | {kind.variant}
    return not needed & (old.fields.keys() - new.fields.keys()) and new.fields.items() <= old.fields.items()
