"""What a worker asks about one case: its sheet, its rules, who may see what, who is written to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from storage.carriers import Home
from storage.extract import Extract
from storage.her_words import Sayings
from storage.queries.hers import Plan
from storage.queries.shape import AboutCase, Purpose, Shape
from storage.queries.story import Headline
from storage.records import (
    Adult,
    Authority,
    CaseId,
    Channel,
    Entry,
    EntryId,
    EntryView,
    Listener,
    Meeting,
    Message,
    NoticeWording,
    PersonId,
    Promise,
    TieId,
    TieKind,
    Visit,
)
from storage.reminders import SafeHours
from storage.retention import KeptFromCulling
from storage.rules import Consented, ContactDecided, Excepted, ExportAsked, GlassBroken, Investigation
from storage.safe_contact import SafeContact


@dataclass(frozen=True, slots=True)
class PartyLine:
    """A person of a case, as staff sees her: tie, status, cleared by how many, blocked, contact decided.

    `said_no`: the words of a guardian's no after which nobody has decided yet; `no_to` whose decision it is, `no_on`
    the day. `paused`: why nothing is sent to her telephone.
    """

    person: PersonId
    tie: TieId
    kind: TieKind
    name: str
    born: str | None
    locale: str
    level: Listener | None = None
    status: str | None = None
    cleared_by: tuple[str, ...] = ()
    blocked: bool = False
    contact: bool = False
    until: str | None = None
    said_no: str | None = None
    paused: str | None = None
    no_to: Authority = Authority.SOCIAL
    no_on: date | None = None


@dataclass(frozen=True, slots=True)
class CaseSheet:
    """The case as its worker sees it. `home` is where a barnahus case's log is; `cull_month` as in '2047-03'.

    `summary`: part of the log is from before a reopening and shown to this worker as headlines only. `held`: why it is
    not culled when its month comes. `in_need`: whoever reads has not the case; of its people she gets who they are,
    what they are to it and in which language to speak with them, and nothing of how anybody stands.
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
    held: tuple[KeptFromCulling, ...] = ()
    in_need: bool = False


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
class CaseMeetings(AboutCase[tuple[Meeting, ...]]):
    """The booked meetings with their answers, for the worker."""

    case: CaseId


@dataclass(frozen=True)
class CaseVisits(AboutCase[tuple[Visit, ...]]):
    """Who has read in this case, for its worker, newest first, two hundred at a time."""

    case: CaseId
    page: int = 0


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """A row of the outbox: ids, states, instants, reasons, never words.

    `left`: how many messages it was to take out of a chat and could not; they stay there.
    """

    id: str
    sort: str
    state: str
    due_at: datetime
    reason: str | None
    person: str
    left: int = 0


@dataclass(frozen=True)
class Deliveries(AboutCase[tuple[DeliveryLine, ...]]):
    """What was sent or failed to arrive in this case, newest first, at most fifty; or only the `trials` of it."""

    case: CaseId
    trials: bool = False


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
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Receiver:
    """A person of the case and whether she can be sent a notice; `why` is None when she can.

    `visit`: she is a guardian who is told of this day of the child's. `hours`: those of her yes, or the usual ones.
    """

    person: PersonId
    tie: TieId
    kind: TieKind
    name: str
    locale: str
    level: Listener | None
    born: str | None
    why: str | None
    hours: SafeHours
    wording: NoticeWording = NoticeWording.READ
    visit: bool = False


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
