"""What happens out of a guardian's sight, each sort by itself, and which rows of the house would betray it.

Each deed is one that somebody really does, at the door where it is done. What an earlier deed has made impossible (a
child whose sign-in is shut writes nothing) is refused, and that is a secret too. Not here: what is meant to change the
guardian's own page, such as the investigation's secrecy, a protected identity or her own block.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType

from storage import commands as c
from storage.grounds import GROUNDS
from storage.queries import (
    Timeline,
)
from storage.records import (
    CaseId,
    ClaimStage,
    PersonId,
    ProofWay,
    ReaderClass,
    Side,
    StaffId,
    TieId,
    TieKind,
)
from tests.prove.hidden_child import (
    alarm,
    child_asks,
    child_consents,
    child_hides_what_the_guardian_reads,
    child_keeps_to_herself,
    child_objects,
    child_reads,
    child_writes,
    has_account,
    invited,
    notice_to_the_child,
    read_together,
    safe_contact,
)
from tests.prove.hidden_entries import (
    DAYS,
    IVO,
    ULLA,
    Secret,
    attempt,
    day_held,
    day_kept,
    day_taken_back,
    held,
    let_read,
    noted_by_staff,
    of_another_authority,
    planned,
    promised,
    released_elsewhere,
    shut_to_her,
    taken_back,
    tell,
    write,
)
from tests.storage.claiming import open_street
from tests.storage.family import (
    CASE,
    FATHER,
    FATHERS,
    HANNA,
    OLLE,
    Family,
    enrol,
    full_entry,
)
from tests.storage.house import TODAY, UNIT, signed_in


@dataclass(frozen=True)
class Sort:
    """How it is done, and the table whose rows are more or others by it.

    `instead`: of a deed whose outside is hers to see, what happens in the other world that looks the same.
    """

    do: Callable[[Family, Secret, int], object]
    betrayed_by: str
    instead: Callable[[Family], None] | None = None


def _father_blocked(family: Family, secret: Secret, n: int) -> None:
    attempt(family, HANNA, c.BlockGuardian(CASE, FATHERS, blocked=True))
    if secret.day % 2:
        for one in (HANNA, ULLA):
            attempt(family, one, c.BlockGuardian(CASE, FATHERS, blocked=False))


def _fathers_part(family: Family, secret: Secret, n: int) -> None:
    """He is cleared, gets an entry of his own, reads it, says no to something, and is written to."""
    attempt(family, HANNA, c.ClearGuardian(CASE, FATHERS, "No part in it."))
    attempt(family, OLLE, c.ClearGuardian(CASE, FATHERS, "I agree."))
    entry = write(family, replace(secret, kind="child_talk"), n)
    let_read(family, entry.id, ReaderClass.GUARDIAN, FATHERS)
    family.house.ask(signed_in(FATHER), Timeline(CASE))
    notice = c.AskToBeSent(CASE, FATHER, entry.id, family.house.clock.now)
    attempt(family, HANNA, c.GuardianSaysNo(CASE, FATHERS, "not now"), notice)
    if secret.day % 2:
        attempt(family, ULLA, c.DecideAfterNo(CASE, FATHERS, told=True, why="She has a right to know."))


def _others_let_in(family: Family, secret: Secret, n: int) -> None:
    """Another guardian, counsel, a reader, staff of the treatment: a tie each."""
    kinds = (TieKind.GUARDIAN, TieKind.COUNSEL, TieKind.READER, TieKind.TREATMENT, TieKind.REPRESENTATIVE)
    kind = kinds[secret.day % 5]
    until = TODAY + timedelta(days=90) if kind is TieKind.REPRESENTATIVE else None
    attempt(family, HANNA, enrol(f"other-{n}", TieId(f"tie-other-{n}"), kind, until=until))
    if kind is TieKind.GUARDIAN:
        for one in (HANNA, OLLE):
            attempt(family, one, c.ClearGuardian(CASE, TieId(f"tie-other-{n}"), "No part in it."))


def _young_adults_claim(family: Family, secret: Secret, n: int) -> None:
    """Somebody who was here as a child asks at the unit, and a worker finds this case."""
    street = open_street(family.house)
    claim = street.send(way=ProofWay.LETTER)
    next_on = TODAY + timedelta(days=5)
    looked = c.MoveClaim(claim, ClaimStage.LOOKING, "the coordinator", next_on, ProofWay.LETTER)
    attempt(family, HANNA, looked, c.ConnectClaim(claim, CASE))


def _excepted(family: Family, secret: Secret, n: int) -> None:
    """A provision lets somebody read, something is handed out, another unit opens the case in need."""
    to = f"Polisen {n}"
    attempt(family, HANNA, c.KeepException(CASE, f"x-{n}", to, GROUNDS[2], "Hanna", "beslut 7", TODAY, None),
            c.AskForExtract(CASE, to, "Begäran 14"))  # fmt: skip
    attempt(family, ULLA, c.ApproveExtract(CASE, StaffId(HANNA.id), to))
    attempt(family, IVO, c.BreakGlass("elsewhere", "BH-1", "She rang the night desk."))
    if secret.day % 2:
        attempt(family, HANNA, c.EndException(CASE, f"x-{n}"))


def _another_case(family: Family, secret: Secret, n: int) -> None:
    case, child = CaseId(f"case-other-{n}"), PersonId(f"child-other-{n}")
    attempt(family, HANNA, c.OpenCase(case, UNIT, Side.BARNAHUS, f"BH-9{n}", "2047-01"),
            enrol(child, TieId(f"tie-child-{n}"), TieKind.CHILD, case=case, born=date(2014, 5, 6)),
            c.CarryEntry(case, full_entry("child_wish", f"other-{n}")))  # fmt: skip


SECRETS: Mapping[str, Sort] = MappingProxyType({
    "unreleased entry": Sort(write, "part"), "planned visit": Sort(planned, "part"),
    "day kept": Sort(day_kept, "part"),
    "released to others": Sort(released_elsewhere, "part"),
    "another authority's entry": Sort(of_another_authority, "part"), "promised": Sort(promised, "part"),
    "held": Sort(held, "part"), "told": Sort(tell, "part"), "taken back": Sort(taken_back, "task"),
    "staff's notes": Sort(noted_by_staff, "part"), "child invited": Sort(invited, "visit"),
    "child's account": Sort(has_account, "session"), "child writes": Sort(child_writes, "part"),
    "alarm": Sort(alarm, "task"), "child asks": Sort(child_asks, "task"), "child reads": Sort(child_reads, "visit"),
    "child objects": Sort(child_objects, "part"), "child hides": Sort(child_hides_what_the_guardian_reads, "part"),
    "child keeps to herself": Sort(child_keeps_to_herself, "part"), "read together": Sort(read_together, "part"),
    "child consents": Sort(child_consents, "rule"), "safe contact": Sort(safe_contact, "rule"),
    "notice to the child": Sort(notice_to_the_child, "outbox"), "father blocked": Sort(_father_blocked, "rule"),
    "father's part": Sort(_fathers_part, "part"), "others let in": Sort(_others_let_in, "party"),
    "young adult's claim": Sort(_young_adults_claim, "part"), "exception": Sort(_excepted, "rule"),
    "another case": Sort(_another_case, "subject"),
    "day held": Sort(day_held, "part", shut_to_her(DAYS[0])),
    "day taken back": Sort(day_taken_back, "task", shut_to_her(DAYS[1])),
})  # fmt: skip
