"""What she says about a card, and what the unit answers."""

from __future__ import annotations

from dataclasses import dataclass

from storage.commands.shape import CaseDeed, Command
from storage.her_words import Outcome, TellOf
from storage.queries import Purpose, Reach
from storage.records import CaseId, EntryId, RecordId


@dataclass(frozen=True)
class SayWrong(Command):
    """She notes what is wrong on a card (SoL 14:6). It is kept beside the entry, which it does not change."""

    purpose = Purpose.OWN_CONTACT
    reach = Reach.THREAD
    case: CaseId
    entry: EntryId
    words: str
    alarm: str | None

    @property
    def subject(self) -> str:
        """The case."""
        return self.case


@dataclass(frozen=True)
class SayNotMine(Command):
    """She says that a card is not about her: it is put away from her at once, and a worker looks the same day."""

    purpose = Purpose.OWN_CONTACT
    reach = Reach.THREAD
    case: CaseId
    entry: EntryId

    @property
    def subject(self) -> str:
        """The case."""
        return self.case


@dataclass(frozen=True)
class ChooseTold(Command):
    """She says whether she wants to be told of one sort of event in the criminal matter (FUK 13 b)."""

    purpose = Purpose.OWN_CHOICES
    reach = Reach.THREAD
    case: CaseId
    of: TellOf
    wanted: bool

    @property
    def subject(self) -> str:
        """The case."""
        return self.case


@dataclass(frozen=True)
class KnowTiesEnded(Command):
    """She has been shown that her guardians' ties ended when she turned eighteen (policy P15)."""

    purpose = Purpose.OWN_CHOICES
    reach = Reach.THREAD
    case: CaseId

    @property
    def subject(self) -> str:
        """The case."""
        return self.case


@dataclass(frozen=True)
class CountUnclear(Command):
    """Count that a text was not understood, in one language. It says nothing of whom, and leaves no visit behind."""

    purpose = Purpose.STATISTICS
    reach = Reach.COUNT
    case: CaseId
    text: str
    locale: str

    @property
    def subject(self) -> str:
        """The case."""
        return self.case


@dataclass(frozen=True)
class AnswerObjection(CaseDeed):
    """A worker says what came of what the child objected to, in one of the approved answers."""

    purpose = Purpose.INFORMING
    case: CaseId
    objection: RecordId
    outcome: Outcome
