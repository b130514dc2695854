"""A form may bring the id of a person where a case is named: every deed refuses, and she is what she was before."""

from __future__ import annotations

from dataclasses import replace
from typing import get_type_hints

import pytest

from storage import _tables as t
from storage.commands import SealCase
from storage.consent import Reason, Withheld
from storage.duties import Duty
from storage.gate import DEEDS
from storage.queries import CaseVisits, MyProfile, RulesOf, Sheet, WholeEntries
from storage.records import Role, Side
from storage.sign_in import employ
from tests.prove.strangers_deeds import _deeds, _ids
from tests.storage.family import CASE, HANNA, MIRA, Family
from tests.storage.house import UNIT, signed_in

NAMED = sorted((one for one in DEEDS if "case" in get_type_hints(one)), key=lambda one: one.__name__)
WHO = (HANNA, replace(HANNA, role=Role.MANAGER))


def test_there_are_deeds_about_cases() -> None:
    assert len(NAMED) > 50


@pytest.mark.parametrize("sort", ["person", "staff"])
def test_no_deed_of_the_staff_takes_something_else_for_a_case(family: Family, sort: str) -> None:
    house = family.house
    sara = house.store.run(lambda tx: employ(tx, "Sara", "x", UNIT, Side.BARNAHUS, Role.CASE_WORKER))
    other, ids = str(MIRA) if sort == "person" else str(sara), _ids(house)
    before = [(row.id, row.head_n) for row in house.rows(t.subject)]
    tried = set()
    for deed in _deeds(ids | {"case": [other]}):
        if type(deed) in NAMED:
            tried.add(type(deed))
            for who in WHO:
                assert isinstance(house.do(who, deed), Withheld), deed
    assert tried == set(NAMED)
    assert [(row.id, row.head_n) for row in house.rows(t.subject)] == before
    assert house.see(signed_in(MIRA), MyProfile(MIRA)).name == "Mira"


def test_a_person_is_not_sealed_as_if_she_were_a_case_and_the_no_stands_in_the_log(family: Family) -> None:
    house = family.house
    assert house.do(HANNA, SealCase(str(MIRA), sealed=True)) == Withheld(Reason.NOT_FOUND)  # type: ignore[arg-type]
    assert house.ask(HANNA, Sheet(str(MIRA))) == Withheld(Reason.NOT_FOUND)  # type: ignore[arg-type]
    for asked in (WholeEntries(str(MIRA)), CaseVisits(str(MIRA)), RulesOf(str(MIRA))):  # type: ignore[arg-type]
        assert house.ask(HANNA, asked) == Withheld(Reason.NOT_FOUND)
    assert Duty.INTEGRITY not in house.open_codes(CASE), "nobody has broken anything"
