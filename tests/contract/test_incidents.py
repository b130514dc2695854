"""A text is taken back: who saw that very card is told, messages to whom it reached stop, and closing takes words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from storage import _deeds_incident
from storage import _outbox_rows as rows
from storage import _tables as tables
from storage._chain import add_rule
from storage._outbox_rows import Push, queue_push
from storage.commands import (
    ApproveExtract,
    AskForExtract,
    AskToBeSent,
    BreakGlass,
    CloseIncident,
    KeepConsent,
    KeepException,
    RecordTold,
    ResumeMessages,
    TakeBack,
    WriteEntry,
)
from storage.consent import Reason, Withheld
from storage.duties import Duty
from storage.grounds import GROUNDS
from storage.incidents import HeardOf, Reported
from storage.outbox import Claimed, End, Outcome, claim, finish, mark_sending
from storage.queries import CaseExtract, MyChoices, OneEntry, SawHow, Sheet, TheCase, Timeline, WholeEntries, WhoSaw
from storage.records import EntryId, PersonId, ReaderClass, Role, StaffId, TieId, TieKind, Told
from storage.ways_in import ChatTied
from tests.storage.family import (
    CASE,
    HANNA,
    MIRA,
    MOTHER,
    MOTHERS,
    OLLE,
    Family,
    enrol,
    everyone,
    full_entry,
    release,
)
from tests.storage.house import TODAY, House, signed_in, worker

TOLD = Told(MIRA, "Hanna", TODAY, "in_person", "understood")


def _linked(house: House, *people: PersonId) -> None:
    """They have a telephone here."""
    for person in people:
        house.store.run(lambda tx, who=person: add_rule(tx, who, ChatTied(f"chat-{who}")))  # type: ignore[misc]


def _written(family: Family, name: str = "one") -> EntryId:
    family.contact()
    family.clear()
    entry = family.write(full_entry("trial", name, releases=everyone(), told=(TOLD,))).id
    family.house.done(HANNA, RecordTold(CASE, entry, replace(TOLD, person=MOTHER)))
    return entry


def _states(house: House) -> list[tuple[str, str, str, str | None]]:
    found = house.rows(tables.outbox)
    return sorted((row.person, row.what, row.state, row.reason) for row in found)


def test_who_saw_this_very_card_is_told_by_name_and_how(family: Family) -> None:
    house, wrong = family.house, _written(family)
    other = family.write(full_entry("trial", "other", releases=everyone(), told=(TOLD,))).id
    house.see(signed_in(MIRA), OneEntry(CASE, wrong))
    house.clock.move(minutes=5)
    house.see(signed_in(MIRA), OneEntry(CASE, wrong))
    house.see(signed_in(MIRA), OneEntry(CASE, other))
    house.clock.move(minutes=5)
    house.see(signed_in(MOTHER), Timeline(CASE))
    house.done(HANNA, TakeBack(CASE, wrong, "Another child's."))
    assert house.see(signed_in(MIRA), OneEntry(CASE, wrong)) is None
    saw = house.see(HANNA, WhoSaw(CASE, wrong)).saw
    readers = {(one.who, one.how) for one in saw if one.kind is not None}
    assert readers == {("Mira", SawHow.OPENED), ("Mother", SawHow.LIST)}
    assert [one.at.minute for one in saw if one.who == "Mira"] == [5], "once a day, the newest"
    ivo = worker("ivo", unit="elsewhere")
    assert house.ask(ivo, WhoSaw(CASE, wrong)) == Withheld(Reason.OTHER_UNIT)


def _saw(house: House, entry: EntryId) -> set[tuple[str, SawHow]]:
    return {(one.who, one.how) for one in house.see(HANNA, WhoSaw(CASE, entry)).saw}


def test_whom_the_child_lets_read_along_saw_her_own_card_too(family: Family) -> None:
    house, aunt = family.house, PersonId("aunt")
    family.contact()
    house.done(HANNA, enrol(aunt, TieId("tie-aunt"), TieKind.READER))
    family.clear()
    for by in (MIRA, MOTHER):
        yes = KeepConsent(CASE, f"yes-{by}", by, MIRA, "share_story", "own_story", None, TODAY, None, to=aunt)
        house.done(HANNA, yes)
    hers = family.write(full_entry("child_talk", "hers", releases=(release(ReaderClass.CHILD),), told=(TOLD,))).id
    assert hers in {item.id for item in house.see(signed_in(aunt), Timeline(CASE)).items}
    house.see(signed_in(MOTHER), Timeline(CASE))
    house.done(HANNA, TakeBack(CASE, hers, "Another child's."))
    assert _saw(house, hers) == {("Aunt", SawHow.LIST)}, "and the mother's list can never have had it"


def test_who_saw_it_while_it_lay_open_to_her_counts_when_a_later_text_no_longer_does(family: Family) -> None:
    house = family.house
    family.contact()
    family.clear()
    entry = full_entry("child_talk", "talk", releases=(release(ReaderClass.GUARDIAN, MOTHERS),), told=(TOLD,))
    talk = family.write(entry).id
    assert talk in {item.id for item in house.see(signed_in(MOTHER), Timeline(CASE)).items}
    (lies,) = house.see(HANNA, WholeEntries(CASE))
    house.done(HANNA, WriteEntry(CASE, replace(lies, releases=())))
    assert house.see(signed_in(MOTHER), Timeline(CASE)).items == ()
    house.done(HANNA, TakeBack(CASE, talk, "Another child's."))
    assert _saw(house, talk) == {("Mother", SawHow.LIST)}


def test_who_read_the_case_in_need_saw_it_and_whoever_was_handed_an_extract(family: Family) -> None:
    house, ivo, police = family.house, worker("ivo", unit="elsewhere"), "Polisen i Norr"
    ulla = replace(worker("ulla"), role=Role.MANAGER)
    talk = family.write(full_entry("child_talk", "talk")).id
    house.done(HANNA, KeepException(CASE, "x", police, GROUNDS[2], "Hanna", "beslut 7", TODAY, None))
    house.done(HANNA, AskForExtract(CASE, police, "Begäran 14."))
    house.done(ulla, ApproveExtract(CASE, StaffId(HANNA.id), police))
    assert len(house.see(HANNA, CaseExtract(CASE, police)).lines) == 1
    house.done(ivo, BreakGlass("elsewhere", "BH-1", "She rang the night desk."))
    assert [one.id for one in house.see(ivo, WholeEntries(CASE))] == [talk]
    house.done(HANNA, TakeBack(CASE, talk, "Another child's."))
    assert _saw(house, talk) == {(police, SawHow.EXTRACT), (ivo.label, SawHow.LIST)}
    house.see(HANNA, CaseExtract(CASE, police))
    assert len(house.see(HANNA, WhoSaw(CASE, talk)).saw) == 2, "what is handed out afterwards has it no more"


def test_no_visit_is_too_long_ago_to_be_found(family: Family, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page of the log is made one visit long; the reading goes on to its end."""
    monkeypatch.setattr(_deeds_incident, "_VISITS_SINCE", _deeds_incident._VISITS_SINCE.limit(1))
    house, wrong = family.house, _written(family)
    house.see(signed_in(MIRA), OneEntry(CASE, wrong))
    for _ in range(3):
        house.clock.move(minutes=5)
        house.see(signed_in(MOTHER), Timeline(CASE))
    house.done(HANNA, TakeBack(CASE, wrong, "Another child's."))
    assert {("Mira", SawHow.OPENED), ("Mother", SawHow.LIST)} <= _saw(house, wrong)


def test_messages_stop_for_whom_it_reached_until_a_worker_says_why_they_go_on(family: Family) -> None:
    house, wrong = family.house, _written(family)
    _linked(house, MOTHER, MIRA)
    house.done(HANNA, AskToBeSent(CASE, MOTHER, wrong, house.clock.now + timedelta(hours=1)))
    beside = Push("beside", "notice", MOTHER, house.clock.now, house.clock.now + timedelta(days=2), case=CASE, ref="x")
    house.store.run(lambda tx: queue_push(tx, beside))
    house.done(OLLE, TakeBack(CASE, wrong, "Fel barn."))
    assert _states(house) == [
        ("mother", "notice", rows.SUPPRESSED, "paused"), ("mother", "notice", rows.SUPPRESSED, "superseded"),
    ]  # fmt: skip
    sheet = house.see(HANNA, Sheet(CASE))
    assert {line.name: line.paused for line in sheet.parties if line.paused} == {
        "Mira": "Fel barn.",
        "Mother": "Fel barn.",
    }
    assert house.see(signed_in(MIRA), MyChoices(CASE)).paused
    resume = ResumeMessages(CASE, MOTHER, "Rätt telefon, hon har fått veta.")
    assert house.do(HANNA, replace(resume, why=" ")) == Withheld(Reason.INVALID)
    assert isinstance(house.do(signed_in(MOTHER), resume), Withheld)
    house.done(HANNA, resume)
    paused = [line.name for line in house.see(HANNA, Sheet(CASE)).parties if line.paused]
    assert paused == ["Mira"]
    assert house.see(signed_in(MIRA), TheCase(CASE)).paused
    assert house.do(HANNA, resume) == Withheld(Reason.NOT_FOUND)


def test_whom_it_had_not_reached_is_written_to_as_before(family: Family) -> None:
    house = family.house
    _linked(house, MOTHER)
    entry = family.write(full_entry("trial", "staff only")).id
    house.done(HANNA, TakeBack(CASE, entry, "Fel barn."))
    assert [line.name for line in house.see(HANNA, Sheet(CASE)).parties if line.paused] == []


def test_a_notice_on_its_way_while_it_is_taken_back_goes_as_soon_as_it_has_come(family: Family) -> None:
    house, wrong = family.house, _written(family)
    house.done(HANNA, AskToBeSent(CASE, MOTHER, wrong, house.clock.now))
    (row,) = house.store.run(lambda tx: claim(tx, "sender", 5))
    assert house.store.run(lambda tx: mark_sending(tx, row, "sender"))
    house.done(HANNA, TakeBack(CASE, wrong, "Fel barn."))
    _arrives(house, row)
    (gone,) = house.rows(tables.outbox, what="delete")
    assert gone.due_at == int(house.clock.now.timestamp() * 1000), "and not a day later"


def test_whom_it_had_not_reached_keeps_her_messages_as_long_as_before(family: Family) -> None:
    house, open_to_her = family.house, _written(family)
    never_hers = family.write(full_entry("trial", "the child's alone")).id
    house.done(HANNA, AskToBeSent(CASE, MOTHER, open_to_her, house.clock.now))
    (row,) = house.store.run(lambda tx: claim(tx, "sender", 5))
    assert house.store.run(lambda tx: mark_sending(tx, row, "sender"))
    house.done(HANNA, TakeBack(CASE, never_hers, "Fel barn."))
    _arrives(house, row)
    (gone,) = house.rows(tables.outbox, what="delete")
    assert gone.due_at == int((house.clock.now + timedelta(days=1)).timestamp() * 1000)


def _arrives(house: House, row: Claimed) -> None:
    house.store.run(lambda tx: finish(tx, row, Outcome(End.SENT, messages=(7,)), "bot"))


def test_an_incident_is_closed_by_what_was_done_and_that_is_kept(family: Family) -> None:
    house, wrong = family.house, _written(family)
    deed = CloseIncident(CASE, wrong, Reported.REPORTED, "IMY 2026-11", HeardOf.NOT_TOLD, "")
    assert house.do(HANNA, deed) == Withheld(Reason.NOT_FOUND), "nothing was taken back"
    house.done(HANNA, TakeBack(CASE, wrong, "Fel barn."))
    assert house.do(HANNA, deed) == Withheld(Reason.INVALID), "not told, and no reason"
    assert Duty.INCIDENT in house.open_codes(CASE)
    said = replace(deed, reported_words=" ", heard=HeardOf.TOLD, heard_words="På ett möte.")
    assert house.do(HANNA, said) == Withheld(Reason.INVALID), "reported, and under no reference"
    assert house.do(HANNA, replace(said, reported_words="IMY", heard_words="")) == Withheld(Reason.INVALID)
    house.done(HANNA, replace(deed, heard_words="Bara personal hade läst det."))
    assert Duty.INCIDENT not in house.open_codes(CASE)
    closed = house.see(OLLE, WhoSaw(CASE, wrong)).closed
    assert closed is not None
    assert (closed.reported, closed.reported_words, closed.heard, closed.who) == (
        Reported.REPORTED, "IMY 2026-11", HeardOf.NOT_TOLD, HANNA.label,
    )  # fmt: skip
