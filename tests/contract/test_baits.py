"""A case laid as a bait: it opens like any other, and whoever opens it is asked why."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage.clockwork import baits_touched
from storage.commands import CloseTask, OpenCase
from storage.consent import Actor, Reason, Withheld
from storage.duties import Duty
from storage.log_baits import baits_laid, lay_bait
from storage.log_review import Sign, read_log, review
from storage.queries import LogReview, Sheet, WorkLine, WorkList
from storage.records import CaseId, Role, Side
from tests.contract.test_culling_months import at_work
from tests.storage.house import UNIT, House, worker

LURE, USUAL = CaseId("e" * 32), CaseId("f" * 32)


@pytest.fixture
def ida(house: House) -> Actor:
    """A worker beside a case that two people have laid as a bait, and one that is none."""
    at_work(house, "Registrar", Role.CASE_WORKER)
    for n, case in enumerate((LURE, USUAL)):
        house.done(worker("registrar"), OpenCase(case, UNIT, Side.BARNAHUS, f"B-{n}", "2047-03"))
    assert laid(house, LURE) == frozenset({LURE})
    return at_work(house, "Ida", Role.CASE_WORKER)


def laid(
    house: House, case: CaseId, by: str = "Gun", seen_by: str = "Per", *, lift: bool = False
) -> frozenset[CaseId] | Withheld:
    house.clock.move(minutes=1)
    return house.store.run(lambda tx: lay_bait(tx, case, by, seen_by, lift=lift))


def asked_about(house: House, who: Actor) -> list[WorkLine]:
    """What stands in somebody's list after the next look, which is a while after the visits."""
    house.clock.move(minutes=2)
    house.store.run(baits_touched)
    return [line for line in house.see(who, WorkList(UNIT)) if line.task.code == Duty.BAIT]


def test_whoever_opens_it_sees_a_case_and_her_manager_is_told_her_name(house: House, ida: Actor) -> None:
    manager = at_work(house, "Maja", Role.MANAGER)
    assert house.see(ida, Sheet(LURE)).ref == "B-0"
    (line,) = asked_about(house, manager)
    assert line.name.startswith("Ida")
    assert asked_about(house, ida) == [], "no list of hers says so"


def test_what_is_opened_beside_it_is_nobodys_task(house: House, ida: Actor) -> None:
    manager = at_work(house, "Maja", Role.MANAGER)
    house.see(ida, Sheet(USUAL))
    assert not house.ask(worker("far", unit="elsewhere"), Sheet(LURE)), "she was turned away, and the review says so"
    assert asked_about(house, manager) == []


def test_one_opening_is_one_task_and_the_next_after_it_was_seen_to_another(house: House, ida: Actor) -> None:
    manager = at_work(house, "Maja", Role.MANAGER)
    house.see(ida, Sheet(LURE))
    house.see(ida, Sheet(LURE))
    (line,) = asked_about(house, manager)
    assert len(asked_about(house, manager)) == 1
    house.done(manager, CloseTask(UNIT, line.task.id))
    assert asked_about(house, manager) == []
    house.see(ida, Sheet(LURE))
    assert len(asked_about(house, manager)) == 1


def test_a_manager_is_not_asked_about_herself(house: House, ida: Actor) -> None:
    manager, other = at_work(house, "Maja", Role.MANAGER), at_work(house, "Olof", Role.MANAGER)
    house.see(manager, Sheet(LURE))
    assert asked_about(house, manager) == []
    (line,) = asked_about(house, other)
    assert house.do(manager, CloseTask(UNIT, line.task.id)) == Withheld(Reason.NOT_FOUND)
    house.done(other, CloseTask(UNIT, line.task.id))


def test_what_was_opened_before_it_was_laid_or_after_it_was_lifted_is_not_asked_about(house: House, ida: Actor) -> None:
    manager = at_work(house, "Maja", Role.MANAGER)
    house.see(ida, Sheet(USUAL))
    assert laid(house, USUAL) == frozenset({LURE, USUAL})
    assert asked_about(house, manager) == []
    assert laid(house, LURE, lift=True) == frozenset({USUAL})
    house.see(ida, Sheet(LURE))
    assert asked_about(house, manager) == []


@pytest.mark.parametrize(
    ("case", "by", "seen_by", "lift", "why"),
    [
        (CaseId("nowhere"), "Gun", "Per", False, Reason.NOT_FOUND),
        (CaseId("ida"), "Gun", "Per", False, Reason.NOT_FOUND),
        (USUAL, "Gun", " gun  ", False, Reason.NEEDS_SECOND),
        (USUAL, "Gun", " ", False, Reason.NEEDS_SECOND),
        (USUAL, "", "Per", False, Reason.NEEDS_SECOND),
        (LURE, "Gun", "Per", False, Reason.INVALID),
        (USUAL, "Gun", "Per", True, Reason.INVALID),
        (LURE, "Gun", "Gun", True, Reason.NEEDS_SECOND),
    ],
)
def test_two_people_lay_it_and_two_lift_it(
    house: House, ida: Actor, case: CaseId, by: str, seen_by: str, lift: bool, why: Reason
) -> None:
    assert laid(house, case, by, seen_by, lift=lift) == Withheld(why)
    assert set(house.store.run(baits_laid)) == {LURE}


def test_each_review_asks_about_it_without_being_told_and_the_laying_itself_is_in_the_log(
    house: House, ida: Actor
) -> None:
    house.see(ida, Sheet(LURE))
    since, until = house.clock.now - timedelta(days=1), house.clock.now + timedelta(days=1)
    lines = house.store.run(lambda tx: read_log(tx, since, until, "Gun"))
    found = house.store.run(lambda tx: review(tx, lines))
    assert [(one.who, one.cases) for one in found if one.sign is Sign.BAIT] == [(ida.label, (LURE,))]
    assert not [one for one in found if one.sign is Sign.REFUSED], "who laid it was not turned away"
    auditor = at_work(house, "Gun", Role.AUDITOR)
    assert (Sign.BAIT, ida.label, 1) in house.see(auditor, LogReview(UNIT)).asks
