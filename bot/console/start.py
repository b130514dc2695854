"""The start page: what must be done, the moments to tell on top, each leading to its case and deed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from aiohttp import web

from bot.console.errand import Errand
from storage.afterwards import DAY_DUTIES, DAYS, LASTS, is_late
from storage.commands import CloseTask
from storage.consent import Withheld
from storage.duties import CLIMBS, CLOSED_BY_HAND, Duty
from storage.queries import Find, MyCases, WorkLine, WorkList

GROUPS: tuple[tuple[str, tuple[Duty, ...]], ...] = (
    # A child in danger stands above all else; then what a grown-up must tell first.
    ("alarms", (Duty.ALARM_LATE, Duty.WRONG_ALARM_LATE, Duty.ALARM, Duty.WRONG_ALARM, Duty.NOT_MINE)),
    ("moments", (Duty.TELL_MOMENT,)),
    ("days", (Duty.DAY_LATE, Duty.DAY_0, Duty.DAY_1, Duty.DAY_7, Duty.DAY_30)),
    ("questions", (Duty.QUESTION_LATE, Duty.QUESTION, Duty.RING, Duty.WRONG)),
    ("promises", (Duty.LOOK_MISSED, Duty.LOOK_CLOSED_LATE, Duty.LOOK, Duty.LOOK_CLOSED)),
    (
        "carriers",
        (Duty.CARRIER_LATE, Duty.CARRIER_NONE, Duty.CARRIER_WEEK, Duty.CARRIER_MONTH, Duty.CARRIER_ASK, Duty.CULL_NEAR),
    ),
    ("meetings", (Duty.MEETING_ANSWER,)),
    ("deliveries", (Duty.DELIVERY, Duty.CONTACT_AGAIN)),
    ("grown_ups", (Duty.GROWN_UP_LATE, Duty.GROWN_UP)),
    (
        "decisions",
        (
            Duty.GUARDIAN_NO_LATE,
            Duty.GLASS_LATE,
            Duty.BAIT,
            Duty.MANY_CASES,
            Duty.EXTRACT,
            Duty.COLLEAGUE_BACK,
            Duty.SECOND_RELEASE,
            Duty.GUARDIAN_NO,
            Duty.GUARDIAN_NO_OTHER,
            Duty.GLASS_BROKEN,
            Duty.SEALED,
        ),
    ),
    (
        "rest",
        (
            Duty.INCIDENT_LATE,
            Duty.INCIDENT,
            Duty.INTEGRITY,
            Duty.UNSURE,
            Duty.TELL,
            Duty.PIN_LOCKED,
            Duty.INVITE_BURNT,
            Duty.TURN_FAILED,
            Duty.BOT_REFUSED,
            Duty.LOG_REVIEW_LATE,
            Duty.LOG_REVIEW,
        ),
    ),
)
ABOUT_ENTRY = frozenset({
    Duty.TELL, Duty.TELL_MOMENT, Duty.LOOK, Duty.LOOK_MISSED, Duty.LOOK_CLOSED, Duty.INCIDENT, Duty.NOT_MINE,
})  # fmt: skip
# A late row leads to where the first one does.
FIRST_OF: Mapping[Duty, Duty] = MappingProxyType({climbs.late: duty for duty, climbs in CLIMBS.items()})
ABOUT_DAYS: Mapping[Duty, str] = MappingProxyType({
    Duty.DAY_LATE: "", **{duty: f"#day-{day}" for day, duty in DAYS.items()},
})  # fmt: skip
# The days after an interview stand in the list when they are near; four rows a month ahead would hide today's.
NEAR = timedelta(days=2)
ABOUT_THREAD = frozenset({Duty.QUESTION, Duty.ALARM, Duty.UNSURE})
ABOUT_CARRIER = frozenset({
    Duty.CARRIER_ASK, Duty.CARRIER_NONE, Duty.CARRIER_MONTH, Duty.CARRIER_WEEK, Duty.CARRIER_LATE, Duty.CULL_NEAR,
})  # fmt: skip
ABOUT_CLAIM = frozenset({Duty.GROWN_UP, Duty.GROWN_UP_LATE})


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the start page: what, whose, where it leads, and how long is left."""

    task: str
    duty: Duty
    ref: str
    name: str
    path: str | None
    due_at: datetime
    late: bool
    hours_left: int
    by_hand: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of one sort under one heading."""

    name: str
    rows: tuple[Row, ...]


def path_of(duty: Duty, case: str | None, ref: str | None) -> str | None:
    """Where a row leads: to the very page where the deed is done."""
    if not case:
        return None
    duty = FIRST_OF.get(duty, duty)
    if duty in ABOUT_CLAIM:
        return f"/requests/{case}"
    stem = f"/cases/{case}"
    if duty in ABOUT_ENTRY and ref:
        about = {Duty.TELL: "told", Duty.TELL_MOMENT: "told", Duty.INCIDENT: "incident", Duty.NOT_MINE: "said"}
        deed = about.get(duty, "look")
        return f"{stem}/entries/{ref}#{deed}"
    if duty in ABOUT_CARRIER:
        return f"{stem}/carrier"
    if duty in ABOUT_DAYS and ref:
        return f"{stem}/entries/{ref}/after{ABOUT_DAYS[duty]}"
    if duty in ABOUT_THREAD and ref:
        return f"{stem}/thread/{ref}"
    places = {
        Duty.SECOND_RELEASE: f"/entries/{ref}", Duty.GUARDIAN_NO: f"/people/{ref}#after-no",
        Duty.GUARDIAN_NO_OTHER: f"/people/{ref}#after-no",
        Duty.RING: f"/people/{ref}",
        Duty.PIN_LOCKED: f"/people/{ref}#unlock", Duty.INVITE_BURNT: f"/people/{ref}#invite",
        Duty.WRONG: f"/said#o-{ref}", Duty.WRONG_ALARM: f"/said#o-{ref}",
        Duty.GLASS_BROKEN: "/decisions#glass", Duty.CONTACT_AGAIN: "/decisions#safe_contact",
        Duty.EXTRACT: "/extract#extract", Duty.COLLEAGUE_BACK: "/staff",
        Duty.MEETING_ANSWER: "/meetings", Duty.DELIVERY: "/deliveries",
    }  # fmt: skip
    return stem + places.get(duty, "")


def groups(lines: Sequence[WorkLine], now: datetime) -> tuple[Group, ...]:
    """The rows in the order a worker should take them; empty groups fall away."""
    return tuple(Group(name, rows) for name, duties in GROUPS if (rows := tuple(_rows(lines, duties, now))))


def _rows(lines: Sequence[WorkLine], duties: tuple[Duty, ...], now: datetime) -> Iterator[Row]:
    for line in lines:
        task = line.task
        if task.code not in duties or (task.code in DAY_DUTIES and task.due_at > now + NEAR):
            continue
        duty, left = Duty(task.code), task.due_at - now
        path = path_of(duty, task.case, task.ref)
        hours = max(0, int(left / timedelta(hours=1)))
        # A word owed today is late when the day is, and not from the morning on.
        late = is_late(duty, task.due_at, now) if duty in LASTS else left < timedelta(0)
        yield Row(task.id, duty, line.ref, line.name, path, task.due_at, late, hours, duty in CLOSED_BY_HAND)


async def start(errand: Errand) -> web.StreamResponse:
    """What must be done, and the newest cases."""
    seen = await errand.ask(WorkList(errand.unit), MyCases(errand.unit))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    work, cases = seen
    return errand.page("start.html", groups=groups(work, errand.now()), cases=cases[:5], some_cases=bool(cases))


async def close_task(errand: Errand) -> web.StreamResponse:
    """A row is seen to."""
    no = await errand.do(CloseTask(errand.unit, errand.request.match_info["task"]))
    return errand.refuse(no) if no is not None else errand.go("/", "task_done")


async def list_cases(errand: Errand) -> web.StreamResponse:
    """The unit's cases, a page of twenty."""
    asked = errand.request.query.get("page", "0")
    page = int(asked) if asked.isdecimal() and len(asked) < 5 else 0
    seen = await errand.ask(MyCases(errand.unit, page), MyCases(errand.unit, page + 1))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    return errand.page("cases.html", cases=seen[0], page=page, more=bool(seen[1]))


async def find(errand: Errand) -> web.StreamResponse:
    """By name, personal number or case number, and posted: an address would keep the number in a log."""
    words = errand.typed.one("words").strip()
    seen = await errand.ask(Find(errand.unit, words))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    return errand.page("found.html", cases=seen[0], words_sought=words)
