"""The entry form: drawn from the kind's own fields, read back into an entry, with a sentence for every fault."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.console.forms import Problem, Reading, Typed, problem
from bot.console.words import Words
from bot.speech import locale
from bot.talk import Slot, Text
from storage.entry_check import WRITTEN_IN, Fault, FaultKind, faults
from storage.kinds import Field, FieldType, Kind, fields_of, fits, readers_of
from storage.records import Adult, Entry, EntryId, EntryState, Hold, HoldKind, PersonId, ReaderClass

STATES = (EntryState.PLANNED, EntryState.HAPPENED)
# Fewer than this many choices stand as buttons; more as a list that opens.
AS_BUTTONS = 6
STEM = "f_"


@dataclass(frozen=True, slots=True)
class Box:
    """One field of the form as it is drawn."""

    name: str
    type: FieldType
    label: str
    choices: tuple[tuple[str, str], ...]
    required: bool
    thin: bool
    readers: tuple[ReaderClass, ...]

    @property
    def as_buttons(self) -> bool:
        """Whether the choices are few enough to stand side by side."""
        return len(self.choices) < AS_BUTTONS


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed, as an entry; it is saved only when there is nothing to mend."""

    entry: Entry
    problems: tuple[Problem, ...]
    thin: tuple[str, ...]


def boxes(kind: Kind, words: Words, adults: Mapping[str, Adult]) -> tuple[Box, ...]:
    """The form's fields in order: the kind's own, then those asked about every event."""
    return tuple(_box(kind, field, words, adults) for field in fields_of(kind))


def _box(kind: Kind, field: Field, words: Words, adults: Mapping[str, Adult]) -> Box:
    choices: tuple[tuple[str, str], ...] = ()
    if field.type in (FieldType.ADULT, FieldType.ADULTS):
        choices = tuple((ref, words.adult(adult)) for ref, adult in adults.items())
    elif field.type is FieldType.YES_NO:
        choices = tuple((value, words.t(f"console.{value}")) for value in ("yes", "no"))
    else:
        choices = tuple((value, words.choice(field.name, value)) for value in field.choices)
    readers = tuple(reader for reader in readers_of(kind) if reader in field.to)
    label = words.field(kind.code, field.name)
    # What only one outcome asks for is not needed on every form.
    needed = field.required and not field.when
    return Box(STEM + field.name, field.type, label, choices, needed, field.thin, readers)


def first_values(kind: Kind, *, investigation: bool) -> dict[str, str]:
    """What an empty form has ticked: the child always, a guardian never, the investigation's hold where it rests."""
    listeners = [reader for reader in readers_of(kind) if reader is not ReaderClass.GUARDIAN]
    held = kind.withheld and investigation
    return {
        "state": EntryState.HAPPENED,
        "hold": HoldKind.INVESTIGATION if held else "none",
        **{f"listeners.{reader}": "yes" for reader in listeners},
    }


def read_draft(typed: Typed, kind: Kind, adults: Mapping[str, Adult], base: Entry, words: Words) -> Draft:
    """The form laid over a base entry, which brings the id, the writer, the version and what was decided since."""
    reading = Reading(typed)
    state = reading.choice("state", EntryState) or base.state
    on = reading.day("on", needed=False)
    listeners = tuple(reader for reader in readers_of(kind) if reader in typed.all("listeners"))
    hold = _hold(reading, base.hold)
    fields, wrong = _fields(typed, kind)
    about = tuple(PersonId(one) for one in typed.all("about"))
    entry = replace(
        base, state=state, on=on, source=kind.source, fields=fields, listeners=listeners, hold=hold, about=about
    )
    found = [problem_of(fault, kind, words) for fault in faults(entry, adults) if fault.at not in wrong]
    numbers = [problem(STEM + name, "number") for name in wrong]
    seen = {one.at for one in reading.problems}
    all_ = (*reading.problems, *(one for one in (*numbers, *found) if one.at not in seen))
    problems = sorted(all_, key=lambda one: _place(one.at, kind))
    asked = (f for f in fields_of(kind) if fits(kind, f, fields.get(kind.variant or "")))
    thin = tuple(f.name for f in asked if f.thin and fields.get(f.name) in (None, "", []))
    return Draft(entry, tuple(problems), thin)


def _fields(typed: Typed, kind: Kind) -> tuple[dict[str, Any], list[str]]:
    """The fields that were filled in, as plain values, and the names of those that are no number."""
    values: dict[str, Any] = {}
    wrong: list[str] = []
    for field in fields_of(kind):
        name = STEM + field.name
        if field.type in (FieldType.ADULTS, FieldType.CHOICES):
            if chosen := list(typed.all(name)):
                values[field.name] = chosen
            continue
        value = typed.one(name).strip()
        if not value:
            continue
        if field.type is FieldType.YES_NO:
            values[field.name] = value == "yes"
        elif field.type is FieldType.NUMBER:
            if value.isascii() and value.isdigit():
                values[field.name] = int(value)
            else:
                wrong.append(field.name)
        else:
            values[field.name] = value
    return values, wrong


def _place(at: str, kind: Kind) -> int:
    """Where a field stands on the page, so that the summary reads as the page does."""
    order = ("state", "on", *(STEM + field.name for field in fields_of(kind)), "listeners", "hold", "hold_until")
    return order.index(at) if at in order else len(order)


def _hold(reading: Reading, old: Hold | None) -> Hold | None:
    wanted = reading.one_of("hold", ("none", *HoldKind))
    if wanted in ("", "none"):
        return None
    kind = HoldKind(wanted)
    lifted = old.lifted if old and old.kind is kind else False
    looked = old.looked if old and old.kind is kind else None
    if kind is not HoldKind.NOT_YET:
        return Hold(kind, lifted=lifted, looked=looked)
    return Hold(kind, reading.day("hold_until"), reading.words("hold_who"), lifted, looked)


_AT = {"hold": "hold_until", "told": "on"}


def problem_of(fault: Fault, kind: Kind, words: Words) -> Problem:
    """The sentence for a fault, and the field it leads to."""
    own = {field.name for field in fields_of(kind)}
    at = _AT.get(fault.at, STEM + fault.at if fault.at in own else fault.at)
    label = words.field(kind.code, fault.at) if fault.at in own else words.either(
        f"console.label.{at}", "console.label.entry")  # fmt: skip
    slots: dict[str, Slot] = {} if fault.kind is FaultKind.UNKNOWN_KIND else {"label": label}
    if fault.kind is FaultKind.NOT_TOGETHER:
        slots["other"] = words.field(kind.code, fault.other)
    elif fault.other:
        slots["other"] = Text(f"console.kind.{fault.other}")
    if fault.kind is FaultKind.OTHER_SCRIPT:
        slots["language"] = locale(WRITTEN_IN).own_name
    if fault.day is not None:
        slots["day"] = fault.day
    return Problem(at, Text(f"console.fault.{fault.kind}", slots))


def typed_of(entry: Entry, kind: Kind) -> dict[str, str]:
    """A saved entry as the form would have been typed."""
    typed = {
        "state": str(entry.state),
        "on": entry.on.isoformat() if entry.on else "",
        "hold": str(entry.hold.kind) if entry.hold else "none",
        "hold_until": entry.hold.until.isoformat() if entry.hold and entry.hold.until else "",
        "hold_who": (entry.hold.who or "") if entry.hold else "",
        "version": str(entry.version),
    }
    typed.update({f"listeners.{reader}": "yes" for reader in entry.listeners})
    typed.update({f"about.{person}": "yes" for person in entry.about})
    for field in fields_of(kind):
        typed.update(_typed_field(STEM + field.name, entry.fields.get(field.name)))
    return typed


def _typed_field(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    if isinstance(value, bool):
        yield name, "yes" if value else "no"
    elif isinstance(value, list | tuple):
        yield from ((f"{name}.{one}", "yes") for one in value)
    else:
        yield name, str(value)


def empty_entry(entry: str, kind: Kind, writer: str) -> Entry:
    """The base of a new entry."""
    return Entry(EntryId(entry), kind.code, EntryState.HAPPENED, None, kind.source, writer, {}, ())
