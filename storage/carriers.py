"""Carriers [bärare]: the legal container that holds a case's log, its terms in law, and which one a case has; pure.

The log is part of somebody's file (req. 64-66, 145). Which file, how long the law gives it, what extends it and who
writes in it stand here as data with their source, as they were read on the day of `EDITION`; a lawyer of the
municipality looks them over. What the case has is said by rules: nothing is changed, a later rule answers.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import replace as changed
from datetime import MAXYEAR, date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from storage.records import Authority, Entry, EntryId, Role, StaffId

EDITION = "2026-07"
DAYS_AHEAD = (30, 7)
ASKED_WITHIN_DAYS = 14
READ_DAYS = 7


class CarrierKind(StrEnum):
    """The containers there are."""

    INVESTIGATION = "investigation"
    FOLLOW_UP = "follow_up"
    MEASURE = "measure"
    OWN_FILE = "own_file"
    LETTER = "letter"


class CarrierStep(StrEnum):
    """What was decided about a carrier."""

    BEGUN = "begun"
    EXTENDED = "extended"
    CLOSED = "closed"
    REOPENED = "reopened"


class Culled(StrEnum):
    """When the law lets what lies in a container be culled [gallras]."""

    THIRTY = "thirty"
    FIVE_YEARS = "five_years"


@dataclass(frozen=True, slots=True)
class Terms:
    """What the law says of one container.

    `writers` write while it is open, `after` when it has closed, and then with a ground. `law` is the source, `culled`
    what it says of culling; the keys of the store itself go in the case's own month (decision 0004). `decides`: whose
    the container is, and so who decides what the child is told of it (OSL 8:1, req. 43).
    """

    kind: CarrierKind
    extends: bool
    culled: Culled
    law: str
    writers: frozenset[Role] = frozenset({Role.CASE_WORKER, Role.COORDINATOR, Role.MANAGER})
    after: frozenset[Role] = frozenset({Role.COORDINATOR, Role.MANAGER})
    decides: Authority = Authority.SOCIAL


_ALL = (
    Terms(CarrierKind.INVESTIGATION, True, Culled.THIRTY, "SoL (2025:400) 20:3, 16:2 a"),
    Terms(CarrierKind.FOLLOW_UP, False, Culled.THIRTY, "SoL (2001:453) 11:4 a-c, SoL (2025:400) 16:2 a"),
    Terms(CarrierKind.MEASURE, True, Culled.THIRTY, "SoL (2025:400) 14, 16:2 a"),
    Terms(CarrierKind.OWN_FILE, True, Culled.FIVE_YEARS, "SoL (2025:400) 16:1"),
    Terms(CarrierKind.LETTER, False, Culled.FIVE_YEARS, "SoL (2025:400) 3:3, 16:2 a"),
)
TERMS: Mapping[CarrierKind, Terms] = MappingProxyType({terms.kind: terms for terms in _ALL})


@dataclass(frozen=True, slots=True)
class Law:
    """What a change of law, or the municipality's own decision, may set (req. 145).

    `investigation`: months, SoL 20:3. `follow_up`: months, those of SoL 2001:453 11:4 c; its place in 2025:400 is for
    the lawyer to fill in. `own_file`: the decision by which the barnahus has a file of its own; '' for none.
    """

    investigation: int = 4
    follow_up: int = 2
    own_file: str = ""

    def __post_init__(self) -> None:
        """Refuse a time of no month."""
        if min(self.investigation, self.follow_up) < 1:
            raise ValueError("an investigation and a follow-up last at least a month")

    def months(self, kind: CarrierKind) -> int | None:
        """How long a container may last; None: the law sets no last day."""
        return {CarrierKind.INVESTIGATION: self.investigation, CarrierKind.FOLLOW_UP: self.follow_up}.get(kind)

    def has(self, kind: CarrierKind) -> bool:
        """Whether there is such a container in this municipality."""
        return kind is not CarrierKind.OWN_FILE or bool(self.own_file.strip())

    def last_day(self, kind: CarrierKind, since: date) -> date | None:
        """The last day of a container that begins on a day."""
        months = self.months(kind)
        if months is None:
            return None
        year, month = divmod(since.month - 1 + months, 12)
        if since.year + year > MAXYEAR:
            return date.max
        return date(since.year + year, month + 1, min(since.day, monthrange(since.year + year, month + 1)[1]))


USUAL_LAW = Law()


@dataclass(frozen=True, slots=True)
class Carried:
    """It was decided where the log is: a container began, was extended, was closed, or was opened again.

    `on`: the day it holds from, or ended. `until`: the last day, where there is one.
    """

    step: CarrierStep
    kind: CarrierKind
    on: date
    until: date | None
    decided_by: str
    ground: str
    by: str
    tag: Literal["carried"] = "carried"


@dataclass(frozen=True, slots=True)
class AddedLate:
    """An entry was written after the container had closed: by whom, and on which ground (req. 65)."""

    entry: EntryId
    by: str
    ground: str
    tag: Literal["added_late"] = "added_late"
    who: str = ""


@dataclass(frozen=True, slots=True)
class EarlierAsked:
    """A worker wrote down her own ground for reading an earlier log whole, until an instant."""

    staff: StaffId
    ground: str
    until: datetime
    tag: Literal["earlier_asked"] = "earlier_asked"
    who: str = ""


@dataclass(frozen=True, slots=True)
class Earlier:
    """The log from before a reopening: through which day, and entries added after that close."""

    through: date
    late: frozenset[EntryId]

    def holds(self, entry: Entry) -> bool:
        """Whether an entry belongs to it."""
        return entry.id in self.late or (entry.on is not None and entry.on <= self.through)


@dataclass(frozen=True, slots=True)
class Home:
    """Where a case's log is now. `said` False: nobody has said, and the usual container is taken for it.

    `late`: what was written after a close; `asked`: the grounds on which workers read an earlier log whole.
    """

    kind: CarrierKind = CarrierKind.INVESTIGATION
    since: date | None = None
    until: date | None = None
    closed_on: date | None = None
    said: bool = False
    steps: tuple[Carried, ...] = ()
    earlier: Earlier | None = None
    late: tuple[AddedLate, ...] = ()
    asked: tuple[EarlierAsked, ...] = ()

    @property
    def terms(self) -> Terms:
        """What the law says of it."""
        return TERMS[self.kind]

    @property
    def writers(self) -> frozenset[Role]:
        """Who may write an entry now."""
        return self.terms.writers if self.closed_on is None else self.terms.after


def home_of(rules: Iterable[object]) -> Home:
    """Where the log is, from a case's rules in their order."""
    home = Home()
    for rule in rules:
        match rule:
            case Carried():
                home = _after(changed(home, said=True, kind=rule.kind, steps=(*home.steps, rule)), rule)
            case AddedLate():
                home = changed(home, late=(*home.late, rule))
            case EarlierAsked():
                home = changed(home, asked=(*home.asked, rule))
            case _:
                pass
    return home


def _after(home: Home, rule: Carried) -> Home:
    match rule.step:
        case CarrierStep.BEGUN:
            return changed(home, since=rule.on, until=rule.until, closed_on=None)
        case CarrierStep.REOPENED:
            earlier = Earlier(home.closed_on or rule.on, frozenset(one.entry for one in home.late))
            return changed(home, since=rule.on, until=rule.until, closed_on=None, earlier=earlier)
        case CarrierStep.EXTENDED:
            return changed(home, until=rule.until)
        case CarrierStep.CLOSED:
            return changed(home, closed_on=rule.on)


def asked_until(home: Home, staff: str, now: datetime) -> datetime | None:
    """Until when a worker's own ground opens the earlier log to her; None: she has none that holds now."""
    return max((one.until for one in home.asked if one.staff == staff and now < one.until), default=None)
