"""A lawful extract: to whom a provision names, for a reason, when another has agreed; without what stays; logged."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from storage._chain import seen_of
from storage._tables import visit
from storage.commands import (
    AllowNaming,
    ApproveExtract,
    AskForExtract,
    CarryEntry,
    EndException,
    KeepAdult,
    KeepException,
    ProtectIdentity,
)
from storage.consent import Reason, Withheld
from storage.duties import Duty
from storage.extract import Extract, as_json
from storage.grounds import GROUNDS
from storage.queries import CaseExtract, Extracts, WhoRead
from storage.records import Adult, Authority, Hold, HoldKind, RecordId, Role, StaffId
from tests.storage.family import CASE, FATHER, HANNA, MIRA, Family, everyone, full_entry
from tests.storage.house import TODAY, House, signed_in, worker

TO, WHY = "Polisen i Norr", "Förundersökning om misshandel, begäran 14."
ULLA = replace(worker("ulla"), role=Role.MANAGER)
SOFIA = Adult(RecordId("adult-sofia"), "Sofia", "police_interviewer", Authority.POLICE, "0981-KANARIE", "KANARIE")


def allowed(house: House) -> None:
    """A provision names the police, Hanna has asked, and the manager agrees."""
    house.done(HANNA, KeepException(CASE, "x", TO, GROUNDS[2], "Hanna", "beslut 7", TODAY, None))
    house.done(HANNA, AskForExtract(CASE, TO, WHY))
    house.done(ULLA, ApproveExtract(CASE, StaffId(HANNA.id), TO))


def extract(house: House) -> Extract:
    return house.see(HANNA, CaseExtract(CASE, TO))


@pytest.fixture
def written(family: Family) -> Family:
    """Five entries: one that may go, one about another, one of the court's, one held, one released by the police."""
    house = family.house
    house.done(HANNA, KeepAdult(CASE, SOFIA))
    talk = full_entry("child_talk", "talk")
    talk.fields["by"] = SOFIA.id
    held = Hold(HoldKind.INVESTIGATION)
    for entry in (
        talk, full_entry("report_social", "about-father", about=(FATHER,)), full_entry("verdict", "courts"),
        full_entry("parent_talk", "held", hold=held), full_entry("child_interview", "released", releases=everyone()),
    ):  # fmt: skip
        house.done(HANNA, CarryEntry(CASE, entry))
    return family


def test_without_a_provision_there_is_nothing_to_ask_for(family: Family) -> None:
    house = family.house
    assert house.do(HANNA, AskForExtract(CASE, TO, WHY)) == Withheld(Reason.NO_CONSENT)
    assert house.see(HANNA, Extracts(CASE)).to == ()
    assert house.ask(HANNA, CaseExtract(CASE, TO)) == Withheld(Reason.SHAPE)


def test_a_manager_agrees_and_never_the_one_who_asks(family: Family) -> None:
    house = family.house
    house.done(HANNA, KeepException(CASE, "x", TO, GROUNDS[2], "Hanna", "beslut 7", TODAY, None))
    house.done(HANNA, AskForExtract(CASE, TO, WHY))
    assert Duty.EXTRACT in house.open_codes(CASE)
    assert house.ask(HANNA, CaseExtract(CASE, TO)) == Withheld(Reason.NEEDS_SECOND)
    boss = replace(HANNA, role=Role.MANAGER)
    assert house.do(boss, ApproveExtract(CASE, StaffId(HANNA.id), TO)) == Withheld(Reason.ROLE)
    assert house.do(worker("olle"), ApproveExtract(CASE, StaffId(HANNA.id), TO)) == Withheld(Reason.ROLE)
    house.done(ULLA, ApproveExtract(CASE, StaffId(HANNA.id), TO))
    assert Duty.EXTRACT not in house.open_codes(CASE)
    assert (extract(house).to, extract(house).why) == (TO, WHY)
    assert house.ask(worker("olle"), CaseExtract(CASE, TO)) == Withheld(Reason.NEEDS_SECOND)


def test_another_reason_needs_another_agreement_and_an_ended_provision_none(family: Family) -> None:
    house = family.house
    allowed(house)
    house.done(HANNA, AskForExtract(CASE, TO, "Något annat."))
    assert house.ask(HANNA, CaseExtract(CASE, TO)) == Withheld(Reason.NEEDS_SECOND)
    house.done(ULLA, ApproveExtract(CASE, StaffId(HANNA.id), TO))
    house.done(HANNA, EndException(CASE, "x"))
    assert house.ask(HANNA, CaseExtract(CASE, TO)) == Withheld(Reason.SHAPE)


def test_what_goes_and_what_stays(written: Family) -> None:
    house = written.house
    allowed(house)
    found = extract(house)
    assert {line.kind for line in found.lines} == {"report_social", "child_talk", "child_interview"}
    assert found.kept == 2, "the court's own, and what the investigation holds"
    about = next(line for line in found.lines if line.kind == "report_social")
    assert not {"whom", "own_words", "wish"} & set(about.fields)
    assert about.left_out > 0
    house.done(HANNA, AllowNaming(CASE, FATHER, allowed=True))
    about = next(line for line in extract(house).lines if line.kind == "report_social")
    assert "whom" in about.fields


def test_no_place_of_somebody_under_protection_goes(written: Family) -> None:
    house = written.house
    allowed(house)
    assert "KANARIE" in repr(extract(house))
    house.done(HANNA, ProtectIdentity(CASE, protected=True))
    found = extract(house)
    assert "KANARIE" not in repr(found)
    assert "place" not in {name for line in found.lines for name in line.fields}
    assert "own_words" not in {name for line in found.lines for name in line.fields}
    assert "KANARIE" not in repr(as_json(found))


def test_the_log_says_who_took_it_to_whom_and_why_and_she_sees_that_it_was_read(written: Family) -> None:
    house = written.house
    allowed(house)
    extract(house)

    def said(tx: Any) -> list[str]:
        rows = [row for row in house_rows if row.subject == CASE]
        return [seen.said for row in rows if (seen := seen_of(tx, row)).question == "CaseExtract"]

    house_rows = house.rows(visit)
    (line,) = house.store.run(said)
    assert json.loads(line) == [TO, WHY]
    written.contact()
    assert HANNA.label in {one.who for one in house.see(signed_in(MIRA), WhoRead(CASE)).visits}


def test_a_provision_that_has_run_out_lets_nothing_go(family: Family) -> None:
    house = family.house
    day = TODAY + timedelta(days=3)
    house.done(HANNA, KeepException(CASE, "x", TO, GROUNDS[2], "Hanna", "beslut 7", TODAY, day))
    house.done(HANNA, AskForExtract(CASE, TO, WHY))
    house.done(ULLA, ApproveExtract(CASE, StaffId(HANNA.id), TO))
    house.clock.move(days=4)
    assert house.ask(HANNA, CaseExtract(CASE, TO)) == Withheld(Reason.SHAPE)
