"""A child's planned days and her guardians: nobody is told of one unless a worker opened that very day to her (P69)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from storage import _tables as tables
from storage._sql import Tx
from storage.commands import (
    ChangeState,
    Command,
    EndConsent,
    KeepConsent,
    ReleaseEntry,
    ResumeMessages,
    SetStatus,
    TakeBack,
    TellOfVisit,
    WriteEntry,
)
from storage.consent import Reason, Withheld
from storage.letters import Letter, NoticeLetter, Removal, decide_letter
from storage.outbox import End, Outcome, claim, finish
from storage.queries import CaseVisits, OpenToHer, Receivers, Timeline, WholeEntries
from storage.records import (
    Channel,
    Entry,
    EntryId,
    EntryState,
    GuardianStatus,
    Hold,
    HoldKind,
    PersonId,
    PlannedVisit,
    ReaderClass,
    TieId,
    TieKind,
)
from tests.channels.telegram_house import link
from tests.storage.family import CASE, FATHERS, HANNA, MIRA, MOTHER, SINCE, Family, enrol, full_entry, release
from tests.storage.house import TODAY, House, signed_in

NADIA, NADIAS = PersonId("nadia"), TieId("tie-nadia")
HER = signed_in(NADIA)
TALK, ON = EntryId("entry-talk"), TODAY + timedelta(days=10)
YES = KeepConsent(CASE, "yes-nadia", NADIA, NADIA, "reminders", "09:00-19:00", Channel.TELEGRAM, SINCE, None)
TELL, KEEP = (TellOfVisit(CASE, TALK, NADIAS, told=told) for told in (True, False))
HERS = (PlannedVisit(TALK, ON, cancelled=False),)


def planned(name: str = TALK, on: date = ON, **how: object) -> Entry:
    return full_entry("child_talk", name, on=on, state=EntryState.PLANNED, **how)


@pytest.fixture
def told(family: Family) -> Family:
    """Nadia is cleared by two, has said yes to reminders and linked her chat; a talk with Mira is planned."""
    family.contact()
    family.house.done(HANNA, enrol(NADIA, NADIAS, TieKind.GUARDIAN, born=date(1985, 5, 5)))
    family.clear(NADIAS)
    family.house.done(HANNA, YES)
    link(family.house, NADIA)
    family.write(planned())
    return family


def visits(house: House) -> tuple[PlannedVisit, ...]:
    return house.see(HER, OpenToHer(CASE)).visits


def queued(house: House, what: str = "visit") -> list[tuple[str, str]]:
    return sorted((row.state, row.person) for row in house.rows(tables.outbox, what=what))


def waiting(house: House) -> int:
    return sum(state == "queued" for state, _ in queued(house))


def leaves(house: House) -> list[Letter]:
    """What the sender sends now, and that it arrived."""

    def call(tx: Tx) -> list[Letter]:
        letters = []
        for n, row in enumerate(claim(tx, "sender", 10)):
            if (letter := decide_letter(tx, row, "sender")) is not None:
                letters.append(letter)
                finish(tx, row, Outcome(End.SENT, messages=(100 + n,)), "bot")
        return letters

    return house.store.run(call)


def test_from_the_start_no_guardian_is_told_of_any_day(told: Family) -> None:
    assert visits(told.house) == ()
    assert queued(told.house) == []
    told.house.clock.move(days=9)
    assert leaves(told.house) == []


def test_a_day_that_was_opened_to_her_stands_on_her_page_and_is_reminded_of(told: Family) -> None:
    house = told.house
    house.done(HANNA, TELL)
    assert visits(house) == HERS
    assert queued(house) == [("queued", NADIA)] * 2
    house.clock.move(days=7)
    (letter,) = leaves(house)
    assert isinstance(letter, NoticeLetter), "that there is something to read: no day, no name, no reason"
    house.clock.move(days=2)
    assert [type(one) for one in leaves(house)] in ([NoticeLetter], [Removal, NoticeLetter], [NoticeLetter, Removal])


def test_one_day_is_not_another_and_one_guardian_is_not_the_other(told: Family) -> None:
    house = told.house
    told.write(planned("entry-other", ON + timedelta(days=1)))
    told.clear(FATHERS)
    house.done(HANNA, TellOfVisit(CASE, EntryId("entry-other"), FATHERS, told=True), TELL)
    assert visits(house) == HERS
    assert {person for _, person in queued(house)} == {NADIA}
    assert [(one.tie, one.visit) for one in house.see(HANNA, Receivers(CASE, TALK)) if one.visit] == [(NADIAS, True)]


def test_opening_the_day_releases_nothing_and_releasing_opens_no_day(told: Family) -> None:
    house = told.house
    house.done(HANNA, TELL)
    assert house.see(HER, Timeline(CASE)).items == ()
    house.done(HANNA, KEEP, ReleaseEntry(CASE, TALK, release(ReaderClass.GUARDIAN, NADIAS)))
    assert len(house.see(HER, Timeline(CASE)).items) == 1
    assert visits(house) == ()
    assert waiting(house) == 0


def test_turned_off_what_waits_is_stopped_and_what_arrived_is_taken_away(told: Family) -> None:
    house = told.house
    house.done(HANNA, TELL)
    house.clock.move(days=7)
    assert len(leaves(house)) == 1
    house.done(HANNA, KEEP)
    assert visits(house) == ()
    assert waiting(house) == 0
    (gone,) = leaves(house)
    assert isinstance(gone, Removal)
    house.clock.move(days=2)
    assert all(isinstance(one, Removal) for one in leaves(house))
    house.done(HANNA, TELL)
    assert visits(house) == HERS


def test_whatever_shuts_her_out_stops_the_reminder_in_the_moment_it_leaves(told: Family) -> None:
    house = told.house
    house.done(HANNA, TELL)
    told.block(NADIAS)
    house.clock.move(days=7)
    assert leaves(house) == []
    assert ("suppressed", NADIA) in queued(house)
    assert house.ask(HER, OpenToHer(CASE)) == Withheld(Reason.BLOCKED)


def test_cleared_anew_she_is_told_of_no_day_until_it_is_opened_anew(told: Family) -> None:
    house = told.house
    house.done(HANNA, TELL, SetStatus(CASE, NADIAS, GuardianStatus.SUSPECTED))
    house.done(HANNA, SetStatus(CASE, NADIAS, GuardianStatus.NONE))
    told.clear(NADIAS)
    assert visits(house) == ()
    house.clock.move(days=7)
    assert leaves(house) == []


@pytest.mark.parametrize("how", ["not cleared", "in the past", "held", "taken back", "no guardian", "no such entry"])
def test_what_cannot_be_opened(told: Family, how: str) -> None:
    house = told.house
    deed, why = {
        "not cleared": (TellOfVisit(CASE, TALK, FATHERS, told=True), Reason.NOT_CLEARED),
        "in the past": (TellOfVisit(CASE, EntryId("past"), NADIAS, told=True), Reason.INVALID),
        "held": (TellOfVisit(CASE, EntryId("held"), NADIAS, told=True), Reason.INVALID),
        "taken back": (TellOfVisit(CASE, EntryId("back"), NADIAS, told=True), Reason.INVALID),
        "no guardian": (TellOfVisit(CASE, TALK, TieId("tie-lawyer"), told=True), Reason.NOT_FOUND),
        "no such entry": (TellOfVisit(CASE, EntryId("none"), NADIAS, told=True), Reason.NOT_FOUND),
    }[how]
    told.write(full_entry("child_talk", "past"))
    told.write(planned("held", hold=Hold(HoldKind.INVESTIGATION)))
    told.write(planned("back"))
    house.done(HANNA, TakeBack(CASE, EntryId("back"), "Mistake."))
    assert house.do(HANNA, deed) == Withheld(why)
    assert queued(house) == []


def test_moved_or_cancelled_she_reads_it_and_hears_of_it(told: Family) -> None:
    house = told.house
    house.done(HANNA, TELL)
    later = ON + timedelta(days=3)
    house.done(HANNA, ChangeState(CASE, TALK, EntryState.MOVED, later))
    assert visits(house) == (PlannedVisit(TALK, later, cancelled=False),)
    assert len(leaves(house)) == 1, "that there is something to read"
    assert waiting(house) == 2
    house.done(HANNA, ChangeState(CASE, TALK, EntryState.CANCELLED, None))
    assert visits(house) == (PlannedVisit(TALK, later, cancelled=True),)
    assert len([one for one in leaves(house) if isinstance(one, NoticeLetter)]) == 1
    assert waiting(house) == 0


def test_what_befalls_the_entry_otherwise_she_hears_nothing_of(told: Family) -> None:
    """Released to the child, to another, told: to be written to then would say that something happened."""
    house = told.house
    house.done(HANNA, TELL)
    house.clock.move(days=8, hours=12)
    leaves(house)
    before = queued(house)
    told.release(TALK, ReaderClass.CHILD)
    told.clear(FATHERS)
    told.release(TALK, ReaderClass.GUARDIAN, FATHERS)
    assert queued(house) == before
    assert visits(house) == HERS


@pytest.mark.parametrize("deed", [
    TakeBack(CASE, TALK, "Mistake."), ChangeState(CASE, TALK, EntryState.HAPPENED, TODAY),
])  # fmt: skip
def test_what_is_no_day_ahead_any_more_is_gone(told: Family, deed: Command) -> None:
    house = told.house
    house.done(HANNA, TELL, deed)
    assert visits(house) == ()
    assert waiting(house) == 0


@pytest.mark.parametrize("hold", [
    Hold(HoldKind.IN_PERSON_FIRST), Hold(HoldKind.NOT_YET, TODAY + timedelta(days=3), "Hanna"),
], ids=lambda hold: hold.kind)  # fmt: skip
def test_a_day_that_a_hold_of_the_childs_has_shut_does_not_come_back_by_itself(told: Family, hold: Hold) -> None:
    """She would see the hold begin and end; that a worker closed and opened it looks just the same."""
    house = told.house
    house.done(HANNA, TELL)
    assert (visits(house), waiting(house)) == (HERS, 2)
    (entry,) = (one for one in house.see(HANNA, WholeEntries(CASE)) if one.id == TALK)
    held = replace(entry, hold=hold, version=entry.version + 1)
    house.done(HANNA, WriteEntry(CASE, held))
    assert (visits(house), waiting(house)) == ((), 0)
    house.done(HANNA, WriteEntry(CASE, replace(held, hold=replace(hold, lifted=True), version=held.version + 1)))
    assert (visits(house), waiting(house)) == ((), 0)
    house.done(HANNA, TELL)
    assert visits(house) == HERS


def test_without_her_yes_nothing_is_sent_and_with_it_what_is_ahead_is(told: Family) -> None:
    house = told.house
    house.done(HANNA, EndConsent(CASE, "yes-nadia"), TELL)
    assert (visits(house), waiting(house)) == (HERS, 0)
    house.done(HANNA, replace(YES, consent="yes-again"))
    assert waiting(house) == 2
    house.done(HANNA, EndConsent(CASE, "yes-again"))
    house.clock.move(days=7)
    assert leaves(house) == []


def _taken_back_from_her(told: Family, name: str = "wrong") -> None:
    """Something else had reached her and was taken back: this case sends her nothing for now."""
    wrong = told.write(full_entry("trial", name, releases=(release(ReaderClass.GUARDIAN, NADIAS),)))
    told.house.done(HANNA, TakeBack(CASE, wrong.id, "Fel barn."))


GO_ON = ResumeMessages(CASE, NADIA, "Rätt telefon.")


def test_when_messages_go_on_she_is_reminded_of_the_days_that_are_still_ahead(told: Family) -> None:
    house = told.house
    house.done(HANNA, TELL)
    _taken_back_from_her(told)
    assert waiting(house) == 0
    house.clock.move(days=8)
    assert leaves(house) == []
    house.done(HANNA, GO_ON)
    assert waiting(house) == 1, "the reminder three days before has gone by, the one the day before has not"
    house.clock.move(days=1)
    assert [type(one) for one in leaves(house)] == [NoticeLetter]


def test_a_day_called_off_while_nothing_was_sent_is_told_of_when_messages_go_on_and_once(told: Family) -> None:
    house = told.house
    house.done(HANNA, TELL)
    _taken_back_from_her(told)
    house.done(HANNA, ChangeState(CASE, TALK, EntryState.CANCELLED, None))
    assert leaves(house) == []
    house.clock.move(days=1)
    house.done(HANNA, GO_ON)
    assert [type(one) for one in leaves(house)] == [NoticeLetter]
    _taken_back_from_her(told, "another")
    house.clock.move(hours=1)
    house.done(HANNA, GO_ON)
    assert [one for one in leaves(house) if isinstance(one, NoticeLetter)] == []


def test_of_a_day_that_passed_meanwhile_nothing_is_said_afterwards(told: Family) -> None:
    house = told.house
    house.done(HANNA, TELL)
    _taken_back_from_her(told)
    house.clock.move(days=11)
    house.done(HANNA, GO_ON)
    assert waiting(house) == 0


def _in_the_log(house: House) -> list[bool]:
    """Of each notice in the log, oldest first, whether it was allowed."""
    return [line.allowed for line in house.see(HANNA, CaseVisits(CASE)) if line.purpose == "Notice"][::-1]


def test_a_reminder_that_was_sent_stands_as_allowed_in_the_log_and_one_that_was_stopped_as_not(told: Family) -> None:
    house = told.house
    house.done(HANNA, TELL)
    house.clock.move(days=7)
    assert [type(one) for one in leaves(house)] == [NoticeLetter]
    assert _in_the_log(house) == [True]
    house.done(HANNA, SetStatus(CASE, NADIAS, GuardianStatus.SUSPECTED))
    house.clock.move(days=2)
    leaves(house)
    assert _in_the_log(house) == [True, False]


def test_when_the_day_is_over_it_is_gone_from_her_page(told: Family) -> None:
    told.house.done(HANNA, TELL)
    told.house.clock.move(days=10)
    assert visits(told.house) == HERS
    told.house.clock.move(days=1)
    assert visits(told.house) == ()


def test_nobody_else_reads_it_there(told: Family) -> None:
    house = told.house
    house.done(HANNA, TELL)
    assert house.ask(signed_in(MOTHER), OpenToHer(CASE)) == Withheld(Reason.NOT_CLEARED)
    assert house.see(signed_in(MIRA), OpenToHer(CASE)).visits == ()
    assert house.do(HER, KEEP) == Withheld(Reason.REACH)
