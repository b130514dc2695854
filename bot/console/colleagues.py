"""Colleagues of a case: given to another, paused for a leave, or shut out of what is too close; at the next request."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from aiohttp import web

from bot.console.errand import Errand
from bot.console.forms import Problem, Reading, problem
from storage.commands import AssignCase, BlockColleague, Command
from storage.consent import Withheld
from storage.queries import Colleagues, Sheet
from storage.records import Role, StaffId

HANDS_OVER = frozenset({Role.COORDINATOR, Role.MANAGER})


async def show_colleagues(errand: Errand) -> web.StreamResponse:
    """Who has the case and who must not have it."""
    return await _draw(errand)


async def _draw(errand: Errand, problems: Sequence[Problem] = ()) -> web.StreamResponse:
    seen = await errand.ask(Sheet(errand.case), Colleagues(errand.case))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    return errand.page(
        "colleagues.html",
        status=422 if problems else 200,
        sheet=seen[0],
        colleagues=seen[1],
        hands_over=errand.actor.role in HANDS_OVER,
        problems=problems,
    )


async def _change(errand: Errand, command: Command, said: str) -> web.StreamResponse:
    no = await errand.do(command)
    if no is not None:
        return await _draw(errand, errand.problem_of(no, type(command), "colleagues"))
    if command == AssignCase(errand.case, StaffId(errand.actor.id), assigned=False):
        # She has just left it herself, and its pages are no longer hers.
        return errand.go("/", said)
    return errand.to_case("/staff", said)


async def hand_over(errand: Errand) -> web.StreamResponse:
    """Name somebody, take her off, or pause her until a day."""
    how, back_on = errand.typed.one("how"), None
    staff = StaffId(errand.typed.one("staff"))
    if how == "pause":
        reading = Reading(errand.typed)
        back_on = reading.day("back_on")
        if back_on is not None and back_on <= errand.today():
            reading.problems.append(problem("back_on", "not_ahead"))
        if reading.problems:
            return await _draw(errand, reading.problems)
    return await _change(errand, AssignCase(errand.case, staff, how == "name", back_on), _said(how, back_on))


def _said(how: str, back_on: date | None) -> str:
    return "colleague_paused" if back_on is not None else "colleague_named" if how == "name" else "colleague_off"


async def block_colleague(errand: Errand) -> web.StreamResponse:
    """Shut her out at once; to let her back takes two, one of them a manager."""
    shut = errand.typed.one("blocked") == "yes"
    deed = BlockColleague(errand.case, StaffId(errand.typed.one("staff")), shut)
    return await _change(errand, deed, "colleague_blocked" if shut else "colleague_unblocked")
