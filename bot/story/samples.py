"""The room of samples: every kind of entry with usual facts in it, for whoever measures, translates or signs the texts.

The facts are made up and the people are called by first names, as on a real card; nothing of anybody is in them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any

from bot.story.afterwards import tell_day
from bot.story.keys import listens, parts, reader, variants
from bot.story.telling import Card, tell
from bot.talk import Many, Slot, Text, Written
from storage.kinds import Field, FieldType, Kind, clashes, fields_for, fits
from storage.records import Adult, Afterwards, Authority, EntryId, EntryState, EntryView, Listener, RecordId

DAY = date(2026, 9, 16)
MONTHS = 24
# Where things mostly happen.
HOUSE = "barnahus"
PEOPLE: Mapping[str, Adult] = MappingProxyType({
    role: Adult(RecordId(role), name, role, authority)
    for role, name, authority in (
        ("preschool_staff", "Siri", Authority.SCHOOL), ("social_worker", "Tove", Authority.SOCIAL),
        ("police_interviewer", "Omar", Authority.POLICE), ("prosecutor", "Rut", Authority.PROSECUTOR),
        ("special_representative", "Nils", Authority.LEGAL), ("counsel", "Vera", Authority.LEGAL),
        ("public_counsel", "Lo", Authority.LEGAL), ("psychologist", "Bo", Authority.TREATMENT),
    )
})  # fmt: skip
# Who a field usually names, where it is not somebody of the authority that the kind comes from.
_NAMED: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "reported_by": ("social_worker",), "taken_by": ("social_worker",), "reporter_shown": ("preschool_staff",),
    "prosecutor": ("prosecutor",), "decided_by": ("prosecutor",), "appointee": ("special_representative",),
    "fetched_by": ("special_representative",), "told_home_by": ("police_interviewer",), "for_me": ("counsel",),
    "with_me": ("preschool_staff",), "listeners": ("social_worker", "prosecutor"), "lawyer": ("public_counsel",),
    "participants": ("social_worker", "police_interviewer"), "handled_by": ("counsel",), "helper": ("psychologist",),
    "new_worker": ("social_worker",), "former_worker": ("social_worker",), "contact_after": ("social_worker",),
})  # fmt: skip
_OF_AUTHORITY: Mapping[Authority, str] = MappingProxyType({
    Authority.SOCIAL: "social_worker", Authority.POLICE: "police_interviewer", Authority.LEGAL: "counsel",
    Authority.PROSECUTOR: "prosecutor", Authority.TREATMENT: "psychologist", Authority.SCHOOL: "preschool_staff",
})  # fmt: skip


def told(kind: Kind, listener: Listener) -> tuple[tuple[str | None, Card], ...]:
    """The kind as it is usually told: one card for each thing that may have come of it; none when it may not be."""
    if not listens(kind, listener) or not parts(kind, listener):
        return ()
    heads: tuple[str | None, ...] = variants(kind) or (None,)
    return tuple((head, tell(_view(kind, listener, head), listener)) for head in heads)


def every_card(kind: Kind, listener: Listener) -> Iterator[Card]:
    """The usual cards, one with each other choice of each field, those of other states, the days after, a bare one."""
    if not listens(kind, listener) or not parts(kind, listener):
        return
    yield from (card for _, card in told(kind, listener))
    for head in variants(kind) or (None,):
        for field in _fields(kind, listener, head):
            for value in _others(field):
                yield tell(_view(kind, listener, head, changed={field.name: value}), listener)
        # As it is told when the log does not know what would be told more exactly.
        for name in dict.fromkeys(name for line in kind.lines for name in line.unless):
            yield tell(_view(kind, listener, head, changed={name: None}), listener)
    for field in _fields(kind, listener, None) if kind.ahead else ():
        for value in _others(field):
            yield tell(_view(kind, listener, None, changed={field.name: value}, state=EntryState.PLANNED), listener)
    for state in (EntryState.PLANNED, EntryState.MOVED, EntryState.CANCELLED):
        yield tell(_view(kind, listener, None, state=state), listener)
    yield from _days(kind, listener)
    yield tell(EntryView(EntryId("bare"), kind.code, EntryState.HAPPENED, DAY, kind.source, {}), listener)


def _days(kind: Kind, listener: Listener) -> Iterator[Card]:
    """What is said on the days after, each day as a card."""
    after = Afterwards(EntryId("sample"), kind.code, DAY, PEOPLE["social_worker"])
    for one in kind.after:
        day = tell_day(after, one, listener)
        yield Card(after.entry, kind.code, kind.symbol, kind.heavy, day.headline, None, day.lines, (), day.closing)


def texts_of(card: Card) -> Iterator[Text]:
    """Every text that is said on a card, in order, each before those that stand in its slots."""
    for part in (card.headline, card.when, *card.blocks, *card.missing, *card.closing):
        if part is not None:
            yield from inside(part)


def inside(part: Slot | Written) -> Iterator[Text]:
    """A text and every text in its slots; nothing of a person's own words."""
    if isinstance(part, Text):
        yield part
        for slot in part.slots.values():
            yield from inside(slot)
    elif isinstance(part, Many):
        for item in part.items:
            yield from inside(item)


@cache
def _fields(kind: Kind, listener: Listener, head: str | None) -> tuple[Field, ...]:
    return tuple(field for field in fields_for(kind, reader(listener)) if fits(kind, field, head))


def _view(
    kind: Kind, listener: Listener, head: str | None, *,
    changed: Mapping[str, Any] | None = None, state: EntryState = EntryState.HAPPENED,
) -> EntryView:  # fmt: skip
    facts = {field.name: _usual(kind, field) for field in _fields(kind, listener, head)}
    if head is not None and kind.variant is not None:
        facts[kind.variant] = head
    facts |= dict(changed or {})
    for field in _fields(kind, listener, head):
        # One fact that is changed may contradict a usual one, which is then left out.
        if field.name not in (changed or {}) and clashes(field, facts):
            del facts[field.name]
    return EntryView(EntryId("sample"), kind.code, state, DAY, kind.source, facts, dict(PEOPLE))


def _usual(kind: Kind, field: Field) -> Any:
    named = _NAMED.get(field.name, (_OF_AUTHORITY.get(kind.source, "social_worker"),))
    match field.type:
        case FieldType.ADULT:
            return named[0]
        case FieldType.ADULTS:
            return named
        case FieldType.CHOICE:
            return HOUSE if HOUSE in field.choices else field.choices[0]
        case FieldType.CHOICES:
            return field.choices[:2]
        case FieldType.NUMBER:
            return MONTHS
        case FieldType.YES_NO:
            return True
        case FieldType.WORDS:
            return "…"


def _others(field: Field) -> tuple[Any, ...]:
    match field.type:
        case FieldType.CHOICE:
            return field.choices
        case FieldType.CHOICES:
            return tuple((one,) for one in field.choices[2:])
        case FieldType.YES_NO:
            return (False,)
        case _:
            return ()
