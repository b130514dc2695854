"""What every question is: a purpose, a reach, a shape, and the case, person or unit it is about."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, ClassVar, Generic, TypeVar

from storage.records import CaseId, PersonId

T = TypeVar("T", covariant=True)


PAGE = 20


class Purpose(StrEnum):
    """Why something is read or changed; every visit names one (the record of processing)."""

    OWN_STORY = "own_story"
    OWN_CONTACT = "own_contact"
    OWN_CHOICES = "own_choices"
    OWN_ACCESS_LOG = "own_access_log"
    OWN_MEETINGS = "own_meetings"
    OWN_IDENTITY = "own_identity"
    OWN_NOTES = "own_notes"
    CASE_WORK = "case_work"
    INFORMING = "informing"
    RULES = "rules"
    DELIVERY = "delivery"
    RELEASE = "release"
    IMPORT = "import"
    REQUEST = "request"
    AUDIT = "audit"
    EMERGENCY = "emergency"
    STATISTICS = "statistics"


class Reach(StrEnum):
    """Which kind of part a question needs opened; the tie decides which compartment that is.

    TALK, SEAL, LOG and COUNT open no part of a case: where her conversation stands, what concerns a case as a whole,
    the log, what is counted without persons.
    """

    STORY = "story"
    THREAD = "thread"
    OWN = "own"
    WORK = "work"
    AID = "aid"
    DOOR = "door"
    CLAIM = "claim"
    TALK = "talk"
    SEAL = "seal"
    LOG = "log"
    COUNT = "count"


class Shape(StrEnum):
    """What an answer is, and how far it travels (policy P46)."""

    PAGE = "page"
    LIST = "list"
    SEARCH = "search"
    EXPORT = "export"
    NOTICE = "notice"
    LINK = "link"


class Query(Generic[T]):
    """A question whose answer is a `T` or a `Withheld`. `subject` names the case or person it is about."""

    purpose: ClassVar[Purpose]
    reach: ClassVar[Reach]
    shape: ClassVar[Shape] = Shape.PAGE

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Refuse a question without a purpose and a reach."""
        super().__init_subclass__(**kwargs)
        if not isinstance(getattr(cls, "purpose", None), Purpose) or not isinstance(getattr(cls, "reach", None), Reach):
            raise TypeError(f"{cls.__name__} has no purpose or no reach")

    @property
    def subject(self) -> str:
        """The case or person the question is about."""
        raise NotImplementedError


class AboutCase(Query[T]):
    """A question about one case."""

    purpose = Purpose.CASE_WORK
    reach = Reach.WORK
    case: CaseId

    @property
    def subject(self) -> str:
        """The case."""
        return self.case


class AboutPerson(Query[T]):
    """A question about one person."""

    purpose = Purpose.OWN_IDENTITY
    reach = Reach.OWN
    person: PersonId

    @property
    def subject(self) -> str:
        """The person."""
        return self.person


class OfUnit(Query[T]):
    """A question about a unit's own work rows."""

    purpose = Purpose.CASE_WORK
    reach = Reach.WORK
    unit: str

    @property
    def subject(self) -> str:
        """The unit."""
        return f"unit:{self.unit}"
