"""Projection: one entry becomes one part per compartment, each with only what that reader may have; pure.

A hold is a key, not a filter: a held part is not made at all, so only `staff` has it. Release, having told, and
'looked again: yes' change the entry and project it anew (design 5).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from storage.her_words import Aside
from storage.kinds import (
    KINDS,
    PLACES,
    WHOM,
    Field,
    FieldType,
    Kind,
    fields_for,
    fields_of,
    fits,
    readers_of,
    told_in_person,
)
from storage.records import (
    CHILD_PART,
    STAFF_PART,
    Adult,
    Afterwards,
    Entry,
    EntryState,
    EntryView,
    HoldKind,
    Leave,
    PersonId,
    Promise,
    ReaderClass,
    Refusal,
    Release,
    TieId,
    TieKind,
    Told,
    guardian_part,
    shared_part,
    waiting_part,
)
from storage.rules import Tied


def lies_open_to(tie: Tied, there: frozenset[str]) -> bool:
    """Whether one of the compartments in which an entry has a part is this tie's to read."""
    match tie.kind:
        case TieKind.CHILD:
            return CHILD_PART in there
        case TieKind.GUARDIAN:
            return guardian_part(tie.tie) in there
        case _:
            return any(part.startswith(("shared:", "waiting:")) for part in there)


@dataclass(frozen=True, slots=True)
class PartOf:
    """What one compartment gets: the record name it is kept under, its payload, and the day it is ordered by."""

    compartment: str
    name: str
    payload: Entry | EntryView | Promise | Refusal | Aside | Afterwards
    day: str | None


@dataclass(frozen=True, slots=True)
class Spared:
    """Who and what a reader's part must spare.

    `allowed`: the people who let themselves be told about. `places`: somebody of the case lives under protection.
    `days`: nothing of the days after may show yet, since the way home has not been told.
    """

    allowed: frozenset[str] = frozenset()
    places: bool = False
    days: bool = False


NOBODY_SPARED = Spared()


def project(
    entry: Entry, adults: Mapping[str, Adult], ties: tuple[Tied, ...], spared: Spared = NOBODY_SPARED
) -> tuple[PartOf, ...]:
    """Every part of an entry as it stands now; `staff` first and always."""
    return (
        PartOf(STAFF_PART, "entry", entry, _day(entry)),
        *_reader_parts(entry, adults, ties, spared),
    )


def child_of(ties: tuple[Tied, ...]) -> PersonId | None:
    """The child the case is about."""
    return next((tie.person for tie in ties if tie.kind is TieKind.CHILD), None)


def child_waits_for(entry: Entry) -> HoldKind | None:
    """What keeps the child's part from being made, apart from a missing release; None: nothing."""
    hold = entry.hold
    if hold is not None and not hold.lifted and hold.kind is not HoldKind.IN_PERSON_FIRST:
        return hold.kind
    if _in_person_first(entry):
        return HoldKind.IN_PERSON_FIRST
    return None


def _in_person_first(entry: Entry) -> bool:
    asked = entry.hold is not None and entry.hold.kind is HoldKind.IN_PERSON_FIRST and not entry.hold.lifted
    return asked or (told_in_person(KINDS[entry.kind], entry.fields) and entry.state is EntryState.HAPPENED)


def _reader_parts(
    entry: Entry, adults: Mapping[str, Adult], ties: tuple[Tied, ...], spared: Spared
) -> Iterator[PartOf]:
    if entry.taken_back:
        return
    kind = KINDS[entry.kind]
    child = child_of(ties)
    told = next((line for line in entry.told if line.person == child), None)
    waits = child_waits_for(entry)
    if entry.refused is not None:
        # She is told that something was refused, by whom and why; never what it was.
        yield PartOf(CHILD_PART, "refusal", entry.refused, None)
    if waits is HoldKind.NOT_YET:
        hers = ReaderClass.CHILD in entry.listeners and entry.refused is None
        # Of what a grown-up must tell first there is no trace, not even a promise, before it is told.
        traceless = _in_person_first(entry) and told is None
        if hers and not traceless and entry.hold is not None and entry.hold.until is not None:
            promise = Promise(entry.id, entry.hold.until, entry.hold.who or "", entry.hold.looked)
            yield PartOf(CHILD_PART, "promise", promise, entry.hold.until.isoformat())
        return
    if waits is HoldKind.INVESTIGATION:
        return
    untold = waits is HoldKind.IN_PERSON_FIRST and told is None
    for release, compartment in _released(entry, kind, ties):
        reader = release.to
        if untold and reader is not ReaderClass.SHARED:
            continue
        # Anybody else could tell the child first, so their parts wait for her; the representative's does not: that
        # lawyer is one of those who tell her, and reads it under a key of its own until then.
        at = waiting_part(entry.source) if untold else compartment
        view = view_for(entry, kind, reader, adults, None if reader is ReaderClass.GUARDIAN else told)
        view = _opened(entry, view) if reader is ReaderClass.CHILD else view
        view = _without_days(view, kind) if spared.days else view
        view = sparing(view, kind, release, others_in(entry, release, ties) - spared.allowed, places=spared.places)
        yield PartOf(at, "view", view, _day(entry))


def _opened(entry: Entry, view: EntryView) -> EntryView:
    """The view with the promise that was kept by it, so that she reads that it was."""
    hold = entry.hold
    if hold is None or hold.kind is not HoldKind.NOT_YET or not hold.lifted:
        return view
    return replace(view, waited_until=hold.until, opened_on=hold.looked)


def _without_days(view: EntryView, kind: Kind) -> EntryView:
    """The view without what only the days after tell."""
    told = _of_the_days(kind)
    fields = {name: value for name, value in view.fields.items() if name not in told}
    named = {ref for value in fields.values() if isinstance(value, str | list | tuple) for ref in _refs(value)}
    return replace(view, fields=fields, people={ref: one for ref, one in view.people.items() if ref in named})


def _of_the_days(kind: Kind) -> set[str]:
    """The fields that only the days after an event tell, such as who asks her then."""
    return {name for one in kind.after for line in one.lines for name in line.needs}


def others_in(entry: Entry, release: Release, ties: tuple[Tied, ...]) -> frozenset[str]:
    """Whom the entry tells about beside the child and beside the one who reads (policy P57)."""
    own = {tie.person for tie in ties if tie.tie == release.tie or tie.kind is TieKind.CHILD}
    return frozenset(entry.about) - own


def sparing(view: EntryView, kind: Kind, release: Release, others: frozenset[str], *, places: bool) -> EntryView:
    """The view without what this reader may not have: other people's matters, a protected place, or all but facts.

    A child's own wish stays hers, whomever it names.
    """
    fields = fields_for(kind, release.to)
    left = {one.name for one in fields if others and _names_somebody(one) and one.name != "wish"}
    people, facts = view.people, release.leave is Leave.FACTS
    met = {one.name for one in fields if one.type in _WHO} - _of_the_days(kind)
    kept = {one.name for one in fields} - met if facts else set()
    if places and release.to is not ReaderClass.CHILD:
        kept |= {one.name for one in fields if may_name_place(one)}
        people = {ref: without_place(adult) for ref, adult in people.items()}
    if not left and not kept and not facts and people == view.people:
        return view
    shown = {name: value for name, value in view.fields.items() if name not in left | kept}
    return replace(
        view,
        fields=shown,
        missing=tuple(name for name in view.missing if name not in left | kept),
        left_out=tuple(name for name in view.fields if name in left - kept),
        kept_back=tuple(sorted(kept)),
        people=people,
        facts=facts,
    )


def may_name_place(field: Field) -> bool:
    """Whether a field can say where somebody under protection is: a place, or words in which anything may stand."""
    return field.type is FieldType.WORDS or (bool(field.choices) and set(field.choices) <= set(PLACES))


def without_place(adult: Adult) -> Adult:
    """A grown-up without the telephone and the office that would say in which town."""
    return replace(adult, phone=None, function=None)


def without_places(entry: Entry) -> Entry:
    """An entry whole but for where somebody under protection is, for staff who have not got the case (policy P34)."""
    open_ = {field.name for field in fields_of(KINDS[entry.kind]) if not may_name_place(field)}
    return replace(entry, fields={name: value for name, value in entry.fields.items() if name in open_})


def view_without_places(view: EntryView) -> EntryView:
    """The same of what a reader has."""
    gone = {field.name for field in fields_of(KINDS[view.kind]) if may_name_place(field)}
    return replace(
        view,
        fields={name: value for name, value in view.fields.items() if name not in gone},
        missing=tuple(name for name in view.missing if name not in gone),
        kept_back=tuple(sorted({*view.kept_back, *gone})),
        people={ref: without_place(adult) for ref, adult in view.people.items()},
    )


_WHO = frozenset({FieldType.ADULT, FieldType.ADULTS})


def _names_somebody(field: Field) -> bool:
    return field.type is FieldType.WORDS or (bool(field.choices) and set(field.choices) <= set(WHOM))


def _released(entry: Entry, kind: Kind, ties: tuple[Tied, ...]) -> Iterator[tuple[Release, str]]:
    """The readers that a named person has released the entry to, and their compartments."""
    possible = [reader for reader in readers_of(kind) if reader in entry.listeners]
    for release in entry.releases:
        if release.to not in possible:
            continue
        match release.to:
            case ReaderClass.CHILD:
                yield release, CHILD_PART
            case ReaderClass.SHARED:
                yield release, shared_part(entry.source)
            case ReaderClass.GUARDIAN:
                for tie in ties:
                    if tie.kind is TieKind.GUARDIAN and tie.tie == release.tie:
                        yield release, guardian_part(TieId(tie.tie))


def view_for(
    entry: Entry,
    kind: Kind,
    reader: ReaderClass,
    adults: Mapping[str, Adult],
    told: Told | None = None,
) -> EntryView:
    """The fields one class of reader may have, and the adults that those fields name."""
    fields: dict[str, Any] = {}
    missing: list[str] = []
    people: dict[str, Adult] = {}
    for field in fields_for(kind, reader):
        if not fits(kind, field, entry.fields.get(kind.variant or "")):
            continue
        value = entry.fields.get(field.name)
        if value is None or value == [] or value == "":
            if field.required:
                missing.append(field.name)
            continue
        fields[field.name] = value
        if field.type in (FieldType.ADULT, FieldType.ADULTS):
            people.update({ref: adults[ref] for ref in _refs(value) if ref in adults})
    return EntryView(
        id=entry.id,
        kind=entry.kind,
        state=entry.state,
        on=entry.on,
        source=entry.source,
        fields=fields,
        people=people,
        told_by=told.by if told else None,
        told_on=told.on if told else None,
        missing=tuple(missing),
    )


def _refs(value: str | list[str] | tuple[str, ...]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _day(entry: Entry) -> str | None:
    return entry.on.isoformat() if entry.on else None
