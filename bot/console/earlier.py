"""The earlier log of a case that was opened again: headlines for whoever has it, the rest on a ground of her own."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from bot.console.errand import Errand
from bot.console.forms import Problem, Reading
from storage.commands import AskForEarlier
from storage.consent import Withheld
from storage.kinds import KINDS
from storage.queries import Before, Headline, Sheet


async def show_earlier(errand: Errand) -> web.StreamResponse:
    """The headlines from before the reopening, in date order (req. 59)."""
    return await _draw(errand)


async def _draw(errand: Errand, problems: Sequence[Problem] = ()) -> web.StreamResponse:
    seen = await errand.ask(Sheet(errand.case), Before(errand.case))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    sheet, before = seen
    return errand.page(
        "earlier.html",
        status=422 if problems else 200,
        sheet=sheet,
        before=before,
        lines=[(line, _outcome(errand, line)) for line in before.lines],
        problems=problems,
    )


def _outcome(errand: Errand, line: Headline) -> str:
    field = KINDS[line.kind].variant
    return errand.words.choice(field, line.variant) if field and line.variant else ""


async def ask_earlier(errand: Errand) -> web.StreamResponse:
    """Write down why she reads it whole; for a week its entries open to her, and every reading is noted."""
    reading = Reading(errand.typed)
    ground = reading.words("earlier_ground", limit=500)
    if reading.problems:
        return await _draw(errand, reading.problems)
    no = await errand.do(AskForEarlier(errand.case, ground))
    if no is not None:
        return await _draw(errand, errand.problem_of(no, AskForEarlier, "earlier_ground"))
    return errand.to_case("/earlier", "earlier_opened")
