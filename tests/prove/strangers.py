"""Every id of the house handed in by every actor in every question: nothing of somebody else's case comes out.

Each case's words carry a mark of its own. Every id that lies in any row (cases, people, ties, entries, adults,
meetings, messages, claims) is put in every field of every question that takes one, whoever it belongs to. An answer may
hold the mark of a case only when the actor has that case (security D.2, W8).
"""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice, product
from pathlib import Path
from typing import Any

from storage import _tables as t
from storage.commands import Answer, CarryEntry, KeepAdult, OpenCase, Say
from storage.consent import Actor, Withheld
from storage.gate import ANSWERS
from storage.queries import Query
from storage.records import (
    VISITOR,
    CaseId,
    Channel,
    EntryState,
    PersonId,
    ReaderClass,
    RecordId,
    Role,
    Side,
    Strength,
    TieId,
    TieKind,
)
from tests.storage.family import ADULTS, contact, enrol, full_entry, release
from tests.storage.house import House, open_house, signed_in, worker
from tests.storage.planted import AMINA, HANNA, MARIA, WORDS, plant

UNITS = {"one": "lindvik", "two": "annandal"}
AT_CASES = (Role.CASE_WORKER, Role.COORDINATOR, Role.MANAGER)
IDS = ("case", "person", "entry", "meeting", "claim", "token", "ref")


@dataclass
class Found:
    """How many were asked, answered, and answered with marked words, and what came out that should not have."""

    asked: int = 0
    answered: int = 0
    marked: int = 0
    wrong: list[str] = field(default_factory=list)


def run(every: int = 1) -> Found:
    """Ask everything, or one question of so many."""
    found = Found()
    with tempfile.TemporaryDirectory() as folder, open_house("sqlite://", Path(folder)) as house:
        plant(house)
        for name, unit in UNITS.items():
            _move_in(house, name, unit)
        marks = _marks()
        for actor, query in islice(product(_actors(), _questions(_ids(house))), 0, None, every):
            found.asked += 1
            said = house.ask(actor, query, Channel.CONSOLE if actor.is_staff else Channel.WEB)
            if isinstance(said, Withheld):
                continue
            found.answered += 1
            shown = repr(said)
            read = [(mark, actor.id in who) for mark, who in marks.items() if mark in shown]
            found.marked += bool(read)
            found.wrong += [f"{actor.id} read {mark} by {query}" for mark, may in read if not may]
    return found


def _marks() -> dict[str, frozenset[str]]:
    """Each marked word that lies in one case only, and who may meet it."""
    desks = {unit: frozenset(f"{role}-{unit}" for role in AT_CASES) for unit in UNITS.values()}
    marks = {_mark(name): desks[unit] | {f"child-{name}"} for name, unit in UNITS.items()}
    marks[_mark("one")] |= {HANNA.id}
    miras, aminas = desks[HANNA.unit or ""] | {HANNA.id}, frozenset({MARIA.id, AMINA, f"aid-{MARIA.unit}"})
    marks |= {WORDS[name]: miras | {"mira"} for name in ("child", "message", "answer", "own", "wish")}
    marks |= {WORDS[name]: aminas for name in ("goal", "goalwho", "with", "where", "bring")}
    return marks | {WORDS["asked"]: miras}


def _mark(name: str) -> str:
    return f"Zqx{name.title()}Vjk"


def _move_in(house: House, name: str, unit: str) -> None:
    """A case with its child, its grown-up, a card, and words both ways; every word marked."""
    case, child, mark, at_work = CaseId(f"case-{name}"), PersonId(f"child-{name}"), _mark(name), worker("w", unit=unit)
    adult = replace(ADULTS[1], id=RecordId(f"adult-{name}"), label=f"{mark} adult")
    entry = full_entry("child_wish", f"entry-{name}", state=EntryState.PLANNED, releases=(release(ReaderClass.CHILD),))
    entry.fields.clear()
    entry.fields.update(wish=f"{mark} wish", own_words=f"{mark} own")
    house.done(
        at_work,
        OpenCase(case, unit, Side.BARNAHUS, f"{mark} ref", "2046-03"),
        enrol(child, TieId(f"tie-{name}"), TieKind.CHILD, case=case, name=f"{mark} name", born=date(2014, 3, 1)),
        KeepAdult(case, adult),
        CarryEntry(case, entry),
        replace(contact(), case=case, person=child),
    )
    house.done(signed_in(child), Say(case, f"{mark} words", None, None))
    house.done(at_work, Answer(case, child, f"{mark} answer"))


def _actors() -> list[Actor]:
    """Every child, guardian and grown-up there is, everybody at work in each role at each unit, and nobody."""
    people = [signed_in(one) for one in ("mira", "mother", AMINA, "child-one", "child-two", "nobody")]
    links = [Actor(one.id, strength) for one in people for strength in (Strength.LINK, Strength.EID)]
    staff = [replace(worker(f"{role}-{unit}", unit=unit), role=role) for unit in UNITS.values() for role in Role]
    aid = [worker(f"aid-{unit}", unit=unit, side=Side.AID) for unit in UNITS.values()]
    return [*people, *links, *staff, *aid, HANNA, MARIA, Actor(VISITOR, Strength.NONE), Actor(VISITOR, Strength.LINK)]


def _ids(house: House) -> dict[str, list[str]]:
    """Every id of the house, and for each field of a question those worth handing in."""
    rows = house.rows(t.part)
    subjects = [row.id for row in house.rows(t.subject)]
    records = sorted({row.record for row in rows})
    ties = [row.tie for row in house.rows(t.party)]
    every = sorted({*subjects, *records, *ties})
    return {"case": every, "person": subjects, "entry": records, "meeting": records, "ref": records, "claim": subjects,
            "token": subjects}  # fmt: skip


def _questions(ids: Mapping[str, list[str]]) -> Iterator[Query[Any]]:
    for kind in ANSWERS:
        fields = {one.name: one for one in dataclasses.fields(kind)}  # type: ignore[arg-type]
        wanted = [name for name in fields if name in IDS]
        given: dict[str, Any] = {"unit": "lindvik", "words": "Zqx", "channel": Channel.WEB, "to": "Zqx"}
        rest = {name: value for name, value in given.items() if name in fields}
        # Of two ids every pair is handed in where the first is a case; else the product would only repeat itself.
        pools = [ids[name] if len(wanted) == 1 or at else ids["person"] for at, name in enumerate(wanted)]
        for values in product(*pools):
            yield kind(**dict(zip(wanted, values, strict=True)), **rest)
