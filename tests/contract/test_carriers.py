"""Where the log is: a container with terms in law, alerts that climb, what closes, and what opens again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import insert, update

from bot.jobs.ticks import JOBS
from storage import _tables as tables
from storage._sql import instant, millis
from storage.carriers import TERMS, CarrierKind, CarrierStep, Home, Law
from storage.commands import (
    AskForEarlier,
    BeginCarrier,
    ChangeState,
    CloseCarrier,
    Command,
    ExtendCarrier,
    OpenCase,
    RecordTold,
    ReopenCarrier,
    WriteEntry,
)
from storage.consent import Actor, Reason, Withheld
from storage.duties import Duty
from storage.queries import Before, Kept, Sheet, WhereKept, WholeEntries, WholeEntry, WhoRead, WorkList
from storage.records import CaseId, Entry, EntryState, ReaderClass, Role, Side, Told
from tests.storage.family import BORN, CASE, HANNA, MIRA, Family, full_entry
from tests.storage.house import NOON, TODAY, UNIT, House, signed_in, worker

LENA = replace(worker("lena"), role=Role.COORDINATOR)
ULLA = replace(worker("ulla"), role=Role.MANAGER)
BY, GROUND = "Lena Dahl", "Beslut 14/2026"
NEW = CaseId("case-new")
TOLD = Told(MIRA, "Hanna", date(2026, 11, 20), "face_to_face", "understood")


def begin(kind: CarrierKind = CarrierKind.INVESTIGATION, on: date = TODAY, until: date | None = None) -> Command:
    return BeginCarrier(CASE, kind, on, until, BY, GROUND)


def close(on: date = TODAY) -> Command:
    return CloseCarrier(CASE, on, BY, GROUND)


def reopen(on: date = TODAY) -> Command:
    return ReopenCarrier(CASE, CarrierKind.INVESTIGATION, on, None, BY, GROUND)


def home(house: House, case: CaseId = CASE) -> Home:
    found = house.see(HANNA, Sheet(case)).home
    assert found is not None
    return found


def asked(house: House, case: str = CASE) -> list[str]:
    """The open rows about where the log is, as the list of work shows them."""
    lines = house.see(ULLA, WorkList(UNIT))
    return sorted(line.task.code for line in lines if line.task.case == case and line.task.code.startswith("x"))


def tick(house: House, times: int = 2) -> None:
    """The clock asks the rows; more than once changes nothing more."""
    for _ in range(times):
        for _, job in JOBS:
            house.store.run(job)


def the_year(house: House) -> dict[str, list[str]]:
    """Every change of the list over half a year of days, with the day it came."""
    seen: dict[str, list[str]] = {}
    for _ in range(200):
        tick(house, 1)
        if asked(house) != list(seen.values() or [[]])[-1]:
            seen[house.clock.now.date().isoformat()] = asked(house)
        house.clock.move(days=1)
    return seen


# --- which container ----------------------------------------------------------------------------------------------


def test_a_new_case_counts_as_an_investigation_and_asks_for_the_truth(house: House) -> None:
    house.done(HANNA, OpenCase(NEW, UNIT, Side.BARNAHUS, "BH-9", "2046-03"))
    assert (home(house, NEW).kind, home(house, NEW).said) == (CarrierKind.INVESTIGATION, False)
    assert asked(house, NEW) == [Duty.CARRIER_ASK]
    house.done(HANNA, BeginCarrier(NEW, CarrierKind.OWN_FILE, TODAY, None, BY, GROUND))
    assert (home(house, NEW).kind, home(house, NEW).said, home(house, NEW).until) == (CarrierKind.OWN_FILE, True, None)
    assert asked(house, NEW) == []


def test_an_aid_case_has_no_log_and_is_asked_nothing(house: House) -> None:
    maria = worker("maria", unit="lindvik-stod", side=Side.AID)
    house.done(maria, OpenCase(NEW, "lindvik-stod", Side.AID, "EB-1", "2032-12"))
    assert house.see(maria, Sheet(NEW)).home is None
    assert house.rows(tables.task, case_id=NEW) == []
    refused = house.do(maria, BeginCarrier(NEW, CarrierKind.MEASURE, TODAY, None, BY, GROUND))
    assert refused == Withheld(Reason.OTHER_UNIT)


@pytest.mark.parametrize(
    ("kind", "since", "until"),
    [
        (CarrierKind.INVESTIGATION, date(2026, 11, 23), date(2027, 3, 23)),
        (CarrierKind.INVESTIGATION, date(2026, 10, 31), date(2027, 2, 28)),
        (CarrierKind.INVESTIGATION, date(2027, 10, 31), date(2028, 2, 29)),
        (CarrierKind.FOLLOW_UP, date(2026, 12, 31), date(2027, 2, 28)),
        (CarrierKind.INVESTIGATION, date(9999, 10, 1), date.max),
        (CarrierKind.MEASURE, date(2026, 11, 23), None),
        (CarrierKind.OWN_FILE, date(2026, 11, 23), None),
        (CarrierKind.LETTER, date(2026, 11, 23), None),
    ],
)
def test_the_law_gives_each_container_its_time(kind: CarrierKind, since: date, until: date | None) -> None:
    assert Law().last_day(kind, since) == until
    assert TERMS[kind].law
    assert TERMS[kind].after < TERMS[kind].writers


def test_a_municipality_that_has_decided_nothing_has_no_file_of_its_own(family: Family) -> None:
    family.house.store.law = Law()
    assert family.house.do(HANNA, begin(CarrierKind.OWN_FILE)) == Withheld(Reason.CONFLICT)


def test_when_the_law_gives_another_time_the_last_day_follows(family: Family) -> None:
    family.house.store.law = Law(investigation=6)
    family.house.done(HANNA, begin())
    assert home(family.house).until == date(2027, 5, 23)
    with pytest.raises(ValueError, match="at least a month"):
        Law(follow_up=0)


def test_what_was_decided_stands_in_order_with_who_and_why(family: Family) -> None:
    family.house.done(HANNA, begin(), ExtendCarrier(CASE, date(2027, 6, 1), BY, "Särskilda skäl"), close())
    family.house.done(HANNA, begin(CarrierKind.FOLLOW_UP))
    steps = [(one.step, one.kind, one.by) for one in home(family.house).steps][1:]
    assert steps == [
        (CarrierStep.BEGUN, CarrierKind.INVESTIGATION, "hanna"),
        (CarrierStep.EXTENDED, CarrierKind.INVESTIGATION, "hanna"),
        (CarrierStep.CLOSED, CarrierKind.INVESTIGATION, "hanna"),
        (CarrierStep.BEGUN, CarrierKind.FOLLOW_UP, "hanna"),
    ]
    assert home(family.house).until == date(2027, 1, 23)
    assert home(family.house).earlier is None


@pytest.mark.parametrize(
    ("deeds", "refused", "reason"),
    [
        ([begin(CarrierKind.FOLLOW_UP)], ExtendCarrier(CASE, date(2027, 6, 1), BY, GROUND), Reason.CONFLICT),
        ([], begin(CarrierKind.FOLLOW_UP, until=date(2027, 3, 1)), Reason.INVALID),
        ([], begin(until=date(2026, 11, 1)), Reason.INVALID),
        ([begin()], ExtendCarrier(CASE, date(2026, 12, 1), BY, GROUND), Reason.INVALID),
        ([begin()], BeginCarrier(CASE, CarrierKind.OWN_FILE, TODAY, None, BY, " "), Reason.INVALID),
        ([begin()], close(date(2026, 12, 24)), Reason.INVALID),
        ([begin()], reopen(), Reason.CONFLICT),
        ([begin(), close()], ExtendCarrier(CASE, date(2027, 6, 1), BY, GROUND), Reason.CONFLICT),
        ([begin(), close()], close(date(2026, 11, 22)), Reason.CONFLICT),
        ([begin(), close()], reopen(date(2026, 11, 1)), Reason.CONFLICT),
        ([begin()], AskForEarlier(CASE, "Ny anmälan"), Reason.CONFLICT),
    ],
)
def test_what_cannot_be_decided_from_here(
    family: Family, deeds: list[Command], refused: Command, reason: Reason
) -> None:
    family.house.done(HANNA, *deeds)
    assert family.house.do(HANNA, refused) == Withheld(reason)


def test_the_same_decision_twice_is_one(family: Family) -> None:
    for deed in (begin(), ExtendCarrier(CASE, date(2027, 6, 1), BY, GROUND), close(), reopen()):
        family.house.done(HANNA, deed)
        before = family.house.counts()
        family.house.done(HANNA, deed)
        assert family.house.counts() == before


# --- its last day -------------------------------------------------------------------------------------------------


def test_thirty_days_ahead_then_seven_and_then_it_is_the_managers(family: Family) -> None:
    family.house.done(HANNA, begin())
    assert the_year(family.house) == {
        "2027-02-21": [Duty.CARRIER_MONTH],
        "2027-03-16": [Duty.CARRIER_WEEK],
        "2027-03-24": [Duty.CARRIER_LATE],
    }
    assert home(family.house).closed_on is None


def test_a_house_that_slept_through_it_all_says_it_at_its_first_tick(family: Family) -> None:
    family.house.done(HANNA, begin())
    family.house.clock.move(days=300)
    tick(family.house)
    assert asked(family.house) == [Duty.CARRIER_LATE]


def test_an_extension_takes_the_alert_away_and_rings_again_before_the_new_day(family: Family) -> None:
    family.house.done(HANNA, begin())
    family.house.clock.move(days=115)
    tick(family.house)
    assert asked(family.house) == [Duty.CARRIER_WEEK]
    family.house.done(HANNA, ExtendCarrier(CASE, date(2027, 5, 23), BY, "Särskilda skäl"))
    tick(family.house)
    assert asked(family.house) == []
    family.house.clock.now = NOON + timedelta(days=182)
    tick(family.house)
    assert asked(family.house) == [Duty.CARRIER_LATE]


def test_days_that_are_nobodys_work_push_no_work_from_the_list(family: Family) -> None:
    due = millis(NOON - timedelta(days=1))
    row = {"unit": UNIT, "case_id": CASE, "code": Duty.CARRIER_END, "ref": None, "due_at": due, "created_at": due}
    far = [{**row, "id": f"far-{n}", "done_at": None} for n in range(120)]
    family.house.done(LENA, begin(on=TODAY - timedelta(days=100)))
    tick(family.house)
    before = family.house.see(ULLA, WorkList(UNIT))
    family.house.tamper(insert(tables.task).values(far))
    assert before
    assert family.house.see(ULLA, WorkList(UNIT)) == before


def test_a_close_ends_the_alerts(family: Family) -> None:
    family.house.done(HANNA, begin())
    family.house.clock.move(days=130)
    tick(family.house)
    family.house.done(HANNA, close(date(2027, 3, 20)))
    tick(family.house)
    assert asked(family.house) == []


def test_what_nobody_said_rings_as_well(house: House) -> None:
    house.done(HANNA, OpenCase(NEW, UNIT, Side.BARNAHUS, "BH-9", "2046-03"))
    house.clock.move(days=95)
    tick(house)
    assert asked(house, NEW) == [Duty.CARRIER_ASK, Duty.CARRIER_MONTH]


def test_the_row_of_the_last_day_keeps_that_day_however_it_climbs(family: Family) -> None:
    family.house.done(HANNA, begin())
    for days in (0, 95, 20, 9):
        family.house.clock.move(days=days)
        tick(family.house)
        (row,) = [one for one in family.house.rows(tables.task, case_id=CASE) if one.done_at is None]
        assert instant(row.due_at).isoformat() == "2027-03-23T07:00:00+00:00"


# --- no file ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("course", "codes"), [("not_opened", [Duty.CARRIER_NONE]), ("opened", [])])
def test_when_no_investigation_is_opened_the_log_is_not_lost_in_silence(
    family: Family, course: str, codes: list[str]
) -> None:
    family.house.done(HANNA, begin())
    entry = full_entry("social_investigation")
    family.write(replace(entry, fields={**entry.fields, "course": course}))
    assert asked(family.house) == codes
    family.house.done(HANNA, begin(CarrierKind.LETTER))
    assert asked(family.house) == []


# --- after the close ----------------------------------------------------------------------------------------------


def late(entry: Entry, ground: str = "Domen kom efter avslutet") -> WriteEntry:
    return WriteEntry(CASE, entry, ground)


def test_after_the_close_only_a_named_role_writes_and_says_why(family: Family) -> None:
    house = family.house
    planned = family.write(full_entry("verdict", "ahead", state=EntryState.PLANNED))
    house.done(HANNA, begin(), close())
    entry = full_entry("verdict", "late")
    assert house.do(HANNA, late(entry)) == Withheld(Reason.ROLE)
    assert house.do(LENA, late(entry, " ")) == Withheld(Reason.INVALID)
    assert house.see(HANNA, WholeEntry(CASE, entry.id)) is None
    house.done(LENA, late(entry))
    assert house.see(HANNA, WholeEntry(CASE, entry.id)) == entry
    happened = ChangeState(CASE, planned.id, EntryState.HAPPENED, TODAY)
    assert house.do(HANNA, happened) == Withheld(Reason.ROLE)
    house.done(ULLA, happened)


def test_she_is_told_of_it_as_before(family: Family) -> None:
    entry = family.write(full_entry("verdict"))
    family.house.done(HANNA, begin(), close(), RecordTold(CASE, entry.id, TOLD))
    assert Duty.TELL_MOMENT not in family.house.open_codes(CASE)


def test_a_container_after_the_close_lets_everybody_write_again(family: Family) -> None:
    family.house.done(HANNA, begin(), close(), begin(CarrierKind.MEASURE))
    family.write(full_entry("social_measure"))


# --- opened again -------------------------------------------------------------------------------------------------


@pytest.fixture
def again(family: Family) -> Family:
    """Mira's case closed in November with a verdict added late, and taken up again four years after."""
    family.contact()
    family.write(full_entry("report_social", "old"))
    family.house.done(HANNA, begin(), close())
    family.house.clock.move(days=27)
    family.house.done(LENA, late(full_entry("charge_decision", "added", on=date(2026, 12, 20))))
    family.house.clock.move(days=4 * 365)
    today = family.house.clock.now.date()
    family.house.done(HANNA, reopen(today), WriteEntry(CASE, full_entry("child_talk", "fresh", on=today)))
    return family


def test_the_earlier_log_is_headlines_to_whoever_has_the_case(again: Family) -> None:
    house = again.house
    before = house.see(HANNA, Before(CASE))
    assert (before.through, before.until) == (TODAY, None)
    assert [line.id for line in before.lines] == ["old", "added"]
    assert [entry.id for entry in house.see(HANNA, WholeEntries(CASE))] == ["fresh"]
    assert house.ask(HANNA, WholeEntry(CASE, full_entry(name="old").id)) == Withheld(Reason.PURPOSE)
    assert house.see(HANNA, Sheet(CASE)).summary


def test_her_own_ground_opens_it_to_her_alone_and_for_a_week(again: Family) -> None:
    house, old = again.house, WholeEntry(CASE, full_entry(name="old").id)
    house.done(HANNA, AskForEarlier(CASE, "Ny anmälan mot samma person"))
    assert house.see(HANNA, old) is not None
    assert {entry.id for entry in house.see(HANNA, WholeEntries(CASE))} == {"old", "added", "fresh"}
    assert house.ask(ULLA, old) == Withheld(Reason.PURPOSE)
    house.clock.move(days=7)
    assert house.ask(HANNA, old) == Withheld(Reason.PURPOSE)


def test_nobody_without_the_case_sees_even_the_headlines(again: Family) -> None:
    strangers = (worker("ivo", unit="elsewhere"), signed_in(MIRA), Actor("x", HANNA.strength))
    assert all(isinstance(again.house.ask(one, Before(CASE)), Withheld) for one in strangers)


def test_every_look_at_the_earlier_log_stands_among_who_has_read(again: Family) -> None:
    again.house.see(HANNA, Before(CASE))
    visits = again.house.see(signed_in(MIRA), WhoRead(CASE)).visits
    assert ("Hanna, socialtjänsten", again.house.clock.now.date()) in {(one.who, one.at.date()) for one in visits}


def test_a_rule_behind_the_programs_back_shuts_the_case(again: Family) -> None:
    house = again.house
    house.tamper(update(tables.rule).where(tables.rule.c.subject == CASE, tables.rule.c.n == 2).values(at=0))
    assert house.ask(HANNA, Before(CASE)) == Withheld(Reason.INTEGRITY)


# --- for her ------------------------------------------------------------------------------------------------------


def kept(family: Family) -> Kept:
    return family.house.see(signed_in(MIRA), WhereKept(CASE))


def test_she_hears_where_it_is_kept_and_until_her_thirtieth_birthday(family: Family) -> None:
    family.contact()
    family.house.done(HANNA, begin())
    assert kept(family) == Kept(CarrierKind.INVESTIGATION, date(BORN.year + 30, BORN.month, 1), thirty=True)


def test_a_help_or_a_close_is_no_news_told_in_passing(family: Family) -> None:
    family.contact()
    assert kept(family).where == "unsaid"
    help_ = family.write(full_entry("social_measure"))
    assert kept(family).where == "unsaid"
    family.release(help_.id, ReaderClass.CHILD)
    assert kept(family).where == CarrierKind.MEASURE
    family.house.done(HANNA, begin(), close())
    assert kept(family).where == CarrierKind.INVESTIGATION
    end = full_entry("closing_assessment")
    family.house.done(LENA, late(end))
    family.release(end.id, ReaderClass.CHILD)
    assert kept(family).where == CarrierKind.INVESTIGATION
    family.house.done(HANNA, RecordTold(CASE, end.id, TOLD))
    assert kept(family).where == "closed"


def test_nobody_else_is_told_where_it_is_kept(family: Family) -> None:
    family.contact()
    family.clear()
    for one in (HANNA, signed_in("mother"), signed_in("father"), signed_in("lawyer"), signed_in("nobody")):
        assert isinstance(family.house.ask(one, WhereKept(CASE)), Withheld)
