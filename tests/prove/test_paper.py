"""The table that a lawyer reads is never out of date: each line is asked of the rule and of the reference."""

from __future__ import annotations

from typing import Any

import pytest

from tests.prove.axes import AXES
from tests.prove.paper import (
    ACTORS,
    CLOSES,
    OPENS,
    SAYS_WHO,
    Line,
    closing,
    everything_tried,
    lines,
    open_world,
    opening,
    possible,
)
from tests.prove.reference import may
from tests.prove.table import asked

LINES = lines()
OPENING = [(line, part) for line in LINES if not line.never for part in line.parts]
NEVER = sorted({(line.actor, part) for line in LINES if line.never for part in line.parts})


def _called(value: object) -> str:
    return f"{value.actor}:{value.when[:30]}" if isinstance(value, Line) else str(value)


def _says(line: Line, part: str, **change: Any) -> tuple[bool, bool]:
    world = open_world(line, part)._replace(**change)
    return asked(world) == "yes", bool(may(world))


def test_the_paper_speaks_of_everybody_who_can_ask_and_of_every_part() -> None:
    assert {line.actor for line in LINES} == set(ACTORS.values()) == set(map(str, AXES["actor"]))
    for actor in ACTORS.values():
        told = [part for line in LINES if line.actor == actor and not line.other for part in line.parts]
        assert len(told) == len(set(told)), f"two lines about one part of {actor}"
        left = set(possible(actor)) - set(told)
        # What has no line is closed.
        assert not any(asked(world) == "yes" for part in left for world in everything_tried(actor, part)), (actor, left)


def test_every_rule_that_a_line_names_is_one_that_is_asked_here() -> None:
    named = {rule for line in LINES for rule in line.rules}
    assert named <= SAYS_WHO | CLOSES.keys() | OPENS.keys()
    assert (CLOSES.keys() | OPENS.keys()) <= named


@pytest.mark.parametrize(("line", "part"), OPENING, ids=_called)
def test_a_line_that_says_when_it_opens_opens_then(line: Line, part: str) -> None:
    assert line.parts, line
    assert _says(line, part) == (True, True)


@pytest.mark.parametrize(("actor", "part"), NEVER)
def test_a_line_that_says_never_never_opens(actor: str, part: str) -> None:
    opened = [world for world in everything_tried(actor, part) if asked(world) == "yes" or may(world)]
    assert opened == []


@pytest.mark.parametrize(
    ("line", "part", "rule", "change"),
    [
        (line, part, rule, dict(change))
        for line, part in OPENING
        for rule in line.rules
        for change in closing(line, part, rule)
    ],
    ids=_called,
)
def test_each_rule_of_a_line_closes_it(line: Line, part: str, rule: str, change: dict[str, object]) -> None:
    assert _says(line, part, **change) == (False, False)


@pytest.mark.parametrize(
    ("line", "part", "change"),
    [(line, part, dict(one)) for line, part in OPENING for rule in line.rules for one in opening(line, part, rule)],
    ids=_called,
)
def test_and_what_opens_it_in_another_way_does(line: Line, part: str, change: dict[str, object]) -> None:
    assert _says(line, part, **change) == (True, True)
