"""Who of the staff has a case, opens it in need, hands out of it, and looks through the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from storage.commands.shape import Command, RuleDeed
from storage.queries import Purpose, Reach
from storage.records import CaseId, StaffId


@dataclass(frozen=True)
class AssignCase(RuleDeed):
    """Name a worker for the case, or take her off it. While nobody is named, the whole unit has it (policy P12).

    For herself each may; for another a coordinator or a manager. `back_on`: she is on leave from it until that day.
    """

    case: CaseId
    staff: StaffId
    assigned: bool
    back_on: date | None = None


@dataclass(frozen=True)
class ReviewGlass(RuleDeed):
    """A manager looks at how a case was opened in need, and lets it stand or ends it at once (policy P61)."""

    case: CaseId
    staff: StaffId
    stands: bool


@dataclass(frozen=True)
class BlockColleague(RuleDeed):
    """Shut a member of staff out of a case she is too close to, at once and by one (policy P24; FL 16)."""

    case: CaseId
    staff: StaffId
    blocked: bool


@dataclass(frozen=True)
class AskForExtract(RuleDeed):
    """Ask to hand out what may go of the case, to a receiver whom a provision names, for a reason (policy P47)."""

    purpose = Purpose.RELEASE
    case: CaseId
    to: str
    why: str


@dataclass(frozen=True)
class ApproveExtract(RuleDeed):
    """A manager agrees that a worker hands it to this receiver (policy P58)."""

    purpose = Purpose.RELEASE
    case: CaseId
    staff: StaffId
    to: str


@dataclass(frozen=True)
class BreakGlass(Command):
    """Open another unit's case in need, by its exact name or number, for a day; its manager gets a task to review."""

    purpose = Purpose.EMERGENCY
    reach = Reach.SEAL
    unit: str
    words: str
    why: str

    @property
    def subject(self) -> str:
        """The worker's own unit: the case is not open to her yet."""
        return f"unit:{self.unit}"


@dataclass(frozen=True)
class LogReviewed(Command):
    """The unit's log was looked through from one day to another; `found` says what, or that it was nothing."""

    purpose = Purpose.AUDIT
    reach = Reach.LOG
    unit: str
    since: date
    until: date
    found: str

    @property
    def subject(self) -> str:
        """The unit."""
        return f"unit:{self.unit}"
