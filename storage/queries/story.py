"""What happened, card by card: asked by everyone who may read a case."""

from __future__ import annotations

from dataclasses import dataclass

from storage.her_words import SetAside
from storage.queries.shape import AboutCase, Purpose, Reach, Shape
from storage.records import Adult, Afterwards, CaseId, EntryId, EntryState, EntryView, PlannedVisit, Promise


@dataclass(frozen=True, slots=True)
class Headline:
    """A line of a timeline: enough for a row, not the text."""

    id: EntryId
    kind: str
    variant: str | None
    state: EntryState
    day: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """At most twenty headlines and what stands in their place, in date order. `more`: another page follows."""

    items: tuple[Headline | Promise | SetAside, ...]
    page: int
    more: bool


@dataclass(frozen=True)
class Timeline(AboutCase[Page]):
    """The case's entries that this reader may have, in date order."""

    purpose = Purpose.OWN_STORY
    reach = Reach.STORY
    shape = Shape.LIST
    case: CaseId
    page: int = 0


@dataclass(frozen=True)
class OneEntry(AboutCase[EntryView | Promise | SetAside | None]):
    """One entry as this reader's key opens it; None when there is no such card for her."""

    purpose = Purpose.OWN_STORY
    reach = Reach.STORY
    case: CaseId
    entry: EntryId


@dataclass(frozen=True)
class WholeStory(AboutCase[tuple[EntryView, ...]]):
    """Up to a hundred entries at once, for a copy to keep and for what each adult did."""

    purpose = Purpose.OWN_STORY
    reach = Reach.STORY
    case: CaseId


@dataclass(frozen=True)
class Adults(AboutCase[tuple[Adult, ...]]):
    """The grown-ups she met or who decided, with functions and phone numbers."""

    purpose = Purpose.OWN_STORY
    reach = Reach.STORY
    case: CaseId


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What a child may know of her case as a whole; `waiting` means the investigation keeps some things back.

    `after`: there is something to read about the days after an event. `paused`: nothing is sent to her telephone.
    `grown`: she has turned eighteen, and is to be told that her guardians' ties have ended.
    """

    unit: str
    waiting: bool
    look_again: str | None
    after: bool = False
    paused: bool = False
    grown: bool = False


@dataclass(frozen=True)
class TheCase(AboutCase[CaseFacts]):
    """Whether the investigation's hold rests over the case (said once, never per entry), and who has it."""

    purpose = Purpose.OWN_STORY
    reach = Reach.STORY
    case: CaseId


@dataclass(frozen=True, slots=True)
class Opened:
    """What is open of one case to a grown-up near the child: cards, events with days after, and planned days."""

    cards: Page
    after: tuple[Afterwards, ...]
    visits: tuple[PlannedVisit, ...]


@dataclass(frozen=True)
class OpenToHer(AboutCase[Opened]):
    """All that a guardian's first page is made of, asked at once.

    A page that is refused must not take another time than one to which nothing is open (security T4); three questions
    did, since each yes does its own work.
    """

    purpose = Purpose.OWN_STORY
    reach = Reach.STORY
    shape = Shape.LIST
    case: CaseId
    page: int = 0


@dataclass(frozen=True)
class DaysAfter(AboutCase[tuple[Afterwards, ...]]):
    """The events after which there is something to say, oldest first; which of their days have come is the asker's
    clock to tell.
    """

    purpose = Purpose.OWN_STORY
    reach = Reach.STORY
    shape = Shape.LIST
    case: CaseId
