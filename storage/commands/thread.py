"""The thread between her and the unit, and what the two read together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from storage.commands.shape import CaseDeed, Command
from storage.queries import Purpose, Reach
from storage.records import CaseId, EntryId, PersonId, RecordId


@dataclass(frozen=True)
class Say(Command):
    """She writes to the unit; `alarm` names what the safety net saw and makes the task urgent.

    `to`: a grown-up of her case whom she asks by way of the unit.
    """

    purpose = Purpose.OWN_CONTACT
    reach = Reach.THREAD
    case: CaseId
    words: str
    about: EntryId | None
    alarm: str | None
    to: RecordId | None = None

    @property
    def subject(self) -> str:
        """The case."""
        return self.case


@dataclass(frozen=True)
class AskForCall(Command):
    """She wants somebody to ring her up and speak her language; it becomes a worker's task."""

    purpose = Purpose.OWN_CONTACT
    reach = Reach.THREAD
    case: CaseId

    @property
    def subject(self) -> str:
        """The case."""
        return self.case


@dataclass(frozen=True)
class Answer(CaseDeed):
    """A named member of staff answers her."""

    purpose = Purpose.INFORMING
    case: CaseId
    person: PersonId
    words: str


@dataclass(frozen=True)
class MarkRead(CaseDeed):
    """A person has read what she wrote; she is told so."""

    purpose = Purpose.INFORMING
    case: CaseId
    person: PersonId


@dataclass(frozen=True)
class ReadTogether(CaseDeed):
    """Staff and child read cards together; each gets its 'informed by' (req. 24)."""

    purpose = Purpose.INFORMING
    case: CaseId
    person: PersonId
    entries: tuple[EntryId, ...]
    on: date
    understood: str
