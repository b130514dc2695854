"""A culling month moves only to a later one, with everybody who is needed as long, and a whole month goes by two."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from storage import _tables as tables
from storage._chain import add_rule
from storage._sql import Tx
from storage.carriers import CarrierKind
from storage.clockwork import months_near
from storage.commands import ApproveCulling, BeginCarrier, CloseCarrier, CloseTask, EndTie, OpenCase, ReopenCarrier
from storage.consent import Actor, Reason, Withheld
from storage.culling import Culling, NotCulled, StillOpen, cull
from storage.duties import Duty
from storage.queries import MyProfile, Sheet, WholeEntries, WorkList
from storage.records import CaseId, Role, Side, StaffId, Strength, TieId, TieKind, WayIn
from storage.sign_in import employ
from storage.staff_sign_in import account_mark, tie_account
from storage.ways_in import TiedIn
from tests.storage.family import CASE, HANNA, MIRA, Family, enrol, full_entry
from tests.storage.house import TODAY, UNIT, House, signed_in, worker

LONGER, MONTH, LATER = CaseId("case-longer"), "2046-12", datetime(2047, 1, 2, 9, 0, tzinfo=UTC)
CLOSE = CloseCarrier(CASE, TODAY, "Hanna", "Beslut 40")


def at_work(house: House, name: str, role: Role) -> Actor:
    """Somebody who works here, signed in."""
    staff = house.store.run(lambda tx: employ(tx, name, "arkivarie", UNIT, Side.BARNAHUS, role))
    return Actor(staff, Strength.STAFF, Side.BARNAHUS, UNIT, role, name)


def months(house: House, owner: str) -> set[str]:
    """The months whose keys wrap this one's data keys."""
    return {row.month for row in house.rows(tables.dek, owner=owner)}


def test_who_is_in_two_cases_is_kept_as_long_as_the_one_that_is_kept_longest(family: Family) -> None:
    house = family.house
    again = replace(enrol(MIRA, TieId("mira-longer"), TieKind.CHILD), case=LONGER)
    house.done(HANNA, OpenCase(LONGER, UNIT, Side.BARNAHUS, "BH-2", "2060-01"), again)
    assert months(house, MIRA) == {"2060-01"}
    assert months(house, CASE) == {"2046-03"}
    assert house.see(signed_in(MIRA), MyProfile(MIRA)).name == "Mira"
    sooner = CaseId("case-sooner")
    again = replace(again, case=sooner, tie=TieId("mira-sooner"))
    house.done(HANNA, OpenCase(sooner, UNIT, Side.BARNAHUS, "BH-3", "2030-01"), again)
    assert months(house, MIRA) == {"2060-01"}, "never to an earlier one"


def test_a_close_and_a_reopening_move_the_case_and_everybody_in_it(family: Family) -> None:
    house, entry = family.house, family.write(full_entry())
    house.done(HANNA, CLOSE)
    assert months(house, CASE) == months(house, MIRA) == {MONTH}
    assert [one.id for one in house.see(HANNA, WholeEntries(CASE))] == [entry.id]
    house.clock.now = datetime(2044, 2, 1, 9, 0, tzinfo=UTC)
    day = house.clock.now.date()
    house.done(HANNA, ReopenCarrier(CASE, CarrierKind.MEASURE, day, None, "Hanna", "Ny insats"))
    assert months(house, CASE) == months(house, MIRA) == {"2049-02"}


def test_in_economic_aid_the_end_of_the_tie_is_the_end_and_five_years_follow(house: House) -> None:
    aid, person, tie = worker("lena", side=Side.AID), "ali", TieId("tie-ali")
    case = CaseId("case-ali")
    house.done(aid, OpenCase(case, UNIT, Side.AID, "EB-1", "2027-01"))
    house.done(aid, replace(enrol(person, tie, TieKind.RECIPIENT), case=case))
    house.done(aid, EndTie(case, tie, TODAY))
    assert months(house, case) == months(house, person) == {f"{TODAY.year + 5}-{TODAY.month:02d}"}


def test_a_month_goes_when_its_cases_are_closed_and_two_have_agreed(family: Family) -> None:
    house = family.house
    longer = replace(enrol(MIRA, TieId("mira-longer"), TieKind.CHILD), case=LONGER)
    house.done(HANNA, CLOSE, OpenCase(LONGER, UNIT, Side.BARNAHUS, "BH-2", "2060-01"), longer)
    beside = CaseId("case-beside")
    house.done(HANNA, OpenCase(beside, UNIT, Side.BARNAHUS, "BH-4", MONTH))
    house.clock.now = LATER
    ines, omar = at_work(house, "Ines", Role.COORDINATOR), at_work(house, "Omar", Role.MANAGER)
    agree = ApproveCulling(UNIT, MONTH, "N-1")
    assert house.do(ines, agree) == Withheld(Reason.CONFLICT)
    assert cull(house.store, MONTH, "N-1") == StillOpen(MONTH, (beside,))
    begun = ReopenCarrier(beside, CarrierKind.LETTER, LATER.date(), None, "Hanna", "-")
    assert house.do(HANNA, begun) == Withheld(Reason.CONFLICT)
    _close(house, beside)
    house.done(ines, agree)
    assert cull(house.store, MONTH, "N-1") is NotCulled.NOT_APPROVED
    house.done(omar, agree)
    assert isinstance(cull(house.store, MONTH, "N-1"), Culling)
    assert house.ask(HANNA, Sheet(CASE)) == Withheld(Reason.CULLED)
    assert house.see(HANNA, Sheet(LONGER)).ref == "BH-2"
    assert house.see(HANNA, Sheet(beside)).ref == "BH-4", "its five years began when it closed"
    assert house.see(signed_in(MIRA), MyProfile(MIRA)).name == "Mira"


def test_two_records_that_came_in_by_one_account_are_one_person(family: Family) -> None:
    house = family.house
    house.done(HANNA, CLOSE)
    house.clock.now = LATER
    ines, omar = at_work(house, "Ines", Role.COORDINATOR), at_work(house, "Omar", Role.MANAGER)

    def tied(tx: Tx) -> None:
        first, second = StaffId(ines.id), StaffId(omar.id)
        assert tie_account(tx, first, "https://id.test", "sub-7", "ops")
        assert not tie_account(tx, second, "https://id.test", "sub-7", "ops")
        mark = account_mark(tx, "https://id.test", "sub-7").hex()
        add_rule(tx, first, TiedIn(WayIn.ACCOUNT, mark, "ops", active=False))
        assert tie_account(tx, second, "https://id.test", "sub-7", "ops")

    house.store.run(tied)
    agree = ApproveCulling(UNIT, MONTH, "N-1")
    house.done(ines, agree)
    house.done(omar, agree)
    assert cull(house.store, MONTH, "N-1") is NotCulled.NOT_APPROVED
    house.done(at_work(house, "Sara", Role.COORDINATOR), agree)
    assert isinstance(cull(house.store, MONTH, "N-1"), Culling), "a third, who is somebody else"


def _close(house: House, case: CaseId) -> None:
    """It was never said where the log is: begun and closed on one day."""
    day = house.clock.now.date()
    house.done(HANNA, BeginCarrier(case, CarrierKind.LETTER, day, None, "Hanna", "Brev"))
    house.done(HANNA, CloseCarrier(case, day, "Hanna", "Brev"))


def test_half_a_year_before_a_copy_is_offered_once(family: Family) -> None:
    house = family.house
    house.clock.now = datetime(2045, 8, 31, 9, 0, tzinfo=UTC)
    assert house.store.run(months_near) == 0
    house.clock.now = datetime(2045, 9, 1, 9, 0, tzinfo=UTC)
    assert house.store.run(months_near) == 1
    (task,) = [line.task for line in house.see(HANNA, WorkList(UNIT)) if line.task.code == Duty.CULL_NEAR]
    house.done(HANNA, CloseTask(UNIT, task.id))
    assert house.store.run(months_near) == 0
