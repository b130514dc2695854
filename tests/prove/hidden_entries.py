"""Entries out of a guardian's sight, and the words in which every hidden deed is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from storage import commands as c
from storage.consent import Actor
from storage.incidents import HeardOf, Reported
from storage.kinds import KINDS, readers_of
from storage.queries import OpenTasks, WholeEntries
from storage.records import (
    Adult,
    Authority,
    Entry,
    EntryId,
    EntryState,
    Hold,
    HoldKind,
    Leave,
    ReaderClass,
    RecordId,
    Role,
    StaffId,
    TieId,
    Told,
)
from tests.storage.family import (
    CASE,
    FATHERS,
    HANNA,
    MIRA,
    OLLE,
    Family,
    contact,
    full_entry,
    release,
)
from tests.storage.house import TODAY, UNIT, signed_in, worker

OPEN = "open-to-her"
# Two planned days, where any are open to her: the one is held by a secret, the other is taken back.
DAYS = (EntryId("day-of-hers-0"), EntryId("day-of-hers-1"))
MINE = TieId("tie-mother")
ULLA = replace(worker("ulla"), role=Role.MANAGER)
IVO = worker("ivo", unit="elsewhere")
CHILD = signed_in(MIRA)


@dataclass(frozen=True)
class Secret:
    """One thing that happens: which deed, with which kind of entry, on which day; `late`: while a message to her is on
    its way.
    """

    deed: str
    kind: str = "child_talk"
    day: int = 0
    late: bool = False


def attempt(family: Family, actor: Actor, *deeds: c.Command) -> None:
    for deed in deeds:
        family.house.do(actor, deed)


def let_read(family: Family, entry: EntryId, to: ReaderClass, tie: TieId | None = None) -> None:
    for one in (HANNA, OLLE):
        attempt(family, one, c.ReleaseEntry(CASE, entry, release(to, tie)))


def let_write(family: Family, *, notices: bool = False) -> None:
    attempt(family, HANNA, contact(notices=notices))


def write(family: Family, secret: Secret, n: int, **how: object) -> Entry:
    usual = {"on": date(2026, 9, 1) + timedelta(days=secret.day), **how}
    entry = replace(full_entry(secret.kind, f"secret-{n}"), **usual)  # type: ignore[arg-type]
    attempt(family, HANNA, c.CarryEntry(CASE, entry))
    return entry


def planned(family: Family, secret: Secret, n: int) -> None:
    """A visit that lies ahead, and is moved or called off."""
    kind = secret.kind if KINDS[secret.kind].ahead else "child_interview"
    entry = write(family, replace(secret, kind=kind), n, state=EntryState.PLANNED, on=TODAY + timedelta(days=9))
    let_read(family, entry.id, ReaderClass.CHILD)
    if secret.day % 3:
        state = EntryState.MOVED if secret.day % 3 == 1 else EntryState.CANCELLED
        attempt(family, HANNA, c.ChangeState(CASE, entry.id, state, TODAY + timedelta(days=12)))


def day_kept(family: Family, secret: Secret, n: int) -> None:
    """A day is planned that the other guardian is told of and she is not; then it is moved or called off."""
    for one in (HANNA, OLLE):
        attempt(family, one, c.ClearGuardian(CASE, FATHERS, "No part in it."))
    kind = secret.kind if KINDS[secret.kind].ahead else "child_talk"
    on = TODAY + timedelta(days=secret.day + 1)
    entry = write(family, replace(secret, kind=kind), n, state=EntryState.PLANNED, on=on)
    attempt(family, HANNA, c.TellOfVisit(CASE, entry.id, FATHERS, told=True))
    if secret.day % 2:
        state = EntryState.MOVED if secret.day % 3 else EntryState.CANCELLED
        attempt(family, HANNA, c.ChangeState(CASE, entry.id, state, on + timedelta(days=2)))


def released_elsewhere(family: Family, secret: Secret, n: int) -> None:
    entry = write(family, secret, n)
    for to in readers_of(KINDS[secret.kind]):
        let_read(family, entry.id, to, FATHERS if to is ReaderClass.GUARDIAN else None)


def of_another_authority(family: Family, secret: Secret, n: int) -> None:
    """The police's, the prosecutor's or the court's: shared, or only who met and when."""
    kind = ("child_interview", "charge_decision", "verdict", "contact_ban")[secret.day % 4]
    leave = Leave.FACTS if secret.day % 2 else Leave.WHOLE
    write(family, replace(secret, kind=kind), n, releases=(replace(release(ReaderClass.SHARED), leave=leave),))


def promised(family: Family, secret: Secret, n: int) -> None:
    hold = Hold(HoldKind.NOT_YET, TODAY + timedelta(days=secret.day + 1), "Hanna")
    entry = write(family, secret, n, hold=hold, releases=(release(ReaderClass.CHILD),))
    if secret.day % 2:
        attempt(family, HANNA, c.LookAgain(CASE, entry.id, yes=True, until=None))


def held(family: Family, secret: Secret, n: int) -> None:
    sort = HoldKind.INVESTIGATION if secret.day % 2 else HoldKind.IN_PERSON_FIRST
    write(family, secret, n, hold=Hold(sort), releases=(release(ReaderClass.CHILD), release(ReaderClass.SHARED)))


def tell(family: Family, secret: Secret, n: int) -> EntryId:
    entry = write(family, secret, n)
    let_read(family, entry.id, ReaderClass.CHILD)
    told = Told(MIRA, "Hanna", TODAY, "in_person", "understood")
    attempt(family, HANNA, c.RecordTold(CASE, entry.id, told), c.RecordDay(CASE, entry.id, 1, told))
    return entry.id


def taken_back(family: Family, secret: Secret, n: int) -> None:
    entry = write(family, secret, n)
    let_read(family, entry.id, ReaderClass.CHILD)
    attempt(family, HANNA, c.TakeBack(CASE, entry.id, "wrong day"))


def day_held(family: Family, secret: Secret, n: int) -> None:
    """Something of a day that was opened to her waits after all; it may be moved meanwhile, and the hold may end.

    Hers to see is that the day is shut, as when a worker shuts it (`shut_to_her`), and that it stays shut. That
    something waits, for what, that it ends and that the day is another by then is not.
    """
    entries = family.house.ask(HANNA, WholeEntries(CASE))
    entry = next((one for one in entries if one.id == DAYS[0]), None) if isinstance(entries, tuple) else None
    if entry is None:
        held(family, secret, n)
        return
    until = TODAY + timedelta(days=3)
    hold = (Hold(HoldKind.NOT_YET, until, "Hanna"), Hold(HoldKind.IN_PERSON_FIRST), Hold(HoldKind.INVESTIGATION))[
        secret.day % 3
    ]
    attempt(family, HANNA, c.WriteEntry(CASE, replace(entry, hold=hold, version=entry.version + 1)))
    if secret.day % 5 == 0:
        attempt(family, HANNA, c.ChangeState(CASE, DAYS[0], EntryState.MOVED, TODAY + timedelta(days=6)))
    if secret.day % 2:
        attempt(family, HANNA, c.LookAgain(CASE, DAYS[0], yes=True, until=None))


def day_taken_back(family: Family, secret: Secret, n: int) -> None:
    """The entry of a day that was opened to her is taken back, and the incident closed.

    Hers to see is that the day is shut, as when a worker shuts it; the entry was never hers, so that nothing of it had
    reached her and her telephone is written to as before.
    """
    entries = family.house.ask(HANNA, WholeEntries(CASE))
    if not isinstance(entries, tuple) or all(one.id != DAYS[1] for one in entries):
        taken_back(family, secret, n)
        return
    done = c.CloseIncident(CASE, DAYS[1], Reported.NOT_REPORTED, "A wrong day.", HeardOf.NOT_TOLD, "Nobody read it.")
    attempt(family, HANNA, c.TakeBack(CASE, DAYS[1], "wrong child"), *((done,) if secret.day % 2 else ()))


def shut_to_her(day: EntryId) -> Callable[[Family], None]:
    """What stands for it in the other world: a worker shuts that day to her, for whatever reason."""
    return lambda family: attempt(family, HANNA, c.TellOfVisit(CASE, day, MINE, told=False))


def noted_by_staff(family: Family, secret: Secret, n: int) -> None:
    """A grown-up written down, a task closed, a case handed over."""
    adult = Adult(RecordId(f"adult-secret-{n}"), f"Grown-up {n}", "other", Authority.SOCIAL, "0700-1", "another")
    attempt(family, HANNA, c.KeepAdult(CASE, adult), c.BlockColleague(CASE, StaffId("kalle"), blocked=True))
    attempt(family, ULLA, *(c.AssignCase(CASE, StaffId(name), assigned=True) for name in ("hanna", "olle", "ulla")))
    tasks = family.house.ask(HANNA, OpenTasks(UNIT))
    for task in tasks if isinstance(tasks, tuple) else ():
        attempt(family, HANNA, c.CloseTask(UNIT, task.id))
