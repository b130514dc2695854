"""What is decided about a case: who may read, who is shut out, what is kept back, who may be named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from storage.commands.shape import RuleDeed
from storage.queries import Purpose, Reach
from storage.records import CaseId, GuardianStatus, PersonId, Shutting, TieId


@dataclass(frozen=True)
class SetStatus(RuleDeed):
    """Record a guardian's own part in the case."""

    case: CaseId
    tie: TieId
    status: GuardianStatus


@dataclass(frozen=True)
class ClearGuardian(RuleDeed):
    """One of two: this guardian may see what is released to her."""

    case: CaseId
    tie: TieId
    why: str


@dataclass(frozen=True)
class BlockGuardian(RuleDeed):
    """Shut a person out, at once and alone. To lift it takes two, one of them a manager; clearing starts over."""

    case: CaseId
    tie: TieId
    blocked: bool


@dataclass(frozen=True)
class SealCase(RuleDeed):
    """Shut the case to everybody, at once and alone; to open it again takes two (policy P20)."""

    reach = Reach.SEAL

    case: CaseId
    sealed: bool


@dataclass(frozen=True)
class SetInvestigation(RuleDeed):
    """Lay the investigation's secrecy over the case, or lift it."""

    case: CaseId
    active: bool
    review_on: date | None


@dataclass(frozen=True)
class Invite(RuleDeed):
    """Let a person be invited. A child needs the decision that contact is good for her; nobody blocked is invited."""

    case: CaseId
    person: PersonId


@dataclass(frozen=True)
class Unlock(RuleDeed):
    """Let a person try her PIN again; the worker has met her."""

    case: CaseId
    person: PersonId


@dataclass(frozen=True)
class ShutSignIn(RuleDeed):
    """Shut every way in of a person at once, or open it again; the worker has met her or knows who has her phone."""

    case: CaseId
    person: PersonId
    how: Shutting


@dataclass(frozen=True)
class KeepException(RuleDeed):
    """A provision of the code list lets somebody read without a yes (named decision-maker and document)."""

    case: CaseId
    exception: str
    to: str
    ground: str
    decided_by: str
    reference: str
    from_: date
    until: date | None


@dataclass(frozen=True)
class EndException(RuleDeed):
    """An exception no longer holds."""

    case: CaseId
    exception: str


@dataclass(frozen=True)
class AllowNaming(RuleDeed):
    """Somebody of the case lets herself be told about in what others read, or takes that back (policy P57)."""

    purpose = Purpose.RELEASE
    case: CaseId
    person: PersonId
    allowed: bool


@dataclass(frozen=True)
class LogNotice(RuleDeed):
    """The prosecutor's notice is recorded: the embargo is over."""

    case: CaseId
    on: date


@dataclass(frozen=True)
class RecordWish(RuleDeed):
    """A young person of fifteen or more has said that she wishes contact herself (policy P29)."""

    case: CaseId
    person: PersonId
    on: date


@dataclass(frozen=True)
class ProtectIdentity(RuleDeed):
    """Somebody of the case lives under a protected identity, at once and by one; or no longer does."""

    purpose = Purpose.RELEASE
    case: CaseId
    protected: bool


@dataclass(frozen=True)
class GuardianSaysNo(RuleDeed):
    """A guardian does not want the child to be told: the responsible authority gets the task to decide (req. 43)."""

    case: CaseId
    tie: TieId
    why: str


@dataclass(frozen=True)
class DecideAfterNo(RuleDeed):
    """What the responsible authority decides after a guardian's no: `told`, the child is told nevertheless (req. 43).

    The only deed that ends the task which the no became; without a reason it is refused.
    """

    case: CaseId
    tie: TieId
    told: bool
    why: str
