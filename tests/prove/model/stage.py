"""Where the model is held against the store: an open house, one case in it, and who may come to its door."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from storage import audit
from storage._chain import add_rule
from storage._sql import ALL_VISITS
from storage.commands import Command, Enrol, KeepAdult, OpenCase
from storage.consent import Actor
from storage.gate import Sitting
from storage.kinds import KINDS, FieldType, clashes, fields_of, fits, readers_of
from storage.records import (
    Adult,
    Authority,
    CaseId,
    Channel,
    Entry,
    EntryId,
    EntryState,
    GuardianStatus,
    Hold,
    HoldKind,
    PersonId,
    RecordId,
    Role,
    Side,
    Strength,
    TieId,
    TieKind,
)
from storage.sign_in import employ
from storage.terms import MOST_CASES, Terms
from storage.ways_in import ChatTied
from tests.prove.model.facts import Bond, Paper
from tests.prove.model.known import Known
from tests.prove.model.worlds import Asker, Denials
from tests.prove.reference import DENIALS
from tests.storage.family import value_for
from tests.storage.house import NOON, UNIT, House, open_house, worker

SINCE = date(2026, 9, 1)
ELSEWHERE = "annandal"
HOLDS = {
    "investigation": HoldKind.INVESTIGATION,
    "in_person": HoldKind.IN_PERSON_FIRST,
    "not_yet": HoldKind.NOT_YET,
}
# Who has a chat from the first day.
CHATTY = ("mira", "mother", "lawyer", "moa")
# An example makes some forty steps; a house of so many examples stays small and is proven whole at its end.
EXAMPLES_IN_A_HOUSE = 60
TIE_KINDS = {
    "child": TieKind.CHILD, "guardian": TieKind.GUARDIAN, "reader": TieKind.READER,
    "representative": TieKind.REPRESENTATIVE, "counsel": TieKind.COUNSEL, "safety_person": TieKind.SAFETY,
    "treatment": TieKind.TREATMENT,
}  # fmt: skip
STAFF: dict[str, tuple[str, str, Side]] = {
    "hanna": ("case_worker", UNIT, Side.BARNAHUS), "olle": ("case_worker", UNIT, Side.BARNAHUS),
    "siv": ("manager", UNIT, Side.BARNAHUS), "kim": ("coordinator", UNIT, Side.BARNAHUS),
    "egon": ("case_worker", ELSEWHERE, Side.BARNAHUS), "maria": ("case_worker", UNIT, Side.AID),
    "lena": ("auditor", UNIT, Side.BARNAHUS), "adam": ("administrator", UNIT, Side.BARNAHUS),
}  # fmt: skip
# Whom the store has employed and as what, and as what she has signed in.
HIRED = {"ines": ("coordinator", "coordinator"), "omar": ("manager", "manager"), "ulf": ("manager", "manager"),
         "kurt": ("case_worker", "manager")}  # fmt: skip
# Whom a deed names: the store takes only somebody who works there.
NAMED = ("hanna", "olle", "egon")
Opened = Callable[[], AbstractContextManager[House]]


class Diverged(AssertionError):
    """The store and the model said different things."""


@dataclass
class Figures:
    """What was done, and the first thing on which the two differed."""

    examples: int = 0
    steps: int = 0
    asks: int = 0
    granted: int = 0
    deeds: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    visits: int = 0
    houses: int = 0
    diverged: list[str] = field(default_factory=list)


def memory() -> AbstractContextManager[House]:
    """A house in memory; its keys lie on a file system in memory where there is one."""
    return _house("memory")


def file() -> AbstractContextManager[House]:
    """A house in a file, in memory too where that can be had: what is proven is what is read back, not the disk."""
    return _house("file")


@contextmanager
def _house(kind: str) -> Iterator[House]:
    shm = Path("/dev/shm")  # noqa: S108 a file system in memory, and a folder of our own in it
    folder = Path(tempfile.mkdtemp(prefix="bredvid-model-", dir=shm if shm.is_dir() else None))
    try:
        url = "sqlite://" if kind == "memory" else f"sqlite:///{folder}/store.db"
        with open_house(url, folder) as house:
            yield house
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Stage:
    """Gives each example a case of its own, in a house that is opened anew every so often."""

    def __init__(self, *opened: Opened, denials: Denials = DENIALS) -> None:
        """`opened` are the houses, taken in turn."""
        self.figures = Figures()
        self.denials = denials
        self._opened = opened
        self._open: AbstractContextManager[House] | None = None
        self._house: House | None = None
        self._left = 0
        self.hired: dict[str, str] = {}

    @property
    def month(self) -> str:
        """A month that has ended, another for each example in a house."""
        return f"{2016 + self._left // 12}-{self._left % 12 + 1:02}"

    def house(self) -> House:
        """The house for the next example; the one before is proven first when it is full."""
        self.figures.examples += 1
        if self._left == 0 or self._house is None:
            self.close()
            self._open = self._opened[self.figures.houses % len(self._opened)]()
            self._house = self._open.__enter__()
            # All these cases open to the same few workers within one of their hours; the bound has stories of its own.
            self._house.store.terms = Terms(cases_an_hour=MOST_CASES)
            self._left = EXAMPLES_IN_A_HOUSE
            self.figures.houses += 1
            self.hired = self._house.store.run(_hire)
            self._house.hire(*(actor_of(at_work(name), None) for name in NAMED))
        self._left -= 1
        self._house.clock.now = NOON
        return self._house

    def close(self) -> None:
        """Prove the chains of the house that is open, and close it."""
        try:
            if self._house is not None:
                self.figures.visits += chains_hold(self._house)
        finally:
            self.leave()

    def leave(self) -> None:
        """Close the house that is open."""
        opened, house, self._open, self._house = self._open, self._house, None, None
        if house is not None:
            # It may have been opened again since, and whoever opened it knows the first one only.
            house.store.close()
        if opened is not None:
            opened.__exit__(None, None, None)


def _hire(tx: Any) -> dict[str, str]:
    """Those whom the store knows as at work."""
    return {name: employ(tx, name.title(), "arkivarie", UNIT, Side.BARNAHUS, Role(role))
            for name, (role, _) in HIRED.items()}  # fmt: skip


def chains_hold(house: House) -> int:
    """Every chain of visits of a house holds; how many visits there are."""
    rows = house.store.run(lambda tx: list(tx.rows(ALL_VISITS, {})))
    links = (audit.Link(r.chain, r.seq, r.at, r.actor, r.subject, r.sealed, r.prev, r.mac) for r in rows)
    broken = list(audit.verify(house.store.keyring["mac"], links))
    if broken:
        raise Diverged(f"the log does not hold: {broken[:3]}")
    return len(rows)


# --- who comes --------------------------------------------------------------------------------------------------------


def actor_of(asker: Asker, born: date | None) -> Actor:
    """The asker as the product knows her."""
    if asker.role:
        side, strength = Side(asker.side), Strength(asker.strength)
        return Actor(asker.person, strength, side, asker.unit, Role(asker.role), asker.person.title())
    return Actor(asker.person, Strength(asker.strength), born=born)


def at_work(name: str, channel: str = "console", strength: str = "staff") -> Asker:
    """A member of staff as the model knows her."""
    role, unit, side = STAFF[name]
    return Asker(name, strength, channel, role, unit, side)


def way_of(asker: Asker) -> Channel:
    """The channel she comes by."""
    return Channel(asker.channel)


# --- one case ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Names:
    """What the people and things of one example are called: one house holds many examples."""

    n: str

    @property
    def case(self) -> CaseId:
        """The case."""
        return CaseId(f"{self.n}-case")

    @property
    def ref(self) -> str:
        """Its number, as a worker types it."""
        return f"BH-{self.n}"

    @property
    def adult(self) -> RecordId:
        """The one grown-up that every entry names."""
        return RecordId(f"{self.n}-adult")

    def person(self, name: str) -> PersonId:
        """A person of the case."""
        return PersonId(f"{self.n}-{name}")

    def tie(self, name: str) -> TieId:
        """A tie."""
        return TieId(f"{self.n}-tie-{name}")

    def entry(self, n: int) -> EntryId:
        """An entry."""
        return EntryId(f"{self.n}-entry-{n}")


def enrolment(names: Names, bond: Bond, born: date | None) -> Enrol:
    """The deed that makes a bond."""
    return Enrol(
        names.case, PersonId(bond.person), "Namn", born, "sv", None, None, TieId(bond.tie), TIE_KINDS[bond.kind],
        GuardianStatus(bond.status), bond.first, bond.last, "Hanna",
    )  # fmt: skip


def move_in(house: House, names: Names, known: Known, bonds: list[Bond], more: list[tuple[str, Command]]) -> None:
    """Make the case and tie the first people to it, and what else is done first and by whom, in one transaction."""
    adult = Adult(names.adult, f"Ada {names.n}", "social_worker", Authority.SOCIAL)
    deeds: list[Command] = [
        OpenCase(names.case, UNIT, Side.BARNAHUS, names.ref, "2046-03"),
        KeepAdult(names.case, adult),
    ]
    for bond in bonds:
        known.enrol(bond)
        known.chats.add(bond.person)
        deeds.append(enrolment(names, bond, known.born if bond.kind == "child" else date(1980, 1, 1)))

    def call(tx: Any) -> None:
        for by, deed in [*(("hanna", deed) for deed in deeds), *more]:
            with Sitting(tx, worker(by), Channel.CONSOLE) as sitting:
                done = sitting.do(deed)
            if not done:
                raise AssertionError((deed, done))
        for person in known.chats:
            add_rule(tx, person, ChatTied(f"chat-{person}"))

    house.store.run(call)


# What has happened was that day; what lies ahead lies ahead of every day that a story comes to.
WAS, WILL_BE = SINCE + timedelta(days=9), SINCE + timedelta(days=36_500)


def entry_of(names: Names, name: EntryId, paper: Paper) -> Entry:
    """The entry that a paper stands for."""
    kind = KINDS[paper.kind]
    values = {one.name: value_for(one) for one in fields_of(kind)}
    for one in fields_of(kind):
        if one.type in (FieldType.ADULT, FieldType.ADULTS):
            values[one.name] = names.adult if one.type is FieldType.ADULT else [names.adult]
    if paper.kind == "damages":
        # Of another person than the judgment: what one ahead and one behind would contradict is not proved here.
        values["whom"] = "father"
    outcome = values.get(kind.variant or "")
    fields = {
        one.name: values[one.name] for one in fields_of(kind) if fits(kind, one, outcome) and not clashes(one, values)
    }
    hold = None if paper.hold is None else Hold(HOLDS[paper.hold], paper.until, "Hanna")
    state = EntryState.PLANNED if paper.ahead else EntryState.HAPPENED
    on = WILL_BE if paper.ahead else WAS
    return Entry(name, paper.kind, state, on, kind.source, "Hanna", fields, readers_of(kind), hold)
