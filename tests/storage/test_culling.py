"""Culling by the destruction of keys: by two people, under a reference, and afterwards nothing is left to look for."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage import _tables as tables
from storage._envelope import KEY_BYTES
from storage._sealing import Key
from storage.backup import create, put_back
from storage.commands import OpenCase, Say, WriteEntry
from storage.consent import Reason, Withheld
from storage.culling import Culling, NotCulled, Proposed, cull
from storage.queries import MyCases, MyProfile, MyThread, Sheet, Timeline, WholeEntries
from storage.records import CaseId, Role, Side, TieId, TieKind
from storage.replay import RESTORED, replay
from storage.safety import FILE
from storage.sign_in import dismiss, employ
from tests.storage.family import CASE, HANNA, MIRA, MOTHER, enrol, everyone, full_entry, move_in
from tests.storage.house import UNIT, Clock, House, signed_in
from tests.storage.test_safety import logged

MONTH, REFERENCE = "2046-03", "N-2046:17"
LATER = datetime(2046, 4, 2, 9, 0, tzinfo=UTC)
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
        clock.now = LATER
        yield opened


def two(house: House) -> tuple[str, str]:
    """Two people who work here by then."""
    one, other = (
        house.store.run(lambda tx, name=name: employ(tx, name, "arkivarie", UNIT, Side.BARNAHUS, Role.COORDINATOR))  # type: ignore[misc]
        for name in ("Ines", "Omar")
    )
    return str(one), str(other)


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


def test_it_takes_two_people_a_reference_and_a_month_that_has_ended(house: House) -> None:
    one, other = two(house)
    store = house.store
    assert cull(store, "2046-3", REFERENCE, one) is NotCulled.MONTH
    assert cull(store, "2046-04", REFERENCE, one) is NotCulled.TOO_EARLY
    assert cull(store, MONTH, "by word of mouth", one) is NotCulled.REFERENCE
    assert cull(store, MONTH, REFERENCE, "nobody") is NotCulled.STAFF
    assert cull(store, "2046-01", REFERENCE, one) is NotCulled.NOTHING
    assert isinstance(cull(store, MONTH, REFERENCE, one), Proposed)
    assert cull(store, MONTH, REFERENCE, one) is NotCulled.SAME_PERSON
    assert isinstance(cull(store, MONTH, "another-paper", other), Proposed), "another paper begins anew"
    store.run(lambda tx: dismiss(tx, one))  # type: ignore[arg-type]
    assert cull(store, MONTH, "another-paper", one) is NotCulled.STAFF
    assert house.see(HANNA, WholeEntries(CASE)), "and nothing is gone"


def test_whoever_has_another_case_that_is_kept_longer_loses_nothing(house: House) -> None:
    one, other = two(house)
    house.clock.now = datetime(2046, 3, 2, 9, 0, tzinfo=UTC)
    longer = CaseId("case-longer")
    house.done(HANNA, OpenCase(longer, UNIT, Side.BARNAHUS, "BH-2", "2060-01"))
    house.done(HANNA, replace(enrol("mira", TieId("mira-longer"), TieKind.CHILD), case=longer, person=MIRA))
    house.clock.now = LATER
    for by in (one, other):
        assert cull(house.store, MONTH, REFERENCE, by) is NotCulled.STILL_NEEDED
    assert house.see(signed_in(MIRA), MyProfile(MIRA)).name == "Mira"


def test_culled_is_said_where_a_text_was_and_nothing_breaks(house: House) -> None:
    one, other = two(house)
    cull(house.store, MONTH, REFERENCE, one)
    done = cull(house.store, MONTH, REFERENCE, other)
    assert isinstance(done, Culling)
    assert done.subjects == 5
    for actor, query in QUESTIONS:
        assert house.ask(actor, query) == Withheld(Reason.CULLED)
    assert house.do(HANNA, WriteEntry(CASE, full_entry(name="new"))) == Withheld(Reason.CULLED)
    assert [line.case for line in house.see(HANNA, MyCases(UNIT))] == [CASE]
    assert house.open_codes(CASE) == []
    assert cull(house.store, MONTH, REFERENCE, one) is NotCulled.NOTHING
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
    one, other = two(house)
    sealed = [row.sealed[45:] for row in house.rows(tables.part, owner=CASE)]
    cull(house.store, MONTH, REFERENCE, one)
    assert isinstance(cull(house.store, MONTH, REFERENCE, other), Culling)
    assert found(house.folder, [month_key, wrapped_month, *plain, *wrapped]) == []
    assert found(house.folder, sealed) == [], "nor of what they had sealed"
    house.store.close()
    assert found(house.folder, [month_key, wrapped_month, *plain, *wrapped]) == []
    lines = (house.folder / "safety" / FILE).read_text().splitlines()
    assert any(f'"{CASE}"' in line and '"sealed": ""' in line for line in lines)
    assert not any(f'"{CASE}"' in line and '"sealed": ""' not in line for line in lines)


def test_a_copy_from_before_brings_nothing_back(house: House) -> None:
    place, _ = create(house.store, house.folder / "copies", LATER)
    one, other = two(house)
    cull(house.store, MONTH, REFERENCE, one)
    cull(house.store, MONTH, REFERENCE, other)
    house.store.close()
    put_back(place, house.url, RESTORED, replace=True)
    with logged(house.url, house.folder, house.clock) as again:
        for actor, query in QUESTIONS:
            assert again.ask(actor, query) == Withheld(Reason.CULLED)
        assert again.rows(tables.part, owner=CASE) == []


def test_killed_between_the_commit_and_the_keys_it_is_finished_at_the_next_start(house: House) -> None:
    """As it lies after a kill: the database says culled, the provider still has the key."""
    one, other = two(house)
    kept = (house.folder / "root.key.d" / f"month+{MONTH}.key").read_bytes()
    cull(house.store, MONTH, REFERENCE, one)
    cull(house.store, MONTH, REFERENCE, other)
    house.store.close()
    (house.folder / "root.key.d" / f"month+{MONTH}.gone").unlink()
    (house.folder / "root.key.d" / f"month+{MONTH}.key").write_bytes(kept)
    with logged(house.url, house.folder, house.clock) as again:
        assert again.store.keyring.month(MONTH) is None
        assert replay(again.store).told == 0
    assert not (house.folder / "root.key.d" / f"month+{MONTH}.key").exists()
