"""What is done after a text was taken back: the incident is closed in words, and messages are sent again."""

from __future__ import annotations

from dataclasses import dataclass

from storage.commands.shape import RuleDeed
from storage.incidents import HeardOf, Reported
from storage.records import CaseId, EntryId, PersonId


@dataclass(frozen=True)
class CloseIncident(RuleDeed):
    """Close the incident of a text that was taken back: what was done (GDPR art. 33, 34). A no takes a reason."""

    case: CaseId
    entry: EntryId
    reported: Reported
    reported_words: str
    heard: HeardOf
    heard_words: str


@dataclass(frozen=True)
class ResumeMessages(RuleDeed):
    """Send to a person's telephone again, with a reason; what she had been promised ahead is reminded of again."""

    case: CaseId
    person: PersonId
    why: str
