"""Everything that may be asked of the store, each question with its purpose and its reach."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar, Generic, TypeVar

from storage.carriers import Home
from storage.extract import Extract
from storage.her_words import NotePage, Objection, Sayings, SetAside, ToldAbout, Unclear
from storage.records import (
    CLAIM_DOOR,
    Adult,
    Afterwards,
    Bookmark,
    CaseId,
    Channel,
    ClaimAnswer,
    ClaimId,
    ClaimStage,
    ClaimToken,
    Entry,
    EntryId,
    EntryState,
    EntryView,
    Listener,
    Meeting,
    Message,
    NoticeWording,
    PersonId,
    Profile,
    Promise,
    ProofWay,
    Refusal,
    RefusalGround,
    Role,
    StaffId,
    Task,
    TieId,
    TieKind,
    Visit,
    claim_of,
)
from storage.rules import Consented, ContactDecided, Excepted, ExportAsked, GlassBroken, Investigation, Staged
from storage.safe_contact import SafeContact

T = TypeVar("T", covariant=True)
PAGE = 20


class Purpose(StrEnum):
    """Why something is read or changed; every visit names one (the record of processing)."""

    OWN_STORY = "own_story"
    OWN_CONTACT = "own_contact"
    OWN_CHOICES = "own_choices"
    OWN_ACCESS_LOG = "own_access_log"
    OWN_MEETINGS = "own_meetings"
    OWN_IDENTITY = "own_identity"
    OWN_NOTES = "own_notes"
    CASE_WORK = "case_work"
    INFORMING = "informing"
    RULES = "rules"
    DELIVERY = "delivery"
    RELEASE = "release"
    IMPORT = "import"
    REQUEST = "request"
    AUDIT = "audit"
    EMERGENCY = "emergency"
    STATISTICS = "statistics"


class Reach(StrEnum):
    """Which kind of part a question needs opened; the tie decides which compartment that is.

    TALK, SEAL, LOG and COUNT open no part of a case: where her conversation stands, what concerns a case as a whole,
    the log, what is counted without persons.
    """

    STORY = "story"
    THREAD = "thread"
    OWN = "own"
    WORK = "work"
    AID = "aid"
    DOOR = "door"
    CLAIM = "claim"
    TALK = "talk"
    SEAL = "seal"
    LOG = "log"
    COUNT = "count"


class Shape(StrEnum):
    """What an answer is, and how far it travels (policy P46)."""

    PAGE = "page"
    LIST = "list"
    SEARCH = "search"
    EXPORT = "export"
    NOTICE = "notice"
    LINK = "link"


class Query(Generic[T]):
    """A question whose answer is a `T` or a `Withheld`. `subject` names the case or person it is about."""

    purpose: ClassVar[Purpose]
    reach: ClassVar[Reach]
    shape: ClassVar[Shape] = Shape.PAGE

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Refuse a question without a purpose and a reach."""
        super().__init_subclass__(**kwargs)
        if not isinstance(getattr(cls, "purpose", None), Purpose) or not isinstance(getattr(cls, "reach", None), Reach):
            raise TypeError(f"{cls.__name__} has no purpose or no reach")

    @property
    def subject(self) -> str:
        """The case or person the question is about."""
        raise NotImplementedError


class AboutCase(Query[T]):
    """A question about one case."""

    purpose = Purpose.CASE_WORK
    reach = Reach.WORK
    case: CaseId

    @property
    def subject(self) -> str:
        """The case."""
        return self.case


class AboutPerson(Query[T]):
    """A question about one person."""

    purpose = Purpose.OWN_IDENTITY
    reach = Reach.OWN
    person: PersonId

    @property
    def subject(self) -> str:
        """The person."""
        return self.person


class OfUnit(Query[T]):
    """A question about a unit's own work rows."""

    purpose = Purpose.CASE_WORK
    reach = Reach.WORK
    unit: str

    @property
    def subject(self) -> str:
        """The unit."""
        return f"unit:{self.unit}"


@dataclass(frozen=True, slots=True)
class Headline:
    """A line of a timeline: enough for a row, not the text."""

    id: EntryId
    kind: str
    variant: str | None
    state: EntryState
    day: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """At most twenty headlines and what stands in their place, in date order. `more`: another page follows."""

    items: tuple[Headline | Promise | SetAside, ...]
    page: int
    more: bool


@dataclass(frozen=True)
class Timeline(AboutCase[Page]):
    """The case's entries that this reader may have, in date order."""

    purpose = Purpose.OWN_STORY
    reach = Reach.STORY
    shape = Shape.LIST
    case: CaseId
    page: int = 0


@dataclass(frozen=True)
class OneEntry(AboutCase[EntryView | Promise | SetAside | None]):
    """One entry as this reader's key opens it; None when there is no such card for her."""

    purpose = Purpose.OWN_STORY
    reach = Reach.STORY
    case: CaseId
    entry: EntryId


@dataclass(frozen=True)
class WholeStory(AboutCase[tuple[EntryView, ...]]):
    """Up to a hundred entries at once, for a copy to keep and for what each adult did."""

    purpose = Purpose.OWN_STORY
    reach = Reach.STORY
    case: CaseId


@dataclass(frozen=True)
class Adults(AboutCase[tuple[Adult, ...]]):
    """The grown-ups she met or who decided, with functions and phone numbers."""

    purpose = Purpose.OWN_STORY
    reach = Reach.STORY
    case: CaseId


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What a child may know of her case as a whole; `waiting` means the investigation keeps some things back.

    `after`: there is something to read about the days after an event.
    """

    unit: str
    waiting: bool
    look_again: str | None
    after: bool = False


@dataclass(frozen=True)
class TheCase(AboutCase[CaseFacts]):
    """Whether the investigation's hold rests over the case (said once, never per entry), and who has it."""

    purpose = Purpose.OWN_STORY
    reach = Reach.STORY
    case: CaseId


@dataclass(frozen=True)
class DaysAfter(AboutCase[tuple[Afterwards, ...]]):
    """The events after which there is something to say, oldest first; which of their days have come is the asker's
    clock to tell.
    """

    purpose = Purpose.OWN_STORY
    reach = Reach.STORY
    shape = Shape.LIST
    case: CaseId


@dataclass(frozen=True, slots=True)
class Thread:
    """The newest messages between her and the unit, oldest first; `more` when there are older ones."""

    messages: tuple[Message, ...]
    staffed: bool
    answer_by: datetime | None


@dataclass(frozen=True)
class MyThread(AboutCase[Thread]):
    """What she wrote and what was answered, twenty at a time."""

    purpose = Purpose.OWN_CONTACT
    reach = Reach.THREAD
    case: CaseId


@dataclass(frozen=True, slots=True)
class Choices:
    """What she said yes to: consent id, scope, channel, until."""

    given: tuple[tuple[str, str, str | None, str | None], ...]
    ties: tuple[tuple[str, TieKind], ...]


@dataclass(frozen=True)
class MyChoices(AboutCase[Choices]):
    """What I said yes to, to whom, until when."""

    purpose = Purpose.OWN_CHOICES
    reach = Reach.THREAD
    case: CaseId


@dataclass(frozen=True)
class MyObjections(AboutCase[tuple[Objection, ...]]):
    """What I have said is wrong or not about me, and what came of it; newest first, at most a hundred."""

    purpose = Purpose.OWN_CONTACT
    reach = Reach.THREAD
    case: CaseId


@dataclass(frozen=True)
class MyToldAbout(AboutCase[ToldAbout | None]):
    """What I want to be told of in the criminal matter (FUK 13 b); None: I have not answered."""

    purpose = Purpose.OWN_CHOICES
    reach = Reach.THREAD
    case: CaseId


@dataclass(frozen=True)
class MyContact(AboutCase[SafeContact]):
    """How it is with my yes to being written to: whether it holds, until when, in which hours."""

    purpose = Purpose.OWN_CHOICES
    reach = Reach.THREAD
    case: CaseId


@dataclass(frozen=True)
class WhoRead(AboutCase[tuple[Visit, ...]]):
    """Who has read about me, newest first, twenty at a time (req. 27)."""

    purpose = Purpose.OWN_ACCESS_LOG
    reach = Reach.THREAD
    case: CaseId


@dataclass(frozen=True, slots=True)
class Kept:
    """Where what is written about her is kept: in which container ('unsaid', 'closed' beside the kinds), until when.

    Nothing is told by it that she has not been told: a help or a close that she cannot read of yet is not named.
    `thirty`: that day is in the year she turns thirty, and not before she does. `until` None: it has come, or there is
    none.
    """

    where: str
    until: date | None
    thirty: bool


@dataclass(frozen=True)
class WhereKept(AboutCase[Kept]):
    """Where is this kept, and for how long? Asked by the one it is about."""

    purpose = Purpose.OWN_ACCESS_LOG
    reach = Reach.THREAD
    case: CaseId


@dataclass(frozen=True)
class MyMeetings(AboutCase[tuple[Meeting, ...]]):
    """The next meetings, soonest first, at most twenty."""

    purpose = Purpose.OWN_MEETINGS
    reach = Reach.AID
    case: CaseId


@dataclass(frozen=True)
class OneMeeting(AboutCase[Meeting | None]):
    """One meeting as it stands now."""

    purpose = Purpose.OWN_MEETINGS
    reach = Reach.AID
    case: CaseId
    meeting: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The person's own plan: one goal, who helps, when it is looked at again."""

    goal: str
    who: str
    next_on: str | None


@dataclass(frozen=True)
class MyPlan(AboutCase[tuple[Plan, ...]]):
    """Goals and steps, in the words they were agreed in."""

    purpose = Purpose.OWN_MEETINGS
    reach = Reach.AID
    case: CaseId


@dataclass(frozen=True)
class MyProfile(AboutPerson[Profile]):
    """Name, language and level, as kept about the person asking."""

    person: PersonId


@dataclass(frozen=True)
class MyNotes(AboutPerson[NotePage]):
    """What I have written to myself, a page of twenty; nobody else's question opens it."""

    purpose = Purpose.OWN_NOTES
    shape = Shape.LIST
    person: PersonId
    page: int = 0


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """How far the linking of her Telegram has come.

    `token` is for the link on her page. `words` are four places in the list of code words, once a chat has shown it.
    `bound` says that a chat is hers now, `code` which word she picked ('' for none). `adult`: whether it is offered.
    """

    token: str | None
    words: tuple[int, ...]
    bound: bool
    code: str
    adult: bool


@dataclass(frozen=True)
class MyLink(AboutPerson[LinkFacts]):
    """How my own Telegram is linked, for the page on which I link it."""

    person: PersonId


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere a person is signed in: what it is called in a form, since when, last used, and whether it is kept."""

    name: str
    since: datetime
    seen: datetime
    trusted: bool


@dataclass(frozen=True)
class MyPlaces(AboutPerson[tuple[Place, ...]]):
    """Where I am signed in on the web, the place used last first."""

    person: PersonId


@dataclass(frozen=True, slots=True)
class PartyLine:
    """A person of a case, as staff sees her: tie, status, cleared by how many, blocked, contact decided."""

    person: PersonId
    tie: TieId
    kind: TieKind
    name: str
    born: str | None
    locale: str
    level: Listener | None
    status: str | None
    cleared_by: tuple[str, ...]
    blocked: bool
    contact: bool
    until: str | None


@dataclass(frozen=True, slots=True)
class CaseSheet:
    """The case as its worker sees it. `home` is where a barnahus case's log is; `cull_month` as in '2047-03'.

    `summary`: part of the log is from before a reopening and shown to this worker as headlines only.
    """

    case: CaseId
    ref: str
    unit: str
    side: str
    sealed: bool
    investigation: bool
    parties: tuple[PartyLine, ...]
    home: Home | None = None
    cull_month: str = ""
    summary: bool = False


@dataclass(frozen=True)
class Sheet(AboutCase[CaseSheet]):
    """The case, its people, ties and rules, for the worker."""

    case: CaseId


@dataclass(frozen=True)
class WholeEntries(AboutCase[tuple[Entry, ...]]):
    """Entries whole, in date order, at most a hundred, for the worker."""

    case: CaseId


@dataclass(frozen=True)
class WholeEntry(AboutCase[Entry | None]):
    """One entry whole, for the worker."""

    case: CaseId
    entry: EntryId


@dataclass(frozen=True, slots=True)
class EarlierLog:
    """The log from before a reopening, in headlines: through which day, and until when this worker may read it whole.

    `through` None: there is none.
    """

    through: date | None
    lines: tuple[Headline, ...] = ()
    until: datetime | None = None


@dataclass(frozen=True)
class Before(AboutCase[EarlierLog]):
    """The earlier log of a reopened case as a summary, for whoever has the case now (req. 59)."""

    case: CaseId


@dataclass(frozen=True)
class CaseAdults(AboutCase[tuple[Adult, ...]]):
    """The adults of the case, for the worker's forms."""

    case: CaseId


@dataclass(frozen=True)
class CaseThread(AboutCase[tuple[Message, ...]]):
    """What the child wrote and was answered, for the worker who answers."""

    case: CaseId
    person: PersonId


@dataclass(frozen=True)
class CaseSayings(AboutCase[Sayings]):
    """What the child has said is wrong or not about her, and what she wants to be told of, for the worker."""

    purpose = Purpose.INFORMING
    case: CaseId


@dataclass(frozen=True)
class UnclearTexts(OfUnit[tuple[Unclear, ...]]):
    """Which texts were not understood, in which language, how often; no person is in it, and no number under five."""

    purpose = Purpose.STATISTICS
    reach = Reach.COUNT
    unit: str


@dataclass(frozen=True)
class CaseMeetings(AboutCase[tuple[Meeting, ...]]):
    """The booked meetings with their answers, for the worker."""

    case: CaseId


@dataclass(frozen=True)
class CaseVisits(AboutCase[tuple[Visit, ...]]):
    """Who has read in this case, for its worker, newest first, at most a hundred."""

    case: CaseId


@dataclass(frozen=True, slots=True)
class AuditLine:
    """A line of the log as an auditor reads it: who, what, in which case by its id, and the rule's answer. No words."""

    at: datetime
    who: str
    question: str
    case: str
    verdict: str
    allowed: bool


@dataclass(frozen=True)
class UnitVisits(OfUnit[tuple[AuditLine, ...]]):
    """Who has read and changed what at the unit, newest first, two hundred at a time; it opens no part (policy P13)."""

    purpose = Purpose.AUDIT
    reach = Reach.LOG
    unit: str
    page: int = 0


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """A review of the log: when, by whom, of which days, and what was found, in the reviewer's words."""

    at: datetime
    who: str
    since: date
    until: date
    found: str


@dataclass(frozen=True, slots=True)
class LogDuty:
    """The next review of the unit's log: when it is due, whose it is ('' the auditor's), and from which day it goes.

    `done` are the newest reviews; `asks` what in the log since then is worth a question: the sign, who, how often.
    """

    due_at: datetime | None
    late: bool
    owner: str
    since: date
    done: tuple[ReviewLine, ...]
    asks: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True)
class LogReview(OfUnit[LogDuty]):
    """The duty to look through the unit's log, for whoever must (policy P13; lag 2001:454, 10 §)."""

    purpose = Purpose.AUDIT
    reach = Reach.LOG
    unit: str


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A row in the worker's list: the case's own reference and its child's or recipient's name."""

    case: CaseId
    ref: str
    name: str
    open_tasks: int


@dataclass(frozen=True)
class MyCases(OfUnit[tuple[CaseLine, ...]]):
    """The unit's cases, newest first, one page of twenty."""

    shape = Shape.LIST

    unit: str
    page: int = 0


@dataclass(frozen=True)
class OpenTasks(OfUnit[tuple[Task, ...]]):
    """The unit's open work rows, the most urgent first, at most a hundred."""

    unit: str


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """A row of the outbox: ids, states, instants, reasons, never words."""

    id: str
    sort: str
    state: str
    due_at: datetime
    reason: str | None
    person: str


@dataclass(frozen=True)
class Deliveries(AboutCase[tuple[DeliveryLine, ...]]):
    """What was sent or failed to arrive in this case, newest first, at most fifty."""

    case: CaseId


# --- what the console asks beside the above -----------------------------------------------------------------


@dataclass(frozen=True)
class Find(OfUnit[tuple[CaseLine, ...]]):
    """The unit's cases under exactly this name, personal number or case number; there is no other search."""

    shape = Shape.SEARCH

    unit: str
    words: str


@dataclass(frozen=True, slots=True)
class WorkLine:
    """An open work row with the case it belongs to, named as the worker knows it; '' when it has no case."""

    task: Task
    ref: str
    name: str


@dataclass(frozen=True)
class WorkList(OfUnit[tuple[WorkLine, ...]]):
    """The unit's open work rows with the names of their cases, the most urgent first, at most a hundred."""

    shape = Shape.LIST

    unit: str


@dataclass(frozen=True, slots=True)
class CaseRules:
    """What was decided in a case: contact with the child, the investigation's secrecy, every yes that stands.

    `embargo`: the prosecutor's notice is not recorded. `may_wish`: she is old enough to wish contact herself.
    `glasses`: how the case was opened in need, by whom. `mine`: the asking worker is named for it. `contacts`: whoever
    has once said yes to being written to, and how it stands.
    """

    contact: ContactDecided | None
    investigation: Investigation | None
    consents: tuple[Consented, ...]
    exceptions: tuple[Excepted, ...] = ()
    protected: bool = False
    embargo: bool = False
    may_wish: bool = False
    glasses: tuple[GlassBroken, ...] = ()
    mine: bool = False
    contacts: tuple[tuple[PersonId, SafeContact], ...] = ()


@dataclass(frozen=True)
class RulesOf(AboutCase[CaseRules]):
    """The decisions of a case, for the worker."""

    case: CaseId


@dataclass(frozen=True, slots=True)
class Colleague:
    """A worker of the unit beside one case: named for it, off it (until a day, or for good), or shut out of it."""

    staff: StaffId
    name: str
    role: Role
    named: bool
    off: bool
    back_on: date | None
    blocked: bool


@dataclass(frozen=True)
class Colleagues(AboutCase[tuple[Colleague, ...]]):
    """The unit's workers and what each has to do with the case, for whoever hands it over."""

    purpose = Purpose.RULES
    case: CaseId


@dataclass(frozen=True, slots=True)
class ExtractLedger:
    """To whom a provision lets something go, what waits for a manager, and which receivers are approved for me."""

    to: tuple[str, ...]
    waiting: tuple[ExportAsked, ...]
    mine: tuple[str, ...]


@dataclass(frozen=True)
class Extracts(AboutCase[ExtractLedger]):
    """What may be handed out of a case, to whom, and who has agreed."""

    purpose = Purpose.RELEASE
    case: CaseId


@dataclass(frozen=True)
class CaseExtract(AboutCase[Extract]):
    """What may lawfully go of the case to one receiver (policy P47); the log says to whom and why."""

    purpose = Purpose.RELEASE
    shape = Shape.EXPORT
    case: CaseId
    to: str


@dataclass(frozen=True)
class HerCards(AboutCase[tuple[EntryView | Promise, ...]]):
    """The child's own cards, opened by her own grant, for the worker who reads them together with her."""

    purpose = Purpose.INFORMING
    case: CaseId
    person: PersonId


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the rule says of one person and one entry. `has_part`: the text lies where her key opens it."""

    opens: bool
    reason: str
    has_part: bool


@dataclass(frozen=True)
class MaySee(AboutCase[Ruling | None]):
    """May this person see this entry over this channel, and why? Asked by a worker; None: there is no such entry."""

    case: CaseId
    entry: EntryId
    person: PersonId
    channel: Channel


class NoNotice(StrEnum):
    """Why a person gets no notice although the rule would let her read."""

    NOT_OPEN = "not_open"
    NOT_LINKED = "not_linked"
    NO_YES = "no_yes"
    NOT_WANTED = "not_wanted"
    PUT_ASIDE = "put_aside"
    CONTACT_OLD = "contact_old"
    MINOR = "minor"


@dataclass(frozen=True, slots=True)
class Receiver:
    """A person of the case and whether she can be sent a notice; `why` is None when she can."""

    person: PersonId
    tie: TieId
    kind: TieKind
    name: str
    locale: str
    level: Listener | None
    born: str | None
    why: str | None
    wording: NoticeWording = NoticeWording.READ


@dataclass(frozen=True)
class Receivers(AboutCase[tuple[Receiver, ...]]):
    """Who can be sent a notice about one entry or meeting, asked of the rule for each person of the case."""

    purpose = Purpose.INFORMING
    case: CaseId
    ref: str


@dataclass(frozen=True, slots=True)
class PlanLine:
    """A line of the plan with its id, so that the worker can change it."""

    id: str
    plan: Plan


@dataclass(frozen=True)
class CasePlan(AboutCase[tuple[PlanLine, ...]]):
    """The person's plan, for the worker."""

    case: CaseId


# --- a grown-up asks for what was written about her as a child -----------------------------------------------


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
class Opening:
    """What is needed to begin: the units that take claims, and a fresh number with the secret made from it."""

    units: tuple[str, ...]
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
    that have been answered, and `alarm` what the safety net saw.
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
    """A claim as its worker sees it. `asked` maps a question's name to the words.

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


@dataclass(frozen=True)
class MyRefusals(AboutCase[tuple[Refusal, ...]]):
    """What was not handed out to me, by whom and on which ground; never what it was."""

    purpose = Purpose.OWN_STORY
    reach = Reach.STORY
    case: CaseId


@dataclass(frozen=True)
class MyBookmark(AboutPerson[Bookmark | None]):
    """Where I stopped reading."""

    person: PersonId
