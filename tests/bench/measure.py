"""How a figure is taken: two things in turns, the middle of the ratios, and what the goal says to it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

REPS = 5
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Goal:
    """What a figure should be: at least (`>=`) or at most (`<=`) so much."""

    sign: str
    figure: float

    def held_by(self, value: float) -> bool:
        """Whether a figure reaches it."""
        return value >= self.figure if self.sign == ">=" else value <= self.figure

    def __str__(self) -> str:
        """As the table shows it."""
        return f"{self.sign} {self.figure:g}"


@dataclass(frozen=True)
class Row:
    """One line of the report. `value` None: it was not measured, and the note says why.

    `besides` False: the figure's goal has a second half, which the note says is broken.
    """

    name: str
    value: float | None
    unit: str
    goal: Goal
    note: str
    besides: bool = True

    def as_json(self) -> dict[str, Any]:
        """As `var/bench.json` has it."""
        holds = None if self.value is None else self.besides and self.goal.held_by(self.value)
        value = None if self.value is None else round(self.value, 3)
        return {"name": self.name, "value": value, "unit": self.unit, "goal": str(self.goal), "holds": holds,
                "note": self.note}  # fmt: skip


def missing(name: str, goal: Goal, why: str, unit: str = "ratio") -> Row:
    """A line for what cannot be measured yet."""
    return Row(name, None, unit, goal, why)


def seconds(call: Callable[[], object]) -> float:
    """How long a call takes."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def in_turns(ours: Callable[[], float], peer: Callable[[], float], reps: int = REPS) -> list[tuple[float, float]]:
    """Both figures, one after the other in every round, who goes first changing; one round to warm up."""
    pairs = []
    for rep in range(reps + 1):
        if rep % 2:
            mine = ours()
            theirs = peer()
        else:
            theirs = peer()
            mine = ours()
        pairs.append((mine, theirs))
    return pairs[1:]


def middle(pairs: Sequence[tuple[float, float]]) -> float:
    """The median of the ratios of each round."""
    return median(mine / theirs for mine, theirs in pairs)


def spread(pairs: Sequence[tuple[float, float]]) -> str:
    """The smallest and the largest ratio, for the note."""
    ratios = [mine / theirs for mine, theirs in pairs]
    return f"{min(ratios):.2f}–{max(ratios):.2f} over {len(ratios)} rounds"


def cpu_seconds(pid: int) -> float:
    """The processor time a process has used."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def rss_mib(pid: int) -> float:
    """The memory a process holds, in MiB."""
    with open(f"/proc/{pid}/status", encoding="utf-8") as status:
        kib = next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))
    return kib / 1024
