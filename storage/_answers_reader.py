"""Answers to the questions of the people a case is about: what their own keys open, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from storage import _sql as sql
from storage._chain import seen_of
from storage._desk import Ask, Desk
from storage._reading_along import read_along, reads_along
from storage._shelf import Taken, take, take_one, take_own
from storage._sql import instant
from storage._visiting import days_ahead
from storage.audit import Seen
from storage.coming_of_age import is_to_be_told
from storage.consent import Grant, Reason
from storage.her_words import Aside, SetAside, unanswered_alarm
from storage.incidents import paused_for
from storage.kinds import KINDS
from storage.queries import (
    PAGE,
    Adults,
    CaseFacts,
    Choices,
    DaysAfter,
    Headline,
    MyBookmark,
    MyChoices,
    MyMeetings,
    MyPlan,
    MyProfile,
    MyRefusals,
    MyThread,
    OneEntry,
    OneMeeting,
    Opened,
    OpenToHer,
    Page,
    Plan,
    Purpose,
    ReadBy,
    TheCase,
    Thread,
    Timeline,
    WholeStory,
    WhoRead,
)
from storage.records import (
    Adult,
    Afterwards,
    Bookmark,
    Entry,
    EntryId,
    EntryView,
    Meeting,
    Profile,
    Promise,
    Refusal,
    Visit,
)

MOST = 100
ANSWER_HOURS = 24
SHOWN_VISITS = 20
# How many visits are opened for one page of who has read: so many at once, and so many in all.
AT_ONCE, MOST_VISITS = 200, 2000
_READS = frozenset({"case_work", "informing", "release", "rules", "delivery", "emergency"})


def _timeline(desk: Desk, grant: Grant, query: Timeline) -> Page:
    if reads_along(grant):
        views = read_along(desk, grant)[PAGE * query.page :]
        return Page(tuple(_headline(view) for view in views[:PAGE]), query.page, len(views) > PAGE)
    taken = take(desk.tx, grant, "view", "promise", "aside", limit=PAGE + 1, offset=PAGE * query.page)
    items = tuple(_headline(_shown(part)) for part in taken[:PAGE])
    return Page(items, query.page, len(taken) > PAGE)


def _shown(part: Taken) -> EntryView | Promise | SetAside:
    """What she is shown of a part of hers: of a card put aside, that it is."""
    payload: EntryView | Promise | Aside = part.payload
    return SetAside(EntryId(part.record), payload.at) if isinstance(payload, Aside) else payload


def _headline(payload: EntryView | Promise | SetAside) -> Headline | Promise | SetAside:
    return payload if isinstance(payload, Promise | SetAside) else headline(payload)


def headline(payload: EntryView | Entry) -> Headline:
    """An entry as a line: its kind, outcome, day and state."""
    variant = KINDS[payload.kind].variant
    day = payload.on.isoformat() if payload.on else None
    return Headline(
        payload.id,
        payload.kind,
        payload.fields.get(variant) if variant else None,
        payload.state,
        day,
    )


def _one_entry(desk: Desk, grant: Grant, query: OneEntry) -> EntryView | Promise | SetAside | None:
    if reads_along(grant):
        return next((view for view in read_along(desk, grant) if view.id == query.entry), None)
    part = take_one(desk.tx, grant, query.entry, "view", "promise", "aside")
    return _shown(part) if part else None


def _whole_story(desk: Desk, grant: Grant, _: WholeStory) -> tuple[EntryView, ...]:
    if reads_along(grant):
        return read_along(desk, grant)[:MOST]
    return tuple(part.payload for part in take(desk.tx, grant, "view"))


def _adults(desk: Desk, grant: Grant, _: Adults) -> tuple[Adult, ...]:
    if reads_along(grant):
        named = [adult for view in read_along(desk, grant) for adult in view.people.values()]
        return tuple({adult.id: adult for adult in named}.values())
    return tuple({part.record: part.payload for part in take(desk.tx, grant, "adult")}.values())


def _the_case(desk: Desk, grant: Grant, query: TheCase) -> CaseFacts:
    standing = desk.known(query.subject)
    found = [part.payload for part in take(desk.tx, grant, "promise", "after", limit=PAGE)]
    promised = [one.until for one in found if isinstance(one, Promise)]
    # A day that passed stands at its card; the one to look again is the next.
    look = min((day for day in promised if day >= desk.tx.now.date()), default=min(promised, default=None))
    after = any(isinstance(one, Afterwards) for one in found)
    paused = paused_for((one.rule for one in standing.rules), desk.actor.id) is not None
    look_on = look.isoformat() if look else None
    grown = is_to_be_told(standing, grant.actor, desk.tx.now.date())
    return CaseFacts(standing.unit, standing.under_investigation(), look_on, after, paused, grown)


def _days_after(desk: Desk, grant: Grant, _: DaysAfter) -> tuple[Afterwards, ...]:
    return tuple(part.payload for part in take(desk.tx, grant, "after", limit=PAGE))


def _open_to_her(desk: Desk, grant: Grant, query: OpenToHer) -> Opened:
    """Her cards; and beside them, in one look at the shelf, days after and the days that were opened to her."""
    cards = _timeline(desk, grant, Timeline(query.case, query.page))
    beside = take(desk.tx, grant, "after", "visit")
    after = tuple(part.payload for part in beside if part.name == "after")
    return Opened(
        cards, after[:PAGE], days_ahead(desk, grant, [part.payload for part in beside if part.name == "visit"])
    )


def _my_thread(desk: Desk, grant: Grant, _: MyThread) -> Thread:
    newest = [
        part.payload.message
        for part in take(desk.tx, grant, "message", limit=PAGE, newest=True)
        if part.payload.person == grant.actor
    ]
    thread = tuple(reversed(newest))
    waits = thread and thread[-1].sender == "person"
    answer_by = thread[-1].at + timedelta(hours=ANSWER_HOURS) if waits else None
    return Thread(thread, True, answer_by, alarmed=unanswered_alarm(thread) is not None)


def _my_choices(desk: Desk, _: Grant, query: MyChoices) -> Choices:
    standing = desk.known(query.subject)
    given = tuple(
        (
            yes.consent,
            yes.scope,
            yes.channel,
            yes.until.isoformat() if yes.until else None,
        )
        for yes in standing.consents()
        if yes.by == desk.actor.id
    )
    paused = paused_for((one.rule for one in standing.rules), desk.actor.id) is not None
    return Choices(given, tuple((tie.tie, tie.kind) for tie in standing.tied(desk.actor.id)), paused)


def _who_read(desk: Desk, _: Grant, query: WhoRead) -> ReadBy:
    """One line for each reader, purpose and day: a worker opening three pages is one reading to a child."""
    kept: dict[tuple[str, str, object], Visit] = {}
    for at in range(query.start, query.start + MOST_VISITS, AT_ONCE):
        wanted = {"subject": query.subject, "actor": desk.actor.id, "limit": AT_ONCE, "offset": at}
        rows = desk.tx.rows(sql.VISITS_BY_OTHERS, wanted)
        for n, row in enumerate(rows):
            line = _reading(seen_of(desk.tx, row), instant(row.at))
            if line is None or (key := (line.who, line.purpose, line.at.date())) in kept:
                continue
            if len(kept) == SHOWN_VISITS:
                return ReadBy(tuple(kept.values()), at + n)
            kept[key] = line
        if len(rows) < AT_ONCE:
            return ReadBy(tuple(kept.values()))
    return ReadBy(tuple(kept.values()), query.start + MOST_VISITS)


def _reading(seen: Seen, at: datetime) -> Visit | None:
    """A visit as she is told of it; None: nobody read anything by it."""
    if not seen.who or seen.purpose not in _READS:
        return None
    return Visit(at, seen.who, Purpose.EMERGENCY if seen.verdict == Reason.BREAK_GLASS else seen.purpose, True)


def _my_meetings(desk: Desk, grant: Grant, _: MyMeetings) -> tuple[Meeting, ...]:
    mine = [
        part.payload.meeting
        for part in take(desk.tx, grant, "meeting")
        if part.payload.person == grant.actor and part.payload.meeting.starts >= desk.tx.now - timedelta(hours=3)
    ]
    return tuple(sorted(mine, key=lambda meeting: meeting.starts)[:PAGE])


def _one_meeting(desk: Desk, grant: Grant, query: OneMeeting) -> Meeting | None:
    part = take_one(desk.tx, grant, query.meeting, "meeting")
    return part.payload.meeting if part and part.payload.person == grant.actor else None


def _my_plan(desk: Desk, grant: Grant, _: MyPlan) -> tuple[Plan, ...]:
    goals = [part.payload for part in take(desk.tx, grant, "goal", limit=PAGE)]
    return tuple(Plan(goal.goal, goal.who, goal.next_on.isoformat() if goal.next_on else None) for goal in goals)


def _my_profile(desk: Desk, grant: Grant, _: MyProfile) -> Profile:
    profile: Profile = take_own(desk.tx, grant, "profile").payload
    return profile


def _my_refusals(desk: Desk, grant: Grant, _: MyRefusals) -> tuple[Refusal, ...]:
    return tuple(part.payload for part in take(desk.tx, grant, "refusal"))


def _my_bookmark(desk: Desk, grant: Grant, _: MyBookmark) -> Bookmark | None:
    kept = take(desk.tx, grant, "bookmark", limit=1)
    return kept[0].payload if kept else None


READER_ANSWERS: Mapping[type, Ask] = {
    Timeline: _timeline,
    OneEntry: _one_entry,
    WholeStory: _whole_story,
    Adults: _adults,
    TheCase: _the_case,
    DaysAfter: _days_after,
    OpenToHer: _open_to_her,
    MyThread: _my_thread,
    MyChoices: _my_choices,
    WhoRead: _who_read,
    MyMeetings: _my_meetings,
    OneMeeting: _one_meeting,
    MyPlan: _my_plan,
    MyProfile: _my_profile,
    MyRefusals: _my_refusals,
    MyBookmark: _my_bookmark,
}
