"""The rule told by its ties: what each sort of person reaches, what shuts her out, and which refusal is said first."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from storage.consent import Actor, AskedEntry, Grant, Question
from storage.queries import Purpose, Reach, Shape
from storage.records import Authority, Channel, Leave, PersonId, Side, Strength, TieId, TieKind
from storage.rules import Consented, Protected, Rule, Tied
from tests.storage.family import CASE, LAWYER, LAWYERS, MIRA, MIRAS, MOTHER
from tests.storage.house import signed_in, worker
from tests.storage.rule_words import (
    CLEARED_MOTHER,
    MEETINGS,
    START,
    STORY,
    THREAD,
    WORK,
    Told,
    asked,
    blocked,
    good_for_her,
    lawyer,
    mira,
    secrecy,
    why,
)

HERS = Told((mira(), good_for_her()))
AMINA = Told(
    (Tied(TieId("tie-amina"), MIRA, TieKind.RECIPIENT, START, None, "Maria", born=date(1990, 5, 1)),), Side.AID
)
HIDDEN = Protected("hanna", True)
SIXTEEN, EIGHTEEN = date(2010, 11, 23), date(2008, 11, 23)
FIFTEEN, NOT_FIFTEEN = date(2011, 11, 23), date(2011, 11, 24)


def let_in(kind: TieKind) -> tuple[Rule, ...]:
    """Alma, and Mira's yes to her."""
    alma = PersonId("alma")
    return (
        Tied(TieId("tie-alma"), alma, kind, START, None, "Hanna", born=date(1990, 1, 1)),
        Consented("yes-mira", MIRA, MIRA, "share_shared", "own_story", None, START, None, to=alma),
    )


@pytest.mark.parametrize("purpose", [Purpose.OWN_CHOICES, Purpose.OWN_ACCESS_LOG, Purpose.OWN_MEETINGS])
def test_what_is_hers_in_the_case_is_open_to_her(purpose: Purpose) -> None:
    assert why(asked(MIRA, HERS, Question(CASE, purpose, Reach.STORY))) == "yes"
    assert why(asked(MIRA, HERS, THREAD)) == "yes"


def test_she_reads_what_every_authority_shares_and_her_representative_what_is_of_the_crime() -> None:
    told = CLEARED_MOTHER.then(lawyer())
    for one in Authority:
        assert why(asked(MIRA, told, replace(STORY, part=f"shared:{one}"))) == "yes"
    assert why(asked(LAWYER, told, replace(STORY, part=f"guardian:{LAWYERS}"))) == "yes"
    treated, heard = (AskedEntry(one) for one in (Authority.TREATMENT, Authority.POLICE))
    assert why(asked(LAWYER, told, replace(STORY, entry=treated))) == "part"
    assert why(asked(LAWYER, told, replace(STORY, entry=heard))) != "part"


@pytest.mark.parametrize(
    ("kind", "verdict"),
    [
        (TieKind.READER, "embargo"),
        (TieKind.SAFETY, "embargo"),
        (TieKind.TREATMENT, "embargo"),
        (TieKind.COUNSEL, "yes"),
    ],
)
def test_whom_an_embargo_shuts_out(kind: TieKind, verdict: str) -> None:
    told = Told((mira(SIXTEEN), *let_in(kind)))
    assert why(asked("alma", told.then(good_for_her()))) == "yes"
    assert why(asked("alma", told.then(good_for_her(embargo=True)))) == verdict


def test_that_she_is_grown_lifts_the_embargo_for_herself_and_for_nobody_else() -> None:
    told = Told((mira(EIGHTEEN), *let_in(TieKind.READER), good_for_her(embargo=True)))
    assert why(asked(MIRA, told)) == "yes"
    assert why(asked("alma", told)) == "embargo"


def test_no_block_falls_on_her_in_her_own_case_and_none_of_this_on_the_aid_side() -> None:
    assert why(asked(MIRA, HERS.then(blocked(tie=MIRAS)))) == "yes"
    for rule in (secrecy(), blocked(tie="tie-amina")):
        assert why(asked(MIRA, AMINA.then(rule), MEETINGS)) == "yes"


def test_from_fifteen_she_may_wish_it_and_has_not_for_that() -> None:
    assert why(asked(MIRA, Told((mira(SIXTEEN),)))) == "no_contact_decision"


def test_what_is_held_shuts_what_shows_it_and_no_more() -> None:
    held = AskedEntry(Authority.SOCIAL, held=True)
    assert why(asked(MIRA, HERS, replace(STORY, entry=held))) == "held"
    assert why(asked(MIRA, HERS, replace(THREAD, entry=held))) == "yes"


def test_where_somebody_lives_is_hers_also_on_the_aid_side_and_for_a_page_of_who_has_the_case() -> None:
    where = replace(MEETINGS, place=True)
    assert why(asked(MIRA, AMINA.then(HIDDEN), where)) == "yes"
    told, of_it = HERS.then(HIDDEN), replace(WORK, place=True)
    said = {
        one: why(asked(worker(), told, replace(of_it, shape=one), Channel.CONSOLE)) for one in (Shape.PAGE, Shape.LIST)
    }
    assert said == {Shape.PAGE: "yes", Shape.LIST: "protected"}


def test_the_first_that_shuts_is_the_one_that_is_said() -> None:
    """What stands in the policy first is written in the log, and what comes after it is not even looked at."""
    by_link = Actor(MIRA, Strength.LINK)
    no_part = replace(STORY, part="staff")
    assert why(asked(by_link, Told((mira(),)), no_part)) == "no_contact_decision"
    assert why(asked(by_link, Told((mira(),)))) == "no_contact_decision"
    assert why(asked(by_link, HERS, no_part)) == "part"
    assert why(asked(by_link, HERS)) == "strength"
    assert why(asked(signed_in(MIRA), HERS, replace(STORY, purpose=Purpose.REQUEST))) == "purpose"


def test_a_reader_has_the_shared_part_and_the_childs_own_only_by_a_yes_to_it() -> None:
    grant = asked("alma", Told((mira(SIXTEEN), *let_in(TieKind.READER), good_for_her())))
    assert isinstance(grant, Grant)
    assert "child" not in grant.compartments


# --- what is asked of one entry (P53, P57, P59) and a copy to take along (P46) --------------------------------

POLICES, SOCIALS = (AskedEntry(one, leave=Leave.NONE) for one in (Authority.POLICE, Authority.SOCIAL))
AMINAS = Question(CASE, Purpose.OWN_CONTACT, Reach.AID)


@pytest.mark.parametrize(
    ("who", "entry", "verdict"),
    [
        (MIRA, POLICES, "not_released"),
        (MIRA, replace(POLICES, leave=Leave.WHOLE), "yes"),
        (MIRA, replace(POLICES, leave=Leave.FACTS), "not_released"),
        (MIRA, replace(POLICES, leave=Leave.FACTS, facts=True), "yes"),
        (MIRA, replace(POLICES, facts=True), "not_released"),
        (MIRA, SOCIALS, "yes"),
        (MOTHER, SOCIALS, "not_released"),
        (MOTHER, replace(SOCIALS, leave=Leave.WHOLE), "yes"),
        (LAWYER, SOCIALS, "yes"),
        (MIRA, replace(SOCIALS, untold=True), "untold"),
        (MIRA, replace(SOCIALS, untold=True, in_person=True), "untold"),
        (LAWYER, replace(SOCIALS, untold=True), "untold"),
        (LAWYER, replace(SOCIALS, untold=True, in_person=True), "yes"),
        (LAWYER, replace(SOCIALS, in_person=True), "yes"),
        (LAWYER, replace(SOCIALS, third=True, untold=True, in_person=True), "third_party"),
    ],
)
def test_an_entry_is_read_when_it_is_released_and_told(who: str, entry: AskedEntry, verdict: str) -> None:
    told = CLEARED_MOTHER.then(lawyer())
    assert why(asked(who, told, replace(STORY, entry=entry))) == verdict


@pytest.mark.parametrize("entry", [POLICES, replace(SOCIALS, third=True), replace(SOCIALS, untold=True)])
def test_what_shows_nothing_of_an_entry_waits_for_nothing_in_it(entry: AskedEntry) -> None:
    assert why(asked(MIRA, HERS, replace(THREAD, entry=entry))) == "yes"


def test_on_the_aid_side_nothing_waits_for_a_release_or_for_being_told_first() -> None:
    hers = replace(AMINAS, purpose=Purpose.OWN_STORY)
    for entry in (POLICES, replace(SOCIALS, untold=True)):
        assert why(asked(MIRA, AMINA, replace(hers, entry=entry))) == "yes"


@pytest.mark.parametrize(
    ("who", "told", "question", "verdict"),
    [
        (MIRA, Told((mira(FIFTEEN), good_for_her())), STORY, "yes"),
        (MIRA, Told((mira(NOT_FIFTEEN), good_for_her())), STORY, "shape"),
        (MIRA, AMINA, MEETINGS, "yes"),
        (MOTHER, replace(CLEARED_MOTHER, rules=(mira(FIFTEEN), *CLEARED_MOTHER.rules[1:])), STORY, "shape"),
        (LAWYER, CLEARED_MOTHER.then(lawyer()), STORY, "shape"),
    ],
    ids=["at fifteen", "at fourteen", "on the aid side", "a guardian", "a representative"],
)
def test_a_copy_to_take_along_is_for_her_from_fifteen_and_for_nobody_else(
    who: str, told: Told, question: Question, verdict: str
) -> None:
    assert why(asked(who, told, question)) == "yes"
    assert why(asked(who, told, replace(question, shape=Shape.EXPORT))) == verdict
