"""An older, validly sealed text put back in its place, alone or with its whole case, and a text taken away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert

from storage import _tables as t
from storage._torn import SOME
from storage.clockwork import shelves_looked
from storage.commands import MarkRead, OpenCase, Say
from storage.duties import Duty
from storage.maintenance import broken_shelves
from storage.queries import CaseVisits, Sheet
from storage.records import CaseId, Side
from storage.rekeying import reseal
from tests.contract.test_anchors import anchor, faults
from tests.storage.family import CASE, HANNA, MIRA, Family
from tests.storage.house import UNIT, House, signed_in


def _broken(house: House) -> list[str]:
    return house.store.run(broken_shelves)


def _put_back(house: House, table: Any, rows: list[Any], **where: Any) -> None:
    """What a copy of the database had there, in the place of what is there now."""
    house.tamper(delete(table).where(*(table.c[name] == value for name, value in where.items())))
    for row in rows:
        house.tamper(insert(table).values(dict(row._mapping)))


def _older_message(family: Family) -> Any:
    """Her message as it lay before a worker had read it."""
    family.contact()
    family.house.done(signed_in(MIRA), Say(CASE, "hej", None, None))
    (old,) = family.house.rows(t.part, name="message", compartment="child")
    family.house.done(HANNA, MarkRead(CASE, MIRA))
    return old


def test_what_nobody_touched_is_whole_and_stays_so_under_new_keys(family: Family) -> None:
    _older_message(family)
    assert _broken(family.house) == []
    reseal(family.house.store, seconds=60)
    assert _broken(family.house) == []
    family.house.see(HANNA, Sheet(CASE))


def test_one_text_put_back_is_found_when_a_worker_opens_the_case_and_she_is_told(family: Family) -> None:
    house, old = family.house, _older_message(family)
    _put_back(house, t.part, [old], record=old.record, compartment=old.compartment)
    assert _broken(house) == [CASE]
    assert Duty.INTEGRITY not in house.open_codes(CASE)
    house.see(HANNA, Sheet(CASE))
    assert Duty.INTEGRITY in house.open_codes(CASE)
    seen = [visit.allowed for visit in house.see(HANNA, CaseVisits(CASE)) if visit.who == HANNA.label]
    assert seen[:2] == [False, True], "the sheet as a yes, the torn shelf beside it"


def test_what_is_written_after_it_does_not_make_it_good(family: Family) -> None:
    house, old = family.house, _older_message(family)
    _put_back(house, t.part, [old], record=old.record, compartment=old.compartment)
    house.done(HANNA, MarkRead(CASE, MIRA))
    house.done(signed_in(MIRA), Say(CASE, "en till", None, None))
    reseal(house.store, seconds=60)
    assert _broken(house) == [CASE]


def test_a_text_taken_away_and_a_manifest_taken_away_are_found(family: Family) -> None:
    house, old = family.house, _older_message(family)
    kept = house.rows(t.part, owner=CASE)
    _put_back(house, t.part, [], record=old.record, compartment=old.compartment)
    assert _broken(house) == [CASE]
    _put_back(house, t.part, kept, owner=CASE)
    assert _broken(house) == []
    _put_back(house, t.manifest, [], owner=CASE)
    assert _broken(house) == [CASE]


def test_an_older_manifest_does_not_fit_to_the_texts_of_now(family: Family) -> None:
    house = family.house
    before = house.rows(t.manifest, owner=CASE)
    _older_message(family)
    _put_back(house, t.manifest, before, owner=CASE)
    assert _broken(house) == [CASE]


def test_a_whole_case_put_back_with_its_manifest_is_found_beside_the_anchor(family: Family, tmp_path: Path) -> None:
    house = family.house
    parts, manifest = house.rows(t.part, owner=CASE), house.rows(t.manifest, owner=CASE)
    _older_message(family)
    anchor(house, tmp_path / "anchors")
    assert faults(house, tmp_path / "anchors") == []
    _put_back(house, t.part, parts, owner=CASE)
    _put_back(house, t.manifest, manifest, owner=CASE)
    assert _broken(house) == [], "whole in itself"
    assert faults(house, tmp_path / "anchors") == ["texts put back"]


def test_a_whole_database_put_back_is_found_beside_the_anchor(family: Family, tmp_path: Path) -> None:
    house = family.house
    tables = (t.subject, t.rule, t.part, t.manifest, t.visit)
    before = {table: house.rows(table) for table in tables}
    _older_message(family)
    anchor(house, tmp_path / "anchors")
    for table, rows in before.items():
        _put_back(house, table, rows)
    assert {"cut", "texts put back"} <= set(faults(house, tmp_path / "anchors"))


def test_at_night_every_shelf_is_looked_at_and_a_worker_is_told_of_a_torn_one(family: Family) -> None:
    house, old = family.house, _older_message(family)
    for number in range(SOME + 5):
        house.done(HANNA, OpenCase(CaseId(f"case-{number:02}"), UNIT, Side.BARNAHUS, str(number), "2046-03"))
    _put_back(house, t.part, [old], record=old.record, compartment=old.compartment)
    assert house.store.run(shelves_looked) == 0, "by day nobody looks"
    house.clock.move(hours=14)
    assert house.store.run(shelves_looked) + house.store.run(shelves_looked) == 1, "in two portions"
    assert house.open_codes(CASE).count(Duty.INTEGRITY) == 1
    assert house.store.run(shelves_looked) == 0, "once a night"
    house.clock.move(days=1)
    assert house.store.run(shelves_looked) + house.store.run(shelves_looked) == 1
    assert house.open_codes(CASE).count(Duty.INTEGRITY) == 1
