"""The grown-ups of a case: written down once each, under a name nobody else in the case has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from aiohttp import web

from bot.console.errand import Errand
from bot.console.forms import Problem, Reading, Typed
from storage.commands import KeepAdult
from storage.consent import Withheld
from storage.kinds import ROLES
from storage.queries import CaseAdults, CaseSheet, Sheet
from storage.records import Adult, Authority, RecordId, new_id


async def list_adults(errand: Errand) -> web.StreamResponse:
    """Every grown-up, and a form for one more."""
    return await _page(errand, Typed({"adult": new_id()}))


async def edit_adult(errand: Errand) -> web.StreamResponse:
    """The same form, filled with one grown-up."""
    wanted = errand.request.match_info["adult"]
    seen = await errand.ask(Sheet(errand.case), CaseAdults(errand.case))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    found = next((adult for adult in seen[1] if adult.id == wanted), None)
    if found is None:
        raise web.HTTPNotFound
    return _draw(errand, seen[0], seen[1], Typed(_as_typed(found)))


async def keep_adult(errand: Errand) -> web.StreamResponse:
    """Write a grown-up down, or change one everywhere at once."""
    adult, problems = read_adult(errand.typed)
    if adult is None:
        return await _page(errand, errand.typed, problems)
    no = await errand.do(KeepAdult(errand.case, adult))
    if no is not None:
        return await _page(errand, errand.typed, list(errand.problem_of(no, KeepAdult, "label")))
    return errand.to_case("/adults", "adult_kept")


def read_adult(typed: Typed) -> tuple[Adult | None, list[Problem]]:
    """The form as a grown-up, and what to mend; the entry form uses the same fields."""
    reading = Reading(typed)
    label, role = reading.words("label", limit=80), reading.one_of("role", ROLES)
    authority = reading.choice("authority", Authority)
    phone = reading.words("phone", needed=False, limit=40)
    function = reading.words("function", needed=False)
    if reading.problems or authority is None:
        return None, reading.problems
    id_ = RecordId(typed.id("adult"))
    adult = Adult(id_, label, role, authority, phone or None, function or None)
    return replace(adult, left=reading.yes("left")), []


def _as_typed(adult: Adult) -> Mapping[str, str]:
    return {
        "adult": adult.id, "label": adult.label, "role": adult.role, "authority": adult.authority,
        "phone": adult.phone or "", "function": adult.function or "", "left": "yes" if adult.left else "",
    }  # fmt: skip


async def _page(errand: Errand, typed: Typed, problems: list[Problem] | None = None) -> web.StreamResponse:
    seen = await errand.ask(Sheet(errand.case), CaseAdults(errand.case))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    return _draw(errand, seen[0], seen[1], typed, problems)


def _draw(
    errand: Errand,
    sheet: CaseSheet,
    adults: tuple[Adult, ...],
    typed: Typed,
    problems: list[Problem] | None = None,
) -> web.Response:
    return errand.page(
        "adults.html", status=422 if problems else 200, sheet=sheet, adults=adults, typed=typed, roles=ROLES,
        authorities=tuple(Authority), problems=problems or (),
    )  # fmt: skip
