"""Meetings and the plan: booked to the minute in Stockholm's time, moved, cancelled, and answered at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from aiohttp import web

from bot.console.cases import recipient_of
from bot.console.errand import Errand
from bot.console.forms import Problem, Reading, Typed, problem
from bot.speech import SOURCE, ZONE, locales
from storage.commands import Book, KeepPlan
from storage.consent import Withheld
from storage.meeting_kinds import MeetingKind
from storage.queries import CaseMeetings, CasePlan, Sheet
from storage.records import EntryState, Meeting, PersonId, RecordId, new_id
from storage.way_there import LONGEST_NAME, LONGEST_WORDS, ReadyWay, WayThere

STATES = (EntryState.PLANNED, EntryState.CANCELLED)
MOST_TO_BRING = 10


async def show_meetings(errand: Errand) -> web.StreamResponse:
    """The booked meetings with their answers, the plan, and the forms for one more of each."""
    first = Typed({"meeting": new_id(), "plan": new_id(), "with": errand.actor.label})
    return await _page(errand, first)


async def edit_meeting(errand: Errand) -> web.StreamResponse:
    """The form filled with one meeting, to move or cancel it."""
    seen = await errand.ask(CaseMeetings(errand.case))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    wanted = errand.request.match_info["meeting"]
    meeting = next((one for one in seen[0] if one.id == wanted), None)
    if meeting is None:
        raise web.HTTPNotFound
    return await _page(errand, Typed(_as_typed(meeting)), editing=True)


def _as_typed(meeting: Meeting) -> Mapping[str, str]:
    local = meeting.starts.astimezone(ZONE)
    return {
        "meeting": meeting.id, "day": local.date().isoformat(), "clock": f"{local:%H:%M}", "with": meeting.with_,
        "where": meeting.where, "meeting_kind": meeting.kind, "bring": "\n".join(meeting.bring),
        "version": str(meeting.version), "way_stop": meeting.way.stop, "way_entrance": meeting.way.entrance,
        "way_floor": meeting.way.floor, "way_words": meeting.way.words, "way_language": meeting.way.language,
        **{f"way_ready.{one}": "yes" for one in meeting.way.ready},
    }  # fmt: skip


async def _page(
    errand: Errand, typed: Typed, problems: Sequence[Problem] = (), *, editing: bool = False
) -> web.StreamResponse:
    seen = await errand.ask(Sheet(errand.case), CaseMeetings(errand.case), CasePlan(errand.case))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    return errand.page(
        "meetings.html",
        status=422 if problems else 200,
        sheet=seen[0],
        meetings=sorted(seen[1], key=lambda one: one.starts),
        plan=seen[2],
        recipient=recipient_of(seen[0]),
        meeting_kinds=tuple(MeetingKind),
        ready_ways=tuple(ReadyWay),
        tags=[(one.tag, one.own_name) for one in locales()],
        typed=typed.over({"plan": new_id()}),
        problems=problems,
        editing=editing,
    )


async def book(errand: Errand) -> web.StreamResponse:
    """Book, or move a booked meeting; reminders of an older time die with it."""
    seen = await errand.ask(Sheet(errand.case), CaseMeetings(errand.case))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    recipient = recipient_of(seen[0])
    known = next((one for one in seen[1] if one.id == errand.typed.one("meeting")), None)
    meeting, problems = _read(errand, known)
    if recipient is None:
        problems.append(problem("day", "no_recipient"))
    if meeting is None or recipient is None or problems:
        return await _page(errand, errand.typed, problems, editing=known is not None)
    return await _keep(errand, recipient.person, meeting, known, "meeting_moved" if known else "meeting_booked")


async def cancel(errand: Errand) -> web.StreamResponse:
    """Cancel a meeting; it stays on her page as cancelled."""
    seen = await errand.ask(Sheet(errand.case), CaseMeetings(errand.case))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    recipient = recipient_of(seen[0])
    known = next((one for one in seen[1] if one.id == errand.request.match_info["meeting"]), None)
    if known is None or recipient is None:
        raise web.HTTPNotFound
    gone = _with_state(known, EntryState.CANCELLED)
    return await _keep(errand, recipient.person, gone, known, "meeting_cancelled")


def _with_state(meeting: Meeting, state: EntryState) -> Meeting:
    return Meeting(meeting.id, meeting.starts, meeting.zone, meeting.with_, meeting.where, meeting.kind, state,
                   meeting.bring, way=meeting.way)  # fmt: skip


async def _keep(
    errand: Errand, person: PersonId, meeting: Meeting, known: Meeting | None, said: str
) -> web.StreamResponse:
    # Two tabs: the second to move a meeting sees what the first one did before it changes anything.
    if known is not None and errand.typed.one("version") not in ("", str(known.version)):
        return await _page(errand, errand.typed, (problem("day", "changed_meanwhile"),), editing=True)
    no = await errand.do(Book(errand.case, person, meeting))
    if no is not None:
        return await _page(errand, errand.typed, errand.problem_of(no, Book, "day"), editing=known is not None)
    return errand.to_case("/meetings", said)


def _read(errand: Errand, known: Meeting | None) -> tuple[Meeting | None, list[Problem]]:
    reading = Reading(errand.typed)
    day, clock = reading.day("day"), reading.clock("clock")
    with_, where = reading.words("with"), reading.words("where")
    kind = reading.one_of("meeting_kind", tuple(MeetingKind))
    bring = tuple(line.strip() for line in errand.typed.one("bring").split("\n") if line.strip())
    if len(bring) > MOST_TO_BRING:
        reading.problems.append(problem("bring", "too_many"))
    way = _read_way(reading)
    if day is None or clock is None:
        return None, reading.problems
    starts = datetime.combine(day, clock, tzinfo=ZONE)
    if starts <= errand.now():
        reading.problems.append(problem("day", "past"))
    # An hour that the clocks jump over names no moment.
    elif _skipped(starts):
        reading.problems.append(problem("clock", "no_such_hour"))
    id_ = RecordId(errand.typed.id("meeting"))
    version = known.version if known else 1
    meeting = Meeting(id_, starts, str(ZONE), with_, where, kind, EntryState.PLANNED, bring, version=version,
                      way=way)  # fmt: skip
    return meeting, reading.problems


def _read_way(reading: Reading) -> WayThere:
    """How to get there; nothing of it has to be filled in."""
    stop, entrance, floor = (
        reading.words(f"way_{what}", needed=False, limit=LONGEST_NAME) for what in ("stop", "entrance", "floor")
    )
    ticked = reading.typed.all("way_ready")
    ready = tuple(one for one in ReadyWay if one in ticked)
    words = reading.words("way_words", needed=False, limit=LONGEST_WORDS)
    tags = [one.tag for one in locales()]
    language = reading.one_of("way_language", tags, needed=bool(words)) or SOURCE
    return WayThere(stop, entrance, floor, ready, words, language)


def _skipped(starts: datetime) -> bool:
    return starts.astimezone(UTC).astimezone(ZONE).replace(tzinfo=None) != starts.replace(tzinfo=None)


async def keep_plan(errand: Errand) -> web.StreamResponse:
    """Write down a goal of the plan, in the words it was agreed in."""
    reading = Reading(errand.typed)
    goal, who = reading.words("goal", limit=500), reading.words("goal_who")
    next_on = reading.day("next_on", needed=False)
    if reading.problems:
        return await _page(errand, errand.typed, reading.problems)
    plan = errand.typed.id("plan")
    no = await errand.do(KeepPlan(errand.case, plan, goal, who, next_on))
    if no is not None:
        return await _page(errand, errand.typed, errand.problem_of(no, KeepPlan, "goal"))
    return errand.to_case("/meetings", "plan_kept")
