"""The auditor's page: who has read and changed what at the unit. No case opens from here."""

from __future__ import annotations

from aiohttp import web

from bot.console.cases import VISIT_GROUPS
from bot.console.door import BASE
from bot.console.errand import Errand
from storage.consent import Withheld
from storage.policy import RULES
from storage.queries import UnitVisits

HOME = f"{BASE}/audit"


async def read_log(errand: Errand) -> web.StreamResponse:
    """The log, newest first, a page of two hundred lines."""
    asked = errand.request.query.get("page", "0")
    page = int(asked) if asked.isdigit() and len(asked) < 5 else 0
    seen = await errand.ask(UnitVisits(errand.unit, page))
    if isinstance(seen, Withheld):
        return errand.refuse(seen)
    known = {str(reason): rule for reason, rule in RULES.items()}
    lines = [(line, VISIT_GROUPS.get(line.question, "other"), known.get(line.verdict, "")) for line in seen[0]]
    return errand.page("audit.html", lines=lines, page=page, person=_is_person)


def _is_person(who: str) -> bool:
    """Whether it was somebody of a case, who stands in the log by id."""
    return len(who) == 32 and " " not in who
