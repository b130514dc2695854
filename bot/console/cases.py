"""Cases: opened, shown whole, shut at once; who has read in them and what was sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from aiohttp import web

from bot.console.errand import Errand
from bot.console.forms import Reading, Typed
from storage.commands import OpenCase, SealCase
from storage.consent import Withheld
from storage.kinds import KINDS, told_in_person
from storage.projection import child_waits_for
from storage.queries import CaseSheet, CaseVisits, Deliveries, PartyLine, Sheet, WholeEntries
from storage.records import CaseId, Entry, ReaderClass, Side, TieKind, Visit, new_id

# Barnahus: the file is kept until the child is well into grown-up years; aid: until the matter is cold (design 5).
KEPT_YEARS = {Side.BARNAHUS: 30, Side.AID: 5}


@dataclass(frozen=True, slots=True)
class EntryLine:
    """An entry as a row of the case: what, when, and what stands between it and the child."""

    entry: Entry
    standing: str
    in_person_first: bool


@dataclass(frozen=True, slots=True)
class VisitLine:
    """A line of the access log. `person` is whether it was somebody of the case, who stands in the log by id."""

    at: datetime
    who: str
    what: str
    allowed: bool
    person: bool


async def new_case(errand: Errand) -> web.StreamResponse:
    """An empty form, with the id the case will have: sending it twice makes one case."""
    return errand.page("case_new.html", typed=Typed({"case": new_id()}))


async def open_case(errand: Errand) -> web.StreamResponse:
    """Open a case on the worker's own side."""
    reading = Reading(errand.typed)
    ref, case = reading.words("ref", limit=60), CaseId(errand.typed.id("case"))
    side = errand.actor.side
    if reading.problems or side is None:
        return errand.page("case_new.html", status=422, problems=reading.problems)
    no = await errand.do(OpenCase(case, errand.unit, side, ref, _cull_month(errand.today(), side)))
    if no is not None:
        problems = errand.problem_of(no, OpenCase, "ref")
        return errand.page("case_new.html", status=422, problems=problems)
    return errand.go(f"/cases/{case}", "case_opened")


def _cull_month(today: date, side: Side) -> str:
    return f"{today.year + KEPT_YEARS[side]}-{today.month:02d}"


async def show_case(errand: Errand) -> web.StreamResponse:
    """The case: its people and its entries in date order."""
    seen = await errand.ask(Sheet(errand.case), WholeEntries(errand.case))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    sheet, entries = seen
    lines = [
        EntryLine(entry, standing_of(entry, sheet), told_in_person(KINDS[entry.kind], entry.fields))
        for entry in entries
    ]
    return errand.page("case.html", sheet=sheet, lines=lines, child=child_of(sheet), recipient=recipient_of(sheet))


def standing_of(entry: Entry, sheet: CaseSheet) -> str:
    """One word for where the child's part of an entry stands; the page has the sentence."""
    child = child_of(sheet)
    if entry.taken_back:
        return "taken_back"
    if ReaderClass.CHILD not in entry.listeners or child is None:
        return "not_hers"
    told = any(line.person == child.person for line in entry.told)
    if ((waits := child_waits_for(entry)) is not None and not told) or waits in ("investigation", "not_yet"):
        return f"held_{waits}"
    if not any(release.to is ReaderClass.CHILD for release in entry.releases):
        return "not_released"
    return "told" if told else "open"


STANDINGS = (
    "taken_back", "not_hers", "held_investigation", "held_in_person_first", "held_not_yet", "not_released", "told",
    "open",
)  # fmt: skip


def child_of(sheet: CaseSheet) -> PartyLine | None:
    """The child of the case, if enrolled."""
    return next((line for line in sheet.parties if line.kind is TieKind.CHILD), None)


def recipient_of(sheet: CaseSheet) -> PartyLine | None:
    """The recipient of aid, if enrolled."""
    return next((line for line in sheet.parties if line.kind is TieKind.RECIPIENT), None)


async def seal(errand: Errand) -> web.StreamResponse:
    """Shut the case to everybody outside with one click, or open it."""
    shut = errand.typed.one("sealed") == "yes"
    no = await errand.do(SealCase(errand.case, shut))
    return errand.refuse(no, SealCase) if no is not None else errand.to_case(said="sealed" if shut else "unsealed")


async def visits(errand: Errand) -> web.StreamResponse:
    """Who has read in the case, newest first, a page of two hundred visits."""
    page = errand.turned_to()
    seen = await errand.ask(Sheet(errand.case), CaseVisits(errand.case, page))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    return errand.page("visits.html", sheet=seen[0], visits=visit_lines(seen[1]), page=page,
                       older=len(seen[1]) == 200)  # fmt: skip


def visit_lines(visits: Sequence[Visit]) -> tuple[VisitLine, ...]:
    """The visits as lines; one page asks several questions, and what one person did in one minute is one line."""
    lines: dict[tuple[object, ...], VisitLine] = {}
    for visit in visits:
        what = VISIT_GROUPS.get(visit.purpose, "other")
        minute = visit.at.replace(second=0, microsecond=0)
        line = VisitLine(visit.at, visit.who, what, visit.allowed, person=len(visit.who) == 32 and " " not in visit.who)
        lines.setdefault((minute, visit.who, what, visit.allowed), line)
    return tuple(lines.values())


async def deliveries(errand: Errand) -> web.StreamResponse:
    """What was sent in the case, and what did not arrive."""
    seen = await errand.ask(Sheet(errand.case), Deliveries(errand.case))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    names = {line.person: line.name for line in seen[0].parties}
    return errand.page("deliveries.html", sheet=seen[0], lines=seen[1], names=names)


# What was asked or changed, told in a dozen plain ways rather than in fifty exact ones.
_GROUPED = {
    "case": ("Sheet", "RulesOf", "TheCase", "WhereKept", "MyCases", "Find", "WorkList", "OpenTasks", "OpenCase"),
    "entries": (
        "WholeEntries", "WholeEntry", "Timeline", "OneEntry", "WholeStory", "HerCards", "MyRefusals", "Before",
        "DaysAfter", "OpenToHer",
    ),
    "wrote": ("WriteEntry", "ChangeState", "LookAgain"),
    "released": (
        "ReleaseEntry", "RefuseEntry", "Receivers", "AskToBeSent", "CaseExtract", "Extracts", "AskForExtract",
        "ApproveExtract",
    ),
    "told": ("RecordTold", "RecordDay", "ReadTogether"),
    "took_back": ("TakeBack",),
    "people": ("Enrol", "EndTie", "Invite", "Unlock", "MyProfile", "SetProfile"),
    "adults": ("CaseAdults", "KeepAdult", "Adults"),
    "rules": (
        "SetStatus", "ClearGuardian", "BlockGuardian", "SealCase", "SetInvestigation", "DecideContact", "KeepConsent",
        "Withdraw", "MyChoices", "EndConsent", "KeepException", "EndException", "ProtectIdentity", "AllowNaming",
        "LogNotice", "RecordWish", "AssignCase", "ReviewGlass", "BlockColleague", "GuardianSaysNo", "DecideAfterNo",
        "MaySee",
        "TellOfVisit", "KnowTiesEnded", "KeepContact", "AskedAgain", "MyContact", "SayYes", "Colleagues",
        "BreakGlass", "BeginCarrier", "ExtendCarrier", "CloseCarrier", "ReopenCarrier", "AskForEarlier",
        "Cull", "Cullings", "ApproveCulling", "WithdrawCulling", "KeepFromCulling",
        "CloseIncident", "ResumeMessages",
    ),
    "thread": ("CaseThread", "Answer", "MarkRead", "Say", "MyThread"),
    "meetings": (
        "CaseMeetings", "CasePlan", "Book", "KeepPlan", "AnswerMeeting", "MyMeetings", "OneMeeting", "MyPlan",
    ),
    "log": ("CaseVisits", "UnitVisits", "LogReview", "LogReviewed", "WhoRead", "Deliveries", "CloseTask", "WhoSaw"),
}  # fmt: skip
VISIT_GROUPS = {name: group for group, names in _GROUPED.items() for name in names}
