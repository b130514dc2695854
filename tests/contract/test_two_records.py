"""What takes two people is not done by one who has two records: whoever came in by one account is one person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from storage._chain import add_rule
from storage._sql import Tx
from storage.commands import (
    ApproveExtract,
    AskForExtract,
    BlockColleague,
    BlockGuardian,
    BreakGlass,
    ClearGuardian,
    Command,
    KeepException,
    ReleaseEntry,
    ReviewGlass,
    SealCase,
)
from storage.consent import Actor, Reason, Withheld
from storage.grounds import GROUNDS
from storage.records import ReaderClass, Role, Side, StaffId, WayIn
from storage.sign_in import employ
from storage.staff_sign_in import account_mark, tie_account
from storage.ways_in import TiedIn
from tests.contract.test_culling_months import at_work
from tests.storage.family import CASE, HANNA, MOTHERS, Family, full_entry, release
from tests.storage.house import TODAY, House, worker

ISSUER, SUBJECT, TO = "https://id.test", "sub-7", "police"
REFUSED = Withheld(Reason.NEEDS_SECOND)
Three = tuple[Actor, Actor, Actor]


@pytest.fixture
def three(house: House) -> Three:
    """Eva, who is Ewa too: her account was untied from the one record and given to the other; and Omar."""
    eva, ewa, omar = (
        at_work(house, name, role)
        for name, role in (("Eva", Role.CASE_WORKER), ("Ewa", Role.MANAGER), ("Omar", Role.MANAGER))
    )

    def tied(tx: Tx) -> None:
        assert tie_account(tx, StaffId(eva.id), ISSUER, SUBJECT, "ops")
        mark = account_mark(tx, ISSUER, SUBJECT).hex()
        add_rule(tx, StaffId(eva.id), TiedIn(WayIn.ACCOUNT, mark, "ops", active=False))
        assert tie_account(tx, StaffId(ewa.id), ISSUER, SUBJECT, "ops")
        assert tie_account(tx, StaffId(omar.id), ISSUER, "sub-8", "ops")

    house.store.run(tied)
    return eva, ewa, omar


def _twice(house: House, three: Three, command: Command) -> None:
    """The first says it, cannot say it again as another, and somebody else can."""
    eva, ewa, omar = three
    house.done(eva, command)
    assert house.do(ewa, command) == REFUSED, command
    house.done(omar, command)


def test_a_guardian_is_cleared_by_two_human_beings(family: Family, three: Three) -> None:
    _twice(family.house, three, ClearGuardian(CASE, MOTHERS, "No part in it."))


def test_a_heavy_entry_is_let_go_by_two(family: Family, three: Three) -> None:
    family.clear()
    entry = family.write(full_entry("charge_decision"))
    _twice(family.house, three, ReleaseEntry(CASE, entry.id, release(ReaderClass.GUARDIAN, MOTHERS)))


def test_a_sealed_case_is_opened_by_two_and_a_new_seal_begins_anew(family: Family, three: Three) -> None:
    house, (eva, ewa, _) = family.house, three
    house.done(eva, SealCase(CASE, sealed=True))
    _twice(house, three, SealCase(CASE, sealed=False))
    house.done(eva, SealCase(CASE, sealed=True))
    house.done(ewa, SealCase(CASE, sealed=False))
    assert house.do(eva, SealCase(CASE, sealed=False)) == REFUSED


@pytest.mark.parametrize("shut", [BlockGuardian(CASE, MOTHERS, True), BlockColleague(CASE, StaffId("ivo"), True)])
def test_a_block_is_lifted_by_two(family: Family, three: Three, shut: BlockGuardian | BlockColleague) -> None:
    family.house.hire(worker("ivo"))
    family.house.done(HANNA, shut)
    _twice(family.house, three, replace(shut, blocked=False))
    for one in three[:2]:
        family.house.done(one, shut)


def test_an_extract_is_agreed_to_by_somebody_else(family: Family, three: Three) -> None:
    house, (eva, ewa, omar) = family.house, three
    house.done(HANNA, KeepException(CASE, "x", TO, GROUNDS[2], "Hanna", "beslut 7", TODAY, None))
    house.done(eva, AskForExtract(CASE, TO, "A request."))
    assert house.do(ewa, ApproveExtract(CASE, StaffId(eva.id), TO)) == REFUSED
    house.done(omar, ApproveExtract(CASE, StaffId(eva.id), TO))


def test_nobody_reviews_her_own_broken_glass(family: Family, three: Three) -> None:
    house, (_, ewa, omar) = family.house, three
    night = house.store.run(lambda tx: employ(tx, "Eve", "jour", "elsewhere", Side.BARNAHUS, Role.CASE_WORKER))
    eve = replace(worker("eve", unit="elsewhere"), id=night)
    _give_on(house, (ewa, eve))
    house.done(eve, BreakGlass("elsewhere", "BH-1", "She rang the night desk."))
    assert house.do(ewa, ReviewGlass(CASE, StaffId(night), True)) == REFUSED
    house.done(omar, ReviewGlass(CASE, StaffId(night), True))


def _give_on(house: House, from_to: Iterable[Actor]) -> None:
    def given(tx: Tx) -> None:
        had, gets = (StaffId(one.id) for one in from_to)
        mark = account_mark(tx, ISSUER, SUBJECT).hex()
        add_rule(tx, had, TiedIn(WayIn.ACCOUNT, mark, "ops", active=False))
        add_rule(tx, gets, TiedIn(WayIn.ACCOUNT, mark, "ops", active=True))

    house.store.run(given)
