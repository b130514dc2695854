"""A grown-up asks for what was written about her as a child, and the unit answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from storage.commands.shape import Command
from storage.queries import Purpose, Reach
from storage.records import (
    CLAIM_DOOR,
    CaseId,
    ClaimAnswer,
    ClaimId,
    ClaimStage,
    ClaimToken,
    ProofWay,
    RefusalGround,
    claim_of,
)


class ClaimDeed(Command):
    """A change of one claim by whoever holds the secret that opens it."""

    purpose = Purpose.REQUEST
    reach = Reach.CLAIM
    token: ClaimToken

    @property
    def subject(self) -> str:
        """The claim."""
        return claim_of(self.token)


class ClaimWork(Command):
    """A worker's change of one claim of her unit."""

    purpose = Purpose.REQUEST
    reach = Reach.WORK
    claim: ClaimId

    @property
    def subject(self) -> str:
        """The claim."""
        return self.claim


@dataclass(frozen=True)
class BeginClaim(Command):
    """Begin a claim at a unit, under a fresh number and its secret; nobody sees it before it is sent."""

    purpose = Purpose.REQUEST
    reach = Reach.DOOR
    token: ClaimToken
    number: str
    unit: str
    locale: str

    @property
    def subject(self) -> str:
        """The door: the claim does not exist yet."""
        return CLAIM_DOOR


@dataclass(frozen=True)
class AddToClaim(ClaimDeed):
    """Seal the answer to one question in the claim. No way leads back to who wrote it: staff alone can open it."""

    token: ClaimToken
    what: str
    words: str
    alarm: str | None = None


@dataclass(frozen=True)
class ShowEid(ClaimDeed):
    """Keep with the claim that an e-ID was shown. It proves who asks, and opens nothing: a person decides that."""

    token: ClaimToken
    number: str
    holder: str


@dataclass(frozen=True)
class SendClaim(ClaimDeed):
    """Let the unit have it; from now on nothing can be added."""

    token: ClaimToken
    way: ProofWay


@dataclass(frozen=True)
class KeptNumber(ClaimDeed):
    """She has written the number down; it is not kept in words any more."""

    token: ClaimToken


@dataclass(frozen=True)
class DropClaim(ClaimDeed):
    """Throw away what was not sent yet, and its keys."""

    token: ClaimToken


@dataclass(frozen=True)
class MoveClaim(ClaimWork):
    """Say how far it has come, which function answers for it, and when she hears next.

    PROVING: how she is to show who she is. LOOKING: she has shown it, in this way.
    """

    claim: ClaimId
    stage: ClaimStage
    function: str
    next_on: date
    way: ProofWay


@dataclass(frozen=True)
class ConnectClaim(ClaimWork):
    """Find that the claim is about a case of the unit."""

    claim: ClaimId
    case: CaseId


@dataclass(frozen=True)
class AnswerClaim(ClaimWork):
    """Give the answer. All but UNPROVEN need that she has shown who she is; RELEASED says how she is let in."""

    claim: ClaimId
    answer: ClaimAnswer
    function: str
    way: ProofWay | None = None
    ground: RefusalGround | None = None
