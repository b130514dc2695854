"""What the child has said about her cards: answered in approved sentences; and what she wants to be told of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.console.cases import child_of
from bot.console.errand import Errand
from bot.console.forms import Problem, Reading
from bot.speech import Locale, locale
from bot.talk import Name, Slot, Text
from storage.commands import AnswerObjection
from storage.consent import Withheld
from storage.her_words import OUTCOMES, Objection, Objects, Outcome, Sayings, TellOf
from storage.queries import CaseSayings, Sheet, WholeEntries
from storage.records import Entry, RecordId


@dataclass(frozen=True, slots=True)
class Approved:
    """One answer that can be given: its name, the sentence as the worker reads it and as the child will."""

    outcome: Outcome
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True)
class Line:
    """One thing the child has objected to, the entry it is about (None when that is gone), and the answers to it."""

    said: Objection
    entry: Entry | None
    answers: tuple[Approved, ...]
    late: bool


async def show_sayings(errand: Errand) -> web.StreamResponse:
    """Everything she has said, what waits for an answer first."""
    return await _page(errand)


async def _page(errand: Errand, problems: Sequence[Problem] = ()) -> web.StreamResponse:
    seen = await errand.ask(Sheet(errand.case), CaseSayings(errand.case), WholeEntries(errand.case))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    sheet, sayings, entries = seen
    child = child_of(sheet)
    hers = locale(child.locale if child else "sv")
    by_id = {entry.id: entry for entry in entries}
    lines = [_line(one, by_id.get(one.entry), errand, hers) for one in sayings.objections]
    return errand.page(
        "sayings.html",
        status=422 if problems else 200,
        sheet=sheet,
        lines=sorted(lines, key=lambda line: line.said.outcome is not None),
        wishes=wishes(sayings),
        hers=hers,
        problems=problems,
    )


def _line(one: Objection, entry: Entry | None, errand: Errand, hers: Locale) -> Line:
    slots: dict[str, Slot] = {"who": Name(errand.actor.label), "on": errand.today()}
    given = [(outcome, Text(f"{one.objects}.answer.{outcome}", slots)) for outcome in OUTCOMES[one.objects]]
    answers = tuple(Approved(outcome, errand.words.t(text), hers.say(text)) for outcome, text in given)
    # What was answered about a card that is not hers stays so; a note may be answered again, as when it is put right.
    open_ = one.outcome is None or one.objects is Objects.WRONG
    late = one.outcome is None and one.answer_by < errand.today()
    return Line(one, entry, answers if open_ else (), late)


def wishes(sayings: Sayings) -> tuple[tuple[TellOf, str], ...]:
    """What she wants to be told of: yes, no, or that nobody has asked her yet (FUK 13 b)."""
    answers = sayings.told.answers if sayings.told is not None else {}
    return tuple((of, {True: "yes", False: "no", None: "open"}[answers.get(of)]) for of in TellOf)


async def answer(errand: Errand) -> web.StreamResponse:
    """Say what came of it."""
    reading = Reading(errand.typed)
    outcome = reading.choice("outcome", Outcome)
    if outcome is None:
        return await _page(errand, tuple(reading.problems))
    deed = AnswerObjection(errand.case, RecordId(errand.request.match_info["objection"]), outcome)
    no = await errand.do(deed)
    if no is not None:
        return await _page(errand, errand.problem_of(no, AnswerObjection, "outcome"))
    return errand.to_case("/said", "objection_answered")
