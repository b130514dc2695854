"""The rule told by single words of it: what shuts first where two things shut, and whose yes, claim or chat it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from storage.consent import Actor, Grant, Question, decide
from storage.queries import Purpose, Reach, Shape
from storage.records import VISITOR, Channel, PersonId, Side, Strength, TieId, TieKind
from storage.rules import Claimed, Consented, Tied
from tests.storage.family import LAWYER, MIRA
from tests.storage.house import signed_in
from tests.storage.rule_words import (
    DAY,
    MEETINGS,
    NOW,
    START,
    STORY,
    Told,
    asked,
    lawyer,
    mira,
    said_yes,
    why,
)

AMINA = PersonId("amina")
EIGHTEEN = date(2008, 11, 23)
OWN = Question(MIRA, Purpose.OWN_IDENTITY, Reach.OWN)
CLAIM = Question("claim-1", Purpose.REQUEST, Reach.CLAIM)
IN_HER_CHAT = Actor(MIRA, Strength.CHANNEL)
GROWN, NOTHING = Told((mira(EIGHTEEN),)), Told()


def said(question: Question, actor: Actor, told: Told = NOTHING) -> str:
    """What the rule says about a subject of which this is written down."""
    return why(decide(actor, question, replace(told.standing, subject=question.subject), Channel.WEB, NOW))


# --- what shuts first -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("actor", "question"),
    [
        (Actor(MIRA, Strength.LINK), OWN),
        (signed_in(MIRA), replace(OWN, purpose=Purpose.CASE_WORK)),
        (signed_in(MIRA), OWN),
        (Actor(VISITOR, Strength.LINK), CLAIM),
        (Actor(VISITOR, Strength.NONE), CLAIM),
        (Actor(VISITOR, Strength.EID), replace(CLAIM, purpose=Purpose.OWN_STORY)),
    ],
    ids=["by a link", "for another purpose", "in a shape that is none of hers", "a claim", "a claim, by nothing",
         "a claim, for another purpose"],
)  # fmt: skip
def test_an_address_in_a_notice_is_refused_as_that_whatever_else_is_wrong(actor: Actor, question: Question) -> None:
    question = replace(question, place=True, shape=Shape.NOTICE)
    assert said(question, actor, Told((Claimed(DAY),))) == "protected"


# --- whose it is ------------------------------------------------------------------------------------------------------


def test_a_claim_is_asked_about_by_whoever_has_not_signed_in_and_by_nobody_else() -> None:
    assert said(CLAIM, Actor(VISITOR, Strength.LINK), Told((Claimed(DAY),))) == "yes"
    assert said(CLAIM, signed_in(MIRA), Told((Claimed(DAY),))) == "no_relation"


def test_where_her_conversation_stands_lies_with_what_is_kept_about_her() -> None:
    question = Question(MIRA, Purpose.OWN_IDENTITY, Reach.TALK)
    verdict = decide(IN_HER_CHAT, question, replace(Told().standing, subject=MIRA), Channel.WEB, NOW)
    assert isinstance(verdict, Grant)
    assert verdict.compartments == {"person"}


def test_who_has_read_about_her_is_among_what_she_may_ask_of_herself() -> None:
    assert said(replace(OWN, purpose=Purpose.OWN_ACCESS_LOG), signed_in(MIRA)) == "yes"


def test_a_link_is_enough_for_her_own_meeting_and_for_no_plan() -> None:
    told = Told((Tied(TieId("t"), AMINA, TieKind.RECIPIENT, START, None, "Maria"),), Side.AID)
    assert why(asked(Actor(AMINA, Strength.LINK), told, MEETINGS)) == "yes"
    assert why(asked(Actor(AMINA, Strength.LINK), told, replace(MEETINGS, purpose=Purpose.OWN_CHOICES))) == "strength"


# --- her chat ---------------------------------------------------------------------------------------------------------


def in_chat(told: Told, question: Question = STORY, *, full: bool = True) -> str:
    """What the rule says when she asks in her Telegram."""
    return why(decide(IN_HER_CHAT, question, replace(told.standing, telegram_full=full), Channel.TELEGRAM, NOW))


def test_she_reads_there_where_the_municipality_lets_her_and_not_where_it_does_not() -> None:
    assert in_chat(GROWN.then(said_yes("telegram_full"))) == "yes"
    assert in_chat(GROWN.then(said_yes("telegram_full")), full=False) == "channel"


def test_a_yes_of_somebody_else_lets_nothing_into_her_chat() -> None:
    his = Consented("yes", LAWYER, MIRA, "telegram_full", "why", Channel.TELEGRAM, START, None)
    assert in_chat(GROWN.then(lawyer(), his)) == "channel"


def test_of_her_meetings_she_is_told_there_by_a_smaller_yes() -> None:
    told = GROWN.then(said_yes("telegram_meetings"))
    meetings = Question(STORY.subject, Purpose.OWN_MEETINGS, Reach.THREAD)
    assert in_chat(told, meetings) == "yes"
    assert in_chat(told) == "channel"
