"""Sessions of people and of staff: how they end, and that nobody keeps one by keeping its token."""

from __future__ import annotations

from typing import Any

from storage import _tables as tables
from storage import sign_in
from storage.consent import Actor
from storage.queries import Sheet
from storage.records import PersonId, Role, Side, StaffId, Strength
from tests.contract.signing_in import STATE, accept, invite, run, strength, with_pin
from tests.storage.family import CASE, MIRA, Family
from tests.storage.house import UNIT, House

# --- receipts, sessions -----------------------------------------------------------------------------------------------


def _whose(house: House, code: str) -> PersonId | None:
    return run(house, lambda tx: sign_in.person_of_receipt(tx, code))


def test_a_receipt_code_says_whose_it_is_however_it_is_typed(family: Family) -> None:
    house = family.house
    receipt, _ = with_pin(house)
    assert len(receipt) == 16
    for typed in (
        receipt,
        " ".join((receipt[:4], receipt[4:8], receipt[8:12], receipt[12:])),
        f"{receipt[:8]}-{receipt[8:]}",
    ):
        assert _whose(house, typed) == MIRA
    assert run(house, lambda tx: sign_in.person_of_receipt(tx, receipt[:-1])) is None
    assert run(house, lambda tx: sign_in.person_of_receipt(tx, "")) is None


def test_an_invites_token_is_no_receipt_and_no_staff_link(family: Family) -> None:
    token, _ = invite(family.house)
    assert run(family.house, lambda tx: sign_in.person_of_receipt(tx, token)) is None
    assert run(family.house, lambda tx: sign_in.enter_as_staff(tx, token)) is None


def test_a_session_ends_after_five_idle_minutes(family: Family) -> None:
    house = family.house
    _, entered = with_pin(house)
    for _ in range(3):
        house.clock.move(minutes=4)
        assert strength(house, entered.token) is Strength.PIN
    house.clock.move(minutes=5, seconds=1)
    assert strength(house, entered.token) is None


def test_a_session_ends_after_half_an_hour_however_busy(family: Family) -> None:
    house = family.house
    _, entered = with_pin(house)
    for _ in range(10):
        assert strength(house, entered.token) is Strength.PIN
        house.clock.move(minutes=3)
    house.clock.move(seconds=1)
    assert strength(house, entered.token) is None


def test_a_phone_that_is_only_hers_asks_for_the_pin_again_after_a_rest(family: Family) -> None:
    house = family.house
    _, entered = with_pin(house)
    trusted = run(house, lambda tx: sign_in.trust(tx, entered.token, MIRA))
    assert strength(house, entered.token) is None
    assert strength(house, trusted.token) is Strength.PIN
    house.clock.move(hours=5)
    assert strength(house, trusted.token) is Strength.CHANNEL
    house.clock.move(days=91)
    assert strength(house, trusted.token) is None


def test_leaving_ends_the_session_at_once_and_only_that_one(family: Family) -> None:
    house = family.house
    _, entered = with_pin(house)
    other = run(house, lambda tx: sign_in.pend(tx, MIRA, STATE))
    run(house, lambda tx: sign_in.leave(tx, entered.token))
    assert strength(house, entered.token) is None
    assert strength(house, other.token) is Strength.NONE


def test_a_session_kept_behind_the_programs_back_dies_with_the_epoch(family: Family) -> None:
    house = family.house
    _, entered = with_pin(house)
    run(house, lambda tx: sign_in.end_sessions(tx, MIRA))
    house.tamper(tables.session.update().values(ended_at=None))
    assert strength(house, entered.token) is None


def test_a_token_is_replaced_when_its_strength_changes(family: Family) -> None:
    house = family.house
    came = accept(house, *invite(house))
    assert came is not None
    _, chosen = run(house, lambda tx: sign_in.keep_pin(tx, came.token, MIRA, "v", pictures=False))
    known = run(house, lambda tx: sign_in.proven(tx, chosen.token, MIRA))
    assert len({came.token, chosen.token, known.token}) == 3
    assert [strength(house, one.token) for one in (came, chosen, known)] == [None, None, Strength.PIN]


def test_no_token_and_no_code_lies_in_clear(family: Family) -> None:
    house = family.house
    token, code = invite(house)
    receipt, entered = with_pin(house)
    kept = [repr(tuple(row)) for table in tables.metadata.sorted_tables for row in house.rows(table)]
    for secret in (token, code, receipt, entered.token):
        assert not any(secret in line or secret.encode().hex() in line for line in kept)


# --- staff ------------------------------------------------------------------------------------------------------------


def _employ(house: House) -> StaffId:
    return run(
        house,
        lambda tx: sign_in.employ(tx, "Hanna Berg", "socialsekreterare", UNIT, Side.BARNAHUS, Role.CASE_WORKER),
    )


def _staff_session(house: House, staff: StaffId) -> str:
    link = run(house, lambda tx: sign_in.staff_link(tx, staff))
    entered = run(house, lambda tx: sign_in.enter_as_staff(tx, link))
    assert entered is not None
    return entered.token


def _who(house: House, token: str) -> Actor | None:
    return run(house, lambda tx: sign_in.staff_of(tx, token))


def test_a_staff_link_works_once_and_for_a_day(house: House) -> None:
    staff = _employ(house)
    link = run(house, lambda tx: sign_in.staff_link(tx, staff))
    assert run(house, lambda tx: sign_in.enter_as_staff(tx, link)) is not None
    assert run(house, lambda tx: sign_in.enter_as_staff(tx, link)) is None
    late = run(house, lambda tx: sign_in.staff_link(tx, staff))
    house.clock.move(hours=24, seconds=1)
    assert run(house, lambda tx: sign_in.enter_as_staff(tx, late)) is None


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
    token, link = _staff_session(house, staff), run(house, lambda tx: sign_in.staff_link(tx, staff))
    actor = _who(house, token)
    assert actor is not None
    assert house.ask(actor, Sheet(CASE))
    assert run(house, lambda tx: sign_in.dismiss(tx, staff))
    assert _who(house, token) is None
    assert all(row.ended_at is not None for row in house.rows(tables.session, subject=staff))
    entered: Any = run(house, lambda tx: sign_in.enter_as_staff(tx, link))
    assert entered is None or _who(house, entered.token) is None


def test_dismissing_somebody_who_never_worked_here_changes_nothing(house: House) -> None:
    assert not run(house, lambda tx: sign_in.dismiss(tx, StaffId("nobody")))


def test_a_chat_session_is_no_staff_session_and_the_other_way_round(family: Family) -> None:
    house = family.house
    _, entered = with_pin(house)
    assert _who(house, entered.token) is None
    assert strength(house, _staff_session(house, _employ(house))) is None
