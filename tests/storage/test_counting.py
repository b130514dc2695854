"""Counting: what a question and a deed cost, so that the engine's own count can be believed."""

from __future__ import annotations

import pytest

from storage._sql import Tx
from storage.commands import Say
from storage.gate import Sitting
from storage.queries import Adults, Timeline
from storage.records import Channel
from tests.storage.counting import counted
from tests.storage.family import CASE, MIRA, Family, everyone, full_entry
from tests.storage.house import House, signed_in


def test_statements_and_commits_of_one_call_are_counted(house: House) -> None:
    with counted(house.store) as cost:
        house.store.run(lambda tx: [tx.conn.exec_driver_sql("SELECT 1") for _ in range(3)] and None)
    assert (len(cost.statements), cost.commits, cost.rollbacks) == (3, 1, 0)
    assert cost.statements == ["SELECT 1"] * 3
    assert "3 statements, 1 commits" in str(cost)


def test_a_call_that_breaks_is_counted_as_rolled_back(house: House) -> None:
    def breaks(_: Tx) -> None:
        raise ZeroDivisionError

    with counted(house.store) as cost, pytest.raises(ZeroDivisionError):
        house.store.run(breaks)
    assert (cost.commits, cost.rollbacks) == (0, 1)


def test_nothing_is_counted_afterwards(house: House) -> None:
    with counted(house.store) as cost:
        pass
    house.store.run(lambda tx: tx.conn.exec_driver_sql("SELECT 1").scalar())
    assert cost.statements == []


def test_a_sitting_costs_one_statement_for_the_rules_one_for_each_question_and_one_for_the_visits(
    family: Family,
) -> None:
    family.contact()
    family.write(full_entry(releases=everyone()))
    house = family.house

    def sit(tx: Tx) -> None:
        with Sitting(tx, signed_in(MIRA), Channel.WEB) as sitting:
            sitting.preload(MIRA)
            assert sitting.ask(Timeline(CASE))
            assert sitting.ask(Adults(CASE))

    with counted(house.store) as cost:
        house.store.run(sit)
    assert len(cost.statements) == 4, cost
    assert cost.commits == 1


def test_a_message_costs_at_most_five_statements_more_than_a_sitting(family: Family) -> None:
    family.contact()
    house = family.house
    house.done(signed_in(MIRA), Say(CASE, "Hej", None, None))
    with counted(house.store) as cost:
        house.done(signed_in(MIRA), Say(CASE, "Hej igen", None, None))
    assert len(cost.statements) <= 2 + 5, cost
