"""The rules of a subject: append-only facts about who belongs, who is cleared, what is blocked; pure.

Each rule is one row in its subject's chain. Nothing is changed in place: a later rule answers an earlier one
(bitemporal: valid time in the rule, recorded time in the row). Fields may only be added last with a default.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from storage.carriers import AddedLate, Carried, EarlierAsked
from storage.incidents import ChannelPaused, IncidentClosed
from storage.records import (
    Authority,
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
from storage.retention import CullingApproved, CullingWithdrawn, KeptFromCulling
from storage.ways_in import ChatTied, SessionsEnded, SignInShut, TiedIn


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
    """A person was shut out by one, at once; or one of the two who must agree wants her let back (to be cleared anew).

    `staff` names a member of staff instead of a tie. `manager`: whoever did it was a manager then.
    """

    tie: TieId
    by: str
    blocked: bool
    tag: Literal["blocked"] = "blocked"
    manager: bool = False
    staff: str | None = None


@dataclass(frozen=True, slots=True)
class Sealed:
    """The case was closed to everybody, by one; or one of the two who must agree wants it opened again."""

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
    notices: bool = False


@dataclass(frozen=True, slots=True)
class Consented:
    """Somebody said yes: by whom, for whom, to what, why, over which channel, from when until when (req. 147).

    Said again under the same name it is the same yes with new days. `phone`: who sees the telephone, if it was asked.
    """

    consent: str
    by: PersonId
    for_: PersonId
    scope: str
    purpose: str
    channel: Channel | None
    from_: date
    until: date | None
    tag: Literal["consented"] = "consented"
    to: PersonId | None = None
    how: str = ""
    language: str = ""
    phone: str = ""


# Why a yes to being written to ended without her saying so: the telephone it went to is another, or in other hands.
CHANGED_DEVICE = "changed_device"


@dataclass(frozen=True, slots=True)
class Withdrew:
    """A yes was taken back, by one tap and at once. `why` is there when something else than her word ended it."""

    consent: str
    by: str
    tag: Literal["withdrew"] = "withdrew"
    why: str = ""


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
    tie: TieId | None = None


@dataclass(frozen=True, slots=True)
class ReleaseEnded:
    """An entry that lay open to a class of reader does so no more: who may have read it is asked after that too.

    What comes open with its text has no rule of its own while it lies open: the text says so, and a case that is
    carried in with five hundred entries would be read with as many rules in every turn.
    """

    entry: str
    to: str
    by: str
    tie: TieId | None = None
    tag: Literal["release_ended"] = "release_ended"


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


@dataclass(frozen=True, slots=True)
class Excepted:
    """A provision of the code list lets somebody read without a yes: who decided it, and where that is written."""

    exception: str
    to: str
    ground: str
    edition: str
    decided_by: str
    reference: str
    from_: date
    until: date | None
    tag: Literal["excepted"] = "excepted"


@dataclass(frozen=True, slots=True)
class ExceptionEnded:
    """An exception no longer holds."""

    exception: str
    by: str
    tag: Literal["exception_ended"] = "exception_ended"


@dataclass(frozen=True, slots=True)
class Protected:
    """Somebody of the case lives under a protected identity, or no longer does (OSL 21:3, 22:1)."""

    by: str
    protected: bool
    tag: Literal["protected"] = "protected"


@dataclass(frozen=True, slots=True)
class GlassBroken:
    """A worker of another unit opened the case in need, with a reason, until an instant."""

    staff: str
    why: str
    until: datetime
    tag: Literal["glass_broken"] = "glass_broken"
    who: str = ""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A manager looked at a broken glass and let it stand, or struck it down."""

    staff: str
    by: str
    stands: bool
    tag: Literal["reviewed"] = "reviewed"


@dataclass(frozen=True, slots=True)
class Assigned:
    """A worker of the unit has the case, or no longer does. Until somebody is named, the whole unit has it.

    `back_on`: she is on leave from it, and on that day somebody decides whether she has it again.
    """

    staff: str
    by: str
    assigned: bool
    tag: Literal["assigned"] = "assigned"
    back_on: date | None = None


@dataclass(frozen=True, slots=True)
class NoticeLogged:
    """The prosecutor's notice is recorded: the embargo is over (1999:997, 6-7)."""

    by: str
    on: date
    tag: Literal["notice_logged"] = "notice_logged"


@dataclass(frozen=True, slots=True)
class Wished:
    """A young person of fifteen or more wishes to be in contact here herself (policy P29)."""

    person: PersonId
    by: str
    on: date
    tag: Literal["wished"] = "wished"


@dataclass(frozen=True, slots=True)
class ExportApproved:
    """A manager approved that what the case holds is handed out to one receiver, for one who asked (policy P58)."""

    to: str
    staff: str
    by: str
    tag: Literal["export_approved"] = "export_approved"


@dataclass(frozen=True, slots=True)
class ExportAsked:
    """A worker wants to hand out what may go of the case to one receiver, for a stated reason (policy P47)."""

    to: str
    staff: str
    who: str
    why: str
    tag: Literal["export_asked"] = "export_asked"


@dataclass(frozen=True, slots=True)
class GuardianSaidNo:
    """A guardian does not want the child to be told; the responsible authority, as it was that day, decides (req. 43).

    `authority` None: it was not written down then.
    """

    tie: TieId
    by: str
    why: str
    tag: Literal["guardian_said_no"] = "guardian_said_no"
    authority: Authority | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class NoDecided:
    """What was decided after a guardian's no: whether the child is told nevertheless, and why (req. 43)."""

    tie: TieId
    by: str
    told: bool
    why: str
    tag: Literal["no_decided"] = "no_decided"


@dataclass(frozen=True, slots=True)
class Proposed:
    """One of two wants a heavy entry to be read by somebody else than the child; the other one releases it.

    `anew`: `by` changed what that reader would read, and what anybody had said of the text before counts no more.
    """

    entry: str
    to: str
    by: str
    ground: str
    tie: TieId | None = None
    tag: Literal["proposed"] = "proposed"
    anew: bool = False


@dataclass(frozen=True, slots=True)
class VisitOpened:
    """A guardian may be told of one planned day of the child's, or no longer (req. 45)."""

    entry: str
    tie: TieId
    by: str
    opened: bool
    tag: Literal["visit_opened"] = "visit_opened"


@dataclass(frozen=True, slots=True)
class GrownTold:
    """The young person was told that her guardians' ties ended when she turned eighteen (policy P15)."""

    person: PersonId
    on: date
    tag: Literal["grown_told"] = "grown_told"


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
    | SessionsEnded
    | ChatTied
    | Released
    | ReleaseEnded
    | Refused
    | Claimed
    | Staged
    | Connected
    | Excepted
    | ExceptionEnded
    | NoticeLogged
    | Wished
    | Assigned
    | Reviewed
    | ExportApproved
    | ExportAsked
    | Protected
    | GlassBroken
    | GuardianSaidNo
    | NoDecided
    | Proposed
    | Carried
    | AddedLate
    | EarlierAsked
    | CullingApproved
    | CullingWithdrawn
    | KeptFromCulling
    | ChannelPaused
    | IncidentClosed
    | VisitOpened
    | GrownTold
)
RULE: TypeAdapter[Rule] = TypeAdapter(Annotated[Rule, Field(discriminator="tag")])


@dataclass(frozen=True, slots=True)
class Recorded:
    """A rule and the instant it was written down."""

    rule: Rule
    at: datetime
