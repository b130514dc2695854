"""The invented people: brought in once by the same import that a municipality uses, each with a way to be tried."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from storage.commands import BlockGuardian, ClearGuardian, Command, TellOfVisit
from storage.consent import Actor, Withheld
from storage.gate import Sitting
from storage.importing import import_case
from storage.payloads import TalkState
from storage.pins import hash_pin
from storage.queries import PartyLine, Query, Sheet, WholeEntries
from storage.records import CaseId, Channel, EntryState, PersonId, Role, Side, StaffId, Strength
from storage.sign_in import employ, keep_pin, make_invite, pend, staff_link
from storage.talks import state_text
from storage.vault import Store, Tx

T = TypeVar("T")
CASES = ("tuva", "elias", "noa", "amina", "ronja", "ivar", "moa", "vilja", "selma", "linnea")
# Of these cases one person is tried, or nobody; the others wait in the console, so that the strip can be taken in.
TRIED = MappingProxyType({
    "ronja": ("Ronja",), "ivar": (), "moa": ("Moa", "Jenny", "Robert"), "vilja": ("Vilja",), "selma": ("Selma",),
    "linnea": ("Linnea",),
})  # fmt: skip
# The day the invented cases were written for; every date moves with it by whole weeks, so weekdays stay.
WRITTEN_FOR = date(2026, 11, 23)
PIN = "246802"
UNITS = MappingProxyType({"lindvik": "Barnahus Lindvik", "lindvik-stod": "Ekonomiskt bistånd Lindvik"})
STAFF = (
    ("Hanna Berg", "socialsekreterare", "lindvik", Side.BARNAHUS, Role.CASE_WORKER),
    ("Lena Dahl", "socialsekreterare", "lindvik", Side.BARNAHUS, Role.COORDINATOR),
    ("Ulla Ström", "enhetschef", "lindvik", Side.BARNAHUS, Role.MANAGER),
    ("Maria Nyström", "handläggare", "lindvik-stod", Side.AID, Role.CASE_WORKER),
)
CLEARED = ("Sanna", "Camilla", "Jenny", "Linda", "Pia")
BLOCKED = ("Robert",)
# Who is told of one planned day of the child's, by the kind of that day.
TOLD_OF = MappingProxyType({"Jenny": "treatment_contact"})
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Tried:
    """One invented person, with everything needed to be her; only a demo ever writes such a line down."""

    id: str
    name: str
    role: str
    tie: str
    locale: str
    birth: str | None
    case: str
    token: str
    spoken_code: str
    receipt_code: str
    pin: str
    telegram: bool = False
    telegram_user_id: int | None = None
    telegram_content: bool = False


@dataclass(frozen=True, slots=True)
class Worker:
    """One invented member of staff."""

    id: str
    name: str
    role: str
    unit: str


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody in the demo."""

    people: tuple[Tried, ...]
    staff: tuple[Worker, ...]


def settle(store: Store, folder: Path) -> Cast:
    """The people of the demo: from the folder when they have moved in before, else brought in now."""
    kept = folder / "people.json"
    if kept.exists():
        whole = json.loads(kept.read_text(encoding="utf-8"))
        people, staff = (Tried(**line) for line in whole["people"]), (Worker(**line) for line in whole["staff"])
        cast = Cast(tuple(_invited_anew(store, one) for one in people), tuple(staff))
    else:
        cast = _move_in(store)
    kept.write_text(json.dumps(asdict(cast), ensure_ascii=False, indent=1), encoding="utf-8")
    return cast


def _invited_anew(store: Store, one: Tried) -> Tried:
    """The same person with an invite that works: the one before may have been used, or be too old."""
    person, case = PersonId(one.id), CaseId(one.case)
    token, spoken = store.run(lambda tx: make_invite(tx, person, case, by_letter=True))
    return replace(one, token=token, spoken_code=spoken)


def _move_in(store: Store) -> Cast:
    staff = tuple(_employ(store, line) for line in STAFF)
    people: list[Tried] = []
    verifier = hash_pin(store.keyring["pepper"], PIN)
    for name in CASES:
        case = _import(store, name)
        side = Side.AID if name == "amina" else Side.BARNAHUS
        workers = [worker for worker in staff if (worker.unit == "lindvik-stod") == (side is Side.AID)]
        sheet = _ask(store, Sheet(case), _actor(workers[0], side))
        for line in sheet.parties:
            for worker, deed in _decided(store, case, line, workers):
                _do(store, deed, _actor(worker, side))
            if line.name in TRIED.get(name, (line.name,)):
                people.append(_person(store, case, line, verifier))
    return Cast(tuple(people), staff)


def _import(store: Store, name: str) -> CaseId:
    done = import_case(store, case_file(name, store.clock().date()))
    if done.case is None:
        raise RuntimeError(f"the demo case {name} is broken: {done.errors}")
    return CaseId(done.case)


def case_file(name: str, today: date) -> bytes:
    """One of the invented cases as a file to carry in, its days moved by whole weeks so that it is of today."""
    raw = files("bot.demo").joinpath("cases", f"{name}.json").read_text(encoding="utf-8")
    weeks = (today - WRITTEN_FOR).days // 7
    return _DAY.sub(lambda found: _later(found.group(), weeks), raw).encode()


def _later(day: str, weeks: int) -> str:
    return (date.fromisoformat(day) + timedelta(weeks=weeks)).isoformat()


def _employ(store: Store, line: tuple[str, str, str, Side, Role]) -> Worker:
    name, function, unit, side, role = line
    staff = store.run(lambda tx: employ(tx, name, function, unit, side, role))
    return Worker(staff, name, role, unit)


def _actor(worker: Worker, side: Side) -> Actor:
    return Actor(worker.id, Strength.STAFF, side, worker.unit, Role(worker.role), label=worker.name)


def _ask(store: Store, query: Query[T], actor: Actor) -> T:
    def look(tx: Tx) -> T | Withheld:
        with Sitting(tx, replace(actor, label=""), Channel.CONSOLE) as sitting:
            return sitting.ask(query)

    seen = store.run(look)
    if isinstance(seen, Withheld):
        raise RuntimeError(f"the demo was refused {type(query).__name__}: {seen.reason}")
    return seen


def _do(store: Store, deed: Command, actor: Actor) -> None:
    def change(tx: Tx) -> Any:
        with Sitting(tx, actor, Channel.CONSOLE, lock=True) as sitting:
            return sitting.do(deed)

    done = store.run(change)
    if isinstance(done, Withheld):
        raise RuntimeError(f"the demo was refused {type(deed).__name__}: {done.reason}")


def _decided(store: Store, case: CaseId, line: PartyLine, workers: list[Worker]) -> Iterator[tuple[Worker, Command]]:
    """What workers have decided about a guardian by now. Clearing one takes two people, in the demo too."""
    if line.name in CLEARED:
        for worker in workers[:2]:
            yield worker, ClearGuardian(case, line.tie, "Samtal med mamman den första veckan")
    if line.name in BLOCKED:
        yield workers[0], BlockGuardian(case, line.tie, blocked=True)
    if (kind := TOLD_OF.get(line.name)) is not None:
        whole = _ask(store, WholeEntries(case), _actor(workers[0], Side.BARNAHUS))
        day = next(one for one in whole if one.kind == kind and one.state is EntryState.PLANNED)
        yield workers[0], TellOfVisit(case, day.id, line.tie, told=True)


def _person(store: Store, case: CaseId, line: Any, verifier: str) -> Tried:
    person = PersonId(line.person)

    def equip(tx: Tx) -> tuple[str, str, str]:
        began = pend(tx, person, state_text(TalkState("way_in/pin", 1, {})))
        receipt, _ = keep_pin(tx, began.token, person, verifier, pictures=False)
        token, spoken = make_invite(tx, person, case, by_letter=True)
        return receipt, token, spoken

    receipt, token, spoken = store.run(equip)
    return Tried(person, line.name, str(line.kind), line.tie, line.locale, line.born, case, token, spoken, receipt, PIN)


def staff_links(store: Store, cast: Cast, public_url: str) -> list[dict[str, str]]:
    """A fresh single-use sign-in link for each member of staff."""
    found = []
    for worker in cast.staff:
        token = store.run(lambda tx, staff=worker.id: staff_link(tx, StaffId(staff)))  # type: ignore[misc]
        found.append({"name": worker.name, "role": worker.role, "login_url": f"{public_url}/console/in/{token}"})
    return found
