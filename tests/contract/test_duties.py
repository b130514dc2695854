"""Duties: which work rows each deed opens and which it closes."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from storage import _tables as tables
from storage._sql import instant
from storage.commands import (
    Answer,
    AskForCall,
    ChangeState,
    CloseTask,
    LookAgain,
    MarkRead,
    ReadTogether,
    RecordTold,
    Say,
    TakeBack,
)
from storage.consent import Reason, Withheld
from storage.duties import Duty, of_entry
from storage.kinds import KINDS, told_in_person
from storage.queries import CaseThread, MyThread, OpenTasks, WholeEntry
from storage.records import EntryState, Hold, HoldKind, ReaderClass, Side, Told
from tests.storage.family import CASE, HANNA, MIRA, MOTHER, OLLE, Family, everyone, full_entry
from tests.storage.house import NOON, TODAY, UNIT, House, signed_in, worker

TOLD = Told(MIRA, "Hanna", date(2026, 11, 20), "face_to_face", "understood")
LATER = Hold(HoldKind.NOT_YET, date(2026, 12, 1), "Hanna")
A_MOMENT = "verdict"


def _due(house: House, code: Duty) -> list[datetime]:
    return [instant(row.due_at) for row in house.rows(tables.task, case_id=CASE, code=code) if row.done_at is None]


def test_what_has_happened_is_to_be_told_within_a_week(family: Family) -> None:
    family.write(full_entry())
    assert family.house.open_codes(CASE) == ["a2"]
    assert _due(family.house, Duty.TELL) == [NOON + timedelta(days=7)]


def test_one_of_the_great_moments_is_to_be_told_now(family: Family) -> None:
    family.write(full_entry(A_MOMENT))
    assert family.house.open_codes(CASE) == ["a1"]
    assert _due(family.house, Duty.TELL_MOMENT) == [NOON]


def test_what_lies_ahead_is_nobodys_duty_until_it_happens(family: Family) -> None:
    entry = family.write(full_entry(A_MOMENT, state=EntryState.PLANNED))
    assert family.house.open_codes(CASE) == []
    family.house.done(HANNA, ChangeState(CASE, entry.id, EntryState.HAPPENED, date(2026, 11, 23)))
    assert family.house.open_codes(CASE) == ["a1"]


def test_what_is_not_for_her_is_not_to_be_told_to_her(family: Family) -> None:
    family.write(full_entry(listeners=(ReaderClass.GUARDIAN,)))
    assert family.house.open_codes(CASE) == []


def test_what_rests_under_the_investigation_waits(family: Family) -> None:
    family.write(full_entry("suspect_interview", hold=Hold(HoldKind.INVESTIGATION)))
    assert family.house.open_codes(CASE) == []


def test_having_told_her_closes_the_duty(family: Family) -> None:
    entry = family.write(full_entry(A_MOMENT))
    family.house.done(HANNA, RecordTold(CASE, entry.id, Told(MOTHER, "Hanna", TOLD.on, "phone", "understood")))
    assert family.house.open_codes(CASE) == ["a1"]
    family.house.done(HANNA, RecordTold(CASE, entry.id, TOLD))
    assert family.house.open_codes(CASE) == []


def test_a_promise_is_a_duty_on_its_day_and_moves_with_it(family: Family) -> None:
    entry = family.write(full_entry("social_measure", hold=LATER, told=(TOLD,)))
    assert family.house.open_codes(CASE) == ["b1"]
    assert [due.date() for due in _due(family.house, Duty.LOOK)] == [date(2026, 12, 1)]
    family.house.done(HANNA, LookAgain(CASE, entry.id, yes=False, until=date(2026, 12, 8)))
    assert [due.date() for due in _due(family.house, Duty.LOOK)] == [date(2026, 12, 8)]
    family.house.done(HANNA, LookAgain(CASE, entry.id, yes=True, until=None))
    assert family.house.open_codes(CASE) == []


def test_taking_back_opens_an_incident_with_72_hours_and_closes_the_rest(family: Family) -> None:
    entry = family.write(full_entry("social_measure", hold=LATER))
    assert family.house.open_codes(CASE) == ["a2", "b1"]
    family.house.done(HANNA, TakeBack(CASE, entry.id, "wrong child"))
    assert family.house.open_codes(CASE) == ["g1"]
    assert _due(family.house, Duty.INCIDENT) == [NOON + timedelta(hours=72)]


def test_who_wants_to_be_rung_up_is_one_task_within_a_day_however_often_she_asks(family: Family) -> None:
    family.contact()
    house, mira = family.house, signed_in(MIRA)
    for _ in range(2):
        house.done(mira, AskForCall(CASE))
    assert house.open_codes(CASE) == ["r1"]
    assert _due(house, Duty.RING) == [NOON + timedelta(hours=24)]
    assert isinstance(house.do(signed_in(MOTHER), AskForCall(CASE)), Withheld)
    assert isinstance(house.do(HANNA, AskForCall(CASE)), Withheld)
    assert house.open_codes(CASE) == ["r1"]


def test_a_question_waits_a_day_and_a_danger_does_not_wait(family: Family) -> None:
    family.contact()
    house, mira = family.house, signed_in(MIRA)
    house.done(mira, Say(CASE, "När är mötet?", None, None))
    assert house.open_codes(CASE) == ["c1"]
    assert _due(house, Duty.QUESTION) == [NOON + timedelta(hours=24)]
    house.done(mira, Say(CASE, "Och var?", None, None))
    assert house.open_codes(CASE) == ["c1"]
    house.done(mira, Say(CASE, "Jag är rädd nu", None, "danger"))
    assert house.open_codes(CASE) == ["c1", "c2"]
    assert _due(house, Duty.ALARM) == [NOON]


def test_an_answer_closes_the_question_and_the_alarm(family: Family) -> None:
    family.contact()
    house, mira = family.house, signed_in(MIRA)
    for words, alarm in (("Hej", None), ("Hjälp", "danger")):
        house.done(mira, Say(CASE, words, None, alarm))
        house.clock.move(hours=1)
    house.done(HANNA, Answer(CASE, MIRA, "Jag ringer dig."))
    assert house.open_codes(CASE) == []
    thread = house.see(mira, MyThread(CASE))
    assert [message.words for message in thread.messages] == ["Hej", "Hjälp", "Jag ringer dig."]
    assert all(message.read_at == house.clock.now for message in thread.messages[:2])
    assert thread.messages[2].sender == HANNA.label
    assert thread.answer_by is None


def test_she_is_told_that_somebody_has_read_before_there_is_an_answer(family: Family) -> None:
    family.contact()
    house, mira = family.house, signed_in(MIRA)
    house.done(mira, Say(CASE, "Hej", None, None))
    assert house.see(mira, MyThread(CASE)).answer_by == NOON + timedelta(hours=24)
    assert house.see(mira, MyThread(CASE)).messages[0].read_at is None
    house.done(HANNA, MarkRead(CASE, MIRA))
    assert house.see(mira, MyThread(CASE)).messages[0].read_at == NOON
    assert house.open_codes(CASE) == ["c1"]
    assert house.do(OLLE, MarkRead(CASE, MIRA)).fresh is False
    assert [message.words for message in house.see(HANNA, CaseThread(CASE, MIRA))] == ["Hej"]


def test_a_guardian_is_not_answered_in_the_childs_thread(family: Family) -> None:
    assert family.house.do(HANNA, Answer(CASE, MOTHER, "x")) == Withheld(Reason.NO_RELATION)


@pytest.mark.parametrize(("understood", "codes"), [("understood", []), ("unsure", ["j1"]), ("wants_talk", ["j1"])])
def test_reading_together_tells_her_and_asks_how_it_went(family: Family, understood: str, codes: list[str]) -> None:
    one, two = family.write(full_entry(name="one")), family.write(full_entry(A_MOMENT, "two", releases=everyone()))
    house = family.house
    house.done(HANNA, ReadTogether(CASE, MIRA, (one.id, two.id), date(2026, 11, 23), understood))
    assert house.open_codes(CASE) == codes
    entry = house.see(HANNA, WholeEntry(CASE, two.id))
    assert entry is not None
    assert [(line.by, line.how, line.understood) for line in entry.told] == [(HANNA.label, "together", understood)]


def test_reading_together_a_card_that_is_not_there_changes_none_of_the_others(family: Family) -> None:
    one = family.write(full_entry(name="one"))
    house = family.house
    deed = ReadTogether(CASE, MIRA, (one.id, full_entry(name="nowhere").id), date(2026, 11, 23), "understood")
    assert house.do(HANNA, deed) == Withheld(Reason.NOT_FOUND)
    entry = house.see(HANNA, WholeEntry(CASE, one.id))
    assert entry is not None
    assert entry.told == ()


def test_a_task_is_closed_by_its_own_unit_only(family: Family) -> None:
    house = family.house
    house.done(HANNA, ReadTogether(CASE, MIRA, (family.write(full_entry()).id,), TODAY, "unsure"))
    (task,) = house.see(HANNA, OpenTasks(UNIT))
    ivo = worker("ivo", unit="elsewhere")
    assert not house.do(ivo, CloseTask(UNIT, task.id))
    assert house.do(ivo, CloseTask("elsewhere", task.id)) == Withheld(Reason.NOT_FOUND)
    house.done(HANNA, CloseTask(UNIT, task.id))
    assert house.see(HANNA, OpenTasks(UNIT)) == ()
    assert house.do(HANNA, CloseTask(UNIT, task.id)) == Withheld(Reason.NOT_FOUND)


def test_the_list_of_work_is_in_the_order_it_is_due(family: Family) -> None:
    family.write(full_entry(name="one"))
    family.write(full_entry(A_MOMENT, "two"))
    assert [task.code for task in family.house.see(HANNA, OpenTasks(UNIT))] == ["a1", "a2"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_that_has_happened_is_somebodys_duty_until_it_was_told(kind: str) -> None:
    duties = {one.duty for one in of_entry(full_entry(kind), MIRA, NOON)}
    assert duties == {Duty.TELL_MOMENT if told_in_person(KINDS[kind], full_entry(kind).fields) else Duty.TELL}
    assert of_entry(full_entry(kind, told=(TOLD,)), MIRA, NOON) == ()
    assert of_entry(full_entry(kind), None, NOON) == ()


def test_a_duty_is_opened_once_and_keeps_its_day(family: Family) -> None:
    entry = family.write(full_entry())
    family.house.clock.move(days=2)
    family.release(entry.id, ReaderClass.CHILD)
    assert family.house.open_codes(CASE) == ["a2"]
    assert _due(family.house, Duty.TELL) == [NOON + timedelta(days=7)]


def test_the_codes_say_nothing_to_who_reads_the_table() -> None:
    assert all(len(duty.value) == 2 for duty in Duty)
    assert len({duty.value for duty in Duty}) == len(Duty)


def test_the_other_side_of_the_house_does_not_see_the_case_behind_a_task(family: Family) -> None:
    family.write(full_entry())
    maria = worker("maria", side=Side.AID)
    assert family.house.see(maria, OpenTasks(UNIT)) == ()
    (task,) = family.house.see(HANNA, OpenTasks(UNIT))
    assert family.house.do(maria, CloseTask(UNIT, task.id)) == Withheld(Reason.NOT_FOUND)
