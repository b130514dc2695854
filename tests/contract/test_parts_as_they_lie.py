"""Parts as rows: what is held exists only for staff, and each reader's part is under that reader's key."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from storage import _tables as tables
from storage._sealing import Key, Place, Tampered
from storage.commands import ChangeState, KeepAdult, LookAgain, RecordTold, ReleaseEntry, TakeBack, WriteEntry
from storage.duties import Duty
from storage.kinds import KINDS, told_in_person
from storage.queries import Adults, OneEntry, Timeline
from storage.records import Adult, EntryState, EntryView, Hold, HoldKind, Promise, ReaderClass, Told
from tests.storage.family import (
    ADULTS,
    CASE,
    FATHERS,
    HANNA,
    MIRA,
    MOTHER,
    MOTHERS,
    Family,
    everyone,
    full_entry,
    release,
)
from tests.storage.house import House, signed_in

TOLD = Told(MIRA, "Hanna", date(2026, 11, 20), "face_to_face", "understood")
MOTHERS_PART, FATHERS_PART = f"guardian:{MOTHERS}", f"guardian:{FATHERS}"


def _places(house: House, record: str) -> set[str]:
    return {row.compartment for row in house.rows(tables.part, record=record)}


@pytest.mark.parametrize("hold", list(HoldKind))
def test_a_held_part_exists_only_for_staff(family: Family, hold: HoldKind) -> None:
    for kind in KINDS:
        if hold is HoldKind.IN_PERSON_FIRST:
            releases = tuple(one for one in everyone() if one.to is not ReaderClass.SHARED)
        else:
            releases = everyone()
        entry = family.write(full_entry(kind, hold=Hold(hold, date(2026, 12, 1), "Hanna"), releases=releases))
        promised = hold is HoldKind.NOT_YET and not told_in_person(KINDS[kind], entry.fields)
        wanted = {"staff", "child"} if promised else {"staff"}
        assert _places(family.house, entry.id) == wanted
        names = {row.name for row in family.house.rows(tables.part, record=entry.id, compartment="child")}
        assert names <= {"promise"}


def test_a_release_makes_the_part_then_and_not_before(family: Family) -> None:
    entry = family.write(full_entry())
    assert _places(family.house, entry.id) == {"staff"}
    family.release(entry.id, ReaderClass.CHILD)
    assert _places(family.house, entry.id) == {"staff", "child"}
    family.release(entry.id, ReaderClass.GUARDIAN, MOTHERS)
    assert _places(family.house, entry.id) == {"staff", "child", MOTHERS_PART}


def test_having_told_her_opens_what_waited_for_it(family: Family) -> None:
    family.contact()
    entry = family.write(full_entry("verdict", releases=everyone()))
    mira = signed_in(MIRA)
    assert family.house.see(mira, Timeline(CASE)).items == ()
    family.house.done(HANNA, RecordTold(CASE, entry.id, TOLD))
    view = family.house.see(mira, OneEntry(CASE, entry.id))
    assert isinstance(view, EntryView)
    assert (view.kind, view.told_by) == ("verdict", "Hanna")
    assert _places(family.house, entry.id) == {"staff", "child", "shared:court", MOTHERS_PART, FATHERS_PART}


def test_looked_again_no_moves_the_promise_and_yes_opens_the_card(family: Family) -> None:
    family.contact()
    hold = Hold(HoldKind.NOT_YET, date(2026, 12, 1), "Hanna")
    entry = family.write(full_entry("social_measure", hold=hold, releases=everyone()))
    mira, house = signed_in(MIRA), family.house
    assert house.see(mira, OneEntry(CASE, entry.id)) == Promise(entry.id, date(2026, 12, 1), "Hanna")
    house.done(HANNA, LookAgain(CASE, entry.id, yes=False, until=date(2026, 12, 8)))
    looked = Promise(entry.id, date(2026, 12, 8), "Hanna", date(2026, 11, 23))
    assert house.see(mira, OneEntry(CASE, entry.id)) == looked
    assert _places(house, entry.id) == {"staff", "child"}
    house.done(HANNA, LookAgain(CASE, entry.id, yes=True, until=None))
    assert not isinstance(house.see(mira, OneEntry(CASE, entry.id)), Promise)
    assert _places(house, entry.id) == {"staff", "child", MOTHERS_PART, FATHERS_PART}


def test_looking_again_without_a_new_day_or_without_a_hold_is_refused(family: Family) -> None:
    entry = family.write(full_entry())
    assert not family.house.do(HANNA, LookAgain(CASE, entry.id, yes=True, until=None))
    held = full_entry("social_measure", hold=Hold(HoldKind.NOT_YET, date(2026, 12, 1), "Hanna"))
    family.write(held)
    assert not family.house.do(HANNA, LookAgain(CASE, held.id, yes=False, until=None))


def test_a_planned_verdict_leaves_the_page_the_day_it_has_happened(family: Family) -> None:
    family.contact()
    entry = family.write(full_entry("verdict", state=EntryState.PLANNED, releases=everyone()))
    assert "child" in _places(family.house, entry.id)
    family.house.done(HANNA, ChangeState(CASE, entry.id, EntryState.HAPPENED, date(2026, 11, 23)))
    # The lawyer's text is another one now, and heavy: a colleague reads it before the lawyer does (decision 0017).
    assert _places(family.house, entry.id) == {"staff"}
    assert Duty.SECOND_RELEASE in family.house.open_codes(CASE)


def test_taking_back_removes_every_readers_part(family: Family) -> None:
    family.contact()
    family.clear()
    entry = family.write(full_entry("trial", releases=everyone()))
    assert len(_places(family.house, entry.id)) == 5
    family.house.done(HANNA, TakeBack(CASE, entry.id, "the wrong child"))
    assert _places(family.house, entry.id) == {"staff"}
    for actor in (signed_in(MIRA), signed_in(MOTHER)):
        assert family.house.see(actor, Timeline(CASE)).items == ()
        assert family.house.see(actor, OneEntry(CASE, entry.id)) is None


def test_a_grown_up_named_only_by_a_card_taken_back_leaves_the_list_too(family: Family) -> None:
    family.contact()
    stays = full_entry("report_social", "stays", releases=everyone())
    stays.fields["taken_by"] = ADULTS[1].id
    goes = full_entry("child_talk", "goes", releases=everyone())
    goes.fields["by"] = ADULTS[3].id
    goes.fields["with_me"] = [ADULTS[1].id]
    for entry in (stays, goes):
        family.write(entry)
    mira = signed_in(MIRA)
    assert {adult.id for adult in family.house.see(mira, Adults(CASE))} == {ADULTS[1].id, ADULTS[3].id}
    family.house.done(HANNA, TakeBack(CASE, goes.id, "the wrong child"))
    assert {adult.id for adult in family.house.see(mira, Adults(CASE))} == {ADULTS[1].id}
    assert MOTHERS_PART not in _places(family.house, ADULTS[3].id)


def test_a_grown_up_stands_in_a_readers_list_once_a_text_has_named_her(family: Family) -> None:
    family.contact()
    family.clear()
    assert family.house.see(signed_in(MIRA), Adults(CASE)) == ()
    entry = family.write(full_entry("child_interview"))
    family.release(entry.id, ReaderClass.CHILD)
    assert {adult.id for adult in family.house.see(signed_in(MIRA), Adults(CASE))} == {a.id for a in ADULTS[1:]}
    assert family.house.see(signed_in(MOTHER), Adults(CASE)) == ()


def test_a_grown_ups_new_number_reaches_everybody_who_has_her(family: Family) -> None:
    family.contact()
    family.write(full_entry("report_social", releases=everyone()))
    hanna = ADULTS[1]
    moved = Adult(hanna.id, hanna.label, hanna.role, hanna.authority, "0700-111111", hanna.function, left=True)
    family.house.done(HANNA, KeepAdult(CASE, moved))
    assert family.house.see(signed_in(MIRA), Adults(CASE)) == (moved,)


def test_each_compartment_has_a_key_of_its_own_and_two_guardians_have_two(family: Family) -> None:
    family.write(full_entry("trial", releases=everyone()))
    keys = {row.compartment: row.wrapped for row in family.house.rows(tables.dek, owner=CASE)}
    assert set(keys) == {"rules", "staff", "child", "shared:court", MOTHERS_PART, FATHERS_PART}
    assert len(set(keys.values())) == len(keys)


def test_one_guardians_key_opens_nothing_of_the_others(family: Family) -> None:
    house = family.house
    entry = family.write(full_entry("report_social", releases=everyone()))
    rows = {row.compartment: row for row in house.rows(tables.part, record=entry.id)}
    keys = _keys(house)
    for compartment, row in rows.items():
        place = Place(house.store.tenant, row.name, row.record, row.owner, row.compartment, row.v, row.version)
        for whose, key in keys.items():
            if whose == compartment:
                assert b"report_social" in key.open(row.sealed, place.bound())
            else:
                with pytest.raises(Tampered):
                    key.open(row.sealed, place.bound())


def test_writing_the_same_entry_again_changes_nothing(family: Family) -> None:
    entry = family.write(full_entry(releases=everyone()))
    before = [(row.record, row.compartment, row.version) for row in family.house.rows(tables.part)]
    assert family.house.do(HANNA, WriteEntry(CASE, entry)).fresh is False
    assert [(row.record, row.compartment, row.version) for row in family.house.rows(tables.part)] == before


def test_an_entry_that_does_not_fit_its_kind_is_refused_whole(family: Family) -> None:
    before = family.house.counts()
    for fault in ({"worry": "bad"}, {"colour": "red"}, {"taken_by": "nobody"}):
        entry = full_entry()
        entry.fields.update(fault)
        assert family.house.do(HANNA, WriteEntry(CASE, entry)).reason == "invalid"
    acquitted = full_entry("verdict")
    acquitted.fields["outcome"] = "acquitted"
    assert family.house.do(HANNA, WriteEntry(CASE, acquitted)).reason == "invalid"
    assert family.house.counts() == before


def test_a_release_of_an_entry_that_is_not_there_is_refused(family: Family) -> None:
    verdict: Any = family.house.do(HANNA, ReleaseEntry(CASE, full_entry().id, release(ReaderClass.CHILD)))
    assert verdict.reason == "not_found"


def _keys(house: House) -> dict[str, Key]:
    smith = house.store.smith
    return {
        row.compartment: smith.unwrap(row.wrapped, row.owner, row.compartment, row.month)
        for row in house.rows(tables.dek, owner=CASE)
    }
