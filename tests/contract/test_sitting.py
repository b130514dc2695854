"""A sitting: which cases it has at hand, what it writes of damage and of keys that are gone, and in whose name."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from storage import _tables as tables
from storage._chain import seen_of
from storage._sql import Tx
from storage.consent import Reason, Withheld
from storage.gate import Sitting
from storage.queries import MyClaim, OneEntry, Sheet
from storage.records import Channel, ClaimToken, ReaderClass
from storage.standing import Standing
from tests.storage.claiming import VISITING, open_street
from tests.storage.family import CASE, HANNA, MIRA, Family, full_entry, release
from tests.storage.house import House, signed_in

PART = tables.part


@pytest.fixture
def told(family: Family) -> Family:
    """One entry that Mira may read."""
    family.contact()
    family.write(full_entry(releases=(release(ReaderClass.CHILD),)))
    return family


def _last(house: House) -> tuple[str, str, str]:
    """The newest visit: about what, the verdict, and to whom something went."""
    row = max(house.rows(tables.visit), key=lambda one: (one.at, one.seq))
    seen = house.store.run(lambda tx: seen_of(tx, row))
    return row.subject, seen.verdict, seen.said


def _of_mira(house: House, **changed: Any) -> None:
    """Somebody changes the row of what Mira reads."""
    here = (PART.c.record == full_entry().id, PART.c.compartment == "child")
    house.tamper(update(PART).where(*here).values(**changed))


def test_the_cases_at_hand_are_hers_and_neither_herself_nor_what_is_not_there(family: Family) -> None:
    def call(tx: Tx) -> tuple[Standing, ...]:
        with Sitting(tx, signed_in(MIRA), Channel.WEB) as sitting:
            assert set(sitting.preload(MIRA)) == {MIRA, CASE}
            assert sitting.standing("nowhere") is None
            return sitting.standings()

    assert [found.subject for found in family.house.store.run(call)] == [CASE]


def test_what_does_not_open_as_what_it_stands_as_is_written_down_and_is_a_workers_task(told: Family) -> None:
    house = told.house
    house.clock.move(minutes=1)
    _of_mira(house, sealed=b"")
    assert house.ask(signed_in(MIRA), OneEntry(CASE, full_entry().id)) == Withheld(Reason.INTEGRITY)
    assert _last(house)[:2] == (CASE, "integrity")
    assert "f1" in house.open_codes(CASE)


def test_what_is_looked_at_leaves_no_word_of_anything_handed_out(family: Family) -> None:
    house = family.house
    house.clock.move(minutes=1)
    house.see(HANNA, Sheet(CASE))
    assert _last(house) == (CASE, "assigned_staff", "")


def test_a_claim_opens_to_the_secret_that_names_it_and_no_other(house: House) -> None:
    street = open_street(house)
    token = street.begin()
    assert house.see(VISITING, MyClaim(token)) is not None
    assert house.ask(VISITING, MyClaim(ClaimToken("x" * len(token)))) == Withheld(Reason.NO_RELATION)
