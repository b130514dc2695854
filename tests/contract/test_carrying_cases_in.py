"""The four demo cases carried in: whole, twice, dry, and never over what a worker has done since."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from storage import _tables as tables
from storage.commands import Book, DecideContact, ReleaseEntry, SealCase, TakeBack, Withdraw
from storage.consent import Reason, Withheld
from storage.importing import import_case
from storage.queries import (
    Adults,
    CaseMeetings,
    MyChoices,
    MyMeetings,
    MyPlan,
    RulesOf,
    Sheet,
    Timeline,
    WholeEntries,
    WholeEntry,
)
from storage.records import CaseId, EntryId, ReaderClass, Side
from storage.way_there import ReadyWay, WayThere
from tests.storage.family import release
from tests.storage.house import House, demo, signed_in, worker

NAMES = ("tuva", "elias", "noa", "amina", "ronja", "ivar", "moa", "vilja", "selma", "linnea")
MARIA = worker("maria", unit="lindvik-stod", side=Side.AID)
HANNA = worker()


def _document(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(demo(name))
    return loaded


def _carry(house: House, document: dict[str, Any]) -> Any:
    return import_case(house.store, json.dumps(document).encode())


@pytest.mark.parametrize("name", NAMES)
def test_a_demo_case_comes_in_and_the_same_file_again_changes_nothing(house: House, name: str) -> None:
    first = house.carry_in(name)
    assert first.errors == ()
    assert first.changed > 5
    rows, before = house.counts(), _parts(house)
    again = house.carry_in(name)
    assert (again.case, again.changed, again.errors) == (first.case, 0, ())
    assert house.counts() == rows
    assert _parts(house) == before


@pytest.mark.parametrize("name", NAMES)
def test_a_dry_run_says_what_would_happen_and_leaves_nothing(house: House, name: str) -> None:
    empty, visits = house.counts(), house.count(tables.visit)
    dry = house.carry_in(name, dry_run=True)
    assert dry.errors == ()
    assert house.counts() == empty
    assert house.count(tables.visit) == visits
    wet = house.carry_in(name)
    assert (dry.case, dry.changed) == (wet.case, wet.changed)


def test_the_cases_stand_beside_one_another(house: House) -> None:
    cases = {name: house.carry_in(name).case for name in NAMES}
    assert len(set(cases.values())) == len(NAMES)
    assert all(house.carry_in(name).changed == 0 for name in NAMES)


def test_what_elias_finds_is_what_the_file_lets_him(house: House) -> None:
    case = CaseId(house.carry_in("elias").case or "")
    document = _document("elias")
    elias = signed_in(house.named(Side.BARNAHUS, "BH-2026-003", "person", "elias"))
    page = house.see(elias, Timeline(case))
    days = [entry["on"] for entry in document["entries"] if entry["ref"] != "vantar"]
    promised = "2026-11-27"
    assert [getattr(item, "day", promised) for item in page.items] == sorted([*days, promised])
    labels = {adult.label for adult in house.see(elias, Adults(case))}
    assert labels == {adult["name"] for adult in document["adults"]}


@pytest.mark.parametrize(
    ("how", "taken", "kept"),
    [
        ("face_to_face", "wants_talk", ("in_person", "wants_to_talk")),
        ("chat", "not_asked", ("chat", "not_known")),
        ("letter", "unsure", ("letter", "unsure")),
    ],
)
def test_how_she_was_told_is_kept_in_the_words_of_the_console(
    house: House, how: str, taken: str, kept: tuple[str, str]
) -> None:
    document = _document("elias")
    for entry in document["entries"]:
        entry["told"] = [line | {"how": how, "understood": taken} for line in entry["told"] if "day" not in line]
    case = CaseId(_carry(house, document).case or "")
    entries = house.see(worker(), WholeEntries(case))
    assert {(line.how, line.understood) for one in entries for line in one.told} == {kept}


def test_what_amina_finds_is_her_meetings_her_plan_and_her_yes(house: House) -> None:
    case = CaseId(house.carry_in("amina").case or "")
    amina = signed_in(house.named(Side.AID, "EB-2026-118", "person", "amina"))
    first, second = house.see(amina, MyMeetings(case))
    assert (first.where, first.bring) == ("Storgatan 4, våning 2, rum 3", ("Intyget från vårdcentralen",))
    assert first.starts.isoformat() == "2026-11-26T10:00:00+01:00"
    assert (first.way.stop, first.way.entrance, first.way.floor) == ("Stora torget", "B", "2")
    assert first.way.ready == (ReadyWay.NO_STEPS, ReadyWay.LIFT, ReadyWay.RECEPTION)
    assert (first.way.words, first.way.language) == ("Gå förbi kaféet. Dörren är grön.", "sv")
    assert second.way == WayThere()
    assert second.kind == "three_way"
    assert [goal.goal for goal in house.see(amina, MyPlan(case))] == [
        "Läsa svenska tre förmiddagar i veckan",
        "Träffa vårdcentralen om värken i axeln",
    ]
    assert [given[1] for given in house.see(amina, MyChoices(case)).given] == ["reminders"]


@pytest.mark.parametrize(
    ("word", "kind"), [("home_visit", "home_visit"), ("home", "home_visit"), ("joint", "three_way"), ("SIP", "other")]
)
def test_any_word_for_a_kind_of_meeting_is_carried_in_as_the_nearest(house: House, word: str, kind: str) -> None:
    document = _document("amina")
    document["meetings"][0]["kind"] = word
    case = CaseId(_carry(house, document).case or "")
    amina = signed_in(house.named(Side.AID, "EB-2026-118", "person", "amina"))
    assert house.see(amina, MyMeetings(case))[0].kind == kind


@pytest.mark.parametrize(
    ("way", "at"),
    [
        ({"words": "Gå rakt fram. " * 50}, "/words"),
        ({"stop": "S" * 61}, "/stop"),
        ({"ready": ["lift", "helicopter"]}, "/ready/1"),
        ({"ready": ["lift", "lift"]}, "/ready"),
        ({"map": "https://example.test"}, "/map"),
        ("Gå rakt fram.", ""),
    ],
)
def test_a_way_that_cannot_be_read_on_the_way_is_said(house: House, way: Any, at: str) -> None:
    document = _document("amina")
    document["meetings"][0]["way"] = way
    assert [error.at for error in _carry(house, document).errors] == [f"/meetings/0/way{at}"]


def test_a_yes_that_was_taken_back_does_not_come_back_with_the_file(house: House) -> None:
    case = CaseId(house.carry_in("amina").case or "")
    amina = signed_in(house.named(Side.AID, "EB-2026-118", "person", "amina"))
    consent = house.see(amina, MyChoices(case)).given[0][0]
    house.done(amina, Withdraw(case, consent))
    assert house.carry_in("amina").changed == 0
    assert house.see(amina, MyChoices(case)).given == ()


def test_a_meeting_that_was_moved_stays_where_it_was_moved_to(house: House) -> None:
    case = CaseId(house.carry_in("amina").case or "")
    amina = house.named(Side.AID, "EB-2026-118", "person", "amina")
    meeting = house.see(MARIA, CaseMeetings(case))[0]
    moved = type(meeting)(
        meeting.id, meeting.starts.replace(hour=15), meeting.zone, "Maria", "Rum 9", meeting.kind, meeting.state
    )
    house.done(MARIA, Book(case, amina, moved))  # type: ignore[arg-type]
    assert house.carry_in("amina").changed == 0
    assert house.see(MARIA, CaseMeetings(case))[0].where == "Rum 9"


def test_a_card_that_was_taken_back_stays_taken_back(house: House) -> None:
    case = CaseId(house.carry_in("elias").case or "")
    entry = EntryId(house.named(Side.BARNAHUS, "BH-2026-003", "entry", "oro"))
    house.done(HANNA, TakeBack(case, entry, "wrong card"))
    assert house.carry_in("elias").changed == 0
    taken = house.see(HANNA, WholeEntry(case, entry))
    assert taken is not None
    assert taken.taken_back


def test_a_release_made_since_is_kept(house: House) -> None:
    case = CaseId(house.carry_in("elias").case or "")
    entry = EntryId(house.named(Side.BARNAHUS, "BH-2026-003", "entry", "dom"))
    before = house.see(HANNA, WholeEntry(case, entry))
    extra = release(ReaderClass.GUARDIAN, house.named(Side.BARNAHUS, "BH-2026-003", "tie", "other"))  # type: ignore[arg-type]
    house.done(HANNA, ReleaseEntry(case, entry, extra))
    house.done(worker("olle"), ReleaseEntry(case, entry, extra))
    house.carry_in("elias")
    after = house.see(HANNA, WholeEntry(case, entry))
    assert before is not None
    assert after is not None
    assert after.releases == (*before.releases, replace(extra, approves="Hanna"))


def test_an_embargo_laid_since_is_not_lifted_by_the_file(house: House) -> None:
    case = CaseId(house.carry_in("elias").case or "")
    elias = house.named(Side.BARNAHUS, "BH-2026-003", "person", "elias")
    contact = house.see(HANNA, RulesOf(case)).contact
    assert contact is not None
    embargo = DecideContact(
        case, contact.person, contact.on, "Hanna", "The prosecutor asks.", contact.maturity, True, None, True
    )
    house.done(HANNA, embargo)
    assert house.carry_in("elias").changed == 0
    assert not house.ask(signed_in(elias), Timeline(case))


def test_a_sealed_case_comes_in_sealed_once(house: House) -> None:
    document = _document("noa")
    document["case"]["sealed"] = True
    case = CaseId(_carry(house, document).case)
    assert house.ask(HANNA, Sheet(case)) == Withheld(Reason.SEALED)
    assert _carry(house, document).changed == 0
    house.done(HANNA, SealCase(case, sealed=False))
    house.done(worker("olle"), SealCase(case, sealed=False))
    assert _carry(house, document).changed == 0
    assert not house.see(HANNA, Sheet(case)).sealed


def test_a_file_with_one_line_more_adds_that_line(house: House) -> None:
    case = CaseId(house.carry_in("elias").case or "")
    document = _document("elias")
    document["entries"].append({**document["entries"][0], "ref": "extra", "on": "2026-01-20"})
    assert _carry(house, document).changed == 1
    assert len(house.see(HANNA, WholeEntries(case))) == len(document["entries"])


def test_a_mended_line_is_carried_in(house: House) -> None:
    case = CaseId(house.carry_in("elias").case or "")
    document = _document("elias")
    document["entries"][0]["on"] = "2026-01-18"
    assert _carry(house, document).changed == 1
    assert house.see(HANNA, WholeEntries(case))[0].on.isoformat() == "2026-01-18"  # type: ignore[union-attr]


def test_the_same_case_for_another_unit_is_refused_and_nothing_is_left(house: House) -> None:
    house.carry_in("noa")
    document = _document("noa")
    document["case"]["unit"] = "elsewhere"
    document["adults"][0]["phone"] = "0700-99 99 99"
    rows = house.counts()
    outcome = _carry(house, document)
    assert outcome.errors
    assert outcome.errors[0].say == "The case belongs to another unit."
    assert house.counts() == rows


def test_one_person_in_both_houses_is_two(house: House) -> None:
    """Nothing joins the two: neither the id of the case nor the person's."""
    house.carry_in("amina")
    document = _document("amina")
    other = _document("elias")
    other["case"]["ref"] = document["case"]["ref"]
    other["people"][0]["ref"] = other["ties"][0]["person"] = "amina"
    text = json.dumps(other).replace('"elias"', '"amina"')
    assert not import_case(house.store, text.encode()).errors
    aid, barnahus = (house.named(side, "EB-2026-118", "person", "amina") for side in (Side.AID, Side.BARNAHUS))
    assert aid != barnahus
    assert {row.side for row in house.rows(tables.subject, id=aid)} == {"aid"}
    assert {row.side for row in house.rows(tables.subject, id=barnahus)} == {"barnahus"}


def _parts(house: House) -> list[tuple[str, str, int]]:
    return sorted((row.record, row.compartment, row.version) for row in house.rows(tables.part))


def test_a_longer_case_is_read_with_no_more_rules(house: House) -> None:
    """Every turn walks the whole chain: what a text says of itself has no place in it."""
    document, rules = _document("elias"), []
    told = next(one for one in document["entries"] if one["hold"] is None and one["state"] == "happened")
    for more in (1, 9):
        document["case"]["ref"] = f"LONG-{more}"
        document["entries"] = [{**told, "ref": f"once-more-{n}"} for n in range(more)]
        case = _carry(house, document).case
        assert case is not None
        rules.append(len([row for row in house.rows(tables.rule) if row.subject == case]))
    assert rules[0] == rules[1] > 0


def test_readers_come_in_with_their_yes_their_provision_and_whom_an_entry_is_about(house: House) -> None:
    document = _document("elias")
    document["people"].append({"ref": "alma", "name": "Alma", "born": "1990-01-01", "locale": "sv"})
    document["ties"].append(
        {"person": "alma", "kind": "treatment_staff", "from": "2026-01-01", "until": None, "decided_by": "Hanna"}
    )
    yes = {"by": "elias", "for": "elias", "scope": "share_shared", "purpose": "read", "from": "2026-01-01"}
    document["consents"].append({**yes, "to": "alma", "how": "in_person", "language": "sv"})
    document["exceptions"] = [
        {"to": "alma", "ground": "osl_26_9", "decided_by": "Ulla", "reference": "dnr 7", "from": "2026-01-01"}
    ]
    document["entries"][0]["about"] = ["alma"]
    case = CaseId(_carry(house, document).case)
    alma = house.named(Side.BARNAHUS, "BH-2026-003", "person", "alma")
    rules = house.see(HANNA, RulesOf(case))
    assert [(one.to, one.ground) for one in rules.exceptions] == [(alma, "osl_26_9")]
    assert any(yes.to == alma and yes.language == "sv" for yes in rules.consents)
    assert house.see(HANNA, WholeEntries(case))[0].about == (alma,)
    assert house.see(signed_in(alma), Timeline(case)).items
    document["exceptions"][0]["ground"] = "osl_10_27"
    refused = import_case(house.store, json.dumps(document).encode())
    assert [error.at for error in refused.errors] == ["/exceptions/0/ground"]


@pytest.mark.parametrize(("name", "born"), [("tuva", 2021), ("elias", 2017), ("vilja", 2013)])
def test_no_row_says_in_which_month_a_child_was_born(house: House, name: str, born: int) -> None:
    """The month a case is culled in stands in clear, also in the name of its key's file."""
    house.carry_in(name)
    assert {row.cull_month for row in house.rows(tables.subject)} == {f"{born + 30}-12"}
