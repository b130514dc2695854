"""Meetings: booked, moved, cancelled and answered, and what becomes of the reminders."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from storage import _tables as tables
from storage._chain import add_rule
from storage._outbox_rows import STOP_IN_CASE
from storage._sql import Tx, instant
from storage.commands import AnswerMeeting, AskToBeSent, Book, KeepConsent, ResumeMessages, Withdraw
from storage.consent import Reason, Withheld
from storage.incidents import ChannelPaused
from storage.queries import CaseMeetings, MyChoices, MyMeetings
from storage.records import CaseId, Channel, EntryState, Meeting, PersonId, RecordId, Side, Strength
from storage.way_there import LONGEST_NAME, LONGEST_WORDS, ReadyWay, WayThere
from tests.storage.house import House, signed_in, worker

MARIA = worker("maria", unit="lindvik-stod", side=Side.AID)


@pytest.fixture
def amina(house: House) -> tuple[CaseId, PersonId, Meeting]:
    """Amina's case with its first meeting, on Thursday at ten."""
    case = CaseId(house.carry_in("amina").case or "")
    person = PersonId(house.named(Side.AID, "EB-2026-118", "person", "amina"))
    return case, person, house.see(MARIA, CaseMeetings(case))[0]


def _pushes(house: House, meeting: str) -> list[tuple[int, str, str | None]]:
    rows = house.rows(tables.outbox, ref=meeting, what="reminder")
    in_order = sorted(rows, key=lambda row: (row.ref_version, row.due_at))
    return [(row.ref_version, row.state, row.reason) for row in in_order]


def test_a_booked_meeting_has_its_reminders_as_questions_without_words(house: House, amina: Any) -> None:
    case, person, meeting = amina
    rows = sorted(house.rows(tables.outbox, ref=meeting.id), key=lambda row: row.due_at)
    due = [instant(row.due_at) for row in rows]
    assert due == [datetime(2026, 11, 25, 9, tzinfo=UTC)]
    assert [row.wall for row in rows] == ["2026-11-25T10:00:00+01:00[Europe/Stockholm]"]
    assert {(row.state, row.what, row.person, row.channel, row.case_id) for row in rows} == {
        ("queued", "reminder", person, "telegram", case)
    }
    assert all(instant(row.not_after) == meeting.starts for row in rows)


def test_a_meeting_moved_ends_the_reminders_of_the_old_time(house: House, amina: Any) -> None:
    case, person, meeting = amina
    house.done(MARIA, Book(case, person, replace(meeting, starts=meeting.starts + timedelta(days=7))))
    assert _pushes(house, meeting.id) == [(1, "suppressed", "superseded"), (2, "queued", None), (2, "queued", None)]


def test_a_meeting_cancelled_has_no_reminders(house: House, amina: Any) -> None:
    case, person, meeting = amina
    house.done(MARIA, Book(case, person, replace(meeting, state=EntryState.CANCELLED)))
    assert _pushes(house, meeting.id) == [(1, "suppressed", "superseded")]
    assert house.see(MARIA, CaseMeetings(case))[0].state is EntryState.CANCELLED
    assert [row.state for row in house.rows(tables.outbox, ref=meeting.id, what="cancelled")] == ["queued"]


def test_a_meeting_moved_there_and_back_has_its_reminder_once(house: House, amina: Any) -> None:
    case, person, meeting = amina
    house.done(MARIA, Book(case, person, replace(meeting, starts=meeting.starts + timedelta(hours=2))))
    house.done(MARIA, Book(case, person, meeting))
    queued = [push for push in _pushes(house, meeting.id) if push[1] == "queued"]
    assert queued == [(3, "queued", None)]


def _pause(house: House, case: CaseId, person: PersonId) -> None:
    """A text that had reached her was taken back."""
    stopped = {"of": person, "in_case": case, "why": "paused", "at": 0}

    def pause(tx: Tx) -> None:
        add_rule(tx, case, ChannelPaused(person, True, "Fel person.", MARIA.id))
        tx.run(STOP_IN_CASE, stopped)

    house.store.run(pause)


def test_when_messages_go_on_she_is_reminded_of_what_is_ahead_and_told_what_moved(house: House, amina: Any) -> None:
    case, person, meeting = amina
    _pause(house, case, person)
    house.done(MARIA, Book(case, person, replace(meeting, starts=meeting.starts + timedelta(days=7))))
    house.store.run(lambda tx: tx.run(STOP_IN_CASE, {"of": person, "in_case": case, "why": "paused", "at": 0}))
    house.clock.move(hours=1)
    house.done(MARIA, ResumeMessages(case, person, "Rätt telefon."))
    assert _pushes(house, meeting.id)[1:] == [(2, "queued", None), (2, "queued", None)]
    moved = [row for row in house.rows(tables.outbox, ref=meeting.id, what="moved") if row.state == "queued"]
    assert [(row.ref_version, instant(row.due_at)) for row in moved] == [(2, house.clock.now)]


def test_a_meeting_called_off_and_past_while_nothing_was_sent_is_not_spoken_of(house: House, amina: Any) -> None:
    case, person, meeting = amina
    _pause(house, case, person)
    house.done(MARIA, Book(case, person, replace(meeting, state=EntryState.CANCELLED)))
    house.store.run(lambda tx: tx.run(STOP_IN_CASE, {"of": person, "in_case": case, "why": "paused", "at": 0}))
    house.clock.move(days=8)
    house.done(MARIA, ResumeMessages(case, person, "Rätt telefon."))
    assert [row.state for row in house.rows(tables.outbox, ref=meeting.id)] == ["suppressed"] * 2


def test_the_same_booking_again_changes_nothing(house: House, amina: Any) -> None:
    case, person, meeting = amina
    before = _pushes(house, meeting.id)
    assert house.do(MARIA, Book(case, person, meeting)).fresh is False
    assert _pushes(house, meeting.id) == before


def test_nobody_who_took_back_her_yes_is_reminded_of_a_new_meeting(house: House, amina: Any) -> None:
    case, person, meeting = amina
    consent = house.see(signed_in(person), MyChoices(case)).given[0][0]
    house.done(signed_in(person), Withdraw(case, consent))
    house.done(MARIA, Book(case, person, replace(meeting, id=RecordId("new"))))
    assert house.rows(tables.outbox, ref="new") == []


@pytest.mark.parametrize("hours", ["22:00-06:00", "whenever", "05:00-23:00", "19:00-09:00"])
def test_hours_that_make_no_sense_or_reach_into_the_night_remind_nobody_at_night(house: House, hours: str) -> None:
    case = CaseId(house.carry_in("amina").case or "")
    person = PersonId(house.named(Side.AID, "EB-2026-118", "person", "amina"))
    first = house.see(signed_in(person), MyChoices(case)).given[0][0]
    house.done(signed_in(person), Withdraw(case, first))
    yes = KeepConsent(case, "y", person, person, "reminders", hours, Channel.TELEGRAM, house.clock.now.date(), None)
    house.done(MARIA, yes)
    meeting = house.see(MARIA, CaseMeetings(case))[0]
    for hour in (7, 19, 21):
        at = replace(meeting, id=RecordId(f"m{hour}"), starts=meeting.starts.replace(day=30, hour=hour))
        house.done(MARIA, Book(case, person, at))
        rows = house.rows(tables.outbox, ref=f"m{hour}")
        assert rows
        walls = [int(row.wall[11:13]) for row in rows]
        assert all(7 <= wall < 20 for wall in walls), (hours, walls)


def test_coming_is_one_tap_and_another_time_is_a_task(house: House, amina: Any) -> None:
    case, person, meeting = amina
    me = signed_in(person)
    house.done(me, AnswerMeeting(case, meeting.id, "other_time"))
    assert house.open_codes(case) == ["e1"]
    house.done(me, AnswerMeeting(case, meeting.id, "come"))
    assert house.open_codes(case) == []
    answered = house.see(MARIA, CaseMeetings(case))[0]
    assert (answered.answer, answered.answered_at) == ("come", house.clock.now)


def test_an_answer_can_be_given_from_the_chat_without_signing_in(house: House, amina: Any) -> None:
    case, person, meeting = amina
    linked = replace(signed_in(person), strength=Strength.CHANNEL)
    assert house.do(linked, AnswerMeeting(case, meeting.id, "come"), Channel.TELEGRAM)
    assert house.see(MARIA, CaseMeetings(case))[0].answer == "come"


def test_an_answer_that_is_none_or_comes_too_late_is_refused(house: House, amina: Any) -> None:
    case, person, meeting = amina
    me = signed_in(person)
    assert house.do(me, AnswerMeeting(case, meeting.id, "maybe")) == Withheld(Reason.INVALID)
    assert house.do(me, AnswerMeeting(case, "nowhere", "come")) == Withheld(Reason.NOT_FOUND)
    house.clock.now = meeting.starts.astimezone(UTC)
    assert house.do(me, AnswerMeeting(case, meeting.id, "come")) == Withheld(Reason.CONFLICT)


def test_a_new_time_forgets_the_answer_to_the_old_one(house: House, amina: Any) -> None:
    case, person, meeting = amina
    house.done(signed_in(person), AnswerMeeting(case, meeting.id, "come"))
    house.done(MARIA, Book(case, person, replace(meeting, starts=meeting.starts + timedelta(hours=1))))
    assert house.see(signed_in(person), MyMeetings(case))[0].answer is None


def test_a_notice_is_asked_for_as_a_row_without_words(house: House, amina: Any) -> None:
    case, person, meeting = amina
    house.done(MARIA, AskToBeSent(case, person, meeting.id, house.clock.now))
    (row,) = house.rows(tables.outbox, what="notice")
    assert (row.state, row.person, row.ref) == ("queued", person, meeting.id)
    stranger = AskToBeSent(case, PersonId("stranger"), meeting.id, house.clock.now)
    assert house.do(MARIA, stranger) == Withheld(Reason.NO_RELATION)


def test_how_to_get_there_can_be_written_after_she_has_said_that_she_comes(house: House, amina: Any) -> None:
    case, person, meeting = amina
    house.done(signed_in(person), AnswerMeeting(case, meeting.id, "come"))
    way = WayThere("Rådhuset", "B", "2", (ReadyWay.LIFT,), "مر بجانب المقهى، Kafé Båt.", "ar")
    house.done(MARIA, Book(case, person, replace(meeting, way=way)))
    hers = house.see(signed_in(person), MyMeetings(case))[0]
    assert (hers.way, hers.answer) == (way, "come")
    house.done(MARIA, Book(case, person, replace(meeting, way=way, where="Torget 1")))
    assert house.see(signed_in(person), MyMeetings(case))[0].answer is None


@pytest.mark.parametrize("way", [WayThere(words="o" * (LONGEST_WORDS + 1)), WayThere(floor="2" * (LONGEST_NAME + 1))])
def test_a_way_that_is_too_long_is_refused(house: House, amina: Any, way: WayThere) -> None:
    case, person, meeting = amina
    assert house.do(MARIA, Book(case, person, replace(meeting, way=way))) == Withheld(Reason.INVALID)
    assert house.see(MARIA, CaseMeetings(case))[0].way == meeting.way
