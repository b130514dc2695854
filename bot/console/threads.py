"""The thread between a person and the unit: read by a named worker, answered with approved sentences first."""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web

from bot.console.careful import asks
from bot.console.errand import Errand, Seat
from bot.console.forms import LONG, Problem, Reading, Typed, problem
from bot.console.people import party
from bot.speech import locale
from bot.talk import Text
from storage.commands import Answer, MarkRead
from storage.consent import Withheld
from storage.her_words import unanswered_alarm
from storage.queries import CaseThread, Sheet

# Sentences that stand in every language; a worker's own words go as they are.
CALM = (
    "answer.read", "answer.good_to_ask", "answer.talk_soon", "answer.call", "answer.not_your_fault",
    "answer.do_not_know_yet", "answer.ask_others",
)  # fmt: skip
# To words that may mean danger.
IN_DANGER = (
    "answer.danger.read", "answer.danger.right", "answer.danger.how", "answer.danger.emergency", "answer.danger.ring",
    "answer.danger.others", "answer.not_your_fault",
)  # fmt: skip
APPROVED = (*CALM, *(key for key in IN_DANGER if key not in CALM))
# What the worker sees to, in this order, each with a sentence `console.alarm.deed.<name>`.
DEEDS = ("read", "emergency", "who_has_phone", "speak", "out_of_hours", "write", "note")
NAME_HER = frozenset({"emergency", "speak", "out_of_hours"})

TWICE_WITHIN = timedelta(minutes=1)


async def show_thread(errand: Errand) -> web.StreamResponse:
    """What she wrote, what was answered, and who read it when."""
    return await _page(errand, Typed())


async def _page(errand: Errand, typed: Typed, problems: tuple[Problem, ...] = ()) -> web.StreamResponse:
    seen = await errand.ask(Sheet(errand.case), CaseThread(errand.case, errand.person))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    person = party(seen[0], errand.person)
    if person is None:
        raise web.HTTPNotFound
    hers = locale(person.locale)
    alarm = unanswered_alarm(seen[1])
    offered = IN_DANGER if alarm else CALM
    approved = [(key, errand.words.t(key), hers.say(Text(key))) for key in offered]
    return errand.page(
        "thread.html",
        status=422 if problems else 200,
        sheet=seen[0],
        person=person,
        messages=seen[1],
        unread=any(one.sender == "person" and one.read_at is None for one in seen[1]),
        approved=approved,
        alarm=alarm,
        deeds=[(one, _deed(errand, one, person.name)) for one in DEEDS],
        shown_to_her=hers.say(Text(f"alarm.{alarm.alarm}")) if alarm else "",
        hers=hers,
        typed=typed,
        problems=problems,
    )


def _deed(errand: Errand, one: str, name: str) -> str:
    slots = {"name": errand.words.name(name)} if one in NAME_HER else {}
    return errand.words.t(Text(f"console.alarm.deed.{one}", slots))


async def mark_read(errand: Errand) -> web.StreamResponse:
    """Let her see that a person has read what she wrote. A button, so that opening a page promises nothing."""
    no = await errand.do(MarkRead(errand.case, errand.person))
    return errand.refuse(no) if no is not None else errand.to_case(f"/thread/{errand.person}", "marked_read")


async def answer(errand: Errand) -> web.StreamResponse:
    """Answer with one approved sentence in her language, or with own words."""
    reading = Reading(errand.typed)
    key = reading.one_of("approved", APPROVED, needed=False)
    own = reading.words("own", needed=False, limit=LONG)
    if not key and not own and not reading.problems:
        reading.problems.append(problem("own", "answer"))
    typed, careful = asks(errand.typed, {"own": own})
    if reading.problems or careful:
        return await _page(errand, typed, (*reading.problems, *careful))
    seen = await errand.ask(Sheet(errand.case))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    person = party(seen[0], errand.person)
    hers = locale(person.locale if person else "sv")
    words = "\n\n".join(part for part in (hers.say(Text(key)) if key else "", own) if part)
    no = await errand.sit(lambda seat: _say_once(seat, errand, words))
    if no is not None:
        return await _page(errand, errand.typed, errand.problem_of(no, Answer, "own"))
    return errand.to_case(f"/thread/{errand.person}", "answered")


def _say_once(seat: Seat, errand: Errand, words: str) -> Withheld | None:
    """Answer, unless this worker said these very words a moment ago: the button was pressed twice."""
    thread = seat.ask(CaseThread(errand.case, errand.person))
    if isinstance(thread, Withheld):
        return thread
    just_now = errand.now() - TWICE_WITHIN
    if any((one.sender, one.words) == (errand.actor.label, words) and one.at > just_now for one in thread):
        return None
    return seat.do(Answer(errand.case, errand.person, words))
