"""A worker shuts a person's ways in, at once and everywhere; she sees where she is signed in and ends it there."""

from __future__ import annotations

import pytest

from storage import _tables as tables
from storage import sign_in
from storage.commands import EndPlace, Invite, ShutSignIn, Unlock
from storage.consent import Actor, Reason, Withheld
from storage.queries import MyPlaces, Place
from storage.records import PersonId, Shutting, Strength
from storage.sign_in import Attempt, Outcome
from tests.contract.signing_in import STATE, accept, attempt, invite, run, strength, with_pin
from tests.storage.family import CASE, HANNA, MIRA, MOTHER, Family
from tests.storage.house import House, signed_in, worker

SHUT = (Shutting.SUSPEND, Shutting.SEAL)


def places(house: House, person: PersonId = MIRA) -> tuple[Place, ...]:
    return house.see(signed_in(person), MyPlaces(person))


def come_back(house: House, receipt: str) -> sign_in.Entered:
    """On another phone, with the receipt and the PIN."""
    person = run(house, lambda tx: sign_in.person_of_receipt(tx, receipt))
    assert person is not None
    pended = run(house, lambda tx: sign_in.pend(tx, person, STATE))
    assert isinstance(attempt(house, person), Attempt)
    return run(house, lambda tx: sign_in.proven(tx, pended.token, person))


@pytest.mark.parametrize("how", SHUT)
def test_what_is_open_is_over_at_the_next_request_and_nothing_opens(family: Family, how: Shutting) -> None:
    house = family.house
    receipt, entered = with_pin(house)
    other = come_back(house, receipt)
    waiting = invite(house)
    assert [strength(house, one.token) for one in (entered, other)] == [Strength.PIN] * 2
    house.done(HANNA, ShutSignIn(CASE, MIRA, how))
    assert [strength(house, one.token) for one in (entered, other)] == [None, None]
    assert accept(house, *waiting) is None
    assert attempt(house) is Outcome.LOCKED
    assert house.do(HANNA, Invite(CASE, MIRA)) == Withheld(Reason.CONFLICT)


def test_suspended_and_opened_again_she_comes_back_with_what_she_had(family: Family) -> None:
    house = family.house
    receipt, _ = with_pin(house)
    house.done(HANNA, ShutSignIn(CASE, MIRA, Shutting.SUSPEND))
    house.done(HANNA, ShutSignIn(CASE, MIRA, Shutting.OPEN))
    assert strength(house, come_back(house, receipt).token) is Strength.PIN


def test_sealed_and_opened_again_she_needs_a_new_invite(family: Family) -> None:
    house = family.house
    receipt, _ = with_pin(house)
    house.done(HANNA, ShutSignIn(CASE, MIRA, Shutting.SEAL))
    house.done(HANNA, ShutSignIn(CASE, MIRA, Shutting.OPEN))
    assert run(house, lambda tx: sign_in.person_of_receipt(tx, receipt)) is None
    assert attempt(house) is Outcome.UNKNOWN
    assert not run(house, lambda tx: sign_in.has_pin(tx, MIRA))
    came = accept(house, *invite(house))
    assert came is not None
    assert strength(house, came.token) is Strength.CHANNEL


def test_a_session_that_was_kept_open_behind_the_programs_back_is_shut_too(family: Family) -> None:
    """The rule stands in her chain; to open the row of a session again does not help."""
    house = family.house
    _, entered = with_pin(house)
    house.done(HANNA, ShutSignIn(CASE, MIRA, Shutting.SUSPEND))
    was = max(row.epoch for row in house.rows(tables.session, subject=MIRA))
    house.tamper(tables.session.update().values(ended_at=None))
    house.tamper(tables.subject.update().where(tables.subject.c.id == MIRA).values(epoch=was))
    assert strength(house, entered.token) is None


def test_a_pin_that_was_being_tried_when_it_was_shut_opens_nothing(family: Family) -> None:
    house = family.house
    with_pin(house)
    pended = run(house, lambda tx: sign_in.pend(tx, MIRA, STATE))
    assert isinstance(attempt(house), Attempt)
    house.done(HANNA, ShutSignIn(CASE, MIRA, Shutting.SUSPEND))
    slow = run(house, lambda tx: sign_in.proven(tx, pended.token, MIRA))
    assert strength(house, slow.token) is None


def test_one_persons_shutting_is_nobody_elses(family: Family) -> None:
    house = family.house
    came = accept(house, *invite(house, MOTHER))
    house.done(HANNA, ShutSignIn(CASE, MIRA, Shutting.SUSPEND))
    assert came is not None
    assert strength(house, came.token) is Strength.CHANNEL


def test_only_her_own_worker_can(family: Family) -> None:
    house = family.house
    _, entered = with_pin(house)
    for who in (worker("ivo", unit="elsewhere"), signed_in(MOTHER), signed_in(MIRA), Actor("visitor", Strength.NONE)):
        assert not house.do(who, ShutSignIn(CASE, MIRA, Shutting.SUSPEND))
    assert house.do(HANNA, ShutSignIn(CASE, PersonId("stranger"), Shutting.SUSPEND)) == Withheld(Reason.NO_RELATION)
    assert strength(house, entered.token) is Strength.PIN


def test_whoever_forgot_her_pin_meets_her_worker_and_chooses_a_new_one(family: Family) -> None:
    """Recovery is in person: locked, then met, then invited; the old PIN and the old receipt are worth nothing."""
    house = family.house
    family.contact()
    receipt, _ = with_pin(house)
    for _ in range(2):
        assert all(isinstance(attempt(house), Attempt) for _ in range(5))
        house.clock.move(minutes=16)
    assert attempt(house) is Outcome.LOCKED
    house.done(HANNA, Unlock(CASE, MIRA), Invite(CASE, MIRA))
    came = accept(house, *invite(house))
    assert came is not None
    newer, chosen = run(house, lambda tx: sign_in.keep_pin(tx, came.token, MIRA, "newer", pictures=True))
    assert attempt(house) == Attempt(MIRA, "newer", True)
    assert run(house, lambda tx: sign_in.person_of_receipt(tx, receipt)) is None
    assert run(house, lambda tx: sign_in.person_of_receipt(tx, newer)) == MIRA
    assert strength(house, chosen.token) is Strength.CHANNEL


# --- where am I signed in ---------------------------------------------------------------------------------------------


def test_she_sees_where_she_is_signed_in_and_ends_one_of_them(family: Family) -> None:
    house = family.house
    receipt, entered = with_pin(house)
    house.clock.move(minutes=1)
    other = come_back(house, receipt)
    found = places(house)
    assert [one.since for one in found] == sorted((one.since for one in found), reverse=True)
    assert len(found) == 2
    house.done(signed_in(MIRA), EndPlace(MIRA, found[1].name))
    assert [strength(house, one.token) for one in (entered, other)] == [None, Strength.PIN]
    assert len(places(house)) == 1
    assert house.do(signed_in(MIRA), EndPlace(MIRA, found[1].name)) == Withheld(Reason.NOT_FOUND)


def test_nobody_ends_or_sees_anothers_and_before_the_pin_nothing_is_said(family: Family) -> None:
    house = family.house
    _, entered = with_pin(house)
    name = places(house)[0].name
    assert not house.do(signed_in(MOTHER), EndPlace(MIRA, name))
    assert house.do(signed_in(MOTHER), EndPlace(MOTHER, name)) == Withheld(Reason.NOT_FOUND)
    early = Actor(MIRA, Strength.CHANNEL)
    assert house.ask(early, MyPlaces(MIRA)) == Withheld(Reason.STRENGTH)
    assert house.do(early, EndPlace(MIRA, name)) == Withheld(Reason.STRENGTH)
    assert strength(house, entered.token) is Strength.PIN
    assert entered.token not in name
