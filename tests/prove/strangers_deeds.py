"""Every id of the house handed in by every actor in every command: nothing of somebody else's is changed.

Each command is made up from its own types, with every id of each sort in every place that takes one, and so that what
it says yes to is said no to as well (`_choices`). What is done is
taken back again, so that each meets the same house; before that the rows are looked at: a change that was made may have
touched only what belongs to who made it (security D.2, W8). That a refused one leaves nothing behind is told elsewhere.
"""

from __future__ import annotations

import dataclasses
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from hashlib import blake2b
from itertools import chain, islice, product
from pathlib import Path
from typing import Any, get_args, get_type_hints

from sqlalchemy import select

from storage import _tables as t
from storage.commands import BreakGlass, Command, KeepContact, SayYes, SealCase, Withdraw
from storage.consent import Actor, Withheld
from storage.gate import DEEDS, Sitting
from storage.queries import Reach
from storage.records import (
    Adult,
    Authority,
    Channel,
    EntryState,
    Meeting,
    PersonId,
    ReaderClass,
    RecordId,
    Role,
    Strength,
    Told,
)
from storage.vault import Tx
from tests.prove.strangers_house import AT_CASES, NAMED, everybody, move_everybody_in
from tests.storage.family import full_entry, release
from tests.storage.house import NOON, TODAY, UNIT, House, open_house
from tests.storage.planted import AMINA

# Which sort of id stands in a field, by the name of its type or, where that is only `str`, by its own.
SORT = {"CaseId": "case", "PersonId": "person", "TieId": "tie", "EntryId": "record", "RecordId": "record",
        "StaffId": "person", "ClaimId": "claim", "ClaimToken": "claim", "consent": "consent", "exception": "exception",
        "meeting": "record", "ref": "record", "task": "task", "plan": "record"}  # fmt: skip
WORDS = {"hours": "09:00-19:00", "scope": "reminders", "cull_month": "2046-03", "answer": "come", "locale": "sv",
         "what": "name", "understood": "understood", "how": "met", "ground": "osl_26_9", "word": "boat"}  # fmt: skip
# Whoever came by a link or an e-ID may do less than with her PIN.
PROVEN = frozenset({Strength.PIN, Strength.STAFF, Strength.NONE})
# So many ways to answer what a command chooses between are tried.
WAYS = 4
_AT_WORK = frozenset({Reach.WORK, Reach.SEAL, Reach.LOG})
# What somebody who is tied to a case may say for herself in it.
_OF_A_TIE = frozenset({SayYes, Withdraw, KeepContact})
_OWNERS: Mapping[Any, str] = {t.part: "owner", t.rule: "subject", t.party: "case_id", t.task: "case_id", t.dek: "owner",
                              t.outbox: "case_id", t.secret: "subject", t.session: "subject",
                              t.conversation: "person", t.subject: "id"}  # fmt: skip


@dataclass
class Found:
    """How many deeds were tried and done, of which sorts, and what they changed that was not theirs to change.

    `broke`: what ended in a fault instead of a refusal.
    """

    tried: int = 0
    done: int = 0
    sorts: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    broke: list[str] = field(default_factory=list)


class _TakenBack(Exception):
    """The transaction is to be rolled back; nothing is wrong."""


def run(every: int = 1, first: int = 0, who: str = "") -> Found:
    """Try everything, or one deed of so many; `who`: only those whose id begins so."""
    found = Found()
    with tempfile.TemporaryDirectory() as folder, open_house("sqlite://", Path(folder)) as house:
        move_everybody_in(house)
        actors, theirs = (
            [one for one in everybody() if one.strength in PROVEN and one.id.startswith(who)],
            _belongings(house),
        )
        before, ids = house.store.run(_state), _ids(house)
        for actor, command in islice(product(actors, _deeds(ids)), first, None, every):
            found.tried += 1
            try:
                changed = _changed(house, actor, command, before)
            except Exception as broke:  # a form may name any id: whatever it names is a refusal and no fault
                found.broke.append(f"{type(broke).__name__} when {actor.id} did {command}")
                continue
            if changed is None:
                continue
            found.done += 1
            found.sorts.add(type(command).__name__)
            known = changed & before.keys()
            if _overreaches(actor, command):
                found.wrong.append(f"{actor.id} did {command}")
            if strange := sorted(known - theirs[actor.id] - _of_her_unit(house, actor, command)):
                found.wrong.append(f"{actor.id} changed {', '.join(strange)} by {command}")
    return found


def _changed(house: House, actor: Actor, command: Command, before: Mapping[str, bytes]) -> set[str] | None:
    """Whose rows are others by a deed that was done; None when it was refused. Nothing of it stays."""
    seen: list[set[str] | None] = [None]

    def call(tx: Tx) -> None:
        channel = Channel.CONSOLE if actor.is_staff else Channel.WEB
        with Sitting(tx, actor, channel, lock=True) as sitting:
            if not isinstance(sitting.do(command), Withheld):
                after = _state(tx)
                seen[0] = {one for one in {*before, *after} if before.get(one) != after.get(one)}
        raise _TakenBack

    with suppress(_TakenBack):
        house.store.run(call)
    return seen[0]


def _state(tx: Tx) -> dict[str, bytes]:
    """For each owner, a sum over every row of hers."""
    sums: dict[str, list[str]] = defaultdict(list)
    for table, owner in _OWNERS.items():
        for row in tx.conn.execute(select(table)):
            sums[str(getattr(row, owner))].append(repr(tuple(row)))
    return {one: blake2b("".join(sorted(rows)).encode()).digest() for one, rows in sums.items()}


def _belongings(house: House) -> dict[str, set[str]]:
    """What each actor may change: herself; her case; at work the cases she has with everybody and all in them (P12).

    A coordinator and a manager have their unit's; a case worker those that name nobody and those that name her, and
    the claims made to it. Which deed she may do in it is the rule's to say, and is told by its stories.
    """
    theirs: dict[str, set[str]] = defaultdict(set)
    for row in house.rows(t.party):
        theirs[row.person].add(row.case_id)
    for actor in everybody():
        # Rows without an owner are work rows of a unit or of nobody signed in: no case and no person lies in them.
        theirs[actor.id] |= {actor.id, "None"}
        if actor.is_staff and actor.role in AT_CASES:
            units = {row.id for row in house.rows(t.subject, unit=actor.unit, side=actor.side)}
            theirs[actor.id] |= units - _of_colleagues(house, actor)
    return theirs


def _of_colleagues(house: House, actor: Actor) -> set[str]:
    """The cases that name somebody else, and who is tied to these alone."""
    if actor.role is not Role.CASE_WORKER:
        return set()
    cases = {case for case, named in NAMED.items() if named != actor.id}
    of: dict[str, set[str]] = defaultdict(set)
    for row in house.rows(t.party):
        of[row.person].add(row.case_id)
    return cases | {person for person, some in of.items() if some <= cases}


def _of_her_unit(house: House, actor: Actor, command: Command) -> set[str]:
    """What every member of staff of the unit may do with its cases: seal them (P20), open one in need (P60)."""
    at_cases = actor.is_staff and actor.role in AT_CASES
    if not at_cases or not isinstance(command, SealCase | BreakGlass):
        return set()
    return {row.id for row in house.rows(t.subject, unit=actor.unit, side=actor.side, sort="case")}


def _overreaches(actor: Actor, command: Command) -> bool:
    """Whether this is a deed of the staff's by somebody who is not, or one of the child's own by who is tied to her."""
    if actor.is_staff:
        return False
    hers = actor.id.startswith(("child-", "mira")) or actor.id == AMINA
    return command.reach in _AT_WORK or (command.reach is Reach.THREAD and not hers and type(command) not in _OF_A_TIE)


# --- commands made up -------------------------------------------------------------------------------------------------


def _ids(house: House) -> dict[str, list[str]]:
    """The ids of the house by their sort; in each sort one stranger that is of another."""
    subjects = house.rows(t.subject)
    of = {sort: [row.id for row in subjects if row.sort == sort] for sort in ("case", "person", "claim")}
    records = sorted({row.record for row in house.rows(t.part) if not row.record.startswith("child-")})
    ties = [row.tie for row in house.rows(t.party)]
    tasks = [row.id for row in house.rows(t.task)]
    names = [f"{who}-{by}-{name}" for name in ("one", "two") for who in ("reader",) for by in ("mother", "child")]
    return {"case": [*of["case"], of["person"][0]], "person": [*of["person"], of["case"][0]],
            "claim": [*of["claim"], of["case"][0]], "record": [*records, of["person"][0]], "tie": [*ties, records[0]],
            "task": tasks, "consent": names, "exception": ["x", "nothing"]}  # fmt: skip


def _deeds(ids: Mapping[str, list[str]]) -> Iterator[Command]:
    for kind in DEEDS:
        hints = get_type_hints(kind)
        fields = [one.name for one in dataclasses.fields(kind)]  # type: ignore[arg-type]
        wanted = {name: sort for name in fields if (sort := _sort(name, hints[name])) is not None}
        held = [name for name in fields if _holds_entry(hints[name])]
        pools = [ids[sort] for sort in wanted.values()] + [ids["record"]] * len(held)
        names = [*wanted, *held]
        choosing = [name for name in fields if name not in wanted and _chooses(hints[name])]
        # Each place takes every id in turn while the others are of one case; and each pair with the case in it.
        for values, others in product(_turns(names, pools), _choices(choosing)):
            given = dict(zip(names, values, strict=True))
            yield kind(**{name: _value(name, hints[name], given.get(name), name in others) for name in fields})


def _chooses(hint: Any) -> bool:
    kind = hint if getattr(hint, "__origin__", None) is tuple else _one_of(hint)
    return kind is bool or (isinstance(kind, type) and issubclass(kind, Enum))


def _choices(fields: list[str]) -> tuple[frozenset[str], ...]:
    """Which fields take their other value: none, all, and each alone, as many as are tried."""
    ways = (frozenset[str](), frozenset(fields), *(frozenset({one}) for one in fields))
    return tuple(dict.fromkeys(ways))[:WAYS]


def _turns(names: list[str], pools: list[list[str]]) -> Iterator[tuple[str, ...]]:
    if len(pools) < 2:
        return product(*pools)
    others = [[pool[0], pool[len(pool) // 2]] if at == 0 else [pool[len(pool) // 2]] for at, pool in enumerate(pools)]
    each = (product(*(pool if at == turn else others[at] for at, pool in enumerate(pools)))
            for turn in range(len(pools)))  # fmt: skip
    pairs = (product(pools[0], *(pool if at == turn else pool[:1] for at, pool in enumerate(pools[1:], 1)))
             for turn in range(1, len(pools)))  # fmt: skip
    return iter(dict.fromkeys(chain(*each, *pairs)))


def _sort(name: str, hint: Any) -> str | None:
    one = _one_of(hint)
    if getattr(one, "__name__", "") in SORT:
        return SORT[one.__name__]
    return SORT.get(name) if one is str else None


def _holds_entry(hint: Any) -> bool:
    return getattr(hint, "__name__", "") in ("Entry", "Adult", "Meeting")


def _one_of(hint: Any) -> Any:
    return next((arg for arg in get_args(hint) if arg is not type(None)), hint)


def _value(name: str, hint: Any, given: str | None, other: bool = False) -> Any:
    """A value that fits the field, with the id in it where it holds one; or the other one it can take."""
    optional = type(None) in get_args(hint)
    if getattr(hint, "__origin__", None) is tuple:
        return () if given is None else (given,)
    one = _one_of(hint)
    if given is not None and not _holds_entry(one):
        return given
    made = _made(one, given, other)
    if made is not None:
        return made
    if optional:
        return None
    return WORDS.get(name, UNIT if name == "unit" else "words")


def _made(kind: Any, given: str | None, other: bool) -> Any:
    starts = NOON + timedelta(days=9)
    plain: Mapping[str, Callable[[], Any]] = {
        "Entry": lambda: full_entry("child_talk", given or "new", state=EntryState.PLANNED, on=None, fields={}),
        "Adult": lambda: Adult(RecordId(given or "new"), "New", "other", Authority.SOCIAL),
        "Meeting": lambda: Meeting(RecordId(given or "new"), starts, "Europe/Stockholm", "w", "x", "first",
                                   EntryState.PLANNED),
        "Release": lambda: release(ReaderClass.CHILD),
        "Told": lambda: Told(PersonId("child-one"), "W", TODAY, "in_person", "understood"),
        "bool": lambda: not other, "int": lambda: 1, "date": lambda: TODAY, "datetime": lambda: NOON,
    }  # fmt: skip
    if (make := plain.get(getattr(kind, "__name__", ""))) is not None:
        return make()
    return list(kind)[:2][-1 if other else 0] if isinstance(kind, type) and issubclass(kind, Enum) else None
