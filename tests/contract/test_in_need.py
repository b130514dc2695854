"""Read in need: a broken glass or a named exception opens the case, and no other authority's entry with it (P53)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from storage.commands import AssignCase, BreakGlass, KeepAdult, KeepException, TakeBack
from storage.consent import Reason, Withheld
from storage.queries import (
    Before,
    CaseAdults,
    CaseExtract,
    CaseVisits,
    Deliveries,
    HerCards,
    MaySee,
    PartyLine,
    Query,
    RulesOf,
    Ruling,
    Sheet,
    WholeEntries,
    WholeEntry,
    WhoSaw,
)
from storage.records import (
    Adult,
    Authority,
    Channel,
    Leave,
    PersonId,
    ReaderClass,
    RecordId,
    Release,
    Role,
    StaffId,
)
from tests.storage.family import CASE, HANNA, MIRA, Family, full_entry, release
from tests.storage.house import TODAY, UNIT, House, worker

IVO = worker("ivo", unit="elsewhere")
REPORT, INTERVIEW = full_entry().id, full_entry("child_interview").id
FACTS = Release(ReaderClass.SHARED, "Hanna", "OSL 35:1", TODAY, leave=Leave.FACTS)
KEPT = Withheld(Reason.NOT_RELEASED)


def breaks_the_glass(house: House) -> None:
    house.done(IVO, BreakGlass("elsewhere", "BH-1", "She rang the night desk."))


def is_named(house: House) -> None:
    house.done(HANNA, KeepException(CASE, "x", PersonId("ivo"), "osl_26_9", "Ulla", "dnr 1", TODAY, None))


@pytest.fixture(params=[breaks_the_glass, is_named], ids=["glass", "exception"])
def comes(request: pytest.FixtureRequest) -> Callable[[House], None]:
    """How Ivo, of another unit, comes to read in Mira's case."""
    how: Callable[[House], None] = request.param
    return how


@pytest.mark.parametrize("releases", [
    pytest.param((), id="to nobody"),
    pytest.param((release(ReaderClass.CHILD),), id="to the child alone"),
    pytest.param((FACTS,), id="who met and when"),
])  # fmt: skip
def test_the_polices_interview_stays_theirs(
    family: Family, comes: Callable[[House], None], releases: tuple[Release, ...]
) -> None:
    house = family.house
    family.contact()
    family.write(full_entry())
    family.write(full_entry("child_interview", releases=releases))
    comes(house)
    assert [one.id for one in house.see(IVO, WholeEntries(CASE))] == [REPORT]
    assert house.see(IVO, WholeEntry(CASE, REPORT)) == house.see(HANNA, WholeEntry(CASE, REPORT))
    assert house.ask(IVO, WholeEntry(CASE, INTERVIEW)) == KEPT
    assert [one.id for one in house.see(HANNA, WholeEntries(CASE))] == [INTERVIEW, REPORT]


def test_what_the_police_shared_is_read(family: Family, comes: Callable[[House], None]) -> None:
    interview = family.write(full_entry("child_interview", releases=(release(ReaderClass.SHARED),)))
    comes(family.house)
    assert [one.id for one in family.house.see(IVO, WholeEntries(CASE))] == [INTERVIEW]
    assert family.house.see(IVO, WholeEntry(CASE, INTERVIEW)) == interview


def test_no_other_page_hands_it_out_and_each_no_is_in_the_log(family: Family, comes: Callable[[House], None]) -> None:
    house = family.house
    family.write(full_entry("child_interview"))
    comes(house)
    assert house.see(IVO, WholeEntries(CASE)) == ()
    assert "words of" not in repr(house.see(IVO, Sheet(CASE)))
    assert house.ask(IVO, HerCards(CASE, MIRA)) == Withheld(Reason.PURPOSE)
    assert house.ask(IVO, CaseExtract(CASE, "ivo")) == Withheld(Reason.PURPOSE)
    assert house.ask(IVO, Before(CASE)) == Withheld(Reason.NOT_ASSIGNED)
    assert house.ask(IVO, WholeEntry(CASE, INTERVIEW)) == KEPT
    seen = [(visit.purpose, visit.allowed) for visit in house.see(HANNA, CaseVisits(CASE)) if visit.who == IVO.label]
    assert seen[:6] == [
        ("WholeEntry", False), ("Before", False), ("CaseExtract", False), ("HerCards", False), ("Sheet", True),
        ("WholeEntries", True),
    ]  # fmt: skip


def test_a_colleague_who_does_not_have_the_case_is_no_nearer(family: Family) -> None:
    house, nora, ulla = family.house, worker("nora"), replace(worker("ulla"), role=Role.MANAGER)
    family.write(full_entry("child_interview"))
    house.hire(HANNA, nora)
    house.done(ulla, AssignCase(CASE, StaffId("hanna"), assigned=True))
    house.done(nora, BreakGlass(UNIT, "BH-1", "She rang, and nobody who has the case answers."))
    assert house.see(nora, WholeEntries(CASE)) == ()
    assert house.ask(nora, WholeEntry(CASE, INTERVIEW)) == KEPT
    house.done(ulla, AssignCase(CASE, StaffId("nora"), assigned=True))
    assert house.see(nora, WholeEntry(CASE, INTERVIEW)) is not None


def test_what_was_taken_back_opens_to_nobody_in_need(family: Family, comes: Callable[[House], None]) -> None:
    """Whoever has the case handles the incident; a card with the wrong child's matters in it is nobody else's help."""
    house = family.house
    family.write(full_entry(releases=(release(ReaderClass.SHARED),)))
    family.write(full_entry("child_interview", releases=(release(ReaderClass.SHARED),)))
    house.done(HANNA, TakeBack(CASE, REPORT, "Another child's."), TakeBack(CASE, INTERVIEW, "Another child's."))
    comes(house)
    assert house.see(IVO, WholeEntries(CASE)) == ()
    for entry in (REPORT, INTERVIEW):
        assert house.ask(IVO, WholeEntry(CASE, entry)) == KEPT
        assert house.see(HANNA, WholeEntry(CASE, entry)) is not None
        assert house.see(HANNA, MaySee(CASE, entry, MIRA, Channel.WEB)) == Ruling(False, "no_contact_decision", False)


def test_of_the_people_of_the_case_she_gets_names_and_roles_and_not_how_anybody_stands(
    family: Family, comes: Callable[[House], None]
) -> None:
    house = family.house
    family.block()
    comes(house)
    sheet = house.see(IVO, Sheet(CASE))
    assert sheet.in_need
    whole = house.see(HANNA, Sheet(CASE)).parties
    assert sheet.parties == tuple(PartyLine(one.person, one.tie, one.kind, one.name, None, one.locale) for one in whole)
    assert any(one.blocked for one in whole), "who has the case sees it as before"


@pytest.mark.parametrize(("asked", "reason"), [
    (RulesOf(CASE), Reason.NOT_ASSIGNED), (CaseVisits(CASE), Reason.NOT_ASSIGNED),
    (Deliveries(CASE), Reason.NOT_ASSIGNED), (WhoSaw(CASE, REPORT), Reason.PURPOSE),
    (MaySee(CASE, REPORT, MIRA, Channel.WEB), Reason.NOT_ASSIGNED),
], ids=["rules", "visits", "deliveries", "who saw", "may see"])  # fmt: skip
def test_what_was_decided_about_people_and_who_looked_stays_with_the_case(
    family: Family, comes: Callable[[House], None], asked: Query[object], reason: Reason
) -> None:
    """Whether the child reads, why a guardian may not, and who was written to help nobody through the night."""
    house = family.house
    family.contact()
    family.block()
    family.write(full_entry())
    comes(house)
    assert house.ask(IVO, asked) == Withheld(reason)
    assert not isinstance(house.ask(HANNA, asked), Withheld)
    tried = [visit.allowed for visit in house.see(HANNA, CaseVisits(CASE))
             if (visit.who, visit.purpose) == (IVO.label, type(asked).__name__)]  # fmt: skip
    assert tried == [False]


def test_she_gets_the_grown_ups_of_what_she_reads_and_the_functions_she_can_ring(
    family: Family, comes: Callable[[House], None]
) -> None:
    house = family.house
    on_call = Adult(RecordId("adult-vera"), "Vera", "social_worker", Authority.SOCIAL, "0700-111111", "Jouren")
    house.done(HANNA, KeepAdult(CASE, on_call))
    comes(house)
    # Nothing of the case is open: two functions to ring, and no name.
    functions = {"adult-hanna": "social_worker i Lindvik", "adult-vera": "Jouren"}
    assert {one.id: one.label for one in house.see(IVO, CaseAdults(CASE))} == functions
    family.write(full_entry("child_interview"))
    assert {one.id: one.label for one in house.see(IVO, CaseAdults(CASE))} == functions
    family.write(full_entry())
    assert {one.id: one.label for one in house.see(IVO, CaseAdults(CASE))} == functions | {"adult-hanna": "Hanna"}
    assert len(house.see(HANNA, CaseAdults(CASE))) == 5
