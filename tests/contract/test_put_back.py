"""Somebody with the database's password puts back what was over: a session, a link, a code, a chat, a count."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import delete, insert, update

from storage import _tables as tables
from storage import sign_in
from storage.bindings import find_chat, talk_in
from storage.ceiling import MOST_A_DAY
from storage.commands import AskToBeSent, EndLink
from storage.duties import Duty
from storage.eid import eid_mark, enter_by_eid, wait_for_eid
from storage.letters import decide_letter
from storage.outbox import claim
from storage.payloads import TalkState
from storage.places import end_place, places_of, shut_out
from storage.records import PersonId, RecordId, Role, Side, StaffId, Strength
from storage.sign_in import Attempt, Outcome, hashed
from storage.staff_sign_in import enrol_by_link, tie_account
from storage.staff_sign_in import tying as who_ties
from tests.channels.telegram_house import AMINA, MARIA, MORNING, PHONE, book, consent, settle
from tests.channels.telegram_house import CASE as AID_CASE
from tests.contract.signing_in import STATE, WRONG, accept, attempt, invite, run, strength, with_pin
from tests.storage.family import CASE, MIRA, MOTHER, Family
from tests.storage.house import UNIT, House, signed_in

S, C, P, L = tables.session, tables.secret, tables.part, tables.limiter
NUMBER = "198104022383"


def _row(house: House, table: Any, **where: Any) -> dict[str, Any]:
    (row,) = house.rows(table, **where)
    return dict(row._mapping)


def _put_back(house: House, table: Any, row: dict[str, Any]) -> None:
    """The whole row as it was, with its MAC: from a copy that somebody took before."""
    same = [column == row[column.name] for column in table.primary_key.columns]
    house.tamper(delete(table).where(*same))
    house.tamper(insert(table).values(row))


def _damage(house: House, case: str = MIRA) -> list[str]:
    return [code for code in house.open_codes(case) if code == Duty.INTEGRITY]


# --- sessions ---------------------------------------------------------------------------------------------------------


def _she_leaves(house: House, token: str) -> None:
    run(house, lambda tx: sign_in.leave(tx, token))


def _she_ends_it_from_elsewhere(house: House, _: str) -> None:
    def call(tx: Any) -> None:
        (place,) = places_of(tx, MIRA)
        assert end_place(tx, MIRA, place.name)

    run(house, call)


def _all_of_hers_end(house: House, _: str) -> None:
    run(house, lambda tx: sign_in.end_sessions(tx, MIRA))


@pytest.mark.parametrize("end", [_she_leaves, _she_ends_it_from_elsewhere, _all_of_hers_end])
def test_a_session_that_ended_does_not_come_to_life_by_one_column(
    family: Family, end: Callable[[House, str], None]
) -> None:
    house = family.house
    _, entered = with_pin(house)
    end(house, entered.token)
    assert strength(house, entered.token) is None
    assert _damage(house) == []
    house.tamper(update(S).where(S.c.subject == MIRA).values(ended_at=None))
    assert strength(house, entered.token) is None
    assert _damage(house) == [Duty.INTEGRITY]


def test_nor_as_a_whole_row_with_the_persons_epoch_when_all_of_hers_were_ended(family: Family) -> None:
    house = family.house
    _, entered = with_pin(house)
    kept, person = _row(house, S, token=hashed(entered.token)), _row(house, tables.subject, id=MIRA)
    _all_of_hers_end(house, entered.token)
    _put_back(house, S, kept)
    house.tamper(update(tables.subject).where(tables.subject.c.id == MIRA).values(epoch=person["epoch"]))
    assert strength(house, entered.token) is None
    assert _damage(house) == [Duty.INTEGRITY]


def test_a_session_that_was_left_is_worth_nothing_after_its_rest(family: Family) -> None:
    """What no row can tell is a copy from before: it is good for the five minutes that its rest would have lasted."""
    house = family.house
    _, entered = with_pin(house)
    kept = _row(house, S, token=hashed(entered.token))
    _she_leaves(house, entered.token)
    house.clock.move(minutes=6)
    _put_back(house, S, kept)
    assert strength(house, entered.token) is None


def test_an_epoch_that_was_set_back_does_not_make_the_next_one_an_old_one(family: Family) -> None:
    house = family.house
    _, entered = with_pin(house)
    kept = _row(house, S, token=hashed(entered.token))
    _all_of_hers_end(house, entered.token)
    house.tamper(update(tables.subject).where(tables.subject.c.id == MIRA).values(epoch=kept["epoch"] - 1))
    _all_of_hers_end(house, entered.token)
    assert _row(house, tables.subject, id=MIRA)["epoch"] == kept["epoch"] + 2


def _employ(house: House) -> StaffId:
    return run(
        house, lambda tx: sign_in.employ(tx, "Hanna", "socialsekreterare", UNIT, Side.BARNAHUS, Role.CASE_WORKER)
    )


def test_a_members_of_staff_sessions_that_ended_everywhere_stay_over(house: House) -> None:
    staff = _employ(house)
    link, other = (run(house, lambda tx: sign_in.staff_link(tx, staff)) for _ in "12")
    entered, tying = (
        run(house, lambda tx: sign_in.enter_as_staff(tx, link)),
        run(house, lambda tx: enrol_by_link(tx, other)),
    )
    assert entered is not None
    assert tying is not None
    kept = [_row(house, S, token=hashed(one.token)) for one in (entered, tying)]
    run(house, lambda tx: sign_in.end_sessions(tx, staff))
    for row in kept:
        _put_back(house, S, row)
    assert run(house, lambda tx: sign_in.staff_of(tx, entered.token)) is None
    assert run(house, lambda tx: who_ties(tx, hashed(tying.token))) is None


# --- one-time secrets -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("whole", [False, True], ids=["one column", "the whole row"])
def test_an_invite_that_was_used_is_used(family: Family, whole: bool) -> None:
    house = family.house
    token, code = invite(house, by_letter=True)
    kept = _row(house, C, token=hashed(token))
    house.clock.move(minutes=1)
    assert accept(house, token, code) is not None
    if whole:
        _put_back(house, C, kept)
    else:
        house.tamper(update(C).where(C.c.token == hashed(token)).values(used_at=None))
    assert accept(house, token, code) is None
    assert _damage(house) == [Duty.INTEGRITY]


def test_wrong_codes_that_are_uncounted_burn_the_invite(family: Family) -> None:
    house = family.house
    token, code = invite(house)
    assert accept(house, token, WRONG) is None
    house.tamper(update(C).where(C.c.token == hashed(token)).values(tries=0))
    assert accept(house, token, code) is None
    assert _damage(house) == [Duty.INTEGRITY]


def test_an_invite_goes_on_after_a_wrong_code(family: Family) -> None:
    house = family.house
    token, code = invite(house)
    assert accept(house, token, WRONG) is None
    assert accept(house, token, code) is not None


def test_a_receipt_and_a_code_from_before_open_nothing_beside_the_new_ones(family: Family) -> None:
    house = family.house
    receipt, _ = with_pin(house)
    held, pin = _row(house, C, purpose="receipt", used_at=None), _row(house, P, record=f"{MIRA}.pin")
    house.clock.move(days=1)
    came = accept(house, *invite(house))
    assert came is not None
    new, _ = run(house, lambda tx: sign_in.keep_pin(tx, came.token, MIRA, "another verifier", pictures=False))
    assert run(house, lambda tx: sign_in.person_of_receipt(tx, receipt)) is None
    assert _damage(house) == []
    _put_back(house, C, held)
    assert run(house, lambda tx: sign_in.person_of_receipt(tx, receipt)) is None
    assert run(house, lambda tx: sign_in.person_of_receipt(tx, new)) == MIRA
    assert _damage(house) == [Duty.INTEGRITY]
    assert isinstance(attempt(house), Attempt)
    _put_back(house, P, pin)
    assert attempt(house) is Outcome.UNKNOWN
    assert _damage(house, CASE) == [Duty.INTEGRITY]


def test_what_her_worker_took_for_good_stays_taken(family: Family) -> None:
    house = family.house
    receipt, _ = with_pin(house)
    held, pin = _row(house, C, purpose="receipt", used_at=None), _row(house, P, record=f"{MIRA}.pin")
    house.clock.move(days=1)
    run(house, lambda tx: shut_out(tx, MIRA, for_good=True))
    _put_back(house, C, held)
    house.tamper(insert(P).values(pin))
    assert run(house, lambda tx: sign_in.person_of_receipt(tx, receipt)) is None
    assert attempt(house) is Outcome.UNKNOWN


def test_an_e_id_that_has_let_somebody_in_lets_nobody_in_again(family: Family) -> None:
    house = family.house
    # A minor's case opens to no e-ID at all.
    house.clock.move(days=20 * 365)
    run(house, lambda tx: wait_for_eid(tx, eid_mark(tx, NUMBER).hex(), PersonId(MOTHER), CASE))
    kept = _row(house, C, purpose="eid")
    house.clock.move(minutes=1)
    assert run(house, lambda tx: enter_by_eid(tx, NUMBER, STATE)) is not None
    house.clock.move(minutes=1)
    _put_back(house, C, kept)
    assert run(house, lambda tx: enter_by_eid(tx, NUMBER, STATE)) is None


def test_a_link_that_has_tied_a_way_in_ties_no_other(house: House) -> None:
    staff = _employ(house)
    token = run(house, lambda tx: sign_in.staff_link(tx, staff))
    kept = _row(house, C, token=hashed(token))
    house.clock.move(minutes=1)
    assert run(house, lambda tx: enrol_by_link(tx, token)) is not None
    assert run(house, lambda tx: tie_account(tx, staff, "https://login", "sub-1", staff))
    _put_back(house, C, kept)
    assert run(house, lambda tx: enrol_by_link(tx, token)) is None


# --- counts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("back", [delete(L), update(L).values(tries=0, day_tries=0, until=0)], ids=["gone", "zero"])
def test_a_count_that_is_set_back_again_and_again_ends_at_the_ceiling(family: Family, back: Any) -> None:
    house = family.house
    with_pin(house)
    let = 0
    for _ in range(MOST_A_DAY * 2):
        let += isinstance(attempt(house), Attempt)
        house.tamper(back)
    assert let == MOST_A_DAY
    assert Duty.PIN_LOCKED in house.open_codes(CASE)
    house.clock.move(days=1)
    assert isinstance(attempt(house), Attempt)


# --- chats ------------------------------------------------------------------------------------------------------------


def test_a_chat_that_was_let_go_does_not_speak_for_her_when_its_rows_are_put_back(house: House) -> None:
    settle(house)
    house.done(MARIA, book(MORNING))
    chat, part = (
        _row(house, tables.conversation, person=AMINA, channel="telegram"),
        _row(house, P, record=f"{AMINA}.bound"),
    )
    house.done(signed_in(AMINA), EndLink(AMINA))
    _put_back(house, tables.conversation, chat)
    house.tamper(insert(P).values(part))
    talk = run(house, lambda tx: talk_in(tx, find_chat(tx, PHONE), TalkState("welcome/start", 1, {}), content=True))
    assert (talk.person, talk.strength) == (None, Strength.NONE)
    assert _damage(house, AMINA) == [Duty.INTEGRITY]


def test_nor_is_anything_sent_to_it(house: House) -> None:
    settle(house)
    house.done(MARIA, book(MORNING + timedelta(days=3)))
    part = _row(house, P, record=f"{AMINA}.bound")
    house.done(signed_in(AMINA), EndLink(AMINA))
    house.tamper(insert(P).values(part))
    house.clock.now = MORNING
    house.done(MARIA, consent(), AskToBeSent(AID_CASE, AMINA, RecordId("plan"), MORNING))
    rows = run(house, lambda tx: claim(tx, "w", 9))
    assert AMINA in [row.person for row in rows]
    assert [run(house, partial(decide_letter, row=row, worker="w")) for row in rows] == [None] * len(rows)
    assert _damage(house, AMINA) == [Duty.INTEGRITY]
