"""Proving who one is: invites and spoken codes, PINs and their rests, receipts, staff links, sessions and their ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar

import pytest

from storage import _tables as tables
from storage import sign_in
from storage._sql import Tx
from storage.commands import Unlock
from storage.consent import Actor
from storage.payloads import TalkState
from storage.pins import hash_pin, is_pin, pin_fits
from storage.queries import Sheet
from storage.records import PersonId, Role, Side, StaffId, Strength
from storage.sign_in import Attempt, Entered, Outcome
from storage.talks import open_talk, state_text
from tests.storage.family import CASE, HANNA, MIRA, MOTHER, Family
from tests.storage.house import UNIT, House, open_house

T = TypeVar("T")
STATE = state_text(TalkState("welcome/start", 1, {}))
WRONG = "ZZZZZZZZ"


def _run(house: House, call: Callable[[Tx], T]) -> T:
    return house.store.run(call)


def _invite(house: House, person: PersonId = MIRA, *, by_letter: bool = False) -> tuple[str, str]:
    return _run(house, lambda tx: sign_in.make_invite(tx, person, CASE, by_letter=by_letter))


def _accept(house: House, token: str, code: str) -> Entered | None:
    return _run(house, lambda tx: sign_in.accept_invite(tx, token, code, STATE))


def _strength(house: House, token: str) -> Strength | None:
    """How sure the house is of whoever brings this token; None when the session is over."""

    def call(tx: Tx) -> Strength | None:
        talk = open_talk(tx, token, write=True)
        return talk.strength if talk else None

    return _run(house, call)


def _with_pin(house: House) -> tuple[str, Entered]:
    """Mira has come by an invite, chosen a PIN and given it: her receipt code and her session."""
    came = _accept(house, *_invite(house))
    assert came is not None
    receipt, chosen = _run(house, lambda tx: sign_in.keep_pin(tx, came.token, MIRA, "verifier", pictures=False))
    return receipt, _run(house, lambda tx: sign_in.proven(tx, chosen.token, MIRA))


def _attempt(house: House, person: PersonId = MIRA) -> Attempt | Outcome:
    return _run(house, lambda tx: sign_in.attempt_pin(tx, person))


# --- invites ----------------------------------------------------------------------------------------------------------


def test_an_invite_opens_once_with_its_spoken_code(family: Family) -> None:
    token, code = _invite(family.house)
    entered = _accept(family.house, token, code)
    assert entered is not None
    assert entered.person == MIRA
    assert _strength(family.house, entered.token) is Strength.CHANNEL
    assert _accept(family.house, token, code) is None


def test_a_wrong_code_an_unknown_token_and_a_used_invite_look_alike(family: Family) -> None:
    token, code = _invite(family.house)
    assert _accept(family.house, token, WRONG) is None
    assert _accept(family.house, "not a token", code) is None
    assert _accept(family.house, token, "") is None


@pytest.mark.parametrize(("by_letter", "lives"), [(False, timedelta(minutes=15)), (True, timedelta(hours=72))])
def test_an_invite_lives_as_long_as_it_says(family: Family, by_letter: bool, lives: timedelta) -> None:
    early, late = _invite(family.house, by_letter=by_letter), _invite(family.house, MOTHER, by_letter=by_letter)
    family.house.clock.move(seconds=lives.total_seconds())
    assert _accept(family.house, *early) is not None
    family.house.clock.move(seconds=1)
    assert _accept(family.house, *late) is None


def test_five_wrong_codes_burn_token_and_code(family: Family) -> None:
    token, code = _invite(family.house)
    for _ in range(4):
        assert _accept(family.house, token, WRONG) is None
    assert _accept(family.house, token, code) is not None
    token, code = _invite(family.house)
    for _ in range(5):
        assert _accept(family.house, token, WRONG) is None
    assert _accept(family.house, token, code) is None


def test_a_new_invite_ends_the_one_before(family: Family) -> None:
    first, second = _invite(family.house), _invite(family.house)
    assert _accept(family.house, *first) is None
    assert _accept(family.house, *second) is not None


def test_a_new_invite_taken_ends_every_session_before(family: Family) -> None:
    before = _accept(family.house, *_invite(family.house))
    assert before is not None
    assert _accept(family.house, *_invite(family.house)) is not None
    assert _strength(family.house, before.token) is None


@pytest.mark.parametrize(
    "said",
    [
        lambda code: code.lower(),
        lambda code: f"{code[:4]} {code[4:]}",
        lambda code: f" {code[:4]}-{code[4:]} ",
        lambda code: code.replace("0", "O").replace("1", "I"),
        lambda code: code.replace("0", "o").replace("1", "l").replace("V", "u"),
    ],
    ids=["small letters", "with a space", "with a dash", "O for 0, I for 1", "o, l and u"],
)
def test_a_spoken_code_may_be_heard_and_typed_in_many_ways(family: Family, said: Callable[[str], str]) -> None:
    for _ in range(6):
        token, code = _invite(family.house)
        assert _accept(family.house, token, said(code)) is not None


def test_a_spoken_code_has_no_sign_that_can_be_misheard_for_another() -> None:
    signs = {sign for _ in range(300) for sign in sign_in.spoken_code()}
    assert not signs & set("OILU")
    assert len(signs) == 32


# --- PINs -------------------------------------------------------------------------------------------------------------


def test_five_tries_then_a_rest_of_a_quarter_of_an_hour(family: Family) -> None:
    house = family.house
    _with_pin(house)
    assert [isinstance(_attempt(house), Attempt) for _ in range(5)] == [True] * 5
    assert _attempt(house) is Outcome.LOCKED
    house.clock.move(minutes=15)
    assert isinstance(_attempt(house), Attempt)


def test_ten_tries_in_a_day_lock_until_a_worker_opens(family: Family) -> None:
    house = family.house
    _with_pin(house)
    for _ in range(2):
        assert all(isinstance(_attempt(house), Attempt) for _ in range(5))
        house.clock.move(minutes=16)
    assert _attempt(house) is Outcome.LOCKED
    house.clock.move(days=30)
    assert _attempt(house) is Outcome.LOCKED
    house.done(HANNA, Unlock(CASE, MIRA))
    assert isinstance(_attempt(house), Attempt)


def test_one_slip_a_day_never_locks_anybody_out(family: Family) -> None:
    house = family.house
    _with_pin(house)
    for _ in range(30):
        assert isinstance(_attempt(house), Attempt)
        house.clock.move(days=1)


def test_an_address_that_guessed_too_often_may_try_again_the_next_day(house: House) -> None:
    """Nobody can open it, so it opens by itself: a library's address serves many people."""
    for _ in range(2):
        assert all(_run(house, lambda tx: sign_in.guess_slot(tx, "address:1")) for _ in range(5))
        house.clock.move(minutes=16)
    assert not _run(house, lambda tx: sign_in.guess_slot(tx, "address:1"))
    assert _run(house, lambda tx: sign_in.guess_slot(tx, "address:2"))
    house.clock.move(days=1)
    assert _run(house, lambda tx: sign_in.guess_slot(tx, "address:1"))


def test_the_right_pin_forgets_the_wrong_ones(family: Family) -> None:
    house = family.house
    _, entered = _with_pin(house)
    for _ in range(4):
        for _ in range(4):
            assert isinstance(_attempt(house), Attempt)
        entered = _run(house, lambda tx, token=entered.token: sign_in.proven(tx, token, MIRA))


def test_the_limiter_outlives_the_program(family: Family) -> None:
    house = family.house
    _with_pin(house)
    for _ in range(5):
        _attempt(house)
    if house.url == "sqlite://":
        assert _attempt(house) is Outcome.LOCKED
        return
    house.store.close()
    with open_house(house.url, house.folder, house.clock) as again:
        assert _attempt(again) is Outcome.LOCKED


def test_a_limiter_row_that_cannot_be_written_lets_nobody_try(family: Family) -> None:
    house = family.house
    _with_pin(house)
    _run(house, lambda tx: tx.conn.exec_driver_sql("ALTER TABLE limiter RENAME TO limiter_gone") and None)
    with pytest.raises(Exception, match="limiter"):
        _attempt(house)
    _run(house, lambda tx: tx.conn.exec_driver_sql("ALTER TABLE limiter_gone RENAME TO limiter") and None)


def test_somebody_without_a_pin_and_somebody_unknown_look_alike(family: Family) -> None:
    assert _attempt(family.house) is Outcome.UNKNOWN
    assert _attempt(family.house, PersonId("nobody")) is Outcome.UNKNOWN


def test_a_new_pin_replaces_the_old_one_and_ends_every_session(family: Family) -> None:
    house = family.house
    receipt, entered = _with_pin(house)
    newer, chosen = _run(house, lambda tx: sign_in.keep_pin(tx, entered.token, MIRA, "newer", pictures=True))
    assert _attempt(house) == Attempt(MIRA, "newer", True)
    assert _strength(house, entered.token) is None
    assert _strength(house, chosen.token) is Strength.CHANNEL
    assert _run(house, lambda tx: sign_in.person_of_receipt(tx, receipt)) is None
    assert _run(house, lambda tx: sign_in.person_of_receipt(tx, newer)) == MIRA


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


# --- receipts, sessions -----------------------------------------------------------------------------------------------


def test_a_receipt_code_says_whose_it_is_however_it_is_typed(family: Family) -> None:
    house = family.house
    receipt, _ = _with_pin(house)
    assert len(receipt) == 16
    for typed in (receipt, " ".join((receipt[:4], receipt[4:8], receipt[8:12], receipt[12:])), f"{receipt[:8]}-{receipt[8:]}"):
        assert _run(house, lambda tx, typed=typed: sign_in.person_of_receipt(tx, typed)) == MIRA
    assert _run(house, lambda tx: sign_in.person_of_receipt(tx, receipt[:-1])) is None
    assert _run(house, lambda tx: sign_in.person_of_receipt(tx, "")) is None


def test_an_invites_token_is_no_receipt_and_no_staff_link(family: Family) -> None:
    token, _ = _invite(family.house)
    assert _run(family.house, lambda tx: sign_in.person_of_receipt(tx, token)) is None
    assert _run(family.house, lambda tx: sign_in.enter_as_staff(tx, token)) is None


def test_a_session_ends_after_five_idle_minutes(family: Family) -> None:
    house = family.house
    _, entered = _with_pin(house)
    for _ in range(3):
        house.clock.move(minutes=4)
        assert _strength(house, entered.token) is Strength.PIN
    house.clock.move(minutes=5, seconds=1)
    assert _strength(house, entered.token) is None


def test_a_session_ends_after_half_an_hour_however_busy(family: Family) -> None:
    house = family.house
    _, entered = _with_pin(house)
    for _ in range(10):
        assert _strength(house, entered.token) is Strength.PIN
        house.clock.move(minutes=3)
    house.clock.move(seconds=1)
    assert _strength(house, entered.token) is None


def test_a_phone_that_is_only_hers_asks_for_the_pin_again_after_a_rest(family: Family) -> None:
    house = family.house
    _, entered = _with_pin(house)
    trusted = _run(house, lambda tx: sign_in.trust(tx, entered.token, MIRA))
    assert _strength(house, entered.token) is None
    assert _strength(house, trusted.token) is Strength.PIN
    house.clock.move(hours=5)
    assert _strength(house, trusted.token) is Strength.CHANNEL
    house.clock.move(days=91)
    assert _strength(house, trusted.token) is None


def test_leaving_ends_the_session_at_once_and_only_that_one(family: Family) -> None:
    house = family.house
    _, entered = _with_pin(house)
    other = _run(house, lambda tx: sign_in.pend(tx, MIRA, STATE))
    _run(house, lambda tx: sign_in.leave(tx, entered.token))
    assert _strength(house, entered.token) is None
    assert _strength(house, other.token) is Strength.NONE


def test_a_session_kept_behind_the_programs_back_dies_with_the_epoch(family: Family) -> None:
    house = family.house
    _, entered = _with_pin(house)
    _run(house, lambda tx: sign_in.end_sessions(tx, MIRA))
    house.tamper(tables.session.update().values(ended_at=None))
    assert _strength(house, entered.token) is None


def test_a_token_is_replaced_when_its_strength_changes(family: Family) -> None:
    house = family.house
    came = _accept(house, *_invite(house))
    assert came is not None
    _, chosen = _run(house, lambda tx: sign_in.keep_pin(tx, came.token, MIRA, "v", pictures=False))
    known = _run(house, lambda tx: sign_in.proven(tx, chosen.token, MIRA))
    assert len({came.token, chosen.token, known.token}) == 3
    assert [_strength(house, one.token) for one in (came, chosen, known)] == [None, None, Strength.PIN]


def test_no_token_and_no_code_lies_in_clear(family: Family) -> None:
    house = family.house
    token, code = _invite(house)
    receipt, entered = _with_pin(house)
    kept = [repr(tuple(row)) for table in tables.metadata.sorted_tables for row in house.rows(table)]
    for secret in (token, code, receipt, entered.token):
        assert not any(secret in line or secret.encode().hex() in line for line in kept)


# --- staff ------------------------------------------------------------------------------------------------------------


def _employ(house: House) -> StaffId:
    return _run(
        house,
        lambda tx: sign_in.employ(tx, "Hanna Berg", "socialsekreterare", UNIT, Side.BARNAHUS, Role.CASE_WORKER),
    )


def _staff_session(house: House, staff: StaffId) -> str:
    link = _run(house, lambda tx: sign_in.staff_link(tx, staff))
    entered = _run(house, lambda tx: sign_in.enter_as_staff(tx, link))
    assert entered is not None
    return entered.token


def _who(house: House, token: str) -> Actor | None:
    return _run(house, lambda tx: sign_in.staff_of(tx, token))


def test_a_staff_link_works_once_and_for_a_day(house: House) -> None:
    staff = _employ(house)
    link = _run(house, lambda tx: sign_in.staff_link(tx, staff))
    assert _run(house, lambda tx: sign_in.enter_as_staff(tx, link)) is not None
    assert _run(house, lambda tx: sign_in.enter_as_staff(tx, link)) is None
    late = _run(house, lambda tx: sign_in.staff_link(tx, staff))
    house.clock.move(hours=24, seconds=1)
    assert _run(house, lambda tx: sign_in.enter_as_staff(tx, late)) is None


def test_a_member_of_staff_is_known_by_unit_side_role_and_name(house: House) -> None:
    staff = _employ(house)
    actor = _who(house, _staff_session(house, staff))
    assert actor == Actor(staff, Strength.STAFF, Side.BARNAHUS, UNIT, Role.CASE_WORKER, "Hanna Berg, socialsekreterare")


def test_a_staff_session_ends_after_a_quarter_of_an_hour_of_rest_and_after_a_day_of_work(house: House) -> None:
    staff = _employ(house)
    token = _staff_session(house, staff)
    house.clock.move(minutes=15, seconds=1)
    assert _who(house, token) is None
    token = _staff_session(house, staff)
    for _ in range(48):
        assert _who(house, token) is not None
        house.clock.move(minutes=10)
    house.clock.move(seconds=1)
    assert _who(house, token) is None


def test_a_dismissed_member_of_staff_is_out_at_once_and_links_no_longer_help(family: Family) -> None:
    house = family.house
    staff = _employ(house)
    token, link = _staff_session(house, staff), _run(house, lambda tx: sign_in.staff_link(tx, staff))
    actor = _who(house, token)
    assert actor is not None
    assert house.ask(actor, Sheet(CASE))
    assert _run(house, lambda tx: sign_in.dismiss(tx, staff))
    assert _who(house, token) is None
    entered: Any = _run(house, lambda tx: sign_in.enter_as_staff(tx, link))
    assert entered is None or _who(house, entered.token) is None


def test_dismissing_somebody_who_never_worked_here_changes_nothing(house: House) -> None:
    assert not _run(house, lambda tx: sign_in.dismiss(tx, StaffId("nobody")))


def test_a_chat_session_is_no_staff_session_and_the_other_way_round(family: Family) -> None:
    house = family.house
    _, entered = _with_pin(house)
    assert _who(house, entered.token) is None
    assert _strength(house, _staff_session(house, _employ(house))) is None
