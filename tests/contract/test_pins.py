"""PINs: tries, rests and locks that outlive the program; receipts; nothing that helps a guesser."""

from __future__ import annotations

import pytest

from storage import sign_in
from storage.commands import Unlock
from storage.pins import hash_pin, is_pin, pin_fits
from storage.records import PersonId, Strength
from storage.sign_in import Attempt, Entered, Outcome
from tests.contract.signing_in import attempt, run, strength, with_pin
from tests.storage.family import CASE, HANNA, MIRA, Family
from tests.storage.house import House, open_house

# --- PINs -------------------------------------------------------------------------------------------------------------


def test_five_tries_then_a_rest_of_a_quarter_of_an_hour(family: Family) -> None:
    house = family.house
    with_pin(house)
    assert [isinstance(attempt(house), Attempt) for _ in range(5)] == [True] * 5
    assert attempt(house) is Outcome.LOCKED
    house.clock.move(minutes=15)
    assert isinstance(attempt(house), Attempt)


def test_ten_tries_in_a_day_lock_until_a_worker_opens(family: Family) -> None:
    house = family.house
    with_pin(house)
    for _ in range(2):
        assert all(isinstance(attempt(house), Attempt) for _ in range(5))
        house.clock.move(minutes=16)
    assert attempt(house) is Outcome.LOCKED
    house.clock.move(days=30)
    assert attempt(house) is Outcome.LOCKED
    house.done(HANNA, Unlock(CASE, MIRA))
    assert isinstance(attempt(house), Attempt)


def test_one_slip_a_day_never_locks_anybody_out(family: Family) -> None:
    house = family.house
    with_pin(house)
    for _ in range(30):
        assert isinstance(attempt(house), Attempt)
        house.clock.move(days=1)


def test_an_address_that_guessed_too_often_may_try_again_the_next_day(house: House) -> None:
    """Nobody can open it, so it opens by itself: a library's address serves many people."""
    for _ in range(2):
        assert all(run(house, lambda tx: sign_in.guess_slot(tx, "address:1")) for _ in range(5))
        house.clock.move(minutes=16)
    assert not run(house, lambda tx: sign_in.guess_slot(tx, "address:1"))
    assert run(house, lambda tx: sign_in.guess_slot(tx, "address:2"))
    house.clock.move(days=1)
    assert run(house, lambda tx: sign_in.guess_slot(tx, "address:1"))


def _proven(house: House, entered: Entered) -> Entered:
    return run(house, lambda tx: sign_in.proven(tx, entered.token, MIRA))


def test_the_right_pin_forgets_the_wrong_ones(family: Family) -> None:
    house = family.house
    _, entered = with_pin(house)
    for _ in range(4):
        for _ in range(4):
            assert isinstance(attempt(house), Attempt)
        entered = _proven(house, entered)


def test_the_limiter_outlives_the_program(family: Family) -> None:
    house = family.house
    with_pin(house)
    for _ in range(5):
        attempt(house)
    if house.url == "sqlite://":
        assert attempt(house) is Outcome.LOCKED
        return
    house.store.close()
    with open_house(house.url, house.folder, house.clock) as again:
        assert attempt(again) is Outcome.LOCKED


def test_a_limiter_row_that_cannot_be_written_lets_nobody_try(family: Family) -> None:
    house = family.house
    with_pin(house)
    run(house, lambda tx: tx.conn.exec_driver_sql("ALTER TABLE limiter RENAME TO limiter_gone") and None)
    with pytest.raises(Exception, match="limiter"):
        attempt(house)
    run(house, lambda tx: tx.conn.exec_driver_sql("ALTER TABLE limiter_gone RENAME TO limiter") and None)


def test_somebody_without_a_pin_and_somebody_unknown_look_alike(family: Family) -> None:
    assert attempt(family.house) is Outcome.UNKNOWN
    assert attempt(family.house, PersonId("nobody")) is Outcome.UNKNOWN


def test_a_new_pin_replaces_the_old_one_and_ends_every_session(family: Family) -> None:
    house = family.house
    receipt, entered = with_pin(house)
    newer, chosen = run(house, lambda tx: sign_in.keep_pin(tx, entered.token, MIRA, "newer", pictures=True))
    assert attempt(house) == Attempt(MIRA, "newer", True)
    assert strength(house, entered.token) is None
    assert strength(house, chosen.token) is Strength.CHANNEL
    assert run(house, lambda tx: sign_in.person_of_receipt(tx, receipt)) is None
    assert run(house, lambda tx: sign_in.person_of_receipt(tx, newer)) == MIRA


def test_a_pin_fits_its_own_verifier_only() -> None:
    verifier = hash_pin(b"pepper", "493817")
    assert pin_fits(b"pepper", "493817", verifier)
    assert not pin_fits(b"pepper", "493818", verifier)
    assert not pin_fits(b"another pepper", "493817", verifier)
    assert "493817" not in verifier


@pytest.mark.parametrize(
    ("code", "pictures", "fits"),
    [("493817", False, True), ("000000", False, False), ("123456", False, False), ("654321", False, False),
     ("12345", False, False), ("12345a", False, False), ("acegik", True, True), ("abcdef", True, False),
     ("acegim", True, False), ("", False, False), ("٤٩٣٨١٧", False, False)],
)  # fmt: skip
def test_what_may_be_a_pin(code: str, pictures: bool, fits: bool) -> None:
    assert is_pin(code, pictures=pictures) is fits
