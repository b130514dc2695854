"""What nobody did in time climbs to the manager by the clock, once, and comes down when it is done."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.jobs.ticks import JOBS
from storage.commands import AddToClaim, AnswerClaim, Say, SendClaim
from storage.consent import Actor
from storage.duties import Duty
from storage.queries import WorkList
from storage.records import ClaimAnswer, ClaimStage, ProofWay, Role, Side, Strength, claim_of
from tests.storage.claiming import FUNCTION, VISITING, Street, open_street
from tests.storage.family import CASE, HANNA, MIRA, Family
from tests.storage.house import UNIT, House, signed_in

ULLA = Actor("ulla", Strength.STAFF, Side.BARNAHUS, UNIT, Role.MANAGER, "Ulla, enhetschef")


@pytest.fixture
def street(house: House) -> Street:
    """A house in which claims can be made."""
    return open_street(house)


def tick(house: House, times: int = 2) -> None:
    """The clock asks the rows; more than once changes nothing more."""
    for _ in range(times):
        for _, job in JOBS:
            house.store.run(job)


def listed(house: House, about: str) -> list[str]:
    """What the manager's list says of one thing, by its codes."""
    return sorted(line.task.code for line in house.see(ULLA, WorkList(UNIT)) if line.task.case == about)


def test_a_grown_ups_request_climbs_on_the_day_she_was_promised_an_answer(street: Street) -> None:
    house, claim = street.house, street.send()
    (due,) = [row.task.due_at for row in house.see(ULLA, WorkList(UNIT))]
    house.clock.now = due - timedelta(minutes=1)
    tick(house)
    assert listed(house, claim) == [Duty.GROWN_UP]
    house.clock.move(minutes=1)
    tick(house)
    assert listed(house, claim) == [Duty.GROWN_UP, Duty.GROWN_UP_LATE]


def test_a_new_date_brings_it_down_and_the_next_one_lets_it_climb_again(street: Street) -> None:
    house, claim = street.house, street.send()
    house.clock.move(days=9)
    tick(house)
    street.move(claim, ClaimStage.PROVING)
    tick(house)
    assert listed(house, claim) == [Duty.GROWN_UP]
    house.clock.move(days=6)
    tick(house)
    assert listed(house, claim) == [Duty.GROWN_UP, Duty.GROWN_UP_LATE]
    house.done(HANNA, AnswerClaim(claim, ClaimAnswer.UNPROVEN, FUNCTION, ProofWay.IN_PERSON, None))
    assert listed(house, claim) == []


def test_a_request_with_words_of_danger_climbs_when_nobody_took_it_on_within_a_day(street: Street) -> None:
    house, token = street.house, street.begin()
    street.write(token)
    house.done(VISITING, AddToClaim(token, "where", "Jag vill inte leva", "suicide"))
    house.done(VISITING, SendClaim(token, ProofWay.IN_PERSON))
    claim = claim_of(token)
    tick(house)
    assert listed(house, claim) == [Duty.GROWN_UP]
    house.clock.move(days=1)
    tick(house)
    assert listed(house, claim) == [Duty.GROWN_UP, Duty.GROWN_UP_LATE]


def test_a_childs_question_climbs_as_well(family: Family) -> None:
    family.contact()
    house = family.house
    house.done(signed_in(MIRA), Say(CASE, "Hej", None, None))
    house.clock.move(hours=24)
    tick(house)
    assert listed(house, CASE) == [Duty.QUESTION, Duty.QUESTION_LATE]
