"""The law's recurring look through the log: due at each unit, done when written down, and climbing when it is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from storage import _tables as tables
from storage._sql import instant
from storage.commands import LogReviewed
from storage.consent import Reason, Withheld
from storage.duties import Duty
from storage.log_duty import keep_review_of_all, reviews_due
from storage.queries import LogReview, OpenTasks, Sheet, WorkList
from storage.records import Role, Side
from storage.sign_in import employ
from storage.terms import Terms
from tests.storage.family import CASE, HANNA, Family
from tests.storage.house import NOON, TODAY, UNIT, House, worker

AGDA = replace(worker("agda"), role=Role.AUDITOR, label="Agda, granskare")
ULLA = replace(worker("ulla"), role=Role.MANAGER)
WORDS = "Två läste på natten; de hade jour. Inget mer att fråga om."


def staffed(house: House, side: Side = Side.BARNAHUS) -> None:
    """Somebody works at the unit."""
    house.store.run(lambda tx: employ(tx, "Agda", "granskare", UNIT, side, Role.AUDITOR))


def tick(house: House) -> int:
    return house.store.run(reviews_due)


def rows(house: House) -> list[tuple[str, date]]:
    open_ = [row for row in house.rows(tables.task, unit=UNIT) if row.done_at is None]
    return sorted((row.code, instant(row.due_at).date()) for row in open_)


def listed(house: House) -> list[str]:
    return [line.task.code for line in house.see(ULLA, WorkList(UNIT))]


def test_each_unit_has_its_next_day_and_it_is_told_whose_it_is(house: House) -> None:
    house.store.terms = Terms(log_review=14, log_review_by="Dataskyddsombudet")
    staffed(house)
    assert tick(house) == 1
    assert tick(house) == 0
    assert rows(house) == [(Duty.LOG_REVIEW, TODAY + timedelta(days=14))]
    duty = house.see(AGDA, LogReview(UNIT))
    assert (duty.owner, duty.late, duty.due_at) == ("Dataskyddsombudet", False, NOON + timedelta(days=14))
    assert listed(house) == [], "it is the auditor's, until its day has gone"


def test_not_done_in_time_it_climbs_to_the_manager_once(house: House) -> None:
    staffed(house)
    tick(house)
    house.clock.move(days=30)
    assert (tick(house), tick(house)) == (1, 0)
    assert [code for code in listed(house) if code == Duty.LOG_REVIEW_LATE] == [Duty.LOG_REVIEW_LATE]
    assert house.see(AGDA, LogReview(UNIT)).late
    other_side = replace(ULLA, side=Side.AID)
    assert Duty.LOG_REVIEW_LATE not in [line.task.code for line in house.see(other_side, WorkList(UNIT))]


def test_written_down_it_is_done_and_the_next_day_begins(house: House) -> None:
    staffed(house)
    tick(house)
    house.clock.move(days=31)
    tick(house)
    today = house.clock.now.date()
    house.done(AGDA, LogReviewed(UNIT, TODAY, today, WORDS))
    assert rows(house) == [(Duty.LOG_REVIEW, today + timedelta(days=30))]
    (line,) = house.see(AGDA, LogReview(UNIT)).done
    assert (line.who, line.since, line.until, line.found) == (AGDA.label, TODAY, today, WORDS)
    assert house.see(AGDA, LogReview(UNIT)).since == today, "the next one goes on from there"


def test_only_the_auditor_does_it_and_never_without_a_word_of_what_was_found(house: House) -> None:
    staffed(house)
    assert house.do(HANNA, LogReviewed(UNIT, TODAY, TODAY, WORDS)) == Withheld(Reason.ROLE)
    assert house.do(ULLA, LogReviewed(UNIT, TODAY, TODAY, WORDS)) == Withheld(Reason.ROLE)
    assert house.do(AGDA, LogReviewed(UNIT, TODAY, TODAY, "  ")) == Withheld(Reason.INVALID)
    assert house.do(AGDA, LogReviewed(UNIT, TODAY, TODAY - timedelta(days=1), WORDS)) == Withheld(Reason.INVALID)
    assert isinstance(house.ask(HANNA, LogReview(UNIT)), Withheld)


def test_the_page_names_what_is_worth_a_question_since_the_last_one(family: Family) -> None:
    house = family.house
    house.clock.move(hours=10)
    house.see(HANNA, Sheet(CASE))
    asks = house.see(AGDA, LogReview(UNIT)).asks
    assert ("out_of_hours", HANNA.label) in [(sign, who) for sign, who, _ in asks]


def test_what_was_found_lies_sealed(house: House) -> None:
    staffed(house)
    house.done(AGDA, LogReviewed(UNIT, TODAY, TODAY, WORDS))
    assert WORDS.encode() not in b"".join(row.sealed for row in house.rows(tables.visit))


def test_the_whole_log_looked_through_from_the_command_line_counts_for_every_unit(house: House) -> None:
    staffed(house)
    staffed(house, Side.AID)
    tick(house)
    house.clock.move(days=40)
    tick(house)
    assert house.store.run(lambda tx: keep_review_of_all(tx, "Gun", TODAY, TODAY, WORDS)) == 2
    assert [code for code, _ in rows(house)] == [Duty.LOG_REVIEW] * 2
    assert house.see(AGDA, LogReview(UNIT)).done[0].who == "Gun"
    assert [task.code for task in house.see(HANNA, OpenTasks(UNIT))] == []
