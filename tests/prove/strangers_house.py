"""The house in which everybody is a stranger to somebody: two cases alike, each with everyone a case can have.

Each word that can be read in a case carries a mark of its own, and beside each mark stands who may ever meet it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

from storage.commands import (
    Answer,
    AssignCase,
    BreakGlass,
    CarryEntry,
    ClearGuardian,
    KeepAdult,
    KeepConsent,
    KeepException,
    KeepNote,
    OpenCase,
    Say,
)
from storage.consent import Actor
from storage.records import (
    VISITOR,
    CaseId,
    Entry,
    EntryState,
    PersonId,
    ReaderClass,
    RecordId,
    Release,
    Role,
    Side,
    StaffId,
    Strength,
    TieId,
    TieKind,
)
from tests.storage.family import ADULTS, contact, enrol, full_entry, release
from tests.storage.house import TODAY, House, signed_in, worker
from tests.storage.planted import AMINA, HANNA, MARIA, WORDS, plant

UNITS = {"one": "lindvik", "two": "annandal"}
# Who is named for each case: every other case worker of the unit is a colleague who does not have it (P12).
NAMED = {CaseId(f"case-{name}"): StaffId(f"case_worker-{unit}") for name, unit in UNITS.items()}
AT_CASES = (Role.CASE_WORKER, Role.COORDINATOR, Role.MANAGER)
# Who is tied to each case beside its child, and on what she reads.
LET_IN = {
    "mother": TieKind.GUARDIAN, "father": TieKind.GUARDIAN, "lawyer": TieKind.REPRESENTATIVE,
    "counsel": TieKind.COUNSEL, "reader": TieKind.READER, "treatment": TieKind.TREATMENT, "safety": TieKind.SAFETY,
}  # fmt: skip
# Staff of another unit who opened the case in need, or whom a provision names.
BESIDE = ("glass", "named")
_SHARED = ("child", "lawyer", "counsel", "reader", "treatment", "safety", *BESIDE)
# What lies in each case, and who of it meets the word, beside the staff who have the case.
LIES_THERE: Mapping[str, tuple[str, ...]] = {
    "case": ("child", *BESIDE), "wish": ("child", "reader", *BESIDE), "words": ("child",), "shared": _SHARED,
    "hers": ("mother", *BESIDE), "kept": (),
}  # fmt: skip

# Which mark the grown-up of each entry has. Who a case has met stands on its sheet, also of what is kept back.
_ADULTS = {"wish": "wish", "shared": "shared", "hers": "hers", "kept": "case"}


def mark(name: str, what: str) -> str:
    """The word that is looked for."""
    return f"Zqx{name.title()}{what.title()}Vjk"


def move_everybody_in(house: House) -> dict[str, frozenset[str]]:
    """Fill the house; each marked word, and the ids of those who may meet it."""
    plant(house)
    for name, unit in UNITS.items():
        _move_in(house, name, unit)
    return _marks()


def _marks() -> dict[str, frozenset[str]]:
    desks = {unit: frozenset(f"{role}-{unit}" for role in AT_CASES) for unit in UNITS.values()}
    marks: dict[str, frozenset[str]] = {}
    for (name, unit), (what, who) in product(UNITS.items(), LIES_THERE.items()):
        marks[mark(name, what)] = desks[unit] | {f"{one}-{name}" for one in who}
    # What she writes to herself is read by nobody else, whoever has the case.
    marks |= {mark(name, "note"): frozenset({f"child-{name}"}) for name in UNITS}
    # Mira's case names nobody, and is the whole unit's.
    miras = desks[HANNA.unit or ""] | {HANNA.id, f"colleague-{HANNA.unit}"}
    aminas = frozenset({MARIA.id, AMINA, f"aid-{MARIA.unit}"})
    marks |= {WORDS[name]: miras | {"mira"} for name in ("child", "message", "answer", "own", "wish")}
    marks |= {WORDS[name]: aminas for name in ("goal", "goalwho", "with", "where", "bring")}
    return marks | {WORDS["asked"]: miras, WORDS["note"]: frozenset({"mira"})}


def _move_in(house: House, name: str, unit: str) -> None:
    """A case with its child, everyone who is let in, and words both ways; every word marked."""
    case, child, at_work = CaseId(f"case-{name}"), PersonId(f"child-{name}"), worker("w", unit=unit)
    adults = [replace(ADULTS[1], id=RecordId(f"adult-{what}-{name}"), label=f"{mark(name, word)} adult")
              for what, word in _ADULTS.items()]  # fmt: skip
    house.done(
        at_work,
        OpenCase(case, unit, Side.BARNAHUS, f"{mark(name, 'case')} ref", "2046-03"),
        enrol(child, TieId(f"tie-{name}"), TieKind.CHILD, case=case, name=f"{mark(name, 'case')} name",
              born=date(2014, 3, 1)),
        *(KeepAdult(case, adult) for adult in adults),
        replace(contact(), case=case, person=child),
    )  # fmt: skip
    _let_in(house, at_work, case, name)
    hers = release(ReaderClass.GUARDIAN, TieId(f"tie-mother-{name}"))
    house.done(
        at_work,
        CarryEntry(case, _entry("child_wish", name, "wish", release(ReaderClass.CHILD), state=EntryState.PLANNED)),
        CarryEntry(case, _entry("child_interview", name, "shared", release(ReaderClass.CHILD),
                                release(ReaderClass.SHARED))),
        CarryEntry(case, _entry("child_talk", name, "hers", hers)),
        CarryEntry(case, _entry("child_interview", name, "kept")),
    )  # fmt: skip
    me = signed_in(child)
    house.done(me, Say(case, mark(name, "words"), None, None), KeepNote(child, mark(name, "note"), None))
    house.done(at_work, Answer(case, child, f"{mark(name, 'words')} answer"))
    boss = replace(worker(f"manager-{unit}", unit=unit), role=Role.MANAGER)
    house.hire(worker(NAMED[case], unit=unit))
    house.done(boss, AssignCase(case, NAMED[case], assigned=True))


def _entry(kind: str, name: str, what: str, *to: Release, state: EntryState = EntryState.HAPPENED) -> Entry:
    """An entry in which every field that takes words, and every grown-up, has the mark of what it is."""
    entry = full_entry(kind, f"{what}-{name}", state=state, releases=to)
    for field, value in entry.fields.items():
        if isinstance(value, str) and value.startswith("words of"):
            entry.fields[field] = mark(name, what)
        elif isinstance(value, str) and value.startswith("adult-"):
            entry.fields[field] = f"adult-{what}-{name}"
        elif isinstance(value, list) and any(str(one).startswith("adult-") for one in value):
            entry.fields[field] = [f"adult-{what}-{name}"]
    return entry


def _let_in(house: House, at_work: Actor, case: CaseId, name: str) -> None:
    """Everybody else of the case, with the yes or the provision on which she reads."""
    for who, kind in LET_IN.items():
        until = TODAY + timedelta(days=90) if kind is TieKind.REPRESENTATIVE else None
        tie = TieId(f"tie-{who}-{name}")
        house.done(at_work, enrol(f"{who}-{name}", tie, kind, case=case, name=who.title(), until=until))
    for one in (at_work, replace(at_work, id="w2")):
        house.done(one, ClearGuardian(case, TieId(f"tie-mother-{name}"), "No part in it."))
    child = PersonId(f"child-{name}")
    for who, by in product(("counsel", "reader", "treatment", "safety"), (f"mother-{name}", child)):
        scope = "share_story" if who == "reader" else "share_shared"
        yes = KeepConsent(case, f"{who}-{by}", PersonId(by), child, scope, "own_story", None, TODAY, None,
                          to=PersonId(f"{who}-{name}"))  # fmt: skip
        house.done(at_work, yes)
    house.done(at_work, KeepException(case, "x", PersonId(f"named-{name}"), "osl_26_9", "Ulla", "dnr 1", TODAY, None))
    house.done(worker(f"glass-{name}", unit="elsewhere"),
               BreakGlass("elsewhere", f"{mark(name, 'case')} ref", "She rang the night desk."))  # fmt: skip


def everybody() -> list[Actor]:
    """Everyone of each case, everybody at work in each role at each unit and beside, and nobody."""
    of_cases = [f"{who}-{name}" for name in UNITS for who in ("child", *LET_IN)]
    people = [signed_in(one) for one in ("mira", "mother", AMINA, *of_cases, "nobody")]
    some = ("mira", "mother", AMINA, "child-one", "mother-one", "reader-two", "nobody")
    links = [Actor(one, strength) for one in some for strength in (Strength.LINK, Strength.EID)]
    staff = [replace(worker(f"{role}-{unit}", unit=unit), role=role) for unit in UNITS.values() for role in Role]
    beside = [worker(f"{one}-{name}", unit="elsewhere") for name in UNITS for one in BESIDE]
    aid = [worker(f"aid-{unit}", unit=unit, side=Side.AID) for unit in UNITS.values()]
    visitors = [Actor(VISITOR, Strength.NONE), Actor(VISITOR, Strength.LINK)]
    colleagues = [worker(f"colleague-{unit}", unit=unit) for unit in UNITS.values()]
    return [*people, *links, *staff, *colleagues, *beside, *aid, HANNA, MARIA, *visitors]
