"""Somebody lives where nobody may know: walked with marked words, by everyone, through every list, log and outbox."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest

from storage import _tables as tables
from storage.commands import (
    BreakGlass,
    CarryEntry,
    KeepAdult,
    KeepConsent,
    KeepException,
    ProtectIdentity,
)
from storage.consent import Actor, Reason, Withheld
from storage.grounds import GROUNDS
from storage.queries import (
    Adults,
    CaseAdults,
    CaseVisits,
    Deliveries,
    Find,
    MyCases,
    OneEntry,
    OpenTasks,
    Query,
    Receivers,
    RulesOf,
    Sheet,
    Timeline,
    UnitVisits,
    WholeEntries,
    WholeEntry,
    WholeStory,
    WhoRead,
    WorkList,
)
from storage.records import Adult, Authority, Channel, EntryView, PersonId, RecordId, Role, TieId, TieKind
from tests.storage.family import CASE, FATHER, HANNA, LAWYER, MIRA, MOTHER, OLLE, Family, enrol, everyone, full_entry
from tests.storage.house import NOON, TODAY, UNIT, House, signed_in, worker

PHONE, OFFICE, WORDS = "0981-KANARIE", "KANARIE kommun, kontoret", "Hon bor i KANARIEBY"
MARKS = ("KANARIE", "kanarie", "'preschool'")
TALK, INTERVIEW = "child_talk", "child_interview"
IVO = worker("ivo", unit="elsewhere")
AUDITOR = replace(worker("agda"), role=Role.AUDITOR)
READER = PersonId("aunt")
SOFIA = Adult(RecordId("adult-sofia"), "Sofia", "police_interviewer", Authority.POLICE, PHONE, OFFICE)
LISTS: tuple[Query[Any], ...] = (
    MyCases(UNIT), WorkList(UNIT), OpenTasks(UNIT), Find(UNIT, "BH-1"), Sheet(CASE), RulesOf(CASE), CaseVisits(CASE),
    Deliveries(CASE), Receivers(CASE, "entry"),
)  # fmt: skip
OUTSIDE: tuple[Query[Any], ...] = (
    Timeline(CASE),
    *(OneEntry(CASE, full_entry(kind).id) for kind in (TALK, INTERVIEW)),
    WholeStory(CASE),
    Adults(CASE),
)


@pytest.fixture
def hidden(family: Family) -> Family:
    """Mira's case with a marked place, telephone, office and words, read by her mother, her lawyer and an aunt."""
    house = family.house
    family.contact()
    family.clear()
    house.done(HANNA, KeepAdult(CASE, SOFIA))
    for kind in (TALK, INTERVIEW):
        entry = full_entry(kind, releases=everyone())
        entry.fields.update({"own_words": WORDS, "by": SOFIA.id, "place": "preschool"})
        house.done(HANNA, CarryEntry(CASE, entry))
    house.done(HANNA, enrol(READER, TieId("tie-aunt"), TieKind.READER))
    exception = KeepException(CASE, "x", READER, GROUNDS[0], "Hanna", "beslut 7", TODAY, None)
    house.done(HANNA, exception, ProtectIdentity(CASE, protected=True))
    return family


def seen(house: House, actor: Actor, query: Query[Any], channel: Channel | None = None) -> str:
    """Everything that an answer says; nothing when there is none."""
    answer = house.ask(actor, query, channel)
    return "" if isinstance(answer, Withheld) else repr(answer)


def marks_in(text: str) -> list[str]:
    return [mark for mark in MARKS if mark in text]


def test_she_herself_reads_all_of_it(hidden: Family) -> None:
    view = hidden.house.see(signed_in(MIRA), OneEntry(CASE, full_entry(INTERVIEW).id))
    assert isinstance(view, EntryView)
    assert (view.fields["own_words"], view.people[SOFIA.id].phone, view.kept_back) == (WORDS, PHONE, ())


@pytest.mark.parametrize(("person", "kind"), [(MOTHER, TALK), (LAWYER, INTERVIEW), (READER, INTERVIEW), (FATHER, "")])
def test_whoever_else_reads_her_story_reads_it_without_where(hidden: Family, person: PersonId, kind: str) -> None:
    house = hidden.house
    for query in OUTSIDE:
        assert marks_in(seen(house, signed_in(person), query)) == [], query
    if kind:
        view = house.see(signed_in(person), OneEntry(CASE, full_entry(kind).id))
        assert isinstance(view, EntryView), "served, and not shut out"
        assert view.people[SOFIA.id] == replace(SOFIA, phone=None, function=None)


def test_a_change_of_the_adult_afterwards_tells_nobody_else_either(hidden: Family) -> None:
    house = hidden.house
    house.done(HANNA, KeepAdult(CASE, replace(SOFIA, phone="0982-KANARIE", function="KANARIE väst")))
    for person in (MOTHER, LAWYER):
        assert marks_in("".join(seen(house, signed_in(person), query) for query in OUTSIDE)) == []
    assert "0982-KANARIE" in seen(house, signed_in(MIRA), Adults(CASE))


def test_protection_lifted_gives_it_back(hidden: Family) -> None:
    house = hidden.house
    house.done(HANNA, ProtectIdentity(CASE, protected=False))
    text = "".join(seen(house, signed_in(MOTHER), query) for query in OUTSIDE)
    assert PHONE in text
    assert "'preschool'" in text


@pytest.mark.parametrize("query", LISTS, ids=lambda query: type(query).__name__)
def test_no_list_of_the_staff_holds_it(hidden: Family, query: Query[Any]) -> None:
    text = seen(hidden.house, HANNA, query)
    assert text != ""
    assert marks_in(text) == []


def test_who_has_the_case_reads_it_on_its_page(hidden: Family) -> None:
    text = seen(hidden.house, HANNA, WholeEntries(CASE)) + seen(hidden.house, OLLE, CaseAdults(CASE))
    assert WORDS in text
    assert PHONE in text


def test_a_glass_broken_in_need_opens_the_case_without_where(hidden: Family) -> None:
    house = hidden.house
    house.done(IVO, BreakGlass("elsewhere", "BH-1", "Barnet är på väg hit."))
    pages: tuple[Query[Any], ...] = (
        Sheet(CASE), WholeEntries(CASE), WholeEntry(CASE, full_entry(TALK).id), CaseAdults(CASE),
    )  # fmt: skip
    for query in pages:
        text = seen(house, IVO, query)
        assert text != "", "the case is open"
        assert marks_in(text) == [], query
    changed = full_entry(TALK, releases=everyone())
    assert house.do(IVO, CarryEntry(CASE, changed)) == Withheld(Reason.NOT_ASSIGNED), "and is not written in"


def test_neither_the_log_nor_the_outbox_nor_a_line_of_the_program_says_where(
    hidden: Family, caplog: pytest.LogCaptureFixture
) -> None:
    house = hidden.house
    with caplog.at_level(logging.DEBUG):
        for actor in (HANNA, IVO, *(signed_in(person) for person in (MIRA, MOTHER, LAWYER, READER))):
            for query in (*OUTSIDE, *LISTS, WholeEntries(CASE), CaseAdults(CASE)):
                seen(house, actor, query)
    assert marks_in(caplog.text) == []
    assert marks_in(seen(house, AUDITOR, UnitVisits(UNIT)) + seen(house, signed_in(MIRA), WhoRead(CASE))) == []
    assert marks_in(repr([house.rows(table) for table in (tables.outbox, tables.task, tables.secret)])) == []


def test_whether_it_is_safe_to_write_is_asked_anew_when_protection_is_laid(family: Family) -> None:
    house = family.house
    yes = KeepConsent(CASE, "y", MOTHER, MOTHER, "telegram_notice", "", Channel.TELEGRAM, NOON.date(), None)
    house.done(HANNA, yes, ProtectIdentity(CASE, protected=True))
    assert "v1" in house.open_codes(CASE)
