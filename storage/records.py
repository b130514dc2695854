"""The nouns of the store: frozen records with aware dates, known to every other room and knowing none but nouns."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, NewType

from storage.way_there import UNTOLD, WayThere

SubjectId = NewType("SubjectId", str)
PersonId = NewType("PersonId", str)
CaseId = NewType("CaseId", str)
StaffId = NewType("StaffId", str)
TieId = NewType("TieId", str)
EntryId = NewType("EntryId", str)
RecordId = NewType("RecordId", str)
ClaimId = NewType("ClaimId", str)
ClaimToken = NewType("ClaimToken", str)

# Whoever talks without having signed in; every conversation of that kind has this one actor.
VISITOR = "visitor"
# Where a claim begins; it is nobody's and holds nothing.
CLAIM_DOOR = "door:claims"


def new_id() -> str:
    """A random 128-bit name in hex; it says nothing about what it names."""
    return secrets.token_hex(16)


class Side(StrEnum):
    """The two halves of the house that never meet: a case is one or the other."""

    BARNAHUS = "barnahus"
    AID = "aid"


class SubjectSort(StrEnum):
    """What a chain of rules is about."""

    CASE = "case"
    PERSON = "person"
    STAFF = "staff"
    CLAIM = "claim"


class TieKind(StrEnum):
    """How a person belongs to a case."""

    CHILD = "child"
    GUARDIAN = "guardian"
    REPRESENTATIVE = "special_representative"
    RECIPIENT = "recipient"
    COUNSEL = "counsel"
    READER = "reader"
    SAFETY = "safety_person"
    TREATMENT = "treatment_staff"


class GuardianStatus(StrEnum):
    """What is known about a guardian's own part in the case; only NONE can ever be cleared (req. 33)."""

    NONE = "none"
    SUSPECTED = "suspected"
    CONFLICT = "conflict"
    REDUCED_CARE = "reduced_care"
    UNKNOWN = "unknown"


class Role(StrEnum):
    """What a member of staff may do."""

    CASE_WORKER = "case_worker"
    COORDINATOR = "coordinator"
    MANAGER = "manager"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    MAINTENANCE = "maintenance"


class Shutting(StrEnum):
    """How a person's sign-in is shut: for now, for good (her codes are gone), or opened again."""

    SUSPEND = "suspend"
    SEAL = "seal"
    OPEN = "open"


class WayIn(StrEnum):
    """How a member of staff proves who she is."""

    ACCOUNT = "account"
    PASSKEY = "passkey"


class Listener(StrEnum):
    """For whom an entry is told; the value is what the command line and text keys say."""

    UNDER_7 = "u7"
    CHILD = "7-12"
    TEEN = "13-17"
    GROWN = "grown"
    GUARDIAN = "guardian"
    REPRESENTATIVE = "representative"

    @property
    def is_hers(self) -> bool:
        """Whether the story is told to whom it is about, at whatever age."""
        return self not in (Listener.GUARDIAN, Listener.REPRESENTATIVE)


class ReaderClass(StrEnum):
    """The classes of reader that an entry is released to; each has its own key."""

    CHILD = "child"
    GUARDIAN = "guardian"
    SHARED = "shared"


class EntryState(StrEnum):
    """Whether the event lies ahead or behind."""

    PLANNED = "planned"
    HAPPENED = "happened"
    MOVED = "moved"
    CANCELLED = "cancelled"


class HoldKind(StrEnum):
    """Why a reader's part is not sealed yet."""

    INVESTIGATION = "investigation"
    IN_PERSON_FIRST = "in_person_first"
    NOT_YET = "not_yet"


class Authority(StrEnum):
    """Who an entry comes from, and who can be asked for the whole file."""

    SOCIAL = "social"
    POLICE = "police"
    PROSECUTOR = "prosecutor"
    COURT = "court"
    TREATMENT = "treatment"
    SCHOOL = "school"
    LEGAL = "legal"


class Channel(StrEnum):
    """The ways a word can leave the house."""

    WEB = "web"
    TELEGRAM = "telegram"
    CONSOLE = "console"
    CLOCK = "clock"


class Strength(StrEnum):
    """How sure we are of who is asking: nobody, a chat that is hers, a one-time link or code, a PIN, an e-ID; staff."""

    NONE = "none"
    CHANNEL = "channel"
    LINK = "link"
    PIN = "pin"
    EID = "eid"
    STAFF = "staff"


class Leave(StrEnum):
    """How much of an entry may be read: nothing, who met and when, or the whole."""

    NONE = "none"
    FACTS = "facts"
    WHOLE = "whole"


class PhoneHeld(StrEnum):
    """Who sees the telephone that words come to: she alone, or somebody else too."""

    OWN = "own"
    SHARED = "shared"


class ClaimStage(StrEnum):
    """How far a grown-up's request for what was written about her as a child has come."""

    RECEIVED = "received"
    PROVING = "proving"
    LOOKING = "looking"
    ANSWERED = "answered"


class ProofWay(StrEnum):
    """How she shows who she is, and by which way she is let in."""

    IN_PERSON = "in_person"
    LETTER = "letter"
    RECEIPT = "receipt"
    EID = "eid"


class ClaimAnswer(StrEnum):
    """What came of a request; each is a human answer. UNPROVEN says nothing of what there is."""

    RELEASED = "released"
    NOTHING = "nothing"
    CULLED = "culled"
    REFUSED = "refused"
    UNPROVEN = "unproven"


class RefusalGround(StrEnum):
    """Why something is not handed out: another person, who reported, an open investigation, her own care."""

    OTHER_PERSON = "other_person"
    REPORTER = "reporter"
    INVESTIGATION = "investigation"
    CARE = "care"


CHILD_PART = "child"
STAFF_PART = "staff"
AID_PART = "aid"
PERSON_PART = "person"
# What she writes to herself; no purpose of anybody else's opens it.
NOTES_PART = "notes"
RULES_PART = "rules"
CLAIM_PART = "claim"


def claim_of(token: ClaimToken) -> ClaimId:
    """The claim that a secret opens. One way: an id that stands in a row or an address opens nothing."""
    return ClaimId(sha256(f"claim|{token}".encode()).hexdigest()[:32])


def guardian_part(tie: TieId) -> str:
    """The compartment of one guardian, one for each tie and never one for 'the guardians'."""
    return f"guardian:{tie}"


def shared_part(authority: Authority) -> str:
    """What one authority's entries are shared under: a key for each, since each decides over its own (OSL 8:1)."""
    return f"shared:{authority}"


def waiting_part(authority: Authority) -> str:
    """Where what must be told face to face lies before it is told: the special representative's, who helps tell it."""
    return f"waiting:{authority}"


@dataclass(frozen=True, slots=True)
class Hold:
    """A reason to wait. `until` is the promised day of NOT_YET; `who` keeps it; `looked` is when somebody last did."""

    kind: HoldKind
    until: date | None = None
    who: str | None = None
    lifted: bool = False
    looked: date | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """A named person let one class of reader have the entry, on a stated ground. `tie` names the one guardian.

    `approves`: who wanted it first, where it took two. `leave`: the whole, or only who met and when. `anew`: two had
    said so, and then somebody changed the text; it waits for a second one again.
    """

    to: ReaderClass
    by: str
    ground: str
    on: date
    tie: TieId | None = None
    approves: str | None = None
    leave: Leave = Leave.WHOLE
    anew: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """A named person did not hand an entry out to the grown-up it is about, on a ground she is told."""

    by: str
    ground: RefusalGround
    on: date


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody told a person face to face or otherwise: the 'informed by' that the log must fill (req. 54)."""

    person: PersonId
    by: str
    on: date
    how: str
    understood: str


@dataclass(frozen=True, slots=True)
class DayTold:
    """The words of one of the days after an event were offered to somebody."""

    day: int
    told: Told


@dataclass(frozen=True, slots=True)
class Adult:
    """A grown-up the child met or who decided; `label` is unique in the case. `left` means: ask the function."""

    id: RecordId
    label: str
    role: str
    authority: Authority
    phone: str | None = None
    function: str | None = None
    left: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One structured event, whole, as staff wrote it. `fields` maps a kind's field names to plain values.

    `about`: people of the case that it tells about beside the child. `proposed`: releases that wait for a second
    person. `days`: what was said on the days after it.
    """

    id: EntryId
    kind: str
    state: EntryState
    on: date | None
    source: Authority
    written_by: str
    fields: dict[str, Any]
    listeners: tuple[ReaderClass, ...]
    hold: Hold | None = None
    releases: tuple[Release, ...] = ()
    told: tuple[Told, ...] = ()
    taken_back: bool = False
    version: int = 1
    taken_back_why: str | None = None
    refused: Refusal | None = None
    about: tuple[PersonId, ...] = ()
    proposed: tuple[Release, ...] = ()
    days: tuple[DayTold, ...] = ()


@dataclass(frozen=True, slots=True)
class EntryView:
    """What one reader's key opens of an entry: only the fields projected to that reader.

    `left_out` names the fields that tell about somebody else who has not allowed it, `kept_back` those that this
    reader does not get at all: all but who met and when (`facts`), or a place of somebody under protection.
    `people` carries the adults the fields name, by id, so a text never needs a second look-up.
    `missing` names fields a reader should have had and that are not there (stored before they were asked for).
    `waited_until` is the day that was promised while it could not be read, `opened_on` the day somebody looked.
    """

    id: EntryId
    kind: str
    state: EntryState
    on: date | None
    source: Authority
    fields: dict[str, Any]
    people: dict[str, Adult] = field(default_factory=dict)
    told_by: str | None = None
    told_on: date | None = None
    missing: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    kept_back: tuple[str, ...] = ()
    facts: bool = False
    waited_until: date | None = None
    opened_on: date | None = None


@dataclass(frozen=True, slots=True)
class DaySaid:
    """Somebody went through one of the days after with her."""

    day: int
    by: str
    on: date


@dataclass(frozen=True, slots=True)
class Afterwards:
    """The days after an event, as one reader's key opens them: since when, who asks her how she is, what was said."""

    entry: EntryId
    kind: str
    on: date
    who: Adult | None = None
    said: tuple[DaySaid, ...] = ()


@dataclass(frozen=True, slots=True)
class Promise:
    """The place of a card that may not be read yet: when somebody looks again, who, and when they last looked."""

    id: EntryId
    until: date
    who: str
    looked: date | None = None


class NoticeWording(StrEnum):
    """Which of the approved lines her telephone shows when there is something to read; `bot` has the words."""

    READ = "read"
    LOOK = "look"
    HELLO = "hello"
    REMINDER = "reminder"


@dataclass(frozen=True, slots=True)
class Profile:
    """Who a person is to us. `level` None follows the birth date; `pronoun` is not asked for."""

    person: PersonId
    name: str
    born: date | None
    locale: str
    level: Listener | None = None
    number: str | None = None
    wording: NoticeWording = NoticeWording.READ


@dataclass(frozen=True, slots=True)
class Bookmark:
    """The card she opened last, and on which page of her way it stands."""

    entry: EntryId
    page: int


@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """A planned day as a guardian reads it: when, and whether it was cancelled. Nothing of what it is about."""

    entry: EntryId
    on: date
    cancelled: bool


@dataclass(frozen=True, slots=True)
class Message:
    """A line in the thread between a person and the unit; `sender` is 'person' or a staff label.

    `alarm` names what the safety net saw in her words, None for nothing. `to` is the place of work, or the grown-up,
    that she asks by way of the unit.
    """

    id: RecordId
    sender: str
    at: datetime
    words: str
    about: EntryId | None = None
    read_at: datetime | None = None
    alarm: str | None = None
    to: str | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    """A booked time. `starts` is wall time with its zone; `state` planned, moved or cancelled; `way` leads there."""

    id: RecordId
    starts: datetime
    zone: str
    with_: str
    where: str
    kind: str
    state: EntryState
    bring: tuple[str, ...] = ()
    answer: str | None = None
    answered_at: datetime | None = None
    version: int = 1
    way: WayThere = UNTOLD


@dataclass(frozen=True, slots=True)
class Visit:
    """A line of 'who has read about me': when, by whom (label), for what purpose."""

    at: datetime
    who: str
    purpose: str
    allowed: bool


@dataclass(frozen=True, slots=True)
class Task:
    """A work row: something a worker must do. Its code says nothing about a person."""

    id: str
    unit: str
    case: str | None
    code: str
    ref: str | None
    due_at: datetime
    done_at: datetime | None = None
