"""Claims: begun by anybody, opened by a secret alone, and forgotten when they are not sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from storage import _tables as t
from storage.claims import BEGUN_A_DAY, forget_unsent, token_of, within
from storage.commands import (
    AddToClaim,
    BeginClaim,
    DropClaim,
    KeptNumber,
    SendClaim,
)
from storage.consent import Actor, Reason, Withheld
from storage.duties import Duty
from storage.queries import (
    ClaimDoor,
    MyClaim,
    OneClaim,
    Sheet,
    Timeline,
    WorkList,
)
from storage.records import (
    CLAIM_PART,
    CaseId,
    Channel,
    ClaimId,
    ClaimToken,
    PersonId,
    ProofWay,
    Side,
    Strength,
    claim_of,
)
from storage.sign_in import Outcome, keep_pin, pend
from tests.storage.claiming import TYPED, VISITING, Street, grown_case, open_street
from tests.storage.family import CASE, HANNA, MIRA, MOTHER, move_in
from tests.storage.house import TODAY, UNIT, House, signed_in, worker


@pytest.fixture
def street(house: House) -> Street:
    """A house in which claims can be made."""
    return open_street(house)


@pytest.fixture
def grown(street: Street) -> CaseId:
    """The old case of somebody who is a grown-up today."""
    return grown_case(street.house)


# --- who reaches it ---------------------------------------------------------------------------------------------------


def test_only_the_secret_opens_it_and_its_id_opens_nothing(street: Street) -> None:
    token = street.begin()
    claim = claim_of(token)
    assert street.facts(token).stage is None
    for wrong in (ClaimToken(claim), ClaimToken("0" * 32), ClaimToken(street.numbers["noa"])):
        assert street.house.ask(VISITING, MyClaim(wrong)) == Withheld(Reason.NO_RELATION)
        assert isinstance(street.house.do(VISITING, AddToClaim(wrong, "name", "X")), Withheld)


def test_nobody_who_has_signed_in_reaches_it_even_with_the_secret(street: Street) -> None:
    family = move_in(street.house)
    family.clear()
    token = street.begin()
    for actor in (signed_in(MIRA), signed_in(MOTHER), HANNA, Actor("x", Strength.NONE)):
        assert street.house.ask(actor, MyClaim(token), Channel.WEB) == Withheld(Reason.NO_RELATION)
    assert street.house.ask(VISITING, MyClaim(token), Channel.TELEGRAM) == Withheld(Reason.CHANNEL)


def test_the_words_open_for_the_units_staff_and_for_no_other(street: Street) -> None:
    claim = street.send()
    sheet = street.house.see(HANNA, OneClaim(claim))
    assert sheet.asked == TYPED
    assert sheet.locale == "sv"
    others = (worker("ivo", unit="elsewhere"), worker("maria", side=Side.AID))
    for other in others:
        assert street.house.ask(other, OneClaim(claim)) == Withheld(Reason.OTHER_UNIT)
        assert street.house.see(other, WorkList(str(other.unit))) == ()
    assert street.house.ask(VISITING, OneClaim(claim)) == Withheld(Reason.NO_RELATION)
    assert not any(words in str(street.facts(street.tokens["noa"])) for words in TYPED.values())


def test_a_claim_is_no_case_and_a_case_no_claim(street: Street) -> None:
    move_in(street.house)
    claim = street.send()
    assert street.house.ask(HANNA, Sheet(CaseId(claim))) == Withheld(Reason.NOT_FOUND)
    assert street.house.ask(HANNA, OneClaim(ClaimId(CASE))) == Withheld(Reason.NOT_FOUND)
    assert street.house.ask(signed_in(MIRA), Timeline(CaseId(claim))) == Withheld(Reason.NO_RELATION)


def test_a_number_of_another_making_begins_nothing(street: Street) -> None:
    door = street.house.see(VISITING, ClaimDoor())
    before = street.house.counts()
    for begun in (
        BeginClaim(door.token, "ZZZZZZZZZZ", UNIT, "sv"),
        BeginClaim(ClaimToken("0" * 32), door.number, UNIT, "sv"),
        BeginClaim(door.token, door.number, "nowhere", "sv"),
    ):
        assert street.house.do(VISITING, begun) == Withheld(Reason.INVALID)
    assert street.house.counts() == before


# --- writing ----------------------------------------------------------------------------------------------------------


def test_an_answer_can_be_written_again_until_it_is_sent_and_not_after(street: Street) -> None:
    token = street.begin()
    street.write(token)
    street.house.done(VISITING, AddToClaim(token, "name", "Noa Berg"), SendClaim(token, ProofWay.LETTER))
    assert street.house.do(VISITING, AddToClaim(token, "name", "X")) == Withheld(Reason.CONFLICT)
    assert street.house.do(VISITING, DropClaim(token)) == Withheld(Reason.CONFLICT)
    assert street.house.see(HANNA, OneClaim(claim_of(token))).asked["name"] == "Noa Berg"


def test_what_is_not_a_question_or_too_long_is_not_kept(street: Street) -> None:
    token = street.begin()
    for what, words in (("number", "x"), ("locale", "x"), ("name", ""), ("name", "x" * 501)):
        assert street.house.do(VISITING, AddToClaim(token, what, words)) == Withheld(Reason.INVALID)
    assert street.house.do(VISITING, SendClaim(token, ProofWay.LETTER)) == Withheld(Reason.INVALID)


def test_sending_opens_the_duty_with_its_date_and_an_alarm_makes_it_due_now(street: Street) -> None:
    claim = street.send()
    facts = street.facts(street.tokens["noa"])
    assert facts.next_on == TODAY + timedelta(days=7)
    rows = street.house.see(HANNA, WorkList(UNIT))
    assert [(row.task.code, row.task.case, row.name) for row in rows] == [(Duty.GROWN_UP, claim, TYPED["name"])]
    token = street.begin("other")
    street.write(token)
    street.house.done(VISITING, AddToClaim(token, "where", "jag vill inte leva", "suicide"),
                      SendClaim(token, ProofWay.LETTER))  # fmt: skip
    assert street.facts(token).alarm == "suicide"
    first = street.house.see(HANNA, WorkList(UNIT))[0].task
    assert (first.case, first.due_at) == (claim_of(token), street.house.clock.now)


def test_thrown_away_means_gone_with_its_keys(street: Street) -> None:
    token = street.begin()
    street.write(token)
    street.house.done(VISITING, DropClaim(token))
    claim = claim_of(token)
    assert street.house.rows(t.part, owner=claim) == []
    assert street.house.rows(t.dek, owner=claim) == []
    assert street.house.ask(VISITING, MyClaim(token)) == Withheld(Reason.CULLED)


def test_what_was_not_sent_is_forgotten_after_a_day_and_what_was_sent_is_not(street: Street) -> None:
    sent, unsent = street.send("sent"), claim_of(street.begin("unsent"))
    assert street.house.store.run(forget_unsent) == 0
    street.house.clock.move(days=1, minutes=1)
    assert street.house.store.run(forget_unsent) == 1
    assert street.house.rows(t.part, owner=unsent) == []
    assert street.house.see(HANNA, OneClaim(sent)).asked == TYPED
    assert street.house.store.run(forget_unsent) == 0


def test_an_old_code_tells_the_worker_whose_it_is_and_whoever_wrote_it_nothing(street: Street, grown: CaseId) -> None:
    noa = PersonId("noa")
    began = street.house.store.run(lambda tx: pend(tx, noa, "{}"))
    code, _ = street.house.store.run(lambda tx: keep_pin(tx, began.token, noa, "x", pictures=False))
    told = []
    for name, digits in (("right", code), ("wrong", "1234567812345678")):
        token = street.begin(name)
        street.write(token)
        street.house.done(VISITING, AddToClaim(token, "code", digits))
        assert street.house.do(VISITING, AddToClaim(token, "code", code)) == Withheld(Reason.CONFLICT)
        facts = street.facts(token)
        told.append(replace(facts, number=""))
        street.house.done(VISITING, SendClaim(token, ProofWay.RECEIPT))
    assert told[0] == told[1]
    right, wrong = (street.house.see(HANNA, OneClaim(claim_of(street.tokens[name]))) for name in ("right", "wrong"))
    assert right.code_case is not None
    assert right.code_case.case == grown
    assert (wrong.code_given, wrong.code_case) == (True, None)


# --- the number -------------------------------------------------------------------------------------------------------


def test_the_number_finds_it_however_it_is_written_and_is_shown_until_kept(street: Street) -> None:
    street.send()
    number, token = street.numbers["noa"], street.tokens["noa"]
    assert street.facts(token).number == number
    for n, written in enumerate((number, number.lower(), f" {number[:5]}-{number[5:]} ")):
        found = street.seek(written, f"talk{n}")
        assert (found.outcome, found.token) == (Outcome.OK, token)
    street.house.done(VISITING, KeptNumber(token))
    assert street.facts(token).number == ""


def test_wrong_unsent_and_late_numbers_look_alike(street: Street) -> None:
    street.begin("unsent")
    street.send("late")
    street.house.clock.move(days=731)
    outcomes = {
        (found.outcome, found.token)
        for n, number in enumerate(("ZZZZZZZZZZ", "", street.numbers["unsent"], street.numbers["late"]))
        if (found := street.seek(number, f"talk{n}"))
    }
    assert outcomes == {(Outcome.WRONG, None)}
    assert street.house.ask(VISITING, MyClaim(street.tokens["late"])) == Withheld(Reason.NO_RELATION)


def test_guessing_rests_and_then_the_right_number_waits_too(street: Street) -> None:
    street.send()
    for n in range(5):
        assert street.seek(f"ZZZZZZZZZ{n}").outcome is Outcome.WRONG
    assert street.seek(street.numbers["noa"]).outcome is Outcome.LOCKED
    street.house.clock.move(minutes=16)
    assert street.seek(street.numbers["noa"]).outcome is Outcome.OK


def test_no_row_holds_the_number_or_its_secret(street: Street) -> None:
    street.send()
    number, token = street.numbers["noa"].encode(), street.tokens["noa"].encode()
    for table in t.metadata.sorted_tables:
        for row in street.house.rows(table):
            for value in row:
                raw = value if isinstance(value, bytes) else str(value).encode()
                assert number not in raw, table.name
                assert token not in raw, table.name


def test_a_ceiling_for_everybody_closes_the_door_and_opens_it_the_next_day(street: Street) -> None:
    def fill(tx: Any) -> bool:
        return all(within(tx, f"claims begun:{UNIT}", BEGUN_A_DAY) for _ in range(BEGUN_A_DAY))

    assert street.house.store.run(fill)
    door = street.house.see(VISITING, ClaimDoor())
    begun = BeginClaim(door.token, door.number, UNIT, "sv")
    assert street.house.do(VISITING, begun) == Withheld(Reason.CONFLICT)
    assert street.house.rows(t.subject, sort="claim") == []
    street.house.clock.move(days=1)
    street.house.done(VISITING, begun)


def test_the_secret_is_made_of_the_number_by_a_key_that_is_not_in_the_database(street: Street) -> None:
    number = "0123456789"
    here = street.house.store.run(lambda tx: token_of(tx, number))
    assert len(here) == 32
    assert street.house.store.run(lambda tx: token_of(tx, "01234 56789")) == here
    assert {row.compartment for row in street.house.rows(t.part, owner=claim_of(street.begin()))} == {
        CLAIM_PART,
        "staff",
    }
