"""The eighteenth birthday: the guardians' ties end, they hear nothing of it, and she is told once on her next visit."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from bot.flows.my_way import Home
from bot.talk import Chose, Facts, Me, Party, Text
from storage import _tables as tables
from storage.commands import EndTie, KnowTiesEnded
from storage.consent import Reason, Withheld
from storage.queries import CaseFacts, CaseVisits, MyBookmark, MyRefusals, TheCase, Timeline
from storage.records import Channel, Listener, TieId, TieKind
from tests.storage.family import BORN, CASE, FATHERS, HANNA, MIRA, MIRAS, MOTHER, MOTHERS, Family, enrol
from tests.storage.house import TODAY, House, signed_in

HER = signed_in(MIRA)
EIGHTEEN = date(2034, 3, 1)


def on(house: House, day: date) -> None:
    house.clock.now = datetime(day.year, day.month, day.day, 11, tzinfo=UTC)


def facts(house: House) -> CaseFacts:
    return house.see(HER, TheCase(CASE))


def test_the_day_before_nothing_is_said(family: Family) -> None:
    family.contact()
    on(family.house, date(2034, 2, 28))
    assert facts(family.house).grown is False


def test_on_her_next_visit_she_is_told_once_and_it_is_written_down(family: Family) -> None:
    house = family.house
    family.contact()
    on(house, date(2035, 7, 9))
    assert facts(house).grown
    assert facts(house).grown, "until she has gone on from it, it stands there"
    house.done(HER, KnowTiesEnded(CASE))
    assert facts(house).grown is False
    assert ("KnowTiesEnded", True) in [(one.purpose, one.allowed) for one in house.see(HANNA, CaseVisits(CASE))]
    assert house.do(HER, KnowTiesEnded(CASE)).fresh is False


def test_her_guardians_hear_nothing_of_it(family: Family) -> None:
    house = family.house
    family.clear()
    family.contact()
    on(house, EIGHTEEN)
    assert facts(house).grown
    house.done(HER, KnowTiesEnded(CASE))
    assert house.count(tables.outbox) == 0
    assert house.ask(signed_in(MOTHER), Timeline(CASE)) == Withheld(Reason.OF_AGE)
    assert isinstance(house.do(signed_in(MOTHER), KnowTiesEnded(CASE)), Withheld)


@pytest.mark.parametrize("how", ["both had ended before", "no guardian but one who came after"])
def test_who_lost_no_guardian_by_it_is_told_nothing(family: Family, how: str) -> None:
    house = family.house
    family.contact()
    for tie in (MOTHERS, FATHERS):
        house.done(HANNA, EndTie(CASE, tie, TODAY))
    if how != "both had ended before":
        house.done(HANNA, enrol("late", TieId("tie-late"), TieKind.GUARDIAN, from_=EIGHTEEN))
    on(house, EIGHTEEN)
    assert facts(house).grown is False


def test_the_words_stand_above_the_rest_and_wherever_she_goes_from_there_they_are_kept_as_told() -> None:
    now = datetime(2034, 3, 1, 12, tzinfo=UTC)
    me = Me(now, Channel.WEB, "sv", Listener.GROWN, MIRA, name="Mira", parties=(Party(CASE, MIRAS, TieKind.CHILD),))
    known = CaseFacts("u", waiting=False, look_again=None, grown=True)
    found = Facts({TheCase(CASE): known, MyRefusals(CASE): (), MyBookmark(MIRA): None})
    screen = Home().screen(me, found)
    assert screen.blocks[0].heading == Text("grown.ties.title")
    turn = Home().on(me, Chose("way"), found)
    assert (turn.next.step, turn.commands) == ("my_way/timeline", (KnowTiesEnded(CASE),))
    assert BORN.replace(year=BORN.year + 18) == EIGHTEEN
