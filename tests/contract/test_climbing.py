"""What nobody did in time climbs to the manager by the clock, once, and comes down when it is done."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.jobs.ticks import JOBS
from storage import _tables as tables
from storage._duty_rows import open_duty
from storage._sql import DUE_AT_ONCE
from storage.commands import (
    AddToClaim,
    Answer,
    AnswerClaim,
    AnswerObjection,
    BreakGlass,
    CloseIncident,
    CloseTask,
    DecideAfterNo,
    GuardianSaysNo,
    RecordTold,
    ReviewGlass,
    Say,
    SayWrong,
    SendClaim,
    SetInvestigation,
    TakeBack,
)
from storage.consent import Actor, Reason, Withheld
from storage.duties import Duty
from storage.her_words import Outcome
from storage.incidents import HeardOf, Reported
from storage.queries import MyObjections, Sheet, WorkList
from storage.records import (
    Authority,
    ClaimAnswer,
    ClaimStage,
    ProofWay,
    ReaderClass,
    Role,
    Side,
    StaffId,
    Strength,
    Told,
    claim_of,
)
from tests.storage.claiming import FUNCTION, VISITING, Street, open_street
from tests.storage.family import CASE, HANNA, MIRA, MOTHERS, Family, full_entry
from tests.storage.house import TODAY, UNIT, House, signed_in, worker

ULLA = Actor("ulla", Strength.STAFF, Side.BARNAHUS, UNIT, Role.MANAGER, "Ulla, enhetschef")


@pytest.fixture
def street(house: House) -> Street:
    """A house in which claims can be made."""
    return open_street(house)


def tick(house: House, times: int = 2) -> None:
    """The clock asks the rows; more than once changes nothing more."""
    for _ in range(times):
        for _, job in JOBS:
            house.store.run(job)


def listed(house: House, about: str) -> list[str]:
    """What the manager's list says of one thing, by its codes."""
    return sorted(line.task.code for line in house.see(ULLA, WorkList(UNIT)) if line.task.case == about)


def test_a_grown_ups_request_climbs_on_the_day_she_was_promised_an_answer(street: Street) -> None:
    house, claim = street.house, street.send()
    (due,) = [row.task.due_at for row in house.see(ULLA, WorkList(UNIT))]
    house.clock.now = due - timedelta(minutes=1)
    tick(house)
    assert listed(house, claim) == [Duty.GROWN_UP]
    house.clock.move(minutes=1)
    tick(house)
    assert listed(house, claim) == [Duty.GROWN_UP, Duty.GROWN_UP_LATE]


def test_a_new_date_brings_it_down_and_the_next_one_lets_it_climb_again(street: Street) -> None:
    house, claim = street.house, street.send()
    house.clock.move(days=9)
    tick(house)
    street.move(claim, ClaimStage.PROVING)
    tick(house)
    assert listed(house, claim) == [Duty.GROWN_UP]
    house.clock.move(days=6)
    tick(house)
    assert listed(house, claim) == [Duty.GROWN_UP, Duty.GROWN_UP_LATE]
    house.done(HANNA, AnswerClaim(claim, ClaimAnswer.UNPROVEN, FUNCTION, ProofWay.IN_PERSON, None))
    assert listed(house, claim) == []


def test_a_request_with_words_of_danger_climbs_when_nobody_took_it_on_within_a_day(street: Street) -> None:
    house, token = street.house, street.begin()
    street.write(token)
    house.done(VISITING, AddToClaim(token, "where", "Jag vill inte leva", "suicide"))
    house.done(VISITING, SendClaim(token, ProofWay.IN_PERSON))
    claim = claim_of(token)
    tick(house)
    assert listed(house, claim) == [Duty.GROWN_UP]
    house.clock.move(days=1)
    tick(house)
    assert listed(house, claim) == [Duty.GROWN_UP, Duty.GROWN_UP_LATE]


def test_a_childs_question_climbs_as_well(family: Family) -> None:
    family.contact()
    house = family.house
    house.done(signed_in(MIRA), Say(CASE, "Hej", None, None))
    house.clock.move(hours=24)
    tick(house)
    assert listed(house, CASE) == [Duty.QUESTION, Duty.QUESTION_LATE]


# --- what stands besides questions -------------------------------------------------------------------------------


def _climbs(house: House, first: Duty, late: Duty, after: timedelta) -> None:
    """It stands alone until a minute before its time, then the manager has it once, and 74 days later still once."""
    house.clock.now += after - timedelta(minutes=1)
    tick(house)
    assert listed(house, CASE) == [first]
    house.clock.move(minutes=1)
    tick(house)
    assert listed(house, CASE) == sorted((first, late))
    house.clock.move(days=74)
    tick(house)
    assert listed(house, CASE) == sorted((first, late))


def test_a_word_of_danger_climbs_after_an_hour_and_comes_down_with_the_answer(family: Family) -> None:
    family.contact()
    house = family.house
    house.done(signed_in(MIRA), Say(CASE, "Jag vill inte leva", None, "suicide"))
    _climbs(house, Duty.ALARM, Duty.ALARM_LATE, timedelta(hours=1))
    house.done(HANNA, Answer(CASE, MIRA, "Jag ringer dig nu."))
    assert listed(house, CASE) == []


def test_a_word_of_danger_beside_a_card_climbs_after_an_hour_as_well(family: Family) -> None:
    family.contact()
    house, entry, mira = family.house, family.write(full_entry("child_talk")), signed_in(MIRA)
    family.release(entry.id, ReaderClass.CHILD)
    house.done(HANNA, RecordTold(CASE, entry.id, Told(MIRA, "Hanna", TODAY, "in_person", "understood")))
    house.done(mira, SayWrong(CASE, entry.id, "Jag vill inte leva", "suicide"))
    _climbs(house, Duty.WRONG_ALARM, Duty.WRONG_ALARM_LATE, timedelta(hours=1))
    (said,) = house.see(mira, MyObjections(CASE))
    house.done(HANNA, AnswerObjection(CASE, said.id, Outcome.CORRECTED))
    assert listed(house, CASE) == []


def test_a_guardians_no_climbs_after_a_week_and_comes_down_with_the_decision(family: Family) -> None:
    house = family.house
    decision = DecideAfterNo(CASE, MOTHERS, told=True, why="Hon frågar och har rätt att få veta.")
    assert house.do(HANNA, decision) == Withheld(Reason.NOT_FOUND)
    house.done(HANNA, GuardianSaysNo(CASE, MOTHERS, "Hon är för liten."))
    _climbs(house, Duty.GUARDIAN_NO, Duty.GUARDIAN_NO_LATE, timedelta(days=7))
    (task,) = [line.task for line in house.see(ULLA, WorkList(UNIT)) if line.task.code == Duty.GUARDIAN_NO]
    assert house.do(ULLA, CloseTask(UNIT, task.id)) == Withheld(Reason.NOT_FOUND)
    assert house.do(HANNA, replace(decision, why=" ")) == Withheld(Reason.INVALID)
    house.done(HANNA, decision)
    assert listed(house, CASE) == []
    assert house.do(HANNA, decision) == Withheld(Reason.NOT_FOUND)


def test_a_no_while_the_prosecutor_leads_the_investigation_goes_there(family: Family) -> None:
    """The task names whose decision it is, and climbs as the other does; what is decided later is decided as it was."""
    house = family.house
    house.done(HANNA, SetInvestigation(CASE, active=True, review_on=None))
    house.done(HANNA, GuardianSaysNo(CASE, MOTHERS, "Hon är för liten."))
    assert listed(house, CASE) == [Duty.GUARDIAN_NO_OTHER]
    house.done(HANNA, SetInvestigation(CASE, active=False, review_on=None))
    (mother,) = [one for one in house.see(HANNA, Sheet(CASE)).parties if one.tie == MOTHERS]
    assert (mother.no_to, mother.no_on) == (Authority.PROSECUTOR, house.clock.now.date())
    _climbs(house, Duty.GUARDIAN_NO_OTHER, Duty.GUARDIAN_NO_LATE, timedelta(days=7))
    house.done(HANNA, GuardianSaysNo(CASE, MOTHERS, "Hon är fortfarande för liten."))
    assert listed(house, CASE) == [Duty.GUARDIAN_NO], "said again, it is whose it is now"
    house.done(HANNA, DecideAfterNo(CASE, MOTHERS, told=True, why="Åklagaren har inget emot det."))
    assert listed(house, CASE) == []


def test_a_case_opened_in_need_climbs_after_three_days_and_comes_down_with_the_review(family: Family) -> None:
    house = family.house
    house.done(worker("ivo", unit="elsewhere"), BreakGlass("elsewhere", "BH-1", "She rang the night desk."))
    _climbs(house, Duty.GLASS_BROKEN, Duty.GLASS_LATE, timedelta(hours=72))
    house.done(ULLA, ReviewGlass(CASE, StaffId("ivo"), stands=True))
    assert listed(house, CASE) == []


def test_an_incident_climbs_after_its_72_hours_and_comes_down_when_it_is_seen_to(family: Family) -> None:
    house, entry = family.house, family.write(full_entry())
    house.done(HANNA, TakeBack(CASE, entry.id, "wrong child"))
    _climbs(house, Duty.INCIDENT, Duty.INCIDENT_LATE, timedelta(hours=72))
    why = "Bara hennes egen handläggare såg det."
    deed = CloseIncident(CASE, entry.id, Reported.NOT_REPORTED, why, HeardOf.TOLD, "På ett möte.")
    assert house.do(HANNA, replace(deed, reported_words=" ")) == Withheld(Reason.INVALID)
    house.done(HANNA, deed)
    assert listed(house, CASE) == []


def test_a_late_row_is_not_clicked_away_while_the_first_stands(family: Family) -> None:
    house, entry = family.house, family.write(full_entry())
    house.done(HANNA, TakeBack(CASE, entry.id, "wrong child"))
    house.clock.move(hours=72)
    tick(house)
    (late,) = [line.task for line in house.see(ULLA, WorkList(UNIT)) if line.task.code == Duty.INCIDENT_LATE]
    assert house.do(ULLA, CloseTask(UNIT, late.id)) == Withheld(Reason.NOT_FOUND)
    assert listed(house, CASE) == [Duty.INCIDENT, Duty.INCIDENT_LATE]


def test_what_stands_for_years_at_the_head_of_the_list_starves_nothing_behind_it(family: Family) -> None:
    """More rows than one page holds have climbed long ago; the newest climbs on its own day as well."""
    house = family.house
    old = [("old", f"{n:03}", house.clock.now - timedelta(days=900)) for n in range(DUE_AT_ONCE + 5)]
    for case, ref, due in old:
        house.store.run(lambda tx, of=case, about=ref, at=due: open_duty(tx, UNIT, of, Duty.INCIDENT, about, at))  # type: ignore[misc]
    entry = family.write(full_entry())
    house.done(HANNA, TakeBack(CASE, entry.id, "wrong child"))
    house.clock.move(hours=72)
    tick(house, times=1)
    assert listed(house, CASE) == [Duty.INCIDENT, Duty.INCIDENT_LATE]
    assert len(house.rows(tables.task, code=Duty.INCIDENT_LATE)) == len(old) + 1
