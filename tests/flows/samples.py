"""What each question may be answered with: every sort of answer that a place must be able to say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot import manners
from bot.flows import choices, come_back
from bot.story.keys import listens
from bot.story.safety import Alarm
from bot.talk import Me
from storage.carriers import CarrierKind
from storage.consent import Reason, Withheld
from storage.her_words import MOST_OBJECTIONS, Note, NotePage, Objection, Objects, Outcome, SetAside, TellOf, ToldAbout
from storage.kinds import KINDS
from storage.meeting_kinds import MeetingKind
from storage.payloads import CODE_WORDS
from storage.queries import (
    Adults,
    CaseFacts,
    Choices,
    ClaimDoor,
    ClaimFacts,
    DaysAfter,
    Headline,
    Kept,
    LinkFacts,
    MyBookmark,
    MyChoices,
    MyClaim,
    MyContact,
    MyLink,
    MyMeetings,
    MyNotes,
    MyObjections,
    MyPlaces,
    MyPlan,
    MyRefusals,
    MyThread,
    MyToldAbout,
    OneEntry,
    OneMeeting,
    Opened,
    Opening,
    OpenToHer,
    Page,
    Plan,
    Purpose,
    ReadBy,
    TheCase,
    Thread,
    Timeline,
    Unit,
    WhereKept,
    WholeStory,
    WhoRead,
)
from storage.queries import Place as Spot
from storage.records import (
    Afterwards,
    Authority,
    Bookmark,
    ClaimAnswer,
    ClaimStage,
    ClaimToken,
    DaySaid,
    EntryId,
    EntryState,
    EntryView,
    Meeting,
    Message,
    PersonId,
    PlannedVisit,
    Promise,
    ProofWay,
    RecordId,
    Refusal,
    RefusalGround,
    TieKind,
    Visit,
)
from storage.safe_contact import SafeContact, Stands
from storage.way_there import ReadyWay, WayThere
from tests.story import cases

NOW = datetime(2026, 11, 25, 10, 30, tzinfo=ZoneInfo("Europe/Stockholm"))
TODAY = NOW.date()
DAY = timedelta(days=1)
SCOPES = (*choices.KNOWN_SCOPES, "something_new")


def _cases() -> list[CaseFacts]:
    ahead, past = (TODAY + DAY).isoformat(), (TODAY - DAY).isoformat()
    return [
        CaseFacts("u", waiting=False, look_again=None),
        CaseFacts("u", waiting=True, look_again=ahead, after=True, paused=True),
        CaseFacts("u", waiting=True, look_again=past, grown=True),
    ]


def _stories(me: Me) -> list[Any]:
    return [cases.case(cases.DROPPED, me.listener), cases.case(cases.CONVICTED, me.listener), ()]


def _plans() -> list[tuple[Plan, ...]]:
    return [(), (Plan("Hitta en kurs", "Sara Lund", "2026-12-10"), Plan("Vila", "Sara Lund", None))]


def _visits() -> list[ReadBy]:
    read = tuple(Visit(NOW, "Tove Alm", purpose, allowed=True) for purpose in Purpose)
    return [ReadBy(()), ReadBy(read), ReadBy(read, 20)]


def pages(me: Me, query: Timeline) -> list[Page]:
    items: list[Headline | Promise | SetAside] = [
        Headline(EntryId(f"{query.case}-{kind.code}-{variant}-{state}-{day}"), kind.code, variant, state, day)
        for kind in KINDS.values()
        if listens(kind, me.listener)
        for variant in (_variants(kind.code) or (None,))
        for state in EntryState
        for day in ("2026-03-03", None)
    ]
    items.append(SetAside(EntryId("aside"), NOW))
    pages = [Page(tuple(items[at : at + 20]), query.page, more=at + 20 < len(items)) for at in range(0, len(items), 20)]
    return [Page((), query.page, more=False), Page(tuple(_promises()), query.page, more=True), *pages]


def opened(me: Me, query: OpenToHer) -> list[Opened]:
    """Cards with and without days after, planned days with and without cards."""
    cards, after = pages(me, Timeline(query.case, query.page)), _afters(me)
    days = tuple(PlannedVisit(EntryId(f"v{gone}"), TODAY + DAY, gone) for gone in (False, True))
    nothing = Page((), query.page, more=False)
    return [
        *(Opened(page, (), ()) for page in cards),
        *(Opened(cards[-1], some, visits) for some in after for visits in ((), days)),
        Opened(nothing, (), days),
    ]


def _variants(code: str) -> tuple[str, ...]:
    kind = KINDS[code]
    return next((field.choices for field in kind.fields if field.name == kind.variant), ())


def _views(me: Me) -> list[Any]:
    views = [*cases.case(cases.DROPPED, me.listener), *cases.case(cases.CONVICTED, me.listener)]
    told = replace(views[0], told_by="tove", told_on=date(2026, 4, 22))
    ahead = replace(views[0], state=EntryState.PLANNED)
    return [*views, told, ahead, *_beside(views, me)]


def _beside(views: Sequence[EntryView], me: Me) -> Iterator[EntryView]:
    """Cards beside which there is more to say: a wish, a number, no day, decisions to be looked at again."""
    first = views[0]
    for effect in ("followed", None):
        yield replace(first, fields={**first.fields, "wish": "Att få slippa.", "wish_effect": effect})
    reached = {ref: replace(one, phone="010-123 45 67") for ref, one in cases.PEOPLE.items()}
    yield replace(first, on=None, people=reached)
    yield EntryView(EntryId("e"), "contact_ban", EntryState.HAPPENED, TODAY, Authority.PROSECUTOR, {"ban": "granted"})
    if listens(KINDS["placement"], me.listener):
        yield EntryView(EntryId("e"), "placement", EntryState.HAPPENED, TODAY, Authority.SOCIAL, {})


def _links() -> list[LinkFacts]:
    code = CODE_WORDS[0]
    return [
        LinkFacts(None, (), bound=False, code="", adult=False),
        LinkFacts(None, (), bound=False, code="", adult=True),
        LinkFacts("t" * 43, (), bound=False, code="", adult=True),
        LinkFacts("t" * 43, (0, 1, 2, 3), bound=False, code="", adult=True),
        LinkFacts(None, (), bound=True, code=code, adult=True),
    ]


def _promises() -> list[Promise]:
    days = {"ahead": TODAY + DAY, "today": TODAY, "missed": TODAY - DAY}
    return [
        Promise(EntryId(f"{name}-{looked}"), day, "Tove Alm", looked)
        for name, day in days.items()
        for looked in (None, date(2026, 11, 2))
    ]


def _afters(me: Me) -> list[tuple[Afterwards, ...]]:
    """Nothing; interviews of several ages, one with a grown-up named and every day said; the other kinds."""
    heard = tuple(DaySaid(day, "Tove Alm", TODAY) for day in (0, 1, 7, 30)) if me.kind is TieKind.CHILD else ()
    who = cases.PEOPLE["tove"]
    fresh = [Afterwards(EntryId("e"), "child_interview", TODAY - DAY * age) for age in (0, 1, 7)]
    whole = Afterwards(EntryId("e"), "child_interview", TODAY - DAY * 40, who, heard)
    others = tuple(Afterwards(EntryId("e"), kind, TODAY - DAY) for kind in ("medical_exam", "trial"))
    both = (whole, replace(others[0], entry=EntryId("f")))
    return [(), *((one,) for one in (*fresh, whole, *others)), both]


def _adults() -> list[tuple[Any, ...]]:
    people = tuple(cases.PEOPLE.values())
    reached = tuple(replace(one, phone="010-123 45 67", function="samordnaren", left=True) for one in people)
    function = tuple(replace(one, function="BUP Lindvik") for one in people)
    return [people, reached, function]


LINDVIK, NORR = Unit("lindvik", "Barnahus Lindvik"), Unit("norr", "Barnahus Norr")


def _doors() -> list[Opening]:
    token = ClaimToken("c")
    return [Opening(units, "0123456789", token) for units in ((LINDVIK,), (LINDVIK, NORR), ())]


def _claims() -> Iterator[ClaimFacts]:
    written = ClaimFacts("Lindvik", None, number="0123456789", has=frozenset({*come_back.ORDER, "code"}))
    yield written
    yield replace(written, has=frozenset({*come_back.ORDER, "eid"}))
    yield from (replace(written, alarm=str(alarm), has=frozenset()) for alarm in Alarm)
    for stage, way in ((stage, way) for stage in list(ClaimStage)[:3] for way in ProofWay):
        for next_on in (TODAY + DAY, TODAY - DAY):
            yield ClaimFacts("Lindvik", stage, NOW, NOW, "samordnaren", "Tove", next_on, way)
    for answer in ClaimAnswer:
        grounds = tuple(RefusalGround) if answer is ClaimAnswer.REFUSED else (None,)
        lets_in = (ProofWay.IN_PERSON, ProofWay.LETTER, ProofWay.EID) if answer is ClaimAnswer.RELEASED else (None,)
        for ground, by in ((ground, by) for ground in grounds for by in lets_in):
            yield ClaimFacts("Lindvik", ClaimStage.ANSWERED, NOW, NOW, "samordnaren", "Tove", None, by, answer, ground)


def _refusals() -> list[tuple[Refusal, ...]]:
    every = tuple(Refusal("Tove Alm", ground, TODAY) for ground in RefusalGround)
    return [(), every, every + every]


def _threads() -> list[Thread]:
    said = [
        Message(RecordId("m1"), "person", NOW, "Hej", read_at=NOW),
        Message(RecordId("m2"), "person", NOW, "Är du där?", about=EntryId("e"), to="BUP Lindvik"),
        Message(RecordId("m3"), "Tove Alm", NOW, "Ja"),
    ]
    return [
        Thread((), staffed=True, answer_by=None),
        Thread(tuple(said), staffed=True, answer_by=NOW + DAY),
        Thread(tuple(said[:2]), staffed=True, answer_by=NOW + DAY),
        Thread(tuple(said[:2]), staffed=True, answer_by=NOW + DAY, alarmed=True),
        Thread((), staffed=False, answer_by=None),
    ]


def _objections() -> list[tuple[Objection, ...]]:
    wrong = Objection(
        RecordId("o-None"), EntryId("e"), PersonId("tuva"), Objects.WRONG, NOW, TODAY + DAY, "Det var inte så."
    )
    late = replace(wrong, id=RecordId("late"), answer_by=TODAY - DAY)
    waits = replace(wrong, id=RecordId("e"), objects=Objects.NOT_MINE, words="")
    answered = tuple(
        replace(one, id=RecordId(f"o-{outcome}"), outcome=outcome, by="Hanna", on=TODAY)
        for objects, one in ((Objects.WRONG, wrong), (Objects.NOT_MINE, waits))
        for outcome in Outcome
        if (objects is Objects.NOT_MINE) == (outcome in (Outcome.HERS, Outcome.REMOVED))
    )
    many = tuple(replace(wrong, id=RecordId(f"o-{n}")) for n in range(MOST_OBJECTIONS))
    return [(), (wrong, late, waits, *answered), (waits,), answered, many]


def _notes() -> list[NotePage]:
    note = Note(RecordId("n"), NOW, "Ett ord till mig själv. " * 4, EntryId("e"))
    return [NotePage((), more=False), NotePage((note,), more=True), NotePage((note,), more=False)]


def _told_about() -> list[ToldAbout | None]:
    return [None, ToldAbout(PersonId("tuva"), TODAY, {TellOf.VERDICT: True, TellOf.CLOSED: False})]


def _choices(until: str | None) -> Choices:
    return Choices(tuple((scope, scope, None, until) for scope in SCOPES), ())


def _meetings() -> Iterator[Meeting]:
    booked = Meeting(RecordId("m"), NOW + DAY, "Europe/Stockholm", "Sara Lund", "Storgatan 1", "first",
                     EntryState.PLANNED)  # fmt: skip
    for state in EntryState:
        yield replace(booked, id=RecordId(state), state=state)
    for kind in (*MeetingKind, "something_new"):
        yield replace(booked, id=RecordId(kind), kind=kind, bring=("hyresavi",))
    yield replace(booked, way=WayThere("Rådhuset", "B", "2", tuple(ReadyWay), "Förbi kaféet.", "fi"))
    for answer in manners.ANSWERS:
        yield replace(booked, id=RecordId(answer), answer=answer, answered_at=NOW)


def _kept() -> list[Kept]:
    wheres = [*CarrierKind, "unsaid", "closed"]
    return [Kept(str(where), date(2047, 3, 1), thirty) for where in wheres for thirty in (True, False)] + [
        Kept("closed", None, thirty=False),
        Kept("closed", TODAY + DAY * 90, thirty=True),
    ]


SORTS: Mapping[type[Any], Callable[[Me], list[Any]]] = {
    TheCase: lambda _: _cases(),
    OneEntry: lambda me: [*_views(me), *_promises(), SetAside(EntryId("e"), NOW), None, Withheld(Reason.NOT_FOUND)],
    WholeStory: _stories,
    DaysAfter: _afters,
    Adults: lambda _: [*_adults(), ()],
    MyThread: lambda _: _threads(),
    MyLink: lambda _: _links(),
    MyPlaces: lambda _: [(), tuple(Spot(f"p{kept}", NOW - DAY, NOW, kept) for kept in (True, False))],
    MyChoices: lambda _: [Choices((), ()), *(_choices(until) for until in (None, "2027-01-31"))],
    WhoRead: lambda _: _visits(),
    WhereKept: lambda _: _kept(),
    MyMeetings: lambda _: [(), tuple(_meetings())],
    OneMeeting: lambda _: [None, *_meetings()],
    MyPlan: lambda _: _plans(),
    ClaimDoor: lambda _: _doors(),
    MyClaim: lambda _: list(_claims()),
    MyRefusals: lambda _: _refusals(),
    MyObjections: lambda _: _objections(),
    MyNotes: lambda _: _notes(),
    MyToldAbout: lambda _: _told_about(),
    MyContact: lambda _: [
        SafeContact(stands, TODAY + DAY if stands in (Stands.HOLDS, Stands.ASK, Stands.OVER) else None, hours)
        for stands in Stands
        for hours in ("", "09:00-12:00")
    ],
    MyBookmark: lambda _: [None, Bookmark(EntryId("e"), 0)],
}
