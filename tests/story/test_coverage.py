"""What a child must be told, and what the template asks: each has its kind, and each kind its reason to be there."""

from __future__ import annotations

import pytest

from bot.flows import FLOWS
from storage.kinds import KINDS, fields_of
from storage.kinds.coverage import ITEMS_OF_KIND, TEMPLATE, TOLD_TO_A_CHILD, Item, Row


@pytest.mark.parametrize("item", TOLD_TO_A_CHILD, ids=[item.point for item in TOLD_TO_A_CHILD])
def test_everything_a_child_is_to_be_told_has_a_kind_or_a_place_in_the_conversation(item: Item) -> None:
    assert item.kinds or item.steps
    assert set(item.kinds) <= set(KINDS)
    assert set(item.steps) <= set(FLOWS)


def test_the_list_has_every_point_once_and_in_order() -> None:
    points = [item.point for item in TOLD_TO_A_CHILD]
    assert points == [*(f"1{letter}" for letter in "abcdefghijkl"), "2", "3", "4"]


def test_every_kind_tells_something_that_a_child_is_to_be_told() -> None:
    assert set(KINDS) - set(ITEMS_OF_KIND) == set()


@pytest.mark.parametrize("row", TEMPLATE, ids=[row.number for row in TEMPLATE])
def test_every_question_of_the_template_is_a_field(row: Row) -> None:
    assert row.kinds
    assert set(row.kinds) <= set(KINDS)
    for kind, name in row.questions:
        assert kind in row.kinds
        assert name in {field.name for field in fields_of(KINDS[kind])}


@pytest.mark.parametrize("row", [row for row in TEMPLATE if row.supplier], ids=lambda row: row.number)
def test_the_facts_come_from_whom_the_template_names(row: Row) -> None:
    assert KINDS[row.kinds[0]].source is row.supplier


def test_the_template_is_whole() -> None:
    assert [row.number for row in TEMPLATE] == [f"T{number}" for number in range(1, 20)]
