"""How a worker builds a case: the people, the entries, who may read them, who was told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from storage.commands.shape import CaseDeed, Command
from storage.queries import Purpose, Reach
from storage.records import (
    Adult,
    CaseId,
    Entry,
    EntryId,
    EntryState,
    GuardianStatus,
    Listener,
    NoticeWording,
    PersonId,
    RefusalGround,
    Release,
    Side,
    TieId,
    TieKind,
    Told,
)


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

    It lets nobody have what takes two people to let go: a release beside those that stand already is refused then, and
    one that stands waits for a second person again when what that reader would read is not what two have read.
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
    """Let a class of reader have an entry, on a ground. What is heavy takes two people, unless it is for the child.

    `seen`: the version that the second of two has read; refused when it is another by now.
    """

    purpose = Purpose.RELEASE
    case: CaseId
    entry: EntryId
    release: Release
    seen: int | None = None


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
