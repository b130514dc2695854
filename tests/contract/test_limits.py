"""Guessing: how many tries each code bears, also when a hundred come at once, and what is told to whom."""

from __future__ import annotations

from concurrent.futures import Future
from datetime import timedelta
from typing import Any

import pytest

from storage import _limits, _sessions, claims, sign_in
from storage import _tables as tables
from storage.duties import Duty
from storage.sign_in import Attempt, Outcome
from tests.contract.signing_in import STATE, WRONG, accept, attempt, invite, run, with_pin
from tests.storage.family import CASE, MIRA, Family
from tests.storage.house import House

MANY = 100


def at_once(house: House, call: Any, times: int = MANY) -> list[Any]:
    """The same call many times at once; an exception stands for itself, and lets nobody in."""
    waiting: list[Future[Any]] = [house.store.submit(call) for _ in range(times)]
    return [one.exception() or one.result() for one in waiting]


def duties(house: House, duty: Duty) -> list[Any]:
    return [row for row in house.rows(tables.task) if row.code == duty and row.done_at is None]


# --- the figures of security.md C.6 ---------------------------------------------------------------------------------


def test_the_figures_are_those_that_were_decided() -> None:
    assert sign_in.SPOKEN_TRIES == 5
    assert (5, timedelta(minutes=15), 10) == (_limits.PIN_TRIES, _limits.PIN_REST, _limits.PIN_DAY_TRIES)
    assert (timedelta(minutes=15), timedelta(hours=72)) == (sign_in.INVITE_IN_PERSON, sign_in.INVITE_BY_LETTER)
    assert (timedelta(minutes=5), timedelta(minutes=30)) == (_sessions.CHAT_IDLE, _sessions.CHAT_ABSOLUTE)
    assert (timedelta(minutes=15), timedelta(hours=8)) == (sign_in.STAFF_IDLE, sign_in.STAFF_ABSOLUTE)


def test_a_hundred_pins_at_once_are_five_tries(family: Family) -> None:
    with_pin(family.house)
    found = at_once(family.house, lambda tx: sign_in.attempt_pin(tx, MIRA))
    assert sum(isinstance(one, Attempt) for one in found) == 5
    assert found.count(Outcome.LOCKED) == MANY - 5
    family.house.clock.move(minutes=15)
    found = at_once(family.house, lambda tx: sign_in.attempt_pin(tx, MIRA))
    assert sum(isinstance(one, Attempt) for one in found) == 5
    family.house.clock.move(minutes=15)
    assert attempt(family.house) is Outcome.LOCKED


def test_a_hundred_spoken_codes_at_once_are_five_tries_and_a_worker_is_told(family: Family) -> None:
    house = family.house
    token, code = invite(house)
    found = at_once(house, lambda tx: sign_in.accept_invite(tx, token, WRONG, STATE))
    assert found == [None] * MANY
    secret = next(row for row in house.rows(tables.secret) if row.purpose == "invite")
    assert secret.tries == 5
    assert accept(house, token, code) is None, "both are burnt"
    assert [(row.case_id, row.ref) for row in duties(house, Duty.INVITE_BURNT)] == [(CASE, MIRA)]
    assert accept(house, *invite(house)) is not None, "a new one works"


def test_four_wrong_codes_disturb_nobody(family: Family) -> None:
    token, code = invite(family.house)
    for _ in range(4):
        assert accept(family.house, token, WRONG) is None
    assert duties(family.house, Duty.INVITE_BURNT) == []
    assert accept(family.house, token, code) is not None


def test_a_try_at_an_invite_that_is_over_or_nobodys_costs_a_row_as_a_try_at_one_that_waits_does(family: Family) -> None:
    """What is written to the disk takes its time: without, a slip that somebody found would say whether it is used."""
    house = family.house
    used, code = invite(house)
    assert accept(house, used, code) is not None
    waiting, _ = invite(house)
    before = [house.rows(table) for table in (tables.secret, tables.limiter)]
    for token in (waiting, used, "nobodys", waiting, used, "nobodys"):
        assert accept(house, token, WRONG) is None
        after = [house.rows(table) for table in (tables.secret, tables.limiter)]
        assert after != before, token
        before = after


def test_an_invite_opens_once_when_two_come_at_once(family: Family) -> None:
    token, code = invite(family.house)
    found = at_once(family.house, lambda tx: sign_in.accept_invite(tx, token, code, STATE), 20)
    assert sum(isinstance(one, sign_in.Entered) for one in found) == 1


def test_a_receipt_that_is_guessed_right_still_meets_the_pins_limit(family: Family) -> None:
    """Sixteen digits, and then ten tries a day: whoever guesses the one has the other before her."""
    house = family.house
    receipt, _ = with_pin(house)
    tried = 0
    for _ in range(30):
        person = run(house, lambda tx: sign_in.person_of_receipt(tx, receipt))
        assert person == MIRA
        tried += isinstance(attempt(house, person), Attempt)
        house.clock.move(minutes=16)
    assert tried == 10
    assert len(duties(house, Duty.PIN_LOCKED)) == 1


def test_a_receipt_that_is_nobodys_bears_as_few_tries(house: House) -> None:
    found = at_once(house, lambda tx: sign_in.guess_slot(tx, "nobody:1"))
    assert found.count(True) == 5


def test_a_days_ceiling_holds_when_all_come_at_once(house: House) -> None:
    found = at_once(house, lambda tx: claims.within(tx, "claims sought", 20))
    assert found.count(True) == 20


@pytest.mark.parametrize("table", ["limiter", "secret"])
def test_a_count_that_cannot_be_kept_lets_nobody_in(family: Family, table: str) -> None:
    house = family.house
    with_pin(house)
    token, code = invite(house)
    run(house, lambda tx: tx.conn.exec_driver_sql(f"ALTER TABLE {table} RENAME TO gone") and None)
    try:
        if table == "limiter":
            found = at_once(house, lambda tx: sign_in.attempt_pin(tx, MIRA), 3)
        else:
            found = at_once(house, lambda tx: sign_in.accept_invite(tx, token, code, STATE), 3)
        assert all(isinstance(one, Exception) for one in found)
    finally:
        run(house, lambda tx: tx.conn.exec_driver_sql(f"ALTER TABLE gone RENAME TO {table}") and None)
