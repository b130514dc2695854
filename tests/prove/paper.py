"""The table that a lawyer reads, deploy/policy-table.md, as questions with their answers.

A line says who, which part, when it opens, and by which rules. Here a line becomes worlds: one in which its reader has
every leave she can have, and for each rule that it names what closes it, or what opens it in another way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tests.prove.axes import AXES, CONTENTLESS, STAFF, World
from tests.prove.planes import fitting, usual_world

PAPER = Path(__file__).parents[2] / "deploy" / "policy-table.md"
_NUMBER = re.compile(r"P(\d+)(?:–P(\d+))?")
ACTORS: Mapping[str, str] = MappingProxyType({
    "Visitor": "visitor", "Signed-in stranger": "stranger", "Child": "child", "Young adult": "young_adult",
    "Guardian": "guardian", "Reader": "reader", "Special representative": "representative", "Counsel": "counsel",
    "Safety person": "safety_person", "Treatment staff": "treatment", "Recipient": "recipient",
    "Claimant": "claimant", "Case worker": "case_worker", "Coordinator": "coordinator", "Manager": "manager",
    "Auditor": "auditor", "Administrator": "administrator", "Maintenance": "maintenance",
})  # fmt: skip
AS_WORKER = frozenset({"coordinator", "manager"})
PARTS = tuple(str(part) for part in AXES["part"])
Change = Mapping[str, Any]
# What closes an open line, by the rule that the line names. Several: each of them does.
CLOSES: Mapping[str, tuple[Change, ...]] = MappingProxyType({
    "P12": ({"desk": "other_unit"},),
    "P14": ({"tie": "ended"}, {"tie": "not_begun"}),
    "P15": ({"age": 18},),
    "P21": ({"status": "suspected"}, {"status": "unknown"}),
    "P23": ({"status": "none_one"}, {"status": "none_twice_same"}),
    "P28": ({"embargo": True},),
    "P29": ({"contact": "none"},),
    "P38": ({"desk": "other_side"},),
    "P40": ({"strength": "eid", "age": 16}, {"strength": "channel"}),
    "P43": ({"purpose": "own_access_log"},),
    "P44": ({"purpose": "own_story"},),
    "P49": ({"consent": "withdrawn"}, {"consent": "ended"}, {"consent": "other_receiver"}),
    "P52": ({"giver": "guardian"}, {"age": 13, "giver": "guardian_uncleared"}),
    "P53": ({"source": "police", "release": "none"}, {"release": "taken_back"}),
    "P59": ({"hold": "in_person"}, {"hold": "not_yet"}),
    "P60": ({"purpose": "informing"}, {"shape": "list"}),
    "P61": ({"break_glass": "struck"}, {"break_glass": "over_24h"}, {"break_glass": "no_reason"}),
    "P62": ({"state": "sealed"},),
})  # fmt: skip
# What opens a line in another way than usual.
OPENS: Mapping[str, tuple[Change, ...]] = MappingProxyType({
    "P30": ({"contact": "none", "embargo": True},),
    "P41": ({"strength": "link"},),
    "P51": ({"consent": "none", "exception": "complete"},),
    "P63": ({"break_glass": "none", "exception": "complete"},),
})  # fmt: skip
# What says who somebody is and on which ground she reads, a manager's own approvals, which are no reading, and what is
# kept by a key and is no question of the rule: its stories are elsewhere.
SAYS_WHO = frozenset({*(f"P{n}" for n in range(1, 12)), "P13", "P26", "P37", "P48", "P50", "P58", "P69"})


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the paper."""

    actor: str
    parts: tuple[str, ...]
    when: str
    rules: tuple[str, ...]
    other: str = ""

    @property
    def never(self) -> bool:
        """Whether the paper says that it never opens."""
        return self.when.startswith("never")


def lines() -> list[Line]:
    """Every line of the paper, in its order."""
    cells = [
        [cell.strip() for cell in row.strip().strip("|").split("|")]
        for row in PAPER.read_text(encoding="utf-8").splitlines()
        if row.startswith("| ") and not row.startswith("| Who")
    ]
    found: list[Line] = []
    for who, part, when, rules in cells:
        actor = ACTORS[who]
        taken = {one for line in found if line.actor == actor for one in line.parts}
        parts = _worker_parts() if part.startswith("as ") else _parts(part, actor, taken)
        other = "other_unit" if "another unit" in part else "colleague" if "not assigned" in part else ""
        found.append(Line(actor, parts, when, tuple(_numbers(rules)), other))
    return found


def _worker_parts() -> tuple[str, ...]:
    return ("child", "guardian_own", "guardian_other", "shared", "staff", "aid", "person_other", "claim")


def _parts(cell: str, actor: str, taken: set[str]) -> tuple[str, ...]:
    """The parts of the store that a cell names, as axes.py calls them."""
    if cell.startswith("every"):
        return tuple(part for part in possible(actor) if part not in taken)
    named: list[str] = []
    for word in cell.split(", "):
        if "`guardian:<tie>`" in word:
            both = ("guardian_own", "guardian_other") if actor in STAFF else ("guardian_other",)
            own = "another" not in word and cell.rstrip().endswith("own")
            named += ("guardian_own",) if own else both
        elif "`person`" in word:
            named.append("person_other" if actor in STAFF else "person_own")
        elif (sort := re.search(r"`(\w+)`", word)) is not None:
            named.append(sort[1])
    return tuple(part for part in dict.fromkeys(named) if part in possible(actor))


def possible(actor: str) -> tuple[str, ...]:
    """The parts of which one can ask at all whether this actor opens them."""
    return tuple(str(part) for part in fitting(actor, "part", tuple(PARTS)))


def _numbers(cell: str) -> Iterator[str]:
    for first, last in _NUMBER.findall(cell):
        yield from (f"P{n}" for n in range(int(first), int(last or first) + 1))


def open_world(line: Line, part: str) -> World:
    """The world in which this line's reader has every leave she can have."""
    world = usual_world(line.actor, part)
    if line.other:
        return world._replace(desk=line.other, break_glass="active")
    return world._replace(desk="colleague") if line.actor in AS_WORKER else world


def closing(line: Line, part: str, rule: str) -> tuple[Change, ...]:
    """What closes this line by a rule that it names."""
    match rule:
        case "P14" if part == "person_own":
            return ()
        case "P28" if line.actor == "young_adult":
            return ()
        case "P51" if line.actor == "safety_person":
            return OPENS["P51"]
        case "P61" if line.actor in AS_WORKER:
            # She reviews what others broke; what is her unit's she has without.
            return ()
        case "P53" if line.actor in STAFF:
            return ({"release": "taken_back"},)
        case _:
            return CLOSES.get(rule, ())


def opening(line: Line, part: str, rule: str) -> tuple[Change, ...]:
    """What opens this line in another way by a rule that it names, or does not stand in its way."""
    match rule:
        case "P14" if part == "person_own":
            return CLOSES["P14"]
        case "P41" if part == "aid":
            return ({"strength": "link", "purpose": "own_meetings"},)
        case "P51" if line.actor == "safety_person":
            return ()
        case _:
            return OPENS.get(rule, ())


def everything_tried(actor: str, part: str) -> Iterator[World]:
    """Every purpose, strength and channel of the world in which she has every leave, with and without an exception."""
    usual = usual_world(actor, part)
    inside = actor in STAFF | CONTENTLESS
    purposes, strengths = map(str, AXES["purpose"]), map(str, AXES["strength"])
    for purpose, strength, exception in product(purposes, strengths, ("none", "complete")):
        for channel, shape in (("console" if inside else "web", "page"), ("telegram", "page"), ("clock", "notice")):
            glass = "active" if actor in STAFF else "none"
            yield usual._replace(purpose=purpose, strength=strength, exception=exception, channel=channel, shape=shape,
                                 break_glass=glass)  # fmt: skip
