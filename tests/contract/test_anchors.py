"""What a chain cannot show by itself: a tail that was cut, a table put back as it was; and what the log is read for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import delete, update

from storage import _tables as t
from storage.anchors import anchor_files, draw, held_against, keep, newest, read
from storage.commands import BlockGuardian, OpenCase
from storage.log_review import Sign, read_log, review
from storage.queries import CaseAdults, Sheet, UnitVisits
from storage.records import CaseId, Role, Side
from tests.storage.family import CASE, HANNA, MOTHERS, OLLE, Family
from tests.storage.house import UNIT, House, worker


def anchor(house: House, folder: Path) -> None:
    """Put today's anchor into its file."""
    before = newest(anchor_files(folder).values())
    day, raw = house.store.run(lambda tx: (tx.now.date().isoformat(), draw(tx, before)))
    keep(folder, day, raw)


def faults(house: House, folder: Path) -> list[str]:
    """What the anchors hold against the store."""
    files = anchor_files(folder)
    return [one.what for one in house.store.run(lambda tx: tuple(held_against(tx, files)))]


def test_a_day_after_a_day_holds(family: Family, tmp_path: Path) -> None:
    for _ in range(3):
        family.house.see(HANNA, CaseAdults(CASE))
        anchor(family.house, tmp_path / "anchors")
        family.house.clock.move(days=1)
    assert faults(family.house, tmp_path / "anchors") == []
    days = [read(raw).day for raw in anchor_files(tmp_path / "anchors").values()]
    assert days == sorted(set(days))


def test_a_tail_that_was_cut_is_found(family: Family, tmp_path: Path) -> None:
    family.house.see(HANNA, CaseAdults(CASE))
    anchor(family.house, tmp_path / "anchors")
    last = max(family.house.rows(t.visit), key=lambda row: row.seq)
    family.house.tamper(delete(t.visit).where(t.visit.c.chain == last.chain, t.visit.c.seq == last.seq))
    assert faults(family.house, tmp_path / "anchors") == ["cut"]


def test_a_block_that_was_rolled_back_with_its_head_is_found(family: Family, tmp_path: Path) -> None:
    """An older pair of rules and head is whole in itself; only what lies outside tells."""
    (before,) = family.house.rows(t.subject, id=CASE)
    family.house.done(HANNA, BlockGuardian(CASE, MOTHERS, blocked=True))
    anchor(family.house, tmp_path / "anchors")
    family.house.tamper(delete(t.rule).where(t.rule.c.subject == CASE, t.rule.c.n > before.head_n))
    family.house.tamper(
        update(t.subject).where(t.subject.c.id == CASE).values(head_n=before.head_n, head_mac=before.head_mac)
    )
    assert "rules put back" in faults(family.house, tmp_path / "anchors")


def test_a_file_that_was_changed_or_taken_away_is_found(family: Family, tmp_path: Path) -> None:
    folder = tmp_path / "anchors"
    for _ in range(3):
        family.house.see(HANNA, CaseAdults(CASE))
        anchor(family.house, folder)
        family.house.clock.move(days=1)
    first, second, _third = sorted(folder.iterdir())
    assert (first.stat().st_mode & 0o777) == 0o400
    whole = second.read_bytes()
    second.unlink()
    assert faults(family.house, folder) == ["an anchor before it is missing"]
    second.write_bytes(whole.replace(b'"at":', b'"at":1'))
    assert faults(family.house, folder) == ["anchor not as it was signed", "an anchor before it is missing"]


def test_the_review_asks_about_night_a_bait_an_own_name_and_a_door_that_stayed_shut(family: Family) -> None:
    house = family.house
    house.see(HANNA, Sheet(CASE))
    house.clock.move(hours=11)
    house.see(OLLE, Sheet(CASE))
    mira = worker("mira")
    house.see(mira, Sheet(CASE))
    house.ask(worker("nosy", unit="other"), Sheet(CASE))
    auditor = replace(worker("gun"), role=Role.AUDITOR)
    house.see(auditor, UnitVisits(UNIT))
    since, until = house.clock.now - timedelta(days=2), house.clock.now + timedelta(days=1)
    lines = house.store.run(lambda tx: read_log(tx, since, until, "Auditor"))
    found = house.store.run(lambda tx: review(tx, lines, frozenset({CaseId(CASE)})))
    by_sign = {sign: {one.actor for one in found if one.sign is sign} for sign in Sign}
    assert by_sign[Sign.OUT_OF_HOURS] >= {"olle", "mira"}
    assert "hanna" not in by_sign[Sign.OUT_OF_HOURS]
    assert by_sign[Sign.OWN_NAME] == {"mira"}
    assert by_sign[Sign.BAIT] >= {"hanna", "olle"}
    assert by_sign[Sign.REFUSED] == {"nosy"}


def test_whoever_reads_the_log_stands_in_it(family: Family) -> None:
    house = family.house
    since, until = house.clock.now - timedelta(days=1), house.clock.now + timedelta(days=1)
    house.store.run(lambda tx: read_log(tx, since, until, "Gun Auditor"))
    again = house.store.run(lambda tx: read_log(tx, since, until, "Gun Auditor"))
    assert again[-1].who == "Gun Auditor"
    assert again[-1].purpose == "log_review"


def test_who_opens_far_more_than_the_others_is_asked_about(house: House) -> None:
    cases = [CaseId(f"case-{n}") for n in range(12)]
    house.done(HANNA, *(OpenCase(case, UNIT, Side.BARNAHUS, f"BH-{case}", "2046-03") for case in cases))
    for name in ("olle", "ulla", "siv", "bo"):
        house.see(worker(name), Sheet(cases[0]))
    for case in cases:
        house.see(worker("eva"), Sheet(case))
    since, until = house.clock.now - timedelta(days=1), house.clock.now + timedelta(days=1)
    lines = house.store.run(lambda tx: read_log(tx, since, until, "Auditor"))
    found = house.store.run(lambda tx: review(tx, lines))
    assert {one.actor: one.times for one in found if one.sign is Sign.FAR_MORE} == {"eva": 12}
