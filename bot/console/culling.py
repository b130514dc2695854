"""Culling: the months that have ended, who has agreed, what stands in the way; and a case that is held back."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from bot.console.errand import Errand
from bot.console.forms import Problem, Reading, problem
from storage.commands import ApproveCulling, KeepFromCulling, WithdrawCulling
from storage.consent import Withheld
from storage.queries import Cullings
from storage.retention import APPROVED_DAYS, REFERENCE, KeptFor


async def show_cullings(errand: Errand) -> web.StreamResponse:
    """Every month that has ended and still lies here."""
    return await _draw(errand)


async def _draw(errand: Errand, problems: Sequence[Problem] = ()) -> web.StreamResponse:
    seen = await errand.ask(Cullings(errand.unit))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    return errand.page(
        "culling.html", status=422 if problems else 200, lines=seen[0], days=APPROVED_DAYS, problems=problems
    )


async def approve(errand: Errand) -> web.StreamResponse:
    """One of two agrees, signed in as herself."""
    reading = Reading(errand.typed)
    reference = reading.words("reference", limit=30)
    if reference and not REFERENCE.fullmatch(reference):
        reading.problems.append(problem("reference", "no_reference"))
    if reading.problems:
        return await _draw(errand, reading.problems)
    no = await errand.do(ApproveCulling(errand.unit, errand.typed.one("month"), reference))
    if no is not None:
        return await _draw(errand, errand.problem_of(no, ApproveCulling, "reference"))
    return errand.go("/culling", "culling_approved")


async def withdraw(errand: Errand) -> web.StreamResponse:
    """She takes her own yes back."""
    no = await errand.do(WithdrawCulling(errand.unit, errand.typed.one("month")))
    return errand.refuse(no) if no is not None else errand.go("/culling", "culling_withdrawn")


async def keep(errand: Errand) -> web.StreamResponse:
    """A case is held back from culling, by a named decision; or no longer."""
    reading = Reading(errand.typed)
    ground = reading.choice("kept_for", KeptFor)
    by, reference = reading.words("decided_by"), reading.words("reference")
    if ground is None or reading.problems:
        return errand.to_case("/carrier", "not_kept")
    kept = errand.typed.one("kept") != "no"
    no = await errand.do(KeepFromCulling(errand.case, ground, kept, by, reference))
    if no is not None:
        return errand.refuse(no, KeepFromCulling)
    return errand.to_case("/carrier", "kept_back" if kept else "not_kept_back")
