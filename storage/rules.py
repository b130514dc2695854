"""The rules of a subject: append-only facts about who belongs, who is cleared, what is blocked; pure.

Each rule is one row in its subject's chain. Nothing is changed in place: a later rule answers an earlier one
(bitemporal: valid time in the rule, recorded time in the row). Fields may only be added last with a default.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from storage.records import (
    CaseId,
    Channel,
    ClaimAnswer,
    ClaimStage,
    GuardianStatus,
    PersonId,
    ProofWay,
    RefusalGround,
    Role,
    TieId,
    TieKind,
)
from storage.ways_in import SignInShut, TiedIn


@dataclass(frozen=True, slots=True)
class Tied:
    """A person belongs to the case in one way, from a day and perhaps until one (the last valid day)."""

    tie: TieId
    person: PersonId
    kind: TieKind
    from_: date
    until: date | None
    decided_by: str
    tag: Literal["tied"] = "tied"
    born: date | None = None


@dataclass(frozen=True, slots=True)
class StatusSet:
    """A guardian's status became known; any clearing before it no longer counts."""

    tie: TieId
    status: GuardianStatus
    by: str
    tag: Literal["status"] = "status"


@dataclass(frozen=True, slots=True)
class ClearedBy:
    """One of the two people who must agree before a guardian sees anything."""

    tie: TieId
    by: str
    why: str
    tag: Literal["cleared"] = "cleared"


@dataclass(frozen=True, slots=True)
class Blocked:
    """A guardian was shut out (or let back to being uncleared); one person is enough, at once."""

    tie: TieId
    by: str
    blocked: bool
    tag: Literal["blocked"] = "blocked"


@dataclass(frozen=True, slots=True)
class Sealed:
    """The case was closed to everybody outside (or opened again)."""

    by: str
    sealed: bool
    tag: Literal["sealed"] = "sealed"


@dataclass(frozen=True, slots=True)
class Investigation:
    """The secrecy of the investigation rests over the case, or was lifted (OSL 18:1, 35:1)."""

    by: str
    active: bool
    review_on: date | None = None
    tag: Literal["investigation"] = "investigation"


@dataclass(frozen=True, slots=True)
class ContactDecided:
    """An adult with authority found it good for this child to be written to here (req. 23).

    `embargo_until` None with `embargo` True waits for the prosecutor's notice to be logged.
    """

    person: PersonId
    decided_by: str
    on: date
    why: str
    maturity: str
    guardians_may_know: bool
    embargo_until: date | None = None
    embargo: bool = False
    tag: Literal["contact"] = "contact"


@dataclass(frozen=True, slots=True)
class Consented:
    """Somebody said yes: by whom, for whom, to what, why, over which channel, from when until when (req. 147)."""

    consent: str
    by: PersonId
    for_: PersonId
    scope: str
    purpose: str
    channel: Channel | None
    from_: date
    until: date | None
    tag: Literal["consented"] = "consented"


@dataclass(frozen=True, slots=True)
class Withdrew:
    """A yes was taken back, by one tap and at once."""

    consent: str
    by: str
    tag: Literal["withdrew"] = "withdrew"


@dataclass(frozen=True, slots=True)
class Employed:
    """A member of staff holds a role at a unit, or no longer does."""

    unit: str
    role: Role
    active: bool
    by: str
    tag: Literal["employed"] = "employed"


@dataclass(frozen=True, slots=True)
class Released:
    """An entry was released to a class of reader on a ground; the entry's own record says the same (req. 146)."""

    entry: str
    to: str
    by: str
    ground: str
    tag: Literal["released"] = "released"


@dataclass(frozen=True, slots=True)
class Refused:
    """An entry was not handed out to the grown-up it is about; the entry's own record says the same."""

    entry: str
    by: str
    ground: RefusalGround
    tag: Literal["refused"] = "refused"


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claim began: somebody asks for what was written about her as a child. Its number opens it until a day."""

    until: date
    tag: Literal["claimed"] = "claimed"


@dataclass(frozen=True, slots=True)
class Staged:
    """A claim came to a stage: by whom, which function answers for it, and when she hears next."""

    stage: ClaimStage
    by: str
    who: str
    function: str
    next_on: date | None = None
    way: ProofWay | None = None
    answer: ClaimAnswer | None = None
    ground: RefusalGround | None = None
    tag: Literal["staged"] = "staged"


@dataclass(frozen=True, slots=True)
class Connected:
    """A worker found that a claim is about a case."""

    case: CaseId
    by: str
    tag: Literal["connected"] = "connected"


Rule = (
    Tied
    | StatusSet
    | ClearedBy
    | Blocked
    | Sealed
    | Investigation
    | ContactDecided
    | Consented
    | Withdrew
    | Employed
    | TiedIn
    | SignInShut
    | Released
    | Refused
    | Claimed
    | Staged
    | Connected
)
RULE: TypeAdapter[Rule] = TypeAdapter(Annotated[Rule, Field(discriminator="tag")])


@dataclass(frozen=True, slots=True)
class Recorded:
    """A rule and the instant it was written down."""

    rule: Rule
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything the rule may look at about one subject. `intact` False: a row is missing, changed or foreign."""

    subject: str
    side: str
    unit: str
    rules: tuple[Recorded, ...]
    intact: bool = True
    culled: bool = False

    @property
    def born(self) -> date | None:
        """The birth date of the child the case is about."""
        return next((tie.born for tie in self.ties() if tie.kind is TieKind.CHILD), None)

    def tied(self, person: str) -> tuple[Tied, ...]:
        """This person's ties to the case, valid or not; the last word about each tie counts."""
        latest: dict[str, Tied] = {}
        for recorded in self.rules:
            if isinstance(recorded.rule, Tied):
                latest[recorded.rule.tie] = recorded.rule
        return tuple(tie for tie in latest.values() if tie.person == person)

    def ties(self) -> tuple[Tied, ...]:
        """Every tie of the case, the last word about each."""
        latest = {r.rule.tie: r.rule for r in self.rules if isinstance(r.rule, Tied)}
        return tuple(latest.values())

    def status(self, tie: TieId) -> GuardianStatus:
        """A guardian's status; unknown until somebody has said (req. 33)."""
        found = GuardianStatus.UNKNOWN
        for recorded in self.rules:
            if isinstance(recorded.rule, StatusSet) and recorded.rule.tie == tie:
                found = recorded.rule.status
        return found

    def clearers(self, tie: TieId) -> frozenset[str]:
        """The people who have cleared this guardian since the last change of status or block."""
        names: set[str] = set()
        for recorded in self.rules:
            match recorded.rule:
                case ClearedBy(tie=t, by=by) if t == tie:
                    names.add(by)
                case StatusSet(tie=t) | Blocked(tie=t) if t == tie:
                    names.clear()
                case _:
                    pass
        return frozenset(names)

    def blocked(self, tie: TieId) -> bool:
        """Whether the last word about a block is yes."""
        return _last(
            (r.rule.blocked for r in self.rules if isinstance(r.rule, Blocked) and r.rule.tie == tie),
            False,
        )

    def sealed(self) -> bool:
        """Whether the case is shut."""
        return _last((r.rule.sealed for r in self.rules if isinstance(r.rule, Sealed)), False)

    def under_investigation(self) -> bool:
        """Whether the investigation's secrecy rests over the case now."""
        return _last(
            (r.rule.active for r in self.rules if isinstance(r.rule, Investigation)),
            False,
        )

    def contact(self, person: str) -> ContactDecided | None:
        """The latest decision that contact with this child is good for her."""
        found = None
        for recorded in self.rules:
            if isinstance(recorded.rule, ContactDecided) and recorded.rule.person == person:
                found = recorded.rule
        return found

    def consents(self) -> tuple[Consented, ...]:
        """Every yes that nobody has taken back, expired ones included."""
        given: dict[str, Consented] = {}
        for recorded in self.rules:
            match recorded.rule:
                case Consented() as yes:
                    given[yes.consent] = yes
                case Withdrew(consent=consent):
                    given.pop(consent, None)
                case _:
                    pass
        return tuple(given.values())

    def claimed(self) -> Claimed | None:
        """How the claim began; None when this is no claim."""
        first = self.rules[0].rule if self.rules else None
        return first if isinstance(first, Claimed) else None

    def stages(self) -> tuple[tuple[Staged, datetime], ...]:
        """The stages of a claim and when it came to each; none while it is still being written."""
        return tuple((r.rule, r.at) for r in self.rules if isinstance(r.rule, Staged))

    def connected(self) -> CaseId | None:
        """The case a claim was last found to be about."""
        found = None
        for recorded in self.rules:
            if isinstance(recorded.rule, Connected):
                found = recorded.rule.case
        return found

    def employment(self) -> Employed | None:
        """The last word about a member of staff's role."""
        found = None
        for recorded in self.rules:
            if isinstance(recorded.rule, Employed):
                found = recorded.rule
        return found


def _last(values: Iterable[bool], otherwise: bool) -> bool:
    found = otherwise
    for value in values:
        found = value
    return found
