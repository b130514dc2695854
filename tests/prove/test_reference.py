"""Short stories of who may see what, told to the reference alone; each ends with the rule that decides."""

from __future__ import annotations

from collections import defaultdict

import pytest

from tests.prove.axes import AXES, STAFF, Value, World
from tests.prove.planes import PLANES, plane
from tests.prove.reference import DENIALS, OPEN, may, why
from tests.prove.stories import STORIES, sent, when


@pytest.mark.parametrize("story", STORIES)
def test_the_reference_ends_each_story_by_its_rule(story: str) -> None:
    """What happens, and by which rule of the policy."""
    world, rule = STORIES[story]
    assert (why(world), may(world)) == (rule, rule == OPEN)


def test_every_rule_of_the_reference_ends_at_least_one_story() -> None:
    """A rule that no story ends by has not been tried, but for those that the planes try below."""
    told = {rule for _, rule in STORIES.values()}
    assert {rule for rule, _ in DENIALS} - told == {"P43", "P44", "P45"}


@pytest.mark.parametrize(
    ("world", "rule"),
    [
        (when("guardian", "guardian_own", purpose="own_access_log"), "P43"),
        (when("reader", "child", purpose="case_work"), "P43"),
        (when("case_worker", "child", purpose="own_story"), "P44"),
        (when("case_worker", "child", purpose="import"), "P44"),
        (sent("child", "child", shape="page"), "P45"),
        (when("child", "child", shape="notice"), "P45"),
    ],
)
def test_a_purpose_opens_its_own_pairs_only(world: World, rule: str) -> None:
    """P43 to P45."""
    assert why(world) == rule


def test_each_value_of_each_axis_lies_in_a_plane() -> None:
    """No value is named that nobody asks about."""
    asked: dict[str, set[Value]] = defaultdict(set)
    for axes in PLANES.values():
        for axis, values in axes.items():
            asked[axis].update(values)
    asked["actor"] = set(AXES["actor"])
    missing = {axis: set(values) - asked[axis] for axis, values in AXES.items()}
    assert {axis: values for axis, values in missing.items() if values} == {}


def test_no_leave_lifts_a_hard_denial() -> None:
    """Consent, exception, release, four eyes and broken glass are given to every masked world, and none opens."""
    for world in plane("masks"):
        if why(world) in {"P18", "P19", "P20", "P21", "P22", "P24", "P27", "P28", "P29", "P33", "P34", "P35"}:
            leave = world._replace(
                consent="story",
                giver="both",
                exception="complete",
                release="whole",
                four_eyes=True,
                break_glass="active",
            )
            assert not may(leave), leave


def test_what_opens_to_a_guardian_is_the_own_part_the_shared_part_or_her_own_person() -> None:
    """And it opens to one who is cleared, and while the child is a child."""
    opened = [
        world for name in ("masks", "grounds") for world in plane(name) if world.actor == "guardian" and may(world)
    ]
    case = [world for world in opened if world.part != "person_own"]
    assert {world.part for world in case} == {"guardian_own", "shared"}
    assert {world.status for world in case} == {"none_cleared"}
    assert max(world.age for world in case) == 17


def test_the_questions_are_more_than_two_million_and_two_hundred_thousand() -> None:
    """As many as the test plan promises, not counting one twice; most of them are about outsiders."""
    told, outsiders = 0, 0
    for name in PLANES:
        if name in {"masks", "asking", "phones"}:
            for world in plane(name):
                told += 1
                outsiders += world.actor not in STAFF
    assert told > 2_200_000
    assert outsiders > told / 2
