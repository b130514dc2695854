"""Ids of others: a form may name any id, and none that belongs to another case, or to the house, is taken for new."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from storage import _tables as t
from storage.commands import (
    AssignCase,
    Book,
    CloseTask,
    KeepAdult,
    KeepPlan,
    OpenCase,
    ReadTogether,
    WriteEntry,
)
from storage.consent import Actor, Reason, Withheld
from storage.duties import Duty
from storage.queries import MyCases, OneEntry, OpenTasks
from storage.records import (
    CaseId,
    EntryState,
    EntryView,
    Meeting,
    ReaderClass,
    RecordId,
    Role,
    Side,
    StaffId,
    TieId,
    TieKind,
)
from storage.sign_in import has_pin
from tests.contract.signing_in import run, with_pin
from tests.storage.family import ADULTS, CASE, HANNA, MIRA, MOTHER, MOTHERS, OLLE, Family, enrol, full_entry
from tests.storage.house import NOON, TODAY, UNIT, House, signed_in, worker
from tests.storage.planted import AID, AMINA, MARIA, move_amina_in

INGRID = worker("ingrid", unit="norrby")
OTHER = CaseId("case-other")


def _other(house: House, who: Actor = INGRID, case: CaseId = OTHER) -> None:
    unit = who.unit or ""
    house.done(who, OpenCase(case, unit, Side.BARNAHUS, f"NB-{case}", "2046-12"))
    house.done(who, enrol("ebbe", TieId(f"tie-{case}"), TieKind.CHILD, case=case))


def test_an_entry_under_the_id_of_another_cases_entry_is_refused_and_hers_stays(family: Family) -> None:
    family.contact()
    hers = family.write(full_entry())
    family.release(hers.id, ReaderClass.CHILD)
    _other(family.house)
    forged = full_entry(name=hers.id, fields={}, state=EntryState.PLANNED)
    for entry in (forged, replace(forged, listeners=())):
        assert family.house.do(INGRID, WriteEntry(OTHER, entry)) == Withheld(Reason.CONFLICT)
    assert isinstance(family.house.see(signed_in(MIRA), OneEntry(CASE, hers.id)), EntryView)


@pytest.mark.parametrize("record", [f"{MIRA}.pin", f"{MIRA}.profile", f"{CASE}.case"])
def test_an_entry_cannot_take_the_place_of_her_code_her_profile_or_the_case_itself(family: Family, record: str) -> None:
    """Whoever could drop a child's code could invite herself as the child, and choose a new one."""
    with_pin(family.house)
    entry = full_entry(name=record, fields={}, state=EntryState.PLANNED)
    assert family.house.do(HANNA, WriteEntry(CASE, entry)) == Withheld(Reason.CONFLICT)
    assert run(family.house, lambda tx: has_pin(tx, MIRA))


@pytest.mark.parametrize("record", [f"{MIRA}.pin", "entry-report_social", f"{MOTHERS}.party", "adult-hanna"])
def test_what_another_case_or_the_house_keeps_is_no_id_for_a_grown_up_or_a_goal(family: Family, record: str) -> None:
    """A row of this name in another part would be taken for hers: she could choose no code any more."""
    family.write(full_entry())
    with_pin(family.house)
    _other(family.house)
    adult = replace(ADULTS[0], id=RecordId(record), label="New")
    for deed in (KeepAdult(OTHER, adult), KeepPlan(OTHER, record, "goal", "who", None)):
        assert family.house.do(INGRID, deed) == Withheld(Reason.CONFLICT)
    with_pin(family.house)


def test_a_meeting_under_the_id_of_what_the_house_keeps_is_refused(family: Family) -> None:
    with_pin(family.house)
    move_amina_in(family.house)
    meeting = Meeting(RecordId(f"{MIRA}.pin"), NOON, "Europe/Stockholm", "Maria", "Room 3", "first", EntryState.PLANNED)
    assert family.house.do(MARIA, Book(AID, AMINA, meeting)) == Withheld(Reason.CONFLICT)


def test_a_tie_under_the_id_of_another_cases_tie_is_refused(family: Family) -> None:
    _other(family.house)
    deed = enrol("lisa", MOTHERS, TieKind.GUARDIAN, case=OTHER)
    assert family.house.do(INGRID, deed) == Withheld(Reason.CONFLICT)
    assert [row.person for row in family.house.rows(t.party, tie=MOTHERS)] == [MOTHER]


def test_nobody_is_tied_to_a_case_from_a_case_that_the_worker_cannot_open(family: Family) -> None:
    """A tie would let her be invited, unlocked and shut out from there."""
    _other(family.house)
    deed = enrol(MIRA, TieId("tie-forged"), TieKind.READER, case=OTHER)
    assert family.house.do(INGRID, deed) == Withheld(Reason.NOT_FOUND)
    staff = enrol(StaffId("hanna"), TieId("tie-staff"), TieKind.READER, case=OTHER)
    assert family.house.do(INGRID, staff) is not None


def test_a_guardian_of_two_children_is_tied_to_both_by_who_has_both(family: Family) -> None:
    _other(family.house, HANNA)
    family.house.done(HANNA, enrol(MOTHER, TieId("tie-second"), TieKind.GUARDIAN, case=OTHER))


def _task(house: House, who: Actor, code: Duty) -> Any:
    return next(task for task in house.see(who, OpenTasks(UNIT)) if task.code == code)


def test_a_row_that_a_deed_closes_is_not_closed_by_its_id(family: Family) -> None:
    """No button does it; a form could."""
    family.write(full_entry())
    task = _task(family.house, HANNA, Duty.TELL)
    assert family.house.do(HANNA, CloseTask(UNIT, task.id)) == Withheld(Reason.NOT_FOUND)


def test_a_row_of_a_colleagues_case_is_not_closed_by_its_id(family: Family) -> None:
    house = family.house
    house.done(HANNA, AssignCase(CASE, StaffId(HANNA.id), assigned=True))
    house.done(replace(OLLE, role=Role.COORDINATOR), _unsure(family))
    task = _task(house, HANNA, Duty.UNSURE)
    assert house.do(OLLE, CloseTask(UNIT, task.id)) == Withheld(Reason.NOT_FOUND)
    house.done(HANNA, CloseTask(UNIT, task.id))


def _unsure(family: Family) -> Any:
    return ReadTogether(CASE, MIRA, (family.write(full_entry()).id,), TODAY, "unsure")


def test_a_colleagues_case_is_in_no_list_not_even_as_a_number_of_rows(family: Family) -> None:
    house = family.house
    family.write(full_entry())
    house.done(HANNA, AssignCase(CASE, StaffId(HANNA.id), assigned=True))
    assert [line.case for line in house.see(HANNA, MyCases(UNIT))] == [CASE]
    assert house.see(OLLE, MyCases(UNIT)) == ()


def test_what_a_colleague_has_leaves_no_hole_in_the_list(family: Family) -> None:
    house = family.house
    house.done(HANNA, AssignCase(CASE, StaffId(HANNA.id), assigned=True))
    cases = [CaseId(f"case-{n:02}") for n in range(21)]
    house.done(OLLE, *(OpenCase(case, UNIT, Side.BARNAHUS, case, "2046-12") for case in cases))
    seen = [line.case for page in (0, 1) for line in house.see(OLLE, MyCases(UNIT, page))]
    assert sorted(seen) == cases
    assert len(house.see(OLLE, MyCases(UNIT, 0))) == 20
