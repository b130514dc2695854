"""What the rule is told and what it answers: nobody changes it afterwards, and a yes and a no cannot be mixed up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import FrozenInstanceError, fields, replace
from datetime import date
from typing import Any

import pytest

from storage.consent import Actor, AskedEntry, Grant, Question, Reason, Withheld, decide
from storage.queries import Purpose, Reach
from storage.records import Authority, Channel, Role, Strength
from storage.standing import Standing
from storage.verdicts import OPENED, Opens
from tests.prove.axes import World
from tests.prove.table import NOW, actor_of, question_of, sample, standing_of
from tests.storage.family import CASE
from tests.storage.house import worker
from tests.storage.rule_words import STORY, Told, asked, mira

# Policy P31: what an entry question is.
ABOUT_ENTRIES = {"own_story", "case_work", "informing", "release", "import", "delivery"}
TOLD_AND_ANSWERED: dict[type, Any] = {
    Actor: Actor("mira", Strength.PIN),
    AskedEntry: AskedEntry(Authority.POLICE),
    Question: STORY,
    Withheld: Withheld(Reason.BLOCKED),
    Opens: Opens(frozenset({"child"}), Reason.OWN),
    Standing: Told((mira(date(2016, 3, 1)),)).standing,
}
AUDITOR = replace(worker("astrid"), role=Role.AUDITOR)


def _verdicts(worlds: Iterator[World]) -> Iterator[Grant | Withheld]:
    for world in worlds:
        yield decide(actor_of(world), question_of(world)[0], standing_of(world), Channel(world.channel), NOW)


@pytest.mark.parametrize("sort", TOLD_AND_ANSWERED)
def test_nobody_turns_what_was_asked_or_answered_into_something_else(sort: type) -> None:
    one = TOLD_AND_ANSWERED[sort]
    for told in fields(sort):
        with pytest.raises(FrozenInstanceError):
            setattr(one, told.name, None)


@pytest.mark.parametrize("sort", TOLD_AND_ANSWERED)
def test_nothing_is_hung_on_it_that_it_has_no_word_for(sort: type) -> None:
    with pytest.raises((AttributeError, TypeError)):
        object.__setattr__(TOLD_AND_ANSWERED[sort], "cleared", True)


@pytest.mark.parametrize("purpose", Purpose)
def test_an_entry_question_is_what_the_policy_names(purpose: Purpose) -> None:
    assert Question("case-1", purpose, STORY.reach).shows_entry is (purpose.value in ABOUT_ENTRIES)


def test_the_reasons_of_a_yes_are_those_that_a_yes_has_and_no_refusal_has_one_of_them() -> None:
    """The log tells by its reason alone who read: one too few hides a reader, one too many makes her up."""
    log = asked(AUDITOR, Told(), Question(CASE, Purpose.AUDIT, Reach.LOG), Channel.CONSOLE)
    yes: set[Reason] = set()
    no: set[Reason] = set()
    for verdict in (log, *_verdicts(sample(20_000))):
        (yes if isinstance(verdict, Grant) else no).add(verdict.reason)
    assert yes == OPENED
    assert not no & OPENED
