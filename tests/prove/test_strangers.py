"""Every id in every question and every command by every actor: a share of it here, all of it by `make prove`."""

from __future__ import annotations

from tests.prove import strangers, strangers_deeds
from tests.prove.strangers_house import LET_IN, everybody


def test_nobody_gets_a_word_of_a_case_that_is_not_hers() -> None:
    found = strangers.run(every=23)
    assert found.asked > 10_000
    assert found.answered > 500
    # The marks are seen where they may be: nobody is let through because nothing was there to read.
    assert found.marked > 5
    assert found.wrong == []


def test_nobody_changes_what_is_not_hers() -> None:
    found = strangers_deeds.run(every=71)
    assert found.tried > 5_000
    assert found.done > 50
    assert len(found.sorts) > 10
    assert found.wrong == []
    assert found.broke == []


def test_a_colleague_who_does_not_have_the_case_seals_it_and_changes_nothing_else_in_it() -> None:
    """Every deed of the two colleagues and every id of the house, thinned."""
    found = strangers_deeds.run(every=7, who="colleague-")
    assert found.wrong == []
    assert found.broke == []
    assert {"SealCase", "OpenCase"} <= found.sorts


def test_everyone_a_case_can_have_is_among_those_who_ask() -> None:
    there = {actor.id for actor in everybody()}
    assert {f"{who}-{case}" for who in ("child", "glass", "named", *LET_IN) for case in ("one", "two")} <= there
