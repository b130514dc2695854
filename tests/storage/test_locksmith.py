"""The locksmith: a data key opens by what stands in its row and by nothing else, whether it is remembered or not."""

from __future__ import annotations

import gc
import shutil
from pathlib import Path

import pytest

from storage._sealing import Culled, Key, Locksmith, Moved, Remembered, Tampered, number_of
from storage.keys import FileKeys, Keyring, MonthKeyMissing

MONTH = "2046-03"
HERS = ("case-mira", "child", MONTH)


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    """The keys of a house that has one month."""
    keys = Keyring(FileKeys(tmp_path / "root", make=True))
    keys.ensure_month(MONTH)
    return keys


def bound(number: int) -> bytes:
    """What a wrapped data key is bound to, as the description of the envelope says."""
    fields = ("", "dek", MONTH, "case-mira", "child", "1", str(number))
    return b"".join(len(raw).to_bytes(4, "big") + raw for raw in (field.encode() for field in fields))


def opened(keyring: Keyring, number: int, wrapped: bytes) -> bytes:
    """The data key out of its wrap, with nothing of the locksmith's."""
    assert wrapped[:4] == bytes([0, 0, 0, number])
    raw = keyring.month_key(MONTH, number)
    assert raw is not None
    return Key(raw).open(wrapped[4:], bound(number))


def test_a_wrap_is_the_number_of_its_key_and_an_envelope_that_says_so_too(keyring: Keyring) -> None:
    smith = Locksmith(keyring)
    first, key = smith.make(*HERS)
    assert number_of(first) == 1
    plain = opened(keyring, 1, first)
    assert len(plain) == 32
    assert Key(plain).open(key.seal(b"Elias", b""), b"") == b"Elias"
    keyring.replace_month(MONTH)
    second = smith.rewrap(first, *HERS)
    assert number_of(second) == 2
    assert opened(keyring, 2, second) == plain, "the same data key, under the newer one"
    assert number_of(smith.make(*HERS)[0]) == 2


def test_a_wrap_opens_in_its_own_row_only(keyring: Keyring) -> None:
    smith = Locksmith(keyring)
    wrapped, _ = smith.make(*HERS)
    keyring.ensure_month("2046-04")
    keyring.replace_month(MONTH)
    elsewhere = (("case-other", "child", MONTH), ("case-mira", "staff", MONTH), ("case-mira", "child", "2046-04"))
    for place in elsewhere:
        with pytest.raises(Tampered):
            smith.unwrap(wrapped, *place)
    with pytest.raises(Tampered):
        smith.unwrap(bytes([0, 0, 0, 2]) + wrapped[4:], *HERS)


def test_what_was_opened_once_is_at_hand_until_everything_is_forgotten(keyring: Keyring) -> None:
    smith = Locksmith(keyring)
    wrapped, key = smith.make(*HERS)
    audits = smith.standing("audit")
    smith.chains.keep("read", ("rules",))
    assert smith.unwrap(wrapped, *HERS) is key
    assert smith.standing("audit") is audits
    smith.forget()
    again = smith.unwrap(wrapped, *HERS)
    assert again is not key
    assert again.open(key.seal(b"Elias", b""), b"") == b"Elias"
    assert smith.unwrap(wrapped, *HERS) is again
    assert smith.standing("audit") is not audits
    assert smith.chains.get("read") is None


def test_the_oldest_of_so_many_keys_is_let_go_and_no_other(keyring: Keyring) -> None:
    """The memory has an end: 4096 data keys, and the chains of 1024 subjects."""
    smith = Locksmith(keyring)
    made = [smith.make(*HERS) for _ in range(4096)]
    assert smith.unwrap(made[0][0], *HERS) is made[0][1]
    made.append(smith.make(*HERS))
    at_hand = [smith.unwrap(wrapped, *HERS) is key for wrapped, key in (made[1], made[-1], made[0])]
    assert at_hand == [True, True, False]
    for number in range(1025):
        smith.chains.keep(number, (number,))
    assert [smith.chains.get(number) for number in (0, 1, 1024)] == [None, (1,), (1024,)]


def test_the_one_not_asked_for_longest_is_forgotten_first() -> None:
    memory: Remembered[str] = Remembered(2)
    memory.keep("a", "A")
    memory.keep("b", "B")
    assert (memory.get("a"), memory.get("b")) == ("A", "B")
    assert memory.get("a") == "A"
    memory.keep("c", "C")
    assert [memory.get(one) for one in "abc"] == ["A", None, "C"]
    memory.clear()
    assert [memory.get(one) for one in "abc"] == [None, None, None]


def test_a_month_that_has_no_key_asks_for_one_to_be_made(keyring: Keyring) -> None:
    with pytest.raises(MonthKeyMissing) as asked:
        Locksmith(keyring).make("case-mira", "child", "2046-05")
    assert (asked.value.month, asked.value.make) == ("2046-05", True)


def test_a_number_nobody_knows_is_looked_for_once_and_then_no_key_of_ours(keyring: Keyring) -> None:
    smith = Locksmith(keyring)
    wrapped, _ = smith.make(*HERS)
    foreign = bytes([0, 0, 0, 7]) + wrapped[4:]
    with pytest.raises(MonthKeyMissing) as asked:
        smith.unwrap(foreign, *HERS)
    assert (asked.value.month, asked.value.make, asked.value.number) == (MONTH, False, 7)
    keyring.find(asked.value)
    with pytest.raises(Tampered):
        smith.unwrap(foreign, *HERS)


def test_a_destroyed_month_is_culled_though_it_was_open_a_moment_ago(keyring: Keyring) -> None:
    smith = Locksmith(keyring)
    wrapped, _ = smith.make(*HERS)
    raw = keyring.month_key(MONTH, 1)
    keyring.destroy_month(MONTH)
    for locksmith in (smith, smith.with_rows_that_move()):
        with pytest.raises(Culled):
            locksmith.unwrap(wrapped, *HERS)
        with pytest.raises(Culled):
            locksmith.rewrap(wrapped, *HERS)
    assert [one for one in gc.get_referrers(raw) if isinstance(one, tuple)] == [], "nor is it kept ready any more"


def test_a_key_that_was_replaced_and_destroyed_may_have_left_its_row_behind(keyring: Keyring) -> None:
    """Beside others who commit, a row that was read has perhaps moved; where nobody else commits, it is gone."""
    smith = Locksmith(keyring)
    wrapped, key = smith.make(*HERS)
    beside = smith.with_rows_that_move()
    assert beside.unwrap(wrapped, *HERS) is key, "the same memory"
    keyring.replace_month(MONTH)
    keyring.destroy_number(MONTH, 1)
    with pytest.raises(Moved):
        beside.unwrap(wrapped, *HERS)
    with pytest.raises(Culled):
        smith.unwrap(wrapped, *HERS)


def test_a_month_key_that_was_put_back_as_another_one_is_taken_as_it_is_now(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    keyring = Keyring(FileKeys(here / "root", make=True))
    shutil.copytree(here, there)
    before = set((here / "root.d").iterdir())
    keyring.ensure_month(MONTH)
    (lies,) = set((here / "root.d").iterdir()) - before
    other = FileKeys(there / "root").create(f"month:{MONTH}")
    smith = Locksmith(keyring)
    smith.make(*HERS)
    lies.unlink()
    keyring.refresh()
    shutil.copy(there / "root.d" / lies.name, lies)
    keyring.refresh()
    assert keyring.month(MONTH) == other
    wrapped, _ = smith.make(*HERS)
    assert len(Key(other).open(wrapped[4:], bound(1))) == 32
