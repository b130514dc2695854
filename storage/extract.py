"""Extract: what of a case may lawfully go to a receiver outside, made from the whole by leaving out; pure.

A place of somebody under protection goes to nobody (policy P33). What tells of another person who has not allowed it is
left out (P57). What the investigation holds, what was taken back, and another authority's entry that it has not
released stay: each authority decides over its own (P27, P53). That something was left out is said, never what.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from storage.kinds import KINDS, WHOM, FieldType, fields_of
from storage.payloads import PartyCard
from storage.projection import child_waits_for, without_place, without_places
from storage.records import Adult, Authority, Entry, HoldKind, Leave, TieKind
from storage.standing import Standing

BE_NAMED = "be_named"


@dataclass(frozen=True, slots=True)
class ExtractLine:
    """One entry of an extract: what, when, from whom, the fields that may go, and who is named in them."""

    kind: str
    state: str
    on: date | None
    source: str
    fields: Mapping[str, Any]
    people: Mapping[str, Adult]
    left_out: int


@dataclass(frozen=True, slots=True)
class Extract:
    """What goes: whose case, to whom, why, when and by whom; `kept` entries stay here."""

    ref: str
    name: str
    born: date | None
    to: str
    why: str
    by: str
    on: date
    lines: tuple[ExtractLine, ...]
    kept: int


def make_lines(entries: Iterable[Entry], adults: Iterable[Adult], standing: Standing) -> tuple[list[ExtractLine], int]:
    """The entries that may go, each without what may not; and how many stay."""
    allowed = {yes.by for yes in standing.consents() if yes.scope == BE_NAMED}
    subject = {tie.person for tie in standing.ties() if tie.kind in (TieKind.CHILD, TieKind.RECIPIENT)}
    spare = standing.protected()
    known: dict[str, Adult] = {str(adult.id): without_place(adult) if spare else adult for adult in adults}
    lines, kept = [], 0
    for entry in entries:
        if not _may_go(entry):
            kept += 1
            continue
        others = set(entry.about) - allowed - subject
        lines.append(_line(entry, known, spare_others=bool(others), spare_places=standing.protected()))
    return lines, kept


def name_of(parties: Iterable[PartyCard]) -> PartyCard | None:
    """The one the case is about."""
    return next((card for card in parties if card.kind in (TieKind.CHILD, TieKind.RECIPIENT)), None)


def _may_go(entry: Entry) -> bool:
    if entry.taken_back or child_waits_for(entry) is HoldKind.INVESTIGATION:
        return False
    released = any(one.leave is Leave.WHOLE for one in entry.releases)
    return entry.source is Authority.SOCIAL or released


def _line(entry: Entry, adults: Mapping[str, Adult], *, spare_others: bool, spare_places: bool) -> ExtractLine:
    kept = without_places(entry) if spare_places else entry
    if spare_others:
        fields = {one.name: one for one in fields_of(KINDS[entry.kind])}
        mine = {
            name: value
            for name, value in kept.fields.items()
            if fields[name].type is not FieldType.WORDS
            and not (fields[name].choices and set(fields[name].choices) <= set(WHOM))
        }
        kept = replace(kept, fields=mine)
    named = [one for value in kept.fields.values() for one in (value if isinstance(value, list) else [value])]
    people = {str(ref): adults[ref] for ref in named if isinstance(ref, str) and ref in adults}
    gone = len(entry.fields) - len(kept.fields)
    return ExtractLine(entry.kind, entry.state, entry.on, entry.source, kept.fields, people, gone)


def as_json(extract: Extract) -> dict[str, Any]:
    """The extract as plain values for a machine; its format is named in it."""
    return {
        "bredvid": "extract/1", "ref": extract.ref, "name": extract.name,
        "born": extract.born.isoformat() if extract.born else None, "to": extract.to, "why": extract.why,
        "by": extract.by, "on": extract.on.isoformat(), "entries_kept_back": extract.kept,
        "entries": [
            {
                "kind": one.kind, "state": one.state, "on": one.on.isoformat() if one.on else None,
                "source": one.source, "fields": dict(one.fields), "fields_left_out": one.left_out,
                "people": [
                    {"id": ref, "name": adult.label, "role": adult.role, "authority": adult.authority,
                     "function": adult.function}
                    for ref, adult in one.people.items()
                ],
            }
            for one in extract.lines
        ],
    }  # fmt: skip
