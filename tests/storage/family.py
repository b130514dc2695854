"""Mira's case, as most stories find it: a child of ten, two guardians, a special representative, four grown-ups."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from storage.carriers import CarrierKind
from storage.commands import (
    BeginCarrier,
    BlockGuardian,
    CarryEntry,
    ClearGuardian,
    Command,
    DecideContact,
    Enrol,
    KeepAdult,
    OpenCase,
    ReleaseEntry,
)
from storage.kinds import KINDS, Field, FieldType, clashes, fields_of, fits, readers_of
from storage.records import (
    Adult,
    Authority,
    CaseId,
    Entry,
    EntryId,
    EntryState,
    GuardianStatus,
    PersonId,
    ReaderClass,
    RecordId,
    Release,
    Role,
    Side,
    TieId,
    TieKind,
)
from tests.storage.house import TODAY, UNIT, House, worker

CASE = CaseId("case-mira")
MIRA, MOTHER, FATHER, LAWYER = (PersonId(name) for name in ("mira", "mother", "father", "lawyer"))
MOTHERS, FATHERS, LAWYERS, MIRAS = (TieId(name) for name in ("tie-mother", "tie-father", "tie-lawyer", "tie-mira"))
HANNA, OLLE = worker("hanna"), worker("olle")
BORN = date(2016, 3, 1)
SINCE = date(2026, 9, 1)
APPOINTED_UNTIL = date(2027, 3, 31)
ADULTS = tuple(
    Adult(RecordId(f"adult-{name}"), name.title(), role, authority, "0700-000000", f"{role} i Lindvik")
    for name, role, authority in (
        ("ylva", "preschool_staff", Authority.SCHOOL),
        ("hanna", "social_worker", Authority.SOCIAL),
        ("sofia", "police_interviewer", Authority.POLICE),
        ("per", "prosecutor", Authority.PROSECUTOR),
    )
)


@dataclass(frozen=True)
class Family:
    """The house with Mira's case in it, and the deeds that stories repeat."""

    house: House

    def clear(self, tie: TieId = MOTHERS) -> None:
        """Two people find that a guardian may see."""
        self.house.done(HANNA, ClearGuardian(CASE, tie, "No part in it."))
        self.house.done(OLLE, ClearGuardian(CASE, tie, "I agree."))

    def contact(self, **how: Any) -> None:
        """An adult with authority finds that it is good for Mira to be written to."""
        self.house.done(HANNA, contact(**how))

    def block(self, tie: TieId = MOTHERS, *, blocked: bool = True) -> None:
        """One click; to lift it takes two, one of them a manager."""
        for one in (HANNA,) if blocked else (HANNA, replace(OLLE, role=Role.MANAGER)):
            self.house.done(one, BlockGuardian(CASE, tie, blocked))

    def write(self, entry: Entry) -> Entry:
        """An entry comes in with the releases that were decided for it elsewhere."""
        self.house.done(HANNA, CarryEntry(CASE, entry))
        return entry

    def release(self, entry: EntryId, to: ReaderClass, tie: TieId | None = None) -> None:
        """A worker lets a class of reader have an entry, and a colleague agrees where it takes two."""
        for one in (HANNA, OLLE):
            self.house.done(one, ReleaseEntry(CASE, entry, release(to, tie)))


def contact(**how: Any) -> DecideContact:
    """The decision that contact is good for Mira, with what a story wants otherwise."""
    usual: dict[str, Any] = {
        "case": CASE,
        "person": MIRA,
        "on": SINCE,
        "decided_by": "Hanna",
        "why": "She asks.",
        "maturity": "Reads well.",
        "guardians_may_know": True,
        "embargo_until": None,
        "embargo": False,
    }
    return DecideContact(**{**usual, **how})


def release(to: ReaderClass, tie: TieId | None = None) -> Release:
    """A release on the usual ground."""
    return Release(to, "Hanna", "SoL 3:3", TODAY, tie)


def everyone() -> tuple[Release, ...]:
    """A release to each reader Mira's case has."""
    return (
        release(ReaderClass.CHILD),
        release(ReaderClass.SHARED),
        release(ReaderClass.GUARDIAN, MOTHERS),
        release(ReaderClass.GUARDIAN, FATHERS),
    )


def enrol(person: str, tie: TieId, kind: TieKind, *, case: CaseId = CASE, **how: Any) -> Enrol:
    """The deed that ties a person to a case."""
    usual: dict[str, Any] = {
        "case": case,
        "person": PersonId(person),
        "name": person.title(),
        "born": None,
        "locale": "sv",
        "level": None,
        "number": None,
        "tie": tie,
        "kind": kind,
        "status": GuardianStatus.NONE,
        "from_": SINCE,
        "until": None,
        "decided_by": "Hanna",
    }
    return Enrol(**{**usual, **how})


def moving_in() -> tuple[Command, ...]:
    """The deeds that make Mira's case."""
    return (
        OpenCase(CASE, UNIT, Side.BARNAHUS, "BH-1", "2046-03"),
        # A measure has no last day in law, so where the log is asks nobody for anything.
        BeginCarrier(CASE, CarrierKind.MEASURE, SINCE, None, "Hanna", "Beslut 12"),
        enrol(MIRA, MIRAS, TieKind.CHILD, born=BORN),
        enrol(MOTHER, MOTHERS, TieKind.GUARDIAN),
        enrol(FATHER, FATHERS, TieKind.GUARDIAN),
        enrol(LAWYER, LAWYERS, TieKind.REPRESENTATIVE, until=APPOINTED_UNTIL),
        *(KeepAdult(CASE, adult) for adult in ADULTS),
    )


def move_in(house: House) -> Family:
    """Make Mira's case through the door, as a worker would."""
    house.done(HANNA, *moving_in())
    return Family(house)


def value_for(field: Field) -> Any:
    """A value that fits a field."""
    match field.type:
        case FieldType.ADULT:
            return ADULTS[1].id
        case FieldType.ADULTS:
            return [ADULTS[2].id, ADULTS[3].id]
        case FieldType.CHOICE:
            return field.choices[0]
        case FieldType.CHOICES:
            return list(field.choices[:2])
        case FieldType.NUMBER:
            return 18
        case FieldType.YES_NO:
            return True
        case FieldType.WORDS:
            return f"words of {field.name}"


def full_entry(kind: str = "report_social", name: str = "", **how: Any) -> Entry:
    """An entry of a kind with every field filled in that goes with the others, released to nobody."""
    of = KINDS[kind]
    values = {field.name: value_for(field) for field in fields_of(of)}
    outcome = values.get(of.variant or "")
    entry = Entry(
        id=EntryId(name or f"entry-{kind}"),
        kind=kind,
        state=EntryState.HAPPENED,
        on=date(2026, 11, 3),
        source=of.source,
        written_by="Hanna",
        fields={
            field.name: values[field.name]
            for field in fields_of(of)
            if fits(of, field, outcome) and not clashes(field, values)
        },
        listeners=readers_of(of),
    )
    return replace(entry, **how)
