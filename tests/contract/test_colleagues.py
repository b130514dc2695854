"""A case changes hands, a worker goes on leave from it, and whoever is too close to it is shut out; at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from storage import _tables as tables
from storage.commands import ApproveExtract, AssignCase, BlockColleague, BreakGlass, ReviewGlass
from storage.consent import Actor, Reason, Withheld
from storage.duties import Duty
from storage.queries import Colleagues, RulesOf, Sheet
from storage.records import Role, Side, StaffId, Strength
from storage.sign_in import dismiss, employ
from tests.storage.family import CASE, Family
from tests.storage.house import TODAY, UNIT, House, worker

ULLA = replace(worker("ulla"), role=Role.MANAGER)
BOSS = replace(worker("boss"), role=Role.MANAGER)
CLOSED = Withheld(Reason.NOT_ASSIGNED)


def hired(house: House, name: str, unit: str = UNIT) -> Actor:
    staff = house.store.run(lambda tx: employ(tx, name, "socialsekreterare", unit, Side.BARNAHUS, Role.CASE_WORKER))
    return Actor(staff, Strength.STAFF, Side.BARNAHUS, unit, Role.CASE_WORKER, name)


def names(actor: Actor, **how: object) -> AssignCase:
    return AssignCase(CASE, StaffId(actor.id), **{"assigned": True, **how})  # type: ignore[arg-type]


@pytest.fixture
def team(family: Family) -> tuple[House, Actor, Actor]:
    """Eva has the case; Bo works beside her."""
    eva, bo = hired(family.house, "Eva"), hired(family.house, "Bo")
    family.house.done(ULLA, names(eva))
    return family.house, eva, bo


def test_a_manager_gives_the_case_to_another(team: tuple[House, Actor, Actor]) -> None:
    house, eva, bo = team
    assert house.ask(bo, Sheet(CASE)) == CLOSED
    house.done(ULLA, names(bo), names(eva, assigned=False))
    assert house.ask(eva, Sheet(CASE)) == CLOSED
    assert house.see(bo, Sheet(CASE)).ref == "BH-1"


def test_the_only_one_taken_off_does_not_have_it_again_by_nobody_being_named(team: tuple[House, Actor, Actor]) -> None:
    house, eva, bo = team
    house.done(ULLA, names(eva, assigned=False))
    assert house.ask(eva, Sheet(CASE)) == CLOSED
    assert house.see(bo, Sheet(CASE)).ref == "BH-1", "the unit has it until somebody is named"


def test_on_leave_she_has_nothing_and_on_the_day_somebody_is_asked(team: tuple[House, Actor, Actor]) -> None:
    house, eva, _ = team
    back = TODAY + timedelta(days=20)
    house.done(ULLA, names(eva, assigned=False, back_on=back))
    assert house.ask(eva, Sheet(CASE)) == CLOSED
    assert [line.back_on for line in house.see(ULLA, Colleagues(CASE)) if line.off] == [back]
    assert Duty.COLLEAGUE_BACK not in house.open_codes(CASE)
    house.clock.move(days=20)
    assert Duty.COLLEAGUE_BACK in house.open_codes(CASE)
    assert house.ask(eva, Sheet(CASE)) == CLOSED, "nobody comes back by the clock alone"
    house.done(ULLA, names(eva))
    assert house.see(eva, Sheet(CASE)).ref == "BH-1"
    assert Duty.COLLEAGUE_BACK not in house.open_codes(CASE)


def test_a_worker_hands_over_herself_and_nobody_else(team: tuple[House, Actor, Actor]) -> None:
    house, eva, bo = team
    assert house.do(eva, names(bo)) == Withheld(Reason.ROLE)
    house.done(eva, names(eva, assigned=False))
    assert house.ask(eva, Sheet(CASE)) == CLOSED


def test_one_shuts_out_who_is_too_close_and_two_let_her_back(team: tuple[House, Actor, Actor]) -> None:
    house, eva, _ = team
    house.done(ULLA, BlockColleague(CASE, StaffId(eva.id), blocked=True))
    assert house.ask(eva, Sheet(CASE)) == Withheld(Reason.BLOCKED)
    assert house.do(ULLA, names(eva)) == Withheld(Reason.BLOCKED)
    assert [line.name for line in house.see(ULLA, Colleagues(CASE)) if line.blocked] == ["Eva"]
    house.done(ULLA, BlockColleague(CASE, StaffId(eva.id), blocked=False))
    assert house.ask(eva, Sheet(CASE)) == Withheld(Reason.BLOCKED)
    house.done(BOSS, BlockColleague(CASE, StaffId(eva.id), blocked=False))
    assert house.see(eva, Sheet(CASE)).ref == "BH-1"


@pytest.mark.parametrize("stranger", ["nobody-there", "mira", "case-mira", "unit:lindvik", ""])
def test_who_is_no_colleague_is_neither_named_nor_shut_out(team: tuple[House, Actor, Actor], stranger: str) -> None:
    """A form may bring any id; a name that is nobody's would leave the case with nobody, and say that it has one."""
    house, eva, _ = team
    before = house.rows(tables.rule, subject=CASE)
    back = TODAY + timedelta(days=3)
    for deed in (
        AssignCase(CASE, StaffId(stranger), assigned=True),
        AssignCase(CASE, StaffId(stranger), assigned=False),
        AssignCase(CASE, StaffId(stranger), assigned=False, back_on=back),
        BlockColleague(CASE, StaffId(stranger), blocked=True),
        BlockColleague(CASE, StaffId(stranger), blocked=False),
        ReviewGlass(CASE, StaffId(stranger), stands=True),
        ApproveExtract(CASE, StaffId(stranger), "police"),
    ):
        assert house.do(ULLA, deed) == Withheld(Reason.NOT_FOUND), deed
    assert house.rows(tables.rule, subject=CASE) == before
    assert Duty.COLLEAGUE_BACK not in house.open_codes(CASE)
    assert house.see(eva, Sheet(CASE)).ref == "BH-1"


def test_another_units_worker_gets_no_case_and_can_be_shut_out_of_it(team: tuple[House, Actor, Actor]) -> None:
    """She can break the glass from where she is."""
    house, ivo = team[0], hired(team[0], "Ivo", "elsewhere")
    assert house.do(ULLA, names(ivo)) == Withheld(Reason.NOT_FOUND)
    house.done(ULLA, BlockColleague(CASE, StaffId(ivo.id), blocked=True))
    assert house.do(ivo, BreakGlass("elsewhere", "BH-1", "Barnet ringde.")) == Withheld(Reason.BLOCKED)


def test_who_has_gone_is_given_nothing_and_is_taken_off_what_she_had(team: tuple[House, Actor, Actor]) -> None:
    house, eva, bo = team
    house.store.run(lambda tx: (dismiss(tx, StaffId(eva.id)), dismiss(tx, StaffId(bo.id))))
    assert house.do(ULLA, names(bo)) == Withheld(Reason.NOT_FOUND)
    house.done(ULLA, names(eva, assigned=False))


def test_the_manager_who_reviews_a_broken_glass_reads_a_name(family: Family) -> None:
    ivo = hired(family.house, "Ivo Ek", "elsewhere")
    family.house.done(ivo, BreakGlass("elsewhere", "BH-1", "Barnet ringde jouren."))
    (glass,) = family.house.see(ULLA, RulesOf(CASE)).glasses
    assert (glass.who, glass.staff) == ("Ivo Ek", ivo.id)
