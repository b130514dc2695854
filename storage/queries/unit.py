"""What the staff ask about their own unit: the work list, the cases, the log, the colleagues."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from storage.her_words import Unclear
from storage.queries.shape import AboutCase, OfUnit, Purpose, Reach, Shape
from storage.records import CaseId, Role, StaffId, Task


@dataclass(frozen=True)
class UnclearTexts(OfUnit[tuple[Unclear, ...]]):
    """Which texts were not understood, in which language, how often; no person is in it, and no number under five."""

    purpose = Purpose.STATISTICS
    reach = Reach.COUNT
    unit: str


@dataclass(frozen=True, slots=True)
class AuditLine:
    """A line of the log as an auditor reads it: who, what, in which case by its id, and the rule's answer. No words."""

    at: datetime
    who: str
    question: str
    case: str
    verdict: str
    allowed: bool


@dataclass(frozen=True)
class UnitVisits(OfUnit[tuple[AuditLine, ...]]):
    """Who has read and changed what at the unit, newest first, two hundred at a time; it opens no part (policy P13)."""

    purpose = Purpose.AUDIT
    reach = Reach.LOG
    unit: str
    page: int = 0


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A review of the log: when, by whom, of which days, and what was found, in the reviewer's words."""

    at: datetime
    who: str
    since: date
    until: date
    found: str


@dataclass(frozen=True, slots=True)
class LogDuty:
    """The next review of the unit's log: when it is due, whose it is ('' the auditor's), and from which day it goes.

    `done` are the newest reviews; `asks` what in the log since then is worth a question: the sign, who, how often.
    """

    due_at: datetime | None
    late: bool
    owner: str
    since: date
    done: tuple[ReviewLine, ...]
    asks: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True)
class LogReview(OfUnit[LogDuty]):
    """The duty to look through the unit's log, for whoever must (policy P13; lag 2001:454, 10 §)."""

    purpose = Purpose.AUDIT
    reach = Reach.LOG
    unit: str


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A row in the worker's list: the case's own reference and its child's or recipient's name."""

    case: CaseId
    ref: str
    name: str
    open_tasks: int


@dataclass(frozen=True)
class MyCases(OfUnit[tuple[CaseLine, ...]]):
    """The unit's cases, newest first, one page of twenty."""

    shape = Shape.LIST

    unit: str
    page: int = 0


@dataclass(frozen=True)
class OpenTasks(OfUnit[tuple[Task, ...]]):
    """The unit's open work rows, the most urgent first, at most a hundred."""

    unit: str


@dataclass(frozen=True)
class Find(OfUnit[tuple[CaseLine, ...]]):
    """The unit's cases under exactly this name, personal number or case number; there is no other search."""

    shape = Shape.SEARCH

    unit: str
    words: str


@dataclass(frozen=True, slots=True)
class WorkLine:
    """An open work row with the case it belongs to, named as the worker knows it; '' when it has no case."""

    task: Task
    ref: str
    name: str


@dataclass(frozen=True)
class WorkList(OfUnit[tuple[WorkLine, ...]]):
    """The unit's open work rows with the names of their cases, the most urgent first, at most a hundred."""

    shape = Shape.LIST

    unit: str


@dataclass(frozen=True, slots=True)
class SaidYes:
    """Who agreed to a month's culling, under which reference, when, until when it counts; `mine`: it was the asker.

    `counts`: what would go now is what she agreed to; otherwise she must agree anew.
    """

    who: str
    reference: str
    at: datetime
    until: datetime
    mine: bool
    counts: bool


@dataclass(frozen=True, slots=True)
class CullingLine:
    """A month that has ended: how many go with it and how many are kept longer, who has agreed, what stands in the way.

    `open`: cases that must be closed first, as the asker knows them; `open_elsewhere`: how many more that are not hers
    to see. `ready`: enough have agreed.
    """

    month: str
    gone: int
    kept: int
    open: tuple[CaseLine, ...]
    open_elsewhere: int
    said: tuple[SaidYes, ...]
    ready: bool


@dataclass(frozen=True)
class Cullings(OfUnit[tuple[CullingLine, ...]]):
    """The months that may be culled, for a coordinator or a manager."""

    purpose = Purpose.RULES
    shape = Shape.LIST

    unit: str


@dataclass(frozen=True, slots=True)
class Colleague:
    """A worker of the unit beside one case: named for it, off it (until a day, or for good), or shut out of it."""

    staff: StaffId
    name: str
    role: Role
    named: bool
    off: bool
    back_on: date | None
    blocked: bool


@dataclass(frozen=True)
class Colleagues(AboutCase[tuple[Colleague, ...]]):
    """The unit's workers and what each has to do with the case, for whoever hands it over."""

    purpose = Purpose.RULES
    case: CaseId
