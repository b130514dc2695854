"""The rule told at work: which parts each purpose opens, in which shapes, and who has a case that names nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from storage.consent import Grant, Question
from storage.queries import Purpose, Reach, Shape
from storage.records import Channel, Side, TieId
from storage.rules import Assigned, Blocked, Claimed, GlassBroken
from tests.storage.house import worker
from tests.storage.rule_words import DAY, NOW, WORK, Told, asked, good_for_her, mira, why

HERS = Told((mira(), good_for_her()))
HANNA = worker("hanna")
WHOLE = {"child", "guardian:*", "shared:*", "waiting:*", "staff"}
HER_OWN = {"aid", "person"}


def at_work(told: Told, question: Question, name: str = "hanna", **how: object) -> str:
    """What the rule says on the console."""
    return why(asked(worker(name, **how), told, question, Channel.CONSOLE))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("purpose", "parts"),
    [
        (Purpose.CASE_WORK, WHOLE | HER_OWN),
        (Purpose.INFORMING, WHOLE | HER_OWN),
        (Purpose.RELEASE, WHOLE),
        (Purpose.RULES, {"staff"} | HER_OWN),
        (Purpose.IMPORT, {"staff"}),
    ],
)
def test_each_purpose_of_work_opens_its_parts(purpose: Purpose, parts: set[str]) -> None:
    grant = asked(HANNA, HERS, replace(WORK, purpose=purpose), Channel.CONSOLE)
    assert isinstance(grant, Grant)
    assert grant.compartments == parts


def test_a_claim_opens_its_own_part_and_the_workers_and_nothing_in_need() -> None:
    claim = Told((Claimed(DAY), Assigned("olle", "ulla", True)))
    of_it = replace(WORK, purpose=Purpose.REQUEST)
    grant = asked(worker("olle"), claim, of_it, Channel.CONSOLE)
    assert isinstance(grant, Grant)
    assert grant.compartments == {"claim", "staff"}
    in_need = claim.then(GlassBroken("hanna", "Tonight.", NOW + timedelta(hours=1)))
    assert at_work(in_need, of_it) == "purpose"
    assert at_work(in_need, WORK) == "not_found"


@pytest.mark.parametrize(
    ("part", "verdict"),
    [("staff", "yes"), ("guardian:tie-mother", "yes"), ("shared:police", "yes"), ("guardian", "purpose"),
     ("shared", "purpose"), ("claim", "purpose"), ("notes", "purpose")],
)  # fmt: skip
def test_a_part_is_opened_by_its_name_or_by_all_of_its_sort(part: str, verdict: str) -> None:
    assert at_work(HERS, replace(WORK, part=part)) == verdict


def test_at_work_she_reads_the_case_as_it_is_and_as_it_is_told_and_no_thread() -> None:
    assert at_work(HERS, replace(WORK, reach=Reach.STORY)) == "yes"
    assert at_work(HERS, replace(WORK, reach=Reach.THREAD)) == "reach"


def test_a_purpose_does_not_open_a_part_of_another() -> None:
    assert at_work(HERS, replace(WORK, purpose=Purpose.IMPORT, part="child")) == "purpose"


@pytest.mark.parametrize("shape", [Shape.PAGE, Shape.LIST, Shape.SEARCH])
def test_what_is_shown_at_work_may_be_a_page_a_list_or_a_search(shape: Shape) -> None:
    assert at_work(HERS, replace(WORK, shape=shape)) == "yes"


def test_whoever_was_taken_off_a_case_does_not_have_it_by_nobody_being_named() -> None:
    left = HERS.then(Assigned("hanna", "ulla", True), Assigned("hanna", "ulla", False))
    assert at_work(left, WORK) == "not_assigned"
    assert at_work(left, WORK, "olle") == "yes"


def test_who_is_too_close_is_shut_out_of_a_case_of_a_barnahus_and_not_of_a_claim_nor_on_the_aid_side() -> None:
    near = Blocked(TieId(""), "ulla", True, staff="hanna")
    assert at_work(HERS.then(near), WORK) == "blocked"
    assert at_work(Told((Claimed(DAY), near)), replace(WORK, purpose=Purpose.REQUEST)) == "yes"
    assert at_work(Told((near,), Side.AID), WORK, side=Side.AID) == "yes"
