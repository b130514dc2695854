"""Claims at the worker's desk: moved on, found to be about a case, and answered once it is clear who asks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from storage import _tables as t
from storage import _tables as tables
from storage.commands import (
    AnswerClaim,
    ConnectClaim,
    MoveClaim,
    OpenCase,
    RefuseEntry,
    ReleaseEntry,
    TakeBack,
)
from storage.consent import Reason, Withheld
from storage.duties import Duty
from storage.queries import (
    FindForClaim,
    MyRefusals,
    Timeline,
)
from storage.records import (
    CaseId,
    ClaimAnswer,
    ClaimStage,
    ProofWay,
    ReaderClass,
    Refusal,
    RefusalGround,
    Side,
    claim_of,
)
from tests.storage.claiming import FUNCTION, Street, grown_case, open_street
from tests.storage.family import CASE, HANNA, full_entry, move_in, release
from tests.storage.house import TODAY, House, signed_in, worker


@pytest.fixture
def street(house: House) -> Street:
    """A house in which claims can be made."""
    return open_street(house)


@pytest.fixture
def grown(street: Street) -> CaseId:
    """The old case of somebody who is a grown-up today."""
    return grown_case(street.house)


# --- the worker -------------------------------------------------------------------------------------------------------


def test_the_stages_move_forward_each_with_its_function_and_date(street: Street) -> None:
    claim, token = street.send(), street.tokens["noa"]
    street.move(claim, ClaimStage.PROVING, ProofWay.LETTER)
    facts = street.facts(token)
    assert (facts.stage, facts.way, facts.function) == (ClaimStage.PROVING, ProofWay.LETTER, FUNCTION)
    street.move(claim, ClaimStage.LOOKING)
    back = MoveClaim(claim, ClaimStage.PROVING, FUNCTION, TODAY + timedelta(days=3), ProofWay.LETTER)
    assert street.house.do(HANNA, back) == Withheld(Reason.CONFLICT)
    late = MoveClaim(claim, ClaimStage.LOOKING, FUNCTION, TODAY, ProofWay.LETTER)
    assert street.house.do(HANNA, late) == Withheld(Reason.INVALID)
    assert street.house.open_codes(claim) == [Duty.GROWN_UP]


def test_a_stage_that_is_saved_twice_is_one_line_and_another_day_is_a_new_one(street: Street) -> None:
    claim, token = street.send(), street.tokens["noa"]
    street.move(claim, ClaimStage.PROVING)
    since, lines = street.facts(token).at, len(street.house.rows(tables.rule, subject=claim))
    street.house.clock.move(minutes=1)
    street.move(claim, ClaimStage.PROVING)
    assert (street.facts(token).at, len(street.house.rows(tables.rule, subject=claim))) == (since, lines)
    assert street.house.open_codes(claim) == [Duty.GROWN_UP]
    street.house.clock.move(days=1)
    street.move(claim, ClaimStage.PROVING)
    assert len(street.house.rows(tables.rule, subject=claim)) == lines + 1


def test_an_unsent_claim_can_not_be_moved_or_answered(street: Street) -> None:
    claim = claim_of(street.begin())
    moved = MoveClaim(claim, ClaimStage.LOOKING, FUNCTION, TODAY + timedelta(days=3), ProofWay.IN_PERSON)
    assert street.house.do(HANNA, moved) == Withheld(Reason.CONFLICT)
    assert street.house.do(HANNA, AnswerClaim(claim, ClaimAnswer.UNPROVEN, FUNCTION)) == Withheld(Reason.CONFLICT)


@pytest.mark.parametrize("answer", [ClaimAnswer.NOTHING, ClaimAnswer.CULLED, ClaimAnswer.REFUSED])
def test_what_there_is_is_told_to_nobody_who_has_not_shown_who_she_is(street: Street, answer: ClaimAnswer) -> None:
    claim, token = street.send(), street.tokens["noa"]
    ground = RefusalGround.INVESTIGATION if answer is ClaimAnswer.REFUSED else None
    given = AnswerClaim(claim, answer, FUNCTION, None, ground)
    assert street.house.do(HANNA, given) == Withheld(Reason.STRENGTH)
    street.move(claim, ClaimStage.PROVING)
    assert street.house.do(HANNA, given) == Withheld(Reason.STRENGTH)
    street.move(claim, ClaimStage.LOOKING)
    street.house.done(HANNA, given)
    facts = street.facts(token)
    assert (facts.answer, facts.ground, facts.who, facts.function) == (answer, ground, HANNA.label, FUNCTION)
    assert facts.next_on is None
    assert street.house.open_codes(claim) == []
    assert street.house.do(HANNA, given) == Withheld(Reason.CONFLICT)


def test_who_could_not_be_proven_gets_an_answer_that_says_nothing(street: Street) -> None:
    claim = street.send()
    street.house.done(HANNA, AnswerClaim(claim, ClaimAnswer.UNPROVEN, FUNCTION))
    assert street.facts(street.tokens["noa"]).answer is ClaimAnswer.UNPROVEN


def test_each_entry_is_decided_about_before_she_is_let_in(street: Street, grown: CaseId) -> None:
    house, claim = street.house, street.send()
    street.move(claim, ClaimStage.LOOKING)
    let_in = AnswerClaim(claim, ClaimAnswer.RELEASED, FUNCTION, ProofWay.IN_PERSON)
    assert house.do(HANNA, let_in) == Withheld(Reason.INVALID)
    house.done(HANNA, ConnectClaim(claim, grown))
    assert house.do(HANNA, let_in) == Withheld(Reason.CONFLICT)
    one, two, three = (full_entry("social_measure", f"entry-{n}").id for n in range(3))
    assert house.do(HANNA, RefuseEntry(grown, one, RefusalGround.REPORTER)) == Withheld(Reason.CONFLICT)
    house.done(HANNA, RefuseEntry(grown, two, RefusalGround.REPORTER), RefuseEntry(grown, three, RefusalGround.CARE))
    noa = signed_in("noa")
    assert {item.id for item in house.see(noa, Timeline(grown)).items} == {one}
    assert set(house.see(noa, MyRefusals(grown))) == {
        Refusal(HANNA.label, ground, TODAY) for ground in (RefusalGround.REPORTER, RefusalGround.CARE)
    }
    house.done(HANNA, ReleaseEntry(grown, three, release(ReaderClass.CHILD)))
    assert {item.id for item in house.see(noa, Timeline(grown)).items} == {one, three}
    assert len(house.see(noa, MyRefusals(grown))) == 1
    house.done(HANNA, let_in)
    assert street.facts(street.tokens["noa"]).way is ProofWay.IN_PERSON


def test_a_refusal_opens_no_duty_to_tell_and_is_gone_with_a_take_back(street: Street, grown: CaseId) -> None:
    entry = full_entry("social_measure", "entry-1").id
    assert entry in {row.ref for row in street.house.rows(t.task, case_id=grown) if row.done_at is None}
    street.house.done(HANNA, RefuseEntry(grown, entry, RefusalGround.CARE))
    assert entry not in {row.ref for row in street.house.rows(t.task, case_id=grown) if row.done_at is None}
    street.house.done(HANNA, TakeBack(grown, entry, "Fel ärende."))
    assert street.house.see(signed_in("noa"), MyRefusals(grown)) == ()


def test_a_child_is_never_refused(street: Street) -> None:
    family = move_in(street.house)
    entry = family.write(full_entry("social_measure"))
    assert street.house.do(HANNA, RefuseEntry(CASE, entry.id, RefusalGround.CARE)) == Withheld(Reason.INVALID)


def test_a_culled_case_is_found_as_culled_and_can_not_be_connected(street: Street, grown: CaseId) -> None:
    claim = street.send()
    found = street.house.see(HANNA, FindForClaim(claim, "BH-2012-022"))
    assert ([line.case for line in found.cases], found.culled) == ([grown], False)
    assert street.house.see(HANNA, FindForClaim(claim, "Nobody")).cases == ()
    street.house.store.keyring.destroy_month("2046-03")
    street.house.store.smith.forget()
    found = street.house.see(HANNA, FindForClaim(claim, "BH-2012-022"))
    assert (found.cases, found.culled) == ((), True)
    assert street.house.do(HANNA, ConnectClaim(claim, grown)) == Withheld(Reason.CULLED)
    street.move(claim, ClaimStage.LOOKING)
    street.house.done(HANNA, AnswerClaim(claim, ClaimAnswer.CULLED, FUNCTION))
    assert street.facts(street.tokens["noa"]).answer is ClaimAnswer.CULLED


def test_another_units_case_can_not_be_connected(street: Street) -> None:
    claim, other = street.send(), worker("ivo", unit="elsewhere")
    far = CaseId("case-far")
    street.house.done(other, OpenCase(far, "elsewhere", Side.BARNAHUS, "BH-9", "2046-03"))
    assert street.house.do(HANNA, ConnectClaim(claim, far)) == Withheld(Reason.OTHER_UNIT)
