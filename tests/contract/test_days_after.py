"""The days after the interview: owed by a grown-up on their day, on her page from their day, and nowhere before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from bot.jobs.ticks import JOBS
from storage import _tables as tables
from storage._sql import instant
from storage.commands import ChangeState, LookAgain, RecordDay, RecordTold, TakeBack
from storage.consent import Reason, Withheld
from storage.duties import Duty
from storage.queries import Adults, DaysAfter, TheCase
from storage.records import (
    Adult,
    DaySaid,
    Entry,
    EntryState,
    Hold,
    HoldKind,
    PersonId,
    Told,
)
from tests.storage.family import CASE, HANNA, LAWYER, MIRA, MOTHER, MOTHERS, Family, everyone, full_entry
from tests.storage.house import House, signed_in

# A Tuesday; the week after is a Tuesday, and a month later a Thursday.
INTERVIEW = date(2026, 11, 3)
DAYS = [Duty.DAY_0, Duty.DAY_1, Duty.DAY_7, Duty.DAY_30]


@pytest.fixture
def family(family: Family) -> Family:
    """Mira may be written to, and it is the afternoon of her interview."""
    family.contact()
    family.house.clock.now = datetime(2026, 11, 3, 14, 0, tzinfo=UTC)
    return family


def interview(**how: Any) -> Entry:
    """An interview that happened this afternoon, released to everybody there is, with Hanna asking afterwards."""
    entry = full_entry("child_interview", on=INTERVIEW, releases=everyone(), told=(told(),))
    return replace(entry, fields={**entry.fields, "contact_after": "adult-hanna"}, **how)


def way_home(**how: Any) -> Entry:
    """The journey of that day, which a grown-up tells her first."""
    return replace(full_entry("transport", on=INTERVIEW, releases=everyone()), **how)


def told(on: date = INTERVIEW, how: str = "phone", understood: str = "understood") -> Told:
    """Hanna spoke with Mira."""
    return Told(MIRA, "Hanna", on, how, understood)


def owed(house: House) -> dict[str, date]:
    """The open work rows of the days and the day each is due."""
    rows = house.rows(tables.task, case_id=CASE, done_at=None)
    return {row.code: instant(row.due_at).date() for row in rows if row.code in (*DAYS, Duty.DAY_LATE)}


def tick(house: House) -> None:
    """The clock asks the rows, twice."""
    for _ in range(2):
        for _, job in JOBS:
            house.store.run(job)


class TestOwed:
    """A work row for each day, which says nothing to who reads the table."""

    def test_each_of_four_days_is_owed_on_its_day(self, family: Family) -> None:
        family.write(interview())
        assert owed(family.house) == {
            Duty.DAY_0: date(2026, 11, 3), Duty.DAY_1: date(2026, 11, 4), Duty.DAY_7: date(2026, 11, 10),
            Duty.DAY_30: date(2026, 12, 3),
        }  # fmt: skip

    def test_what_falls_on_a_weekend_is_said_on_monday(self, family: Family) -> None:
        family.write(interview(on=date(2026, 11, 6)))
        assert owed(family.house)[Duty.DAY_1] == date(2026, 11, 9)

    def test_a_planned_interview_owes_them_too_and_they_move_with_it(self, family: Family) -> None:
        entry = family.write(interview(state=EntryState.PLANNED, on=date(2026, 11, 10)))
        assert owed(family.house)[Duty.DAY_1] == date(2026, 11, 11)
        family.house.done(HANNA, ChangeState(CASE, entry.id, EntryState.MOVED, date(2026, 11, 17)))
        assert owed(family.house) == {
            Duty.DAY_0: date(2026, 11, 17), Duty.DAY_1: date(2026, 11, 18), Duty.DAY_7: date(2026, 11, 24),
            Duty.DAY_30: date(2026, 12, 17),
        }  # fmt: skip

    def test_a_cancelled_one_owes_nothing(self, family: Family) -> None:
        entry = family.write(interview(state=EntryState.PLANNED))
        family.house.done(HANNA, ChangeState(CASE, entry.id, EntryState.CANCELLED, None))
        assert owed(family.house) == {}

    def test_one_taken_back_owes_nothing(self, family: Family) -> None:
        entry = family.write(interview())
        family.house.done(HANNA, TakeBack(CASE, entry.id, "wrong child"))
        assert owed(family.house) == {}

    def test_a_second_interview_begins_days_of_its_own(self, family: Family) -> None:
        family.write(interview())
        family.write(interview(id="second", on=date(2026, 11, 2)))
        rows = family.house.rows(tables.task, case_id=CASE, done_at=None, code=Duty.DAY_7)
        assert {row.ref for row in rows} == {"entry-child_interview", "second"}

    def test_an_old_interview_that_is_written_down_today_owes_nothing(self, family: Family) -> None:
        family.write(interview(on=date(2026, 3, 3)))
        assert owed(family.house) == {}

    def test_an_examination_and_a_trial_have_no_days(self, family: Family) -> None:
        family.write(full_entry("medical_exam", on=INTERVIEW))
        family.write(full_entry("trial", on=INTERVIEW))
        assert owed(family.house) == {}

    def test_the_investigations_hold_keeps_nobody_from_asking_how_she_is(self, family: Family) -> None:
        """The words say nothing of the case; what rests is the card, and with it her page."""
        family.write(interview(hold=Hold(HoldKind.INVESTIGATION)))
        assert sorted(owed(family.house)) == sorted(DAYS)
        assert family.house.see(signed_in(MIRA), DaysAfter(CASE)) == ()


class TestSaid:
    """Offered on its day by whoever has the task, and written down as an information."""

    def say(self, family: Family, day: int, on: date, **how: str) -> Any:
        return family.house.do(HANNA, RecordDay(CASE, interview().id, day, told(on, **how)))

    def test_having_said_it_closes_that_day_and_no_other(self, family: Family) -> None:
        family.write(interview())
        assert self.say(family, 0, INTERVIEW).fresh
        assert sorted(owed(family.house)) == [Duty.DAY_1, Duty.DAY_7, Duty.DAY_30]
        assert not self.say(family, 0, INTERVIEW).fresh

    def test_she_reads_who_went_through_it_with_her(self, family: Family) -> None:
        family.write(interview())
        self.say(family, 0, INTERVIEW)
        (after,) = family.house.see(signed_in(MIRA), DaysAfter(CASE))
        assert after.said == (DaySaid(0, "Hanna", INTERVIEW),)
        assert after.who is not None
        assert after.who.label == "Hanna"

    def test_not_now_is_an_answer_that_ends_the_duty_and_is_nowhere_on_her_page(self, family: Family) -> None:
        family.write(interview())
        self.say(family, 0, INTERVIEW, understood="declined")
        assert Duty.DAY_0 not in owed(family.house)
        (after,) = family.house.see(signed_in(MIRA), DaysAfter(CASE))
        assert after.said == ()

    @pytest.mark.parametrize("understood", ["unsure", "wants_to_talk"])
    def test_what_she_did_not_understand_is_a_task(self, family: Family, understood: str) -> None:
        family.write(interview())
        self.say(family, 0, INTERVIEW, understood=understood)
        assert Duty.UNSURE in family.house.open_codes(CASE)

    @pytest.mark.parametrize("day", [1, 7, 30])
    def test_a_day_cannot_have_been_said_before_it_came(self, family: Family, day: int) -> None:
        family.write(interview())
        assert self.say(family, day, INTERVIEW) == Withheld(Reason.INVALID)

    def test_a_day_that_is_none_and_an_interview_that_lies_ahead_are_refused(self, family: Family) -> None:
        family.write(interview(state=EntryState.PLANNED))
        assert self.say(family, 0, INTERVIEW) == Withheld(Reason.INVALID)
        family.house.done(HANNA, ChangeState(CASE, interview().id, EntryState.HAPPENED, INTERVIEW))
        assert self.say(family, 2, date(2026, 11, 5)) == Withheld(Reason.INVALID)

    def test_nobody_but_the_child_is_told_a_day(self, family: Family) -> None:
        family.write(interview())
        deed = RecordDay(CASE, interview().id, 0, Told(MOTHER, "Hanna", INTERVIEW, "phone", "understood"))
        assert family.house.do(HANNA, deed) == Withheld(Reason.INVALID)


class TestClimbing:
    """What nobody said in time is the manager's, once."""

    def test_the_evening_climbs_the_next_morning_and_a_later_day_the_same_afternoon(self, family: Family) -> None:
        house = family.house
        family.write(interview())
        tick(house)
        assert Duty.DAY_LATE not in owed(house)
        house.clock.now = datetime(2026, 11, 4, 7, 30, tzinfo=UTC)
        tick(house)
        assert Duty.DAY_LATE in owed(house)
        assert house.open_codes(CASE).count(Duty.DAY_LATE) == 1

    def test_it_comes_down_when_what_is_late_is_said(self, family: Family) -> None:
        house = family.house
        family.write(interview())
        house.done(HANNA, RecordDay(CASE, interview().id, 0, told()))
        house.clock.now = datetime(2026, 11, 4, 14, 59, tzinfo=UTC)
        tick(house)
        assert Duty.DAY_LATE not in owed(house)
        house.clock.now = datetime(2026, 11, 4, 15, 0, tzinfo=UTC)
        tick(house)
        assert Duty.DAY_LATE in owed(house)
        house.done(HANNA, RecordDay(CASE, interview().id, 1, told(date(2026, 11, 4))))
        assert sorted(owed(house)) == [Duty.DAY_7, Duty.DAY_30]

    def test_words_whose_days_are_over_are_owed_no_more_but_the_manager_still_sees_it(self, family: Family) -> None:
        house = family.house
        family.write(interview())
        house.clock.move(days=6, hours=18)
        tick(house)
        assert sorted(owed(house)) == [Duty.DAY_7, Duty.DAY_30, Duty.DAY_LATE]


class TestHerPage:
    """What her key opens, and that there is no trace of it before the way home was told."""

    def traces(self, family: Family, person: PersonId) -> tuple[Any, ...]:
        """Everything a reader can see of the days: the list, the row at home, and who asks her how she is."""
        house, who = family.house, signed_in(person)
        adults: tuple[Adult, ...] | Withheld = house.ask(who, Adults(CASE))
        named = not isinstance(adults, Withheld) and any(one.label == "Hanna" for one in adults)
        case = house.ask(who, TheCase(CASE))
        return house.ask(who, DaysAfter(CASE)), not isinstance(case, Withheld) and case.after, named

    def test_without_a_journey_of_its_own_an_interview_that_was_released_has_its_days(self, family: Family) -> None:
        family.write(interview())
        days, row, named = self.traces(family, MIRA)
        assert [(one.kind, one.on) for one in days] == [("child_interview", INTERVIEW)]
        assert (row, named) == (True, True)

    @pytest.mark.parametrize("first", ["interview", "journey"])
    def test_no_trace_before_the_way_home_is_told_whatever_was_written_first(self, family: Family, first: str) -> None:
        written = [interview(), way_home(fields={**way_home().fields, "told_home_by": "adult-sofia"})]
        for entry in written if first == "interview" else reversed(written):
            family.write(replace(entry, fields=_without_hanna(entry)))
        family.clear()
        assert self.traces(family, MIRA) == ((), False, False)
        assert self.traces(family, MOTHER)[:2] == self.traces(family, LAWYER)[:2] == ((), False)
        family.house.done(HANNA, RecordTold(CASE, way_home().id, told(how="in_person")))
        days, row, named = self.traces(family, MIRA)
        assert (len(days), row, named) == (1, True, True)
        assert len(self.traces(family, MOTHER)[0]) == len(self.traces(family, LAWYER)[0]) == 1

    def test_a_day_cannot_be_written_down_before_the_way_home(self, family: Family) -> None:
        family.write(interview())
        family.write(way_home())
        deed = RecordDay(CASE, interview().id, 0, told())
        assert family.house.do(HANNA, deed) == Withheld(Reason.UNTOLD)
        family.house.done(HANNA, RecordTold(CASE, way_home().id, told(how="in_person")), deed)

    def test_the_journey_of_another_day_holds_nothing_back(self, family: Family) -> None:
        family.write(interview())
        family.write(way_home(on=date(2026, 10, 1)))
        assert len(family.house.see(signed_in(MIRA), DaysAfter(CASE))) == 1

    @pytest.mark.parametrize("ended", ["cancelled", "taken_back"])
    def test_a_journey_that_was_none_holds_nothing_back(self, family: Family, ended: str) -> None:
        family.write(interview())
        journey = family.write(way_home())
        cancelled = ChangeState(CASE, journey.id, EntryState.CANCELLED, None)
        family.house.done(HANNA, cancelled if ended == "cancelled" else TakeBack(CASE, journey.id, "wrong"))
        assert len(family.house.see(signed_in(MIRA), DaysAfter(CASE))) == 1

    def test_the_investigations_hold_on_the_journey_holds_though_she_was_told(self, family: Family) -> None:
        family.write(interview())
        family.write(way_home(hold=Hold(HoldKind.INVESTIGATION), told=(told(),)))
        assert family.house.see(signed_in(MIRA), DaysAfter(CASE)) == ()
        family.house.done(HANNA, LookAgain(CASE, way_home().id, yes=True, until=None))
        assert len(family.house.see(signed_in(MIRA), DaysAfter(CASE))) == 1

    def test_a_moved_interview_takes_its_days_from_her_page(self, family: Family) -> None:
        entry = family.write(interview())
        family.house.done(HANNA, ChangeState(CASE, entry.id, EntryState.MOVED, date(2026, 11, 12)))
        assert family.house.see(signed_in(MIRA), DaysAfter(CASE)) == ()

    def test_a_guardian_has_them_only_when_cleared_and_not_what_was_said_to_the_child(self, family: Family) -> None:
        family.write(interview())
        family.house.done(HANNA, RecordDay(CASE, interview().id, 0, told()))
        assert isinstance(family.house.ask(signed_in(MOTHER), DaysAfter(CASE)), Withheld)
        family.clear(MOTHERS)
        (hers,) = family.house.see(signed_in(MOTHER), DaysAfter(CASE))
        assert (hers.on, hers.said) == (INTERVIEW, ())
        family.block(MOTHERS)
        assert isinstance(family.house.ask(signed_in(MOTHER), DaysAfter(CASE)), Withheld)

    def test_what_was_not_released_to_her_has_no_days(self, family: Family) -> None:
        family.write(interview(releases=()))
        assert self.traces(family, MIRA) == ((), False, False)


def _without_hanna(entry: Entry) -> dict[str, Any]:
    """The fields so that Hanna stands nowhere but as whoever asks afterwards."""
    return {
        name: value if name == "contact_after" else "adult-sofia" if value == "adult-hanna" else
        ["adult-sofia"] if isinstance(value, list) and "adult-hanna" in value else value
        for name, value in entry.fields.items()
    }  # fmt: skip
