"""Mutants that mean nothing: what is changed in them can be seen by nobody, each with the reason why.

A line names one mutant by its file, its function, the words of its line, and the change. One that names none any more,
or two, is stale and refused: then the line it spoke of has changed, and so may the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.prove.mutants import Mutant


@dataclass(frozen=True, slots=True)
class Equivalent:
    """One change that nobody can see, and why."""

    file: str
    within: str
    text: str
    change: str
    why: str

    def names(self, mutant: Mutant) -> bool:
        """Whether this is the one."""
        return (self.file, self.within, self.text, self.change) == (
            mutant.file, mutant.within, mutant.text, mutant.change,
        )  # fmt: skip


class Stale(Exception):
    """A line of the table that names no mutant, or more than one."""


def matched(every: Iterable[Mutant], table: Sequence[Equivalent]) -> set[Mutant]:
    """The mutants that the table names.

    Raises:
        Stale: a line names none, or more than one.
    """
    some, found = list(every), set[Mutant]()
    for line in table:
        named = [mutant for mutant in some if line.names(mutant)]
        if len(named) != 1:
            raise Stale(f"{len(named)} mutants are {line.file} {line.within}, {line.text!r}: {line.change}")
        found.update(named)
    return found


EQUIVALENT: tuple[Equivalent, ...] = ()
