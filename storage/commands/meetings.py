"""Meetings, plans and the work rows that somebody closes by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from storage.commands.shape import CaseDeed, Command
from storage.queries import Purpose, Reach
from storage.records import CaseId, EntryId, Meeting, PersonId, TieId


@dataclass(frozen=True)
class Book(CaseDeed):
    """Book, move or cancel a meeting; older reminders of it die with the version."""

    case: CaseId
    person: PersonId
    meeting: Meeting


@dataclass(frozen=True)
class KeepPlan(CaseDeed):
    """Write down a goal of the person's plan."""

    case: CaseId
    plan: str
    goal: str
    who: str
    next_on: date | None


@dataclass(frozen=True)
class AnswerMeeting(Command):
    """The person answers a reminder: come, other_time, call_me. The worker sees it at once."""

    purpose = Purpose.OWN_MEETINGS
    reach = Reach.AID
    case: CaseId
    meeting: str
    answer: str

    @property
    def subject(self) -> str:
        """The case."""
        return self.case


@dataclass(frozen=True)
class TellOfVisit(CaseDeed):
    """Let one guardian be told of one planned day of the child's, or keep it from her again."""

    case: CaseId
    entry: EntryId
    tie: TieId
    told: bool


@dataclass(frozen=True)
class CloseTask(Command):
    """A work row is done."""

    purpose = Purpose.CASE_WORK
    reach = Reach.WORK
    unit: str
    task: str

    @property
    def subject(self) -> str:
        """The unit."""
        return f"unit:{self.unit}"
