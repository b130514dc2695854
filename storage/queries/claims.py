"""What is asked when a grown-up wants what was written about her as a child."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from storage.queries.shape import Purpose, Query, Reach, T
from storage.queries.unit import CaseLine
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
from storage.rules import Staged


class AboutClaim(Query[T]):
    """A question about one claim, by the secret that opens it."""

    purpose = Purpose.REQUEST
    reach = Reach.CLAIM
    token: ClaimToken

    @property
    def subject(self) -> str:
        """The claim."""
        return claim_of(self.token)


class OfClaim(Query[T]):
    """A worker's question about one claim of her unit."""

    purpose = Purpose.REQUEST
    reach = Reach.WORK
    claim: ClaimId

    @property
    def subject(self) -> str:
        """The claim."""
        return self.claim


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as a person meets it: the id that a choice hands back, and the name she reads."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Opening:
    """What is needed to begin: the units that take claims, and a fresh number with the secret made from it."""

    units: tuple[Unit, ...]
    number: str
    token: ClaimToken


@dataclass(frozen=True)
class ClaimDoor(Query[Opening]):
    """Where one may ask. For anyone, without sign-in; the number is new at each question."""

    purpose = Purpose.REQUEST
    reach = Reach.DOOR

    @property
    def subject(self) -> str:
        """The door itself."""
        return CLAIM_DOOR


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """What whoever holds a claim's number may know of it. Never the words that were written: they open for staff only.

    `stage` None: not sent yet. `number` is there until she says that she has kept it. `has` names the questions
    that have been answered, `alarm` what the safety net saw, and `unit` is the unit by name.
    """

    unit: str
    stage: ClaimStage | None
    at: datetime | None = None
    sent_at: datetime | None = None
    function: str = ""
    who: str = ""
    next_on: date | None = None
    way: ProofWay | None = None
    answer: ClaimAnswer | None = None
    ground: RefusalGround | None = None
    number: str = ""
    has: frozenset[str] = frozenset()
    alarm: str = ""


@dataclass(frozen=True)
class MyClaim(AboutClaim[ClaimFacts]):
    """How far my request has come."""

    token: ClaimToken


@dataclass(frozen=True, slots=True)
class EidLine:
    """The e-ID shown for a claim: the name in it, its keyed hash, and when."""

    name: str
    mark: str
    on: date


@dataclass(frozen=True, slots=True)
class ClaimSheet:
    """A claim as its worker sees it. `unit` is the unit by name; `asked` maps a question's name to the words.

    `code_given`: an old receipt code was given; `code_case` is the case it belongs to, when the worker may open it.
    `eid` is the e-ID that was shown, if any, and `eid_case` the case of whose number it is, when there is one.
    """

    claim: ClaimId
    unit: str
    locale: str
    asked: dict[str, str]
    stages: tuple[tuple[Staged, datetime], ...]
    case: CaseId | None
    code_given: bool
    code_case: CaseLine | None
    eid: EidLine | None = None
    eid_case: CaseLine | None = None


@dataclass(frozen=True)
class OneClaim(OfClaim[ClaimSheet]):
    """The claim, for the worker."""

    claim: ClaimId


@dataclass(frozen=True, slots=True)
class FoundForClaim:
    """The cases under a name or number, and whether one was there whose time to be kept has gone."""

    cases: tuple[CaseLine, ...]
    culled: bool


@dataclass(frozen=True)
class FindForClaim(OfClaim[FoundForClaim]):
    """The unit's cases under exactly this name, personal number or case number, for a claim."""

    claim: ClaimId
    words: str
