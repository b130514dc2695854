"""Keys: where they live, what is refused at the start, and what is left when one is destroyed."""

from __future__ import annotations

import base64
import sqlite3
import stat
from pathlib import Path

import pytest
from sqlalchemy import delete, text

from storage import _tables as tables
from storage import sign_in
from storage._sealing import Key, Tampered
from storage.commands import Say, SetProfile, WriteEntry
from storage.consent import Reason, Withheld
from storage.keys import STANDING_NAMES, FileKeys, KeyMissing, Keyring, WrongRoot
from storage.payloads import TalkState
from storage.queries import MyCases, MyProfile, MyThread, Sheet, Timeline, WholeEntries
from storage.sign_in import Outcome
from storage.talks import open_talk, state_text
from tests.storage.family import CASE, HANNA, MIRA, MOTHER, Family, everyone, full_entry, move_in
from tests.storage.house import UNIT, House, open_house, signed_in

MONTH = "2046-03"


def _keys(folder: Path, *, make: bool = True) -> FileKeys:
    return FileKeys(folder / "root.key", make=make)


# --- the file provider ------------------------------------------------------------------------------------------------


def test_a_first_start_makes_the_root_and_the_standing_keys_for_their_owner_alone(tmp_path: Path) -> None:
    ring = Keyring(_keys(tmp_path))
    files = [tmp_path / "root.key", *(tmp_path / "root.key.d").iterdir()]
    assert len(files) == 1 + len(STANDING_NAMES)
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "root.key.d").stat().st_mode) == 0o700
    assert len({ring[name] for name in STANDING_NAMES}) == len(STANDING_NAMES)


def test_the_next_start_finds_the_same_keys(tmp_path: Path) -> None:
    first, second = Keyring(_keys(tmp_path)), Keyring(_keys(tmp_path, make=False))
    assert {name: first[name] for name in STANDING_NAMES} == {name: second[name] for name in STANDING_NAMES}


def test_no_key_lies_in_clear_beside_the_root(tmp_path: Path) -> None:
    ring = Keyring(_keys(tmp_path))
    content = b"".join(file.read_bytes() for file in (tmp_path / "root.key.d").iterdir())
    assert not any(ring[name] in content for name in STANDING_NAMES)


def test_no_root_where_one_should_be_is_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(KeyMissing, match=r"There is no root key at .*root\.key"):
        _keys(tmp_path, make=False)
    assert list(tmp_path.iterdir()) == []


def test_another_installations_root_opens_nothing(tmp_path: Path) -> None:
    Keyring(_keys(tmp_path))
    (tmp_path / "root.key").write_bytes(base64.b64encode(bytes(32)))
    with pytest.raises(WrongRoot, match="does not open the key"):
        Keyring(_keys(tmp_path))


@pytest.mark.parametrize("content", [b"", b"AAAA", b"not base64 at all!", bytes(range(256)), b"\xff\xfe"])
def test_a_damaged_root_is_said_plainly(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "root.key").write_bytes(content)
    with pytest.raises(WrongRoot):
        _keys(tmp_path)


def test_a_root_without_an_end_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    (tmp_path / "root.key").symlink_to("/dev/zero")
    with pytest.raises(WrongRoot, match="32 bytes"):
        _keys(tmp_path)


@pytest.mark.parametrize("damage", [lambda raw: raw[:-1], lambda raw: raw[:5], lambda raw: b"", lambda raw: raw + b"x"])
def test_a_damaged_key_file_is_said_plainly(tmp_path: Path, damage: object) -> None:
    Keyring(_keys(tmp_path))
    file = tmp_path / "root.key.d" / "mac.key"
    file.write_bytes(damage(file.read_bytes()))  # type: ignore[operator]
    with pytest.raises(WrongRoot, match="'mac'"):
        Keyring(_keys(tmp_path))


def test_one_key_renamed_as_another_is_refused(tmp_path: Path) -> None:
    Keyring(_keys(tmp_path))
    folder = tmp_path / "root.key.d"
    (folder / "mac.key").write_bytes((folder / "audit.key").read_bytes())
    with pytest.raises(WrongRoot, match="'mac'"):
        Keyring(_keys(tmp_path))


def test_two_programs_that_make_the_same_key_end_with_one(tmp_path: Path) -> None:
    one, two = _keys(tmp_path), _keys(tmp_path)
    assert one.create("month:2046-03") == two.create("month:2046-03")


def test_a_destroyed_key_is_gone_for_every_later_start(tmp_path: Path) -> None:
    provider = _keys(tmp_path)
    ring = Keyring(provider)
    ring.ensure_month(MONTH)
    assert ring.month(MONTH) is not None
    ring.destroy_month(MONTH)
    ring.destroy_month(MONTH)
    assert ring.month(MONTH) is None
    assert Keyring(_keys(tmp_path)).month(MONTH) is None


# --- culling ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def full(file_house: House) -> Family:
    """Mira's case in a file, with a card, a message and a PIN."""
    family = move_in(file_house)
    family.contact()
    family.clear()
    family.write(full_entry("trial", releases=everyone()))
    file_house.done(signed_in(MIRA), Say(CASE, "hej", None, None))
    return family


def test_when_its_month_is_destroyed_a_case_is_culled_and_nothing_breaks(full: Family) -> None:
    house = full.house
    house.store.keyring.destroy_month(MONTH)
    house.store.smith.forget()
    for actor, query in (
        (signed_in(MIRA), Timeline(CASE)),
        (signed_in(MIRA), MyThread(CASE)),
        (signed_in(MIRA), MyProfile(MIRA)),
        (signed_in(MOTHER), Timeline(CASE)),
        (HANNA, Sheet(CASE)),
        (HANNA, WholeEntries(CASE)),
    ):
        assert house.ask(actor, query) == Withheld(Reason.CULLED)
    assert house.do(HANNA, WriteEntry(CASE, full_entry(name="new"))) == Withheld(Reason.CULLED)
    assert house.do(signed_in(MIRA), SetProfile(MIRA, "en")) == Withheld(Reason.CULLED)
    assert "f1" not in house.open_codes(CASE)
    assert [(line.case, line.ref) for line in house.see(HANNA, MyCases(UNIT))] == [(CASE, "")]


def test_the_memory_of_keys_does_not_outlive_their_month(full: Family) -> None:
    """Without being told to forget: the cache goes by the month's key."""
    house = full.house
    house.see(signed_in(MIRA), Timeline(CASE))
    house.store.keyring.destroy_month(MONTH)
    assert house.ask(signed_in(MIRA), Timeline(CASE)) == Withheld(Reason.CULLED)


def test_a_culled_person_who_gives_her_pin_is_unknown_and_nothing_breaks(full: Family) -> None:
    house = full.house
    state = state_text(TalkState("welcome/start", 1, {}))
    token, code = house.store.run(lambda tx: sign_in.make_invite(tx, MIRA, CASE, by_letter=False))
    came = house.store.run(lambda tx: sign_in.accept_invite(tx, token, code, state))
    assert came is not None
    _, chosen = house.store.run(lambda tx: sign_in.keep_pin(tx, came.token, MIRA, "v", pictures=False))
    house.store.keyring.destroy_month(MONTH)
    assert house.store.run(lambda tx: sign_in.attempt_pin(tx, MIRA)) is Outcome.UNKNOWN
    talk = house.store.run(lambda tx: open_talk(tx, chosen.token, write=True))
    assert talk is None or talk.profile is None


def test_after_a_restart_with_the_month_gone_it_is_culled_still(full: Family) -> None:
    house = full.house
    house.store.keyring.destroy_month(MONTH)
    house.store.close()
    with open_house(house.url, house.folder) as again:
        assert again.ask(signed_in(MIRA), Timeline(CASE)) == Withheld(Reason.CULLED)
        assert again.ask(HANNA, Sheet(CASE)) == Withheld(Reason.CULLED)


def test_a_new_case_of_another_month_is_untouched(full: Family) -> None:
    house = full.house
    house.carry_in("noa")
    house.store.keyring.destroy_month(MONTH)
    assert house.carry_in("noa").changed == 0
    lines = {line.ref for line in house.see(HANNA, MyCases(UNIT))}
    assert lines == {"", "BH-2012-022"}


def test_no_bytes_of_a_deleted_data_key_are_left_in_the_file(full: Family) -> None:
    house = full.house
    wrapped = [row.wrapped for row in house.rows(tables.dek, owner=CASE)]
    store_file = house.folder / "store.db"
    _truncate(house)
    assert all(one in store_file.read_bytes() for one in wrapped)
    house.tamper(delete(tables.dek).where(tables.dek.c.owner == CASE))
    _truncate(house)
    left = b"".join(file.read_bytes() for file in house.folder.glob("store.db*"))
    assert not any(one in left for one in wrapped)
    assert not any(one[n : n + 24] in left for one in wrapped for n in range(0, len(one) - 24, 24))


def test_without_its_data_key_a_part_is_culled_and_not_an_exception(full: Family) -> None:
    house = full.house
    house.tamper(delete(tables.dek).where(tables.dek.c.owner == CASE, tables.dek.c.compartment == "child"))
    assert house.ask(signed_in(MIRA), Timeline(CASE)) == Withheld(Reason.CULLED)
    assert len(house.see(HANNA, WholeEntries(CASE))) == 1


def test_a_data_key_of_another_owner_or_compartment_does_not_unwrap(full: Family) -> None:
    house = full.house
    (row,) = house.rows(tables.dek, owner=CASE, compartment="child")
    smith = house.store.smith
    smith.forget()
    assert isinstance(smith.unwrap(row.wrapped, CASE, "child", MONTH), Key)
    for owner, compartment in ((CASE, "staff"), ("case-other", "child")):
        with pytest.raises(Tampered):
            smith.unwrap(row.wrapped, owner, compartment, MONTH)


def test_sqlite_keeps_what_it_is_told_about_safety(full: Family) -> None:
    pragmas = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1, "trusted_schema": 0}
    found = full.house.store.run(
        lambda tx: {name: tx.conn.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas}
    )
    assert found == pragmas


def _truncate(house: House) -> None:
    """A truncating checkpoint, by a connection of its own between two of the store's transactions."""
    house.store.run(lambda tx: tx.conn.execute(text("SELECT 1")).scalar())
    connection = sqlite3.connect(house.folder / "store.db")
    try:
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        assert busy == 0
    finally:
        connection.close()
