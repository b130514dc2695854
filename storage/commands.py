"""Everything that may be changed in the store, each deed with its purpose and its reach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from storage.carriers import CarrierKind
from storage.her_words import Outcome, TellOf
from storage.queries import Purpose, Reach
from storage.records import (
    CLAIM_DOOR,
    Adult,
    CaseId,
    Channel,
    ClaimAnswer,
    ClaimId,
    ClaimStage,
    ClaimToken,
    Entry,
    EntryId,
    EntryState,
    GuardianStatus,
    Listener,
    Meeting,
    NoticeWording,
    PersonId,
    PhoneHeld,
    ProofWay,
    RecordId,
    RefusalGround,
    Release,
    Shutting,
    Side,
    StaffId,
    TieId,
    TieKind,
    Told,
    claim_of,
)


class Command:
    """A change. `subject` names the case or person it changes; a refusal comes back as `Withheld`."""

    purpose: ClassVar[Purpose]
    reach: ClassVar[Reach]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Refuse a change without a purpose and a reach."""
        super().__init_subclass__(**kwargs)
        if not isinstance(getattr(cls, "purpose", None), Purpose) or not isinstance(getattr(cls, "reach", None), Reach):
            raise TypeError(f"{cls.__name__} has no purpose or no reach")

    @property
    def subject(self) -> str:
        """The case, person or unit that changes."""
        raise NotImplementedError


class CaseDeed(Command):
    """A worker's change in one case."""

    purpose = Purpose.CASE_WORK
    reach = Reach.WORK
    case: CaseId

    @property
    def subject(self) -> str:
        """The case."""
        return self.case


class PersonDeed(Command):
    """A person's change about herself."""

    purpose = Purpose.OWN_IDENTITY
    reach = Reach.OWN
    person: PersonId

    @property
    def subject(self) -> str:
        """The person."""
        return self.person


# --- the worker builds a case -------------------------------------------------------------------------------


@dataclass(frozen=True)
class OpenCase(Command):
    """Open a case at the worker's own unit. `cull_month` ('2047-03') is when its keys may be destroyed."""

    purpose = Purpose.CASE_WORK
    reach = Reach.WORK
    case: CaseId
    unit: str
    side: Side
    ref: str
    cull_month: str

    @property
    def subject(self) -> str:
        """The unit: the case does not exist yet."""
        return f"unit:{self.unit}"


@dataclass(frozen=True)
class Enrol(CaseDeed):
    """Record a person on this side of the house and tie her to the case, with the line she chose for her telephone."""

    case: CaseId
    person: PersonId
    name: str
    born: date | None
    locale: str
    level: Listener | None
    number: str | None
    tie: TieId
    kind: TieKind
    status: GuardianStatus
    from_: date
    until: date | None
    decided_by: str
    wording: NoticeWording = NoticeWording.READ


@dataclass(frozen=True)
class EndTie(CaseDeed):
    """A tie has a last valid day."""

    case: CaseId
    tie: TieId
    until: date


@dataclass(frozen=True)
class KeepAdult(CaseDeed):
    """Write down or change a grown-up of the case; two may not share a label (req. 3)."""

    case: CaseId
    adult: Adult


@dataclass(frozen=True)
class WriteEntry(CaseDeed):
    """Write one entry and seal each reader's part that holds and releases allow.

    It lets nobody have what takes two people to let go: a release beside those that stand already is refused then.
    `late` is the ground for writing when the investigation has closed.
    """

    case: CaseId
    entry: Entry
    late: str = ""


@dataclass(frozen=True)
class CarryEntry(CaseDeed):
    """Write an entry that another system kept, with the releases that were decided there and by whom.

    Only a file carried in by whoever runs the house says this; no page of the console does.
    """

    case: CaseId
    entry: Entry


@dataclass(frozen=True)
class ReleaseEntry(CaseDeed):
    """Let a class of reader have an entry, on a ground. What is heavy takes two people, unless it is for the child."""

    purpose = Purpose.RELEASE
    case: CaseId
    entry: EntryId
    release: Release


@dataclass(frozen=True)
class RefuseEntry(CaseDeed):
    """Not hand an entry out to the grown-up it is about, on a ground she is told; a later release ends it."""

    purpose = Purpose.RELEASE
    case: CaseId
    entry: EntryId
    ground: RefusalGround


@dataclass(frozen=True)
class RecordTold(CaseDeed):
    """Somebody told her: by whom, when, how, understood (req. 54). Opens what waited for it."""

    purpose = Purpose.INFORMING
    case: CaseId
    entry: EntryId
    told: Told


@dataclass(frozen=True)
class RecordDay(CaseDeed):
    """The words of one of the days after were offered to her: by whom, when, how, and how she took it (req. 11)."""

    purpose = Purpose.INFORMING
    case: CaseId
    entry: EntryId
    day: int
    told: Told


@dataclass(frozen=True)
class LookAgain(CaseDeed):
    """The promised day came: yes (the card opens) or a new day, said the same day."""

    purpose = Purpose.INFORMING
    case: CaseId
    entry: EntryId
    yes: bool
    until: date | None


@dataclass(frozen=True)
class ChangeState(CaseDeed):
    """A planned event happened, moved or was cancelled."""

    case: CaseId
    entry: EntryId
    state: EntryState
    on: date | None


@dataclass(frozen=True)
class TakeBack(CaseDeed):
    """Hide an entry from every reader at once and open an incident (72 hours, GDPR art. 33)."""

    case: CaseId
    entry: EntryId
    why: str


# --- the rules ----------------------------------------------------------------------------------------------


class RuleDeed(CaseDeed):
    """A change of who may see."""

    purpose = Purpose.RULES


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
class AssignCase(RuleDeed):
    """Name a worker for the case, or take her off it. While nobody is named, the whole unit has it (policy P12).

    For herself each may; for another a coordinator or a manager. `back_on`: she is on leave from it until that day.
    """

    case: CaseId
    staff: StaffId
    assigned: bool
    back_on: date | None = None


@dataclass(frozen=True)
class ReviewGlass(RuleDeed):
    """A manager looks at how a case was opened in need, and lets it stand or ends it at once (policy P61)."""

    case: CaseId
    staff: StaffId
    stands: bool


@dataclass(frozen=True)
class BlockColleague(RuleDeed):
    """Shut a member of staff out of a case she is too close to, at once and by one (policy P24; FL 16)."""

    case: CaseId
    staff: StaffId
    blocked: bool


@dataclass(frozen=True)
class ProtectIdentity(RuleDeed):
    """Somebody of the case lives under a protected identity, at once and by one; or no longer does."""

    purpose = Purpose.RELEASE
    case: CaseId
    protected: bool


@dataclass(frozen=True)
class AskForExtract(RuleDeed):
    """Ask to hand out what may go of the case, to a receiver whom a provision names, for a reason (policy P47)."""

    purpose = Purpose.RELEASE
    case: CaseId
    to: str
    why: str


@dataclass(frozen=True)
class ApproveExtract(RuleDeed):
    """A manager agrees that a worker hands it to this receiver (policy P58)."""

    purpose = Purpose.RELEASE
    case: CaseId
    staff: StaffId
    to: str


@dataclass(frozen=True)
class BeginCarrier(RuleDeed):
    """The log is in this legal container from a day (req. 64-66), as somebody decided on a ground.

    `until` None: the law's own last day, where it sets one.
    """

    case: CaseId
    kind: CarrierKind
    on: date
    until: date | None
    decided_by: str
    ground: str


@dataclass(frozen=True)
class ExtendCarrier(RuleDeed):
    """The container lasts until a later day, where the law lets it (SoL 20:3, special reasons)."""

    case: CaseId
    until: date
    decided_by: str
    ground: str


@dataclass(frozen=True)
class CloseCarrier(RuleDeed):
    """The container was closed on a day; the log stays, and a named role goes on writing in it."""

    case: CaseId
    on: date
    decided_by: str
    ground: str


@dataclass(frozen=True)
class ReopenCarrier(RuleDeed):
    """A closed case is taken up anew [återaktualisering]; what was written before becomes its earlier log."""

    case: CaseId
    kind: CarrierKind
    on: date
    until: date | None
    decided_by: str
    ground: str


@dataclass(frozen=True)
class AskForEarlier(RuleDeed):
    """A worker writes down her own ground for reading the earlier log whole, for a week."""

    case: CaseId
    ground: str


@dataclass(frozen=True)
class GuardianSaysNo(RuleDeed):
    """A guardian does not want the child to be told: the responsible authority gets the task to decide (req. 43)."""

    case: CaseId
    tie: TieId
    why: str


@dataclass(frozen=True)
class BreakGlass(Command):
    """Open another unit's case in need, by its exact name or number, for a day; its manager gets a task to review."""

    purpose = Purpose.EMERGENCY
    reach = Reach.SEAL
    unit: str
    words: str
    why: str

    @property
    def subject(self) -> str:
        """The worker's own unit: the case is not open to her yet."""
        return f"unit:{self.unit}"


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


@dataclass(frozen=True)
class LogReviewed(Command):
    """The unit's log was looked through from one day to another; `found` says what, or that it was nothing."""

    purpose = Purpose.AUDIT
    reach = Reach.LOG
    unit: str
    since: date
    until: date
    found: str

    @property
    def subject(self) -> str:
        """The unit."""
        return f"unit:{self.unit}"


# --- the thread between her and the unit --------------------------------------------------------------------


@dataclass(frozen=True)
class Say(Command):
    """She writes to the unit; `alarm` names what the safety net saw and makes the task urgent."""

    purpose = Purpose.OWN_CONTACT
    reach = Reach.THREAD
    case: CaseId
    words: str
    about: EntryId | None
    alarm: str | None

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


# --- what she says about a card -----------------------------------------------------------------------------


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


# --- meetings -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Book(CaseDeed):
    """Book, move or cancel a meeting; older reminders of it die with the version."""

    case: CaseId
    person: PersonId
    meeting: Meeting


@dataclass(frozen=True)
class KeepPlan(CaseDeed):
    """Write down a goal of the person's plan."""

    case: CaseId
    plan: str
    goal: str
    who: str
    next_on: date | None


@dataclass(frozen=True)
class AnswerMeeting(Command):
    """The person answers a reminder: come, other_time, call_me. The worker sees it at once."""

    purpose = Purpose.OWN_MEETINGS
    reach = Reach.AID
    case: CaseId
    meeting: str
    answer: str

    @property
    def subject(self) -> str:
        """The case."""
        return self.case


@dataclass(frozen=True)
class CloseTask(Command):
    """A work row is done."""

    purpose = Purpose.CASE_WORK
    reach = Reach.WORK
    unit: str
    task: str

    @property
    def subject(self) -> str:
        """The unit."""
        return f"unit:{self.unit}"


# --- herself ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SetProfile(PersonDeed):
    """Choose language or level; None leaves it as it is."""

    person: PersonId
    locale: str | None = None
    level: Listener | None = None


@dataclass(frozen=True)
class AskToBeSent(CaseDeed):
    """A worker triggers a notice about an entry or meeting to one receiver the rule has cleared."""

    purpose = Purpose.INFORMING
    case: CaseId
    person: PersonId
    ref: str
    not_before: datetime


@dataclass(frozen=True)
class SayYes(Command):
    """Say yes myself: to be reminded of meetings, within hours ('09:00-19:00') that are safe for me; or, a grown-up
    with a linked chat, to read in Telegram where the municipality allows it (then without hours).
    """

    purpose = Purpose.OWN_CHOICES
    reach = Reach.THREAD
    case: CaseId
    scope: str
    hours: str

    @property
    def subject(self) -> str:
        """The case the yes is given in."""
        return self.case


@dataclass(frozen=True)
class AskForLink(PersonDeed):
    """A grown-up wants to link her Telegram: a token for a quarter of an hour; an earlier one dies."""

    person: PersonId


@dataclass(frozen=True)
class SameWords(PersonDeed):
    """The four words on the page and in the chat are the same: bind that chat to her."""

    person: PersonId


@dataclass(frozen=True)
class PickCodeWord(PersonDeed):
    """Pick the everyday word that proves that a message is from us."""

    person: PersonId
    word: str


@dataclass(frozen=True)
class EndLink(PersonDeed):
    """Unlink the chat, and let nothing that waits be sent to it."""

    person: PersonId


@dataclass(frozen=True)
class EndPlace(PersonDeed):
    """Sign out somewhere else."""

    person: PersonId
    which: str


@dataclass(frozen=True)
class KeepBookmark(PersonDeed):
    """Remember which card I opened last, so that I can stop and go on another day."""

    person: PersonId
    entry: EntryId
    page: int


@dataclass(frozen=True)
class KeepNote(PersonDeed):
    """Write something to myself. Nobody else can open it."""

    purpose = Purpose.OWN_NOTES
    person: PersonId
    words: str
    about: EntryId | None


@dataclass(frozen=True)
class DropNote(PersonDeed):
    """Take one of my own notes away for good."""

    purpose = Purpose.OWN_NOTES
    person: PersonId
    note: RecordId


# --- a grown-up asks for what was written about her as a child -----------------------------------------------


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
