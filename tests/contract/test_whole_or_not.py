"""Whole or not at all: a deed that is refused half-way leaves nothing of itself; and whom the door writes down."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import update

from storage import _tables as tables
from storage._sql import Tx
from storage.commands import BeginClaim, CountUnclear, EndTie, KeepException, Say, ShowEid
from storage.commands import ReleaseEntry as Release
from storage.consent import Actor, Reason, Withheld
from storage.gate import Sitting
from storage.her_words import Unclear
from storage.queries import MyCases, MyClaim, Sheet, Timeline, UnclearTexts
from storage.records import VISITOR, Channel, PersonId, ReaderClass, Strength, TieId, TieKind, claim_of
from tests.storage.claiming import VISITING, open_street
from tests.storage.family import CASE, HANNA, MIRA, MIRAS, SINCE, Family, enrol, full_entry, release
from tests.storage.house import TODAY, UNIT, House, signed_in

PART = tables.part
PRESS = CountUnclear(CASE, "child_talk.7-12", "sv")


def _rows(house: House, table: Any) -> set[tuple[Any, ...]]:
    return {tuple(row) for row in house.rows(table)}


# --- half-way ---------------------------------------------------------------------------------------------------------


def test_what_breaks_on_a_damaged_part_leaves_nothing_of_the_number_that_was_shown(house: House) -> None:
    street = open_street(house)
    token = street.begin()
    claim = claim_of(token)
    house.tamper(update(PART).where(PART.c.owner == claim, PART.c.name == "asking").values(sealed=b""))
    before = _rows(house, PART)
    assert house.do(VISITING, ShowEid(token, "200306212384", "Kaninen Zqx")) == Withheld(Reason.INTEGRITY)
    assert _rows(house, PART) == before
    assert "f1" in house.open_codes(claim)


def test_what_meets_a_part_that_its_purpose_does_not_open_leaves_every_part_as_it_lay(family: Family) -> None:
    """Somebody has moved the child's part of an entry to where nobody of a barnahus case reads."""
    house = family.house
    entry = family.write(full_entry("trial", releases=(release(ReaderClass.CHILD),)))
    hers = (PART.c.record == entry.id, PART.c.compartment == "child")
    house.tamper(update(PART).where(*hers).values(compartment="aid"))
    before = _rows(house, PART)
    assert house.do(HANNA, Release(CASE, entry.id, release(ReaderClass.SHARED))) == Withheld(Reason.PART)
    assert _rows(house, PART) == before


def test_a_claim_that_is_there_already_is_not_counted_against_the_days_ceiling(house: House) -> None:
    street = open_street(house)
    token = street.begin()
    before = _rows(house, tables.limiter)
    again = BeginClaim(token, street.numbers["noa"], UNIT, "sv")
    assert house.do(VISITING, again) == Withheld(Reason.CONFLICT)
    assert _rows(house, tables.limiter) == before != set()


# --- done -------------------------------------------------------------------------------------------------------------


def test_a_deed_that_changes_no_rule_leaves_the_rules_at_hand(family: Family) -> None:
    family.contact()

    def call(tx: Tx) -> None:
        with Sitting(tx, signed_in(MIRA), Channel.WEB, lock=True) as sitting:
            loaded = sitting.standing(CASE)
            assert not isinstance(sitting.do(Say(CASE, "hej", None, None)), Withheld)
            assert sitting.standing(CASE) is loaded is not None

    family.house.store.run(call)


# --- who it is --------------------------------------------------------------------------------------------------------


def test_the_secret_of_a_claim_opens_to_no_chat(house: House) -> None:
    """It stands for a one-time code of whoever comes with nothing; who comes as something else is that."""
    token = open_street(house).begin()
    assert house.ask(Actor(VISITOR, Strength.CHANNEL), MyClaim(token), Channel.WEB) == Withheld(Reason.STRENGTH)
    assert house.see(VISITING, MyClaim(token)) is not None


def test_who_reads_on_a_provision_outside_the_staff_is_counted(family: Family) -> None:
    """Her own tie has ended, and by another a provision lets her read what is shared; she is no worker for that."""
    house = family.house
    family.contact()
    house.done(HANNA, EndTie(CASE, MIRAS, SINCE))
    assert house.do(signed_in(MIRA), PRESS) == Withheld(Reason.TIE_NOT_VALID)
    on_it = KeepException(CASE, "x", PersonId(MIRA), "osl_26_9", "Ulla", "dnr 1", TODAY, None)
    house.done(HANNA, enrol(MIRA, TieId("tie-mira-reads"), TieKind.READER), on_it)
    visits = house.count(tables.visit)
    house.done(signed_in(MIRA), PRESS)
    assert house.count(tables.tally) == 1
    assert house.count(tables.visit) == visits


def test_a_worker_who_looks_at_what_was_counted_is_written_down(house: House) -> None:
    empty: tuple[Unclear, ...] = house.see(HANNA, UnclearTexts(UNIT))
    assert empty == ()
    assert house.count(tables.visit) == 1


def test_a_case_whose_rules_do_not_hold_is_a_workers_task_as_soon_as_somebody_asks(family: Family) -> None:
    house = family.house
    house.tamper(update(tables.rule).where(tables.rule.c.subject == CASE, tables.rule.c.n == 2).values(mac=bytes(32)))
    assert house.open_codes(CASE) == []
    assert house.ask(HANNA, Sheet(CASE)) == Withheld(Reason.INTEGRITY)
    assert house.open_codes(CASE) == ["f1"]


def test_a_refusal_by_the_rule_is_nobodys_task(family: Family) -> None:
    assert family.house.ask(signed_in("stranger"), Timeline(CASE)) == Withheld(Reason.NO_RELATION)
    assert family.house.open_codes(CASE) == []


def test_a_unit_opens_to_nobody_who_works_on_neither_side_of_it(house: House) -> None:
    assert house.ask(replace(HANNA, side=None), MyCases(UNIT)) == Withheld(Reason.NO_RELATION)
    assert house.see(HANNA, MyCases(UNIT)) == ()
