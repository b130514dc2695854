"""Culling as the staff decide it: two agree that a month goes, one holds a case back."""

from __future__ import annotations

from dataclasses import dataclass

from storage.commands.shape import Command, RuleDeed
from storage.queries import Purpose, Reach
from storage.records import CaseId
from storage.retention import KeptFor


@dataclass(frozen=True)
class ApproveCulling(Command):
    """One of two: this month is culled under this reference to the decision. Counts for fourteen days."""

    purpose = Purpose.RULES
    reach = Reach.WORK
    unit: str
    month: str
    reference: str

    @property
    def subject(self) -> str:
        """The unit: a month has no case."""
        return f"unit:{self.unit}"


@dataclass(frozen=True)
class WithdrawCulling(Command):
    """Her own yes to a culling is taken back."""

    purpose = Purpose.RULES
    reach = Reach.WORK
    unit: str
    month: str

    @property
    def subject(self) -> str:
        """The unit whose yes it was."""
        return f"unit:{self.unit}"


@dataclass(frozen=True)
class KeepFromCulling(RuleDeed):
    """A case is kept although its month comes, on a ground, as somebody decided; or no longer is (SoL 16:2, 16:4)."""

    case: CaseId
    ground: KeptFor
    kept: bool
    decided_by: str
    reference: str
