"""Culling by the destruction of keys: by two people, under a reference, and afterwards nothing is left to look for."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage import _tables as tables
from storage._culling_rows import approvals
from storage._envelope import KEY_BYTES
from storage._sealing import Key
from storage.backup import create, put_back
from storage.carriers import CarrierKind
from storage.commands import (
    ApproveCulling,
    BeginCarrier,
    CloseCarrier,
    KeepFromCulling,
    OpenCase,
    ReopenCarrier,
    Say,
    WithdrawCulling,
    WriteEntry,
)
from storage.consent import Actor, Reason, Withheld
from storage.culling import Culling, NotCulled, StillOpen, cull
from storage.queries import Cullings, MyCases, MyProfile, MyThread, Sheet, Timeline, WholeEntries
from storage.records import CaseId, Channel, Role, Side, StaffId, Strength, TieId, TieKind
from storage.replay import RESTORED, replay
from storage.retention import KeptFor
from storage.safety import FILE
from storage.sign_in import dismiss, employ
from tests.storage.family import CASE, HANNA, MIRA, MOTHER, enrol, everyone, full_entry, move_in
from tests.storage.house import TODAY, UNIT, Clock, House, signed_in
from tests.storage.test_safety import logged

MONTH, REFERENCE = "2046-12", "N-2046:17"
LATER = datetime(2047, 1, 2, 9, 0, tzinfo=UTC)
QUESTIONS = (
    (signed_in(MIRA), Timeline(CASE)),
    (signed_in(MIRA), MyThread(CASE)),
    (signed_in(MIRA), MyProfile(MIRA)),
    (signed_in(MOTHER), Timeline(CASE)),
    (HANNA, Sheet(CASE)),
    (HANNA, WholeEntries(CASE)),
)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """Mira's case, whole, in a house with a safety log; then twenty years go by."""
    clock = Clock()
    with logged(f"sqlite:///{tmp_path}/store.db", tmp_path, clock) as opened:
        family = move_in(opened)
        family.contact()
        family.clear()
        for kind in ("report_social", "trial"):
            family.write(full_entry(kind, kind, releases=everyone()))
        opened.done(signed_in(MIRA), Say(CASE, "hej", None, None))
        family.block()
        opened.done(HANNA, CloseCarrier(CASE, TODAY, "Hanna", "Beslut 40"))
        clock.now = LATER
        yield opened


def at_work(house: House, name: str, role: Role, unit: str = UNIT) -> Actor:
    """Somebody who works here by then, signed in."""
    staff = house.store.run(lambda tx: employ(tx, name, "arkivarie", unit, Side.BARNAHUS, role))
    return Actor(staff, Strength.STAFF, Side.BARNAHUS, unit, role, name)


def two(house: House) -> tuple[Actor, Actor]:
    """A coordinator and a manager."""
    return at_work(house, "Ines", Role.COORDINATOR), at_work(house, "Omar", Role.MANAGER)


def agreed(house: House) -> tuple[Actor, Actor]:
    """Two people, who have both agreed."""
    both = two(house)
    for one in both:
        house.done(one, ApproveCulling(UNIT, MONTH, REFERENCE))
    return both


def shapes(raw: bytes) -> Iterator[bytes]:
    """The ways in which a key's bytes may lie in a file."""
    yield from (raw, raw.hex().encode(), raw.hex().upper().encode(), raw[::-1])
    for n in range(3):
        yield base64.b64encode(b" " * n + raw)[-(-8 * n // 6) : 8 * (n + len(raw)) // 6]
        yield base64.urlsafe_b64encode(b" " * n + raw)[-(-8 * n // 6) : 8 * (n + len(raw)) // 6]


def found(folder: Path, wanted: list[bytes]) -> list[str]:
    """In which files any of these bytes lie, in any shape; of long ones every run of 24 bytes is looked for."""
    runs = [one[at : at + 24] for one in wanted for at in range(0, max(1, len(one) - 23), 24)]
    needles = [shape for run in [*wanted, *runs] for shape in shapes(run)]
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if any(needle in path.read_bytes() for needle in needles)]


def data_keys(house: House) -> tuple[list[bytes], list[bytes]]:
    """The data keys of Mira's month, plain and as they lie wrapped."""
    plain: list[bytes] = []

    rows = house.rows(tables.dek, month=MONTH)
    month_key = Key(house.store.keyring.month(MONTH) or b"")
    for row in rows:
        fields = ("", "dek", MONTH, row.owner, row.compartment, "1", "1")
        bound = b"".join(len(raw := field.encode()).to_bytes(4, "big") + raw for field in fields)
        plain.append(month_key.open(row.wrapped[4:], bound))
    assert {len(one) for one in plain} == {KEY_BYTES}
    return plain, [row.wrapped[4:] for row in rows]


def test_it_takes_two_who_agreed_signed_in_a_reference_and_a_month_that_has_ended(house: House) -> None:
    one, other = two(house)
    store = house.store
    assert cull(store, "2046-3", REFERENCE) is NotCulled.MONTH
    assert cull(store, "2047-04", REFERENCE) is NotCulled.TOO_EARLY
    assert cull(store, MONTH, "by word of mouth") is NotCulled.REFERENCE
    assert cull(store, "2046-01", REFERENCE) is NotCulled.NOTHING
    assert cull(store, MONTH, REFERENCE) is NotCulled.NOT_APPROVED
    house.done(one, ApproveCulling(UNIT, MONTH, REFERENCE))
    assert cull(store, MONTH, REFERENCE) is NotCulled.NOT_APPROVED
    house.done(one, ApproveCulling(UNIT, MONTH, REFERENCE))
    assert cull(store, MONTH, REFERENCE) is NotCulled.NOT_APPROVED, "the same person twice is one"
    house.done(other, ApproveCulling(UNIT, MONTH, "another-paper"))
    assert cull(store, MONTH, REFERENCE) is NotCulled.NOT_APPROVED, "another paper is another decision"
    assert house.see(HANNA, WholeEntries(CASE)), "and nothing is gone"


def test_only_whom_the_store_knows_in_a_role_that_may_agrees(house: House) -> None:
    boss = two(house)[1]
    worker_ = at_work(house, "Kim", Role.CASE_WORKER)
    elsewhere = replace(boss, unit="elsewhere")
    agree = ApproveCulling(UNIT, MONTH, REFERENCE)
    assert house.do(HANNA, agree) == Withheld(Reason.ROLE), "a name that somebody typed"
    assert house.do(worker_, agree) == Withheld(Reason.ROLE)
    assert house.do(replace(worker_, role=Role.MANAGER), agree) == Withheld(Reason.ROLE), "whatever her session says"
    assert house.do(elsewhere, ApproveCulling("elsewhere", MONTH, REFERENCE)) == Withheld(Reason.ROLE)
    assert house.do(signed_in(MIRA), agree) == Withheld(Reason.NO_RELATION)
    assert house.do(boss, agree, Channel.TELEGRAM) == Withheld(Reason.CHANNEL)
    for month, reference in (("2047-04", REFERENCE), ("2046-12", "two words")):
        assert house.do(boss, ApproveCulling(UNIT, month, reference)) == Withheld(Reason.INVALID)


def test_one_of_the_two_is_a_manager(house: House) -> None:
    for name in ("Ines", "Omar"):
        house.done(at_work(house, name, Role.COORDINATOR), ApproveCulling(UNIT, MONTH, REFERENCE))
    assert cull(house.store, MONTH, REFERENCE) is NotCulled.NOT_APPROVED


def test_a_yes_counts_for_a_fortnight_until_it_is_taken_back_and_while_she_works_here(house: House) -> None:
    one, other = two(house)
    agree = ApproveCulling(UNIT, MONTH, REFERENCE)
    house.done(one, agree)
    house.clock.move(days=14)
    house.done(other, agree)
    assert cull(house.store, MONTH, REFERENCE) is NotCulled.NOT_APPROVED, "the first was too long ago"
    house.done(one, agree, WithdrawCulling(UNIT, MONTH))
    assert cull(house.store, MONTH, REFERENCE) is NotCulled.NOT_APPROVED, "she took it back"
    assert house.do(one, WithdrawCulling(UNIT, MONTH)) == Withheld(Reason.NOT_FOUND)
    house.done(one, agree)
    house.store.run(lambda tx: dismiss(tx, StaffId(one.id)))
    assert cull(house.store, MONTH, REFERENCE) is NotCulled.NOT_APPROVED, "she is suspended"
    assert house.do(one, agree) == Withheld(Reason.ROLE)
    third = at_work(house, "Rut", Role.COORDINATOR)
    house.done(third, agree)
    assert isinstance(cull(house.store, MONTH, REFERENCE), Culling)


def test_a_unit_whose_cases_lie_there_is_one_of_those_who_agree(house: House) -> None:
    house.clock.now = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    norr = at_work(house, "Nils", Role.COORDINATOR, unit="norr")
    theirs = CaseId("case-norr")
    house.done(norr, OpenCase(theirs, "norr", Side.BARNAHUS, "N-1", MONTH))
    house.done(norr, BeginCarrier(theirs, CarrierKind.LETTER, TODAY, None, "Nils", "Inget"))
    house.done(norr, CloseCarrier(theirs, TODAY, "Nils", "Inget"))
    house.clock.now = LATER
    agreed(house)
    assert cull(house.store, MONTH, REFERENCE) is NotCulled.NOT_APPROVED
    house.done(norr, ApproveCulling("norr", MONTH, REFERENCE))
    assert isinstance(cull(house.store, MONTH, REFERENCE), Culling)


def test_an_open_case_stops_the_month_and_a_manager_is_told_which(house: House) -> None:
    one, _ = two(house)
    house.clock.now = datetime(2046, 12, 2, 9, 0, tzinfo=UTC)
    longer, beside = CaseId("case-open"), "BH-7"
    house.done(HANNA, OpenCase(longer, UNIT, Side.BARNAHUS, beside, MONTH))
    house.clock.now = LATER
    assert house.do(one, ApproveCulling(UNIT, MONTH, REFERENCE)) == Withheld(Reason.CONFLICT)
    assert cull(house.store, MONTH, REFERENCE) == StillOpen(MONTH, (longer,))
    (line,) = house.see(one, Cullings(UNIT))
    assert [case.ref for case in line.open] == [beside]
    assert (line.month, line.open_elsewhere, line.ready) == (MONTH, 0, False)
    assert house.ask(HANNA, Cullings(UNIT)) == Withheld(Reason.ROLE)


def test_who_comes_into_a_case_that_is_kept_longer_is_kept_as_long(house: House) -> None:
    house.clock.now = datetime(2046, 3, 2, 9, 0, tzinfo=UTC)
    longer = CaseId("case-longer")
    house.done(HANNA, OpenCase(longer, UNIT, Side.BARNAHUS, "BH-2", "2060-01"))
    house.done(HANNA, replace(enrol("mira", TieId("mira-longer"), TieKind.CHILD), case=longer, person=MIRA))
    assert {row.month for row in house.rows(tables.dek, owner=MIRA)} == {"2060-01"}
    house.clock.now = LATER
    agreed(house)
    assert isinstance(cull(house.store, MONTH, REFERENCE), Culling)
    assert house.see(signed_in(MIRA), MyProfile(MIRA)).name == "Mira"
    assert house.ask(HANNA, WholeEntries(CASE)) == Withheld(Reason.CULLED)
    assert house.see(HANNA, WholeEntries(longer)) == ()


def test_who_works_here_when_the_month_of_her_own_keys_comes_goes_on_working(house: House) -> None:
    house.clock.now = datetime(2036, 3, 2, 9, 0, tzinfo=UTC)
    early = at_work(house, "Elin", Role.MANAGER)
    assert {row.month for row in house.rows(tables.dek, owner=early.id)} == {MONTH}
    house.clock.now = LATER
    agreed(house)
    assert isinstance(cull(house.store, MONTH, REFERENCE), Culling)
    assert {row.month for row in house.rows(tables.dek, owner=early.id)} == {"2057-12"}
    assert house.see(early, Cullings(UNIT)) == ()


def test_a_case_that_is_held_back_is_kept_five_years_more_and_everybody_in_it(house: House) -> None:
    hold = KeepFromCulling(CASE, KeptFor.PLACED, True, "Ines", "N-2046:9")
    assert house.do(HANNA, replace(hold, decided_by=" ")) == Withheld(Reason.INVALID)
    house.done(HANNA, hold)
    assert house.see(two(house)[0], Cullings(UNIT)) == ()
    assert cull(house.store, MONTH, REFERENCE) is NotCulled.NOTHING
    house.clock.now = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    theirs = CaseId("case-beside")
    house.done(HANNA, OpenCase(theirs, UNIT, Side.BARNAHUS, "B-9", MONTH))
    house.done(
        HANNA,
        BeginCarrier(theirs, CarrierKind.LETTER, TODAY, None, "Hanna", "Inget"),
        CloseCarrier(theirs, TODAY, "Hanna", "-"),
    )
    house.clock.now = LATER
    agreed(house)
    done = cull(house.store, MONTH, REFERENCE)
    assert isinstance(done, Culling)
    assert (done.subjects, done.kept) == (1, 5)
    assert house.see(HANNA, WholeEntries(CASE))
    assert house.see(signed_in(MIRA), MyProfile(MIRA)).name == "Mira"
    assert {row.month for row in house.rows(tables.dek, owner=CASE)} == {"2052-01"}


def test_what_came_under_the_month_after_two_agreed_goes_only_when_they_agree_anew(house: House) -> None:
    """The case was held back when they agreed to the one beside it; nobody has agreed to hers."""
    hold = KeepFromCulling(CASE, KeptFor.PLACED, True, "Ines", "N-2046:9")
    house.done(HANNA, hold)
    house.clock.now = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    theirs = CaseId("case-beside")
    house.done(HANNA, OpenCase(theirs, UNIT, Side.BARNAHUS, "B-9", MONTH))
    begun = BeginCarrier(theirs, CarrierKind.LETTER, TODAY, None, "Hanna", "Inget")
    house.done(HANNA, begun, CloseCarrier(theirs, TODAY, "Hanna", "-"))
    house.clock.now = LATER
    ines, omar = agreed(house)
    (line,) = house.see(ines, Cullings(UNIT))
    assert (line.gone, line.ready, [yes.counts for yes in line.said]) == (1, True, [True, True])
    lifted = replace(hold, kept=False)
    assert house.do(HANNA, lifted) == Withheld(Reason.ROLE), "she may hold a case back, and may not let it go"
    house.done(ines, lifted)
    (line,) = house.see(omar, Cullings(UNIT))
    assert (line.gone, line.ready, [yes.counts for yes in line.said]) == (6, False, [False, False])
    assert cull(house.store, MONTH, REFERENCE) is NotCulled.CHANGED
    assert house.see(HANNA, WholeEntries(CASE))
    house.done(omar, ApproveCulling(UNIT, MONTH, REFERENCE))
    assert cull(house.store, MONTH, REFERENCE) is NotCulled.CHANGED, "the other one's yes is still to what lay there"
    house.done(ines, ApproveCulling(UNIT, MONTH, REFERENCE))
    done = cull(house.store, MONTH, REFERENCE)
    assert isinstance(done, Culling)
    assert done.subjects == 6


def test_the_end_of_a_case_moves_its_month_as_the_law_says_and_never_to_an_earlier_one(house: House) -> None:
    months = {row.cull_month for row in house.rows(tables.subject) if row.id in (CASE, MIRA, MOTHER)}
    assert months == {"2046-12"}, "the end of the year in which Mira turns thirty"
    house.clock.now = datetime(2045, 5, 2, 9, 0, tzinfo=UTC)
    day = house.clock.now.date()
    house.done(HANNA, ReopenCarrier(CASE, CarrierKind.INVESTIGATION, day, None, "Hanna", "Ny anmälan"))
    assert {row.month for row in house.rows(tables.dek, owner=CASE)} == {"2050-05"}, "five years after the last note"
    assert house.store.keyring.month("2050-05") is not None
    assert house.see(signed_in(MIRA), MyProfile(MIRA)).name == "Mira"


def test_a_case_is_not_opened_under_a_month_that_has_gone_by(house: House) -> None:
    gone = OpenCase(CaseId("late"), UNIT, Side.BARNAHUS, "BH-3", MONTH)
    assert house.do(HANNA, gone) == Withheld(Reason.INVALID)


def test_culled_is_said_where_a_text_was_and_nothing_breaks(house: House) -> None:
    agreed(house)
    done = cull(house.store, MONTH, REFERENCE)
    assert isinstance(done, Culling)
    assert done.subjects == 5
    for actor, query in QUESTIONS:
        assert house.ask(actor, query) == Withheld(Reason.CULLED)
    assert house.do(HANNA, WriteEntry(CASE, full_entry(name="new"))) == Withheld(Reason.CULLED)
    assert [line.case for line in house.see(HANNA, MyCases(UNIT))] == [CASE]
    assert house.open_codes(CASE) == []
    assert cull(house.store, MONTH, REFERENCE) is NotCulled.NOTHING
    house.store.close()
    with logged(house.url, house.folder, house.clock) as again:
        for actor, query in QUESTIONS:
            assert again.ask(actor, query) == Withheld(Reason.CULLED)


def test_no_byte_of_a_month_key_or_a_data_key_is_left_in_any_file(house: House) -> None:
    wrapped_month = (house.folder / "root.key.d" / f"month+{MONTH}.key").read_bytes()
    month_key = house.store.keyring.month(MONTH) or b""
    plain, wrapped = data_keys(house)
    assert "store.db" in "".join(found(house.folder, wrapped)), "the search finds what is there"
    assert found(house.folder, [wrapped_month]) == [f"month+{MONTH}.key"]
    assert found(house.folder, [month_key, *plain]) == [], "in clear they never were"
    agreed(house)
    sealed = [row.sealed[45:] for row in house.rows(tables.part, owner=CASE)]
    assert isinstance(cull(house.store, MONTH, REFERENCE), Culling)
    assert found(house.folder, [month_key, wrapped_month, *plain, *wrapped]) == []
    assert found(house.folder, sealed) == [], "nor of what they had sealed"
    house.store.close()
    assert found(house.folder, [month_key, wrapped_month, *plain, *wrapped]) == []
    lines = (house.folder / "safety" / FILE).read_text().splitlines()
    assert any(f'"{CASE}"' in line and '"sealed": ""' in line for line in lines)
    assert not any(f'"{CASE}"' in line and '"sealed": ""' not in line for line in lines)


def test_a_copy_from_before_brings_nothing_back(house: House) -> None:
    place, _ = create(house.store, house.folder / "copies", LATER)
    agreed(house)
    assert isinstance(cull(house.store, MONTH, REFERENCE), Culling)
    house.store.close()
    put_back(place, house.url, RESTORED, replace=True)
    with logged(house.url, house.folder, house.clock) as again:
        for actor, query in QUESTIONS:
            assert again.ask(actor, query) == Withheld(Reason.CULLED)
        assert again.rows(tables.part, owner=CASE) == []


def test_killed_between_the_commit_and_the_keys_it_is_finished_at_the_next_start(house: House) -> None:
    """As it lies after a kill: the database says culled, the provider still has the key."""
    agreed(house)
    kept = (house.folder / "root.key.d" / f"month+{MONTH}.key").read_bytes()
    assert isinstance(cull(house.store, MONTH, REFERENCE), Culling)
    house.store.close()
    (house.folder / "root.key.d" / f"month+{MONTH}.gone").unlink()
    (house.folder / "root.key.d" / f"month+{MONTH}.key").write_bytes(kept)
    with logged(house.url, house.folder, house.clock) as again:
        assert again.store.keyring.month(MONTH) is None
        assert replay(again.store).told == 0
    assert not (house.folder / "root.key.d" / f"month+{MONTH}.key").exists()


def test_a_yes_from_before_a_restore_counts_no_more(house: House) -> None:
    """Agreed, copied, taken back, restored: neither what the copy says nor what it lacks brings the yes again."""
    one, other = agreed(house)
    place, _ = create(house.store, house.folder / "copies", LATER)
    house.done(one, WithdrawCulling(UNIT, MONTH))
    house.store.close()
    put_back(place, house.url, RESTORED, replace=True)
    with logged(house.url, house.folder, house.clock) as again:
        replay(again.store)
        assert cull(again.store, MONTH, REFERENCE) is NotCulled.NOT_APPROVED
        again.done(other, ApproveCulling(UNIT, MONTH, REFERENCE))
        assert cull(again.store, MONTH, REFERENCE) is NotCulled.NOT_APPROVED
        again.done(one, ApproveCulling(UNIT, MONTH, REFERENCE))
        assert isinstance(cull(again.store, MONTH, REFERENCE), Culling)


def test_a_yes_is_for_once_and_a_row_that_somebody_wrote_is_none(house: House) -> None:
    house.tamper(tables.meta.insert().values(name=f"cull:{MONTH}", value=f"somebody:{REFERENCE}"))
    assert cull(house.store, MONTH, REFERENCE) is NotCulled.NOT_APPROVED
    one, _ = agreed(house)
    (line,) = house.see(one, Cullings(UNIT))
    assert [(yes.who, yes.mine) for yes in sorted(line.said, key=lambda yes: yes.who)] == [
        ("Ines", True),
        ("Omar", False),
    ]
    assert line.ready
    assert isinstance(cull(house.store, MONTH, REFERENCE), Culling)
    assert house.store.run(lambda tx: approvals(tx, MONTH)) == ()


def test_a_yes_whose_taking_back_was_cut_out_of_the_chain_counts_no_more(house: House) -> None:
    one, _ = agreed(house)
    house.done(one, WithdrawCulling(UNIT, MONTH))
    house.tamper(tables.rule.delete().where(tables.rule.c.subject == one.id, tables.rule.c.n == 3))
    assert cull(house.store, MONTH, REFERENCE) is NotCulled.NOT_APPROVED
