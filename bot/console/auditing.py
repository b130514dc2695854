"""The auditor's page: who has read and changed what at the unit. No case opens from here."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from bot.console.cases import VISIT_GROUPS
from bot.console.door import BASE
from bot.console.errand import Errand
from bot.console.forms import LONG, Problem, Reading
from storage.commands import LogReviewed
from storage.consent import Withheld
from storage.policy import RULES
from storage.queries import LogReview, UnitVisits

HOME = f"{BASE}/audit"


async def read_log(errand: Errand) -> web.StreamResponse:
    """The log, newest first, a page of two hundred lines."""
    return await _draw(errand, errand.turned_to())


async def keep_review(errand: Errand) -> web.StreamResponse:
    """The log was looked through: of which days, and what was found."""
    reading = Reading(errand.typed)
    since, until, found = reading.day("since"), reading.day("until"), reading.words("found", limit=LONG)
    if since is None or until is None or reading.problems:
        return await _draw(errand, 0, reading.problems)
    no = await errand.do(LogReviewed(errand.unit, since, until, found))
    if no is not None:
        return await _draw(errand, 0, errand.problem_of(no, LogReviewed, "until"))
    return errand.go("/audit", "log_reviewed")


async def _draw(errand: Errand, page: int, problems: Sequence[Problem] = ()) -> web.StreamResponse:
    seen = await errand.ask(UnitVisits(errand.unit, page), LogReview(errand.unit))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    first = {"since": seen[1].since.isoformat(), "until": errand.today().isoformat()}
    known = {str(reason): rule for reason, rule in RULES.items()}
    lines = [(line, VISIT_GROUPS.get(line.question, "other"), known.get(line.verdict, "")) for line in seen[0]]
    return errand.page(
        "audit.html",
        status=422 if problems else 200,
        lines=lines,
        page=page,
        person=_is_person,
        duty=seen[1],
        typed=errand.typed.over(first),
        problems=problems,
    )


def _is_person(who: str) -> bool:
    """Whether it was somebody of a case, who stands in the log by id."""
    return len(who) == 32 and " " not in who
