"""Whether, how and in which words somebody is written to: decided, agreed to, asked again, taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from storage.commands.shape import Command, RuleDeed
from storage.queries import Purpose, Reach
from storage.records import CaseId, Channel, PersonId, PhoneHeld


@dataclass(frozen=True)
class DecideContact(RuleDeed):
    """Record that contact with this child is good for her (req. 23)."""

    case: CaseId
    person: PersonId
    on: date
    decided_by: str
    why: str
    maturity: str
    guardians_may_know: bool
    embargo_until: date | None
    embargo: bool
    notices: bool = False


@dataclass(frozen=True)
class KeepConsent(RuleDeed):
    """Write down a yes that somebody gave."""

    case: CaseId
    consent: str
    by: PersonId
    for_: PersonId
    scope: str
    why: str
    channel: Channel | None
    from_: date
    until: date | None
    to: PersonId | None = None
    how: str = ""
    language: str = ""
    phone: PhoneHeld | None = None


@dataclass(frozen=True)
class AskedAgain(RuleDeed):
    """A worker has asked her whether it is still safe to be written to, and she said yes (policy P67)."""

    case: CaseId
    person: PersonId
    phone: PhoneHeld
    how: str


@dataclass(frozen=True)
class EndConsent(RuleDeed):
    """Somebody told the worker that she takes her yes back."""

    case: CaseId
    consent: str


@dataclass(frozen=True)
class Withdraw(Command):
    """Take back my own yes, with one tap."""

    purpose = Purpose.OWN_CHOICES
    reach = Reach.THREAD
    case: CaseId
    consent: str

    @property
    def subject(self) -> str:
        """The case the yes was given in."""
        return self.case


@dataclass(frozen=True)
class KeepContact(Command):
    """It is still safe to write to me (policy P67). What is None stays as it was; `hours` are like '09:00-19:00'."""

    purpose = Purpose.OWN_CHOICES
    reach = Reach.THREAD
    case: CaseId
    phone: PhoneHeld | None
    hours: str | None = None

    @property
    def subject(self) -> str:
        """The case the yes was given in."""
        return self.case
